"""What the monitoring gathers: records, totals, changed zones, weather, plans, quarters."""

import re
from datetime import date, datetime

import pandas as pd
import pytest
import shapely
from sqlalchemy import insert

from data import monitoring_public
from data.access import Action, Role, Viewer
from data.contacts import insert_contacts, insert_effort
from data.imports import read_weather
from data.models import (
    ContactEntryRow,
    EffortMonthRow,
    PlaceZoneMonthRow,
    PlannedVisitRow,
    VisitRow,
    ZoneTieRow,
)
from data.monitoring import monitored
from data.monitoring_public import public_report
from data.monitoring_report import internal_report, last_quarter
from data.releases import publish
from data.roads import load_network
from data.settings import load
from data.store import Store
from data.texts import Texts
from data.weather import bad_nights, import_weather
from geo.contacts import ANY_OF, COLUMNS, COUNTS, validate_contacts
from geo.effort import effort_of_visits
from geo.errors import InputError, MissingError, RefusedError
from geo.night import HOUR, Night
from geo.quarter import Quarter, months_until
from geo.zones import PlaceType, PresenceWindow, Zone

NOW = datetime.fromisoformat("2026-02-10T12:00:00+01:00")
COORDINATOR = Viewer(Role.COORDINATOR)
LINE = shapely.LineString([(11.19, 43.77), (11.20, 43.775)])
A, B, C = "048017-01", "048017-02", "048017-03"


def zone(code, north=0.0):
    line = shapely.affinity.translate(LINE, yoff=north)
    window = (PresenceWindow("21:00", "02:00"),)
    return Zone(code, code[:6], PlaceType.VIALE, line, window, synthetic=True)


@pytest.fixture(scope="module")
def roads(tmp_path_factory):
    return load_network(tmp_path_factory.mktemp("roads"))


@pytest.fixture
def store(home):
    """Three zones; two years of totals of the first two, and two nights of records."""
    opened = Store.open(load(home=home), clock=lambda: NOW)
    opened.save_zones(COORDINATOR, [zone(A), zone(B, 0.01), zone(C, 0.02)])
    with opened.writing(COORDINATOR, Action.WRITE_CONTACTS) as session:
        for month in months_until(date(2025, 9, 1), 20):
            for code in (A, B):
                session.add(EffortMonthRow(zone=code, month=month, hours=4.0))
                session.add(PlaceZoneMonthRow(zone=code, month=month, contacts=20))
        session.add(
            ContactEntryRow(
                id=1, organisation="x", unit="U", night=date(2025, 10, 25), closed=False
            )
        )
        session.flush()
        # The night on which the clocks go back: from 01:30 to the second 02:30 are two hours.
        night = Night(date(2025, 10, 25))
        visits = pd.DataFrame(
            {
                "night": [pd.Timestamp(night.date)],
                "zone": [A],
                "opens": [int(13.5 * HOUR)],
                "closes": [int(15.5 * HOUR)],
            }
        )
        insert_effort(session, effort_of_visits(visits).assign(entry=1))
        insert_contacts(session, contacts(night.date, A, 7, hour=2).assign(entry=1))
        # A record of a minor is never charted, and one where nobody counted the hours is left out.
        insert_contacts(
            session, contacts(night.date, A, 5, age_class="apparente_minore").assign(entry=1)
        )
        insert_contacts(session, contacts(night.date, B, 3).assign(entry=1))
        session.execute(insert(VisitRow), [{"zone": A, "night": night.date}])
    yield opened
    opened.close()


def contacts(night, code, persons, **said):
    row = dict.fromkeys((*COUNTS, *(f"{f}_{c}" for f, cs in ANY_OF.items() for c in cs)), 0)
    row |= {
        "night": pd.Timestamp(night), "hour": 23, "zone": code, "organisation": "x",
        "outing": "contatto", "kind": "contattata", "gender": "nr", "macro_area": "nr",
        "age_class": "nr", "known": "nuovo", "place_type": None, "persons": persons,
    }  # fmt: skip
    return validate_contacts(pd.DataFrame([row | said], columns=list(COLUMNS)))


def test_records_and_totals_make_one_cube(store, roads):
    found = monitored(store, COORDINATOR, roads)
    cube = found.cube
    assert cube.zones == (A, B, C)
    assert (cube.months[0], cube.months[-1]) == (date(2024, 2, 1), date(2026, 1, 1))
    october = cube.months.index(date(2025, 10, 1))
    assert cube.persons[0].tolist() == [20] * 20 + [7, 0, 0, 0]
    assert cube.hours[0, october] == pytest.approx(2.0)
    assert cube.hours[1, october] == 0
    assert not cube.looked[2].any()
    assert found.left_out == 3
    assert found.known["new"].sum() == 15  # told of persons met, minors among them, of no place
    assert found.focus["unseen"].iloc[0] == pytest.approx(1 / 3)
    assert not found.weather.known


def test_split_and_merged_zones_are_one_row(store, roads):
    with store.writing(COORDINATOR, Action.WRITE_ZONES) as session:
        session.add(ZoneTieRow(zone=C, other=A, day=date(2025, 12, 1)))
        session.add(ZoneTieRow(zone=B, other="048017-09", day=date(2020, 1, 1)))
        session.add(PlaceZoneMonthRow(zone="048017-09", month=date(2024, 3, 1), contacts=99))
    cube = monitored(store, COORDINATOR, roads).cube
    assert cube.zones == (A, B)
    assert cube.together == {A: (A, C)}
    assert cube.persons[1, 1] == 20


