from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from shapely import LineString

from geo.errors import InfeasibleError, InputError, MissingError, ProssimaError
from geo.night import HOUR, MINUTE, Night
from geo.travel import matrix
from geo.zones import Access, PresenceWindow
from routing.means import Means
from routing.need import NeedWeights
from routing.plan import check
from routing.planner import plan_night
from routing.prepare import Prepared, night_problem
from routing.problem import UNREACHABLE, Kind
from routing.promises import Promise
from routing.units import Base, Crew, Member, Pause, Role, outing
from tests.routing.street import (
    NIGHT,
    NOW,
    UNIT,
    WALKERS,
    at,
    drive,
    inputs,
    presence,
    street,
    zone,
)

SPRING = Night(date(2026, 3, 28))
PROMISE = Promise("A-1", NIGHT.date, Kind.APPOINTMENT, "21:30", "22:00", 20, zone="046017-02")


def prepared(*zones, **changes) -> Prepared:
    return night_problem(inputs(*zones, **changes), street(), now=NOW)


def refused(error: type[ProssimaError], *zones, now=NOW, **changes) -> ProssimaError:
    with pytest.raises(error) as caught:
        night_problem(inputs(*zones, **changes), street(), now=now)
    return caught.value


def reasons(found: Prepared) -> dict[str, str]:
    return {each.visit: each.reason for each in found.unplanned}


def test_a_zone_becomes_a_visit_with_its_window_service_and_value():
    found = prepared(zone(2), last_visits={"046017-02": NIGHT.date - timedelta(7)})
    (visit,) = found.problem.visits
    (option,) = visit.options
    assert (NIGHT.clock(option.opens), NIGHT.clock(option.closes)) == ("21:00", "23:00")
    assert option.service == 15 * MINUTE
    assert option.value == 200  # 4 persons x half the target of 14 days x 100
    assert (visit.key, visit.only, visit.territory) == ("046017-02", {"LU1"}, "046")
    assert not visit.required
    assert found.needs["046017-02"][0].days == 7
    assert reasons(found) == {}


def test_the_matrices_hold_the_ways_between_base_and_zones():
    found = prepared(zone(2), zone(5))
    van, row = found.problem.travel["van"], found.sites.row
    base, near, far = row["base LU1"], row["046017-02"], row["046017-05"]
    assert van.seconds[base, near] == van.seconds[near, base] == 150
    assert van.metres[near, far] == 3000
    assert found.problem.shifts[0].start == found.problem.shifts[0].end == base


def test_a_shift_has_crew_pause_and_limits():
    (shift,) = prepared(zone(2)).problem.shifts
    assert (NIGHT.clock(shift.opens), NIGHT.clock(shift.closes)) == ("20:30", "01:30")
    assert shift.languages == {"it", "en"}
    assert shift.skills == {"operatore", "mediatore"}
    assert (shift.crew, shift.driving, shift.metres) == (2, 6000, 90_000)
    assert (NIGHT.clock(shift.pause.opens), shift.pause.length) == ("22:00", 900)


def test_a_window_is_cut_where_presence_changes_much():
    frame = presence(zone(2))
    peak = frame["hour"] == 22
    frame.loc[peak, ["expected", "low", "high"]] = 9.0
    found = prepared(zone(2, windows=(PresenceWindow("21:00", "00:30"),)), presence=frame)
    (visit,) = found.problem.visits
    hours = [(NIGHT.clock(o.opens), NIGHT.clock(o.closes), o.value) for o in visit.options]
    assert hours == [
        ("21:00", "22:00", 800),
        ("22:00", "23:00", 1800),
        ("23:00", "00:30", 800),
    ]
    assert [need.expected for need in found.needs["046017-02"]] == [4.0, 9.0, 4.0]


