"""Tables of the hotline's requests."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from data.models.core import Base


class HotlineRequestRow(Base):
    """A `routing.requests.HotlineRequest`: open, then accepted by a `unit`, then closed with an
    `outcome`. Like contact records, it expires."""

    __tablename__ = "hotline_requests"

    key: Mapped[str] = mapped_column(String(24), primary_key=True)
    night: Mapped[date] = mapped_column(index=True)
    municipality: Mapped[str] = mapped_column(String(6))
    kind: Mapped[str]
    urgency: Mapped[str]
    opens: Mapped[str]
    closes: Mapped[str]
    language: Mapped[str | None]
    mediator: Mapped[bool]
    synthetic: Mapped[bool]
    entered: Mapped[datetime]
    unit: Mapped[str | None] = mapped_column(ForeignKey("units.code", ondelete="SET NULL"))
    outcome: Mapped[str | None]


class HotlineMonthRow(Base):
    """What expired requests of a month came to: how many by kind and outcome (`""`: none)."""

    __tablename__ = "hotline_months"

    month: Mapped[date] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    outcome: Mapped[str] = mapped_column(primary_key=True)
    requests: Mapped[int]
