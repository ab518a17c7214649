"""Who sees whose: through the store on every engine, and by hand with psql as each role."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import replace
from datetime import UTC, date, datetime

import pandas as pd
import pytest
from sqlalchemy import create_engine, make_url, text

import data.models as models
from data import audit
from data.access import Role, Viewer
from data.models import (
    Base,
    ContactEntryRow,
    ContactRow,
    EffortMonthRow,
    NightWeatherRow,
    PlannedVisitRow,
    ZoneTieRow,
)
from data.rights import APPLICATION, FACTS, TABLES, apply, login, owned, unprotected
from data.settings import load
from data.store import Store
from data.views import create
from geo.errors import ConflictError, MissingError, ProssimaError, RefusedError
from geo.night import Night
from routing.promises import Kind, Promise
from routing.units import outing
from tests.data.samples import FLORENCE, UNITS, ZONES

NOW = datetime(2026, 11, 20, 17, tzinfo=UTC)
NIGHT = Night(date(2026, 11, 20))
WHOLE = Viewer(Role.COORDINATOR)
FI, SI = (Viewer(Role.COORDINATOR, organisation=unit.organisation) for unit in UNITS)
"""Coordinators of the two organisations: of Florence (two zones) and of Siena (one)."""


def filled(home, url):
    """Two organisations with all that hangs on them."""
    store = Store.open(load(home=home, database_url=url), clock=lambda: NOW)
    store.save_zones(WHOLE, ZONES)
    store.save_units(WHOLE, UNITS)
    codes = [zone.code for zone in ZONES]
    store.save_presence(
        WHOLE,
        pd.DataFrame(
            {"zone": codes, "weekday": 0, "hour": 22, "expected": 2.0, "low": 1.0, "high": 3.0}
        ),
    )
    store.save_visits(WHOLE, [(code, date(2026, 11, 3)) for code in codes])
    for unit, zone in ((UNITS[0], codes[0]), (UNITS[1], codes[2])):
        store.save_outing(WHOLE, outing(unit, NIGHT))
        at = ("22:00", "22:30", 15)
        store.save_promise(
            WHOLE, Promise(f"A-{unit.code}", NIGHT.date, Kind.APPOINTMENT, *at, zone=zone)
        )
    with store.writing(WHOLE, audit.Action.WRITE_CONTACTS) as session:
        for number, (unit, zone) in enumerate(((UNITS[0], codes[0]), (UNITS[1], codes[2])), 1):
            session.add(
                ContactEntryRow(
                    id=number, organisation="x", unit=unit.code, night=NIGHT.date, closed=False
                )
            )
            session.flush()
            session.add(
                ContactRow(
                    entry=number, night=NIGHT.date, zone=zone, kind="contattata", count=number
                )
            )
            session.add(
                PlannedVisitRow(night=NIGHT.date, unit=unit.code, zone=zone, minutes=20, thin=False)
            )
            session.add(ZoneTieRow(zone=zone, other=f"{zone[:6]}-99", day=NIGHT.date))
            session.add(EffortMonthRow(zone=zone, month=date(2026, 10, 1), hours=3.0))
        session.add(NightWeatherRow(night=NIGHT.date, province="048", weather="pioggia"))
    return store


@pytest.fixture
def store(home, database_url):
    opened = filled(home, database_url)
    yield opened
    opened.close()


def test_an_organisation_sees_its_own_and_nothing_else(store):
    assert store.zones(FI) == ZONES[:2]
    assert store.zones(SI) == ZONES[2:]
    assert store.units(SI) == UNITS[1:]
    assert set(store.presence(FI)["zone"]) == {"048017-01", "048017-02"}
    assert set(store.visits(SI)["zone"]) == {"052015-01"}
    assert store.contacts(FI)["count"].tolist() == [1]
    assert [one.unit.code for one in store.outings(SI, NIGHT)] == ["SI-1"]
    assert [one.key for one in store.promises(FI, NIGHT)] == ["A-FI-1"]
    assert len(store.zones(WHOLE)) == 3
    assert len(store.contacts(WHOLE)) == 2


def test_what_is_another_s_cannot_be_written(store):
    before = store.revision(), store.units(WHOLE), store.promises(WHOLE, NIGHT)
    foreign = replace(UNITS[1], name="Taken over")
    visit = [("052015-01", date(2026, 11, 4))]
    there = Promise("B", NIGHT.date, Kind.APPOINTMENT, "22:00", "22:30", 15, zone="052015-01")
    nowhere = Promise("C", NIGHT.date, Kind.HOTLINE, "22:00", "22:30", 15, place=FLORENCE)
    refused = [
        (store.save_units, [foreign]),
        (store.save_units, [replace(UNITS[0], organisation=UNITS[1].organisation)]),
        (store.save_outing, outing(UNITS[1], NIGHT)),
        (store.save_visits, visit),
        (store.save_promise, there),
        (store.save_promise, replace(there, key="A-SI-1", zone="048017-01")),
        (store.save_promise, nowhere),
        (store.remove_promise, "A-SI-1"),
        (store.save_zones, ZONES),
        (store.save_setting, "planner_seconds", "1"),
    ]
    for call, *given in refused:
        with pytest.raises((RefusedError, MissingError, ConflictError)):
            call(FI, *given)
    assert (store.revision(), store.units(WHOLE), store.promises(WHOLE, NIGHT)) == before


def test_replacing_all_units_leaves_those_of_others(store):
    store.save_units(FI, [replace(UNITS[0], name="New")], replace=True)
    assert [unit.name for unit in store.units(WHOLE)] == ["New", UNITS[1].name]


def test_an_organisation_without_units_sees_nothing_and_cannot_begin_anew(store):
    stranger = Viewer(Role.COORDINATOR, organisation="Nobody' OR '1'='1")
    assert store.zones(stranger) == store.units(stranger) == ()
    unit = replace(UNITS[0], code="X-1", organisation="Nobody' OR '1'='1", synthetic=True)
    with pytest.raises(ProssimaError) as refused:
        store.save_units(stranger, [unit])
    assert refused.value.code == "synthetic_mixed"
    assert not store.synthetic()


# PostgreSQL by hand


LOGINS = {
    "anna_fi": (Role.COORDINATOR, UNITS[0].organisation, None, None),
    "carla_all": (Role.COORDINATOR, "*", None, None),
    "dino_unlisted": (Role.COORDINATOR, None, None, None),
    "olga_fi1": (Role.OPERATOR, None, "FI-1", None),
    "vera_verde": (Role.HOTLINE, None, None, None),
    "marco_comune": (Role.MUNICIPALITY, None, None, "048017"),
    "rita_rete": (Role.NETWORK, None, None, None),
}
MOST = {
    "anna_fi": {
        "zones": 2, "units": 1, "contacts": 1, "promises": 1, "presence": 2, "visits": 2,
        "planned_visits": 1, "zone_ties": 1, "effort_months": 1, "night_weather": 1,
    },
    "carla_all": {
        "zones": 3, "units": 2, "contacts": 2, "promises": 2, "presence": 3, "visits": 3,
        "planned_visits": 2, "zone_ties": 2, "effort_months": 2, "night_weather": 1,
    },
    "rita_rete": {"accounts": 0},
}  # fmt: skip
"""How many rows each login finds in the tables that hold anybody's; elsewhere none."""