def test_hours_in_which_nobody_comes_are_no_option():
    found = prepared(zone(2, windows=(PresenceWindow("19:00", "22:00"),)))
    (option,) = found.problem.visits[0].options
    assert (NIGHT.clock(option.opens), NIGHT.clock(option.closes)) == ("21:00", "22:00")


def test_a_visit_that_may_be_cut_has_a_second_option_for_part_of_the_value():
    usual, short = prepared(zone(2, shortest_minutes=5)).problem.visits[0].options
    assert (usual.service, short.service) == (900, 300)
    assert short.value == int(usual.value * (5 / 15) ** 0.6)
    assert (usual.opens, usual.closes) == (short.opens, short.closes)


def test_what_crew_a_zone_needs_reaches_the_visit():
    found = prepared(zone(2, languages=frozenset({"ro"}), mediator=True, discreet=True))
    (visit,) = found.problem.visits
    assert (visit.languages, visit.skills, visit.discreet) == ({"ro"}, {"mediatore"}, True)


@pytest.mark.parametrize("unmarked", [True, False])
def test_a_unit_with_signs_makes_no_discreet_visit(unmarked):
    tonight = outing(replace(UNIT, unmarked=unmarked), NIGHT)
    found = prepared(zone(2, discreet=True), outings=(tonight,))
    assert [visit.key for visit in found.problem.visits] == ["046017-02"]
    assert [shift.discreet for shift in found.problem.shifts] == [unmarked]


@pytest.mark.parametrize(
    ("kits", "each", "visited"), [(None, 1, 2), (8, 1, 2), (7, 1, 1), (7, 0.5, 2)]
)
def test_a_unit_goes_to_no_more_people_than_it_has_kits_for(kits, each, visited):
    tonight = outing(replace(UNIT, kits=kits), NIGHT)
    given = inputs(zone(2), zone(6), outings=(tonight,))  # 4 persons are expected in each
    problem = night_problem(given, street(), now=NOW, means=Means(kits=each)).problem
    assert [visit.materials for visit in problem.visits] == [4 * each] * 2
    assert problem.shifts[0].materials == kits
    assert len(plan_night(problem, iterations=50).served) == visited


@pytest.mark.parametrize(
    ("kits", "promised", "visited"),
    [(None, 4, 4), (16, 4, 4), (12, 4, 3), (3, 1, 2), (0, 0, 2)],
)
def test_promises_use_up_kits_and_are_kept_with_what_there_is(kits, promised, visited):
    """Four persons wherever something is promised or planned; two promises are made."""
    promises = tuple(
        Promise(key, NIGHT.date, Kind.HOTLINE, "21:30", "23:30", 15, zone=place.code)
        for key, place in (("A", zone(2)), ("B", zone(3)))
    )
    given = inputs(
        *(zone(2), zone(3), zone(5), zone(6)),
        outings=(outing(replace(UNIT, kits=kits), NIGHT),),
        promises=promises,
        excluded=frozenset({zone(2).code, zone(3).code}),
    )
    problem = night_problem(given, street(), now=NOW).problem
    assert [problem.visit(key).materials for key in "AB"] == [promised] * 2
    plan = plan_night(problem, iterations=50)
    assert {"A", "B"} <= plan.served
    assert len(plan.served) == visited


def test_what_is_promised_without_a_zone_or_for_mediation_uses_up_no_kits():
    neighbours = replace(PROMISE, kind=Kind.MEDIATION, opens="18:00", closes="19:00")
    asked = replace(PROMISE, key="A-2", zone=None, place=UNIT.start)
    units = (outing(UNIT, NIGHT), outing(replace(UNIT, code="LU2"), NIGHT))
    found = prepared(zone(2), outings=units, promises=(neighbours, asked))
    assert [found.problem.visit(key).materials for key in ("A-1", "A-2")] == [0, 0]


@pytest.mark.parametrize(
    ("field", "got"), [("kits", float("nan")), ("van_walk", -1), ("walking", float("inf"))]
)
def test_means_that_no_crew_can_have_are_refused(field, got):
    with pytest.raises(InputError, match="means") as refused:
        Means(**{field: got})
    assert refused.value.fields["field"] == field


