import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import astuple
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import shapely
from sqlalchemy import func, select

from data import fieldwork, retention
from data.access import Action, Role, Viewer
from data.contact_import import contact_frame, effort_frame
from data.demo import DemoRegion, generate
from data.demo.places import EXCLUDED_MUNICIPALITIES, EXCLUDED_ROADS, may_be
from data.demo.services import UNKNOWN_LANGUAGE
from data.demo.stretches import ROADS
from data.demo.zones import OUTSIDE_SHIFTS, ZONES_BY_PROVINCE
from data.models import ZoneMonthRow
from data.settings import load
from data.store import Store
from geo.contacts import COLUMNS, validate_contacts
from geo.crs import project
from geo.effort import COLUMNS as EFFORT
from geo.effort import validate_effort
from geo.errors import InputError
from geo.municipalities import municipalities, municipality_of
from geo.network import RoadNetwork
from geo.night import Night, nights
from geo.presence import COLUMNS as PRESENCE
from geo.presence import PARTS, by_hour, mean_between, validate_presence
from geo.skeleton import network_from_tables, tables
from geo.speeds import CLASSES
from geo.windows import window_on
from geo.zones import MINIMUM_LENGTH, Access, extent
from routing.prepare import NightInputs, Prepared, night_problem
from routing.problem import UNREACHABLE, Kind
from routing.units import outing
from tests.conftest import ROOT
from tests.grid import grid_network
from tests.routing.street import street

TODAY = date(2026, 5, 15)
TONIGHT = Night(TODAY)
COORDINATOR = Viewer(Role.COORDINATOR)


@pytest.fixture(scope="session")
def network() -> RoadNetwork:
    return network_from_tables(*tables(ROOT / "data" / "tuscany"))


@pytest.fixture(scope="session")
def region(network: RoadNetwork) -> DemoRegion:
    return generate(network, municipalities(), TODAY)


@pytest.fixture
def filled(region: DemoRegion, home: Path) -> Iterator[Store]:
    """The region as an installation of its own, looked at on its evening."""
    opened = Store.open(load(home=home), clock=lambda: TONIGHT.start + timedelta(hours=6))
    opened.fill(COORDINATOR, region)
    yield opened
    opened.close()


def prepared(region: DemoRegion, network: RoadNetwork, night: Night, *units: str) -> Prepared:
    """The problem of a night for some units, or for all on duty."""
    out = [
        outing(unit, night)
        for unit in region.units
        if night.weekday in unit.weekdays and (not units or unit.code in units)
    ]
    given = NightInputs(
        night=night,
        outings=tuple(out),
        zones=region.zones,
        presence=region.presence,
        last_visits=region.last_visits,
        promises=region.promises_on(night),
    )
    return night_problem(given, network, now=night.start)


def same(one: DemoRegion, other: DemoRegion) -> bool:
    frames = ("presence", "visits", "contacts", "records", "effort")
    return (
        all(getattr(one, name).equals(getattr(other, name)) for name in frames)
        and one.promises == other.promises
        and [astuple(zone) for zone in one.zones] == [astuple(zone) for zone in other.zones]
    )


def test_the_same_seed_makes_the_same_region_and_another_another():
    grid, frame = grid_network(), municipalities()
    first = generate(grid, frame, TODAY, seed=3)
    assert same(first, generate(grid, frame, TODAY, seed=3))
    assert not same(first, generate(grid, frame, TODAY, seed=4))


def test_where_zones_lie_does_not_depend_on_the_day(network, region):
    later = generate(network, municipalities(), TODAY + timedelta(100))
    assert [zone.code for zone in later.zones] == [zone.code for zone in region.zones]
    known = list(PRESENCE)
    told = {*later.months.stories, *region.months.stories}
    usual, then = (
        each.presence[~each.presence["zone"].isin(told)][known] for each in (region, later)
    )
    assert then.equals(usual)


def test_everything_says_that_it_is_invented(region):
    parts = (*region.zones, *region.units, *region.desks, *region.promises, region)
    assert all(part.synthetic for part in parts)


def test_zones_are_spread_over_the_ten_provinces(region):
    assert len(region.zones) == 120
    assert Counter(zone.province_code for zone in region.zones) == ZONES_BY_PROVINCE
    codes = [zone.code for zone in region.zones]
    assert codes == sorted(set(codes))


