"""Small acts inside one transaction, shared by the calls of the store."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import delete, exists, insert, select
from sqlalchemy.orm import Session

from data.models import (
    Base,
    ConflictPlaceRow,
    ConflictReportRow,
    ContactEntryRow,
    ContactMappingRow,
    CountRow,
    DeskRow,
    FreePlacesRow,
    HandoverRow,
    HotlineMonthRow,
    HotlineRequestRow,
    MediationCaseRow,
    MetaRow,
    NightWeatherRow,
    OrdinanceRow,
    PlaceMonthRow,
    PlaceZoneMonthRow,
    PlannedVisitRow,
    PlanRow,
    PromiseRow,
    RegionMonthRow,
    ReleaseRow,
    SensitivePlaceRow,
    UnitRow,
    VisitRow,
    ZoneProposalRow,
    ZoneRow,
    ZoneTieRow,
)
from geo.errors import InputError, MissingError

Coded = type[ZoneRow] | type[UnitRow]


def meta(session: Session, name: str, *, lock: bool = False) -> MetaRow:
    """A fact about the whole database; `lock` makes other writers wait."""
    return session.get_one(MetaRow, name, with_for_update=lock or None)


def is_synthetic(session: Session) -> bool:
    """Whether everything kept is invented."""
    return meta(session, "synthetic").value == "yes"


def is_empty(session: Session) -> bool:
    """Whether there is neither a zone nor a unit, and nothing was ever published."""
    tables = (ZoneRow, UnitRow, ReleaseRow)
    return not any(session.scalar(select(exists(select(table)))) for table in tables)


def keep_apart(session: Session, kinds: set[bool]) -> None:
    """Refuse to mix invented things with real ones; an empty database takes either.

    `kinds`: the `synthetic` flags of what is to be written. InputError `synthetic_mixed`.
    """
    if len(kinds) > 1:
        raise InputError("synthetic_mixed")
    if not kinds:
        return
    (synthetic,) = kinds
    # Who sees a part of it cannot tell whether the whole is empty.
    if is_empty(session) and not session.info.get("confined"):
        meta(session, "synthetic").value = "yes" if synthetic else "no"
    elif synthetic != is_synthetic(session):
        raise InputError("synthetic_mixed")


def upsert(session: Session, table: Coded, rows: Sequence[Base], replace: bool) -> None:
    """Add rows and change those with the same code; `replace` deletes all others."""
    session.scalars(select(table)).all()  # one query, so that merge asks for none by itself
    if replace:
        kept = [row.code for row in rows if isinstance(row, ZoneRow | UnitRow)]
        session.execute(delete(table).where(table.code.not_in(kept)))
    for row in rows:
        session.merge(row)


def insert_frame(session: Session, table: type[Base], frame: pd.DataFrame) -> None:
    """Add the rows of a frame whose columns are the table's."""
    if len(frame):
        session.execute(insert(table), frame.to_dict("records"))


def columns(table: type[Base], names: Iterable[str]) -> list[Any]:
    """The named columns of a table, to select."""
    return [getattr(table, name) for name in names]


def require_zones(session: Session, codes: Iterable[str]) -> None:
    """Raise MissingError `zone_unknown` for the first code that is no zone."""
    unknown = set(codes) - set(session.scalars(select(ZoneRow.code)))
    if unknown:
        raise MissingError("zone_unknown", zone=min(unknown))


def require_units(session: Session, codes: Iterable[str]) -> None:
    """Raise MissingError `unit_unknown` for the first code that is no unit."""
    unknown = set(codes) - set(session.scalars(select(UnitRow.code)))
    if unknown:
        raise MissingError("unit_unknown", unit=min(unknown))


def add_visits(session: Session, visits: Iterable[tuple[str, date]]) -> None:
    """Add nights (service dates) on which a crew was in a zone; known ones stay."""
    visits = set(visits)
    nights = [night for _, night in visits]
    if not nights:
        return
    asked = select(VisitRow.zone, VisitRow.night)
    asked = asked.where(VisitRow.night.between(min(nights), max(nights)))
    known = set(session.execute(asked).all())
    new = sorted(visits - {(zone, night) for zone, night in known})
    session.add_all(VisitRow(zone=zone, night=night) for zone, night in new)


def clear(session: Session) -> None:
    """Delete all that is kept but the settings and what was published, which only grows;
    what hangs on zones and units goes along."""
    tables = (ZoneRow, UnitRow, DeskRow, PromiseRow, PlanRow, HotlineRequestRow, HotlineMonthRow)
    services = (HandoverRow, FreePlacesRow, CountRow)
    months = (RegionMonthRow, PlaceMonthRow, PlaceZoneMonthRow)
    monitored = (NightWeatherRow, PlannedVisitRow, ZoneTieRow)
    imported = (ContactEntryRow, ContactMappingRow, ZoneProposalRow)
    conflicts = (
        ConflictPlaceRow,
        SensitivePlaceRow,
        ConflictReportRow,
        OrdinanceRow,
        MediationCaseRow,
    )
    for table in (*tables, *services, *months, *conflicts, *monitored, *imported):
        session.execute(delete(table))
