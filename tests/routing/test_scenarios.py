"""The nights as they would be otherwise, and what then can no longer be kept."""

from dataclasses import replace

import pytest

from geo.errors import InputError
from routing.plan import check
from routing.planner import plan_night
from routing.prepare_week import week_problem
from routing.problem import Kind as VisitKind
from routing.promises import Promise
from routing.scenarios import (
    Change,
    Effect,
    Kind,
    changed,
    effects,
    keepable,
    lost_with_units,
)
from routing.units import Base, Crew, Member, Role
from tests.routing.street import NIGHT, NOW, UNIT, at, inputs, street, zone

ALBANIAN = frozenset({"it", "sq"})
OTHER = replace(
    UNIT, code="LU2", name="Altra",
    crew=Crew((Member(Role.DRIVER), Member(Role.MEDIATOR, ALBANIAN))),
)  # fmt: skip
ASKING = zone(7, languages=frozenset({"sq"}))
PROMISED = Promise(
    "hers", NIGHT.date, VisitKind.HOTLINE, "22:00", "23:00", 10, zone=ASKING.code, unit="LU2",
    languages=frozenset({"sq"}), synthetic=True,
)  # fmt: skip
TONIGHT = inputs(zone(2), ASKING, units=(UNIT, OTHER), promises=(PROMISED,))


def week(given):
    return week_problem(NIGHT, 1, given, street(), now=NOW)


def only(kind, **more):
    (night,) = changed([TONIGHT], (Change(kind, **more),))
    return night


def test_each_change_touches_what_it_names_alone():
    assert [one.unit.code for one in only(Kind.WITHOUT_UNIT, unit="LU1").outings] == ["LU2"]
    shorter = only(Kind.HOURS, minutes=-60)
    assert [a.closes - b.closes for a, b in zip(TONIGHT.outings, shorter.outings, strict=True)] == [
        3600, 3600,
    ]  # fmt: skip
    assert only(Kind.HOURS, unit="LU2", minutes=30).outings[0] == TONIGHT.outings[0]
    silent = only(Kind.WITHOUT_LANGUAGE, language="sq").outings[1].unit.crew
    assert (silent.size, silent.languages, silent.roles) == (
        2, frozenset({"it"}), {Role.DRIVER, Role.OPERATOR},
    )  # fmt: skip
    moved = only(Kind.BASE, unit="LU1", base=Base("Nuova", *at(9))).outings[0].unit
    assert (moved.start.name, moved.end.name) == ("Nuova", "Nuova")


def test_changes_come_together():
    fewer = Change(Kind.WITHOUT_UNIT, "LU1")
    (night,) = changed([TONIGHT], (fewer, Change(Kind.HOURS, "LU2", minutes=-60)))
    assert len(night.outings) == 1
    assert night.outings[0].closes == TONIGHT.outings[1].closes - 3600


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ([Change(Kind.WITHOUT_UNIT, "LU1"), Change(Kind.WITHOUT_UNIT, "LU2")], "without_units"),
        ([Change(Kind.WITHOUT_UNIT, "PO9")], "changes_nothing"),
        ([Change(Kind.WITHOUT_LANGUAGE, language="es")], "changes_nothing"),
        ([Change(Kind.HOURS, "LU1", minutes=-600)], "without_hours"),
    ],
)
def test_what_makes_no_sense_is_refused(changes, code):
    with pytest.raises(InputError) as refused:
        changed([TONIGHT], tuple(changes))
    assert refused.value.code == f"scenario_{code}"


def test_a_promise_of_a_unit_that_stays_at_home_is_told_as_lost():
    before = week([TONIGHT])
    after = week(changed([TONIGHT], (Change(Kind.WITHOUT_UNIT, "LU2"),)))
    assert lost_with_units(before, before) == ()
    assert lost_with_units(before, after) == ("hers",)


def test_a_promise_that_nobody_can_keep_is_given_up_and_the_rest_is_planned():
    after = week(changed([TONIGHT], (Change(Kind.WITHOUT_LANGUAGE, language="sq"),)))
    problem, lost = keepable(after.problem)
    assert lost == ("hers",)
    plan = plan_night(problem, iterations=50)
    assert check(problem, plan) == ()
    assert plan.served == {"046017-02"}
    kept = keepable(week([TONIGHT]).problem)
    assert kept[1] == ()


def test_of_promises_that_exclude_each_other_one_is_given_up():
    twice = [
        replace(PROMISED, key=key, zone=f"046017-{number:02d}", opens="22:00", closes="22:05",
                languages=frozenset())
        for key, number in (("one", 2), ("two", 7))
    ]  # fmt: skip
    given = replace(TONIGHT, outings=TONIGHT.outings[1:], promises=tuple(twice))
    problem, lost = keepable(week([given]).problem)
    assert len(lost) == 1
    assert plan_night(problem, iterations=50).served >= {"one", "two"} - set(lost)


def test_effects_count_visits():
    problem = week([TONIGHT]).problem
    both = plan_night(problem, iterations=50)
    (longest, *others) = sorted(both.routes, key=lambda route: -len(route.stops))
    less = replace(longest, stops=longest.stops[1:])
    fewer = replace(both, routes=(less, *others))
    found, gone = effects(both, fewer), {longest.stops[0].visit}
    assert {key for key, effect in found.items() if effect is Effect.LOST} == gone
    assert set(effects(fewer, both).values()) == {Effect.SAME, Effect.GAINED}
