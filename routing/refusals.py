"""Why a night cannot be planned, in the words of the night: who, which window, which shift.

The planner names visits by their keys and knows no clock. Here a refusal of it is told with
what a coordinator knows: the promise, its hours, and the units that could go with their
shifts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from geo.errors import InfeasibleError, Phrase
from geo.night import MINUTE
from routing.prepare import Prepared
from routing.problem import Kind, Shift, Visit
from routing.suitability import suits

Namer = Callable[[str], str]


@contextmanager
def told_in_words(prepared: Prepared, zone_name: Namer = str) -> Iterator[None]:
    """Planning done within is refused in words.

    `zone_name`: what to call a zone of a code. Raises InfeasibleError `promise_barred`
    (promise, reason, shifts) and `promises_exclude` (promises, the smallest set found) in
    place of `promise_impossible` and `promises_conflict`.
    """
    try:
        yield
    except InfeasibleError as error:
        raise in_words(prepared, error, zone_name) from error


def in_words(prepared: Prepared, error: InfeasibleError, zone_name: Namer = str) -> InfeasibleError:
    """The refusal with names, hours and shifts; any other error as it is."""
    problem = prepared.problem
    match error.code, error.fields:
        case "promise_impossible", {"visit": str(key), "reason": reason}:
            visit = problem.visit(key)
            return InfeasibleError(
                "promise_barred",
                promise=Phrase("promise_in_hours", _asked(prepared, visit, zone_name)),
                reason=reason,
                shifts=[_shift(prepared, shift) for shift in problem.shifts],
            )
        case "promises_conflict", {"visits": list(keys)}:
            return InfeasibleError(
                "promises_exclude",
                promises=[_promise(prepared, problem.visit(key), zone_name) for key in keys],
            )
    return error


def _promise(prepared: Prepared, visit: Visit, zone_name: Namer) -> Phrase:
    """A promise with the shifts of the units that could keep it."""
    shifts = [_shift(prepared, each) for each in prepared.problem.shifts if suits(visit, each)]
    return Phrase("promise_by_shifts", {**_asked(prepared, visit, zone_name), "shifts": shifts})


def _asked(prepared: Prepared, visit: Visit, zone_name: Namer) -> dict[str, object]:
    """What was promised, where, and from when to when it may begin."""
    night = prepared.night
    windows = dict.fromkeys((option.opens, option.closes) for option in visit.options)
    hours = [f"{night.clock(opens)}–{night.clock(closes)}" for opens, closes in windows]
    minutes = min((option.service for option in visit.options), default=0) // MINUTE
    promise = next((p for p in prepared.inputs.promises if p.key == visit.key), None)
    zone = visit.key if visit.kind is Kind.ZONE else promise.zone if promise else None
    spot = promise.place.name if promise and promise.place else ""
    return {
        "kind": visit.kind,
        "place": zone_name(zone) if zone else spot,
        "hours": hours,
        "minutes": minutes,
    }


def _shift(prepared: Prepared, shift: Shift) -> Phrase:
    names = {outing.unit.code: outing.unit.name for outing in prepared.inputs.outings}
    clock = prepared.night.clock
    fields = {
        "unit": names.get(shift.unit, shift.unit),
        "opens": clock(shift.opens),
        "closes": clock(shift.closes),
    }
    return Phrase("shift_in_hours", fields)