def test_zones_are_stretches_of_the_roads_of_the_network(network, region):
    chosen = [e for e in range(network.edges) if CLASSES[network.edge_class[e]] in ROADS]
    lines = [shapely.LineString(project(network.line(e))) for e in chosen]
    roads = shapely.STRtree(lines)
    for zone in region.zones:
        line = shapely.LineString(project(shapely.get_coordinates(zone.geometry)))
        points = shapely.line_interpolate_point(line, np.linspace(0, 1, 25), normalized=True)
        _, metres = roads.query_nearest(points, return_distance=True, all_matches=False)
        assert metres.max() < 0.1
        assert MINIMUM_LENGTH < extent(zone.geometry) < 1600


def test_no_zone_lies_where_the_field_has_been_publicly_named(network, region):
    frame = municipalities()
    assert set(frame["name"]) >= EXCLUDED_MUNICIPALITIES
    names = frame.set_index("istat")["name"]
    for zone in region.zones:
        codes = municipality_of(frame, shapely.get_coordinates(zone.geometry))
        assert not set(names[codes]) & EXCLUDED_MUNICIPALITIES
        assert zone.municipality in codes or len(codes) == 2
    named = [name for name in network.names if any(word in name for word in EXCLUDED_ROADS)]
    assert named
    assert not any(may_be(name) for name in named)
    edges = np.isin(network.edge_name, [network.names.index(name) for name in named])
    aurelia = shapely.union_all([shapely.LineString(network.line(e)) for e in edges.nonzero()[0]])
    assert not any(zone.geometry.intersection(aurelia).length > 1e-6 for zone in region.zones)


def test_nine_units_serve_all_provinces_and_six_go_out_every_evening(region):
    units = region.units
    assert len(units) == 9
    assert len({unit.start.name for unit in units}) == 9
    assert {province for unit in units for province in unit.territory} == set(ZONES_BY_PROVINCE)
    assert Counter(unit.mode for unit in units) == {Access.VAN: 7, Access.FOOT: 2}
    assert all(unit.crew.size >= 2 for unit in units)
    for weekday in range(7):
        assert sum(weekday in unit.weekdays for unit in units) >= 6
    spoken = {language for unit in units for language in unit.crew.languages}
    assert UNKNOWN_LANGUAGE not in spoken
    bases = np.array([(unit.start.lon, unit.start.lat) for unit in units])
    found = municipality_of(municipalities(), bases)
    assert all(code[:3] in unit.territory for code, unit in zip(found, units, strict=True))


def test_eight_desks_have_opening_hours(region):
    assert len(region.desks) == 8
    assert sum(desk.itinerant for desk in region.desks) == 2
    rule = r"(Mo|Tu|We|Th|Fr|Sa)[-,\w\[\]]* \d\d:\d\d-\d\d:\d\d"
    for desk in region.desks:
        *rules, last = desk.opening_hours.split("; ")
        assert last == "PH off"
        assert all(re.fullmatch(rule, each) for each in rules)
        here = municipality_of(municipalities(), np.array([[desk.lon, desk.lat]]))
        assert here.tolist() == [desk.municipality]


def test_presence_covers_every_window_and_knows_how_sure_it_is(region):
    assert validate_presence(region.presence).equals(region.presence)
    for weekday in range(7):
        night = next(n for n in nights(TONIGHT, 7) if n.weekday == weekday)
        hours = by_hour(region.presence, weekday)
        for zone in region.zones:
            for window in zone.windows:
                opens, closes = window_on(night, window.opens, window.closes)
                assert mean_between(hours[zone.code], night, opens, closes).expected > 0
    width = (region.presence["high"] - region.presence["low"]) / region.presence["expected"]
    by_zone = width.groupby(region.presence["zone"]).median()
    assert by_zone.max() > 2 * by_zone.min()


def test_contacts_are_anonymous_rows_of_the_last_ninety_nights(region):
    contacts = region.contacts
    assert list(contacts.columns) == ["night", "zone", "kind", "count"]
    assert contacts["night"].between(TODAY - timedelta(90), TODAY - timedelta(1)).all()
    assert set(contacts["kind"]) == {"osservata", "contattata", "gruppo", "non_avvicinabile"}
    assert (contacts["count"] > 0).all()
    visits = set(region.visits.itertuples(index=False, name=None))
    assert set(contacts[["night", "zone"]].itertuples(index=False, name=None)) <= visits
    assert len(visits) == len(region.visits)


def test_contacts_agree_with_presence(region):
    """Met per visit against expected in the zone's windows, over zones often visited."""
    met = region.contacts.groupby("zone")["count"].sum()
    times = region.visits.groupby("zone").size()
    often = times[times >= 8].index
    assert len(often) >= 30
    expected = region.presence.groupby("zone")["expected"].mean()
    frame = pd.DataFrame({"met": met / times, "expected": expected}).loc[often].fillna(0.0)
    assert frame.corr().loc["met", "expected"] > 0.8
    ratio = frame["met"].sum() / frame["expected"].sum()
    assert 0.8 < ratio < 1.6  # visits fall inside windows, where more is going on than at the edges


