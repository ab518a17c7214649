"""The audit: who did what, how far it reached, how many rows it touched, when.

A chained table (`data.chain`). It holds no content of any row: no zone, no coordinate, no
value. Every writing has its entry, in the same transaction. A page reads the same again and
again while someone works on it, so that a reading is entered once a quarter of an hour for
each viewer and action, and again when it brings more rows than the entry says.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import event, select
from sqlalchemy.orm import ORMExecuteState, Session, UOWTransaction

from data import chain
from data.access import Action, Role, Scope, Viewer
from data.models import AuditRow, MetaRow

if TYPE_CHECKING:
    from data.store import Store
    from data.texts import Texts

AGAIN = timedelta(minutes=15)
"""How long an entry stands for readings that are the same."""


@dataclass(frozen=True)
class Entry:
    """One line of the audit. `reach`: how far the act could go, of what `whose` names.

    `action`: a code of the table of actions, of this version or of an earlier one.
    """

    number: int
    moment: datetime
    who: str
    role: Role
    action: str
    reach: Scope
    whose: str
    rows: int


class Noted:
    """The readings of this process that have an entry already."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._entries: dict[tuple[Viewer, Action], tuple[datetime, int]] = {}

    def again(self, viewer: Viewer, action: Action, rows: int, now: datetime) -> bool:
        """Whether an entry stands for this reading."""
        with self._lock:
            moment, most = self._entries.get((viewer, action), (now - AGAIN, -1))
        return rows <= most and moment <= now < moment + AGAIN

    def remember(self, viewer: Viewer, action: Action, rows: int, now: datetime) -> None:
        """An entry has been made."""
        with self._lock:
            if len(self._entries) > 10_000:
                self._entries.clear()
            self._entries[viewer, action] = (now, rows)


def append(
    session: Session, viewer: Viewer, action: Action, reach: Scope, *, rows: int, now: datetime
) -> None:
    """Add an entry in the transaction at hand."""
    row = AuditRow(
        moment=now,
        who=viewer.account,
        role=viewer.role.value,
        action=action.value,
        reach=_reach(viewer, reach),
        rows=rows,
    )
    chain.append(session, row)


def _reach(viewer: Viewer, reach: Scope) -> str:
    """The scope, and whose: a unit, an organisation, a municipality."""
    named = {
        Scope.OWN_ORGANISATION: viewer.organisation,
        Scope.OWN_UNIT_TONIGHT: viewer.unit,
        Scope.OWN_TERRITORY: viewer.municipality,
    }.get(reach)
    return f"{reach.value}: {named}" if named else reach.value


def counting(session: Session, *, writes: bool = False) -> Callable[[], int]:
    """Count the rows that a session reads from now on, or those it writes; call for the sum."""
    seen = [0]

    @event.listens_for(session, "do_orm_execute", retval=True)
    def _executed(state: ORMExecuteState) -> Any:
        if state.is_select and not writes and not state.execution_options.get("yield_per"):
            frozen = state.invoke_statement().freeze()
            seen[0] += len(frozen.data)
            return frozen()
        if writes and not state.is_select:
            result: Any = state.invoke_statement()
            many = state.parameters if isinstance(state.parameters, list) else None
            seen[0] += len(many) if many else max(getattr(result, "rowcount", 0), 0)
            return result
        return None

    @event.listens_for(session, "after_flush")
    def _flushed(session: Session, _context: UOWTransaction) -> None:
        if writes:
            rows = (*session.new, *session.dirty, *session.deleted)
            seen[0] += sum(not isinstance(row, MetaRow) for row in rows)

    return lambda: seen[0]


def name(t: Texts, action: str) -> str:
    """What an action is called; its code where this version knows no such action."""
    return t.word(Action(action)) if action in set(Action) else action


def entries(store: Store, viewer: Viewer, limit: int = 500) -> tuple[Entry, ...]:
    """The last entries, the newest first."""
    newest = select(AuditRow).order_by(AuditRow.number.desc()).limit(limit)
    with store.reading(viewer, Action.READ_AUDIT) as session:
        return tuple(
            Entry(
                row.number, row.moment, row.who, Role(row.role), row.action, *_parts(row), row.rows
            )
            for row in session.scalars(newest)
        )


def _parts(row: AuditRow) -> tuple[Scope, str]:
    reach, _, whose = row.reach.partition(": ")
    return Scope(reach), whose


def verify(store: Store, viewer: Viewer, expected: str | None = None) -> chain.Verdict:
    """Whether the audit is as it was written; `expected`: a head noted earlier."""
    with store.reading(viewer, Action.READ_AUDIT) as session:
        return chain.verify(session, AuditRow, expected)
