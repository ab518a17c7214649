import json
import math
from dataclasses import replace
from datetime import date
from itertools import pairwise

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import InputError, MissingError
from geo.night import HOUR, Night
from geo.zones import Access, PresenceWindow
from routing.itinerary import Itinerary, itineraries, itinerary
from routing.plan import Plan, check
from routing.prepare import Prepared, night_problem
from routing.problem import Kind
from routing.promises import Promise
from routing.units import Base
from tests.routing.street import NIGHT, NOW, UNIT, WALKERS, at, drive, inputs, street, zone

SPRING = Night(date(2026, 3, 28))


@pytest.fixture(scope="module")
def planned() -> tuple[Prepared, Plan]:
    """Two zones and a hotline request in the square, with the pause before the last zone."""
    zones = (
        zone(2, shortest_minutes=5),
        zone(6, languages=frozenset({"en", "ro"}), mediator=True, discreet=True),
    )
    promise = Promise(
        "N-1", NIGHT.date, Kind.HOTLINE, "21:00", "22:30", 20, place=Base("Piazza", *at(4))
    )
    found = night_problem(inputs(*zones, promises=(promise,)), street(), now=NOW)
    plan = drive(found.problem, "046017-02", "N-1", "046017-06", pause_after=1)
    assert check(found.problem, plan) == ()
    return found, plan


@pytest.fixture(scope="module")
def read(planned: tuple[Prepared, Plan]) -> Itinerary:
    found, plan = planned
    return itineraries(found, plan, street())["LU1"]


def test_the_crew_reads_when_to_be_where(read):
    clocks = [[f"{t:%H:%M}" for t in (s.arrival, s.begin, s.departure)] for s in read.stops]
    assert clocks == [
        ["20:32", "21:00", "21:15"],
        ["21:16", "21:16", "21:36"],
        ["22:17", "22:17", "22:32"],
    ]
    assert f"{read.departure:%H:%M} {read.home:%H:%M}" == "20:30 22:39"
    assert [stop.zone for stop in read.stops] == ["046017-02", None, "046017-06"]
    assert (read.start, read.end, read.unit_name) == ("Base di prova",) * 2 + ("Unità di prova",)


def test_the_crew_reads_how_to_get_there(read):
    assert [(leg.minutes, leg.kilometres) for leg in read.legs] == [
        (3, 2.5), (2, 1.5), (3, 2.5), (7, 6.5),
    ]  # fmt: skip
    assert [leg.roads for leg in read.legs] == [
        ("SP1",), ("SP1",), ("SP1", "SP2"), ("SP2", "SP1"),
    ]  # fmt: skip
    seconds = sum(leg.seconds for leg in read.legs)
    assert seconds == pytest.approx(780, abs=3)
    assert (read.driving_minutes, read.kilometres) == (math.ceil(seconds / 60), 13.0)


def test_the_lines_join_up_from_base_to_base(read):
    lines = [leg.line for leg in read.legs]
    for before, after in pairwise(lines):
        assert before[-1] == pytest.approx(after[0], abs=2e-6)
    assert lines[0][0] == pytest.approx(at(0), abs=2e-6)
    assert lines[-1][-1] == pytest.approx(at(0), abs=2e-6)
    assert lines[0][-1] == pytest.approx(at(2.5), abs=2e-5)
    assert all(shapely.LineString(line).is_simple for line in lines)


def test_the_crew_reads_what_to_know_about_a_stop(read):
    zone_stop, request, careful = read.stops
    assert (zone_stop.kind, zone_stop.access, zone_stop.shortened) == (Kind.ZONE, Access.VAN, False)
    assert (request.kind, request.place, request.access) == (Kind.HOTLINE, "Piazza", None)
    assert (careful.discreet, careful.languages, careful.mediator) == (True, ("en", "ro"), True)
    assert (zone_stop.discreet, zone_stop.languages, zone_stop.mediator) == (False, (), False)


def test_the_pause_stands_where_it_is_taken(read):
    assert f"{read.pause.begins:%H:%M} {read.pause.ends:%H:%M}" == "22:00 22:15"
    assert (read.pause.before, read.pause.on_arrival) == (2, False)


def test_it_expires_after_the_shift_and_says_that_it_is_invented(read):
    assert read.expires_at == NIGHT.at(NIGHT.parse_clock("01:30") + 2 * HOUR)
    assert read.expires_at.tzinfo is not None
    assert read.synthetic


def test_a_shortened_visit_is_called_so(planned):
    found, plan = planned
    (route,) = plan.routes
    first = route.stops[0]
    options = found.problem.visit(first.visit).options
    short = min(range(len(options)), key=lambda index: options[index].service)
    cut = replace(
        first,
        option=short,
        departure=first.begin + options[short].service,
        value=options[short].value,
    )
    shorter = replace(route, stops=(cut,), drive_home=150, metres_home=2500)
    shorter = replace(shorter, home=cut.departure + 150, pause=None, pause_before=None)
    assert itinerary(found, shorter, street()).stops[0].shortened


