"""The tables, for SQLite and PostgreSQL alike.

Geometry is WKB in EPSG:4326, moments are aware and stored in UTC, clocks are wall-clock
`HH:MM`. Lists that are only ever read and written with their row (windows, crew) are
JSON in it.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import JSON, DateTime, Dialect, ForeignKey, LargeBinary, MetaData, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

NAMES = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Moment(TypeDecorator[datetime]):
    """An aware datetime, kept in UTC (SQLite would forget the time zone)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Root of all tables."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {  # noqa: RUF012 (read by SQLAlchemy as it stands)
        datetime: Moment,
        bytes: LargeBinary,
        dict[str, Any]: JSON,
        list[Any]: JSON,
    }


class MetaRow(Base):
    """Facts about the whole database: `synthetic`, `revision`."""

    __tablename__ = "meta"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]


class SettingRow(Base):
    """A setting changed in the database; its value as text, as the environment has it."""

    __tablename__ = "settings"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]


class ZoneRow(Base):
    """A `geo.zones.Zone`."""

    __tablename__ = "zones"

    code: Mapped[str] = mapped_column(String(10), primary_key=True)
    municipality: Mapped[str] = mapped_column(String(6), index=True)
    place_type: Mapped[str]
    geometry: Mapped[bytes]
    windows: Mapped[list[Any]]
    service_minutes: Mapped[int]
    shortest_minutes: Mapped[int | None]
    access: Mapped[str]
    languages: Mapped[list[Any]]
    mediator: Mapped[bool]
    discreet: Mapped[bool]
    revisit_days: Mapped[int]
    synthetic: Mapped[bool]


class PresenceRow(Base):
    """Expected persons in a zone at a weekday (Monday 0) and wall-clock hour."""

    __tablename__ = "presence"

    zone: Mapped[str] = mapped_column(
        ForeignKey("zones.code", ondelete="CASCADE"), primary_key=True
    )
    weekday: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    hour: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    expected: Mapped[float]
    low: Mapped[float]
    high: Mapped[float]


class ContactRow(Base):
    """Counts of one contact record of an outing: no identity, no coordinate."""

    __tablename__ = "contacts"

    id: Mapped[int] = mapped_column(primary_key=True)
    night: Mapped[date] = mapped_column(index=True)
    zone: Mapped[str] = mapped_column(ForeignKey("zones.code", ondelete="CASCADE"), index=True)
    kind: Mapped[str]
    count: Mapped[int]


class VisitRow(Base):
    """A night on which a crew was in a zone, whomever it met."""

    __tablename__ = "visits"

    zone: Mapped[str] = mapped_column(
        ForeignKey("zones.code", ondelete="CASCADE"), primary_key=True
    )
    night: Mapped[date] = mapped_column(primary_key=True)


class UnitRow(Base):
    """A `routing.units.Unit` with its usual crew."""

    __tablename__ = "units"

    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    organisation: Mapped[str]
    territory: Mapped[list[Any]]
    mode: Mapped[str]
    start: Mapped[dict[str, Any]]
    end: Mapped[dict[str, Any]]
    shift_opens: Mapped[str]
    shift_closes: Mapped[str]
    crew: Mapped[list[Any]]
    weekdays: Mapped[list[Any]]
    pause: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    driving_minutes: Mapped[int | None]
    kilometres: Mapped[float | None]
    synthetic: Mapped[bool]


class OutingRow(Base):
    """A night on which a unit's shift or crew differs from its usual one."""

    __tablename__ = "outings"

    night: Mapped[date] = mapped_column(primary_key=True)
    unit: Mapped[str] = mapped_column(
        ForeignKey("units.code", ondelete="CASCADE"), primary_key=True
    )
    opens: Mapped[int]
    closes: Mapped[int]
    crew: Mapped[list[Any]]


class PromiseRow(Base):
    """A `routing.promises.Promise`: its place a zone, or a spot known by name."""

    __tablename__ = "promises"

    key: Mapped[str] = mapped_column(primary_key=True)
    night: Mapped[date] = mapped_column(index=True)
    kind: Mapped[str]
    opens: Mapped[str]
    closes: Mapped[str]
    minutes: Mapped[int]
    zone: Mapped[str | None] = mapped_column(ForeignKey("zones.code", ondelete="CASCADE"))
    place: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    unit: Mapped[str | None] = mapped_column(ForeignKey("units.code", ondelete="CASCADE"))
    languages: Mapped[list[Any]]
    mediator: Mapped[bool]
    discreet: Mapped[bool]
    synthetic: Mapped[bool]


class DeskRow(Base):
    """A `geo.desks.Desk`."""

    __tablename__ = "desks"

    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    municipality: Mapped[str] = mapped_column(String(6))
    lon: Mapped[float]
    lat: Mapped[float]
    opening_hours: Mapped[str]
    languages: Mapped[list[Any]]
    itinerant: Mapped[bool]
    synthetic: Mapped[bool]


class PlanRow(Base):
    """A plan of one night; `document` is the plan as `data.exports` writes it."""

    __tablename__ = "plans"

    id: Mapped[int] = mapped_column(primary_key=True)
    night: Mapped[date] = mapped_column(index=True)
    version: Mapped[int] = mapped_column()
    state: Mapped[str]
    changed: Mapped[datetime]
    document: Mapped[dict[str, Any]]

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 (read by SQLAlchemy)


class ItineraryRow(Base):
    """What a crew reads tonight: the published itinerary of one unit, until it expires."""

    __tablename__ = "itineraries"

    night: Mapped[date] = mapped_column(primary_key=True)
    unit: Mapped[str] = mapped_column(
        ForeignKey("units.code", ondelete="CASCADE"), primary_key=True
    )
    plan: Mapped[int] = mapped_column(ForeignKey("plans.id", ondelete="CASCADE"))
    published: Mapped[datetime]
    expires: Mapped[datetime]
    document: Mapped[dict[str, Any]]
