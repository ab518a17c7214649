"""The displacement watch: what orders and mediation actions do here, and next door.

Every ordinance and every mediation action of the last year that does more than listen is
watched over 90 days (`geo.displacement`). What else happened in the same place in that
time is counted beside it: a change belongs to all of it together.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from data.access import Viewer
from data.conflicts import ground_of, ordinances, places, reports
from data.mediation import cases
from data.store import Store
from geo.conflicts import episodes
from geo.displacement import DAYS, Displacement, displacement
from geo.mediation import MediationAction
from geo.network import RoadNetwork
from geo.night import Night

WATCHED = 365
"""Days back to which ordinances and actions are watched."""

LISTENING = MediationAction.LISTEN_RESIDENTS
"""Listening to who reports changes nothing in the street."""


@dataclass(frozen=True)
class Cause:
    """Something that was done in a place: an ordinance (`code`), or the `action` of a case, or
    of several cases on the same day (`code` names them all)."""

    code: str
    place: str
    since: date
    action: MediationAction | None = None


@dataclass(frozen=True)
class Watched:
    """What was `seen` round a cause; `meanwhile`: other causes in its place within 90 days."""

    cause: Cause
    seen: Displacement
    meanwhile: int


def watched(store: Store, viewer: Viewer, network: RoadNetwork) -> tuple[Watched, ...]:
    """Everything watched: what moved next door first, then the latest."""
    today = Night.of(store.now()).date
    causes = _causes(store, viewer, today)
    told = episodes(reports(store, viewer))
    base = ground_of(places(store, viewer), network)
    found = []
    for cause in causes:
        seen = displacement(base, told, cause.place, cause.since, today)
        if seen is None or not seen.here.before + seen.here.after:
            continue
        near = timedelta(days=DAYS)
        meanwhile = sum(
            other is not cause
            and other.place == cause.place
            and abs(other.since - cause.since) < near
            for other in causes
        )
        found.append(Watched(cause, seen, meanwhile))
    found.sort(key=lambda one: one.cause.since, reverse=True)
    return tuple(sorted(found, key=lambda one: not one.seen.observed))


def _causes(store: Store, viewer: Viewer, today: date) -> list[Cause]:
    done = [
        Cause(order.code, place, order.start)
        for order in ordinances(store, viewer)
        for place in order.places
    ]
    acts: dict[tuple[str, date, MediationAction], list[str]] = {}
    for kept in sorted(cases(store, viewer), key=lambda one: one.case.key):
        for act in kept.case.actions:
            if act.kind is not LISTENING:
                acts.setdefault((kept.case.place, act.day, act.kind), []).append(kept.case.key)
    done += [Cause(", ".join(keys), place, day, kind) for (place, day, kind), keys in acts.items()]
    return [one for one in done if 0 < (today - one.since).days <= WATCHED]
