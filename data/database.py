"""Opening the database: engine, migrations, and what SQLite must be told.

SQLite runs with a write-ahead log (readers never wait), foreign keys on, deleted bytes
overwritten, and a write transaction that takes its lock at once, so that two writers
queue instead of failing half-way.
"""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DatabaseError, NoSuchModuleError, OperationalError

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


def connect(settings: Settings) -> Engine:
    """An engine on the settings' database, migrated to this program's version.

    Raises InputError: `database_url`, `database_driver`, `database_unreachable`,
    `database_broken` (no database), `database_newer` (made by a later version).
    """
    try:
        engine = _engine(settings)
    except (ArgumentError, NoSuchModuleError, ValueError) as error:
        raise InputError("database_url") from error
    except ModuleNotFoundError as error:
        raise InputError("database_driver", module=error.name) from error
    try:
        with engine.execution_options(write=True).begin() as connection:
            _migrate(connection)
    except OperationalError as error:
        raise InputError("database_unreachable") from error
    except DatabaseError as error:
        raise InputError("database_broken") from error
    return engine


def _engine(settings: Settings) -> Engine:
    url = make_url(settings.url)
    if url.drivername in ("postgres", "postgresql"):
        url = url.set(drivername="postgresql+psycopg")
    if url.get_backend_name() != "sqlite":
        return create_engine(url, pool_pre_ping=True, hide_parameters=True)
    if url.database:
        Path(url.database).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # What is written never stands in an error message, which may end in a log.
    engine = create_engine(url, hide_parameters=True)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection, _record) -> None:  # type: ignore[no-untyped-def]
    # The driver's own transactions begin too late for a lock; `_begin_sqlite` begins them.
    connection.isolation_level = None
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    write = connection.get_execution_options().get("write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


def _migrate(connection: Connection) -> None:
    """Bring the tables to the newest version; processes that open together wait in turn."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATING})
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    known = ScriptDirectory.from_config(config)
    current = MigrationContext.configure(connection).get_current_revision()
    if current not in {None, *(script.revision for script in known.walk_revisions())}:
        raise InputError("database_newer")
    if current != known.get_current_head():
        command.upgrade(config, "head")
