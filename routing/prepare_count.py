"""The inputs of a count night (*mappatura*): every zone is passed once, people are only seen.

All organisations are planned together and a zone is one visit of one unit, so that nobody
is counted twice by two crews at the same place.
"""

from __future__ import annotations

from dataclasses import replace

from geo.errors import InputError
from geo.night import HOUR, MINUTE
from geo.zones import PresenceWindow
from routing.prepare import NightInputs

AROUND = (30 * MINUTE, HOUR)
"""Seconds that a shift begins before the first zone may be passed, and ends after the last."""


def count_inputs(
    inputs: NightInputs, *, opens: str = "21:00", closes: str = "03:00", minutes: int = 5
) -> NightInputs:
    """The inputs of a night on which every zone of the units' territories is passed.

    A pass begins between `opens` and `closes` (wall clock) and lasts `minutes`. Nobody is
    approached: no language and no mediator is asked for. The usual limits on minutes and
    kilometres do not hold on this one night; the shift does. What is in `excluded` stays out.
    Raises InputError `count_window` (opens, closes), `count_minutes` (got).
    """
    night = inputs.night
    first, last = night.parse_clock(opens), night.parse_clock(closes)
    if last <= first:
        raise InputError("count_window", opens=opens, closes=closes)
    if not 1 <= minutes <= 60:
        raise InputError("count_minutes", got=minutes)
    reach = {code for outing in inputs.outings for code in outing.unit.territory}
    window = (PresenceWindow(opens, closes),)
    zones = tuple(
        replace(
            zone,
            windows=window,
            service_minutes=minutes,
            shortest_minutes=None,
            languages=frozenset(),
            mediator=False,
        )
        for zone in inputs.zones
    )
    outings = tuple(
        replace(
            outing,
            unit=replace(outing.unit, driving_minutes=None, kilometres=None, kits=None),
            opens=max(0, first - AROUND[0]),
            closes=last + AROUND[1],
        )
        for outing in inputs.outings
    )
    passed = {zone.code for zone in zones if zone.province_code in reach}
    return replace(
        inputs,
        zones=zones,
        outings=outings,
        promises=(),
        forced=frozenset(passed - inputs.excluded - inputs.closures),
        assigned={},
    )
