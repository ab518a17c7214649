"""A backup comes back whole or not at all."""

import threading
from datetime import UTC, date, datetime

import pytest

from data import backup
from data.access import Role, Viewer
from data.settings import load
from data.store import Store
from geo.errors import ProssimaError
from tests.data.conftest import owners
from tests.data.samples import ZONES

pytest.importorskip("pyrage", reason="install prossima[backup]")

ANNA = Viewer(Role.COORDINATOR)
NOW = datetime(2026, 11, 20, 17, tzinfo=UTC)


@pytest.fixture
def settings(home, database_url):
    chosen = load(home=home, database_url=database_url)
    store = Store.open(chosen)
    store.save_zones(ANNA, ZONES)
    store.close()
    return chosen


@pytest.fixture
def key(tmp_path):
    path = tmp_path / "key.txt"
    return path, backup.make_key(path)


def kept(settings):
    store = Store.open(settings)
    zones = store.zones(ANNA)
    store.close()
    return zones


def code(call, *given, **named):
    with pytest.raises(ProssimaError) as refused:
        call(*given, **named)
    return refused.value.code


@owners
def test_a_backup_brings_everything_back(settings, key, tmp_path):
    identity, recipient = key
    file = tmp_path / "b.age"
    made = backup.backup(settings, file, NOW, recipients=(recipient,))
    assert file.stat().st_mode & 0o077 == 0
    assert ZONES[0].code.encode() not in file.read_bytes()
    store = Store.open(settings)
    store.save_zones(ANNA, ZONES[:1], replace=True)
    store.close()
    assert code(backup.restore, settings, file, identity=identity) == "backup_over"
    assert kept(settings) == ZONES[:1]
    assert backup.restore(settings, file, identity=identity, replace=True) == made
    assert kept(settings) == ZONES
    assert not list(settings.home.glob(".*"))


def test_a_backup_goes_to_a_computer_that_has_nothing_yet(home, key, tmp_path):
    store = Store.open(load(home=home))
    store.save_zones(ANNA, ZONES)
    store.close()
    file = tmp_path / "b.age"
    backup.backup(load(home=home), file, NOW, passphrase="parola")
    other = load(home=tmp_path / "other")
    backup.restore(other, file, passphrase="parola")
    assert kept(other) == ZONES
    assert code(backup.restore, load(home=tmp_path / "x"), file, passphrase="wrong") == (
        "backup_broken"
    )
    assert not (tmp_path / "x" / "prossima.db").exists()


@pytest.mark.parametrize("part", [0, 100, 0.5, 0.999])
def test_a_backup_cut_off_or_changed_touches_nothing(home, key, tmp_path, part):
    identity, recipient = key
    chosen = load(home=home)
    store = Store.open(chosen)
    store.save_zones(ANNA, ZONES)
    store.close()
    file = tmp_path / "b.age"
    backup.backup(chosen, file, NOW, recipients=(recipient,))
    whole = file.read_bytes()
    file.write_bytes(whole[: int(len(whole) * part) if part < 1 else part])
    arguments = {"identity": identity, "replace": True}
    assert code(backup.restore, chosen, file, **arguments) == "backup_broken"
    changed = bytearray(whole)
    changed[len(whole) // 2] ^= 1
    file.write_bytes(changed)
    assert code(backup.restore, chosen, file, **arguments) == "backup_broken"
    assert kept(chosen) == ZONES


def test_a_backup_made_while_others_write_is_of_one_moment(home, key, tmp_path):
    """Each act writes two rows; a backup holds both or neither."""
    chosen, (identity, recipient) = load(home=home), key
    store = Store.open(chosen)
    store.save_zones(ANNA, ZONES)
    begun, stop = threading.Event(), threading.Event()

    def write():
        day = 1
        while not stop.is_set():
            night = date.fromordinal(700_000 + day)
            store.save_visits(ANNA, [(ZONES[0].code, night), (ZONES[1].code, night)])
            begun.set()
            day += 1

    writer = threading.Thread(target=write)
    writer.start()
    try:
        assert begun.wait(30)
        for number in range(3):
            backup.backup(chosen, tmp_path / f"{number}.age", NOW, recipients=(recipient,))
    finally:
        stop.set()
        writer.join()
    store.close()
    for number in range(3):
        other = load(home=tmp_path / str(number))
        backup.restore(other, tmp_path / f"{number}.age", identity=identity)
        opened = Store.open(other)
        counts = opened.visits(ANNA)["zone"].value_counts()
        assert counts.nunique() == 1
        opened.close()


def test_a_backup_is_for_the_kind_of_database_it_was_made_of(home, key, tmp_path):
    identity, recipient = key
    store = Store.open(load(home=home))
    store.close()
    file = tmp_path / "b.age"
    backup.backup(load(home=home), file, NOW, recipients=(recipient,))
    other = load(home=tmp_path / "y", database_key="1f" * 32)
    assert code(backup.restore, other, file, identity=identity) == "backup_engine"
    assert code(backup.backup, load(home=home), file, NOW) == "backup_for_nobody"
    assert code(backup.backup, load(home=home), file, NOW, recipients=("x",)) == "backup_recipient"
    assert code(backup.make_key, identity) == "backup_there"
