"""When crews were last heard of: from what they said, by the server's clock, never a position."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from data.access import Action, Viewer
from data.models import ItineraryRow
from data.running import RunningNight, events_of, heard_of
from data.store import Store
from geo.night import Night
from routing.check_in import CheckIn, check_in
from routing.itinerary import Itinerary
from routing.progress import EventKind, standing_events


@dataclass(frozen=True)
class Heard:
    """A unit that is out, and when it was heard of."""

    unit: str
    name: str
    check_in: CheckIn


def check_ins(store: Store, viewer: Viewer, night: Night) -> tuple[Heard, ...]:
    """Every unit with an itinerary of a night, by code."""
    every = store.settings().check_in_minutes
    asked = select(ItineraryRow).where(ItineraryRow.night == night.date).order_by(ItineraryRow.unit)
    with store.reading(viewer, Action.READ_PLANS) as session:
        return tuple(_heard(session, store, row, every) for row in session.scalars(asked))


def check_in_of(stands: RunningNight, every: int, now: datetime) -> CheckIn:
    """One unit's, of a night as it was read; `every`: minutes between two signs."""
    itinerary, closed = stands.itinerary, stands.progress.report is not None
    begins, ends = itinerary.departure, itinerary.expires_at
    return check_in(begins, ends, stands.heard, every, now, closed=closed)


def _heard(session: Session, store: Store, row: ItineraryRow, every: int) -> Heard:
    itinerary = Itinerary.from_dict(row.document)
    night, unit = itinerary.night, itinerary.unit
    said = standing_events(events_of(session, night, unit))
    closed = any(event.kind is EventKind.CLOSED for event in said)
    heard = heard_of(session, night, unit)
    stands = check_in(itinerary.departure, row.expires, heard, every, store.now(), closed=closed)
    return Heard(unit, itinerary.unit_name, stands)
