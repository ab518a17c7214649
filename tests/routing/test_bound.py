"""Whatever the multipliers, no plan is worth more than the bound says."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from routing.bound import MOST_REPETITIONS, _Effort, _round, _Walkers
from routing.dual import Dual, Points
from routing.feasible import drivable
from routing.instance import compiled
from routing.planner import plan_night
from routing.problem import Problem
from routing.relaxed_walks import relaxed_walks
from routing.rows import Quota
from routing.week import exploration
from tests.routing.problems import night, problems, shift, visit


def dual_of(problem: Problem, quotas: tuple[Quota, ...] = ()) -> Dual | None:
    """The problem of the multipliers; None where walks would be too fine."""
    arrays = compiled(problem)
    walks = relaxed_walks(arrays)
    if walks is None:
        return None
    return Dual.of(arrays, walks, Points.of(arrays, quotas, MOST_REPETITIONS))


def total_at(dual: Dual, at: np.ndarray, sharp: bool) -> float:
    """The bound at these multipliers."""
    with ThreadPoolExecutor(1) as pool:
        walkers = _Walkers(
            dual.walks, pool, _Effort(None, lambda proven: False, dual.points.everything, 0.0)
        )
        found = _round(dual, walkers, np.minimum(at, dual.most), sharp)
    assert found is not None
    return found[0]


@given(
    problem=problems(most_visits=6, most_shifts=2, nights=2),
    seed=st.integers(0, 2**32 - 1),
    sharp=st.booleans(),
    begun=st.booleans(),
)
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_no_multipliers_put_the_bound_below_a_plan(problem, seed, sharp, begun) -> None:
    """With limits on driving, metres and kits, breaks, quotas of many steps, routes begun."""
    plan = plan_night(problem, iterations=60)
    assume(problem.visits and plan.routes)
    if begun:
        first = {r.key: ((r.stops[0].visit, r.stops[0].option),) for r in plan.routes if r.stops}
        shifts = tuple(replace(each, locked=first.get(each.key, ())) for each in problem.shifts)
        problem = replace(problem, shifts=shifts)
        # Where ways back are longer than by another stop, a first stop alone may be no route.
        assume(all(drivable(problem, each, each.locked) for each in shifts))
    keys = [each.key for each in problem.visits]
    quotas = (
        exploration(problem, keys, 60, 30),
        Quota("many", {key: 1 + number for number, key in enumerate(keys)}, 2, 3, 25),
    )
    made = [stop.visit for route in plan.routes for stop in route.stops]
    worth = plan.value + sum(quota.points * quota.reached(made) for quota in quotas)
    dual, numbers = dual_of(problem, quotas), np.random.default_rng(seed)
    assume(dual is not None)
    size = len(dual.given)
    at = numbers.exponential(numbers.choice([2.0, 20.0]), size) * (numbers.random(size) < 0.5)
    assert total_at(dual, at, sharp) >= worth - 1e-6


@pytest.mark.parametrize(
    ("limit", "toll"),
    [
        ({"driving": 1320}, (50 / 1680, 0, 0)),
        ({"metres": 20_000}, (0, 50 / 28_000, 0)),
        ({"materials": 3}, (0, 0, 5)),
    ],
)
def test_a_toll_lets_the_bound_know_a_limit(limit: dict, toll: tuple) -> None:
    """Five zones on one road: all of them are too far, or too many for the kits."""
    zones = [visit(place, materials=2) for place in (10, 11, 12, 13, 14)]
    dual = dual_of(night(zones, [shift(closes=4700, **limit)]))
    assert dual is not None
    at = np.zeros(len(dual.given))
    assert total_at(dual, at, sharp=False) >= 50
    at[dual.tolls[0]] = np.array(toll) * dual.unit[0]
    assert total_at(dual, at, sharp=False) < 45
