"""A region's week in parts that know nothing of each other, and the parts as one week again.

Units and zones of provinces that no unit's territory joins never meet in a route: each such
group is planned by itself, on whichever process or machine (`routing.region`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from geo.night import Night
from routing.plan import Plan, verified
from routing.prepare import NightInputs
from routing.prepare_week import PreparedWeek
from routing.promises import Promise
from routing.schedule import plan_of
from routing.units import Outing, Unit


@dataclass(frozen=True)
class Part:
    """Provinces (ISTAT codes, in order) that units join, and the nights on which any of
    these goes out with only what is theirs."""

    provinces: tuple[str, ...]
    nights: tuple[NightInputs, ...]

    @property
    def name(self) -> str:
        """The provinces' codes, joined: what the part is called among the tasks."""
        return "+".join(self.provinces)


def groups(units: Iterable[Unit]) -> tuple[tuple[str, ...], ...]:
    """The provinces of the units' territories, those together that a unit joins."""
    found: list[set[str]] = []
    for unit in units:
        own = set(unit.territory)
        meeting = [group for group in found if group & own]
        found = [group for group in found if not group & own]
        found.append(own.union(*meeting))
    return tuple(sorted(tuple(sorted(group)) for group in found if group))


def parts(
    nights: Sequence[NightInputs], places: Mapping[str, str] | None = None
) -> tuple[tuple[Part, ...], tuple[Promise, ...]]:
    """The nights of a week in parts, and the promises that no part can keep.

    `places`: key of a promise that names neither unit nor zone → the province where it is to
    be kept. A part has the zones of its provinces alone.
    """
    units = {each.unit.code: each.unit for night in nights for each in night.outings}
    found, kept = [], set()
    for provinces in groups(units.values()):
        here = []
        for night in nights:
            own = tuple(o for o in night.outings if set(o.unit.territory) & set(provinces))
            mine = [p for p in night.promises if _belongs(p, own, provinces, places or {})]
            kept |= {promise.key for promise in mine}
            if own:
                here.append(_only(night, own, provinces, mine))
        found.append(Part(provinces, tuple(here)))
    left = tuple(p for night in nights for p in night.promises if p.key not in kept)
    return tuple(found), left


def joined(whole: PreparedWeek, weeks: Iterable[tuple[PreparedWeek, Plan]]) -> Plan:
    """The plans of parts as one plan of the whole week, verified.

    `whole`: the week of all these parts' nights. The bound is the sum of theirs.
    """
    made: dict[tuple[str, int], tuple[tuple[str, int], ...]] = {}
    bounds: list[int | None] = []
    for week, plan in weeks:
        bounds.append(plan.bound)
        for route in plan.routes:
            number = (week.first + route.night) - whole.first
            made[route.unit, number] = tuple(
                (
                    stop.visit,
                    stop.option
                    - week.offset[stop.visit, route.night]
                    + whole.offset[stop.visit, number],
                )
                for stop in route.stops
            )
    sequences = [made.get(shift.key, ()) for shift in whole.problem.shifts]
    plan = plan_of(whole.problem, sequences)
    known = [bound for bound in bounds if bound is not None]
    bound = sum(known) if len(known) == len(bounds) else None
    return verified(whole.problem, replace(plan, bound=bound))


def nights_of(some: Iterable[Part]) -> tuple[NightInputs, ...]:
    """The nights of several parts together, as if they had been prepared as one."""
    nights: dict[Night, NightInputs] = {}
    for part in some:
        for more in part.nights:
            known = nights.get(more.night)
            if known is None:
                nights[more.night] = more
                continue
            nights[more.night] = replace(
                known,
                outings=tuple(
                    sorted((*known.outings, *more.outings), key=lambda one: one.unit.code)
                ),
                zones=tuple(sorted((*known.zones, *more.zones), key=lambda one: one.code)),
                promises=(*known.promises, *more.promises),
                ordinances={**known.ordinances, **more.ordinances},
            )
    return tuple(nights[night] for night in sorted(nights))


def _belongs(
    promise: Promise, outings: Sequence[Outing], provinces: Sequence[str], places: Mapping[str, str]
) -> bool:
    if promise.unit is not None:
        return promise.unit in {outing.unit.code for outing in outings}
    where = promise.zone[:3] if promise.zone else places.get(promise.key)
    return bool(outings) and where in provinces


def _only(
    night: NightInputs,
    outings: tuple[Outing, ...],
    provinces: Sequence[str],
    promises: Sequence[Promise],
) -> NightInputs:
    zones = tuple(zone for zone in night.zones if zone.province_code in provinces)
    codes = {zone.code for zone in zones}
    return replace(
        night,
        outings=outings,
        zones=zones,
        promises=tuple(promises),
        ordinances={zone: hours for zone, hours in night.ordinances.items() if zone in codes},
    )
