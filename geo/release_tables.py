"""The tables of what is published: counts by code with few of them masked, and places.

Pure functions; only `geo.privacy` makes a `Published` of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from geo.month_facts import ATTRIBUTES, SPLIT, Figure, PlaceFacts
from geo.release_rules import Placed, Rules, rounded

TOWN = "municipality"
"""Name of the first key of a table by town."""


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
    def by_town(self) -> bool:
        """Whether its first key is a municipality, which alone may see its rows."""
        return self.keys[0] == TOWN

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


def town_tables(
    tables: Mapping[str, tuple[str, Mapping[str, Mapping[str, int]]]], least: int, step: int
) -> tuple[Counts, ...]:
    """Tables by town, as `geo.privacy.publish_towns` takes them."""
    made = {
        (subject, town): masked_counts(
            subject, (TOWN, name), {(town, code): n for code, n in counts.items()}, least, step
        )
        for subject, (name, towns) in tables.items()
        for town, counts in sorted(towns.items())
    }
    shown = {town for (_subject, town), one in made.items() if one.total}
    joined = (
        Counts(
            subject,
            (TOWN, name),
            tuple(row for town in sorted(shown & towns.keys()) for row in made[subject, town].rows),
            least,
            step,
        )
        for subject, (name, towns) in tables.items()
    )
    return tuple(one for one in joined if one.rows)


def of_town(table: Counts, town: str) -> Counts:
    """The rows of a table by town that are of this one."""
    return replace(table, rows=tuple(row for row in table.rows if row[0][0] == town))


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