def test_what_takes_no_part_is_named_with_its_reason():
    saturdays = (PresenceWindow("21:00", "23:00", frozenset({5})),)
    elsewhere = replace(zone(5), code="047014-05", municipality="047014")
    zones = zone(1), zone(2), zone(3), zone(4, windows=saturdays), elsewhere, zone(6), zone(7)
    found = prepared(
        *zones,
        closures=frozenset({"046017-02"}),
        excluded=frozenset({"046017-03"}),
        presence=presence(*zones[:6]),
    )
    assert reasons(found) == {
        "046017-02": "zone_closed",
        "046017-03": "zone_excluded",
        "046017-04": "zone_not_tonight",
        "046017-07": "zone_nobody_expected",
        "047014-05": "zone_outside_territory",
    }
    assert [visit.key for visit in found.problem.visits] == ["046017-01", "046017-06"]


def test_a_zone_far_from_every_road_is_named_with_its_metres():
    lost = zone(2, geometry=LineString([at(2, north=6), at(3, north=6)]))
    found = prepared(lost, zone(3))
    (left,) = found.unplanned
    assert (left.visit, left.reason) == ("046017-02", "zone_off_network")
    assert left.fields["metres"] == pytest.approx(6000, abs=50)
    assert [visit.key for visit in found.problem.visits] == ["046017-03"]


def test_a_zone_that_no_way_leads_to_is_planned_for_but_unreachable():
    found = prepared(zone(2), zone(13))
    van, row = found.problem.travel["van"], found.sites.row
    assert van.seconds[row["base LU1"], row["046017-13"]] == UNREACHABLE


def test_a_crew_on_foot_comes_only_where_people_are_reached_on_foot_and_not_far():
    zones = (zone(1, access=Access.FOOT), zone(2), zone(9, access=Access.FOOT))
    found = prepared(*zones, units=(UNIT, WALKERS))
    modes = {visit.key: visit.modes for visit in found.problem.visits}
    assert modes["046017-01"] == {"van", "foot"}
    assert modes["046017-02"] == {"van"}
    foot, row = found.problem.travel["foot"], found.sites.row
    base = row["base LU2"]
    # 1.5 km at 4.5 km/h; 9.5 km are more than 45 minutes.
    assert foot.seconds[base, row["046017-01"]] == 1200
    assert foot.seconds[base, row["046017-09"]] == UNREACHABLE
    assert foot.seconds[base, row["046017-02"]] == UNREACHABLE
    assert (np.diagonal(foot.seconds) == 0).all()


def test_decisions_about_zones_reach_the_visits():
    found = prepared(
        zone(1),
        zone(2),
        zone(3),
        units=(UNIT, replace(UNIT, code="LU3")),
        forced=frozenset({"046017-01"}),
        assigned={"046017-02": "LU3"},
        forbidden={"046017-03": frozenset({"LU1"})},
    )
    one, two, three = found.problem.visits
    assert one.required
    assert (two.only, two.required) == ({"LU3"}, False)
    assert (three.only, three.never) == ({"LU1", "LU3"}, {"LU1"})


def test_a_forced_zone_may_be_one_where_nobody_is_expected():
    found = prepared(zone(2), presence=presence(), forced=frozenset({"046017-02"}))
    (visit,) = found.problem.visits
    assert visit.required
    assert [option.value for option in visit.options] == [0]


