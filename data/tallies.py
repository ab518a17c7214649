"""What a crew counts on the street, as contact records like those that come in files.

A tally becomes a record of the unit's outing (`data.contacts`) in the transaction that
keeps its event, is changed with it and goes with it. The hours between arriving and leaving
are the effort, and whoever arrived has visited the zone.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

import pandas as pd
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from data.contacts import drop_visits, mark_for_scrub
from data.models import ContactEntryRow, ContactRow, EffortRow, UnitRow, ZoneRow
from data.tables import add_visits
from geo.contacts import ANY_OF, COUNTS, ONE_OF, ContactKind, Material
from geo.effort import effort_of_visits
from geo.errors import ConflictError, InputError
from geo.night import ROME, Night
from routing.progress import Stay, Tally

DEFAULTS: Mapping[str, Any] = {
    "outing": "contatto",
    "kind": ContactKind.CONTATTATA.value,
    "gender": "nr",
    "macro_area": "nr",
    "age_class": "nr",
    "known": "nr",
    "persons": 1,
}
FIELDS = frozenset({*ONE_OF, *COUNTS, *ANY_OF}) - {"place_type"}
"""What can be said of a contact; the place type is its zone's."""


def organisation_key(name: str) -> str:
    """An organisation's name as the key that its records are kept under."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40].strip("-") or "prossima"


def checked(values: Mapping[str, Any]) -> dict[str, Any]:
    """A contact's fields, each of its code list; InputError `tally_value` (field)."""
    for name, value in values.items():
        if name not in FIELDS or not _right(name, value):
            raise InputError("tally_value", field=name if name in FIELDS else "?")
    return dict(values)


def _right(name: str, value: object) -> bool:
    if name in ONE_OF:
        return isinstance(value, str) and value in {code.value for code in ONE_OF[name]}
    if name in COUNTS:
        least, most = COUNTS[name]
        return type(value) is int and least <= value <= most
    codes = {code.value for code in ANY_OF[name]}
    return isinstance(value, list) and set(map(str, value)) <= codes


def keep(
    session: Session,
    night: Night,
    unit: str,
    tallies: Iterable[Tally],
    touched: Collection[str],
) -> None:
    """Bring the records of the tallies `touched` (by event) up to what is said now.

    `tallies`: all that stand, each with the code of its zone as its stop (`""` for none).
    ConflictError `outing_closed` where the outing's records have become monthly totals.
    """
    standing = {tally.id: tally for tally in tallies}
    kept = {
        row.event: row
        for row in session.scalars(select(ContactRow).where(ContactRow.event.in_(touched)))
    }
    entry = None
    for event in touched:
        tally, row = standing.get(event), kept.get(event)
        if tally is None:
            if row is not None:
                session.delete(row)
                mark_for_scrub(session)
            continue
        entry = entry or entry_of(session, night, unit)
        values = _record(session, night, tally)
        if row is None:
            session.add(ContactRow(entry=entry, night=night.date, event=event, **values))
        else:
            for name, value in values.items():
                setattr(row, name, value)
    session.flush()


def keep_effort(session: Session, night: Night, unit: str, stays: Iterable[Stay]) -> None:
    """The hours that a crew was in zones, in place of those known of this outing."""
    rows = [
        (night.date, stay.stop, night.seconds(stay.arrived), night.seconds(stay.left))
        for stay in stays
        if stay.arrived and stay.left and stay.left > stay.arrived
    ]
    visits = pd.DataFrame(rows, columns=["night", "zone", "opens", "closes"])
    entry = entry_of(session, night, unit)
    session.execute(delete(EffortRow).where(EffortRow.entry == entry))
    if rows:
        frame = effort_of_visits(visits)
        session.add_all(
            EffortRow(entry=entry, night=night.date, zone=zone, hour=int(hour), hours=float(hours))
            for zone, hour, hours in zip(frame["zone"], frame["hour"], frame["hours"], strict=True)
        )
    session.flush()


def keep_visits(
    session: Session, night: Night, seen: Collection[str], before: Collection[str]
) -> None:
    """The zones where the crew was; of those `before`, what nothing speaks for any more goes."""
    add_visits(session, [(zone, night.date) for zone in seen])
    gone = {(zone, night.date) for zone in before} - {(zone, night.date) for zone in seen}
    if gone:
        drop_visits(session, gone)


def entry_of(session: Session, night: Night, unit: str) -> int:
    """The entry of a unit's outing, made where there is none.

    What came in a file under another key stays where it is: one outing has one entry.
    """
    row = session.get_one(UnitRow, unit)
    organisation = organisation_key(row.organisation)
    chosen = select(ContactEntryRow).where(
        ContactEntryRow.unit == unit, ContactEntryRow.night == night.date
    )
    own = (ContactEntryRow.organisation != organisation, ContactEntryRow.id)
    entry = session.scalar(chosen.order_by(*own).limit(1))
    if entry is None:
        entry = ContactEntryRow(
            organisation=organisation, unit=unit, night=night.date, closed=False
        )
        session.add(entry)
        session.flush()
    if entry.closed:
        raise ConflictError("outing_closed", night=night)
    return entry.id


def _record(session: Session, night: Night, tally: Tally) -> dict[str, Any]:
    """The columns of a tally's row."""
    zone = tally.stop or None
    said = {**DEFAULTS, **tally.values}
    place = session.get(ZoneRow, zone) if zone else None
    values: dict[str, Any] = {name: said[name] for name in ONE_OF if name != "place_type"}
    values |= {name: " ".join(said.get(name, ())) for name in ANY_OF}
    values |= {
        f"materials_{material}": said.get(f"materials_{material}", 0) for material in Material
    }
    return {
        **values,
        "count": said["persons"],
        "hour": _hour(night, tally.at),
        "zone": zone,
        "place_type": place.place_type if place else None,
    }


def _hour(night: Night, at: datetime | None) -> int | None:
    return None if at is None or not night.start <= at < night.end else at.astimezone(ROME).hour
