"""A week from the store and back: with the clock change in it, and a unit out on some nights."""

import shutil
from datetime import date, timedelta

import pytest

from data.roads import load_network
from data.settings import load
from data.store import Store
from data.weeks import regular_times, save_night, week_inputs
from geo.night import Night
from routing.prepare_week import week_problem
from routing.week import plan_week
from tests.nights import COORDINATOR, Clock

AUTUMN = Night(date(2026, 10, 21))
"""A Wednesday; the clocks go back in the night of Saturday the 24th."""


@pytest.fixture
def store(published_home, home):
    shutil.copytree(published_home, home)
    opened = Store.open(load(home=home), Clock(AUTUMN.at(3600)))
    yield opened
    opened.close()


def test_a_week_with_the_clock_change_and_a_unit_that_is_out_on_four_nights(store):
    network = load_network(store.settings().home)
    given = week_inputs(store, COORDINATOR, AUTUMN, units=["LI1"])
    assert [one.night.weekday for one in given] == [2, 4, 5, 0]
    week = week_problem(
        AUTUMN, 7, given, network,
        now=store.now(), usual=regular_times(store, COORDINATOR, AUTUMN),
    )  # fmt: skip
    assert {number: one.night.length for number, one in week.nights.items()} == {
        0: 86_400, 2: 86_400, 3: 90_000, 5: 86_400,
    }  # fmt: skip
    plan = plan_week(week.problem, iterations=100).plan
    assert {route.night for route in plan.routes} <= set(week.nights)
    assert 3 in {route.night for route in plan.routes}
    record = save_night(store, COORDINATOR, week, plan, number=3, network=network)
    assert record.night == AUTUMN + 3
    itinerary = record.itineraries["LI1"]
    # The shift of 20:00 to 00:30 lies before the hour that comes twice.
    assert itinerary.departure.utcoffset() == itinerary.home.utcoffset() == timedelta(hours=2)
    assert itinerary.home <= record.night.at(record.night.parse_clock("00:30"))