def test_whole_records_agree_with_the_contacts_and_the_visits(region):
    records, recent = (
        region.records,
        region.records["night"] >= np.datetime64(TODAY - timedelta(90)),
    )
    assert records[recent].groupby("zone")["persons"].sum().to_dict() == (
        region.contacts.groupby("zone")["count"].sum().to_dict()
    )
    looked = region.effort.groupby(["night", "zone"])["hours"].sum().reset_index()
    lately = looked[looked["night"] >= np.datetime64(TODAY - timedelta(90))]
    pairs = zip(lately["night"].dt.date, lately["zone"], strict=True)
    assert set(pairs) == set(region.visits.itertuples(index=False, name=None))
    assert looked["hours"].between(0.1, 0.6).all()
    cells = ["night", "zone", "hour", "unit"]
    missing = records[cells].merge(region.effort[cells], how="left", indicator=True)
    assert (missing["_merge"] == "both").all()


def test_records_are_valid_and_say_more_than_nothing(region):
    records = region.records
    assert validate_contacts(records[list(COLUMNS)]).equals(records[list(COLUMNS)])
    assert validate_effort(region.effort).equals(region.effort[list(EFFORT)])
    assert not (records["age_class"] == "apparente_minore").any()
    met = records["kind"].isin(["contattata", "gruppo"])
    assert (records.loc[~met, "known"] == "nr").all()
    assert not records.loc[~met].filter(regex="requests|referrals|signals").any(axis=None)
    assert 0.6 < (records.loc[met, "known"] == "gia_noto").mean() < 0.8
    asked = records.filter(like="requests_")
    assert not records.filter(like="referrals_")[~asked.any(axis=1)].any(axis=None)
    assert asked.any().all()
    assert records.filter(like="referrals_").any().all()
    assert records.filter(like="signals_").any().all()
    assert (records.filter(like="materials_").sum() > 0).all()


def test_a_year_of_records_has_contacts_in_every_month(region):
    months = region.records["night"].dt.to_period("M").nunique()
    assert months == 13
    assert region.records["night"].min() >= np.datetime64(TODAY - timedelta(365))
    zones = set(region.visits["zone"])
    assert set(region.records["zone"]) <= zones  # what was never visited stays so


def test_presence_is_told_apart_by_what_was_met(region):
    parts = region.presence[list(PARTS)]
    assert np.allclose(parts.sum(axis=1), region.presence["expected"])
    share = (parts["seen"] / region.presence["expected"]).groupby(region.presence["zone"]).first()
    assert share.min() < 0.16 < 0.25 < share.max()


@pytest.mark.parametrize("today", [date(2026, 3, 31), date(2026, 10, 27)])
def test_hours_are_those_of_the_wall_clock_on_the_night_of_the_change(today):
    made = generate(grid_network(), municipalities(), today)
    assert set(made.records["hour"]) <= {*range(14, 24), 0, 1, 2, 3}


def test_what_is_older_than_the_retention_is_kept_as_totals(region, filled):
    store = filled
    cutoff = TODAY - timedelta(store.settings().contact_days)
    kept = contact_frame(store, COORDINATOR)
    assert kept["night"].min() >= np.datetime64(cutoff)
    recent = region.records["night"] >= np.datetime64(cutoff)
    assert kept["persons"].sum() == region.records.loc[recent, "persons"].sum()
    assert (
        len(effort_frame(store, COORDINATOR))
        == (region.effort["night"] >= np.datetime64(cutoff)).sum()
    )
    with store.reading(COORDINATOR, Action.READ_CONTACTS) as session:
        counted = session.scalar(select(func.sum(ZoneMonthRow.persons)))
        months = set(session.scalars(select(ZoneMonthRow.month)))
    assert counted == region.records.loc[~recent, "persons"].sum()
    assert len(months) >= 9
    assert set(store.presence(COORDINATOR).columns) >= set(PARTS)
    assert len(retention.state(store, COORDINATOR).months) == len(months)
    assert retention.state(store, COORDINATOR).due == 0


def test_presence_and_hexagons_answer_in_the_demo(region, filled):
    store = filled
    invented = store.presence(COORDINATOR)
    found = fieldwork.estimate(store, COORDINATOR, TONIGHT).frame
    assert found["zone"].nunique() == len(region.zones)
    keys = ["zone", "weekday", "hour"]
    both = found.merge(invented, on=keys)
    often = region.visits.groupby("zone").size()
    both = both[both["zone"].isin(often[often >= 8].index)]
    zones = both.groupby("zone")[["expected_x", "expected_y"]].mean()
    assert zones.corr().iloc[0, 1] > 0.7
    hexagons = fieldwork.hotspots(store, COORDINATOR)
    assert len(hexagons) > 30


