"""What is published of conflict reports and mediation cases of a month, by municipality.

Reports by theme for the municipality as a whole, and by neighbourhood where it has
neighbourhoods of its own: the hexagons that stand in for them elsewhere never leave, since a
hexagon of that size could be held against where people are met. Assault on persons is a
safety alert and no figure. Nothing is read of zones, areas or presence.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from data.conflict_rows import case_of
from data.conflicts import by_month, kept_reports
from data.models import ConflictPlaceRow, MediationCaseRow
from data.month_facts import next_month
from data.tables import is_synthetic
from geo.attacks import claims_of, exposed, intervals
from geo.conflicts import Theme
from geo.mediation import CaseState
from geo.privacy import Published, publish_towns

CONFLICTS = "conflicts"
"""What these figures are called in the ledger."""

THEMES, PLACES, CASES = "conflict_themes", "conflict_places", "mediation_cases"
"""Subjects of their tables."""

NAMES = {THEMES: "theme", PLACES: "place", CASES: "state"}
"""What the second key of each table is; the first is the municipality."""

Towns = Mapping[str, Mapping[str, int]]
"""Counts by ISTAT code and code."""


def conflict_figures(session: Session, month: date) -> Published:
    """The figures of a month that is over, under the threshold of `geo.release_rules.REPORTS`.

    Cases opened by the end of the month, as they stand now. Where both divisions of a
    municipality's reports would together give a hidden count away, its themes alone stay.
    """
    counts = _counts(session, month)
    synthetic = is_synthetic(session)

    def published() -> Published:
        tables = {subject: (NAMES[subject], towns) for subject, towns in counts.items()}
        return publish_towns(tables, month=month, synthetic=synthetic)

    found = published()
    told = {one.unknown.name[0] for one in exposed(intervals(claims_of([found], ())))}
    if not told:
        return found
    counts[PLACES] = {town: n for town, n in counts[PLACES].items() if town not in told}
    return published()


def _counts(session: Session, month: date) -> dict[str, Towns]:
    table = by_month(kept_reports(session))
    table = table[(table["month"] == month) & (table["theme"] != Theme.ASSAULT.value)]
    return {
        THEMES: _themes(table),
        PLACES: _places(session, table),
        CASES: _cases(session, month),
    }


def _themes(table) -> Towns:  # type: ignore[no-untyped-def]
    counts: dict[str, dict[str, int]] = {}
    for row in table.itertuples():
        town = counts.setdefault(
            row.municipality, {theme.value: 0 for theme in Theme if theme is not Theme.ASSAULT}
        )
        town[row.theme] += int(row.count)
    return counts


def _places(session: Session, table) -> Towns:  # type: ignore[no-untyped-def]
    """Of towns all of whose reports of the month name a neighbourhood of their own."""
    asked = select(ConflictPlaceRow.municipality, ConflictPlaceRow.code)
    counts: dict[str, dict[str, int]] = {}
    for municipality, code in session.execute(asked):
        counts.setdefault(municipality, {})[code] = 0
    foreign = set()
    for row in table.itertuples():
        if row.place in (town := counts.get(row.municipality, {})):
            town[row.place] += int(row.count)
        else:
            foreign.add(row.municipality)
    return {town: n for town, n in counts.items() if town not in foreign}


def _cases(session: Session, month: date) -> Towns:
    counts: dict[str, dict[str, int]] = {}
    for row in session.scalars(select(MediationCaseRow)):
        case = case_of(row)
        if case.opened < next_month(month):
            town = counts.setdefault(case.municipality, {state.value: 0 for state in CaseState})
            town[case.state.value] += 1
    return counts
