"""A week made of nights, and its nights made of the week again."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from geo.errors import InfeasibleError, InputError
from geo.night import Night, nights
from routing.move import move
from routing.plan import check
from routing.prepare_week import (
    WeekWeights,
    night_plan,
    usual_times,
    week_problem,
    week_quotas,
    weekly_visits,
    why,
)
from routing.week import plan_week
from tests.routing.street import NIGHT, UNIT, WALKERS, inputs, street, zone

AUTUMN = Night(date(2026, 10, 21))
"""A Wednesday; the clocks go back in the night of Saturday the 24th."""

SPRING = Night(date(2026, 3, 25))
WEEKEND = replace(UNIT, code="LU3", weekdays=frozenset({4, 5}))


def week(first, *zones, units=(UNIT,), weekdays=None, **more):
    given = [
        inputs(*zones, units=out, night=night)
        for night in nights(first, 7)
        if (out := tuple(unit for unit in units if night.weekday in unit.weekdays))
    ]
    now = first.at(0).astimezone(UTC)
    return week_problem(first, 7, given, street(), now=now, **more)


def planned(found, **more):
    return plan_week(found.problem, iterations=150, **more).plan


@pytest.mark.parametrize("first", [NIGHT, AUTUMN, SPRING])
def test_every_night_of_a_week_is_a_plan_of_its_own(first):
    found = week(first, zone(2), zone(5), zone(7))
    plan = planned(found)
    assert check(found.problem, plan) == ()
    assert plan.served == {"046017-02", "046017-05", "046017-07"}
    for number, prepared in found.nights.items():
        own = night_plan(found, plan, number)
        assert check(prepared.problem, own) == ()
        route = plan.route("LU1", number)
        assert [s.visit for r in own.routes for s in r.stops] == [
            s.visit for s in (route.stops if route else ())
        ]


def test_the_night_of_the_clock_change_keeps_its_wall_clock():
    found = week(AUTUMN, zone(2))
    for number, prepared in found.nights.items():
        (option,) = [o for o in found.problem.visit("046017-02").options if o.night == number]
        clock = prepared.night.clock
        assert (clock(option.opens), clock(option.closes)) == ("21:00", "23:00")
    lengths = [prepared.night.length for prepared in found.nights.values()]
    assert lengths.count(90_000) == 1


def test_a_unit_drives_only_on_its_nights():
    found = week(NIGHT, zone(2), zone(5), units=(WEEKEND,))
    assert set(found.nights) == {0, 1}  # Friday and Saturday
    plan = planned(found)
    assert {route.night for route in plan.routes} <= {0, 1}
    with pytest.raises(InputError) as refused:
        week(NIGHT, zone(2), units=())
    assert refused.value.code == "week_without_units"


def test_a_second_visit_comes_after_a_part_of_the_target():
    found = week(NIGHT, zone(2, revisit_days=14), zone(5, revisit_days=28))
    made = weekly_visits(planned(found), ["046017-02", "046017-05"])
    assert len(made["046017-05"]) == 1
    assert all(b - a >= 4 for a, b in zip(made["046017-02"], made["046017-02"][1:], strict=False))


def test_two_modes_share_one_week():
    found = week(NIGHT, zone(2), zone(5), units=(UNIT, WALKERS))
    plan = planned(found)
    assert check(found.problem, plan) == ()
    assert set(found.problem.travel) == {"van", "foot"}


def test_regular_times_are_kept_and_stand_in_the_nights():
    usual = {"046017-02": {4: "22:30"}}  # on Fridays
    found = week(NIGHT, zone(2, revisit_days=28), usual=usual)
    ((number, option),) = found.regular["046017-02"]
    assert number == 0
    plan = planned(found)
    (route,) = plan.routes
    assert (route.night, route.stops[0].option) == (0, option)
    own = night_plan(found, plan, 0)
    begin = found.nights[0].night.clock(own.routes[0].stops[0].begin)
    assert "22:10" <= begin <= "22:50"


def test_habits_are_hours_of_a_weekday_that_come_back():
    fridays = [NIGHT.date - timedelta(weeks=ago) for ago in (1, 2, 3, 12)]
    seen = [("a", day, 22) for day in fridays] + [("b", day, 23) for day in fridays[:2]]
    seen.append(("a", fridays[0], None))
    assert usual_times(seen, NIGHT) == {"a": {4: "22:30"}}
    assert usual_times(seen, NIGHT, least=4) == {}


def test_what_is_due_is_said_and_bought():
    found = week(NIGHT, zone(2))
    quotas = week_quotas(found, WeekWeights())
    assert {quota.name for quota in quotas} == {"due 046017-02", "territory 046"}
    assert why(found, "046017-02", 0) == "never"
    assert week_quotas(found, WeekWeights(due=0, share=0, explore=0)) == ()


def test_a_visit_moved_by_hand_says_what_it_costs():
    found = week(NIGHT, zone(2, revisit_days=28), zone(5, revisit_days=28))
    plan = planned(found)
    (night,) = weekly_visits(plan, ["046017-02"])["046017-02"]
    other = (night + 1) % 7
    moved = move(found.problem, plan, "046017-02", ("LU1", night), ("LU1", other))
    assert check(found.problem, moved.plan) == ()
    assert weekly_visits(moved.plan, ["046017-02"])["046017-02"] == [other]
    assert moved.points == plan.value - moved.plan.value
    assert moved.plan.served == plan.served
    assert moved.dropped == ()


def test_a_move_to_nobody_is_refused():
    found = week(NIGHT, zone(2), units=(WEEKEND,))
    plan = planned(found)
    (number, *_) = weekly_visits(plan, ["046017-02"])["046017-02"]
    with pytest.raises(InfeasibleError) as refused:
        move(found.problem, plan, "046017-02", ("LU3", number), ("LU3", 3))
    assert refused.value.code == "move_impossible"


def test_a_week_in_the_past_is_refused():
    given = [inputs(zone(2), night=NIGHT)]
    late = datetime(2026, 5, 20, tzinfo=UTC)
    with pytest.raises(InputError) as refused:
        week_problem(NIGHT, 7, given, street(), now=late)
    assert refused.value.code == "night_past"
