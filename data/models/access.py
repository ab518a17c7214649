"""Tables of who may enter and of what was done."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from data.chain import Chained
from data.models.core import Base


class AccountRow(Base):
    """A person as an identity provider knows them, with the role they have here.

    `label`: what the network calls the account, no name needed. `signed_out`: what was signed
    in before that moment is not signed in any more. `closed`: may not enter.
    """

    __tablename__ = "accounts"
    __table_args__ = (UniqueConstraint("issuer", "subject"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    issuer: Mapped[str]
    subject: Mapped[str]
    label: Mapped[str]
    role: Mapped[str]
    organisation: Mapped[str | None]
    unit: Mapped[str | None]
    municipality: Mapped[str | None]
    signed_out: Mapped[datetime | None]
    closed: Mapped[bool]


class DatabaseLoginRow(Base):
    """How far a PostgreSQL login of a person's own may see (QGIS, psql): none, nothing.

    `organisation`: `*` for a coordinator of the network.
    """

    __tablename__ = "database_logins"

    login: Mapped[str] = mapped_column(primary_key=True)
    organisation: Mapped[str | None]
    unit: Mapped[str | None]
    municipality: Mapped[str | None]


class AuditRow(Chained, Base):
    """One act: who did what, how far that reaches, how many rows, when. Nothing of the rows."""

    __tablename__ = "audit"

    moment: Mapped[datetime]
    who: Mapped[str]
    role: Mapped[str]
    action: Mapped[str]
    reach: Mapped[str]
    rows: Mapped[int]
