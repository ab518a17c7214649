"""Table of the running night: what crews say, event by event."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from data.models.core import Base


class CrewEventRow(Base):
    """A `routing.progress.CrewEvent` as it was received.

    Rows are added and, some nights later, deleted; none is ever changed. `id` is made where
    it was said, so that what is sent twice is kept once.
    """

    __tablename__ = "crew_events"
    __table_args__ = (Index("ix_crew_events_night", "night", "unit"),)

    number: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(String(64), unique=True)
    night: Mapped[date]
    unit: Mapped[str] = mapped_column(ForeignKey("units.code", ondelete="CASCADE"))
    kind: Mapped[str]
    source: Mapped[str]
    sequence: Mapped[int]
    at: Mapped[datetime | None]
    received: Mapped[datetime]
    stop: Mapped[str | None]
    document: Mapped[dict[str, Any]]
