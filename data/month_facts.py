"""Facts of municipalities and months (`geo.month_facts`) from what is kept of them.

A month is usually published while its records are there. Of those that have expired
there is what the rules ask for and no more: persons by zone, the largest night, and the
other figures of the municipality. How a night's persons were spread over municipalities,
and every attribute, is gone: a district then counts its largest night as that of one
municipality, and the region's tables by attribute are left out.
"""

from __future__ import annotations

from datetime import date

import pandas as pd
from sqlalchemy import select
from sqlalchemy.orm import Session

from data.models import PlaceMonthRow, PlaceZoneMonthRow
from geo.month_facts import Figure, PlaceFacts, combined, facts_of

_KEPT = (Figure.FIRST_CONTACTS, Figure.OUTINGS, Figure.MATERIALS, Figure.REFERRALS)
"""Figures kept by municipality; contacts are the sum of its zones."""


def facts_by_month(
    session: Session, contacts: pd.DataFrame, effort: pd.DataFrame, month: date | None = None
) -> dict[date, dict[str, PlaceFacts]]:
    """Facts by month and municipality, of one month (its first day) or of all.

    `contacts`, `effort`: the records still kept of it, with the column `entry`; those
    that have expired are read here.
    """
    live, folded = facts_of(contacts, _outings(contacts, effort)), _folded(session, month)
    found: dict[date, dict[str, PlaceFacts]] = {}
    for each in sorted({*live, *folded}):
        parts = live.get(each, {}), folded.get(each, {})
        codes = sorted({*parts[0], *parts[1]})
        found[each] = {
            code: combined(part[code] for part in parts if code in part) for code in codes
        }
    return found


def add_facts(session: Session, contacts: pd.DataFrame, effort: pd.DataFrame) -> None:
    """Keep the facts of records that are about to go. Frames with the column `entry`."""
    for month, places in facts_of(contacts, _outings(contacts, effort)).items():
        in_month = select(PlaceMonthRow).where(PlaceMonthRow.month == month)
        rows = {row.municipality: row for row in session.scalars(in_month)}
        of_zones = select(PlaceZoneMonthRow).where(PlaceZoneMonthRow.month == month)
        parts = {part.zone: part for part in session.scalars(of_zones)}
        for code, facts in places.items():
            row = rows.get(code)
            if row is None:
                nothing = dict.fromkeys((*_KEPT, "most"), 0)
                row = PlaceMonthRow(municipality=code, month=month, **nothing)
                session.add(row)
            for figure in _KEPT:
                setattr(row, figure, getattr(row, figure) + facts.figures[figure])
            row.most = max(row.most, facts.most_on_a_night)
            for zone, persons in facts.zones.items():
                kept = parts.get(zone)
                if kept is None:
                    session.add(PlaceZoneMonthRow(zone=zone, month=month, contacts=persons))
                else:
                    kept.contacts += persons


def next_month(month: date) -> date:
    """The first day of the month after."""
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def _folded(session: Session, month: date | None) -> dict[date, dict[str, PlaceFacts]]:
    places, parts = select(PlaceMonthRow), select(PlaceZoneMonthRow)
    if month:
        places = places.where(PlaceMonthRow.month == month)
        parts = parts.where(PlaceZoneMonthRow.month == month)
    zones: dict[tuple[date, str], dict[str, int]] = {}
    for part in session.scalars(parts):
        zones.setdefault((part.month, part.zone[:6]), {})[part.zone] = part.contacts
    found: dict[date, dict[str, PlaceFacts]] = {}
    for row in session.scalars(places):
        own = zones.get((row.month, row.municipality), {})
        found.setdefault(row.month, {})[row.municipality] = PlaceFacts(
            figures={figure: getattr(row, figure) for figure in _KEPT}
            | {Figure.CONTACTS: sum(own.values())},
            zones=own,
            most=row.most,
            whole=False,
        )
    return found


def _outings(contacts: pd.DataFrame, effort: pd.DataFrame) -> pd.DataFrame:
    """Which outing was in which zone; records that came with no file are one outing a night."""
    names = ["night", "zone", "entry"]
    rows = pd.concat([contacts[names], effort[names]], ignore_index=True).drop_duplicates()
    outing = rows["night"].dt.strftime("%Y%m%d").astype(str) + "/" + rows["entry"].astype(str)
    return rows.assign(outing=outing)
