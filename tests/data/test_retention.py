"""Records expire into monthly totals, and no byte of them is left in the files."""

import sqlite3
from datetime import UTC, date, datetime, timedelta

import pandas as pd
import pytest
from sqlalchemy import make_url, select, text

from data import retention
from data.access import Role, Viewer
from data.contact_import import contact_frame, effort_frame, import_contacts
from data.models import EffortMonthRow, RegionMonthRow, ZoneMonthRow
from data.rights import APPLICATION
from data.settings import load
from data.store import Store
from geo.errors import ConflictError, RefusedError
from tests.data.conftest import owners
from tests.data.contact_samples import ORGANISATION, Search, table
from tests.data.samples import UNITS, ZONES

COORDINATOR = Viewer(Role.COORDINATOR)
NOW = datetime(2026, 11, 23, 17, tzinfo=UTC)
HEAD = "notte;ora;unita;zona;tipo;persone;genere;arrivo;partenza;profilattici;richieste"


class Clock:
    """A clock that the test sets."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def pass_days(self, days: int) -> None:
        self.now += timedelta(days)


@pytest.fixture
def clock():
    return Clock()


def open_store(home, clock, database_url=None):
    store = Store.open(load(home=home, database_url=database_url), clock=clock)
    store.save_zones(COORDINATOR, ZONES)
    store.save_units(COORDINATOR, UNITS)
    return store


@pytest.fixture
def store(home, clock, database_url):
    opened = open_store(home, clock, database_url)
    yield opened
    opened.close()


@pytest.fixture
def plain(home, clock):
    opened = open_store(home, clock)
    yield opened
    opened.close()


def row(night, zone="048017-01", kind="contattata", persons=2, gender="donna", unit="FI-1"):
    return f"{night};23:10;{unit};{zone};{kind};{persons};{gender};23:00;23:30;3;ascolto"


def take(store, *rows):
    return import_contacts(store, COORDINATOR, table("\n".join([HEAD, *rows])), ORGANISATION)


def totals(store, kind):
    with store.reading() as session:
        found = session.scalars(select(kind)).all()
    names = [column.name for column in kind.__table__.columns]
    return sorted(tuple(getattr(each, name) for name in names) for each in found)


ROWS = (
    row("2026-11-01"), row("2026-11-01", persons=1, gender="trans"),
    row("2026-10-31", kind="gruppo", persons=5), row("2026-10-30", zone="048017-02", persons=4),
)  # fmt: skip


@owners
def test_what_has_expired_becomes_totals(store, clock):
    take(store, *ROWS)
    assert retention.run(store, COORDINATOR).records == 0
    clock.pass_days(68)
    assert retention.run(store, COORDINATOR).records == 2
    assert contact_frame(store, COORDINATOR)["night"].nunique() == 1
    assert totals(store, ZoneMonthRow) == [
        ("048017-01", date(2026, 10, 1), "gruppo", 1, 5),
        ("048017-02", date(2026, 10, 1), "contattata", 1, 4),
    ]
    clock.pass_days(1)
    retention.run(store, COORDINATOR)
    assert contact_frame(store, COORDINATOR).empty
    assert effort_frame(store, COORDINATOR).empty
    assert ("048017-01", date(2026, 11, 1), "contattata", 2, 3) in totals(store, ZoneMonthRow)
    assert totals(store, EffortMonthRow)[-1] == ("048017-02", date(2026, 10, 1), 0.5)
    region = {row[:3]: row[3:] for row in totals(store, RegionMonthRow)}
    assert region[date(2026, 11, 1), "gender", "trans"] == (1, 1)
    assert region[date(2026, 10, 1), "requests", "ascolto"] == (2, 9)
    assert region[date(2026, 10, 1), "materials", "profilattici"] == (2, 6)
    assert store.last_visits(COORDINATOR)["048017-02"] == date(2026, 10, 30)


@owners
def test_totals_are_the_same_however_the_records_came(store, clock):
    """In one file or in three, before or after they expired: no person counts twice."""
    take(store, *ROWS)
    take(store, *ROWS)
    clock.pass_days(200)
    retention.run(store, COORDINATOR)
    once = totals(store, ZoneMonthRow), totals(store, RegionMonthRow)
    report = take(store, *ROWS)
    assert (report.closed, report.records) == (3, 0)
    take(store, ROWS[0].replace(";2;", ";90;"))
    retention.run(store, COORDINATOR)
    assert (totals(store, ZoneMonthRow), totals(store, RegionMonthRow)) == once


@owners
def test_a_file_that_has_expired_already_is_only_counted(store, clock):
    clock.pass_days(200)
    report = take(store, *ROWS)
    assert (report.expired, report.new) == (3, 0)
    assert contact_frame(store, COORDINATOR).empty
    assert sum(persons for *_key, persons in totals(store, ZoneMonthRow)) == 12
    assert take(store, *ROWS).closed == 3
    assert sum(persons for *_key, persons in totals(store, ZoneMonthRow)) == 12


@owners
def test_totals_of_a_month_add_up(store, clock):
    take(store, row("2026-11-01", persons=2), row("2026-11-02", persons=3))
    clock.pass_days(82)
    for _ in range(4):
        clock.pass_days(2)
        retention.run(store, COORDINATOR)
    assert totals(store, ZoneMonthRow) == [
        ("048017-01", date(2026, 11, 1), "contattata", 2, 5),
    ]


@owners
def test_an_import_turns_what_has_expired_into_totals_too(store, clock):
    take(store, *ROWS)
    clock.pass_days(100)
    take(store, row("2027-02-20"))
    assert contact_frame(store, COORDINATOR)["night"].tolist() == [pd.Timestamp("2027-02-20")]
    assert len(totals(store, ZoneMonthRow)) == 3


def test_the_days_are_a_setting(store, clock):
    store.save_setting(COORDINATOR, "contact_days", "20")
    take(store, *ROWS)
    assert contact_frame(store, COORDINATOR).empty


@owners
def test_the_state_says_what_is_kept_and_due(store, clock):
    state = retention.state(store, COORDINATOR)
    assert (state.records, state.last_run, state.oldest, state.months) == (0, None, None, ())
    take(store, *ROWS)
    clock.pass_days(68)
    state = retention.state(store, COORDINATOR)
    assert (state.records, state.due, state.days) == (4, 2, 90)
    assert (state.oldest, state.cutoff) == (date(2026, 10, 30), date(2026, 11, 1))
    retention.run(store, COORDINATOR)
    state = retention.state(store, COORDINATOR)
    assert (state.records, state.due, state.months) == (2, 0, (date(2026, 10, 1),))
    assert (state.last_run, state.scrub_due) == (clock.now, False)


def test_who_may_run_it(plain):
    network = Viewer(Role.NETWORK)
    retention.run(plain, network)
    retention.state(plain, network)
    for role in (Role.OPERATOR, Role.MUNICIPALITY):
        with pytest.raises(RefusedError):
            retention.run(plain, Viewer(role))
        with pytest.raises(RefusedError):
            retention.state(plain, Viewer(role))


# No byte is left


CANARY = "operatrice-canarina"
"""Stands in a record's row: no column of a file could bring it, so it is put in by hand."""


