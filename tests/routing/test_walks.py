"""A van parks once and its crew walks a cluster: planned, checked, told and re-planned."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from geo.zones import Access
from routing.instance import compiled
from routing.itinerary import Itinerary, itinerary
from routing.means import Means
from routing.plan import Plan, check
from routing.planner import plan_night
from routing.prepare import night_problem
from routing.problem import Break, Option, Problem, Travel, Visit
from routing.replan import rest_of_night, standing
from routing.robustness import Spread, drive_often
from routing.schedule import sequences_of
from routing.walks import made_by, option_of, walks_of
from tests.routing.problems import night, planted, shift, visit
from tests.routing.street import NOW, UNIT, inputs, street, zone

MINUTE = 60
FURTHER = ("1", (("1", 0), ("2", 0), ("3", 0)))


def one_way_centre(closes: int = 4000, walking: int | None = 240, **more: object) -> Problem:
    """Places 1, 2, 3 two minutes apart on foot, but a quarter of an hour by the one-ways."""
    apart = np.abs(np.subtract.outer(np.arange(4), np.arange(4)))
    drive = np.where(apart > 0, 900, 0)
    drive[0, 1:], drive[1:, 0] = 60, 60
    foot = apart * 120
    foot[0, :], foot[:, 0] = 2**30, 2**30
    zones = [visit(place, 10 * place, service=600) for place in (1, 2, 3)]
    problem = night(zones, [shift(closes=closes, walking=walking, **more)])
    travel = {"van": Travel(drive, drive * 8), "foot": Travel(foot, foot)}
    return replace(problem, travel=travel)


def test_crew_walks_where_driving_takes_longer() -> None:
    """Parked at an end: 60 + 600 + 120 + 600 + 120 + 600 + 240 + 60 seconds."""
    plan = plan_night(one_way_centre(closes=2400), iterations=300)
    (route,) = plan.routes
    assert plan.value == plan.bound == 60
    assert [stop.on_foot for stop in route.stops] == [False, True, True]
    assert [(stop.drive, stop.walk) for stop in route.stops] == [(60, 0), (0, 120), (0, 120)]
    assert (route.walk_home, route.walk_metres_home, route.drive_home) == (240, 240, 60)
    assert (route.home, route.driving, route.walking) == (2400, 120, 480)


@pytest.mark.parametrize("walking", [None, 0, 119])
def test_crew_that_stays_with_its_van_reaches_less(walking: int | None) -> None:
    plan = plan_night(one_way_centre(closes=2400, walking=walking), iterations=300)
    assert plan.value == 50
    assert not any(stop.walk for route in plan.routes for stop in route.stops)


def test_the_way_back_to_the_van_is_in_range_too() -> None:
    walks = walks_of(one_way_centre(walking=239))
    made = {frozenset(key for key, _ in made_by(walk)) for walk in walks}
    assert {"1", "2"} in made
    arrays = compiled(one_way_centre(walking=239))
    too_far = [len(made_by(choice)) == 3 for choice in arrays.choices]
    assert not arrays.instance.allowed[too_far].any()


def test_a_walk_waits_nowhere() -> None:
    """Its window is the one in which every visit begins in its own."""
    problem = one_way_centre()
    at_once = replace(problem.visits[1], options=(Option(1000, 1100, 600, 20),))
    problem = replace(problem, visits=(problem.visits[0], at_once, problem.visits[2]))
    assert option_of(problem, FURTHER) == Option(280, 380, 600 + 120 + 600 + 120 + 600 + 240, 60)


def test_zones_that_are_reached_by_van_alone_are_not_walked_to() -> None:
    problem = one_way_centre()
    driven = replace(problem.visits[1], modes=frozenset({"van"}))
    problem = replace(problem, visits=(problem.visits[0], driven, problem.visits[2]))
    assert all("2" not in dict(made_by(walk)) for walk in walks_of(problem))


def test_break_lies_before_or_after_the_walk() -> None:
    problem = one_way_centre(closes=2700, pause=Break(0, 1500, 300))
    plan = plan_night(problem, iterations=300)
    (route,) = plan.routes
    assert len(route.stops) == 3
    assert route.pause_before in {0, 3}
    assert check(problem, plan) == ()


def walked() -> tuple[Problem, Plan]:
    problem = one_way_centre()
    return problem, planted(problem, [[FURTHER]])


def test_a_plan_with_a_walk_keeps_every_rule_and_gives_its_choices_back() -> None:
    problem, plan = walked()
    assert check(problem, plan) == ()
    assert sequences_of(problem, plan) == ((FURTHER,),)
    assert Plan.from_dict(plan.to_dict()) == plan


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"walking": None}, "walks_are_short"),
        ({"walking": 100}, "walks_are_short"),
    ],
)
def test_forbidden_walks_are_found(change: dict[str, int | None], rule: str) -> None:
    problem, plan = walked()
    shifts = (replace(problem.shifts[0], **change),)  # type: ignore[arg-type]
    assert {v.rule for v in check(replace(problem, shifts=shifts), plan)} == {rule}


def test_walk_that_is_too_quick_or_forgets_the_van_is_found() -> None:
    problem, plan = walked()
    (route,) = plan.routes
    quick = replace(route.stops[1], walk=60)
    stops = (route.stops[0], quick, route.stops[2])
    found = {v.rule for v in check(problem, replace(plan, routes=(replace(route, stops=stops),)))}
    assert {"legs_match_the_matrices", "clock_adds_up"} <= found
    left = replace(route, walk_home=0, home=route.home - 240)
    found = {v.rule for v in check(problem, replace(plan, routes=(left,)))}
    assert found == {"legs_match_the_matrices"}


def test_a_walk_that_has_begun_is_finished_before_anything_else() -> None:
    problem, plan = walked()
    (route,) = plan.routes
    here = standing(problem, route, route.stops[1].begin)
    assert (here.place, here.done, here.time) == (1, 3, route.stops[2].departure + 240)
    assert rest_of_night(problem, plan, {"u": here}).visits == ()


def test_walks_take_longer_too_when_a_plan_is_driven_often() -> None:
    problem, plan = walked()
    (route,) = plan.routes
    tight = replace(problem, shifts=(replace(problem.shifts[0], closes=route.home),))
    still = drive_often(tight, plan, spread=Spread(0.0, 0.0), drives=5)
    assert still.on_time == 1.0
    assert drive_often(tight, plan, drives=200).on_time < 0.9


def test_walk_is_told_in_the_itinerary() -> None:
    """Two zones a kilometre apart."""
    zones = [zone(number, access=Access.FOOT) for number in (4, 5)]
    given = inputs(*zones, units=(replace(UNIT, pause=None),))
    prepared = night_problem(given, street(), now=NOW, means=Means(van_walk=30 * MINUTE))
    walk = next(choice for choice in walks_of(prepared.problem))
    plan = planted(prepared.problem, [[walk]])
    told = itinerary(prepared, plan.routes[0], street())
    first, second = told.stops
    assert (first.on_foot, second.on_foot) == (False, True)
    assert second.leg.walk == second.leg.seconds > 0
    assert told.way_home.walk == second.leg.seconds
    assert told.way_home.drive == plan.routes[0].drive_home
    assert told.way_home.line[0] == second.leg.line[-1]
    assert Itinerary.from_dict(told.to_dict()) == told


def test_only_single_nights_have_walks() -> None:
    assert walks_of(replace(one_way_centre(), nights=2)) == ()
    assert walks_of(Problem((), (), {})) == ()
    lonely = Visit("a", 1, (Option(0, 10, 1, 1),))
    assert walks_of(replace(one_way_centre(), visits=(lonely,))) == ()
