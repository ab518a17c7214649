"""A count night: every zone once, only seen, by crews of all organisations together."""

from dataclasses import replace

import pytest

from geo.errors import InputError
from routing.count import fewest_crews
from routing.plan import check
from routing.prepare import night_problem
from routing.prepare_count import count_inputs
from tests.routing.street import NOW, UNIT, inputs, street, zone


def test_every_zone_is_passed_whatever_is_asked_for_on_other_nights():
    """A zone without people, one of another language and one of other hours count too."""
    zones = (zone(2, mediator=True), zone(5, languages=frozenset({"sq"})), zone(7))
    given = replace(inputs(*zones), presence=inputs(zones[0]).presence)
    other = replace(UNIT, code="PI1", organisation="Altra associazione")
    given = replace(given, outings=(*given.outings, replace(given.outings[0], unit=other)))
    prepared = night_problem(count_inputs(given), street(), now=NOW)
    found = fewest_crews(prepared.problem, iterations=300)
    assert found.plan.served == {each.code for each in zones}
    assert check(prepared.problem, found.plan) == ()
    stops = [stop for route in found.plan.routes for stop in route.stops]
    assert len(stops) == 3  # nobody is counted by two crews
    assert {stop.departure - stop.begin for stop in stops} == {300}
    clock = prepared.night.clock
    assert all(clock(stop.begin) >= "21:00" or clock(stop.begin) <= "03:00" for stop in stops)
    assert (found.crews, found.fewest_possible) == (1, 1)


def test_a_zone_left_out_is_not_passed():
    given = replace(inputs(zone(2), zone(5)), excluded=frozenset({"046017-05"}))
    prepared = night_problem(count_inputs(given), street(), now=NOW)
    assert [visit.key for visit in prepared.problem.visits] == ["046017-02"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"opens": "03:00", "closes": "21:00"}, "count_window"), ({"minutes": 0}, "count_minutes")],
)
def test_wrong_hours_are_refused(changes, code):
    with pytest.raises(InputError) as refused:
        count_inputs(inputs(zone(2)), **changes)
    assert refused.value.code == code
