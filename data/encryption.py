"""Turning the plain embedded database into an encrypted one."""

from __future__ import annotations

import importlib
import os
from contextlib import closing
from pathlib import Path
from typing import Any, BinaryIO

from data.database import PLAIN, connect
from data.failures import database_failure
from data.keys import KEYRING, database_key, make_key, pragma
from data.settings import Settings
from data.sheets import written
from geo.errors import ConflictError, InputError


def encrypt(settings: Settings) -> None:
    """Write the database anew, encrypted with the settings' key, in place of the plain file.

    The plain file is overwritten before it goes; on a disk that keeps old blocks (flash, a
    journalling file system, a snapshot) that is no promise: encrypt before the first real use.
    Raises InputError `database_key_unset`, `database_encrypted` (it is already), and ConflictError
    `database_running` when the program still uses it.
    """
    if settings.database_key is None or settings.database_url:
        raise InputError("database_key_unset")
    path = settings.home / "prossima.db"
    if not path.exists():
        raise InputError("database_none")
    with path.open("rb") as file:
        if file.read(16) != PLAIN:
            raise InputError("database_encrypted")
    if settings.database_key.get_secret_value() == KEYRING:
        make_key(settings)
    key = database_key(settings)
    new = path.with_suffix(".db.encrypting")
    new.unlink(missing_ok=True)
    try:
        with written(new):
            _export(path, new, key or "")
            _check(new, key or "")
        with path.open("r+b") as plain:
            # The plain file gives its name only to one that is whole, and is spoilt after that.
            new.replace(path)
            _overwrite(plain)
    finally:
        new.unlink(missing_ok=True)
    for beside in ("-wal", "-shm"):
        path.with_name(path.name + beside).unlink(missing_ok=True)
    connect(settings).dispose()


def _driver() -> Any:
    try:
        return importlib.import_module("sqlcipher3.dbapi2")
    except ModuleNotFoundError as error:
        raise InputError("database_driver", module="sqlcipher3") from error


def _export(path: Path, new: Path, key: str) -> None:
    driver = _driver()
    with closing(driver.connect(path, isolation_level=None)) as plain:
        try:
            # Alone with the file, and all of it in the file: nothing in a log beside it.
            plain.execute("PRAGMA locking_mode=EXCLUSIVE")
            (mode,) = plain.execute("PRAGMA journal_mode=DELETE").fetchone()
            plain.execute("BEGIN EXCLUSIVE")
            plain.execute("COMMIT")
        except driver.OperationalError as error:
            raise ConflictError("database_running") from error
        if mode != "delete":
            raise ConflictError("database_running")
        said = pragma(key, "KEY").removeprefix("PRAGMA KEY = ")
        try:
            plain.execute(f"ATTACH DATABASE ? AS fresh KEY {said}", (str(new),))
            os.chmod(new, 0o600)
            plain.execute("SELECT sqlcipher_export('fresh')")
            plain.execute("DETACH DATABASE fresh")
        except driver.Error as error:
            raise (database_failure(error) or InputError("database_broken")) from error


def _check(new: Path, key: str) -> None:
    with closing(_driver().connect(new)) as written:
        written.execute(pragma(key))
        if written.execute("PRAGMA integrity_check").fetchone() != ("ok",):
            raise InputError("database_broken")


def _overwrite(file: BinaryIO) -> None:
    left = os.fstat(file.fileno()).st_size
    while left:
        left -= file.write(bytes(min(left, 65536)))
    file.flush()
    os.fsync(file.fileno())
