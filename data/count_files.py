"""The published totals of count nights in files: their codes, names and readable rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from data.release_words import figure_name, place_name, subject_name, table_name
from data.releases import Release, month_name
from data.texts import Texts
from geo.month_facts import Figure
from geo.privacy import ESTIMATE, Kind, Published

ENDS = ("low", "middle", "high")
"""Codes of the estimate and of its interval."""

SEEN = "seen"
"""What the figure of a count night is called in files: persons seen are no contacts."""


def figure_code(kind: Kind, figure: Figure) -> str:
    """What a figure is called in a file."""
    return SEEN if kind is Kind.NIGHT else figure.value


def figure_named(code: str) -> Figure:
    """The figure that a file calls so; ValueError for no such one."""
    return Figure.CONTACTS if code == SEEN else Figure(code)


def count_nights(releases: Iterable[Release]) -> list[Release]:
    """Those of count nights."""
    return [one for one in releases if one.published.kind is Kind.NIGHT]


def estimated(one: Published) -> tuple[int, int, int] | None:
    """How many there were in the places shown: the least and the most (95 %), the estimate
    between them; None where it is not told."""
    told = one.table(ESTIMATE)
    by_name = {} if told is None else {key[0]: count for key, count in told.rows}
    low, middle, high = (by_name.get(name) for name in ENDS)
    if low is None or middle is None or high is None:
        return None
    return low, middle, high


def count_rows(releases: Iterable[Release], t: Texts) -> Iterator[list[object]]:
    """Count nights to read: month, place, what, count; the region is the sum of what is shown."""
    region = t("Tuscany, what is shown")
    for release in count_nights(releases):
        one, month = release.published, month_name(release.month)
        seen = figure_name(t, one.kind, Figure.CONTACTS)
        for cell in one.cells:
            yield [month, place_name(t, cell), seen, cell.figures[Figure.CONTACTS]]
        yield [month, region, seen, one.totals.get(Figure.CONTACTS, 0)]
        for table in one.tables:
            for key, count in table.rows:
                said = f"{subject_name(t, table.subject)}: {table_name(t, table.subject, key)}"
                yield [month, region, said, t("not shown") if count is None else count]
