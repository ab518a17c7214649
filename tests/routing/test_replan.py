"""A night under way: what is done stays, a new promise is kept, little else changes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from geo.errors import InfeasibleError
from routing.plan import Plan, check
from routing.planner import plan_night
from routing.problem import Break, Kind, Problem
from routing.replan import Standing, replan, rest_of_night, standing
from tests.routing.problems import night, planted, shift, visit

SOON = (1400, 4000)


def running() -> tuple[Problem, Plan]:
    """One unit at places 1, 2, 3; the other at 4."""
    problem = night([visit(p) for p in (1, 2, 3, 4)], [shift("u"), shift("v")])
    return problem, planted(problem, [[("1", 0), ("2", 0), ("3", 0)], [("4", 0)]])


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (0, Standing(0, 0, 0)),
        (30, Standing(0, 0, 0, under_way=True)),
        (60, Standing(1, 660, 1, driven=60, metres=1000)),
        (659, Standing(1, 660, 1, driven=60, metres=1000)),
        (700, Standing(1, 660, 1, under_way=True, driven=60, metres=1000)),
        (2000, Standing(3, 2000, 3, driven=180, metres=3000)),
        (2100, Standing(3, 2100, 3, driven=180, metres=3000)),
    ],
)
def test_where_a_unit_is(now: int, expected: Standing) -> None:
    problem, plan = running()
    found = standing(problem, plan.routes[0], now)
    assert found == (expected if now < 1980 else replace(expected, time=max(now, 1980)))


def test_a_break_that_was_taken_is_not_taken_again() -> None:
    problem = night([visit(1), visit(2)], [shift(pause=Break(500, 900, 300))])
    plan = planted(problem, [[("1", 0), ("2", 0)]])
    route = plan.routes[0]
    assert not standing(problem, route, 300).rested
    later = standing(problem, route, route.stops[1].begin)
    assert later.rested
    assert rest_of_night(problem, plan, {"u": later}).shifts[0].pause is None


def test_new_promise_is_kept_and_the_rest_stays() -> None:
    problem, plan = running()
    urgent = visit(2, key="urgent", window=SOON, required=True)
    problem = replace(problem, visits=(*problem.visits, urgent))
    standings = {route.unit: standing(problem, route, 700) for route in plan.routes}
    found = replan(problem, plan, standings, iterations=200)
    assert check(found.problem, found.plan) == ()
    assert found.added == ("urgent",)
    assert (found.dropped, found.moved) == ((), ())
    assert found.plan.routes[0].stops[0].visit == "2"
    assert "1" not in found.plan.served


def test_closed_zone_is_dropped_and_nothing_moves() -> None:
    problem, plan = running()
    standings = {route.unit: standing(problem, route, 700) for route in plan.routes}
    found = replan(problem, plan, standings, closed=["3"], iterations=200)
    assert found.dropped == ("3",)
    assert (found.moved, found.added) == ((), ())


def test_a_late_unit_gives_up_its_least_stop() -> None:
    problem = night([visit(1, 9), visit(2, 1), visit(3, 9)], [shift(closes=2200)])
    plan = planted(problem, [[("1", 0), ("2", 0), ("3", 0)]])
    late = {"u": Standing(place=1, time=800, done=1, driven=60, metres=1000)}
    found = replan(problem, plan, late, iterations=200)
    assert found.dropped == ("2",)
    assert found.plan.served == {"3"}


def test_stops_are_not_swapped_between_units_without_need() -> None:
    zones = [visit(p, 10) for p in range(1, 13)]
    problem = night(zones, [shift("u", closes=4800), shift("v", closes=4800)])
    plan = plan_night(problem, iterations=500)
    standings = {route.unit: standing(problem, route, route.departure) for route in plan.routes}
    found = replan(problem, plan, standings, iterations=500)
    assert found.moved == ()
    assert found.plan.value >= plan.value


def test_promise_that_comes_too_late_is_refused() -> None:
    problem, plan = running()
    urgent = visit(4, key="urgent", window=(700, 710), required=True)
    problem = replace(problem, visits=(*problem.visits, urgent), shifts=problem.shifts[:1])
    plan = replace(plan, routes=plan.routes[:1], value=30)
    with pytest.raises(InfeasibleError, match="promise_impossible"):
        replan(problem, plan, {"u": standing(problem, plan.routes[0], 700)}, iterations=50)


@pytest.mark.parametrize(
    ("kits", "served"), [(9, {"urgent", "2"}), (8, {"urgent"}), (4, {"urgent"})]
)
def test_kits_that_are_left_go_to_a_new_promise_first(kits: int, served: set[str]) -> None:
    """Four for each zone, the first stop is done; a promise is kept with what there is, and
    outweighs the points of a stop that stays."""
    zones = [visit(place, 10 * (4 - place), materials=4) for place in (1, 2)]
    problem = night(zones, [shift(materials=kits)])
    plan = planted(problem, [[("1", 0)] if kits < 8 else [("1", 0), ("2", 0)]])
    urgent = visit(1, 0, key="urgent", window=SOON, required=True, materials=1)
    urgent = replace(urgent, kind=Kind.HOTLINE)
    tonight = replace(problem, visits=(*problem.visits, urgent))
    found = replan(tonight, plan, {"u": standing(problem, plan.routes[0], 70)}, iterations=100)
    assert check(found.problem, found.plan) == ()
    assert found.problem.shifts[0].materials == kits - 4
    assert found.plan.served == served
