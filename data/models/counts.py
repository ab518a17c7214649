"""Tables of the count night: what was decided, the weather, and what each pass saw."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from data.models.core import Base


class CountRow(Base):
    """A `data.counts.Count`. `first`: the night chosen at first, `night` the one it is now;
    `owners`: organisation by zone, of all zones that are to be passed; `summary`: the figures
    of a count whose entries have expired; `released`: number of its line in the ledger."""

    __tablename__ = "counts"

    id: Mapped[int] = mapped_column(primary_key=True)
    night: Mapped[date] = mapped_column(unique=True)
    first: Mapped[date]
    reserve: Mapped[date | None]
    state: Mapped[str]
    opens: Mapped[str]
    closes: Mapped[str]
    minutes: Mapped[int]
    passes: Mapped[int]
    spacing: Mapped[int]
    plan: Mapped[int | None] = mapped_column(ForeignKey("plans.id", ondelete="SET NULL"))
    owners: Mapped[dict[str, Any]]
    bound: Mapped[dict[str, Any]]
    summary: Mapped[dict[str, Any] | None]
    released: Mapped[int | None]


class CountWeatherRow(Base):
    """A forecast for a count night and what the rule said of it then. Rows are only added."""

    __tablename__ = "count_weather"

    number: Mapped[int] = mapped_column(primary_key=True)
    count: Mapped[int] = mapped_column(ForeignKey("counts.id", ondelete="CASCADE"), index=True)
    night: Mapped[date]
    entered: Mapped[datetime]
    rain: Mapped[float]
    wind: Mapped[float]
    fog: Mapped[bool]
    verdict: Mapped[str]
    most_rain: Mapped[float]
    most_wind: Mapped[float]


class CountPassRow(Base):
    """A `geo.count.Passing`. `groups`: lists of persons, gender, macro area, age class."""

    __tablename__ = "count_passes"

    count: Mapped[int] = mapped_column(
        ForeignKey("counts.id", ondelete="CASCADE"), primary_key=True
    )
    zone: Mapped[str] = mapped_column(String(10), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    unit: Mapped[str] = mapped_column(primary_key=True)
    organisation: Mapped[str]
    planned: Mapped[bool]
    groups: Mapped[list[Any]]
