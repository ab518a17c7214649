"""Every visit left out is explained, and its price holds when it is forced in."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from routing.anneal import Annealer
from routing.exchange import cheapest_exchanges
from routing.explain import explain
from routing.feasible import impossible_alone
from routing.instance import compiled
from routing.plan import Plan
from routing.planner import plan_night
from routing.problem import UNREACHABLE, Problem, Travel, Visit
from routing.what_if import one_more_look, what_if
from tests.routing.problems import night, planted, problems, shift, visit
from tests.routing.test_walks import one_way_centre


def reasons(problem: Problem, plan: Plan) -> dict[str, str]:
    return {one.visit: one.reason for one in explain(problem, plan).left_out}


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"languages": frozenset({"ro"})}, "language"),
        ({"skills": frozenset({"mediatore"})}, "skill"),
        ({"modes": frozenset({"foot"})}, "mode"),
        ({"never": frozenset({"u"})}, "forbidden"),
        ({"only": frozenset({"x"})}, "fixed_elsewhere"),
        ({"materials": 9}, "materials"),
        ({"window": (8000, 9000)}, "outside_every_shift"),
        ({"service": 7200}, "outside_every_shift"),
        ({"options": ()}, "no_option"),
    ],
)
def test_what_bars_a_visit_from_every_unit(changes: dict, reason: str) -> None:
    options = changes.pop("options", None)
    barred = visit(1, **changes)
    if options is not None:
        barred = replace(barred, options=options)
    problem = night([barred], [shift(materials=3)])
    assert reasons(problem, Plan((), 0)) == {"1": reason}


def test_crew_of_one_goes_nowhere() -> None:
    problem = night([visit(1)], [shift(crew=1)])
    assert plan_night(problem, iterations=20).routes == ()
    assert reasons(problem, Plan((), 0)) == {"1": "crew_alone"}


def test_unreachable() -> None:
    far = np.full((2, 2), UNREACHABLE)
    problem = replace(night([visit(1)]), travel={"van": Travel(far, far)})
    assert reasons(problem, Plan((), 0)) == {"1": "unreachable"}


def test_beyond_the_limit_of_kilometres() -> None:
    problem = night([visit(5)], [shift(metres=9000)])
    assert reasons(problem, Plan((), 0)) == {"5": "beyond_limits"}


def test_minutes_it_needs_and_minutes_left() -> None:
    """Home at 720 of 900 s: the second zone needs 10 minutes of talk and 2 of road."""
    problem = night([visit(1, 50), visit(2, 10)], [shift(closes=900)])
    (one,) = explain(problem, planted(problem, [[("1", 0)]])).left_out
    assert one.reason == "worth_less"
    assert one.fields["needs"] == 12
    assert one.fields["left"] == 3
    assert one.fields["dropped"] == ("1",)
    assert (one.fields["lost"], one.fields["value"]) == (50, 10)


def test_two_stops_would_have_to_go() -> None:
    zones = [visit(1, 50), visit(2, 50), visit(3, 60, service=1500)]
    problem = night(zones, [shift(closes=1900)])
    (one,) = explain(problem, planted(problem, [[("1", 0), ("2", 0)]])).left_out
    assert one.reason == "no_time_left"
    assert one.fields["dropped"] == ("1", "2")
    assert one.fields["lost"] == 100


def test_limits_that_bar_in_the_route() -> None:
    zones = [visit(3, 50), visit(6, 10)]
    by_minutes = night(zones, [shift(driving=700)])
    by_metres = night(zones, [shift(metres=11_000)])
    for problem, reason in ((by_minutes, "driving_limit"), (by_metres, "metres_limit")):
        left_out = {
            one.visit: one for one in explain(problem, planted(problem, [[("3", 0)]])).left_out
        }
        assert left_out["6"].reason in (reason, "beyond_limits")


def test_promises_come_first() -> None:
    zones = [visit(1, required=True), visit(2, 99)]
    problem = night(zones, [shift(closes=900)])
    assert reasons(problem, plan_night(problem, iterations=50)) == {"2": "promises_first"}


def test_a_worthless_zone_and_a_poor_plan_are_named_so() -> None:
    problem = night([visit(1, 0), visit(2, 5)])
    assert reasons(problem, Plan((), 0)) == {"1": "no_value", "2": "room_left"}


def test_an_exchange_that_gains_is_told_as_one() -> None:
    """A plan that was broken off early is not defended: the better exchange is named."""
    problem = night([visit(1, 10), visit(2, 50)], [shift(closes=900)])
    (one,) = explain(problem, planted(problem, [[("1", 0)]])).left_out
    assert one.reason == "worth_more"
    assert one.fields["dropped"] == ("1",)
    assert (one.fields["lost"], one.fields["value"]) == (10, 50)


def a_walk(closes: int, *zones: Visit) -> Problem:
    """Places two minutes apart on foot, a quarter of an hour by the one-ways."""
    problem = one_way_centre(closes=closes)
    return replace(problem, visits=zones or problem.visits[:2])


def test_a_zone_is_had_on_foot_from_where_a_van_parks() -> None:
    """By van 2,220 seconds, by a walk that makes the stop there again 1,560."""
    problem = a_walk(2000)
    (one,) = explain(problem, planted(problem, [[("1", 0)]])).left_out
    assert one.reason == "walk_left"
    assert one.fields["parked"] in {"1", "2"}
    assert (one.fields["dropped"], one.fields["lost"], one.fields["value"]) == ((), 0, 20)


def test_a_promise_is_kept_by_a_walk_that_makes_it() -> None:
    promise = visit(1, 0, required=True)
    for second, reason in (
        (visit(2, 20), "walk_left"),
        (visit(2, 20, service=1500), "promises_first"),
    ):
        problem = a_walk(2000, promise, second)
        assert reasons(problem, planted(problem, [[("1", 0)]])) == {"2": reason}


def test_a_walk_of_two_for_a_stop_that_goes() -> None:
    """Zone 3 cannot be combined: 30 points for 20, where either alone would bring 10."""
    zones = (
        visit(1, 10, window=(0, 100)),
        visit(2, 10, window=(0, 790)),
        visit(3, 30, window=(0, 60), service=900),
    )
    problem = a_walk(1600, *zones)
    found = explain(problem, planted(problem, [[("3", 0)]])).left_out
    assert [one.reason for one in found] == ["walk_costs", "walk_costs"]
    fields = {"unit": "u", "value": 20, "dropped": ("3",), "lost": 30, "parked": "1"}
    assert all(one.fields == fields for one in found)


def test_a_walk_for_which_another_stop_is_made_shorter() -> None:
    long = visit(1, 20, service=1200)
    ways = (long.options[0], replace(long.options[0], service=600, value=5))
    problem = a_walk(1600, replace(long, options=ways), visit(2, 10))
    (one,) = explain(problem, planted(problem, [[("1", 0)]])).left_out
    assert one.reason == "walk_shortens"
    assert (one.fields["dropped"], one.fields["lost"], one.fields["value"]) == ((), 15, 10)


def test_trying_leaves_the_routes_as_they_are() -> None:
    problem = one_way_centre()
    search = Annealer.from_start(compiled(problem), 1, ((("2", 0), ("1", 0)),))
    routes = search.state.routes
    before = [array.copy() for array in routes]
    cheapest_exchanges(search.compiled.instance, routes, np.arange(len(search.compiled.choices)))
    row = before[0][:, :4]  # what lies behind a route's end is never read
    assert (routes.position[:, :4] == row).all()
    for array, once in zip(routes[1:], before[1:], strict=True):
        assert (array == once).all()


def walked(problem: Problem) -> Problem:
    """The problem where ways on foot are as quick, and crews may leave their vans."""
    shifts = tuple(replace(each, mode="van", walking=1500) for each in problem.shifts)
    visits = tuple(replace(each, modes=frozenset({"van", "foot"})) for each in problem.visits)
    travel = {"van": problem.travel["van"], "foot": problem.travel["van"]}
    return replace(problem, shifts=shifts, visits=visits, travel=travel)


@given(problem=problems(metric=True), on_foot=st.booleans())
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)
def test_price_of_a_visit_holds_when_it_is_forced(problem: Problem, on_foot: bool) -> None:
    """Forced in, the visit costs at most what was said; nothing that bars it is wrong."""
    problem = walked(problem) if on_foot else problem
    plan = plan_night(problem, iterations=400)
    for one in explain(problem, plan).left_out:
        chosen = problem.visit(one.visit)
        if "lost" not in one.fields:
            assert one.reason in ("no_value", "promises_first") or impossible_alone(problem, chosen)
            continue
        visits = tuple(replace(visit, required=visit.key == one.visit) for visit in problem.visits)
        forced = plan_night(replace(problem, visits=visits), iterations=800)
        price = int(str(one.fields["lost"])) - int(str(one.fields["value"]))
        assert forced.value >= plan.value - price
        assert one.reason not in {"room_left", "walk_left"}


def test_loads_add_up() -> None:
    problem = night([visit(1), visit(2)], [shift("u", closes=3600, driving=600), shift("v")])
    plan = planted(problem, [[("1", 0), ("2", 0)], []])
    used, idle = explain(problem, plan).loads
    assert (used.stops, used.driving, used.serving, used.waiting) == (2, 240, 1200, 0)
    assert (used.slack, used.metres, used.driving_left, used.metres_left) == (2160, 4000, 360, None)
    assert used.share == pytest.approx(0.4)
    assert (idle.stops, idle.slack, idle.share) == (0, 7200, 0.0)


def test_what_one_more_hour_unit_and_language_would_bring() -> None:
    zones = [visit(1, 50), visit(2, 40), visit(2, 200, key="3", languages=frozenset({"ro"}))]
    problem = night(zones, [shift(closes=900)])
    plan = plan_night(problem, iterations=50)
    found = {one.change: one for one in what_if(problem, plan, iterations=50)}
    assert plan.value == 50
    assert found["hour"].gain == 40
    assert found["unit"].gain == 40
    assert (found["language"].gain, found["language"].language) == (150, "ro")
    assert found["language"].added == ("3",)
    assert one_more_look(problem, plan, iterations=50) == 0


def test_one_more_unit_may_go_where_those_like_it_may() -> None:
    """Every zone is kept for its province's unit, as on a real night."""
    zones = [visit(1, 50, only=frozenset({"u"})), visit(2, 40, only=frozenset({"u"}))]
    problem = night(zones, [shift("u", closes=900)])
    plan = plan_night(problem, iterations=50)
    found = {one.change: one for one in what_if(problem, plan, iterations=50)}
    assert found["unit"].gain == 40
