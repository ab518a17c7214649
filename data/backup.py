"""Backups of the database: consistent while the program runs, encrypted with age, verified.

A backup is one age file. In it: a line of JSON (engine, version of the tables, moment, length
and SHA-256 of what follows), then the database: an SQLite file written anew without deleted
rows (SQLCipher's stays encrypted with its own key too), or PostgreSQL's `pg_dump`. A file cut
short does not decrypt; what decrypts is compared with its length and hash, opened and checked
before it takes the place of anything.
"""

from __future__ import annotations

import hashlib
import importlib
import json
import os
import shutil
import subprocess
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, make_url
from sqlalchemy.exc import DatabaseError

from data.database import bare, connect, engine_of, revision, told
from data.keys import database_key
from data.settings import Settings
from data.sheets import beside, written
from geo.errors import ConflictError, InputError, MissingError

MOST_HEAD = 4096


@dataclass(frozen=True)
class Backup:
    """What a backup says of itself: `engine`, `tables` (version), `made` (ISO), `length` bytes."""

    engine: str
    tables: str
    made: str
    length: int
    sha256: str


def make_key(path: Path) -> str:
    """Write a new age identity, for its owner alone; returns the recipient to back up to."""
    if path.exists():
        raise ConflictError("backup_there", file=path.name)
    identity = _age().x25519.Identity.generate()
    with beside(path) as target:
        target.touch(mode=0o600)
        target.write_text(f"{identity}\n", encoding="ascii")
    return str(identity.to_public())


def backup(
    settings: Settings,
    path: Path,
    now: datetime,
    *,
    recipients: tuple[str, ...] = (),
    passphrase: str | None = None,
) -> Backup:
    """Write the database, as it is at one moment, encrypted to recipients or a passphrase.

    Raises InputError `backup_for_nobody`, `backup_recipient`, `backup_tool` (no `pg_dump`) and
    those of opening the database.
    """
    encrypt = _encrypting(recipients, passphrase)
    engine = connect(settings)
    try:
        with told(settings), engine.connect() as connection:
            kind, tables = _kind(settings, connection), revision(connection) or ""
        content = _dump(settings) if kind == "postgresql" else _snapshot(settings)
    finally:
        engine.dispose()
    digest = hashlib.sha256(content).hexdigest()
    head = Backup(kind, tables, now.isoformat(timespec="seconds"), len(content), digest)
    with beside(path) as target:
        target.touch(mode=0o600)
        target.write_bytes(encrypt(json.dumps(head.__dict__).encode() + b"\n" + content))
    return head


def restore(
    settings: Settings,
    path: Path,
    *,
    identity: Path | None = None,
    passphrase: str | None = None,
    replace: bool = False,
) -> Backup:
    """Put a backup in the place of the settings' database, once it has been checked.

    Raises InputError `backup_broken` (cut off, changed, or not for this key), `backup_engine`
    (of another kind of database), `backup_tool`; ConflictError `backup_over` where there is a
    database and `replace` is not said, `database_running` while the program uses it.
    """
    head, content = _opened(path, identity, passphrase)
    kind = "postgresql" if settings.database_url else "sqlite"
    if settings.database_key is not None and kind == "sqlite":
        kind = "sqlcipher"
    if head.engine != kind:
        raise InputError("backup_engine", got=head.engine, expected=kind)
    if kind == "postgresql":
        _load(settings, content, replace)
    else:
        _put(settings, content, replace)
    return head


def _kind(settings: Settings, connection: Connection) -> str:
    if connection.dialect.name == "postgresql":
        return "postgresql"
    return "sqlcipher" if database_key(settings) else "sqlite"


# The file


def _age() -> Any:
    try:
        return importlib.import_module("pyrage")
    except ModuleNotFoundError as error:
        raise InputError("backup_driver") from error


def _encrypting(recipients: tuple[str, ...], passphrase: str | None) -> Callable[[bytes], bytes]:
    age = _age()
    if passphrase:
        return lambda content: bytes(age.passphrase.encrypt(content, passphrase))
    if not recipients:
        raise InputError("backup_for_nobody")
    try:
        to = [age.x25519.Recipient.from_str(one) for one in recipients]
    except Exception as error:  # the library's own kinds
        raise InputError("backup_recipient") from error
    return lambda content: bytes(age.encrypt(content, to))


