"""Zones as they are kept: in use or archived, and the nights on which crews were there."""

from __future__ import annotations

from datetime import date

import pandas as pd
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from data.models import (
    ContactRow,
    EffortRow,
    PromiseRow,
    VisitRow,
    ZoneProposalRow,
    ZoneRow,
    ZoneTieRow,
)
from data.records import zone_of, zone_row
from data.tables import add_visits, columns, keep_apart, upsert
from geo.errors import ConflictError
from geo.zone_changes import ZoneChange
from geo.zones import Zone

VISITS = ("zone", "night")
"""Columns of a frame of visits: zone code, service date."""


def in_use(session: Session) -> tuple[Zone, ...]:
    """All zones that are in use, by code."""
    chosen = select(ZoneRow).where(ZoneRow.archived.is_(None)).order_by(ZoneRow.code)
    return tuple(map(zone_of, session.scalars(chosen)))


def archived(session: Session) -> tuple[tuple[Zone, date], ...]:
    """The zones that are no longer in use and since when, the latest first."""
    chosen = select(ZoneRow).where(ZoneRow.archived.is_not(None))
    rows = session.scalars(chosen.order_by(ZoneRow.archived.desc(), ZoneRow.code))
    return tuple((zone_of(row), row.archived) for row in rows if row.archived)


def visits(session: Session, since: date | None) -> pd.DataFrame:
    """Visits with columns `VISITS`, by zone and night."""
    chosen = select(*columns(VisitRow, VISITS)).order_by(VisitRow.zone, VisitRow.night)
    if since:
        chosen = chosen.where(VisitRow.night >= since)
    return pd.DataFrame(session.execute(chosen).all(), columns=list(VISITS))


def change(session: Session, wanted: ZoneChange, today: date) -> None:
    """Do a change. Raises ConflictError `zone_taken` (a new code is or was in use),
    `zone_archived` (a zone to change or end is no longer in use), `zone_promised` (one that
    ends has been promised a visit)."""
    rows = {row.code: row for row in session.scalars(select(ZoneRow))}
    for code in sorted(wanted.touched):
        if code in wanted.new and code in rows:
            raise ConflictError("zone_taken", zone=code)
        if code not in wanted.new and (code not in rows or rows[code].archived):
            raise ConflictError("zone_archived", zone=code)
    keep_apart(session, {zone.synthetic for zone in wanted.saved})
    upsert(session, ZoneRow, [zone_row(zone) for zone in wanted.saved], replace=False)
    session.flush()
    for old, new in sorted(wanted.absorbed.items()):
        _move(session, old, new)
    ties = [(new, old) for old, new in wanted.absorbed.items()] + [*wanted.parted.items()]
    for zone, other in ties:
        session.merge(ZoneTieRow(zone=zone, other=other, day=today))
    promised = select(PromiseRow).where(
        PromiseRow.zone.in_(wanted.archived), PromiseRow.night >= today
    )
    for promise in session.scalars(promised.order_by(PromiseRow.night).limit(1)):
        raise ConflictError("zone_promised", zone=promise.zone, night=promise.night)
    for code in wanted.archived:
        rows[code].archived = today
    let_go(session, wanted.archived)


def let_go(session: Session, codes: frozenset[str]) -> None:
    """Forget the open proposals on zones that are not what they were."""
    for row in session.scalars(select(ZoneProposalRow).where(ZoneProposalRow.state == "open")):
        if codes.intersection(row.zones):
            session.delete(row)


def expire_proposals(session: Session, cutoff: date) -> int:
    """Forget the proposals of nights before `cutoff`; how many they were."""
    gone = session.execute(delete(ZoneProposalRow).where(ZoneProposalRow.night < cutoff))
    return int(getattr(gone, "rowcount", 0))


def _move(session: Session, old: str, new: str) -> None:
    """What is known of a zone goes to the one that goes on in its place."""
    for table in (ContactRow, EffortRow, PromiseRow):
        session.execute(update(table).where(table.zone == old).values(zone=new))
    nights = session.scalars(select(VisitRow.night).where(VisitRow.zone == old))
    add_visits(session, [(new, night) for night in nights])
    session.flush()
    session.execute(delete(VisitRow).where(VisitRow.zone == old))
