"""A night in figures, when its crew closes it: what was planned, what was done, who was met."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from data.running import RunningNight
from data.tallies import DEFAULTS
from geo.contacts import CONTACTED, SEEN, UNAPPROACHABLE, ContactKind, Material
from routing.progress import SkipReason, StopState, Tally


@dataclass(frozen=True)
class NightReport:
    """Stops `planned` (when the itinerary was first published), `done`, `skipped` by reason;
    persons `seen`, `contacted`, `unapproachable` and by telephone or indoors (`other`);
    pieces of `materials` by code; `driven` metres on the road to the stops that were made.
    """

    planned: int
    done: int
    skipped: Mapping[SkipReason, int]
    seen: int
    contacted: int
    unapproachable: int
    other: int
    materials: Mapping[Material, int]
    driven: int

    @property
    def persons(self) -> int:
        """All persons counted."""
        return self.seen + self.contacted + self.unapproachable + self.other


def night_report(now: RunningNight) -> NightReport:
    """The figures of a night as it stands."""
    said = now.progress
    planned = (now.changes or {}).get("planned", len(now.itinerary.stops))
    done = [each for each in said.stops if each.state in (StopState.DONE, StopState.HERE)]
    seen, contacted, unapproachable = (
        sum(_persons(tally) for tally in said.tallies if _kind(tally) in kinds)
        for kinds in (SEEN, CONTACTED, UNAPPROACHABLE)
    )
    whole = sum(map(_persons, said.tallies))
    return NightReport(
        planned=int(planned),
        done=len(done),
        skipped=dict(Counter(said.reasons.values())),
        seen=seen,
        contacted=contacted,
        unapproachable=unapproachable,
        other=whole - seen - contacted - unapproachable,
        materials={
            material: pieces
            for material in Material
            if (pieces := sum(t.values.get(f"materials_{material}", 0) for t in said.tallies))
        },
        driven=sum(each.stop.leg.driven_metres for each in done),
    )


def _kind(tally: Tally) -> ContactKind:
    return ContactKind(tally.values.get("kind", DEFAULTS["kind"]))


def _persons(tally: Tally) -> int:
    return int(tally.values.get("persons", DEFAULTS["persons"]))