@pytest.mark.parametrize(
    ("changes", "error", "code"),
    [
        ({"closures": frozenset({"046017-99"})}, MissingError, "zone_unknown"),
        ({"assigned": {"046017-02": "XX9"}}, MissingError, "unit_unknown"),
        (
            {"forced": frozenset({"046017-02"}), "closures": frozenset({"046017-02"})},
            InputError,
            "zone_forced_and_excluded",
        ),
        ({"outings": ()}, InputError, "units_missing"),
        ({"outings": (outing(UNIT, NIGHT + 1),)}, InputError, "unit_other_night"),
        ({"promises": (replace(PROMISE, zone="046017-09"),)}, MissingError, "zone_unknown"),
        (
            {"promises": (replace(PROMISE, night=date(2026, 5, 16)),)},
            InputError,
            "promise_other_night",
        ),
        ({"promises": (replace(PROMISE, closes="21:00"),)}, InputError, "promise_window"),
        (
            {"promises": (PROMISE,), "closures": frozenset({"046017-02"})},
            InfeasibleError,
            "promise_zone_closed",
        ),
        (
            {"promises": (replace(PROMISE, zone=None, place=Base("Piazza", *at(0, north=9))),)},
            InputError,
            "promise_off_network",
        ),
    ],
)
def test_what_cannot_be_meant_is_refused(changes, error, code):
    assert refused(error, zone(2), **changes).code == code


def test_a_forced_zone_that_has_no_part_tonight_is_refused_with_the_reason():
    sunday = zone(2, windows=(PresenceWindow("21:00", "23:00", frozenset({6})),))
    error = refused(InfeasibleError, sunday, forced=frozenset({"046017-02"}))
    assert (error.code, error.fields["reason"]) == ("zone_forced_impossible", "zone_not_tonight")


def test_a_unit_that_does_not_work_that_weekday_is_refused_by_name():
    error = refused(InputError, zone(2), units=(replace(UNIT, weekdays=frozenset({0, 1})),))
    assert (error.code, error.fields) == (
        "unit_off_duty",
        {"unit": "Unità di prova", "night": NIGHT},
    )


def test_a_base_far_from_every_road_is_refused_by_its_unit():
    lost = replace(UNIT, end=Base("Altrove", *at(0, north=8)))
    error = refused(InputError, zone(2), units=(lost,))
    assert (error.code, error.fields["unit"]) == ("base_off_network", "Unità di prova")


def test_swapped_coordinates_name_the_place():
    lon, lat = at(0)
    error = refused(InputError, zone(2), units=(replace(UNIT, end=Base("Base", lat, lon)),))
    assert (error.code, error.fields) == ("coordinates_swapped", {"place": "base LU1 end"})


def test_a_reversed_window_names_its_zone():
    error = refused(InputError, zone(2, windows=(PresenceWindow("23:00", "21:00"),)))
    assert (error.code, error.fields["zone"]) == ("zone_window_reversed", "046017-02")


def test_a_night_in_the_past_is_refused():
    morning_after = datetime(2026, 5, 16, 10, 30, tzinfo=UTC)
    error = refused(InputError, zone(2), now=morning_after)
    assert (error.code, error.fields) == (
        "night_past",
        {"night": NIGHT, "tonight": NIGHT + 1},
    )


def test_a_shift_under_way_is_planned_from_now_and_one_that_is_over_is_refused():
    at_ten = datetime(2026, 5, 15, 20, 0, tzinfo=UTC)
    found = night_problem(inputs(zone(2)), street(), now=at_ten)
    assert NIGHT.clock(found.problem.shifts[0].opens) == "22:00"
    error = refused(InputError, zone(2), now=datetime(2026, 5, 15, 23, 30, tzinfo=UTC))
    assert (error.code, error.fields["closes"]) == ("shift_over", "01:30")


def test_a_promise_must_be_kept_in_its_window_and_earns_no_points():
    found = prepared(zone(2), promises=(PROMISE,))
    visit = found.problem.visit("A-1")
    (option,) = visit.options
    assert (visit.required, visit.kind, visit.only) == (True, Kind.APPOINTMENT, None)
    assert visit.place == found.problem.visit("046017-02").place
    assert (NIGHT.clock(option.opens), NIGHT.clock(option.closes)) == ("21:30", "22:00")
    assert (option.service, option.value) == (1200, 0)


