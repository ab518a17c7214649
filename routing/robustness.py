"""How a plan holds when roads and talks take longer: it is driven a thousand times.

Every leg and every service takes its planned time multiplied by a log-normal factor of
mean 1. A stop that is reached after its window is missed and left at once; the break is
taken where it was planned.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from routing.plan import Plan, Route, verified
from routing.problem import UNREACHABLE, Problem, Travel
from routing.schedule import plan_of, sequences_of

DRIVES = 1_000
MOST_BUFFER = 0.6
BUFFER_STEP = 0.05


@dataclass(frozen=True)
class Spread:
    """Standard deviations of the logarithm of travel and service times."""

    travel: float = 0.15
    service: float = 0.25


@dataclass(frozen=True)
class Robustness:
    """Shares of the drives: of a late return by (unit, night), of a missed visit by its
    key (promises and zones that are ever missed), and of nights with neither."""

    late_return: Mapping[tuple[str, int], float]
    missed: Mapping[str, float]
    on_time: float
    drives: int


def drive_often(
    problem: Problem,
    plan: Plan,
    *,
    spread: Spread = Spread(),
    drives: int = DRIVES,
    seed: int = 1,
) -> Robustness:
    """Drive the plan with uncertain times. A night is on time when every unit is home in
    its shift and no promise is missed."""
    chance = np.random.default_rng(seed)
    good = np.ones(drives, dtype=bool)
    late_return: dict[tuple[str, int], float] = {}
    missed: dict[str, float] = {}
    for route in plan.routes:
        home, misses = _drive(problem, route, spread, drives, chance)
        late = home > problem.shift_by_key[route.key].closes
        late_return[route.key] = float(late.mean())
        good &= ~late
        for stop, miss in zip(route.stops, misses, strict=True):
            required = problem.visit(stop.visit).required
            if required or miss.any():
                missed[stop.visit] = float(miss.mean())
            if required:
                good &= ~miss
    return Robustness(late_return, missed, float(good.mean()), drives)


def plan_with_buffer(
    problem: Problem,
    planner: Callable[[Problem], Plan],
    *,
    share: float = 0.95,
    spread: Spread = Spread(),
    drives: int = DRIVES,
    seed: int = 1,
) -> tuple[Plan, Robustness, float]:
    """The plan with the smallest buffer that is on time in `share` of the drives.

    The buffer lengthens every leg and service while planning; the plan itself keeps the
    usual times, so the buffer is its slack. Gives plan, robustness and buffer; with the
    longest buffer tried where none holds. Raises InfeasibleError when promises cannot be
    kept with a buffer that is needed.
    """
    buffer = 0.0
    while True:
        longer = planner(_lengthened(problem, buffer))
        plan = verified(problem, plan_of(problem, sequences_of(problem, longer)))
        robustness = drive_often(problem, plan, spread=spread, drives=drives, seed=seed)
        if robustness.on_time >= share or buffer >= MOST_BUFFER:
            return plan, robustness, buffer
        buffer = round(buffer + BUFFER_STEP, 2)


def _drive(
    problem: Problem, route: Route, spread: Spread, drives: int, chance: np.random.Generator
) -> tuple[NDArray[np.float64], list[NDArray[np.bool_]]]:
    """Times of coming home, and for every stop whether it was missed, by drive."""
    pause = problem.shift_by_key[route.key].pause
    length = pause.length if pause and route.pause is not None else 0
    time = np.full(drives, float(route.departure))
    left = route.departure
    misses = []
    for index, stop in enumerate(route.stops):
        option = problem.visit(stop.visit).options[stop.option]
        time = time + stop.walk * _factor(spread.travel, drives, chance)
        on_the_way = stop.walk + stop.drive
        before_driving = index == route.pause_before and stop.arrival > left + on_the_way
        if before_driving:
            time = np.maximum(time, float(route.pause or 0)) + length
        time = time + stop.drive * _factor(spread.travel, drives, chance)
        if index == route.pause_before and not before_driving:
            time = np.maximum(time, float(route.pause or 0)) + length
        miss = time > option.closes
        served = np.maximum(time, option.opens)
        served = served + option.service * _factor(spread.service, drives, chance)
        time = np.where(miss, time, served)
        misses.append(miss)
        left = stop.departure
    time = time + route.walk_home * _factor(spread.travel, drives, chance)
    if route.pause_before == len(route.stops):
        time = np.maximum(time, float(route.pause or 0)) + length
    return time + route.drive_home * _factor(spread.travel, drives, chance), misses


def _factor(deviation: float, drives: int, chance: np.random.Generator) -> NDArray[np.float64]:
    """Log-normal with mean 1."""
    return chance.lognormal(-(deviation**2) / 2, deviation, drives)


def _lengthened(problem: Problem, buffer: float) -> Problem:
    """The problem with every leg and service longer by a share."""
    if buffer == 0.0:
        return problem
    travel = {
        mode: Travel(_longer(matrices.seconds, buffer), matrices.metres)
        for mode, matrices in problem.travel.items()
    }
    visits = tuple(
        replace(
            visit,
            options=tuple(
                replace(option, service=int(np.ceil(option.service * (1 + buffer))))
                for option in visit.options
            ),
        )
        for visit in problem.visits
    )
    shifts = tuple(
        replace(
            shift,
            driving=None if shift.driving is None else int(shift.driving * (1 + buffer)),
            walking=None if shift.walking is None else int(shift.walking * (1 + buffer)),
        )
        for shift in problem.shifts
    )
    return replace(problem, visits=visits, shifts=shifts, travel=travel)


def _longer(seconds: NDArray[np.int64], buffer: float) -> NDArray[np.int64]:
    longer = np.ceil(seconds * (1 + buffer)).astype(np.int64)
    return np.where(seconds >= UNREACHABLE, UNREACHABLE, np.minimum(longer, UNREACHABLE))
