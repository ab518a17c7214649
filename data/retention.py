"""Retention: contact records that are old enough become monthly totals, and are gone.

The totals are made and the records deleted in one transaction. Then the files are
scrubbed: deleted bytes are overwritten (`secure_delete`), the database is written anew
without them and its write-ahead log is cut off, so that no byte of a record is left.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Engine, func, select
from sqlalchemy.exc import OperationalError

from data import count_entries, hotline
from data.access import Action, Viewer
from data.contacts import SCRUB, fold, mark_for_scrub
from data.database import may_migrate
from data.models import ContactRow, MetaRow, RegionMonthRow, ZoneMonthRow
from data.running import forget
from data.store import Store
from data.zones import expire_proposals
from geo.errors import ConflictError
from geo.night import Night

LAST_RUN = "retention"
"""Fact about the database: when the retention last ran, ISO."""

REWRITTEN = (
    "contacts",
    "effort",
    "contact_entries",
    "crew_events",
    "hotline_requests",
    "zone_proposals",
    "count_passes",
)
"""Tables that PostgreSQL writes anew, without their deleted rows."""


@dataclass(frozen=True)
class RetentionState:
    """How it stands: `days` that records are kept, and `cutoff`, the first night still kept.

    `records` kept, of them `due` to become totals; `oldest` night of them; `months` that have
    totals; `last_run`; `scrub_due`: whether deleted records may still stand in the files.
    """

    days: int
    cutoff: date
    records: int
    due: int
    oldest: date | None
    months: tuple[date, ...]
    last_run: datetime | None
    scrub_due: bool


@dataclass(frozen=True)
class Retired:
    """What a run did: `records` that became totals, those of nights before `cutoff`."""

    records: int
    cutoff: date


def cutoff_of(store: Store) -> date:
    """The first night whose records are kept."""
    return Night.of(store.now()).date - timedelta(days=store.settings().contact_days)


def run(store: Store, viewer: Viewer) -> Retired:
    """Turn what has expired into totals and scrub the files.

    Raises ConflictError `retention_waits` when someone reads or writes meanwhile: the
    totals are made and the records deleted, but the files must be scrubbed by another run;
    `retention_owner` when that run must be of who owns the tables (PostgreSQL).
    """
    cutoff = cutoff_of(store)
    with store.writing(viewer, Action.RUN_RETENTION) as session:
        records = fold(session, cutoff)
        forget(session, Night.of(store.now()))
        hotline.fold(session, cutoff)
        count_entries.expire(session, cutoff)
        if expire_proposals(session, cutoff):
            mark_for_scrub(session)
        session.merge(MetaRow(name=LAST_RUN, value=store.now().isoformat()))
    if not scrub_if_due(store):
        raise ConflictError("retention_owner")
    return Retired(records, cutoff)


def state(store: Store, viewer: Viewer) -> RetentionState:
    """How the retention stands."""
    cutoff = cutoff_of(store)
    with store.reading(viewer, Action.READ_RETENTION) as session:
        records, oldest = session.execute(
            select(func.count(ContactRow.id), func.min(ContactRow.night))
        ).one()
        due = session.scalar(select(func.count(ContactRow.id)).where(ContactRow.night < cutoff))
        months = select(RegionMonthRow.month).union(select(ZoneMonthRow.month))
        last = session.get(MetaRow, LAST_RUN)
        return RetentionState(
            days=store.settings().contact_days,
            cutoff=cutoff,
            records=records,
            due=due or 0,
            oldest=oldest,
            months=tuple(sorted(session.scalars(months))),
            last_run=datetime.fromisoformat(last.value) if last else None,
            scrub_due=_is_due(session.get(MetaRow, SCRUB)),
        )


def scrub_if_due(store: Store) -> bool:
    """Write the database anew without deleted records, if there are any.

    False when it is due and only who owns the tables can do it.
    """
    with store.reading() as session:
        if not _is_due(session.get(MetaRow, SCRUB)):
            return True
    with store.engine.connect() as connection:
        if not may_migrate(connection):
            return False
    if store.engine.dialect.name == "sqlite":
        _scrub_sqlite(store.engine)
    else:
        _scrub_postgresql(store.engine)
    with store.recording() as session:
        session.merge(MetaRow(name=SCRUB, value="done"))
    return True


def _is_due(fact: MetaRow | None) -> bool:
    return fact is not None and fact.value == "due"


def _scrub_sqlite(engine: Engine) -> None:
    """Pages are copied in memory, never to a temporary file."""
    with closing(engine.raw_connection()) as connection:
        cursor = connection.cursor()
        try:
            cursor.execute("PRAGMA temp_store=MEMORY")
            cursor.execute("VACUUM")
            busy, *_ = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        except engine.dialect.loaded_dbapi.OperationalError:
            busy = 1
    if busy:
        raise ConflictError("retention_waits")


def _scrub_postgresql(engine: Engine) -> None:
    """New files for the tables; the server's own log is for its administrator."""
    try:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("SET lock_timeout = '15s'")
            for table in REWRITTEN:
                connection.exec_driver_sql(f"VACUUM (FULL, ANALYZE) {table}")
            connection.exec_driver_sql("RESET lock_timeout")
        return
    except OperationalError:
        pass
    raise ConflictError("retention_waits")
