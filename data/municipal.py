"""The installation of the municipalities: a process and a database of its own.

It holds releases (published figures, those of conflict reports and mediation cases too), the
listening desks, the neighbourhoods that reports can name, accounts, its own audit, and the
reports that municipalities enter until the network takes them; nothing else: `checked`
refuses a database with a row of any other table.

    push(store, viewer)      # what is new of the ledger goes there, with its seals
    collect(store, viewer)   # the reports entered there come here, and are deleted there

Both are acts of the network's machine: nothing there knows where the network's database is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from data import audit, chain
from data.access import Action, Scope, Viewer
from data.conflicts import add_reports, kept_places
from data.models import Base, ConflictPlaceRow, ConflictReportRow, DeskRow, ReleaseRow
from data.settings import Settings
from data.store import EVERYTHING, Store
from data.tables import is_synthetic, meta
from geo.conflicts import Band, Channel, ConflictReport, Reporter, Theme
from geo.errors import ConflictError, InputError, RefusedError
from geo.night import Night

HELD = frozenset(
    {
        "meta", "settings", "releases", "desks", "accounts", "audit", "database_logins",
        "conflict_places", "conflict_reports",
    }
)  # fmt: skip
"""Tables that may hold rows there."""


def municipal(settings: Settings) -> Settings:
    """The settings by which the municipalities' database is opened."""
    return settings.model_copy(update={"profile": "municipality"})


def checked(store: Store) -> Store:
    """The store, if it holds nothing but what the municipalities may have.

    Raises RefusedError `municipal_holds_more`.
    """
    with store.recording(EVERYTHING) as session:
        for name, table in sorted(Base.metadata.tables.items()):
            if name in HELD:
                continue
            if session.execute(select(func.count()).select_from(table)).scalar():
                raise RefusedError("municipal_holds_more", table=name)
    return store


def push(store: Store, viewer: Viewer) -> int:
    """Copy to the municipalities' database what it lacks of the ledger; how many releases.

    Raises ConflictError `push_differs` when its ledger is not the beginning of this one, InputError
    `push_same` when both are the same database; nothing is written then.
    """
    with store.reading(viewer, Action.PUBLISH_RELEASES) as session:
        ledger = list(session.scalars(select(ReleaseRow).order_by(ReleaseRow.number)))
        public = {table: list(session.scalars(select(table))) for table in PUBLIC}
        synthetic = is_synthetic(session)
    with _there(store) as target, target.recording(viewer) as session:
        meta(session, "synthetic").value = "yes" if synthetic else "no"
        fresh = _new(session, ledger)
        _copy(session, fresh)
        for table, rows in public.items():
            session.execute(delete(table))
            _copy(session, rows)
    return len(fresh)


def collect(store: Store, viewer: Viewer) -> tuple[int, int]:
    """Take the reports that were entered there, and delete them there: how many, and how many
    stay because they are not understood here (a neighbourhood that is no longer one).

    They are written here first: if it breaks off in between, they are taken again, and the
    same complaint counts once (`geo.conflicts.episodes`). Raises InputError `push_same`,
    `synthetic_mixed`.
    """
    with _there(store) as target:
        with target.recording(viewer) as session:
            rows = list(session.scalars(select(ConflictReportRow).order_by(ConflictReportRow.id)))
            synthetic = is_synthetic(session)
        with store.reading(viewer, Action.READ_PLACES) as session:
            known = {*kept_places(session)["code"]}
        taken = {row.id: report for row in rows if (report := _understood(store, row, known))}
        if not taken:
            return 0, len(rows)
        if synthetic != store.synthetic():
            raise InputError("synthetic_mixed")
        add_reports(store, viewer, [*taken.values()], synthetic=synthetic)
        with target.recording(viewer) as session:
            for number in taken:
                session.execute(delete(ConflictReportRow).where(ConflictReportRow.id == number))
        with target.recording() as session:
            count, now = len(taken), store.now()
            audit.append(session, viewer, Action.WRITE_REPORTS, Scope.ALL, rows=count, now=now)
    return len(taken), len(rows) - len(taken)


PUBLIC = (DeskRow, ConflictPlaceRow)
"""Tables that are copied whole with every push."""


@contextmanager
def _there(store: Store) -> Iterator[Store]:
    there = municipal(store.settings())
    if there.url == store.settings().url:
        raise InputError("push_same")
    target = checked(Store.open(there))
    try:
        yield target
    finally:
        target.close()


def _understood(store: Store, row: ConflictReportRow, known: set[str]) -> ConflictReport | None:
    """The report of a row of a database that is less trusted than ours; None if it is none."""
    if row.place not in known or row.place[:6] != row.municipality:
        return None
    if row.day > Night.of(store.now()).date:
        return None
    try:
        return ConflictReport(
            place=row.place,
            day=row.day,
            band=Band(row.band),
            theme=Theme(row.theme),
            intensity=row.intensity,
            channel=Channel(row.channel),
            reporter=Reporter(row.reporter),
            repeated=row.repeated,
            synthetic=store.synthetic(),
        )
    except (ValueError, InputError):
        return None


def _new(session: Session, ledger: list[ReleaseRow]) -> list[ReleaseRow]:
    number, seal = chain.head(session, ReleaseRow)
    same = number == 0 or (number <= len(ledger) and ledger[number - 1].seal == seal)
    if not same:
        raise ConflictError("push_differs")
    return ledger[number:]


def _copy(session: Session, rows: Sequence[Base]) -> None:
    for row in rows:
        names = type(row).__table__.columns.keys()
        session.execute(insert(type(row)).values({name: getattr(row, name) for name in names}))