def test_a_promise_at_a_named_spot_by_one_unit():
    promise = replace(
        PROMISE,
        zone=None,
        place=Base("Piazza", *at(4)),
        unit="LU1",
        mediator=True,
        kind=Kind.HOTLINE,
    )
    found = prepared(zone(2), promises=(promise,))
    visit = found.problem.visit("A-1")
    assert (visit.only, visit.skills, visit.modes) == ({"LU1"}, {"mediatore"}, {"van", "foot"})
    base = found.sites.row["base LU1"]
    assert found.problem.travel["van"].metres[base, visit.place] == 4000


def test_a_promise_of_a_unit_that_stays_at_home_is_named():
    found = prepared(zone(2), promises=(replace(PROMISE, unit="LU7"),))
    assert reasons(found) == {"A-1": "promise_unit_not_out"}


def test_a_promise_whose_time_is_over_is_refused():
    at_eleven = datetime(2026, 5, 15, 21, 0, tzinfo=UTC)
    error = refused(InfeasibleError, zone(2), promises=(PROMISE,), now=at_eleven)
    assert error.code == "promise_too_late"


def test_a_promise_in_a_zone_that_takes_no_part_tonight_is_kept_all_the_same():
    found = prepared(zone(2), promises=(PROMISE,), excluded=frozenset({"046017-02"}))
    assert [visit.key for visit in found.problem.visits] == ["A-1"]
    assert reasons(found) == {"046017-02": "zone_excluded"}


def test_windows_over_the_clock_change_have_the_hours_that_there_are():
    gone = zone(1, windows=(PresenceWindow("02:00", "03:00"),))
    late = zone(2, windows=(PresenceWindow("00:00", "02:30"),))
    frame = presence(gone, late)
    found = night_problem(
        inputs(gone, late, night=SPRING, presence=frame), street(), now=SPRING.start
    )
    assert reasons(found) == {"046017-01": "zone_not_tonight"}
    (option,) = found.problem.visits[0].options
    assert option.closes - option.opens == 2 * HOUR
    assert SPRING.clock(option.closes) == "03:00"


def test_a_pause_that_is_over_before_the_shift_begins_is_none():
    early = replace(UNIT, pause=Pause("19:00", "20:00", 15))
    assert prepared(zone(2), units=(early,)).problem.shifts[0].pause is None


def test_weights_come_from_the_caller():
    doubled = night_problem(
        inputs(zone(2)), street(), now=NOW, weights=NeedWeights(points=10, most=1.0)
    )
    assert doubled.problem.visits[0].options[0].value == 40


def test_a_memory_of_matrices_is_asked_alike_for_a_shift_under_way():
    asked = []

    def measure(network, places, mode, limit):
        asked.append((len(places), mode, limit))
        return matrix(network, places, mode, limit)

    given = inputs(zone(1, access=Access.FOOT), zone(2), units=(UNIT, WALKERS))
    before = night_problem(given, street(), now=NOW, measure=measure)
    later = datetime(2026, 5, 15, 18, 50, tzinfo=UTC)
    night_problem(given, street(), now=later, measure=measure)
    assert asked == [(3, "van", 5 * HOUR), (2, "foot", 45 * MINUTE)] * 2
    assert before.problem.travel["van"].seconds.shape == (4, 4)


def test_a_plan_driven_by_hand_passes_the_check():
    found = prepared(zone(2), zone(5), promises=(PROMISE,))
    plan = drive(found.problem, "046017-02", "A-1", "046017-05", pause_after=1)
    assert check(found.problem, plan) == ()


def test_a_crew_of_one_is_found_by_the_check():
    alone = replace(UNIT, crew=Crew((Member(Role.OPERATOR),)))
    found = prepared(zone(2), units=(alone,))
    plan = drive(found.problem, "046017-02")
    assert "crew_is_not_alone" in {violation.rule for violation in check(found.problem, plan)}
