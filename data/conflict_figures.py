"""What is published of conflict reports and mediation cases of a month, by place.

Reports by theme and cases by state, each a line of the ledger of its own: a municipality
alone where it has enough, else with others of its district (`geo.privacy.publish_counts`).
The neighbourhoods and hexagons that reports name never leave. Assault on persons is a
safety alert and no figure. Nothing is read of zones, areas or presence.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from data.conflict_rows import case_of
from data.conflicts import by_month, kept_reports
from data.districts import districts
from data.models import MediationCaseRow
from data.month_facts import next_month
from data.tables import is_synthetic
from geo.attacks import claims_of, exposed, intervals
from geo.conflicts import Theme
from geo.mediation import CaseState
from geo.privacy import Published, publish_counts

THEMES, CASES = CONFLICTS = "conflict_themes", "mediation_cases"
"""What these figures are called in the ledger, and their tables in a release."""

CODES: Mapping[str, tuple[str, ...]] = {
    THEMES: tuple(theme.value for theme in Theme if theme is not Theme.ASSAULT),
    CASES: tuple(state.value for state in CaseState),
}
"""The codes that each table goes by."""

NAMES = {THEMES: "theme", CASES: "state"}
"""What the second key of each table is; the first is the place."""

Towns = Mapping[str, Mapping[str, int]]
"""Counts by ISTAT code and code."""


def conflict_figures(session: Session, month: date) -> dict[str, Published]:
    """The figures of a month that is over by subject, of those that show any place at all.

    Cases that were open on any day of the month, by the state they have now. A place whose
    hidden counts its neighbours' could be subtracted from is masked as well.
    """
    counts = {THEMES: _themes(session, month), CASES: _cases(session, month)}
    synthetic = is_synthetic(session)
    found = {subject: _safely(subject, counts[subject], month, synthetic) for subject in CONFLICTS}
    return {subject: one for subject, one in found.items() if one.cells}


def _safely(subject: str, towns: Towns, month: date, synthetic: bool) -> Published:
    def published(without: frozenset[str] = frozenset()) -> Published:
        return publish_counts(
            subject,
            towns,
            districts().of,
            name=NAMES[subject],
            codes=CODES[subject],
            month=month,
            fingerprint=districts().fingerprint,
            synthetic=synthetic,
            without=without,
        )

    found = published()
    told = exposed(intervals(claims_of([found], sorted(districts().of))))
    towns_told = {one.unknown.name[0] for one in told}
    cells = frozenset(cell.key for cell in found.cells if towns_told & {*cell.members})
    return published(cells) if cells else found


def _themes(session: Session, month: date) -> Towns:
    table = by_month(kept_reports(session))
    table = table[(table["month"] == month) & (table["theme"] != Theme.ASSAULT.value)]
    sums = table.groupby(["municipality", "theme"])["count"].sum()
    counts: dict[str, dict[str, int]] = {}
    for (municipality, theme), count in sums.items():
        counts.setdefault(municipality, {})[theme] = int(count)
    return counts


def _cases(session: Session, month: date) -> Towns:
    counts: dict[str, dict[str, int]] = {}
    for row in session.scalars(select(MediationCaseRow)):
        case = case_of(row)
        if case.opened < next_month(month) and not (case.closed and case.closed < month):
            town = counts.setdefault(case.municipality, {})
            town[case.state.value] = town.get(case.state.value, 0) + 1
    return counts