def plant(store, night: date, count=400):
    """Records whose bytes can be told from all others, among others that stay."""
    with store.writing(COORDINATOR, retention.Action.WRITE_CONTACTS) as session:
        for number in range(count):
            session.execute(
                text(
                    "INSERT INTO contacts (night, zone, kind, count, requests) "
                    "VALUES (:night, '048017-01', 'contattata', 1, :canary)"
                ),
                {"night": night.isoformat(), "canary": f"{CANARY}-{number}"},
            )


def files(home, caplog):
    return Search([home], caplog)


def test_the_canary_would_be_found(plain, home, caplog):
    plant(plain, date(2026, 8, 1))
    assert files(home, caplog).hits(CANARY)


def test_no_byte_of_an_expired_record_is_left(plain, home, caplog, tmp_path, monkeypatch):
    monkeypatch.setenv("SQLITE_TMPDIR", str(tmp_path))
    take(plain, *ROWS)
    plant(plain, date(2026, 8, 1))
    assert retention.run(plain, COORDINATOR).records == 400
    assert files(home, caplog).hits(CANARY) == []
    assert (home / "prossima.db-wal").stat().st_size < 20_000
    assert len(contact_frame(plain, COORDINATOR)) == 4
    plain.close()
    assert files(home, caplog).hits(CANARY) == []


def test_no_byte_of_a_replaced_record_is_left(plain, home, caplog):
    take(plain, row("2026-11-01", kind="non_avvicinabile"))
    assert files(home, caplog).hits("non_avvicinabile")
    take(plain, row("2026-11-01", kind="contattata"))
    assert files(home, caplog).hits("non_avvicinabile") == []


def test_a_reader_makes_the_scrub_wait_and_another_run_does_it(plain, home, caplog, monkeypatch):
    plant(plain, date(2026, 8, 1))
    monkeypatch.setattr("data.database.PRAGMAS", ("busy_timeout=50", "secure_delete=ON"))
    plain.engine.dispose()
    reader = sqlite3.connect(home / "prossima.db")
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM contacts").fetchall()
    with pytest.raises(ConflictError) as waits:
        retention.run(plain, COORDINATOR)
    assert waits.value.code == "retention_waits"
    assert retention.state(plain, COORDINATOR).scrub_due
    assert contact_frame(plain, COORDINATOR).empty
    reader.close()
    retention.run(plain, COORDINATOR)
    assert not retention.state(plain, COORDINATOR).scrub_due
    assert files(home, caplog).hits(CANARY) == []


def test_only_the_owner_of_the_tables_wipes_the_files_of_postgresql(home, clock, owned_url):
    app = make_url(owned_url).set(username=APPLICATION).render_as_string(hide_password=False)
    program = open_store(home, clock, app)
    take(program, row("2026-11-20"))
    clock.pass_days(120)
    with pytest.raises(ConflictError) as told:
        retention.run(program, COORDINATOR)
    assert told.value.code == "retention_owner"
    assert retention.state(program, COORDINATOR).scrub_due
    owner = Store.open(load(home=home, database_url=owned_url), clock=clock)
    retention.run(owner, COORDINATOR)
    assert not retention.state(program, COORDINATOR).scrub_due
    for opened in (program, owner):
        opened.close()
