"""Tables of conflicts: places, sensitive places, reports, ordinances, mediation cases."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from data.models.core import Base


class ConflictPlaceRow(Base):
    """An imported neighbourhood or census area: a polygon with a code and a name."""

    __tablename__ = "conflict_places"

    code: Mapped[str] = mapped_column(String(32), primary_key=True)
    name: Mapped[str]
    municipality: Mapped[str] = mapped_column(String(6))
    geometry: Mapped[bytes]


class SensitivePlaceRow(Base):
    """A school, health service or place of worship, from public data."""

    __tablename__ = "sensitive_places"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    lon: Mapped[float]
    lat: Mapped[float]


class ConflictReportRow(Base):
    """A `geo.conflicts.ConflictReport`: codes alone, nothing of who reports."""

    __tablename__ = "conflict_reports"
    __table_args__ = (Index("ix_conflict_reports_municipality", "municipality", "day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    municipality: Mapped[str] = mapped_column(String(6))
    place: Mapped[str] = mapped_column(String(32))
    day: Mapped[date]
    band: Mapped[str]
    theme: Mapped[str]
    intensity: Mapped[int]
    channel: Mapped[str]
    reporter: Mapped[str]
    repeated: Mapped[bool]


class OrdinanceRow(Base):
    """A `geo.ordinances.Ordinance`."""

    __tablename__ = "ordinances"

    code: Mapped[str] = mapped_column(String(32), primary_key=True)
    municipality: Mapped[str] = mapped_column(String(6))
    document: Mapped[dict[str, Any]]


class MediationCaseRow(Base):
    """A `geo.mediation.MediationCase`; `version` grows with each change."""

    __tablename__ = "mediation_cases"

    key: Mapped[str] = mapped_column(String(32), primary_key=True)
    municipality: Mapped[str] = mapped_column(String(6))
    version: Mapped[int]
    document: Mapped[dict[str, Any]]
