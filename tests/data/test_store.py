"""What the store promises, on SQLite, SQLCipher and PostgreSQL alike."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime

import pandas as pd
import pytest
from sqlalchemy import text

from data.access import Role, Viewer
from data.settings import load
from data.store import Store
from geo.desks import Desk
from geo.errors import ConflictError, InputError, MissingError, ProssimaError, RefusedError
from geo.night import Night
from routing.problem import Kind
from routing.promises import Promise
from routing.units import Crew, Member, outing
from routing.units import Role as CrewRole
from tests.data.conftest import owners
from tests.data.samples import FLORENCE, UNITS, ZONES

COORDINATOR = Viewer(Role.COORDINATOR)
NIGHT = Night(date(2026, 11, 20))
NOW = datetime(2026, 11, 20, 17, tzinfo=UTC)


@pytest.fixture
def store(home, database_url):
    opened = Store.open(load(home=home, database_url=database_url), clock=lambda: NOW)
    yield opened
    opened.close()


@pytest.fixture
def filled(store):
    store.save_zones(COORDINATOR, ZONES)
    store.save_units(COORDINATOR, UNITS)
    return store


def code(call, *given, **named) -> str:
    with pytest.raises(ProssimaError) as refused:
        call(*given, **named)
    return refused.value.code


def presence(zone="048017-01"):
    return pd.DataFrame(
        {"zone": zone, "weekday": [0, 4], "hour": [23, 0], "expected": [2.5, 0.125],
         "low": [1.0, 0.0], "high": [4.25, 1.0]}
    )  # fmt: skip


def contacts(*rows):
    return pd.DataFrame(rows, columns=["night", "zone", "kind", "count"])


def test_zones_and_units_come_back_as_they_went(filled):
    assert filled.zones(COORDINATOR) == ZONES
    assert filled.units(COORDINATOR) == UNITS
    assert not filled.empty()
    assert not filled.synthetic()


def test_saving_again_changes_and_keeps_the_others(filled):
    changed = replace(ZONES[1], discreet=False, languages=frozenset())
    filled.save_zones(COORDINATOR, [changed])
    assert filled.zones(COORDINATOR) == (ZONES[0], changed, ZONES[2])
    filled.save_zones(COORDINATOR, [changed], replace=True)
    assert filled.zones(COORDINATOR) == (changed,)


def test_every_write_and_only_a_write_makes_the_revision_larger(store):
    before = store.revision()
    store.save_zones(COORDINATOR, ZONES)
    after = store.revision()
    assert after > before
    store.zones(COORDINATOR)
    assert store.revision() == after


def test_presence_replaces_what_was_known(filled):
    filled.save_presence(COORDINATOR, presence())
    filled.save_presence(COORDINATOR, presence("048017-02"))
    pd.testing.assert_frame_equal(filled.presence(COORDINATOR), presence("048017-02"))


def test_what_names_an_unknown_zone_changes_nothing(filled):
    filled.save_presence(COORDINATOR, presence())
    revision = filled.revision()
    assert code(filled.save_presence, COORDINATOR, presence("048017-99")) == "zone_unknown"
    rows = contacts((date(2026, 11, 1), "048017-99", "contattata", 2))
    assert code(filled.save_contacts, COORDINATOR, rows) == "zone_unknown"
    pd.testing.assert_frame_equal(filled.presence(COORDINATOR), presence())
    assert filled.contacts(COORDINATOR).empty
    assert filled.revision() == revision


def test_contacts_and_visits_settle_the_last_visit(filled):
    rows = contacts(
        (date(2026, 11, 5), "048017-01", "contattata", 2),
        (date(2026, 11, 1), "048017-01", "osservata", 1),
    )
    filled.save_contacts(COORDINATOR, rows)
    filled.save_visits(COORDINATOR, [("048017-02", date(2026, 11, 3))])
    filled.save_visits(COORDINATOR, [("048017-02", date(2026, 11, 3))])
    assert filled.last_visits(COORDINATOR) == {
        "048017-01": date(2026, 11, 5),
        "048017-02": date(2026, 11, 3),
    }
    kept = filled.contacts(COORDINATOR)
    assert kept["night"].tolist() == [date(2026, 11, 1), date(2026, 11, 5)]
    assert kept["count"].sum() == 3


def test_a_zone_that_goes_takes_what_hangs_on_it(filled):
    filled.save_presence(COORDINATOR, presence())
    filled.save_visits(COORDINATOR, [("048017-01", date(2026, 11, 3))])
    filled.save_zones(COORDINATOR, ZONES[1:], replace=True)
    assert filled.presence(COORDINATOR).empty
    assert filled.last_visits(COORDINATOR) == {}


def test_an_outing_that_differs_is_kept_with_its_crew(filled):
    crew = Crew((Member(CrewRole.OPERATOR), Member(CrewRole.HEALTH, frozenset({"es"}))))
    usual = outing(UNITS[0], NIGHT)
    tonight = replace(usual, unit=replace(UNITS[0], crew=crew), closes=usual.closes - 3600)
    filled.save_outing(COORDINATOR, tonight)
    assert filled.outings(COORDINATOR, NIGHT) == (tonight,)
    assert filled.outings(COORDINATOR, NIGHT + 1) == ()
    foreign = replace(tonight, unit=replace(UNITS[0], code="XX"))
    assert code(filled.save_outing, COORDINATOR, foreign) == "unit_unknown"


def test_promises_are_kept_by_night(filled):
    there = Promise("A-1", NIGHT.date, Kind.APPOINTMENT, "22:00", "22:30", 15, zone="048017-01")
    here = Promise(
        "N-1", NIGHT.date, Kind.HOTLINE, "21:00", "23:00", 20, place=FLORENCE, unit="FI-1",
        languages=frozenset({"en"}), mediator=True,
    )  # fmt: skip
    for promise in (there, here):
        filled.save_promise(COORDINATOR, promise)
    assert filled.promises(COORDINATOR, NIGHT) == (there, here)
    assert filled.promises(COORDINATOR, NIGHT + 1) == ()
    filled.remove_promise(COORDINATOR, "A-1")
    assert filled.promises(COORDINATOR, NIGHT) == (here,)
    assert code(filled.remove_promise, COORDINATOR, "A-1") == "promise_missing"
    lost = replace(there, zone="048017-99")
    assert code(filled.save_promise, COORDINATOR, lost) == "zone_unknown"


def test_desks_come_back_as_they_went(store):
    desk = Desk("S1", "Sportello", "048017", 11.2, 43.7, "Mo 09:00-13:00", frozenset({"it", "en"}))
    store.save_desks(COORDINATOR, [desk])
    assert store.desks(Viewer(Role.MUNICIPALITY, municipality="048017")) == (desk,)


def test_synthetic_and_real_never_mix(store):
    store.save_zones(COORDINATOR, [replace(ZONES[0], synthetic=True)])
    assert store.synthetic()
    assert code(store.save_units, COORDINATOR, UNITS) == "synthetic_mixed"
    assert code(store.save_zones, COORDINATOR, ZONES[1:]) == "synthetic_mixed"
    assert store.units(COORDINATOR) == ()


def test_a_setting_changes_for_everyone_and_is_checked_first(store, monkeypatch):
    store.save_setting(COORDINATOR, "planner_seconds", "2.5")
    assert store.settings().planner_seconds == 2.5
    assert code(store.save_setting, COORDINATOR, "planner_seconds", "soon") == "setting_wrong"
    assert code(store.save_setting, COORDINATOR, "home", "/tmp") == "setting_unknown"
    monkeypatch.setenv("PROSSIMA_PLANNER_SECONDS", "7")
    assert store.settings().planner_seconds != 2.5


def test_a_second_opening_finds_everything(filled, home, database_url):
    again = Store.open(load(home=home, database_url=database_url))
    assert again.zones(COORDINATOR) == ZONES
    assert again.revision() == filled.revision()
    again.close()


def test_many_writers_take_turns(filled, home, database_url):
    nights = [Night(date(2026, 1, 1)) + n for n in range(40)]
    before = filled.revision()

    def write(chunk):
        own = Store.open(load(home=home, database_url=database_url))
        for night in chunk:
            own.save_visits(COORDINATOR, [("048017-01", night.date)])
        own.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, [nights[start::4] for start in range(4)]))
    assert filled.revision() == before + 40
    assert filled.last_visits(COORDINATOR)["048017-01"] == nights[-1].date


@owners
def test_opening_at_the_same_time_migrates_once(home, database_url):
    settings = load(home=home, database_url=database_url)
    with ThreadPoolExecutor(6) as pool:
        stores = list(pool.map(lambda _: Store.open(settings), range(6)))
    assert {store.revision() for store in stores} == {0}
    for store in stores:
        store.close()


@owners
def test_a_database_of_a_later_version_is_left_alone(store, home, database_url):
    with store._engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    settings = load(home=home, database_url=database_url)
    assert code(Store.open, settings) == "database_newer"


def test_a_file_that_is_no_database_is_refused_and_left(home):
    home.mkdir()
    (home / "prossima.db").write_bytes(b"not a database at all" * 100)
    assert code(Store.open, load(home=home)) == "database_broken"
    assert (home / "prossima.db").read_bytes().startswith(b"not a database")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("postgresql://nobody@127.0.0.1:9/none", "database_unreachable"),
        ("nonsense", "database_url"),
        ("nosuch://host/x", "database_url"),
    ],
)
def test_a_database_that_cannot_be_opened_is_refused(home, url, expected):
    assert code(Store.open, load(home=home, database_url=url)) == expected


def test_sqlite_is_told_what_it_must_be_told(home):
    store = Store.open(load(home=home))
    with store._engine.connect() as connection:
        asked = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "foreign_keys", "secure_delete")
        }
    assert asked == {"journal_mode": "wal", "foreign_keys": 1, "secure_delete": 1}
    store.close()


def test_a_writer_that_never_ends_is_told_of(home, monkeypatch):
    monkeypatch.setattr("data.database.PRAGMAS", ("busy_timeout=50", "journal_mode=WAL"))
    store = Store.open(load(home=home))
    other = sqlite3.connect(home / "prossima.db")
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(ConflictError) as refused:
        store.save_zones(COORDINATOR, ZONES)
    assert refused.value.code == "database_busy"
    other.close()
    store.close()


@pytest.mark.parametrize(
    "viewer",
    [
        Viewer(Role.OPERATOR, unit="FI-1"),
        Viewer(Role.MUNICIPALITY, municipality="048017"),
        Viewer(Role.NETWORK),
    ],
    ids=lambda viewer: viewer.role.value,
)
def test_only_the_coordinator_sees_zones_units_contacts_and_plans(filled, viewer):
    reads = [
        (filled.zones,), (filled.presence,), (filled.units,), (filled.contacts,),
        (filled.last_visits,), (filled.plans, NIGHT), (filled.promises, NIGHT),
        (filled.outings, NIGHT), (filled.published, NIGHT),
    ]  # fmt: skip
    writes = [
        (filled.save_zones, ZONES), (filled.save_units, UNITS),
        (filled.save_presence, presence()), (filled.save_visits, []),
        (filled.save_outing, outing(UNITS[0], NIGHT)), (filled.save_desks, []),
        (filled.remove_promise, "A-1"),
    ]  # fmt: skip
    revision = filled.revision()
    for call, *given in reads + writes:
        with pytest.raises(RefusedError) as refused:
            call(viewer, *given)
        assert refused.value.code == "not_allowed"
    assert filled.revision() == revision


def test_a_missing_itinerary_is_said_to_be_missing(filled):
    with pytest.raises(MissingError):
        filled.published_itinerary(COORDINATOR, NIGHT, "FI-1")


def test_home_is_for_its_owner_only(home):
    Store.open(load(home=home)).close()
    assert home.stat().st_mode & 0o077 == 0


def test_a_wrong_environment_is_refused_in_words(monkeypatch):
    monkeypatch.setenv("PROSSIMA_PORT", "many")
    with pytest.raises(InputError) as refused:
        load()
    assert refused.value.fields["setting"] == "PROSSIMA_PORT"
