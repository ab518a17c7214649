"""Handovers: counted one by one into monthly totals; no row is ever about a person.

count(store, viewer, handover)   # the coordination's
follow(session, …)               # a crew's: `data.running` keeps its taps, each once
monthly(store, viewer)           # month, municipality, receiver, persons

What both count stands in the same row of its organisation; `monthly` adds the organisations
up and is what everyone else (the funnel, the releases) reads.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date

import numpy as np
import pandas as pd
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from data.access import Action, Viewer
from data.models import (
    ContactRow,
    HandoverRow,
    HotlineRequestRow,
    PromiseRow,
    UnitRow,
    ZoneMonthRow,
)
from data.store import Store
from geo.contacts import ContactKind
from geo.errors import ConflictError, InputError
from geo.handovers import Handover, Receiver, Step, funnel
from geo.municipalities import municipalities
from geo.municipalities import municipality_of as municipality_at
from geo.night import Night
from routing.progress import Handed
from routing.units import Base

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


def follow(
    session: Session,
    month: date,
    unit: str,
    *,
    places: Mapping[str, str],
    before: Iterable[Handed],
    after: Iterable[Handed],
) -> None:
    """Bring a month up to what a crew says now, in the transaction that keeps it.

    `before`, `after`: its handovers, none taken back; `places`: the municipality (ISTAT code)
    of each stop. A total that others have lowered meanwhile never falls below zero.
    """

    def counts(handed: Iterable[Handed]) -> Counter[tuple[str, Receiver]]:
        return Counter((places[one.stop], one.receiver) for one in handed)

    old, new = counts(before), counts(after)
    organisation = session.get_one(UnitRow, unit).organisation
    for municipality, receiver in {*old, *new}:
        change = new[municipality, receiver] - old[municipality, receiver]
        if change:
            row = _row(session, month, municipality, receiver, organisation)
            row.persons = max(row.persons + change, 0)


def municipality_of(session: Session, zone: str | None, stop: str) -> str:
    """Where a stop is, as widely as it is counted: of a zone, of a hotline request, or of
    another promise at a spot.

    A coordinator of an organisation reads no request, but the promise that its unit made of
    it. Raises InputError `handover_stop`.
    """
    if zone:
        return zone[:6]
    request, promise = session.get(HotlineRequestRow, stop), session.get(PromiseRow, stop)
    if request:
        return request.municipality
    if promise and promise.zone:
        return promise.zone[:6]
    if promise is None or promise.place is None:
        raise InputError("handover_stop")
    spot = Base(**promise.place)
    return str(municipality_at(municipalities(), np.array([[spot.lon, spot.lat]]))[0])


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


def _add(session: Session, handover: Handover, organisation: str, back: bool) -> None:
    change = -handover.persons if back else handover.persons
    row = _row(session, handover.month, handover.municipality, handover.receiver, organisation)
    if row.persons + change < 0:
        raise ConflictError("handover_none")
    row.persons += change


def _row(
    session: Session, month: date, municipality: str, receiver: Receiver, organisation: str
) -> HandoverRow:
    """The row of a month, made where there is none."""
    key = (month, municipality, receiver.value, organisation)
    row = session.get(HandoverRow, key, with_for_update=True)
    if row is None:
        row = HandoverRow(
            month=month,
            municipality=municipality,
            receiver=receiver.value,
            organisation=organisation,
            persons=0,
        )
        session.add(row)
    return row
