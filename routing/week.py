"""Plan several nights together: one search over all of them, then one choice.

The problem holds the shifts and options of every night; visits say how often (`most`),
how far apart (`spacing`), and the problem what a further visit is worth
(`diminishing`). What a week should reach besides is said by quotas: minutes of
exploration, a fair share of every territory, zones whose revisit is due. Regular times
are options of their own.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from routing.anneal import Heat
from routing.feasible import keep_promises
from routing.instance import compiled
from routing.plan import Plan, verified
from routing.planner import (
    SEARCHES,
    Clock,
    Listener,
    best_of,
    compile_kernel,
    explore,
    fill_up,
    with_bound,
)
from routing.problem import Option, Problem
from routing.rows import Quota
from routing.schedule import plan_of

MINUTE = 60
EXPLORATION_STEP = 15
WEEK = Heat(begin=0.1, end=0.01)
CHOICE_MOST = 10.0
BOUND_SHARE, BOUND_MOST = 0.4, 30.0
"""Share of the seconds that the bound may take, and seconds at most."""

DEFAULT_SECONDS = 50.0


@dataclass(frozen=True)
class WeekPlan:
    """A plan of all nights, and how many steps of each quota it reaches.

    `worth`: its value and the points of its quotas; no plan's exceeds the plan's bound.
    """

    plan: Plan
    reached: Mapping[str, tuple[int, int]]
    worth: int

    @property
    def gap(self) -> float | None:
        """Share by which a better week could exceed this one at most; None without bound."""
        return replace(self.plan, value=self.worth).gap


def plan_week(
    problem: Problem,
    *,
    quotas: Sequence[Quota] = (),
    seconds: float | None = None,
    iterations: int | None = None,
    seed: int = 1,
    progress: Listener | None = None,
    searches: int = SEARCHES,
) -> WeekPlan:
    """The best plan found for all nights of the problem; quotas weigh beside the value.

    Arguments as `routing.planner.plan_night`.

    Raises InfeasibleError when a promise cannot be kept (`routing.feasible`).
    """
    compile_kernel()
    if seconds is None and iterations is None:
        seconds = DEFAULT_SECONDS
    clock = Clock(seconds, iterations, progress, time.perf_counter)
    clock.choice_most = CHOICE_MOST
    clock.bound_seconds = None if seconds is None else min(BOUND_MOST, BOUND_SHARE * seconds)
    start = keep_promises(problem, seed, clock.late)
    # In the search a quota is worth its points evenly; the choice counts its steps.
    plain, leaning = compiled(problem), compiled(problem, _even_points(problem, quotas))
    clock.keep_for_end(plain)
    finished = explore(leaning, [seed + 1000 * k for k in range(searches)], start, clock, WEEK)
    found = best_of(plain, finished, seed, clock, quotas)
    plan = plan_of(problem, fill_up(plain, found.routes))
    plan = verified(problem, with_bound(plain, plan, found, clock, quotas))
    made = [stop.visit for route in plan.routes for stop in route.stops]
    reached = {quota.name: quota.reached(made) for quota in quotas}
    return WeekPlan(
        plan,
        {quota.name: (reached[quota.name], quota.steps) for quota in quotas},
        plan.value + sum(quota.points * reached[quota.name] for quota in quotas),
    )


def exploration(problem: Problem, keys: Iterable[str], minutes: int, points: int) -> Quota:
    """Minutes in thinly observed zones: every quarter of an hour up to `minutes` earns."""
    weights = {key: problem.visit(key).options[0].service // MINUTE for key in keys}
    return Quota("exploration", weights, EXPLORATION_STEP, minutes // EXPLORATION_STEP, points)


def fair_shares(problem: Problem, least: int, points: int) -> tuple[Quota, ...]:
    """At least so many visits in every territory that has any."""
    territories = sorted({visit.territory for visit in problem.visits if visit.territory})
    keys = {name: [v.key for v in problem.visits if v.territory == name] for name in territories}
    return tuple(Quota(f"territory {t}", dict.fromkeys(keys[t], 1), 1, least, points) for t in keys)


def revisits_due(keys: Iterable[str], points: int) -> tuple[Quota, ...]:
    """Zones whose revisit target falls in this week: the first visit earns extra."""
    return tuple(Quota(f"due {key}", {key: 1}, 1, 1, points) for key in keys)


def with_regular_times(
    problem: Problem, usual: Mapping[str, Sequence[tuple[int, int]]], tolerance: int, points: int
) -> Problem:
    """The problem with an option at each zone's usual times, worth `points` more.

    `usual`: visit key → (night, seconds) at which people expect the unit; `tolerance`:
    seconds before and after. A usual time outside the zone's windows adds nothing.
    """
    visits = []
    for visit in problem.visits:
        extra = [
            Option(opens, closes, option.service, option.value + points, option.night)
            for night, moment in usual.get(visit.key, ())
            for option in visit.options
            if option.night == night
            for opens, closes in [
                (max(option.opens, moment - tolerance), min(option.closes, moment + tolerance))
            ]
            if opens <= closes
        ]
        visits.append(replace(visit, options=visit.options + tuple(extra)))
    return replace(problem, visits=tuple(visits))


def _even_points(problem: Problem, quotas: Sequence[Quota]) -> NDArray[np.float64]:
    """Points of a quota spread evenly over what counts for it: (option, shift)."""
    points = [
        sum(q.points * q.weights.get(visit.key, 0) / q.step for q in quotas)
        for visit in problem.visits
        for _ in visit.options
    ]
    return np.repeat(np.array(points, dtype=float)[:, None], len(problem.shifts), axis=1)