def test_some_zones_have_waited_long_and_some_have_never_been_visited(region):
    last = region.last_visits
    assert all(TODAY - timedelta(90) <= night < TODAY for night in last.values())
    assert 10 <= sum(zone.code not in last for zone in region.zones) <= 50
    waited = [
        (TODAY - last[zone.code]).days / zone.revisit_days
        for zone in region.zones
        if zone.code in last
    ]
    assert min(waited) < 0.5
    assert sum(share > 1 for share in waited) >= 3


def test_a_region_made_over_both_clock_changes():
    for today in (date(2026, 4, 20), date(2026, 11, 20)):
        made = generate(grid_network(), municipalities(), today)
        assert made.visits["night"].max() < today
        assert len(made.visits) > 500


def test_each_nights_promises_can_be_kept(network, region):
    for night in nights(TONIGHT, 7):
        found = prepared(region, network, night)
        promised = [visit for visit in found.problem.visits if visit.required]
        assert Counter(visit.kind for visit in promised) == {Kind.APPOINTMENT: 1, Kind.HOTLINE: 1}
        assert len({visit.only for visit in promised}) == 2
        for visit in promised:
            (unit,) = visit.only
            shift = found.problem.shift_by_key[unit, 0]
            travel = found.problem.travel[shift.mode]
            assert shift.mode in visit.modes
            assert not visit.languages or visit.languages & shift.languages
            assert visit.skills <= shift.skills
            (option,) = visit.options
            begin = max(option.opens, shift.opens + travel.seconds[shift.start, visit.place])
            assert begin <= option.closes
            done = begin + option.service + travel.seconds[visit.place, shift.end]
            assert done + (shift.pause.length if shift.pause else 0) <= shift.closes


def test_walking_crews_have_zones_within_a_walk(network, region):
    friday = prepared(region, network, TONIGHT)
    problem = friday.problem
    for shift in (shift for shift in problem.shifts if shift.mode == "foot"):
        here = [
            visit
            for visit in problem.visits
            if visit.kind is Kind.ZONE
            and shift.unit in visit.only
            and "foot" in visit.modes
            and problem.travel["foot"].joins(shift.start, visit.place)
        ]
        assert len(here) >= 4


def test_zones_are_left_out_for_every_kind_of_reason(network, region):
    """Three vans of a Friday: what they cannot do, and more than they can do in their time."""
    problem = prepared(region, network, TONIGHT, "LI1", "PO1", "GR1").problem
    zones = [visit for visit in problem.visits if visit.kind is Kind.ZONE]
    assert len(zones) >= 30
    travel = problem.travel["van"]
    least: Counter[str] = Counter()  # seconds that a unit would need for all it could serve
    reasons: Counter[str] = Counter()
    for visit in zones:
        shifts = [shift for shift in problem.shifts if shift.unit in visit.only]
        speak = [s for s in shifts if not visit.languages or visit.languages & s.languages]
        if not speak:
            reasons["language"] += 1
        elif not any(visit.skills <= s.skills for s in speak):
            reasons["mediator"] += 1
        elif not any(travel.joins(s.start, visit.place) for s in speak):
            reasons["unreachable"] += 1
        elif all(o.opens >= s.closes or o.closes < s.opens for s in speak for o in visit.options):
            reasons["hours"] += 1
        else:
            near = min(travel.seconds[visit.place, v.place] for v in zones if v is not visit)
            for shift in speak:
                least[shift.unit] += near + min(option.service for option in visit.options)
    assert all(reasons[reason] for reason in ("language", "unreachable", "hours"))
    hours = {s.unit: s.closes - s.opens for s in problem.shifts}
    over = [unit for unit in hours if least[unit] > hours[unit]]
    assert len(over) >= 2
    assert UNREACHABLE in travel.seconds


def test_zones_that_no_shift_meets_stand_in_every_province(region):
    outside = Counter(z.province_code for z in region.zones if z.windows == OUTSIDE_SHIFTS)
    mute = Counter(z.province_code for z in region.zones if z.languages == {UNKNOWN_LANGUAGE})
    assert set(outside) == set(mute) == set(ZONES_BY_PROVINCE)


def test_a_network_without_room_is_refused_with_the_province():
    with pytest.raises(InputError) as caught:
        generate(street(), municipalities(), TODAY)
    assert caught.value.code == "demo_network"
    assert caught.value.fields["province"] in ZONES_BY_PROVINCE