def test_an_earlier_month_is_looked_at_from_there_and_the_present_one_is_not(store, roads):
    found = monitored(store, COORDINATOR, roads, last=date(2025, 6, 1), count=6)
    assert found.cube.months == months_until(date(2025, 6, 1), 6)
    assert found.refused.code == "monitoring_months"
    assert found.moves == ()
    with pytest.raises(RefusedError) as refused:
        monitored(store, COORDINATOR, roads, last=date(2026, 2, 1))
    assert refused.value.code == "monitoring_month_open"
    with pytest.raises(InputError) as nothing:
        monitored(store, COORDINATOR, roads, last=date(2020, 6, 1))
    assert nothing.value.code == "monitoring_effort"


def test_weather_comes_from_a_file_whole_or_not_at_all(store, tmp_path):
    file = tmp_path / "weather.csv"
    file.write_text("night;province;weather\n2025-10-25;048;rain\n2025-10-26;048;clear\n")
    assert import_weather(store, COORDINATOR, read_weather(file)) == 2
    with store.reading(COORDINATOR, Action.READ_CONTACTS) as session:
        assert bad_nights(session, date(2025, 10, 26)) == {(date(2025, 10, 26), "048"): False}
    for row, code in (
        ("2025-10-25;048;sunny", "cell_unreadable"),
        ("25/10/2025;048;rain", "cell_unreadable"),
        ("2025-10-25;048+047;rain", "cell_unreadable"),
    ):
        file.write_text(f"night;province;weather\n{row}\n")
        with pytest.raises(InputError) as refused:
            read_weather(file)
        assert refused.value.code == code
    file.write_text("night;province;weather\n2027-01-01;048;rain\n")
    with pytest.raises(InputError) as refused:
        import_weather(store, COORDINATOR, read_weather(file))
    assert refused.value.code == "weather_future"


def test_what_was_planned_to_explore_and_what_was_driven(store, roads):
    night = date(2025, 10, 25)
    with store.writing(COORDINATOR, Action.PUBLISH_PLANS) as session:
        for code, minutes, thin in ((A, 20, True), (B, 40, False), (C, 30, True)):
            session.add(
                PlannedVisitRow(night=night, unit="U", zone=code, minutes=minutes, thin=thin)
            )
    row = monitored(store, COORDINATOR, roads).explored.iloc[0]
    assert (row["planned"], row["exploring"], row["made"]) == (90, 50, 20)


@pytest.mark.parametrize("text", ["2026-Q5", "Q3", "2026-3", "tre", "0026-Q1x"])
def test_what_is_no_quarter(text):
    with pytest.raises(InputError) as refused:
        Quarter.parse(text)
    assert refused.value.code == "quarter_unreadable"


def test_quarters_follow_each_other():
    assert Quarter.parse("2026-t1") == Quarter(2026, 1)
    assert str(Quarter(2025, 4) + 1) == "2026-Q1"
    assert (Quarter(2026, 1) + -1).months == (
        date(2025, 10, 1),
        date(2025, 11, 1),
        date(2025, 12, 1),
    )
    assert Quarter(2025, 4).end == date(2026, 1, 1)
    assert Quarter.of(date(2026, 12, 31)) == Quarter(2026, 4)


def test_a_report_is_of_a_quarter_that_is_over_and_known(store, roads):
    t = Texts("it")
    assert last_quarter(store) == Quarter(2025, 4)
    for quarter, error, code in (
        (Quarter(2026, 1), RefusedError, "quarter_open"),
        (Quarter(2023, 4), InputError, "monitoring_effort"),
    ):
        with pytest.raises(error) as refused:
            internal_report(store, COORDINATOR, roads, quarter, t)
        assert refused.value.code == code
    with pytest.raises(MissingError) as missing:
        public_report(store, COORDINATOR, Quarter(2025, 4), t)
    assert missing.value.code == "quarter_unpublished"


def test_the_report_is_tagged_and_says_it_is_internal(store, roads):
    t = Texts("it")
    made = internal_report(store, COORDINATOR, roads, Quarter(2025, 3), t)
    assert made == internal_report(store, COORDINATOR, roads, Quarter(2025, 3), t)
    assert b"/MarkInfo" in made
    assert b"/Lang" in made
    assert not re.search(rb"/(Author|CreationDate)", made)


def test_the_public_report_holds_no_zone(store, roads, monkeypatch):
    """What goes into the document is figures of the region: no zone, no municipality."""
    with store.writing(COORDINATOR, Action.WRITE_CONTACTS) as session:
        many = pd.concat([contacts(date(2026, 1, 10), z, 30) for z in (A, B, C)])
        many = validate_contacts(many[list(COLUMNS)])
        insert_contacts(session, many.assign(entry=1))
    publish(store, COORDINATOR, date(2026, 1, 1))
    later = Store.open(
        load(home=store.settings().home),
        lambda: datetime.fromisoformat("2026-04-02T12:00:00+02:00"),
    )
    given = {}
    real = monitoring_public.pdf
    monkeypatch.setattr(
        monitoring_public,
        "pdf",
        lambda name, data, images: given.update(data) or real(name, data, images),
    )
    made = public_report(later, COORDINATOR, Quarter(2026, 1), Texts("it"))
    later.close()
    assert made.startswith(b"%PDF")
    assert not re.search(r"\d{6}-\d{2}|Firenze", str(given))
    assert "90" in str(given["figures"])
