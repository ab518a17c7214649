"""Move a visit of a week by hand, and see what that costs.

The visit goes where it costs least in the route it is moved to; what no longer fits there is
left out, as little as possible. Everything else of the week stays as it was.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

from geo.errors import InfeasibleError
from routing.instance import Choice
from routing.plan import Plan, check
from routing.problem import Problem
from routing.schedule import plan_of, sequences_of, timetable

MOST_DROPPED = 2
"""Stops that are left out at most to make room for one."""

Key = tuple[str, int]


@dataclass(frozen=True)
class Moved:
    """The plan after a move. `points` lost (negative: gained), `seconds` and `metres` more
    on the road, `dropped`: visits that are no longer made on that night."""

    plan: Plan
    points: int
    seconds: int
    metres: int
    dropped: tuple[str, ...]


def move(problem: Problem, plan: Plan, visit: str, origin: Key, target: Key) -> Moved:
    """The best way of moving a visit from one route (unit, night) to another.

    Raises InfeasibleError `move_impossible` (visit, unit) when no way keeps every rule.
    """
    shifts = [shift.key for shift in problem.shifts]
    sequences = dict(zip(shifts, sequences_of(problem, plan), strict=True))
    sequences[origin] = tuple(c for c in sequences.get(origin, ()) if c[0] != visit)
    if target not in sequences:
        raise InfeasibleError("move_impossible", visit=visit, unit=target[0])
    for dropped in range(MOST_DROPPED + 1):
        found = []
        for route in _routes(problem, sequences[target], visit, target, dropped):
            changed = {**sequences, target: route}
            tried = plan_of(problem, [changed[key] for key in shifts])
            if not check(problem, tried):
                found.append(tried)
        if found:
            best = max(found, key=lambda one: (one.value, -_seconds(one)))
            return _moved(plan, best, target, visit)
    raise InfeasibleError("move_impossible", visit=visit, unit=target[0])


def _routes(
    problem: Problem, stops: tuple[Choice, ...], visit: str, target: Key, dropped: int
) -> Iterator[tuple[Choice, ...]]:
    """Routes that can be driven in time with the visit in them and so many stops fewer."""
    shift = problem.shift_by_key[target]
    options = problem.visit(visit).options
    ways = [index for index, option in enumerate(options) if option.night == target[1]]
    free = [
        index
        for index, (key, _) in enumerate(stops)
        if not problem.visit(key).required and index >= len(shift.locked)
    ]
    for out in combinations(free, dropped):
        kept = tuple(choice for index, choice in enumerate(stops) if index not in out)
        for option in ways:
            for place in range(len(shift.locked), len(kept) + 1):
                route = (*kept[:place], (visit, option), *kept[place:])
                if timetable(problem, shift, route) is not None:
                    yield route


def _moved(before: Plan, after: Plan, target: Key, visit: str) -> Moved:
    was, now = before.route(*target), after.route(*target)
    stayed = {stop.visit for stop in now.stops} if now else set()
    gone = tuple(s.visit for s in was.stops if s.visit not in stayed | {visit}) if was else ()
    return Moved(
        plan=after,
        points=before.value - after.value,
        seconds=_seconds(after) - _seconds(before),
        metres=sum(r.metres for r in after.routes) - sum(r.metres for r in before.routes),
        dropped=gone,
    )


def _seconds(plan: Plan) -> int:
    return sum(route.driving for route in plan.routes)
