"""Zones, promises and outings as the visits and shifts of the planning problem."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from geo.errors import InfeasibleError, InputError
from geo.night import MINUTE, Night
from geo.windows import window_on
from geo.zones import Access, Zone
from routing.problem import Break, Kind, Option, Shift, Visit
from routing.promises import Promise
from routing.suitability import suits
from routing.units import Base, Outing, Role

MODES = {Access.VAN: frozenset({"van"}), Access.FOOT: frozenset({"van", "foot"})}
"""Who comes to a zone: a crew on foot only where people are reached on foot; a van parks."""


def zone_visit(
    zone: Zone,
    place: int,
    options: tuple[Option, ...],
    *,
    required: bool = False,
    only: frozenset[str] | None = None,
    never: frozenset[str] = frozenset(),
) -> Visit:
    """A zone as a visit at row `place` of the matrices; `only` and `never` are unit codes."""
    return Visit(
        key=zone.code,
        place=place,
        options=options,
        required=required,
        languages=zone.languages,
        skills=_skills(zone.mediator),
        modes=MODES[zone.access],
        discreet=zone.discreet,
        only=only,
        never=never,
        territory=zone.province_code,
    )


def promise_visit(  # noqa: PLR0917
    promise: Promise, zone: Zone | None, place: int, night: Night, now: int, kits: int = 0
) -> Visit:
    """A promise as a visit that must be made, from `now` (seconds from noon) on.

    `zone`: the one it names; `kits` to hand out. It earns no points: a promise is kept, not
    weighed. Raises InputError `promise_window` and InfeasibleError `promise_too_late`.
    """
    opens, closes = promised_hours(promise, night)
    if now > closes:
        raise InfeasibleError("promise_too_late", promise=promise.key, closes=promise.closes)
    return Visit(
        key=promise.key,
        place=place,
        options=(Option(max(opens, now), closes, promise.minutes * MINUTE, 0),),
        kind=promise.kind,
        required=True,
        languages=promise.languages,
        skills=_skills(promise.mediator),
        modes=MODES[zone.access] if zone else MODES[Access.FOOT],
        discreet=promise.discreet or bool(zone and zone.discreet),
        only=frozenset({promise.unit}) if promise.unit else None,
        territory=zone.province_code if zone else "",
        materials=kits,
    )


def promises_kept_with_few_kits(
    visits: Iterable[Visit], shifts: Iterable[Shift]
) -> tuple[Visit, ...]:
    """The visits, promises with no more kits than the units that may come surely have left.

    A promise is kept though kits run short: a crew hands out what it has. So each promise
    counts on an even share of the kits of the unit with the fewest, and none is refused for
    them, whoever keeps it and with how many others.
    """
    visits, shifts = tuple(visits), tuple(shifts)
    promised = [visit for visit in visits if visit.kind is not Kind.ZONE and visit.materials]
    bare = {visit.key: replace(visit, materials=0) for visit in promised}
    left = {
        key: [s.materials for s in shifts if s.materials is not None and suits(visit, s)]
        for key, visit in bare.items()
    }
    return tuple(
        replace(visit, materials=min([visit.materials, *(k // len(promised) for k in kits)]))
        if (kits := left.get(visit.key))
        else visit
        for visit in visits
    )


def promised_hours(promise: Promise, night: Night) -> tuple[int, int]:
    """When the promise's visit may begin, in seconds from noon; raises InputError
    `promise_window`."""
    wrong = InputError(
        "promise_window", promise=promise.key, opens=promise.opens, closes=promise.closes
    )
    try:
        by_day = promise.kind is Kind.MEDIATION
        window = window_on(night, promise.opens, promise.closes, by_day=by_day)
    except InputError as error:
        raise wrong from error
    if window is None:
        raise wrong
    return window


def _skills(mediator: bool) -> frozenset[str]:
    return frozenset({Role.MEDIATOR.value}) if mediator else frozenset()


def base_key(outing: Outing, base: Base) -> str:
    """The name of a unit's base among the sites of a night; one where start is end."""
    end = "" if base == outing.unit.start else " end"
    return f"base {outing.unit.code}{end}"


def shift_of(outing: Outing, start: int, end: int, van_walk: int = 0) -> Shift:
    """An outing as a shift that starts and ends at those rows of the matrices.

    `van_walk`: most seconds of a way on foot from a parked van; 0 for none.
    """
    unit = outing.unit
    return Shift(
        unit=unit.code,
        start=start,
        end=end,
        opens=outing.opens,
        closes=outing.closes,
        mode=unit.mode.value,
        languages=unit.crew.languages,
        skills=frozenset(role.value for role in unit.crew.roles),
        crew=unit.crew.size,
        discreet=unit.unmarked,
        pause=_pause(outing),
        driving=None if unit.driving_minutes is None else unit.driving_minutes * MINUTE,
        metres=None if unit.kilometres is None else round(unit.kilometres * 1000),
        materials=unit.kits,
        walking=van_walk if van_walk and unit.mode is Access.VAN else None,
        kinds=frozenset({Kind.MEDIATION}) if outing.mediates else None,
    )


def _pause(outing: Outing) -> Break | None:
    """The unit's pause on this night; none when its window does not meet the shift."""
    pause = outing.unit.pause
    window = window_on(outing.night, pause.opens, pause.closes) if pause else None
    if pause is None or window is None:
        return None
    if window[1] < outing.opens or window[0] > outing.closes:
        return None
    return Break(max(window[0], outing.opens), window[1], pause.minutes * MINUTE)