@pytest.fixture(scope="module")
def by_hand(databases, with_rights, tmp_path_factory):
    """psql as a login of one's own: the answer's lines, or the refusal."""
    if not shutil.which("psql"):
        pytest.skip("no psql: install postgresql-client")
    url = databases(with_rights)
    filled(tmp_path_factory.mktemp("hand"), url).close()
    engine = create_engine(url)
    with engine.begin() as connection:
        create(connection)
        for name, (role, organisation, unit, municipality) in LOGINS.items():
            connection.exec_driver_sql(
                f"DO $$ BEGIN CREATE ROLE {name} LOGIN; "
                "EXCEPTION WHEN duplicate_object THEN NULL; END $$"
            )
            connection.exec_driver_sql(f"GRANT {login(role)} TO {name}")
            if name != "dino_unlisted":
                connection.execute(
                    text("INSERT INTO database_logins VALUES (:n, :o, :u, :m)"),
                    {"n": name, "o": organisation, "u": unit, "m": municipality},
                )
    engine.dispose()
    parts = make_url(url)

    def ask(name, statement, *before):
        address = f"postgresql://{name}@/{parts.database}?host={parts.query['host']}"
        said = [piece for one in (*before, statement) for piece in ("-c", one)]
        return subprocess.run(
            ["psql", address, "-XAtq", "-v", "ON_ERROR_STOP=1", *said],
            capture_output=True, text=True, check=False,
        )  # fmt: skip

    return ask


