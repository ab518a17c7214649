"""What is done by day: mediation outings, whose seconds begin before the night's noon."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import HealthCheck, given, settings

from geo.contacts import OutingKind
from geo.errors import InfeasibleError, InputError
from geo.night import HOUR, Night
from geo.windows import window_on
from routing.explain import explain
from routing.itinerary import itineraries
from routing.plan import check
from routing.planner import plan_night
from routing.prepare import Prepared, night_problem
from routing.problem import Kind, Problem
from routing.promises import Promise
from routing.units import Base, Crew, Member, Outing, Role, mediation_outing, outing
from tests.routing.problems import brute_force, night, problems, visit
from tests.routing.street import NIGHT, UNIT, at, inputs, street, zone

MORNING = datetime(2026, 5, 15, 6, 30, tzinfo=UTC)
"""08:30 of the night's own date."""

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]
DAY_UNIT = replace(UNIT, code="LU9", name="Mediazione", weekdays=frozenset())
MEETING = Promise(
    "M-1", NIGHT.date, Kind.MEDIATION, "10:00", "11:00", 60, place=Base("C-1", *at(4)),
    mediator=True,
)  # fmt: skip


def earlier(problem: Problem, by: int) -> Problem:
    """The same problem with every time so much earlier."""

    def moved(window):
        return replace(window, opens=window.opens - by, closes=window.closes - by)

    visits = (replace(v, options=tuple(map(moved, v.options))) for v in problem.visits)
    shifts = (replace(moved(s), pause=moved(s.pause) if s.pause else None) for s in problem.shifts)
    return replace(problem, visits=tuple(visits), shifts=tuple(shifts))


@settings(max_examples=10, deadline=None, derandomize=True, suppress_health_check=SLOW)
@given(problems(most_visits=4, most_shifts=2, metric=True))
def test_what_can_be_done_does_not_depend_on_where_the_clock_begins(problem):
    moved = earlier(problem, 12 * HOUR)
    plan = plan_night(moved, iterations=800)
    assert check(moved, plan) == ()
    assert plan.value == brute_force(problem)
    assert plan.bound is not None
    assert plan.bound >= plan.value


def test_what_is_left_out_by_day_is_explained_as_by_night():
    problem = night([visit(1), visit(2, service=5000), visit(3, value=50, service=5000)])
    moved = earlier(problem, 12 * HOUR)
    by_night, by_day = (
        explain(each, plan_night(each, iterations=50, seed=1)).left_out for each in (problem, moved)
    )
    assert by_day == by_night
    assert by_night[0].reason == "worth_less"


def prepared(*zones, now=MORNING, **changes) -> Prepared:
    return night_problem(inputs(*zones, **changes), street(), now=now)


@pytest.mark.parametrize(
    ("clock", "seconds"), [("10:00", -2), ("11:59", -1 / 60), ("12:00", 0), ("5:30", 17.5)]
)
def test_by_day_a_morning_lies_before_the_nights_noon(clock, seconds):
    assert NIGHT.parse_clock(clock, by_day=True) == round(seconds * HOUR)


def test_a_morning_keeps_its_hours_on_the_day_of_the_clock_change():
    change = Night(date(2026, 3, 29))
    window = window_on(change, "10:00", "20:00", by_day=True)
    assert window == (-2 * HOUR, 8 * HOUR)
    assert [change.clock(moment) for moment in window] == ["10:00", "20:00"]


def test_a_mediation_outing_makes_the_visit_of_the_morning_and_no_zone():
    day = mediation_outing(DAY_UNIT, NIGHT, "09:00", "20:00")
    found = prepared(zone(2), outings=(day, outing(UNIT, NIGHT)), promises=(MEETING,))
    plan = plan_night(found.problem, iterations=100, seed=1)
    assert check(found.problem, plan) == ()
    served = {route.unit: [stop.visit for stop in route.stops] for route in plan.routes}
    assert served == {"LU9": ["M-1"], "LU1": ["046017-02"]}
    read = itineraries(found, plan, street())["LU9"]
    assert (read.stops[0].begin.hour, read.stops[0].begin.date()) == (10, NIGHT.date)


def test_what_is_no_mediation_is_not_promised_on_the_way():
    day = mediation_outing(DAY_UNIT, NIGHT, "09:00", "20:00")
    visit = replace(MEETING, kind=Kind.APPOINTMENT, opens="15:00", closes="16:00")
    with pytest.raises(InfeasibleError):
        plan_night(prepared(outings=(day,), promises=(visit,)).problem, iterations=50, seed=1)


def test_a_unit_mediates_on_a_day_on_which_it_is_off_duty_otherwise():
    with pytest.raises(InputError, match="unit_off_duty"):
        prepared(zone(2), outings=(outing(DAY_UNIT, NIGHT),))
    afternoon = Outing(NIGHT, DAY_UNIT, HOUR, 5 * HOUR, OutingKind.MEDIAZIONE)
    found = prepared(zone(2), outings=(afternoon,))
    plan = plan_night(found.problem, iterations=20, seed=1)
    assert [one.reason for one in explain(found.problem, plan).left_out] == ["purpose"]


def test_a_visit_of_the_morning_is_over_when_the_evening_is_planned():
    late = datetime(2026, 5, 15, 16, 0, tzinfo=UTC)
    found = prepared(zone(2), outings=(outing(UNIT, NIGHT),), promises=(MEETING,), now=late)
    assert [visit.key for visit in found.problem.visits] == ["046017-02"]
    assert [(one.visit, one.reason) for one in found.unplanned] == [("M-1", "promise_over")]


def test_nobody_mediates_without_a_mediator_or_alone():
    operators = Crew((Member(Role.OPERATOR), Member(Role.OPERATOR)))
    with pytest.raises(InputError, match="outing_mediator"):
        mediation_outing(replace(UNIT, crew=operators), NIGHT, "10:00", "20:00")
    with pytest.raises(InputError, match="outing_crew"):
        mediation_outing(
            replace(UNIT, crew=Crew((Member(Role.MEDIATOR),))), NIGHT, "10:00", "20:00"
        )