def _opened(path: Path, identity: Path | None, passphrase: str | None) -> tuple[Backup, bytes]:
    age = _age()
    if not path.is_file():
        raise MissingError("file_missing", file=path.name)
    try:
        if identity is not None:
            words = identity.read_text(encoding="ascii").split("\n")
            keys = [age.x25519.Identity.from_str(w.strip()) for w in words if w.startswith("AGE")]
            whole = age.decrypt(path.read_bytes(), keys)
        else:
            whole = age.passphrase.decrypt(path.read_bytes(), passphrase or "")
        said, _, content = bytes(whole).partition(b"\n")
        head = Backup(**json.loads(said[:MOST_HEAD]))
    except Exception as error:  # the library's own kinds, and all that a forged file can be
        raise InputError("backup_broken", file=path.name) from error
    if head.length != len(content) or head.sha256 != hashlib.sha256(content).hexdigest():
        raise InputError("backup_broken", file=path.name)
    return head, content


# SQLite and SQLCipher


def _snapshot(settings: Settings) -> bytes:
    target = settings.home / ".backup"
    target.unlink(missing_ok=True)
    engine = engine_of(settings)
    try:
        with bare(engine, settings) as cursor:
            cursor.execute("VACUUM INTO ?", (str(target),))
        return target.read_bytes()
    finally:
        engine.dispose()
        target.unlink(missing_ok=True)


def _put(settings: Settings, content: bytes, replace: bool) -> None:
    path = settings.home / "prossima.db"
    if path.exists() and not replace:
        raise ConflictError("backup_over")
    if path.exists():
        _alone(settings)
    trial = settings.home / ".restoring" / "prossima.db"
    try:
        with written(path):
            settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
            trial.parent.mkdir(mode=0o700, exist_ok=True)
            trial.touch(mode=0o600)
            trial.write_bytes(content)
        _check(settings.model_copy(update={"home": trial.parent}))
        for beside_it in ("-wal", "-shm"):
            path.with_name(path.name + beside_it).unlink(missing_ok=True)
        os.replace(trial, path)
    finally:
        shutil.rmtree(trial.parent, ignore_errors=True)


def _check(trial: Settings) -> None:
    engine = engine_of(trial)
    try:
        with bare(engine, trial) as cursor:
            answer = cursor.execute("PRAGMA integrity_check").fetchone()
    finally:
        engine.dispose()
    if answer != ("ok",):
        raise InputError("backup_broken", file="prossima.db")


def _alone(settings: Settings) -> None:
    """Refuse while anyone else has the database open."""
    engine = engine_of(settings)
    try:
        with closing(engine.raw_connection()) as connection:
            (mode,) = connection.cursor().execute("PRAGMA journal_mode=DELETE").fetchone()
    except (DatabaseError, engine.dialect.loaded_dbapi.Error):
        return  # broken or of another key: that is why it is replaced
    finally:
        engine.dispose()
    if mode != "delete":
        raise ConflictError("database_running")


# PostgreSQL


def _dump(settings: Settings) -> bytes:
    return _tool("pg_dump", "--format=custom", f"--dbname={_address(settings)}")


def _load(settings: Settings, content: bytes, replace: bool) -> None:
    clean = ("--clean", "--if-exists") if replace else ()
    target = f"--dbname={_address(settings)}"
    _tool("pg_restore", "--exit-on-error", "--single-transaction", *clean, target, given=content)


def _address(settings: Settings) -> str:
    url = make_url(settings.url).set(drivername="postgresql")
    return url.render_as_string(hide_password=False)


def _tool(name: str, *arguments: str, given: bytes | None = None) -> bytes:
    program = shutil.which(name)
    if program is None:
        raise InputError("backup_tool", tool=name)
    done = subprocess.run([program, *arguments], input=given, capture_output=True, check=False)  # noqa: S603
    if done.returncode:
        taken = b"already exists" in done.stderr
        if taken:
            raise ConflictError("backup_over")
        raise InputError("backup_failed", tool=name)
    return done.stdout
