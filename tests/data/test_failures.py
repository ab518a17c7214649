"""The disk is full, the server is killed: a sentence, nothing lost, nothing twice.

The disks are real: file systems of a few megabytes in memory. So is the killing.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import sqlite3
import subprocess
import threading
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

import data.settings
from cli import main
from data import backup, encryption, imports
from data.access import Action, Role, Viewer
from data.models import VisitRow
from data.settings import load
from data.sheets import beside
from data.store import Store
from data.texts import Texts
from geo.errors import ConflictError, InputError, ProssimaError
from tests.data.conftest import KEY
from tests.data.samples import UNITS, ZONES
from tests.postgresql import Server, programs, server

ANNA = Viewer(Role.COORDINATOR)
NOW = datetime(2026, 11, 20, 17, tzinfo=UTC)
FIRST = date(2020, 1, 1)


@pytest.fixture
def disk(tmp_path) -> Iterator[Path]:
    """A disk of three megabytes."""
    folder = tmp_path / "disk"
    with small_disk(folder, "3m"):
        yield folder


@contextlib.contextmanager
def small_disk(folder: Path, size: str) -> Iterator[None]:
    """A file system in memory; only who may do everything on this machine can make one."""
    folder.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "none", folder],
        check=False, capture_output=True, text=True,
    )  # fmt: skip
    if made.returncode:
        pytest.skip(f"no small disk can be made here: {made.stderr.strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


def fill(folder: Path, leave: int = 0) -> Path:
    """Use up a disk, but for some bytes."""
    path = folder / "ballast"
    with path.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(bytes(min(16_384, shutil.disk_usage(folder).free - leave) or 1))
            if shutil.disk_usage(folder).free <= leave:
                break
    return path


def code(call, *given, **named) -> str:
    with pytest.raises(ProssimaError) as refused:
        call(*given, **named)
    for language in ("it", "en"):
        assert refused.value.code not in Texts(language).sentence(refused.value)
    return refused.value.code


def days(count: int, start: int = 0) -> list[tuple[str, date]]:
    return [(ZONES[0].code, FIRST + timedelta(days=start + n)) for n in range(count)]


def kept(store: Store) -> list[date]:
    return store.visits(ANNA)["night"].tolist()


@pytest.mark.parametrize("key", [None, KEY], ids=["sqlite", "sqlcipher"])
def test_a_full_disk_is_a_sentence_and_takes_nothing(disk, key):
    if key:
        pytest.importorskip("sqlcipher3", reason="install prossima[sqlcipher]")
    settings = load(home=disk / "home", database_key=key)
    store = Store.open(settings, lambda: NOW)
    store.save_zones(ANNA, ZONES)
    store.save_visits(ANNA, days(10))
    revision = store.revision()
    ballast = fill(disk)
    assert code(store.save_visits, ANNA, days(20_000, 10)) == "database_full"
    assert store.revision() == revision
    store.close()
    # Whoever opens it while there is no room may look at what the database says of itself.
    again = Store.open(settings, lambda: NOW)
    assert again.revision() == revision
    ballast.unlink()
    assert kept(again) == [day for _, day in days(10)]
    again.save_visits(ANNA, days(5, 10))
    assert kept(again) == [day for _, day in days(15)]
    with again.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
    again.close()


def test_what_is_written_to_a_full_disk_leaves_what_was_there(disk, tmp_path, monkeypatch):
    home = tmp_path / "elsewhere"
    store = Store.open(load(home=home), lambda: NOW)
    store.save_zones(ANNA, ZONES)
    store.save_units(ANNA, UNITS)
    store.close()
    for name in ("zones.csv", "zones.geojson", "zones.gpkg", "b.age"):
        (disk / name).write_bytes(b"the one before")
    fill(disk)
    there = sorted(path.name for path in disk.iterdir())
    for name in ("zones.csv", "zones.geojson", "zones.gpkg"):
        assert code(imports.write_zones, disk / name, ZONES * 200) == "disk_full"
    done = code(backup.backup, load(home=home), disk / "b.age", NOW, passphrase="word")
    assert done == "disk_full"
    for name in ("zones.csv", "zones.geojson", "zones.gpkg", "b.age"):
        assert (disk / name).read_bytes() == b"the one before"
    assert sorted(path.name for path in disk.iterdir()) == there
    # From the terminal: one sentence, exit code 1.
    monkeypatch.setenv("PROSSIMA_HOME", str(home))
    data.settings.settings.cache_clear()
    with pytest.raises(SystemExit) as ended:
        main(["units", "export", str(disk / "u.csv")])
    assert ended.value.code == 1
    assert not (disk / "u.csv").exists()
    data.settings.settings.cache_clear()


def test_a_backup_restored_where_there_is_no_room_leaves_the_database(disk, tmp_path):
    full = Store.open(load(home=tmp_path / "full"), lambda: NOW)
    full.save_zones(ANNA, ZONES)
    full.save_visits(ANNA, days(10_000))
    full.close()
    backup.backup(load(home=tmp_path / "full"), tmp_path / "b.age", NOW, passphrase="word")
    here = load(home=disk / "home")
    store = Store.open(here, lambda: NOW)
    store.save_zones(ANNA, ZONES[:1])
    store.close()
    fill(disk, leave=100_000)
    given = {"passphrase": "word", "replace": True}
    assert code(backup.restore, here, tmp_path / "b.age", **given) == "disk_full"
    assert code(backup.backup, here, tmp_path / "c.age", NOW, passphrase="w") == "database_full"
    (disk / "ballast").unlink()
    again = Store.open(here, lambda: NOW)
    assert again.zones(ANNA) == ZONES[:1]
    again.close()


def test_a_database_is_not_spoilt_by_an_encryption_without_room(disk):
    pytest.importorskip("sqlcipher3", reason="install prossima[sqlcipher]")
    settings = load(home=disk / "home")
    store = Store.open(settings, lambda: NOW)
    store.save_zones(ANNA, ZONES)
    store.close()
    fill(disk, leave=80_000)
    named = load(home=disk / "home", database_key=KEY)
    assert code(encryption.encrypt, named) in ("database_full", "disk_full")
    assert {path.name for path in (disk / "home").iterdir()} <= {"prossima.db"}
    (disk / "ballast").unlink()
    again = Store.open(settings, lambda: NOW)
    assert again.zones(ANNA) == ZONES
    again.close()
    encryption.encrypt(named)
    sealed = Store.open(named, lambda: NOW)
    assert sealed.zones(ANNA) == ZONES
    sealed.close()


def test_a_folder_that_may_not_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(InputError) as refused, beside(tmp_path / "file" / "zones.csv") as target:
        target.write_text("never")
    assert refused.value.code == "file_unwritable"
    assert refused.value.fields == {"file": "zones.csv"}


# PostgreSQL


@pytest.fixture(scope="module")
def postgres() -> Iterator[Server]:
    """A server of this file's own: it is killed again and again."""
    if programs() is None:
        pytest.skip("no PostgreSQL: install it")
    with server(durable=True) as made:
        yield made


