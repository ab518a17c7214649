"""What is known of a night, gathered from the store for the planner."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from data import conflicts
from data.access import Viewer
from data.store import Store
from geo.errors import MissingError
from geo.night import Night
from geo.ordinances import zones_under
from geo.zones import Zone
from routing.prepare import NightInputs
from routing.units import Outing, outing


def night_inputs(
    store: Store,
    viewer: Viewer,
    night: Night,
    units: Iterable[str] | None = None,
    *,
    forced: Iterable[str] = (),
    excluded: Iterable[str] = (),
    assigned: Mapping[str, str] | None = None,
) -> NightInputs:
    """Everything that the plan of a night is made from.

    `units`: codes of those that go out, None for all on duty that weekday and those on a
    mediation outing; each with its
    shift and crew of that night where they differ from the usual. `forced`, `excluded`,
    `assigned` as in `NightInputs`. Raises MissingError `units_none`, `unit_unknown`.
    """
    zones, orders = under_ordinances(store, viewer, night)
    return NightInputs(
        night=night,
        outings=night_outings(store, viewer, night, units),
        zones=zones,
        presence=store.presence(viewer),
        last_visits=store.last_visits(viewer, before=night),
        promises=store.promises(viewer, night),
        forced=frozenset(forced),
        excluded=frozenset(excluded),
        assigned=dict(assigned or {}),
        ordinances=orders,
    )


def under_ordinances(
    store: Store, viewer: Viewer, night: Night
) -> tuple[tuple[Zone, ...], dict[str, tuple[str, ...]]]:
    """The zones as they are tonight, and the hours of the orders in force there, by code.

    A zone is discreet while an order is in force in it: a marked van would show the way.
    """
    zones = store.zones(viewer)
    orders = conflicts.ordinances(store, viewer)
    if not orders:
        return zones, {}
    found = zones_under(orders, conflicts.places(store, viewer), zones, night)
    hours = {
        code: tuple(dict.fromkeys(f"{one.opens}–{one.closes}" for one in some))
        for code, some in found.items()
    }
    return tuple(replace(z, discreet=True) if z.code in found else z for z in zones), hours


def night_outings(
    store: Store, viewer: Viewer, night: Night, units: Iterable[str] | None = None
) -> tuple[Outing, ...]:
    """The outings of a night by unit code; `units` as in `night_inputs`."""
    known = {unit.code: unit for unit in store.units(viewer)}
    if not known:
        raise MissingError("units_none")
    special = {each.unit.code: each for each in store.outings(viewer, night)}
    if units is None:
        units = (
            code
            for code, unit in known.items()
            if night.weekday in unit.weekdays or _mediates(special.get(code), store.now())
        )
    chosen = sorted(set(units))
    if unknown := [code for code in chosen if code not in known]:
        raise MissingError("unit_unknown", unit=unknown[0])
    return tuple(special.get(code) or outing(known[code], night) for code in chosen)


def _mediates(special: Outing | None, now: datetime) -> bool:
    """Whether it is a mediation outing that is not over."""
    return special is not None and special.mediates and special.closes > special.night.seconds(now)