def test_kits_are_named_where_those_on_board_are_counted(read):
    found = night_problem(
        inputs(zone(2), zone(6), units=(replace(UNIT, kits=9),)), street(), now=NOW
    )
    counted = itineraries(
        found, drive(found.problem, "046017-02", "046017-06", pause_after=0), street()
    )
    assert ([stop.kits for stop in counted["LU1"].stops], counted["LU1"].kits) == ([4, 4], 8)
    assert Itinerary.from_dict(json.loads(json.dumps(counted["LU1"].to_dict()))) == counted["LU1"]
    assert ([stop.kits for stop in read.stops], read.kits) == ([None] * 3, None)


def test_it_survives_json(read):
    text = json.dumps(read.to_dict())
    assert Itinerary.from_dict(json.loads(text)) == read
    assert json.dumps(Itinerary.from_dict(json.loads(text)).to_dict()) == text


def test_it_names_no_place_but_codes_bases_and_promised_spots(read):
    words = json.dumps(read.to_dict(), ensure_ascii=False)
    assert "municipality" not in words
    assert "Lucca" not in words


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"format": 99}, "itinerary_format"),
        ({"format": None}, "itinerary_format"),
        ({"stops": [{"key": "?"}]}, "itinerary_unreadable"),
        ({"home": "late"}, "itinerary_unreadable"),
        ({"mode": "boat"}, "itinerary_unreadable"),
        ({"way_home": None}, "itinerary_unreadable"),
    ],
)
def test_a_document_that_is_something_else_is_refused(read, change, code):
    with pytest.raises(InputError) as caught:
        Itinerary.from_dict({**read.to_dict(), **change})
    assert caught.value.code == code


@given(field=st.sampled_from(["drive", "metres", "arrival"]), seconds=st.integers(1, 900))
def test_a_plan_whose_numbers_are_not_the_roads_is_refused(field, seconds):
    found = night_problem(inputs(zone(2), zone(6)), street(), now=NOW)
    plan = drive(found.problem, "046017-02", "046017-06", pause_after=0)
    (route,) = plan.routes
    wrong = replace(route.stops[1], **{field: getattr(route.stops[1], field) + seconds})
    with pytest.raises(InputError) as caught:
        itinerary(found, replace(route, stops=(route.stops[0], wrong)), street())
    assert caught.value.code == "itinerary_disagrees"
    assert caught.value.fields["visit"] == "046017-06"


@pytest.mark.parametrize("field", ["home", "drive_home", "metres_home"])
def test_a_way_home_that_is_not_the_roads_is_refused(planned, field):
    found, plan = planned
    (route,) = plan.routes
    with pytest.raises(InputError) as caught:
        itinerary(found, replace(route, **{field: getattr(route, field) - 1}), street())
    assert caught.value.fields["visit"] == "home"


def test_an_unknown_unit_is_named(planned):
    found, plan = planned
    with pytest.raises(MissingError) as caught:
        itinerary(found, replace(plan.routes[0], unit="XX9"), street())
    assert caught.value.fields == {"unit": "XX9"}


def test_a_crew_on_foot_walks():
    near = zone(1, access=Access.FOOT)
    found = night_problem(inputs(near, units=(WALKERS,)), street(), now=NOW)
    walk = itineraries(found, drive(found.problem, near.code, unit="LU2"), street())["LU2"]
    assert (walk.mode, walk.stops[0].leg.minutes, walk.stops[0].access) == (
        Access.FOOT,
        20,
        Access.FOOT,
    )


def test_a_visit_where_the_crew_already_is_needs_no_way():
    promise = Promise("A-1", NIGHT.date, Kind.APPOINTMENT, "21:00", "22:00", 20, zone="046017-02")
    found = night_problem(inputs(zone(2), promises=(promise,)), street(), now=NOW)
    route = itineraries(found, drive(found.problem, "046017-02", "A-1", pause_after=1), street())
    there = route["LU1"].stops[1]
    assert (there.leg.seconds, there.leg.line, there.zone) == (0, (), "046017-02")


def test_times_are_those_of_the_wall_clock_on_the_night_it_changes():
    late = zone(2, windows=(PresenceWindow("01:45", "04:00"),))
    unit = replace(UNIT, shift_closes="05:00", pause=None)
    found = night_problem(
        inputs(late, units=(unit,), night=SPRING, forced=frozenset({late.code})),
        street(),
        now=SPRING.start,
    )
    found_plan = drive(found.problem, late.code)
    stop = itineraries(found, found_plan, street())["LU1"].stops[0]
    assert f"{stop.begin:%H:%M} {stop.departure:%H:%M}" == "01:45 03:00"
    back = Itinerary.from_dict(itineraries(found, found_plan, street())["LU1"].to_dict())
    assert back.stops[0].departure == stop.departure
    assert np.isclose((stop.departure - stop.begin).total_seconds(), 75 * 60)
