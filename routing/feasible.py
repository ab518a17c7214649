"""Promises first: routes that keep every required visit, or the smallest set that cannot be.

A promise that fails alone is refused with its reason, exactly. Promises that fail only
together are narrowed by a deletion filter to a set of which none can be left out; each
trial is a search over the promises alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sized

from geo.errors import InfeasibleError
from routing.anneal import Annealer, Sequences
from routing.instance import compiled
from routing.problem import Problem, Shift, Visit, part_of
from routing.scale import Scale, scale_of
from routing.schedule import timetable
from routing.stopping import MaxIterations
from routing.suitability import misfits, suits
from routing.walks import Choice, visits_made

TRIAL_ITERATIONS = 3_000
TRIAL_STEP = 300


def keep_promises(
    problem: Problem, seed: int = 1, late: Callable[[], bool] = lambda: False
) -> Sequences:
    """Routes that make the locked stops and every required visit; `late` ends the narrowing
    of promises that conflict.

    Raises InfeasibleError `locked_infeasible` (unit), `promise_impossible` (visit, reason)
    or `promises_conflict` (visits: the smallest set found that no plan keeps together).
    """
    for shift in problem.shifts:
        if not drivable(problem, shift, shift.locked):
            raise InfeasibleError("locked_infeasible", unit=shift.unit, night=shift.night)
    locked = {key for shift in problem.shifts for key, _ in shift.locked}
    required = [visit for visit in problem.visits if visit.required and visit.key not in locked]
    for visit in required:
        reason = impossible_alone(problem, visit)
        if reason is not None:
            raise InfeasibleError("promise_impossible", visit=visit.key, reason=reason)
    routes = routes_for(problem, required, seed)
    if routes is None:
        smallest = _smallest_conflict(problem, required, seed, late)
        raise InfeasibleError("promises_conflict", visits=[visit.key for visit in smallest])
    return routes


def impossible_alone(problem: Problem, visit: Visit) -> str | None:
    """Why no unit can make the visit even if it did nothing else; None when one can.

    A code of `routing.suitability` that bars every unit, or `no_shift`, `no_option`,
    `unreachable`, `outside_every_shift`, `beyond_limits`.
    """
    nights = {option.night for option in visit.options}
    tonight = [shift for shift in problem.shifts if shift.night in nights]
    fitting = [shift for shift in tonight if suits(visit, shift)]
    reachable = [shift for shift in fitting if _joined(problem, shift, visit)]
    timely = ((shift, choice) for shift in reachable for choice in _timely(problem, shift, visit))
    in_time = []
    for shift, choice in timely:  # as a rule the first one will do
        if drivable(problem, shift, (*shift.locked, choice)):
            return None
        in_time.append(choice)
    steps: tuple[tuple[Sized, Callable[[], str]], ...] = (
        (problem.shifts, lambda: "no_shift"),
        (visit.options, lambda: "no_option"),
        (tonight, lambda: "outside_every_shift"),
        (fitting, lambda: _bar(visit, tonight)),
        (reachable, lambda: "unreachable"),
        (in_time, lambda: "outside_every_shift"),
    )
    reasons = (reason() for remaining, reason in steps if not len(remaining))
    return next(reasons, "beyond_limits")


def _bar(visit: Visit, shifts: list[Shift]) -> str:
    """What bars the visit from every shift, or else from the first."""
    barred = [misfits(visit, shift) for shift in shifts]
    common = [reason for reason in barred[0] if all(reason in others for others in barred)]
    return (common or barred[0])[0]


def drivable(problem: Problem, shift: Shift, choices: Iterable[Choice]) -> bool:
    """Whether the shift can drive the choices in their order, in time and within limits.

    A unit without a stop stays at its base, so no choices are always possible.
    """
    choices = tuple(choices)
    if not choices:
        return True
    route = timetable(problem, shift, choices)
    if route is None:
        return False
    materials = sum(problem.visit(key).materials for key in visits_made(choices))
    used = (
        (route.driving, shift.driving),
        (route.metres, shift.metres),
        (materials, shift.materials),
    )
    return all(most is None or got <= most for got, most in used)


def _joined(problem: Problem, shift: Shift, visit: Visit) -> bool:
    travel = problem.travel[shift.mode]
    return travel.joins(shift.start, visit.place) and travel.joins(visit.place, shift.end)


def _timely(problem: Problem, shift: Shift, visit: Visit) -> Iterator[Choice]:
    """The options that the shift can serve after its locked stops and be home in time."""
    for index, option in enumerate(visit.options):
        choice = (visit.key, index)
        if option.night == shift.night and timetable(problem, shift, (*shift.locked, choice)):
            yield choice


def routes_for(
    problem: Problem,
    required: list[Visit],
    seed: int,
    iterations: int = TRIAL_ITERATIONS,
    scale: Scale | None = None,
) -> Sequences | None:
    """Routes with the locked stops and all of these visits; None when the search finds none."""
    if not required:
        return tuple(shift.locked for shift in problem.shifts)
    locked = {key for shift in problem.shifts for key, _ in shift.locked}
    only = part_of(problem, {visit.key for visit in required} | locked)
    annealer = Annealer.from_start(compiled(only, scale=scale or scale_of(problem)), seed)
    for done in range(TRIAL_STEP, iterations + 1, TRIAL_STEP):
        annealer.run(MaxIterations(done))
        made = {key for route in annealer.best for key in visits_made(route)}
        if all(visit.key in made for visit in required):
            return annealer.best
    return None


def _smallest_conflict(
    problem: Problem, required: list[Visit], seed: int, late: Callable[[], bool]
) -> list[Visit]:
    """A set of promises that cannot be kept together, though without any one of it they can.

    Halves are left out first, then smaller and smaller parts: most promises have no share in
    a conflict. When it is `late` the set is one that has not been narrowed any further.
    """
    core, scale = list(required), scale_of(problem)
    size = len(core)
    while size > 1:
        size = (size + 1) // 2
        for part in [core[first : first + size] for first in range(0, len(core), size)]:
            without = [visit for visit in core if visit not in part]
            if late():
                return core
            if without and routes_for(problem, without, seed, scale=scale) is None:
                core = without
    return core
