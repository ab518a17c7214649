"""When crews were last heard of: from what they said, by the server's clock, never a position."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from data.access import Action, Viewer
from data.models import CrewEventRow, ItineraryRow
from data.running import events_of, permitted, published
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


def check_in_of(store: Store, viewer: Viewer, night: Night, unit: str) -> CheckIn:
    """One unit's; raises as `data.running.running`."""
    permitted(store, viewer, Action.READ_ITINERARY, night, unit)
    every = store.settings().check_in_minutes
    with store.reading(viewer, Action.READ_ITINERARY) as session:
        return _heard(session, store, published(session, night, unit), every).check_in


def _heard(session: Session, store: Store, row: ItineraryRow, every: int) -> Heard:
    itinerary = Itinerary.from_dict(row.document)
    night, unit = itinerary.night, itinerary.unit
    # The server's clock: a phone's may be wrong, and what it had kept to itself was no sign.
    latest = select(func.max(CrewEventRow.received)).where(
        CrewEventRow.night == night.date, CrewEventRow.unit == unit
    )
    said = standing_events(events_of(session, night, unit))
    closed = any(event.kind is EventKind.CLOSED for event in said)
    stands = check_in(
        itinerary.departure,
        row.expires,
        session.scalar(latest),
        every,
        store.now(),
        closed=closed,
    )
    return Heard(unit, itinerary.unit_name, stands)