@pytest.fixture
def database(postgres) -> str:
    """A database with the tables, as the owner of them."""
    url = make_url(postgres.url).set(drivername="postgresql+psycopg")
    name = f"p{time.monotonic_ns()}"
    admin = create_engine(url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    admin.dispose()
    return url.set(database=name).render_as_string(hide_password=False)


def opened(home, database) -> Store:
    return Store.open(load(home=home, database_url=database), lambda: NOW)


def killed_within(store: Store, kill) -> str:
    """What is said where the server is killed while a transaction has written, uncommitted."""

    def write() -> None:
        with store.writing(ANNA, Action.WRITE_CONTACTS) as session:
            session.add(VisitRow(zone=ZONES[0].code, night=FIRST))
            session.flush()
            kill(session.scalar(text("SELECT pg_backend_pid()")))

    return code(write)


def patiently(call, *given) -> None:
    """Do it again until the server is back: what a person does who is told to."""
    for _ in range(200):
        try:
            return call(*given)
        except (InputError, ConflictError):
            time.sleep(0.05)
    return call(*given)


def test_a_killed_backend_loses_the_open_transaction_and_no_other(postgres, database, home):
    store = opened(home, database)
    store.save_zones(ANNA, ZONES)
    store.save_visits(ANNA, days(3, 1))
    revision = store.revision()
    assert killed_within(store, lambda pid: os.kill(pid, signal.SIGKILL)) == "database_lost"
    patiently(store.revision)
    assert store.revision() == revision
    assert kept(store) == [day for _, day in days(3, 1)]
    store.save_visits(ANNA, days(1))
    assert kept(store) == [day for _, day in days(4)]
    store.close()


def test_a_killed_server_is_a_sentence_and_all_is_there_when_it_is_back(postgres, database, home):
    store = opened(home, database)
    store.save_zones(ANNA, ZONES)
    store.save_visits(ANNA, days(3, 1))
    assert killed_within(store, lambda _pid: postgres.kill()) == "database_lost"
    assert code(store.zones, ANNA) in ("database_unreachable", "database_lost")
    postgres.start()
    assert store.zones(ANNA) == ZONES
    assert kept(store) == [day for _, day in days(3, 1)]
    store.save_visits(ANNA, days(1))
    assert kept(store) == [day for _, day in days(4)]
    store.close()


def test_of_many_writes_none_is_lost_and_none_is_there_twice_though_the_server_dies(
    postgres, database, home
):
    store = opened(home, database)
    store.save_zones(ANNA, ZONES)
    noted, unsure, done = [], [], threading.Event()

    def write() -> None:
        mine = opened(home, database)
        number = 0
        while not done.is_set():
            number += 1
            try:
                mine.save_visits(ANNA, days(1, number))
                noted.append(number)
            except (InputError, ConflictError) as error:
                unsure.append(error.code)
                number -= 1
                time.sleep(0.02)
        mine.close()

    writer = threading.Thread(target=write)
    writer.start()
    for _ in range(3):
        reached = len(noted) + 5
        while len(noted) < reached:
            time.sleep(0.01)
        postgres.kill()
        time.sleep(0.1)
        postgres.start()
    reached = len(noted) + 5
    while len(noted) < reached:
        time.sleep(0.01)
    done.set()
    writer.join()
    assert unsure
    assert set(unsure) <= {"database_lost", "database_unsure", "database_unreachable"}
    # A visit is known by its zone and night, so that it can be said again.
    assert kept(store) == [day for _, day in days(len(set(noted)), 1)]
    assert len(set(noted)) == len(noted)
    store.close()


def test_a_full_disk_of_the_server_is_a_sentence(postgres, tmp_path, home):
    with small_disk(tmp_path / "disk", "40m"):
        space = tmp_path / "disk" / "space"
        space.mkdir()
        shutil.chown(space, "postgres", "postgres")
        for folder in (tmp_path, *tmp_path.parents):
            if folder.owner() != "root" or not folder.stat().st_mode & 0o005:
                folder.chmod(folder.stat().st_mode | 0o055)
            if folder.name.startswith("pytest-of"):
                break
        url = make_url(postgres.url).set(drivername="postgresql+psycopg")
        admin = create_engine(url, isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            connection.execute(text(f"CREATE TABLESPACE small LOCATION '{space}'"))
            connection.execute(text("CREATE DATABASE full_disk TABLESPACE small"))
        store = opened(home, url.set(database="full_disk").render_as_string(hide_password=False))
        store.save_zones(ANNA, ZONES)
        store.save_visits(ANNA, days(10))
        revision = store.revision()
        ballast = fill(tmp_path / "disk")
        assert code(store.save_visits, ANNA, days(60_000, 10)) == "database_full"
        assert store.revision() == revision
        assert kept(store) == [day for _, day in days(10)]
        ballast.unlink()
        store.save_visits(ANNA, days(5, 10))
        assert kept(store) == [day for _, day in days(15)]
        store.close()
        with admin.connect() as connection:
            connection.execute(text("DROP DATABASE full_disk WITH (FORCE)"))
            connection.execute(text("DROP TABLESPACE small"))
        admin.dispose()


def test_the_sqlite_file_survives_a_kill_in_mid_write(home):
    store = Store.open(load(home=home), lambda: NOW)
    store.save_zones(ANNA, ZONES)
    store.close()
    child = os.fork()
    if not child:
        mine = Store.open(load(home=home), lambda: NOW)
        with mine.writing(ANNA, Action.WRITE_CONTACTS) as session:
            session.add(VisitRow(zone=ZONES[0].code, night=FIRST))
            session.flush()
            os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(child, 0)
    again = Store.open(load(home=home), lambda: NOW)
    assert kept(again) == []
    again.close()
    with contextlib.closing(sqlite3.connect(home / "prossima.db")) as plain:
        assert plain.execute("PRAGMA integrity_check").fetchone() == ("ok",)
