"""Accounts: who an identity provider's users are here. The network keeps them.

An account is known by issuer and subject of the identity provider, never by an address or a
name that someone else may get later. Whoever has none, or a closed one, may not enter.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from data.access import Action, Role, Viewer
from data.models import AccountRow, UnitRow
from data.pack_links import renew, void
from data.store import Store
from geo.errors import ConflictError, InputError, MissingError
from geo.municipalities import municipalities
from geo.night import Night


@dataclass(frozen=True)
class Account:
    """A person's way in. `id`: None for one that is not kept yet; `label`: what the network
    calls it. `organisation`: a coordinator's, None for the network's; `unit`: an operator's;
    `municipality`: ISTAT code. `signed_out`: until when all sign-ins are void."""

    issuer: str
    subject: str
    label: str
    role: Role
    organisation: str | None = None
    unit: str | None = None
    municipality: str | None = None
    id: int | None = None
    signed_out: datetime | None = None
    closed: bool = False

    @property
    def viewer(self) -> Viewer:
        """Who they are to the store."""
        return Viewer(
            self.role,
            unit=self.unit,
            municipality=self.municipality,
            organisation=self.organisation,
            account=f"account {self.id}",
        )


def accounts(store: Store, viewer: Viewer) -> tuple[Account, ...]:
    """All accounts by label."""
    with store.reading(viewer, Action.READ_ACCOUNTS) as session:
        rows = session.scalars(select(AccountRow).order_by(AccountRow.label, AccountRow.id))
        return tuple(map(_account, rows))


def save(store: Store, viewer: Viewer, account: Account) -> Account:
    """Add an account, or change the one with its id; a change signs it out everywhere.

    Raises InputError `account_scope` (an operator without a unit, a municipality that is none),
    `account_identity` (no issuer or subject), ConflictError `account_taken`, `account_last` (the
    network must keep one that is open).
    """
    checked(account)
    with store.writing(viewer, Action.WRITE_ACCOUNTS) as session:
        row = _found(session, account.issuer, account.subject)
        if row is not None and row.id != account.id:
            raise ConflictError("account_taken")
        if account.id is None:
            row = AccountRow()
            session.add(row)
        else:
            row = _get(session, account.id)
            row.signed_out = store.now()
        for name in ("issuer", "subject", "label", "organisation", "unit", "municipality"):
            setattr(row, name, getattr(account, name))
        row.role, row.closed = account.role.value, account.closed
        session.flush()
        _keep_one(session)
        return _account(row)


@dataclass(frozen=True)
class Reaches:
    """What an account's role can reach: names of organisations, units by code with their names."""

    organisations: tuple[str, ...]
    units: Mapping[str, str]


def reaches(store: Store, viewer: Viewer) -> Reaches:
    """The organisations and units there are, to choose from; nothing else of them."""
    with store.reading(viewer, Action.READ_REACHES) as session:
        rows = session.execute(
            select(UnitRow.code, UnitRow.name, UnitRow.organisation).order_by(UnitRow.name)
        ).all()
    return Reaches(tuple(sorted({row[2] for row in rows})), {row[0]: row[1] for row in rows})


def void_links(store: Store, viewer: Viewer) -> None:
    """Void every link to a crew's pack at once; the crews open new ones from their page."""
    with store.writing(viewer, Action.WRITE_ACCOUNTS):
        renew(store.settings().home)


def void_link(store: Store, viewer: Viewer, unit: str, night: Night) -> None:
    """Void the links to one unit's pack of a night; MissingError `unit_unknown`."""
    if unit not in reaches(store, viewer).units:
        raise MissingError("unit_unknown", unit=unit)
    with store.writing(viewer, Action.WRITE_ACCOUNTS):
        void(store.settings().home, night, unit)


def close(store: Store, viewer: Viewer, number: int, closed: bool = True) -> None:
    """Let an account no longer enter (or again). Errors as `save`; MissingError
    `account_missing`."""
    with store.writing(viewer, Action.WRITE_ACCOUNTS) as session:
        row = _get(session, number)
        row.closed, row.signed_out = closed, store.now()
        session.flush()
        _keep_one(session)


def sign_out(store: Store, viewer: Viewer, number: int) -> None:
    """End every session of an account, in all browsers."""
    with store.writing(viewer, Action.WRITE_ACCOUNTS) as session:
        _get(session, number).signed_out = store.now()


def sign_out_self(store: Store, viewer: Viewer) -> None:
    """End every session of who asks, in all browsers."""
    number = int(viewer.account.removeprefix("account "))
    with store.writing(viewer, Action.SIGN_OUT) as session:
        _get(session, number).signed_out = store.now()


def known(store: Store, issuer: str, subject: str) -> Account | None:
    """The account of someone an identity provider vouches for; None where there is none."""
    with store.reading() as session:
        row = _found(session, issuer, subject)
        return _account(row) if row else None


def checked(account: Account) -> Account:
    """An account whose role and scope go together; InputError as `save`."""
    if not (account.issuer and account.subject and account.label):
        raise InputError("account_identity")
    needs: Mapping[Role, frozenset[str]] = {
        Role.OPERATOR: frozenset({"unit"}),
        Role.MUNICIPALITY: frozenset({"municipality"}),
    }
    allowed = needs.get(account.role, frozenset())
    given = {name for name in ("organisation", "unit", "municipality") if getattr(account, name)}
    optional = {"organisation"} if account.role is Role.COORDINATOR else set()
    if not allowed <= given or given - allowed - optional:
        raise InputError("account_scope")
    if account.municipality and account.municipality not in set(municipalities()["istat"]):
        raise InputError("account_scope")
    return account


def _found(session: Session, issuer: str, subject: str) -> AccountRow | None:
    chosen = select(AccountRow).where(AccountRow.issuer == issuer, AccountRow.subject == subject)
    return session.scalars(chosen).one_or_none()


def _get(session: Session, number: int | None) -> AccountRow:
    row = session.get(AccountRow, number)
    if row is None:
        raise MissingError("account_missing", account=number)
    return row


def _keep_one(session: Session) -> None:
    """The network never locks itself out."""
    open_ones = select(AccountRow.id).where(
        AccountRow.role == Role.NETWORK.value, AccountRow.closed.is_(False)
    )
    if session.scalars(open_ones.limit(1)).first() is None:
        raise ConflictError("account_last")


def _account(row: AccountRow) -> Account:
    return Account(
        issuer=row.issuer,
        subject=row.subject,
        label=row.label,
        role=Role(row.role),
        organisation=row.organisation,
        unit=row.unit,
        municipality=row.municipality,
        id=row.id,
        signed_out=row.signed_out,
        closed=row.closed,
    )
