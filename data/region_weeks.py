"""The week of the whole region in parts, gathered from the store; its nights kept as drafts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from data.access import Viewer
from data.plans import PlanRecord
from data.store import Store
from data.weeks import NIGHTS, prepared_week, save_night, week_inputs
from geo.errors import MissingError
from geo.municipalities import municipalities, municipality_of
from geo.network import RoadNetwork
from geo.night import Night
from routing.parts import Part, joined, nights_of, parts
from routing.prepare import NightInputs
from routing.prepare_week import PreparedWeek, week_quotas
from routing.promises import Promise
from routing.region import Done, Task


@dataclass(frozen=True, eq=False)
class RegionWeek:
    """A week of the region, ready to be planned: its parts by name, and the promises that no
    unit on duty can keep, for none works in their province."""

    first: Night
    count: int
    parts: Mapping[str, tuple[Part, PreparedWeek]]
    left: tuple[Promise, ...]

    def tasks(
        self, store: Store, *, seconds: float | None = None, iterations: int | None = None
    ) -> tuple[Task, ...]:
        """What is to be planned, the largest first, so that no process is left with it last.

        `seconds`, `iterations` of each part; without either the seconds of the settings.
        """
        chosen = store.settings()
        if seconds is None and iterations is None:
            seconds = chosen.week_seconds
        tasks = [
            Task(
                name,
                week.problem,
                week_quotas(week, chosen.week_weights),
                seconds=seconds,
                iterations=iterations,
                seed=chosen.planner_seed,
            )
            for name, (_, week) in self.parts.items()
        ]
        return tuple(sorted(tasks, key=lambda task: (-_size(task), task.name)))


def region_week(
    store: Store,
    viewer: Viewer,
    network: RoadNetwork,
    first: Night,
    *,
    count: int = NIGHTS,
    provinces: Iterable[str] | None = None,
) -> RegionWeek:
    """Prepare the week of all units, in the parts that their territories make.

    `provinces`: ISTAT codes; only the parts that one of these is in. Raises MissingError
    `province_without_units` (province), and what `routing.prepare_week.week_problem` raises.
    """
    nights = week_inputs(store, viewer, first, count)
    made, left = parts(nights, _provinces_of(nights))
    wanted = None if provinces is None else set(provinces)
    known = {province for part in made for province in part.provinces}
    if wanted is not None and (strangers := sorted(wanted - known)):
        raise MissingError("province_without_units", province=strangers[0])
    chosen = [part for part in made if wanted is None or wanted & set(part.provinces)]
    prepare = partial(prepared_week, store, viewer, network, first=first, count=count)
    prepared = {part.name: (part, prepare(part.nights)) for part in chosen}
    return RegionWeek(first, count, prepared, left if wanted is None else ())


def keep_region(
    store: Store, viewer: Viewer, network: RoadNetwork, week: RegionWeek, done: Iterable[Done]
) -> tuple[PlanRecord, ...]:
    """Keep what was planned as a draft of every night: the routes of all parts together.

    Parts without a plan are left out. Published itineraries stay as they are.
    """
    ready = [(week.parts[one.name], one.week.plan) for one in done if one.week is not None]
    if not ready:
        return ()
    nights = nights_of(part for (part, _), _ in ready)
    whole = prepared_week(store, viewer, network, nights, first=week.first, count=week.count)
    plan = joined(whole, [(own, found) for (_, own), found in ready])
    numbers = sorted({route.night for route in plan.routes})
    return tuple(
        save_night(store, viewer, whole, plan, number=number, network=network) for number in numbers
    )


def _provinces_of(nights: Sequence[NightInputs]) -> dict[str, str]:
    """Where promises are to be kept that name a place alone."""
    spots = {p.key: p.place for night in nights for p in night.promises if p.place and not p.unit}
    if not spots:
        return {}
    lonlat = np.array([(place.lon, place.lat) for place in spots.values()])
    codes = municipality_of(municipalities(), lonlat)
    return {key: str(code)[:3] for key, code in zip(spots, codes, strict=True)}


def _size(task: Task) -> int:
    return len(task.problem.visits) * len(task.problem.shifts)
