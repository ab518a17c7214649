"""Plans as they are kept: drafts and published ones, with the itineraries of their crews."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from data.models import ItineraryRow, PlannedVisitRow, PlanRow
from geo.errors import ConflictError, MissingError
from geo.night import MINUTE, Night
from routing.itinerary import Itinerary
from routing.plan import Plan


class PlanState(StrEnum):
    """A draft may change; a published plan is what crews drive and stays as it is."""

    DRAFT = "draft"
    PUBLISHED = "published"


@dataclass(frozen=True)
class PlanRecord:
    """A plan of one night as the store keeps it.

    `document`: the whole plan as `data.exports.plan_document` writes it. `id` and
    `version` are the store's: a new record has None and 0, a changed one those it was
    read with.
    """

    night: Night
    document: Mapping[str, Any]
    id: int | None = None
    version: int = 0
    state: PlanState = PlanState.DRAFT
    changed: datetime | None = None

    @property
    def synthetic(self) -> bool:
        """Whether the plan is of an invented region."""
        return bool(self.document["synthetic"])

    @cached_property
    def plan(self) -> Plan:
        """The plan in seconds from noon."""
        return Plan.from_dict(self.document["plan"])

    @cached_property
    def itineraries(self) -> dict[str, Itinerary]:
        """What the crews read, by unit code."""
        return {
            route["unit"]: Itinerary.from_dict(route["itinerary"])
            for route in self.document["routes"]
        }


def save(
    session: Session, record: PlanRecord, now: datetime, organisation: str | None = None
) -> PlanRow:
    """Insert a new plan of an organisation (None: the network's), or change a draft that
    nobody changed since it was read."""
    if record.id is None:
        row = PlanRow(
            night=record.night.date, state=PlanState.DRAFT.value, organisation=organisation
        )
        session.add(row)
    else:
        row = current(session, record)
        if row.state == PlanState.PUBLISHED.value:
            raise ConflictError("plan_published", plan=record.id)
    row.document, row.changed = dict(record.document), now
    session.flush()
    return row


def current(session: Session, record: PlanRecord) -> PlanRow:
    """The row of a record; raises ConflictError when someone changed it since."""
    row = session.get(PlanRow, record.id)
    if row is None:
        raise MissingError("plan_missing", plan=record.id)
    if row.version != record.version:
        raise ConflictError("plan_changed")
    return row


def publish(
    session: Session, record: PlanRecord, units: frozenset[str], now: datetime, replacing: bool
) -> PlanRow:
    """Hand the itineraries of `units` to their crews and freeze the plan."""
    row = current(session, record)
    kept = record_of(row)
    if strangers := sorted(units - set(kept.itineraries)):
        raise MissingError("unit_without_route", unit=strangers[0])
    for unit in sorted(units):
        shown = session.get(ItineraryRow, (row.night, unit))
        if shown and shown.plan != row.id and not replacing:
            raise ConflictError("unit_published", unit=unit, night=record.night)
        itinerary = kept.itineraries[unit]
        session.merge(
            ItineraryRow(
                night=row.night,
                unit=unit,
                plan=row.id,
                published=now,
                expires=itinerary.expires_at,
                document=itinerary.to_dict(),
                version=shown.version + 1 if shown else 1,
                changes=None,
            )
        )
        _remember(session, row, unit, itinerary)
    row.state, row.changed = PlanState.PUBLISHED.value, now
    session.flush()
    return row


def _remember(session: Session, row: PlanRow, unit: str, itinerary: Itinerary) -> None:
    """Keep which zones the crew was sent to, in place of what it had been sent to before."""
    known = select(PlannedVisitRow).where(
        PlannedVisitRow.night == row.night, PlannedVisitRow.unit == unit
    )
    for one in session.scalars(known):
        session.delete(one)
    session.flush()
    thin = set(row.document.get("thin", ()))
    minutes: dict[str, int] = {}
    for stop in itinerary.stops:
        if stop.zone:
            lasts = round((stop.departure - stop.begin).total_seconds() / MINUTE)
            minutes[stop.zone] = minutes.get(stop.zone, 0) + lasts
    session.add_all(
        PlannedVisitRow(night=row.night, unit=unit, zone=zone, minutes=spent, thin=zone in thin)
        for zone, spent in minutes.items()
    )


def of_night(session: Session, night: Night) -> list[PlanRow]:
    """All plans of a night, the newest first."""
    newest = select(PlanRow).where(PlanRow.night == night.date).order_by(PlanRow.id.desc())
    return list(session.scalars(newest))


def record_of(row: PlanRow) -> PlanRecord:
    """The record that a row holds."""
    return PlanRecord(
        night=Night(row.night),
        document=row.document,
        id=row.id,
        version=row.version,
        state=PlanState(row.state),
        changed=row.changed,
    )