@pytest.mark.parametrize("name", [*LOGINS, APPLICATION])
def test_each_login_finds_no_row_that_is_not_its_own(by_hand, name):
    for table in set(Base.metadata.tables) - {*FACTS, "desks"}:
        answer = by_hand(name, f"SELECT count(*) FROM {table}")
        most = MOST.get(name, {}).get(table, 0)
        if answer.returncode:
            assert "permission denied" in answer.stderr, (table, answer.stderr)
            assert most == 0
        elif name == "carla_all" and table not in MOST[name]:
            continue
        elif table == "audit" and name in {"rita_rete", APPLICATION}:
            assert int(answer.stdout) > 0
        elif table in {"contact_entries", "outings"} and name == "anna_fi":
            assert int(answer.stdout) == 1
        else:
            assert int(answer.stdout) == most, table


def test_the_program_itself_reads_nothing_of_the_audit_but_its_seals(by_hand):
    assert "permission denied" in by_hand(APPLICATION, "SELECT who FROM audit").stderr


def test_saying_to_be_someone_else_changes_nothing(by_hand):
    claims = (
        "SET prossima.organisation = '*'",
        "SELECT set_config('prossima.organisation', '*', false)",
    )
    answer = by_hand("anna_fi", "SELECT count(*) FROM zones", *claims)
    assert answer.stdout.split() == ["*", "2"]
    refused = by_hand("anna_fi", "SELECT 1", f"SET ROLE {login(Role.NETWORK)}")
    assert "permission denied" in refused.stderr


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE zones SET discreet = true",
        "DELETE FROM contacts WHERE count = 2",
        "UPDATE audit SET who = 'nobody'",
        "DELETE FROM audit",
        "INSERT INTO database_logins VALUES ('anna_fi', '*')",
        "ALTER TABLE zones DISABLE ROW LEVEL SECURITY",
        "DROP POLICY reads_prossima_coordinator ON zones",
        "TRUNCATE audit",
    ],
)
@pytest.mark.parametrize("name", ["anna_fi", "rita_rete", "olga_fi1", APPLICATION])
def test_nobody_changes_what_is_another_s(by_hand, name, statement):
    answer = by_hand(name, statement)
    if answer.returncode == 0:  # nothing in reach to change
        assert name == "anna_fi"
        assert int(by_hand("carla_all", "SELECT count(*) FROM contacts").stdout) == 2
        assert by_hand("carla_all", "SELECT bool_and(discreet) FROM zones").stdout.strip() == "f"
    else:
        assert "permission denied" in answer.stderr or "must be owner" in answer.stderr


def test_views_for_qgis_show_each_login_its_own(by_hand):
    count = "SELECT count(*), min(ST_SRID(geom)) FROM qgis.zones"
    assert by_hand("anna_fi", count).stdout.strip() == "2|4326"
    assert by_hand("carla_all", count).stdout.strip() == "3|4326"
    assert "permission denied" in by_hand("marco_comune", count).stderr


def test_the_program_owns_nothing_and_no_table_is_left_open(owned_url):
    engine = create_engine(owned_url)
    with engine.begin() as connection:
        assert unprotected(connection) == ()
        assert owned(connection) == 0
        apply(connection)  # again: nothing changes
        connection.exec_driver_sql("ALTER TABLE zones NO FORCE ROW LEVEL SECURITY")
        assert unprotected(connection) == ("zones",)
    engine.dispose()


def test_every_table_says_which_actions_read_and_change_it():
    assert set(Base.metadata.tables) - {"meta", "database_logins"} == set(TABLES)
    assert models.Base is Base
