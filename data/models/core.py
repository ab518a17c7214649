"""The tables, for SQLite and PostgreSQL alike.

Geometry is WKB in EPSG:4326, moments are aware and stored in UTC, clocks are wall-clock
`HH:MM`. Lists that are only ever read and written with their row (windows, crew) are
JSON in it.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    DateTime,
    Dialect,
    ForeignKey,
    LargeBinary,
    MetaData,
    String,
    UniqueConstraint,
    true,
)
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
    """A `geo.zones.Zone`; `archived` since a day, when it is no longer in use."""

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
    archived: Mapped[date | None]


class PresenceRow(Base):
    """Expected persons in a zone at a weekday (Monday 0) and wall-clock hour.

    `seen`, `contacted`, `unapproachable` add up to `expected`; none of an imported frame
    that does not tell them apart. `effort`: hours looked there and then behind it, 0 where
    nobody went; none where the frame does not say.
    """

    __tablename__ = "presence"

    zone: Mapped[str] = mapped_column(
        ForeignKey("zones.code", ondelete="CASCADE"), primary_key=True
    )
    weekday: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    hour: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    expected: Mapped[float]
    low: Mapped[float]
    high: Mapped[float]
    seen: Mapped[float | None]
    contacted: Mapped[float | None]
    unapproachable: Mapped[float | None]
    effort: Mapped[float | None]


class ContactRow(Base):
    """A record of a contact frame (`geo.contacts`): no identity, no coordinate.

    `entry`: the outing whose file it came with; `event`: the crew's tally that it came
    with; `requests`, `referrals`, `signals`: codes joined by a space. A telephone contact
    may be of no zone.
    """

    __tablename__ = "contacts"

    id: Mapped[int] = mapped_column(primary_key=True)
    entry: Mapped[int | None] = mapped_column(
        ForeignKey("contact_entries.id", ondelete="CASCADE"), index=True
    )
    night: Mapped[date] = mapped_column(index=True)
    hour: Mapped[int | None]
    zone: Mapped[str | None] = mapped_column(
        ForeignKey("zones.code", ondelete="CASCADE"), index=True
    )
    outing: Mapped[str] = mapped_column(server_default="contatto")
    kind: Mapped[str]
    gender: Mapped[str] = mapped_column(server_default="nr")
    macro_area: Mapped[str] = mapped_column(server_default="nr")
    age_class: Mapped[str] = mapped_column(server_default="nr")
    known: Mapped[str] = mapped_column(server_default="nr")
    place_type: Mapped[str | None]
    count: Mapped[int]
    materials_profilattici: Mapped[int] = mapped_column(server_default="0")
    materials_lubrificante: Mapped[int] = mapped_column(server_default="0")
    materials_opuscolo: Mapped[int] = mapped_column(server_default="0")
    materials_bevanda: Mapped[int] = mapped_column(server_default="0")
    materials_kit_igiene: Mapped[int] = mapped_column(server_default="0")
    materials_biglietto_nv: Mapped[int] = mapped_column(server_default="0")
    requests: Mapped[str] = mapped_column(server_default="")
    referrals: Mapped[str] = mapped_column(server_default="")
    signals: Mapped[str] = mapped_column(server_default="")
    event: Mapped[str | None] = mapped_column(String(64), unique=True)


class ContactEntryRow(Base):
    """An outing whose records were imported: what a corrected file replaces.

    `closed`: its records have become monthly totals and cannot be replaced any more.
    """

    __tablename__ = "contact_entries"
    __table_args__ = (UniqueConstraint("organisation", "unit", "night"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation: Mapped[str]
    unit: Mapped[str]
    night: Mapped[date] = mapped_column(index=True)
    closed: Mapped[bool]


class EffortRow(Base):
    """Crew-hours spent in a zone within one wall-clock hour of a night (`geo.effort`)."""

    __tablename__ = "effort"

    id: Mapped[int] = mapped_column(primary_key=True)
    entry: Mapped[int] = mapped_column(
        ForeignKey("contact_entries.id", ondelete="CASCADE"), index=True
    )
    night: Mapped[date] = mapped_column(index=True)
    zone: Mapped[str] = mapped_column(ForeignKey("zones.code", ondelete="CASCADE"))
    hour: Mapped[int]
    hours: Mapped[float]


class ZoneMonthRow(Base):
    """What expired records of a zone and month came to: records and persons by kind."""

    __tablename__ = "zone_months"

    zone: Mapped[str] = mapped_column(
        ForeignKey("zones.code", ondelete="CASCADE"), primary_key=True
    )
    month: Mapped[date] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    records: Mapped[int]
    persons: Mapped[int]


class EffortMonthRow(Base):
    """Crew-hours that were spent in a zone in a month whose effort has expired."""

    __tablename__ = "effort_months"

    zone: Mapped[str] = mapped_column(
        ForeignKey("zones.code", ondelete="CASCADE"), primary_key=True
    )
    month: Mapped[date] = mapped_column(primary_key=True)
    hours: Mapped[float]


class RegionMonthRow(Base):
    """What expired records of a month came to in all, code by code of each list.

    `persons` counts pieces where `field` is `materials`.
    """

    __tablename__ = "region_months"

    month: Mapped[date] = mapped_column(primary_key=True)
    field: Mapped[str] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    records: Mapped[int]
    persons: Mapped[int]


class ContactMappingRow(Base):
    """How an organisation's files are read: a `data.contact_columns.ContactMapping`."""

    __tablename__ = "contact_mappings"

    organisation: Mapped[str] = mapped_column(primary_key=True)
    document: Mapped[dict[str, Any]]


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
    unmarked: Mapped[bool] = mapped_column(server_default=true())
    kits: Mapped[int | None]
    synthetic: Mapped[bool]


