"""Several nights planned together, and what weighs beside the value."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from routing.plan import check
from routing.planner import Progress
from routing.problem import Option, Problem, Visit
from routing.week import exploration, fair_shares, plan_week, revisits_due, with_regular_times
from tests.routing.problems import line, problems, shift


def zone(place: int, value: int, nights: int = 3, most: int = 1, **more: object) -> Visit:
    """Open every night; ten minutes a visit."""
    options = tuple(Option(0, 7200, 600, value, night) for night in range(nights))
    return Visit(str(place), place, options, most=most, **more)  # type: ignore[arg-type]


def week(visits: list[Visit], closes: int = 7200, nights: int = 3) -> Problem:
    shifts = tuple(shift("u", closes=closes, night=night) for night in range(nights))
    return Problem(tuple(visits), shifts, line(9), nights=nights)


@given(problem=problems(nights=3))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_every_week_keeps_every_rule(problem: Problem) -> None:
    found = plan_week(problem, iterations=200)
    assert check(problem, found.plan) == ()


@given(problem=problems(nights=2, most_visits=4, most_shifts=2), data=st.data())
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_week_is_worth_more_than_the_bound_with_quotas(
    problem: Problem, data: st.DataObject
) -> None:
    """Whatever plan another seed finds, and whatever one visit or several fill a quota."""
    keys = [visit.key for visit in problem.visits]
    points = data.draw(st.integers(1, 50))
    quotas = (
        *revisits_due(keys[:2], points),
        *fair_shares(problem, 1, points),
        exploration(problem, keys, 30, points),
    )
    found = plan_week(problem, quotas=quotas, iterations=60)
    other = plan_week(problem, quotas=quotas, iterations=300, seed=data.draw(st.integers(2, 9)))
    made = [stop.visit for route in found.plan.routes for stop in route.stops]
    assert found.worth == found.plan.value + sum(q.points * q.reached(made) for q in quotas)
    assert found.plan.bound is not None
    assert found.plan.bound >= max(found.worth, other.worth)


def test_spacing_and_quotas_are_known_to_the_bound() -> None:
    """Two nights, three apart at least: one visit, and its due points once."""
    problem = week([zone(1, 100, nights=2, most=2, spacing=3)], nights=2)
    found = plan_week(problem, quotas=revisits_due(["1"], 30), iterations=50)
    assert (found.worth, found.plan.bound, found.gap) == (130, 130, 0.0)


def test_a_bound_under_way_is_stopped() -> None:
    problem = week([zone(p, 50 + p, most=2) for p in range(1, 8)], closes=4000)
    asked: list[str] = []
    proven: list[int | None] = []

    def listen(said: Progress) -> bool:
        asked.append(said.phase)
        proven.append(said.bound)
        return said.phase != "bound"

    found = plan_week(problem, seconds=60.0, iterations=100, progress=listen)
    assert asked.count("bound") <= 2  # one for each thread
    assert found.plan.bound is not None
    assert found.plan.bound >= found.worth
    assert proven[-1] is not None
    assert proven[-1] >= found.plan.bound  # what is proven is told on the way
    assert {*proven[:-1]} <= {None, proven[-1]}


def test_further_visits_earn_less_and_are_spaced() -> None:
    plan = plan_week(week([zone(1, 100, most=3, spacing=2)]), iterations=100).plan
    assert plan.value == 160
    assert sorted(route.night for route in plan.routes) == [0, 2]
    assert plan.bound is not None
    assert plan.bound >= 160


def test_one_stop_a_night_takes_the_best_three() -> None:
    """A second visit to the best zone (60) is worth more than the third zone (50)."""
    zones = [zone(1, 100, most=3), zone(2, 90, most=3), zone(3, 50)]
    plan = plan_week(week(zones, closes=900), iterations=200).plan
    assert plan.value == 250
    assert plan.served == {"1", "2"}


def test_exploration_minutes_are_bought() -> None:
    zones = [zone(1, 100, most=3), zone(2, 90, most=3), zone(3, 1), zone(4, 1)]
    problem = week(zones, closes=1100)
    plain = plan_week(problem, iterations=200)
    assert not plain.plan.served & {"3", "4"}
    quota = exploration(problem, ["3", "4"], minutes=15, points=200)
    found = plan_week(problem, quotas=[quota], iterations=200)
    assert found.reached == {"exploration": (1, 1)}
    assert {"3", "4"} <= found.plan.served
    assert found.plan.value == 102


def test_every_territory_gets_its_share() -> None:
    zones = [zone(p, 50, nights=1, territory="north") for p in (1, 2, 3)]
    zones.append(zone(8, 5, nights=1, territory="south"))
    problem = week(zones, closes=2200, nights=1)
    assert plan_week(problem, iterations=100).plan.served == {"1", "2", "3"}
    found = plan_week(problem, quotas=fair_shares(problem, 1, 100), iterations=300)
    assert found.reached == {"territory north": (1, 1), "territory south": (1, 1)}


def test_a_revisit_that_is_due_goes_first() -> None:
    problem = week([zone(1, 10, nights=1), zone(2, 12, nights=1)], closes=900, nights=1)
    assert plan_week(problem, iterations=50).plan.served == {"2"}
    found = plan_week(problem, quotas=revisits_due(["1"], 5), iterations=50)
    assert found.plan.served == {"1"}
    assert found.plan.value == 10


@pytest.mark.parametrize(("moment", "begin"), [(3000, 2400), (9000, 60)])
def test_regular_times_are_kept_where_they_can_be(moment: int, begin: int) -> None:
    problem = week([zone(1, 10, nights=1)], nights=1)
    usual = with_regular_times(problem, {"1": [(0, moment)]}, tolerance=600, points=3)
    plan = plan_week(usual, iterations=50).plan
    assert plan.routes[0].stops[0].begin == begin
