"""Opening the database: engine, migrations, and what SQLite must be told.

Three engines keep the same tables: SQLite, the same file encrypted (SQLCipher, where a key
is set), and PostgreSQL. SQLite runs with a write-ahead log (readers never wait), foreign
keys on, deleted bytes overwritten, and a write transaction that takes its lock at once, so
that two writers queue instead of failing half-way.
"""

from __future__ import annotations

import importlib
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DatabaseError, NoSuchModuleError, OperationalError

from data import rights, views
from data.failures import database_failure
from data.keys import database_key, pragma
from data.settings import Settings
from geo.errors import InputError

MIGRATIONS = Path(__file__).parent / "migrations"
MIGRATING = 0x50524F53
"""Key of PostgreSQL's advisory lock while one process migrates."""

BUSY_SECONDS = 15
PRAGMAS = (
    f"busy_timeout={BUSY_SECONDS * 1000}",
    "journal_mode=WAL",
    "foreign_keys=ON",
    "secure_delete=ON",
)


PLAIN = b"SQLite format 3\x00"
"""How the file of a database that is not encrypted begins."""


class Version(StrEnum):
    """How the tables stand to this program."""

    CURRENT = "current"
    BEHIND = "behind"
    AHEAD = "ahead"
    EMPTY = "empty"


def connect(settings: Settings) -> Engine:
    """An engine on the settings' database, migrated to this program's version.

    Raises InputError: `database_url`, `database_driver`, `database_unreachable`,
    `database_broken` (no database, or an encrypted one and no key), `database_key_wrong`,
    `database_plain` (a key for a database that is not encrypted), `database_newer` (made by a
    later version), `database_behind` (by an earlier one, and its tables are another role's).
    """
    engine = engine_of(settings)
    with told(settings), engine.connect() as connection:
        stands = version(connection)
    if stands is not Version.CURRENT:  # who only opens waits for no writer
        with told(settings), engine.execution_options(write=True).begin() as connection:
            _migrate(connection)
    return engine


class told:
    """What a driver says of a database that cannot be opened, as an InputError."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        match error:
            case OperationalError():
                raise (database_failure(error.orig) or InputError(self._broken())) from error
            case DatabaseError():
                raise InputError(self._broken()) from error

    def _broken(self) -> str:
        if self._settings.database_url or self._settings.database_key is None:
            return "database_broken"
        path = self._settings.home / "prossima.db"
        with path.open("rb") as file:
            return "database_plain" if file.read(16) == PLAIN else "database_key_wrong"


def engine_of(settings: Settings) -> Engine:
    """An engine on the settings' database as it is. InputError `database_url`,
    `database_driver` and those of `data.keys`."""
    try:
        return _engine(settings)
    except (ArgumentError, NoSuchModuleError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError("database_url") from error
    except ModuleNotFoundError as error:
        raise InputError("database_driver", module=error.name) from error


def _engine(settings: Settings) -> Engine:
    url = make_url(settings.url)
    if url.drivername in ("postgres", "postgresql"):
        url = url.set(drivername="postgresql+psycopg")
    if url.get_backend_name() != "sqlite":
        return create_engine(url, pool_pre_ping=True, hide_parameters=True)
    if url.database:
        Path(url.database).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    key = database_key(settings)
    module = importlib.import_module("sqlcipher3.dbapi2") if key else None
    # What is written never stands in an error message, which may end in a log.
    engine = create_engine(url, hide_parameters=True, module=module)
    event.listen(engine, "connect", _preparing(key))
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _preparing(key: str | None) -> Callable[[Any, object], None]:
    def prepare(connection: Any, _record: object) -> None:
        # The driver's own transactions begin too late for a lock; `_begin_sqlite` begins them.
        connection.isolation_level = None
        if key:
            connection.execute(pragma(key))
        for one in PRAGMAS:
            _insist(connection, f"PRAGMA {one}")

    return prepare


def _insist(connection: Any, statement: str) -> None:
    """Do a statement; the first to open a new file may hold it without a queue for others."""
    waited = 0.0
    while True:
        try:
            connection.execute(statement)
        except Exception as error:  # of whichever driver it is
            if "locked" not in str(error) or waited > BUSY_SECONDS:
                raise
            time.sleep(0.05)
            waited += 0.05
        else:
            return


@contextmanager
def bare(engine: Engine, settings: Settings) -> Iterator[Any]:
    """A driver's cursor outside any transaction, for what SQLite does only there."""
    driver = engine.dialect.loaded_dbapi
    with told(settings), closing(engine.raw_connection()) as connection:
        try:
            yield connection.cursor()
        except driver.Error as error:
            # Below SQLAlchemy the driver's own kinds come as they are.
            raise (database_failure(error) or InputError("database_broken")) from error


def _begin_sqlite(connection: Connection) -> None:
    write = connection.get_execution_options().get("write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


def version(connection: Connection) -> Version:
    """How the tables of a database stand to this program."""
    return _version(connection, ScriptDirectory.from_config(_config(connection)))


def revision(connection: Connection) -> str | None:
    """The version of a database's tables; None where there are none."""
    return MigrationContext.configure(connection).get_current_revision()


def _version(connection: Connection, known: ScriptDirectory) -> Version:
    current = revision(connection)
    if current is None:
        return Version.EMPTY
    if current == known.get_current_head():
        return Version.CURRENT
    revisions = {script.revision for script in known.walk_revisions()}
    return Version.BEHIND if current in revisions else Version.AHEAD


def _migrate(connection: Connection) -> None:
    """Bring the tables to the newest version; processes that open together wait in turn."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATING})
    config = _config(connection)
    stands = _version(connection, ScriptDirectory.from_config(config))
    if stands is Version.AHEAD:
        raise InputError("database_newer")
    if stands is Version.CURRENT:
        return
    if not may_migrate(connection):
        raise InputError("database_behind")
    command.upgrade(config, "head")
    if rights.in_force(connection):
        rights.apply(connection)
        views.create(connection)


def may_migrate(connection: Connection) -> bool:
    """Whether who is connected owns the tables; the application's own role never does."""
    if connection.dialect.name != "postgresql":
        return True
    may = text(
        "SELECT coalesce((SELECT pg_has_role(tableowner, 'USAGE') FROM pg_tables "
        "WHERE schemaname = current_schema() AND tablename = 'alembic_version'), "
        "has_schema_privilege(current_schema(), 'CREATE'))"
    )
    return bool(connection.execute(may).scalar())


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config