class OutingRow(Base):
    """A night on which a unit's shift, crew or purpose differs from its usual one."""

    __tablename__ = "outings"

    night: Mapped[date] = mapped_column(primary_key=True)
    unit: Mapped[str] = mapped_column(
        ForeignKey("units.code", ondelete="CASCADE"), primary_key=True
    )
    opens: Mapped[int]
    closes: Mapped[int]
    crew: Mapped[list[Any]]
    kits: Mapped[int | None]
    kind: Mapped[str] = mapped_column(server_default="contatto")


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
    address: Mapped[str] = mapped_column(server_default="")
    operator: Mapped[bool] = mapped_column(server_default=true())
    mediator: Mapped[bool] = mapped_column(server_default=true())


class PlanRow(Base):
    """A plan of one night; `document` is the plan as `data.exports` writes it.

    `organisation`: whose coordinator made it; None is the network's.
    """

    __tablename__ = "plans"

    id: Mapped[int] = mapped_column(primary_key=True)
    night: Mapped[date] = mapped_column(index=True)
    version: Mapped[int] = mapped_column()
    state: Mapped[str]
    changed: Mapped[datetime]
    document: Mapped[dict[str, Any]]
    organisation: Mapped[str | None] = mapped_column(index=True)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 (read by SQLAlchemy)


class ItineraryRow(Base):
    """What a crew reads tonight: the published itinerary of one unit, until it expires.

    `version` counts up each time it is replaced; `changes`: what the last re-planning of
    the running night changed, which the crew confirms, None where it was published whole.
    """

    __tablename__ = "itineraries"

    night: Mapped[date] = mapped_column(primary_key=True)
    unit: Mapped[str] = mapped_column(
        ForeignKey("units.code", ondelete="CASCADE"), primary_key=True
    )
    plan: Mapped[int] = mapped_column(ForeignKey("plans.id", ondelete="CASCADE"))
    published: Mapped[datetime]
    expires: Mapped[datetime]
    document: Mapped[dict[str, Any]]
    version: Mapped[int] = mapped_column(server_default="1")
    changes: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
