"""Handovers: counted one by one into monthly totals; no row is ever about a person.

count(store, viewer, handover)                 # the coordination's
count_on_route(store, viewer, night, unit, stop=…, receiver=…)   # a crew's
monthly(store, viewer)                         # month, municipality, receiver, persons
"""

from __future__ import annotations

from datetime import date

import pandas as pd
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from data.access import Action, Viewer
from data.models import ContactRow, HandoverRow, HotlineRequestRow, UnitRow, ZoneMonthRow
from data.running import permitted, published
from data.store import Store
from geo.contacts import ContactKind
from geo.errors import ConflictError, InputError
from geo.handovers import Handover, Receiver, Step, funnel
from geo.municipalities import municipalities
from geo.night import Night
from routing.itinerary import Itinerary

COLUMNS = ("month", "municipality", "receiver", "persons")
"""Columns of the monthly frame: first day of the month, ISTAT code, code list, persons."""

MET = (ContactKind.CONTATTATA.value, ContactKind.GRUPPO.value, ContactKind.TELEFONICO_INDOOR.value)
"""Kinds of contact in which somebody was talked to."""


def count(store: Store, viewer: Viewer, handover: Handover, *, back: bool = False) -> None:
    """Add a handover to its month, or take it `back`.

    Raises InputError `municipality_unknown`, `handover_future`; ConflictError
    `handover_none` when there is nothing to take back.
    """
    if handover.municipality not in set(municipalities()["istat"]):
        raise InputError("municipality_unknown", got=handover.municipality)
    if handover.month > Night.of(store.now()).date:
        raise InputError("handover_future")
    with store.writing(viewer, Action.WRITE_CONTACTS) as session:
        _add(session, handover, viewer.organisation or "", back)


def count_on_route(
    store: Store,
    viewer: Viewer,
    night: Night,
    unit: str,
    *,
    stop: str,
    receiver: Receiver,
    back: bool = False,
) -> None:
    """Count one person whom a crew handed over at a stop of its route, or take it `back`.

    Raises as `data.running.running`, and InputError `handover_stop`.
    """
    permitted(store, viewer, Action.RECORD_NIGHT, night, unit)
    with store.writing(viewer, Action.RECORD_NIGHT) as session:
        itinerary = Itinerary.from_dict(published(session, night, unit).document)
        municipality = _municipality(session, itinerary, stop)
        organisation = session.get_one(UnitRow, unit).organisation
        handover = Handover(night.date.replace(day=1), municipality, receiver)
        _add(session, handover, organisation, back)


def monthly(store: Store, viewer: Viewer, since: date | None = None) -> pd.DataFrame:
    """Persons handed over by month, municipality and receiver, columns `COLUMNS`, in order."""
    with store.reading(viewer, Action.READ_CONTACTS) as session:
        return monthly_in(session, since)


def monthly_in(
    session: Session, since: date | None = None, before: date | None = None
) -> pd.DataFrame:
    """As `monthly`, inside a transaction; the organisations' counts are added up. `before`: the
    first month left out."""
    keys = (HandoverRow.month, HandoverRow.municipality, HandoverRow.receiver)
    asked = select(*keys, func.sum(HandoverRow.persons)).group_by(*keys).order_by(*keys)
    asked = asked.having(func.sum(HandoverRow.persons) > 0)
    if since:
        asked = asked.where(HandoverRow.month >= since)
    if before:
        asked = asked.where(HandoverRow.month < before)
    return pd.DataFrame(session.execute(asked).all(), columns=list(COLUMNS))


def funnel_since(
    store: Store, viewer: Viewer, since: date, before: date | None = None
) -> tuple[Step, ...]:
    """The funnel of the months from `since` (a first day) until `before` (the first left out),
    all municipalities together."""
    end = before or date.max
    with store.reading(viewer, Action.READ_CONTACTS) as session:
        kept = select(func.sum(ContactRow.count)).where(
            ContactRow.night >= since, ContactRow.night < end, ContactRow.kind.in_(MET)
        )
        folded = select(func.sum(ZoneMonthRow.persons)).where(
            ZoneMonthRow.month >= since, ZoneMonthRow.month < end, ZoneMonthRow.kind.in_(MET)
        )
        met = (session.scalar(kept) or 0) + (session.scalar(folded) or 0)
        frame = monthly_in(session, since, before)
    sums = frame.groupby("receiver")["persons"].sum()
    return funnel(int(met), {who: int(sums.get(who.value, 0)) for who in Receiver})


def _municipality(session: Session, itinerary: Itinerary, stop: str) -> str:
    """Where a stop is, as widely as it is counted: of a zone, or of a hotline request."""
    zone = next((each.zone for each in itinerary.stops if each.key == stop), None)
    if zone:
        return zone[:6]
    request = session.get(HotlineRequestRow, stop)
    if request is None:
        raise InputError("handover_stop")
    return request.municipality


def _add(session: Session, handover: Handover, organisation: str, back: bool) -> None:
    key = (handover.month, handover.municipality, handover.receiver.value, organisation)
    row = session.get(HandoverRow, key, with_for_update=True)
    if row is None:
        if back:
            raise ConflictError("handover_none")
        month, municipality, receiver, _ = key
        row = HandoverRow(
            month=month,
            municipality=municipality,
            receiver=receiver,
            organisation=organisation,
            persons=0,
        )
        session.add(row)
    change = -handover.persons if back else handover.persons
    if row.persons + change < 0:
        raise ConflictError("handover_none")
    row.persons += change
