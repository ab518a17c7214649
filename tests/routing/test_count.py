"""The count night passes every zone."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings

from geo.errors import InfeasibleError
from routing.choose import Effort
from routing.count import earliest_return, fewest_crews
from routing.count_bound import counted
from routing.cover import earliest_home_times, fewest_routes
from routing.instance import compiled
from routing.plan import check
from routing.problem import Break, Problem
from routing.schedule import timetable
from tests.routing.problems import crews_that_are_enough, night, problems, shift, visit


def test_fewest_crews_and_its_proof() -> None:
    """Six zones of ten minutes; a shift of 50 minutes holds four of them."""
    zones = [visit(1, key=f"z{number}") for number in range(6)]
    problem = night(zones, [shift(name, closes=3000) for name in "abcd"])
    found = fewest_crews(problem, iterations=600)
    assert found.crews == 2
    assert found.fewest_proven
    assert len(found.plan.served) == 6


def test_earliest_return_shares_the_zones() -> None:
    zones = [visit(1, key=f"z{number}") for number in range(4)]
    problem = night(zones, [shift("a"), shift("b")])
    found = earliest_return(problem, iterations=600)
    assert found.last_return == 60 + 2 * 600 + 60
    assert [len(route.stops) for route in found.plan.routes] == [2, 2]


def test_last_return_cannot_be_sooner_than_is_proven() -> None:
    zones = [visit(1, key=f"z{number}") for number in range(4)]
    found = earliest_return(night(zones, [shift("a"), shift("b")]), iterations=600)
    assert found.soonest_possible <= found.last_return <= found.soonest_possible + 300


def test_too_few_crews_are_told_how_many_are_needed() -> None:
    """Ten zones of ten minutes; a shift of 50 minutes holds four of them."""
    zones = [visit(1, key=f"z{number}") for number in range(10)]
    with pytest.raises(InfeasibleError) as refused:
        fewest_crews(night(zones, [shift(closes=3000)]), iterations=600)
    assert refused.value.code == "crews_too_few"
    assert refused.value.fields == {"crews": 1, "needed": 3, "least": 3}


def test_zone_that_nobody_can_pass_is_named() -> None:
    zones = [visit(1), visit(2, languages=frozenset({"zh"}))]
    with pytest.raises(InfeasibleError) as refused:
        fewest_crews(night(zones), iterations=100)
    assert refused.value.fields == {"visit": "2", "reason": "language"}


def test_choice_combines_routes_of_several_searches() -> None:
    """No search has met the two routes together, but the pool holds both."""
    problem = counted(night([visit(p) for p in (1, 2, 3)], [shift(n) for n in "abc"]))
    arrays = compiled(problem)
    columns = ((0, (0,)), (1, (1, 2)), (2, (0, 1)), (2, (2,)))
    routes = fewest_routes(arrays, columns, Effort())
    assert routes is not None
    assert sum(bool(route) for route in routes) == 2
    assert sorted(key for route in routes for key, _ in route) == ["1", "2", "3"]


def test_home_times_are_those_of_the_timetable() -> None:
    pause = Break(600, 900, 300)
    problem = night([visit(1), visit(3)], [shift(pause=pause), shift("v")])
    homes = earliest_home_times(compiled(problem), ((0, (0, 1)), (1, (0, 1)), (1, (1,))))
    expected = [timetable(problem, problem.shifts[0], [("1", 0), ("3", 0)]), 1560, 960]
    assert homes.tolist() == [expected[0].home, *expected[1:]]  # type: ignore[union-attr]


@given(problem=problems(most_visits=4, most_shifts=3, metric=True))
@settings(max_examples=20, deadline=None, derandomize=True)
def test_small_nights_are_counted_by_the_fewest_crews(problem: Problem) -> None:
    """Against every choice of crews, each tried by brute force."""
    passed = crews_that_are_enough(counted(problem))
    try:
        found = fewest_crews(problem, iterations=800)
    except InfeasibleError as refused:
        assert refused.code in {"promise_impossible", "crews_too_few", "crews_far_too_few"}
        assert not passed
    else:
        assert found.fewest_possible <= found.crews == min(passed)


def test_count_plans_keep_every_rule() -> None:
    problem = night([visit(p) for p in range(1, 6)], [shift("a"), shift("b")])
    found = fewest_crews(problem, iterations=300)
    assert found.crews == 1
    assert {v.rule for v in check(problem, found.plan)} == set()


def test_crews_like_those_a_zone_is_kept_for_are_counted_too() -> None:
    """Ten zones that only one unit may pass; its shift of 50 minutes holds four of them."""
    own = frozenset({shift().unit})
    zones = [replace(visit(1, key=f"z{number}"), only=own) for number in range(10)]
    with pytest.raises(InfeasibleError) as refused:
        fewest_crews(night(zones, [shift(closes=3000)]), iterations=600)
    assert refused.value.fields == {"crews": 1, "needed": 3, "least": 3}
