"""Every act of the store is written down, and what was written stays."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from data import audit
from data.access import Action, Role, Scope, Viewer
from data.settings import load
from data.store import Store
from geo.errors import ProssimaError, RefusedError
from geo.night import Night
from tests.data.conftest import owners
from tests.data.samples import UNITS, ZONES

NETWORK = Viewer(Role.NETWORK, account="account 9")
ANNA = Viewer(Role.COORDINATOR, account="account 1")
NIGHT = Night(date(2026, 11, 20))


class Clock:
    def __init__(self):
        self.now = datetime(2026, 11, 20, 17, tzinfo=UTC)

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def store(home, database_url, clock):
    opened = Store.open(load(home=home, database_url=database_url), clock=clock)
    opened.save_zones(ANNA, ZONES)
    opened.save_units(ANNA, UNITS)
    yield opened
    opened.close()


def acts(store, who="account 1"):
    return [(e.action, e.rows) for e in reversed(audit.entries(store, NETWORK)) if e.who == who]


def test_each_act_says_who_what_how_far_how_many_and_when(store, clock):
    store.zones(ANNA)
    store.units(Viewer(Role.COORDINATOR, organisation=UNITS[1].organisation, account="account 2"))
    assert acts(store) == [("zones.write", 3), ("units.write", 2), ("zones.read", 3)]
    (entry,) = [e for e in audit.entries(store, NETWORK) if e.who == "account 2"]
    assert (entry.role, entry.reach, entry.whose) == (
        Role.COORDINATOR,
        Scope.OWN_ORGANISATION,
        UNITS[1].organisation,
    )
    assert (entry.rows, entry.moment) == (1, clock.now)
    assert audit.verify(store, NETWORK).whole


def test_a_reading_is_entered_again_after_a_quarter_of_an_hour_or_when_it_brings_more(store, clock):
    for minutes in (0, 1, 13):
        clock.now += timedelta(minutes=minutes)
        store.zones(ANNA)
    assert acts(store).count(("zones.read", 3)) == 1
    clock.now += timedelta(minutes=2)
    store.zones(ANNA)
    assert acts(store).count(("zones.read", 3)) == 2
    store.visits(ANNA)
    assert len(acts(store)) == 4
    store.save_visits(ANNA, [(z.code, date(2026, 11, day)) for z in ZONES for day in (1, 2, 3)])
    store.visits(ANNA)
    assert acts(store)[-1] == ("zones.read", 9)


def test_what_is_refused_or_fails_leaves_no_entry_and_nothing_else(store):
    before = acts(store)
    with pytest.raises(RefusedError):
        store.zones(Viewer(Role.OPERATOR, unit="FI-1", account="account 1"))
    with pytest.raises(ProssimaError):
        store.save_visits(ANNA, [("999999-01", date(2026, 11, 1))])
    assert acts(store) == before


def test_what_everyone_may_know_is_not_entered(store):
    store.desks(ANNA)
    store.settings()
    store.revision()
    assert len(acts(store)) == 2


def test_no_content_of_a_row_is_in_the_audit(store):
    store.zones(ANNA)
    store.save_visits(ANNA, [("048017-01", date(2026, 11, 1))])
    with store.engine.connect() as connection:
        if store._rights:
            connection.execute(text("SET ROLE prossima_network"))
        rows = connection.execute(text("SELECT who, role, action, reach FROM audit")).all()
    said = " ".join(map(str, rows))
    assert "048017" not in said
    assert "43." not in said


def test_a_reading_that_cannot_be_entered_is_not_given(store, monkeypatch):
    def full(*_, **__):
        raise OSError("disk full")

    monkeypatch.setattr(audit, "append", full)
    with pytest.raises(OSError, match="disk full"):
        store.zones(ANNA)


def test_only_the_network_reads_the_audit(store):
    with pytest.raises(RefusedError):
        audit.entries(store, ANNA)


@owners
def test_a_forged_entry_is_found(store):
    store.zones(ANNA)
    head = audit.verify(store, NETWORK).head
    with pytest.raises(DatabaseError), store.engine.begin() as connection:
        connection.execute(text("UPDATE audit SET who = 'account 5'"))
    assert audit.verify(store, NETWORK, head).whole
    drop = "DROP TRIGGER audit_no_update" + (
        " ON audit" if store.engine.dialect.name == "postgresql" else ""
    )
    with store.engine.execution_options(write=True).begin() as connection:
        connection.execute(text(drop))
        connection.execute(text("UPDATE audit SET who = 'account 5' WHERE number = 2"))
    assert audit.verify(store, NETWORK).broken == 2
    assert Action.READ_AUDIT in {Action(e.action) for e in audit.entries(store, NETWORK)}
