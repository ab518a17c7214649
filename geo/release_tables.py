"""The tables of what is published: counts by code with few of them masked, and places.

Pure functions; only `geo.privacy` makes a `Published` of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from geo.errors import InputError
from geo.month_facts import ATTRIBUTES, SPLIT, Figure, PlaceFacts
from geo.release_rules import Placed, Rules, rounded

PLACE, REGION = "place", ""
"""Name of the first key of a table by place, and what it is for the region as a whole."""


@dataclass(frozen=True)
class Cell:
    """A published place: `key` and `members` as in `Placed`; a figure of None is not shown."""

    key: str
    members: tuple[str, ...]
    figures: Mapping[Figure, int | None]


@dataclass(frozen=True)
class Counts:
    """A published table: `subject`, the names of its keys, and by key a count or None
    (masked). `least`, `step`: its threshold."""

    subject: str
    keys: tuple[str, ...]
    rows: tuple[tuple[tuple[str, ...], int | None], ...]
    least: int
    step: int

    @property
    def by_place(self) -> bool:
        """Whether its first key is a cell, whose municipalities alone may see its rows."""
        return self.keys[0] == PLACE

    def of(self, place: str) -> dict[str, int | None]:
        """What a table by place says of a cell, or of the REGION, by code."""
        return {key[-1]: count for key, count in self.rows if key[0] == place}

    @property
    def total(self) -> int:
        """The sum of what is shown."""
        return sum(count for _key, count in self.rows if count is not None)


def region_tables(
    shown: Sequence[Placed], cells: Sequence[Cell], rules: Rules
) -> tuple[Counts, ...]:
    """Region-wide tables by attribute, of what the cells shown say and nothing more.

    A table that splits a figure of the cells counts only the cells which show that figure.
    Where records have already become totals there is nothing to split, and where one cell is
    most of the region the region's table would be its own.
    """
    if not all(one.facts.whole for one in shown):
        return ()
    found: dict[str, dict[tuple[str, ...], int]] = {}
    for subject, codes in ATTRIBUTES.items():
        figure = SPLIT.get(subject, Figure.CONTACTS)
        counted = [
            one.facts
            for one, cell in zip(shown, cells, strict=True)
            if cell.figures.get(figure) is not None
        ]
        if _is_one_place(counted, figure, rules):
            continue
        rows: dict[tuple[str, ...], int] = {
            (code,): sum(facts.attributes.get((subject, code), 0) for facts in counted)
            for code in codes
        }
        if any(rows.values()):
            found[subject] = rows
    least, step = rules.category, rules.step
    return tuple(
        masked_counts(subject, (subject,), rows, least, step)
        for subject, rows in sorted(found.items())
    )


@dataclass(frozen=True)
class Counted:
    """Where a municipality's counts went: as `geo.release_rules.Placed`, without reasons."""

    key: str
    members: tuple[str, ...]
    counts: Mapping[str, int]
    shown: bool


def counted(
    towns: Mapping[str, Mapping[str, int]],
    codes: Sequence[str],
    districts: Mapping[str, str],
    least: int,
) -> tuple[Counted, ...]:
    """Each municipality of `districts` in exactly one cell: alone where any of its counts
    reaches `least`, else together with the others of its district, shown where these do.

    `towns`: counts by ISTAT code and code of `codes`. Raises InputError `district_unknown`.
    """
    if strangers := towns.keys() - districts.keys():
        raise InputError("district_unknown", municipality=min(strangers))
    own = {
        town: {code: towns.get(town, {}).get(code, 0) for code in codes}
        for town in sorted(districts)
    }
    found, joining = [], dict[str, list[str]]()
    for town, counts in own.items():
        if max(counts.values()) >= least:
            found.append(Counted(town, (town,), counts, shown=True))
        else:
            joining.setdefault(districts[town], []).append(town)
    for district, members in sorted(joining.items()):
        sums = {code: sum(own[town][code] for town in members) for code in codes}
        shown = max(sums.values()) >= least
        found.append(Counted(district, tuple(members), sums, shown=shown))
    return tuple(found)


def place_table(subject: str, name: str, shown: Sequence[Counted], least: int, step: int) -> Counts:
    """The table of the cells shown, and of the REGION what their published counts come to."""
    keys = (PLACE, name)
    rows: list[tuple[tuple[str, ...], int | None]] = []
    totals: dict[str, int] = {}
    for one in shown:
        own: dict[tuple[str, ...], int] = {(one.key, code): n for code, n in one.counts.items()}
        rows += masked_counts(subject, keys, own, least, step).rows
    for (_place, code), count in rows:
        totals[code] = totals.get(code, 0) + (count or 0)
    rows += [((REGION, code), total or None) for code, total in totals.items()]
    return Counts(subject, keys, tuple(rows), least, step)


def of_places(table: Counts, places: frozenset[str]) -> Counts:
    """The rows of a table by place that are of these cells; the whole of any other."""
    if not table.by_place:
        return table
    return replace(table, rows=tuple(row for row in table.rows if row[0][0] in places))


def masked_counts(
    subject: str,
    keys: tuple[str, ...],
    counts: Mapping[tuple[str, ...], int],
    least: int,
    step: int,
) -> Counts:
    """The counts with those under `least` masked, and the next smallest if it were the only one;
    the others rounded to `step`."""
    masked = {key for key, count in counts.items() if count < least}
    if len(masked) == 1 < len(counts):
        # Alone it could be found from another table of the same people.
        masked.add(min(counts.keys() - masked, key=lambda key: (counts[key], key)))
    rows = ((key, None if key in masked else rounded(counts[key], step)) for key in sorted(counts))
    return Counts(subject, keys, tuple(rows), least, step)


def _is_one_place(counted: list[PlaceFacts], figure: Figure, rules: Rules) -> bool:
    """Whether a table of these cells would in truth be that of one of them.

    As many cells, and none with so much of the whole, as the rules ask of zones.
    """
    counts = [facts.figures[figure] for facts in counted]
    return len(counts) < rules.zones or 100 * max(counts) > rules.top_percent * sum(counts)
