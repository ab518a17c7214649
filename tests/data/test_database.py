"""The database itself: one version ahead or behind, keys, the terminal's `prossima db`."""

import sqlite3
import subprocess
import sys
from datetime import UTC, datetime

import pytest
from alembic import command
from sqlalchemy import create_engine, make_url, text

import cli
import data.settings
from data import database, encryption
from data.access import Role, Viewer
from data.database import PLAIN, connect
from data.rights import APPLICATION
from data.settings import load
from data.store import Store
from geo.errors import ConflictError, InputError
from tests.data.conftest import KEY, owners
from tests.data.samples import ZONES

ANNA = Viewer(Role.COORDINATOR)
NOW = datetime(2026, 11, 20, 17, tzinfo=UTC)


@pytest.fixture
def run(home, monkeypatch, capsys):
    """A command of the terminal: exit code and what it said."""
    monkeypatch.setenv("PROSSIMA_LANGUAGE", "en")

    def ran(*arguments, **environment):
        for name, value in environment.items():
            monkeypatch.setenv(f"PROSSIMA_{name}", value)
        data.settings.settings.cache_clear()
        with pytest.raises(SystemExit) as left:
            cli.main(list(arguments))
        said = capsys.readouterr()
        return left.value.code or 0, said.out + said.err

    yield ran
    data.settings.settings.cache_clear()


def refused(call, *given):
    with pytest.raises((InputError, ConflictError)) as found:
        call(*given)
    return found.value.code


def at(home, url, number):
    """A database as an earlier version of the program left it."""
    engine = database.engine_of(load(home=home, database_url=url))
    with engine.execution_options(write=True).begin() as connection:
        command.upgrade(database._config(connection), number)
    engine.dispose()


@owners
def test_a_database_one_version_behind_is_brought_forward(home, database_url, run):
    at(home, database_url, "0005")
    given = {"DATABASE_URL": database_url} if database_url else {}
    code, said = run("db", "check", **given)
    assert code == 1
    assert "earlier version" in said
    assert run("db", "upgrade")[0] == 0
    Store.open(load(home=home, database_url=database_url)).close()
    code, said = run("db", "check")
    assert "of this program's version" in said
    assert code == (1 if database_url else 0)  # PostgreSQL still lacks its rights


def test_behind_and_not_the_owner_s_program_is_told_whom_to_ask(databases, home):
    url = databases()
    at(home, url, "0005")
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.exec_driver_sql(
            f"DO $$ BEGIN CREATE ROLE {APPLICATION} LOGIN NOINHERIT; "
            "EXCEPTION WHEN duplicate_object THEN NULL; END $$"
        )
        connection.exec_driver_sql(f"GRANT SELECT ON alembic_version TO {APPLICATION}")
    engine.dispose()
    app = make_url(url).set(username=APPLICATION).render_as_string(hide_password=False)
    assert refused(connect, load(home=home, database_url=app)) == "database_behind"


def test_rights_are_set_and_checked_from_the_terminal(databases, run):
    url = databases()
    code, said = run("db", "roles", DATABASE_URL=url)
    assert code == 0, said
    code, said = run("db", "check")
    assert code == 0, said
    assert "owns nothing" in said
    code, said = run("db", "login", "nobody_there", "--role", "network")
    assert code == 1


def test_a_database_one_version_ahead_is_left_alone(home, run):
    store = Store.open(load(home=home))
    with store.engine.execution_options(write=True).begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    store.close()
    code, said = run("db", "check")
    assert code == 1
    assert "later version" in said
    assert run("zones", "export", "x.csv")[0] == 1


# SQLCipher

pytest.importorskip("sqlcipher3", reason="install prossima[sqlcipher]")


@pytest.mark.parametrize("key", [KEY, "a passphrase with 'quotes' è lunga"])
def test_an_encrypted_database_says_nothing_without_its_key(home, key):
    settings = load(home=home, database_key=key)
    store = Store.open(settings)
    store.save_zones(ANNA, ZONES)
    store.close()
    for path in home.iterdir():
        assert ZONES[0].code.encode() not in path.read_bytes()
    assert (home / "prossima.db").read_bytes()[:16] != PLAIN
    with pytest.raises(sqlite3.DatabaseError):
        sqlite3.connect(home / "prossima.db").execute("SELECT * FROM zones")
    assert refused(Store.open, load(home=home, database_key="2e" * 32)) == "database_key_wrong"
    assert refused(Store.open, load(home=home)) == "database_broken"
    again = Store.open(settings)
    assert again.zones(ANNA) == ZONES
    again.close()


def test_a_plain_database_is_encrypted_in_place(home, run):
    store = Store.open(load(home=home))
    store.save_zones(ANNA, ZONES)
    store.close()
    assert refused(Store.open, load(home=home, database_key=KEY)) == "database_plain"
    code, said = run("db", "encrypt", DATABASE_KEY=KEY)
    assert code == 0, said
    assert {path.name for path in home.iterdir()} == {"prossima.db"}
    assert (home / "prossima.db").stat().st_mode & 0o077 == 0
    again = Store.open(load(home=home, database_key=KEY))
    assert again.zones(ANNA) == ZONES
    again.close()
    assert refused(encryption.encrypt, load(home=home, database_key=KEY)) == "database_encrypted"
    assert "SQLCipher" in run("db", "check")[1]


READER = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN")
connection.execute("SELECT * FROM zones").fetchall()
print("reading", flush=True)
sys.stdin.read()
"""


def test_a_database_in_use_is_not_encrypted_under_its_user_s_feet(home):
    store = Store.open(load(home=home))
    store.save_zones(ANNA, ZONES)
    store.close()
    command = [sys.executable, "-c", READER, str(home / "prossima.db")]
    with subprocess.Popen(command, stdin=-1, stdout=-1) as other:
        assert other.stdout.readline() == b"reading\n"
        assert refused(encryption.encrypt, load(home=home, database_key=KEY)) == "database_running"
        other.stdin.close()
    again = Store.open(load(home=home))
    assert again.zones(ANNA) == ZONES
    again.close()


class Keyring:
    """The system's keyring, in memory."""

    class errors:
        class KeyringError(Exception):
            pass

    def __init__(self):
        self.kept = {}

    def get_password(self, service, name):
        return self.kept.get((service, name))

    def set_password(self, service, name, value):
        self.kept[service, name] = value


def test_the_key_comes_from_the_keyring(home, monkeypatch):
    ring = Keyring()
    monkeypatch.setattr("data.keys._keyring", lambda: ring)
    settings = load(home=home, database_key="keyring")
    assert refused(Store.open, settings) == "database_key_missing"
    Store.open(load(home=home)).close()
    encryption.encrypt(settings)
    assert len(ring.kept["prossima", str(home)]) == 64
    Store.open(settings).close()


def test_settings_never_show_the_key(home, run):
    code, said = run("settings", DATABASE_KEY=KEY)
    assert code == 0
    assert KEY not in said
    assert KEY not in repr(load(home=home, database_key=KEY))
