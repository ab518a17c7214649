"""The year's totals of the region in the form of national reporting: no rows, no place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import select

from data.access import Action, Viewer
from data.contacts import by_code, read_with_entry
from data.handovers import MET, monthly_in
from data.models import RegionMonthRow
from data.store import Store
from data.tables import is_synthetic
from geo.contacts import ANY_OF, ONE_OF, Material
from geo.month_facts import ATTRIBUTES, FUNNEL
from geo.privacy import Published, publish_tables
from geo.release_rules import Threshold

CODES: Mapping[str, Sequence[str]] = {
    **{name: tuple(codes) for name, codes in (*ONE_OF.items(), *ANY_OF.items())},
    "materials": tuple(Material),
    FUNNEL: ATTRIBUTES[FUNNEL],
}
"""The code lists that the yearly totals go by."""


def year_totals(store: Store, viewer: Viewer, year: int) -> Published:
    """The year's totals of the whole region by code list, records of every kind counted.

    Rounded, each category at least that of the rules; of no place, so that nothing is
    said of a municipality. Months that are not over yet count as far as they have come.
    """
    chosen = store.settings()
    first, last = date(year, 1, 1), date(year, 12, 1)
    with store.reading(viewer, Action.READ_TOTALS) as session:
        contacts, _effort = read_with_entry(session, first, date(year + 1, 1, 1))
        live = by_code(contacts.assign(month=first))
        between = RegionMonthRow.month >= first, RegionMonthRow.month <= last
        kept = session.scalars(select(RegionMonthRow).where(*between)).all()
        passages = monthly_in(session, first)
        passages = passages[passages["month"] <= last]
        synthetic = is_synthetic(session)
    counts: dict[str, dict[tuple[str, ...], int]] = {}
    for (_month, field, code), persons in live["sum"].items():
        _add(counts, field, code, int(persons))
    for row in kept:
        _add(counts, row.field, row.code, row.persons)
    _add(counts, FUNNEL, "met", sum(counts.get("kind", {}).get((kind,), 0) for kind in MET))
    for receiver, persons in passages.groupby("receiver")["persons"].sum().items():
        _add(counts, FUNNEL, str(receiver), int(persons))
    rules = chosen.release_rules
    return publish_tables(
        {
            field: ((field,), found)
            for field, found in sorted(counts.items())
            if any(found.values())
        },
        month=first,
        place="",
        synthetic=synthetic,
        threshold=Threshold(rules.category, rules.step),
    )


def _add(counts: dict[str, dict[tuple[str, ...], int]], field: str, code: str, n: int) -> None:
    table = counts.setdefault(field, {(each,): 0 for each in CODES[field]})
    table[code,] += n
