"""A count night: every zone by its passes, only seen, by crews of all organisations together."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
import shapely

from geo.errors import InfeasibleError, InputError
from geo.night import HOUR, Night
from routing.count_limits import CountProgress
from routing.count_split import plan_count, whose
from routing.itinerary import Itinerary, itineraries
from routing.passes import CountTerms, number_of, pass_key, zone_of
from routing.plan import check
from routing.prepare_count import count_problem
from tests.routing.street import NIGHT, NOW, UNIT, inputs, street, zone

OTHER = replace(UNIT, code="PI1", organisation="Altra associazione")


def prepared(*zones, terms=None, units=(UNIT,), **changes):
    given = inputs(*zones, units=units, **changes)
    return count_problem(given, street(), terms or CountTerms(), now=changes.get("now", NOW))


def test_every_zone_is_passed_whatever_is_asked_for_on_other_nights():
    """A zone without people, one of another language and one of other hours count too."""
    zones = (zone(2, mediator=True), zone(5, languages=frozenset({"sq"})), zone(7))
    given = replace(
        inputs(*zones, units=(replace(UNIT, weekdays=frozenset({0})), OTHER)),
        presence=inputs(zones[0]).presence,
    )
    count = count_problem(given, street(), CountTerms(), now=NOW)
    found = plan_count(count, iterations=300)
    assert found.plan.served == count.zones == {each.code for each in zones}
    assert check(count.prepared.problem, found.plan) == ()
    stops = [stop for route in found.plan.routes for stop in route.stops]
    assert len(stops) == 3  # nobody is counted by two crews
    assert {stop.departure - stop.begin for stop in stops} == {300}
    assert (found.crews, found.fewest_possible) == (1, 1)


def test_passes_of_a_zone_are_apart_and_of_one_organisation():
    terms = CountTerms(passes=2, spacing=90)
    zones = [zone(number) for number in (1, 4, 6, 9)]
    count = prepared(*zones, terms=terms, units=(UNIT, OTHER))
    found = plan_count(count, earliest=True, iterations=300)
    assert check(count.prepared.problem, found.plan) == ()
    begins, owners = {}, {}
    for route in found.plan.routes:
        for stop in route.stops:
            begins.setdefault(zone_of(stop.visit), {})[number_of(stop.visit)] = stop.begin
            owners.setdefault(zone_of(stop.visit), set()).add(count.organisations[route.unit])
    assert all(made.keys() == {1, 2} and made[2] - made[1] >= 90 * 60 for made in begins.values())
    assert all(len(who) == 1 for who in owners.values())
    assert whose(found.plan, count.organisations).keys() == count.zones


def test_keys_of_passes():
    assert [pass_key("046017-02", n) for n in (1, 2)] == ["046017-02", "046017-02/2"]
    assert (zone_of("046017-02/2"), number_of("046017-02/2"), number_of("046017-02")) == (
        "046017-02", 2, 1,
    )  # fmt: skip


def test_zones_out_of_reach_are_named_and_the_others_counted():
    """One left out by hand, one on a road that nothing joins, one far from any road."""
    far = zone(3, geometry=shapely.LineString([(10.0, 42.0), (10.01, 42.0)]))
    count = prepared(
        zone(2), zone(5), zone(13), replace(far, code="046017-33"),
        excluded=frozenset({"046017-05"}),
    )  # fmt: skip
    assert count.zones == {"046017-02"}
    assert {one.visit: one.reason for one in count.unreachable} == {
        "046017-13": "unreachable",
        "046017-33": "zone_off_network",
    }
    with pytest.raises(InputError, match="count_zones_none"):
        prepared(zone(13))
    with pytest.raises(InputError, match="count_zones_none"):
        prepared()


@pytest.mark.parametrize(
    ("terms", "code"),
    [
        ({"opens": "03:00", "closes": "21:00"}, "count_window"),
        ({"minutes": 0}, "count_minutes"),
        ({"passes": 9}, "count_passes"),
        ({"passes": 2, "spacing": -5}, "count_spacing"),
        ({"passes": 3, "spacing": 170}, "count_rounds"),
        ({"opens": "nine"}, "clock_unreadable"),
    ],
)
def test_terms_that_make_no_count_are_refused(terms, code):
    with pytest.raises(InputError) as refused:
        prepared(zone(2), terms=CountTerms(**terms))
    assert refused.value.code == code


def test_no_crew_goes_out():
    with pytest.raises(InputError, match="units_missing"):
        prepared(zone(2), units=())


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 28), 5), (date(2026, 10, 24), 7)])
def test_a_window_across_the_clock_change(day, hours):
    """From nine to three is five hours in spring and seven in autumn."""
    night = Night(day)
    first, last = CountTerms().window(night)
    assert last - first == hours * HOUR
    now = datetime.combine(day, datetime.min.time(), UTC)
    given = replace(inputs(zone(2), night=night), night=night)
    count = count_problem(given, street(), CountTerms(passes=2), now=now)
    found = plan_count(count, iterations=200)
    assert check(count.prepared.problem, found.plan) == ()
    with pytest.raises(InputError, match="clock_skipped"):
        CountTerms(closes="02:30").window(Night(date(2026, 3, 28)))


def test_who_looks_on_is_told_at_once_and_can_stop():
    seen: list[CountProgress] = []
    count = prepared(zone(2), zone(5), units=(UNIT, OTHER))
    plan_count(count, iterations=200, progress=seen.append)
    assert seen[0].elapsed < 1
    assert seen[-1].crews == 1
    stopped = plan_count(count, iterations=200, progress=lambda said: said.crews is None)
    assert stopped.stopped
    assert not stopped.fewest_proven or stopped.crews == 1
    many = [zone(number, code=f"046017-{number:02d}") for number in range(1, 10)]
    short = CountTerms(opens="21:00", closes="21:30", minutes=30)
    with pytest.raises(InfeasibleError, match="count_stopped"):
        plan_count(prepared(*many, terms=short), iterations=200, progress=lambda said: False)
    with pytest.raises(InfeasibleError, match="crews_too_few"):
        plan_count(prepared(*many, terms=short), iterations=200)


def test_the_itinerary_says_that_it_is_a_count():
    count = prepared(zone(2), zone(5), terms=CountTerms(passes=2))
    found = plan_count(count, iterations=200)
    (one,) = itineraries(count.prepared, found.plan, street()).values()
    assert one.counting.passes == 2
    assert one.counting.until.isoformat() == "2026-05-17T03:00:00+02:00"
    assert {stop.zone for stop in one.stops} == count.zones
    assert sorted(stop.passing for stop in one.stops) == [1, 1, 2, 2]
    assert Itinerary.from_dict(one.to_dict()) == one
    assert one.night == NIGHT
