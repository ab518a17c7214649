"""The installation of the municipalities: a process and a database of its own, filled one way.

It holds releases (published figures), the listening desks, accounts and its own audit, and nothing
else: `checked` refuses a database with a row of any other table. `push` copies what is new
of the ledger from the network's database, row by row with its seals, and reads nothing back.
What is published of conflict reports and mediation cases is part of the ledger and goes with it.
"""

from __future__ import annotations

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from data import chain
from data.access import Action, Viewer
from data.models import Base, DeskRow, ReleaseRow
from data.settings import Settings
from data.store import Store
from data.tables import is_synthetic, meta
from geo.errors import ConflictError, InputError, RefusedError

HELD = frozenset({"meta", "settings", "releases", "desks", "accounts", "audit", "database_logins"})
"""Tables that may hold rows there."""


def municipal(settings: Settings) -> Settings:
    """The settings by which the municipalities' database is opened."""
    return settings.model_copy(update={"profile": "municipality"})


def checked(store: Store) -> Store:
    """The store, if it holds nothing but what the municipalities may have.

    Raises RefusedError `municipal_holds_more`.
    """
    with store.engine.connect() as connection:
        for name, table in sorted(Base.metadata.tables.items()):
            if name in HELD:
                continue
            if connection.execute(select(func.count()).select_from(table)).scalar():
                raise RefusedError("municipal_holds_more", table=name)
    return store


def push(store: Store, viewer: Viewer) -> int:
    """Copy to the municipalities' database what it lacks of the ledger; how many releases.

    Raises ConflictError `push_differs` when its ledger is not the beginning of this one, InputError
    `push_same` when both are the same database; nothing is written then.
    """
    there = municipal(store.settings())
    if there.url == store.settings().url:
        raise InputError("push_same")
    with store.reading(viewer, Action.PUBLISH_RELEASES) as session:
        ledger = list(session.scalars(select(ReleaseRow).order_by(ReleaseRow.number)))
        desks = list(session.scalars(select(DeskRow)))
        synthetic = is_synthetic(session)
    target = checked(Store.open(there))
    try:
        with target.recording() as session:
            meta(session, "synthetic").value = "yes" if synthetic else "no"
            fresh = _new(session, ledger)
            _copy(session, fresh)
            session.execute(delete(DeskRow))
            _copy(session, desks)
    finally:
        target.close()
    return len(fresh)


def _new(session: Session, ledger: list[ReleaseRow]) -> list[ReleaseRow]:
    number, seal = chain.head(session, ReleaseRow)
    same = number == 0 or (number <= len(ledger) and ledger[number - 1].seal == seal)
    if not same:
        raise ConflictError("push_differs")
    return ledger[number:]


def _copy(session: Session, rows: list[ReleaseRow] | list[DeskRow]) -> None:
    for row in rows:
        names = type(row).__table__.columns.keys()
        session.execute(insert(type(row)).values({name: getattr(row, name) for name in names}))
