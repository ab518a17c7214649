"""Tables that only grow, whose rows are chained by hashes: the audit and the ledger of releases.

Each row carries a running number and a seal: SHA-256 over the seal before it and all its other
columns. Triggers in the database refuse to change, to delete and to skip a number, and `verify`
finds a row that was changed, taken out or put in between by someone who went around them. A
whole chain that was made anew can only be told from its head, noted somewhere else: `Verdict`
says the head.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TypeVar

from sqlalchemy import String, func, inspect, select
from sqlalchemy.orm import Mapped, Session, mapped_column

FIRST = "0" * 64
"""What the first row is sealed with in place of a seal before it."""

APPENDING = 0x50524F54
"""Key of PostgreSQL's advisory lock while a row is appended, until the transaction ends."""


class Chained:
    """The columns of a chained table, to inherit beside `Base`."""

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seal: Mapped[str] = mapped_column(String(64))


Row = TypeVar("Row", bound=Chained)


@dataclass(frozen=True)
class Verdict:
    """What `verify` found: `rows` read, the `head` (last seal), the first `broken` number."""

    rows: int
    head: str
    broken: int | None

    @property
    def whole(self) -> bool:
        """Whether every row is as it was written and none is missing before the last."""
        return self.broken is None


def append(session: Session, row: Row) -> Row:
    """Number, seal and write a row after the last of its table, in the transaction at hand.

    The transaction must be a writing one (`Store.writing`): who appends waits for the one
    before.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(APPENDING)))
    last, seal = head(session, type(row))
    row.number = last + 1
    row.seal = sealed(seal, row)
    session.add(row)
    session.flush()
    return row


def head(session: Session, table: type[Chained]) -> tuple[int, str]:
    """Number and seal of the last row; 0 and `FIRST` where there is none."""
    newest = select(table.number, table.seal).order_by(table.number.desc()).limit(1)
    found = session.execute(newest).one_or_none()
    return (found.number, found.seal) if found else (0, FIRST)


def verify(session: Session, table: type[Chained], expected: str | None = None) -> Verdict:
    """Read a chain from its first row on and compute every seal again.

    `expected`: a head noted earlier; a chain that does not hold it any more is broken from
    the row after its last.
    """
    seal, rows, seen = FIRST, 0, expected in (None, FIRST)
    for row in _rows(session, table):
        if row.number != rows + 1 or row.seal != sealed(seal, row):
            return Verdict(rows, seal, rows + 1)
        seal, rows = row.seal, rows + 1
        seen = seen or seal == expected
    return Verdict(rows, seal, None if seen else rows + 1)


def _rows(session: Session, table: type[Chained]) -> Iterator[Chained]:
    ordered = select(table).order_by(table.number).execution_options(yield_per=1000)
    for row in session.scalars(ordered):
        yield row
        session.expunge(row)


def sealed(before: str, row: Chained) -> str:
    """The seal of a row: 64 hexadecimal digits."""
    columns = inspect(type(row)).column_attrs
    content = {one.key: getattr(row, one.key) for one in columns if one.key != "seal"}
    said = json.dumps(content, ensure_ascii=True, sort_keys=True, default=_plain)
    return hashlib.sha256(f"{before}\n{said}".encode("ascii")).hexdigest()


def _plain(value: object) -> str:
    """What JSON does not know, in one form whatever database it comes from."""
    match value:
        case datetime():
            return value.astimezone(UTC).isoformat()
        case date():
            return value.isoformat()
        case bytes():
            return value.hex()
    raise TypeError(f"cannot seal a {type(value).__name__}")


def append_only(table: str, dialect: str) -> tuple[str, ...]:
    """The statements that make a database refuse anything but the next row, for a migration:
    `for statement in append_only("audit", op.get_bind().dialect.name): op.execute(statement)`.

    `dialect`: `sqlite` or `postgresql`. There they hold for the owner of the table too.
    """
    if dialect == "sqlite":
        return tuple(_sqlite(table))
    return (_FUNCTION, *_postgresql(table))


def _sqlite(table: str) -> Iterator[str]:
    refuse = f"SELECT RAISE(ABORT, '{table} only grows')"
    # INSERT OR REPLACE deletes without a word to the triggers, so that a number must be new.
    skips = f"NEW.number IS NOT (SELECT coalesce(max(number), 0) + 1 FROM {table})"  # noqa: S608
    for event, when in (("UPDATE", ""), ("DELETE", ""), ("INSERT", f"WHEN {skips} ")):
        name = f"{table}_no_{event.lower()}"
        yield f"CREATE TRIGGER {name} BEFORE {event} ON {table} {when}BEGIN {refuse}; END"


_FUNCTION = """
CREATE OR REPLACE FUNCTION only_grows() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE last bigint;
BEGIN
    IF TG_OP = 'INSERT' THEN
        EXECUTE format('SELECT coalesce(max(number), 0) FROM %s', TG_RELID::regclass) INTO last;
        IF NEW.number = last + 1 THEN RETURN NEW; END IF;
    END IF;
    RAISE EXCEPTION '% only grows', TG_TABLE_NAME;
END $$
"""


def _postgresql(table: str) -> Iterator[str]:
    for event, each in (("UPDATE OR DELETE", "ROW"), ("TRUNCATE", "STATEMENT"), ("INSERT", "ROW")):
        name = f"{table}_no_{event.split()[0].lower()}"
        yield (
            f"CREATE TRIGGER {name} BEFORE {event} ON {table} "
            f"FOR EACH {each} EXECUTE FUNCTION only_grows()"
        )
