"""The count night: every zone is passed, by the fewest crews or with the earliest return."""

from __future__ import annotations

from dataclasses import dataclass, replace

from routing.anneal import Sequences
from routing.bound import bound
from routing.feasible import keep_promises, routes_for
from routing.instance import compiled
from routing.plan import Plan, verified
from routing.planner import compile_kernel
from routing.problem import Problem, Shift
from routing.schedule import plan_of

ITERATIONS = 6_000
PRECISION = 60


@dataclass(frozen=True)
class CountNight:
    """A plan that passes every zone. `fewest_proven`: with fewer crews of this kind it is
    impossible; `last_return`: seconds at which the last unit is home."""

    plan: Plan
    crews: int
    fewest_proven: bool
    last_return: int


def fewest_crews(problem: Problem, *, iterations: int = ITERATIONS, seed: int = 1) -> CountNight:
    """Every zone with as few crews as are found: one crew after the other stays at home.

    Raises InfeasibleError when even all crews together cannot pass every zone.
    """
    compile_kernel()
    everything = _all_required(problem)
    routes = keep_promises(everything, seed)
    kept = [shift for shift, route in zip(problem.shifts, routes, strict=True) if route]
    best = _only(everything, kept, [route for route in routes if route])
    spared = True
    while spared and len(kept) > 1:
        spared = False
        for shift in sorted(kept, key=lambda shift: len(_route(best, shift))):
            fewer = replace(everything, shifts=tuple(other for other in kept if other is not shift))
            found = routes_for(fewer, list(fewer.visits), seed, iterations)
            if found is not None:
                kept, spared = list(fewer.shifts), True
                best = plan_of(fewer, found)
                break
    return _count_night(everything, best, _fewer_is_impossible(everything, len(best.routes)))


def earliest_return(problem: Problem, *, iterations: int = ITERATIONS, seed: int = 1) -> CountNight:
    """Every zone by all crews, the last of them home as early as is found (by halving)."""
    compile_kernel()
    everything = _all_required(problem)
    best = plan_of(everything, keep_promises(everything, seed))
    early, late = min(shift.opens for shift in problem.shifts), _last_return(best)
    while late - early > PRECISION:
        middle = (early + late) // 2
        sooner = replace(everything, shifts=tuple(_home_by(s, middle) for s in problem.shifts))
        found = routes_for(sooner, list(sooner.visits), seed, iterations)
        if found is None:
            early = middle
        else:
            best = plan_of(everything, found)
            late = min(middle, _last_return(best))
    return _count_night(everything, best, False)


def _all_required(problem: Problem) -> Problem:
    return replace(problem, visits=tuple(replace(v, required=True) for v in problem.visits))


def _count_night(problem: Problem, plan: Plan, proven: bool) -> CountNight:
    plan = verified(problem, plan)
    return CountNight(plan, len(plan.routes), proven, _last_return(plan))


def _only(problem: Problem, shifts: list[Shift], routes: list[tuple[tuple[str, int], ...]]) -> Plan:
    sequences: Sequences = tuple(routes)
    return plan_of(replace(problem, shifts=tuple(shifts)), sequences)


def _route(plan: Plan, shift: Shift) -> tuple[object, ...]:
    route = plan.route(*shift.key)
    return route.stops if route else ()


def _last_return(plan: Plan) -> int:
    return max((route.home for route in plan.routes), default=0)


def _home_by(shift: Shift, time: int) -> Shift:
    return replace(shift, closes=max(shift.opens, min(shift.closes, time)))


def _fewer_is_impossible(problem: Problem, crews: int) -> bool:
    """Whether the bound proves that no choice of one crew fewer passes every zone.

    Each visit counts one point; if `crews` - 1 units that unite the best of all shifts
    earn fewer points than there are visits, some visit is missed.
    """
    if crews <= 1:
        return True
    best = replace(
        problem.shifts[0],
        opens=min(shift.opens for shift in problem.shifts),
        closes=max(shift.closes for shift in problem.shifts),
    )
    alike = len({_equipment(shift) for shift in problem.shifts}) == 1
    if not alike:
        return False
    one_point = tuple(
        replace(v, required=False, options=tuple(replace(o, value=1) for o in v.options))
        for v in problem.visits
    )
    shifts = tuple(replace(best, unit=str(number)) for number in range(crews - 1))
    fewer = replace(problem, visits=one_point, shifts=shifts)
    return bound(compiled(fewer), value=0.0) < len(problem.visits)


def _equipment(shift: Shift) -> Shift:
    """A shift without its name and hours: what must be alike to compare crews."""
    return replace(shift, unit="any", opens=0, closes=0, locked=())
