"""The only maker of what may leave: figures that have passed the rules (`geo.release_rules`).

    published = publish_month(month, facts, districts, rules, ...)
    published = publish_counts("conflict_reports", {("rumore",): 12, ("rifiuti",): 0}, ...)

Counts are rounded, a total is the sum of what is shown, and a table splits nothing but
what is shown, so that nothing is left to subtract.

Whoever draws, exports or sends figures to a municipality takes a `Published`, and only
the functions below can make one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import InitVar, dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from types import MappingProxyType
from typing import Any

from geo.errors import InputError
from geo.month_facts import ATTRIBUTES, SPLIT, Figure, PlaceFacts, combined
from geo.release_rules import REPORTS, Placed, Rules, Threshold, rounded, zoning


class Kind(StrEnum):
    """How figures were made safe: by the rules, by noise, or by a threshold alone."""

    MONTH = "month"
    NOISY = "noisy"
    COUNTS = "counts"


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
    def total(self) -> int:
        """The sum of what is shown."""
        return sum(count for _key, count in self.rows if count is not None)


_SEAL = object()


@dataclass(frozen=True)
class Published:
    """Figures that have passed the rules. Only this module makes one.

    `month`: its first day; `place`: `""` for the region, else the municipality it is for;
    `cells`: those shown, by key; `masked`: municipalities in no cell; `totals`: sums of the
    cells shown, over the region; `tables`; `districts`: fingerprint of the zoning; `epsilon`
    and `nights` (outing nights of a person-month) of noisy figures; `synthetic`.
    """

    kind: Kind
    month: date
    place: str
    cells: tuple[Cell, ...]
    masked: tuple[str, ...]
    totals: Mapping[Figure, int]
    tables: tuple[Counts, ...]
    rules: Rules
    districts: str
    synthetic: bool
    epsilon: str | None = None
    nights: int | None = None
    seal: InitVar[object] = None

    def __post_init__(self, seal: object) -> None:
        if seal is not _SEAL:
            raise TypeError("only geo.privacy makes a Published")

    def cell_of(self, municipality: str) -> Cell | None:
        """The cell that a municipality lies in; None where it is masked."""
        return next((cell for cell in self.cells if municipality in cell.members), None)

    def table(self, subject: str) -> Counts | None:
        """The table of a subject, if there is one."""
        return next((table for table in self.tables if table.subject == subject), None)

    def to_dict(self) -> dict[str, Any]:
        """As it is stored: plain values that `restored` reads back."""
        return {
            "kind": self.kind.value,
            "month": self.month.isoformat(),
            "place": self.place,
            "cells": [
                {
                    "key": cell.key,
                    "members": [*cell.members],
                    "figures": {figure.value: count for figure, count in cell.figures.items()},
                }
                for cell in self.cells
            ],
            "masked": [*self.masked],
            "totals": {figure.value: count for figure, count in self.totals.items()},
            "tables": [
                {
                    "subject": table.subject,
                    "keys": [*table.keys],
                    "rows": [[[*key], count] for key, count in table.rows],
                    "least": table.least,
                    "step": table.step,
                }
                for table in self.tables
            ],
            "rules": self.rules.to_dict(),
            "districts": self.districts,
            "synthetic": self.synthetic,
            "epsilon": self.epsilon,
            "nights": self.nights,
        }


def publish_month(
    month: date,
    facts: Mapping[str, PlaceFacts],
    districts: Mapping[str, str],
    rules: Rules,
    *,
    fingerprint: str,
    synthetic: bool,
    without: frozenset[str] = frozenset(),
) -> Published:
    """The figures of a month by municipality or district, rounded, and what they come to.

    Region-wide tables by attribute count the contacts of the cells shown and no others,
    so that they say nothing of those masked; `without`: subjects to leave out. Arguments
    as `zoning`; `fingerprint` of the districts.
    """
    placed = zoning(facts, districts, rules)
    shown = [one for one in placed if not one.broken]
    cells = tuple(Cell(one.key, one.members, _figures(one.facts, rules)) for one in shown)
    return Published(
        kind=Kind.MONTH,
        month=month,
        place="",
        cells=cells,
        masked=tuple(sorted(code for one in placed if one.broken for code in one.members)),
        totals=_totals(cells),
        tables=tuple(t for t in _tables(shown, cells, rules) if t.subject not in without),
        rules=rules,
        districts=fingerprint,
        synthetic=synthetic,
        seal=_SEAL,
    )


def publish_counts(
    subject: str,
    counts: Mapping[tuple[str, ...], int],
    *,
    keys: tuple[str, ...],
    month: date,
    place: str,
    synthetic: bool,
    threshold: Threshold = REPORTS,
) -> Published:
    """One table of counts that are no contacts (reports by theme, cases by state).

    `counts` by key (as many codes as `keys` has names), with 0 for what did not happen, so
    that an absent key says nothing; `place`: the municipality it is for, `""` the region. A
    count under the threshold is masked, and so is the next smallest if it were the only one.
    """
    return publish_tables(
        {subject: (keys, counts)},
        month=month,
        place=place,
        synthetic=synthetic,
        threshold=threshold,
    )


def publish_tables(
    tables: Mapping[str, tuple[tuple[str, ...], Mapping[tuple[str, ...], int]]],
    *,
    month: date,
    place: str,
    synthetic: bool,
    threshold: Threshold,
) -> Published:
    """Several tables as `publish_counts` makes one: names of the keys and counts, by subject."""
    least, step = threshold.least, threshold.step
    return Published(
        kind=Kind.COUNTS,
        month=month,
        place=place,
        cells=(),
        masked=(),
        totals=MappingProxyType({}),
        tables=tuple(
            _counts(subject, keys, counts, least, step)
            for subject, (keys, counts) in tables.items()
        ),
        rules=Rules(step=step, category=least),
        districts="",
        synthetic=synthetic,
        seal=_SEAL,
    )


def publish_noisy(
    month: date,
    facts: Mapping[str, PlaceFacts],
    districts: Mapping[str, str],
    *,
    epsilon: Fraction,
    nights: int,
    noise: Callable[[Fraction], int],
    fingerprint: str,
    synthetic: bool,
) -> Published:
    """Contacts of every district with discrete Laplace noise, and their sum.

    The list of cells is that of the districts, whatever was met, so that it says nothing.
    One person is counted on at most `nights` nights of a month and once a night, so that
    noise of scale `nights / epsilon` protects the whole month of a person. Less than
    nothing is shown as 0, which uses the noisy figure alone. `noise(scale)`: one draw.
    """
    members: dict[str, list[str]] = {}
    for code in sorted(districts):
        members.setdefault(districts[code], []).append(code)
    cells = []
    for district, codes in sorted(members.items()):
        true = combined(facts[code] for code in codes if code in facts).figures[Figure.CONTACTS]
        noisy = max(0, true + noise(Fraction(nights) / epsilon))
        cells.append(Cell(district, tuple(codes), MappingProxyType({Figure.CONTACTS: noisy})))
    return Published(
        kind=Kind.NOISY,
        month=month,
        place="",
        cells=tuple(cells),
        masked=(),
        totals=_totals(cells),
        tables=(),
        rules=Rules(step=1),
        districts=fingerprint,
        synthetic=synthetic,
        epsilon=str(epsilon),
        nights=nights,
        seal=_SEAL,
    )


def part_of(published: Published, municipality: str) -> Published:
    """What one municipality may see of a release: its own cell, and the regional totals."""
    own = published.cell_of(municipality)
    masked = (municipality,) if municipality in published.masked else ()
    return _with(published, municipality, () if own is None else (own,), masked)


def totals_of(published: Published) -> Published:
    """What the network may see of a release: the regional totals and tables, no place."""
    return _with(published, "", (), ())


def _with(
    published: Published, place: str, cells: tuple[Cell, ...], masked: tuple[str, ...]
) -> Published:
    shown = {name: getattr(published, name) for name in published.__dataclass_fields__}
    return Published(**shown | {"place": place, "cells": cells, "masked": masked, "seal": _SEAL})


def restored(document: Mapping[str, Any]) -> Published:
    """A `Published` as `to_dict` wrote it. Raises InputError `published_unreadable`."""
    try:
        return Published(
            kind=Kind(document["kind"]),
            month=date.fromisoformat(document["month"]),
            place=document["place"],
            cells=tuple(
                Cell(one["key"], tuple(one["members"]), _by_figure(one["figures"]))
                for one in document["cells"]
            ),
            masked=tuple(document["masked"]),
            totals=_by_figure(document["totals"]),
            tables=tuple(
                Counts(
                    one["subject"],
                    tuple(one["keys"]),
                    tuple((tuple(key), count) for key, count in one["rows"]),
                    one["least"],
                    one["step"],
                )
                for one in document["tables"]
            ),
            rules=Rules(**document["rules"]),
            districts=document["districts"],
            synthetic=bool(document["synthetic"]),
            epsilon=document["epsilon"],
            nights=document["nights"],
            seal=_SEAL,
        )
    except (KeyError, TypeError, ValueError) as error:
        raise InputError("published_unreadable") from error


def _by_figure(values: Mapping[str, Any]) -> Mapping[Figure, Any]:
    return _in_order({Figure(name): count for name, count in values.items()})


def _in_order(figures: Mapping[Figure, Any]) -> Mapping[Figure, Any]:
    """The figures in the order of `Figure`, wherever they come from."""
    return MappingProxyType({figure: figures[figure] for figure in Figure if figure in figures})


def _figures(facts: PlaceFacts, rules: Rules) -> Mapping[Figure, int | None]:
    """The figures of a cell that is shown; a small one among them is not."""
    return _in_order(
        {
            figure: rounded(count, rules.step) if count >= rules.least(figure) else None
            for figure, count in facts.figures.items()
        }
    )


def _totals(cells: Iterable[Cell]) -> Mapping[Figure, int]:
    totals: dict[Figure, int] = {}
    for cell in cells:
        for figure, count in cell.figures.items():
            totals[figure] = totals.get(figure, 0) + (count or 0)
    return _in_order(totals)


def _tables(shown: list[Placed], cells: tuple[Cell, ...], rules: Rules) -> tuple[Counts, ...]:
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
        _counts(subject, (subject,), rows, least, step) for subject, rows in sorted(found.items())
    )


def _is_one_place(counted: list[PlaceFacts], figure: Figure, rules: Rules) -> bool:
    """Whether a table of these cells would in truth be that of one of them.

    As many cells, and none with so much of the whole, as the rules ask of zones.
    """
    counts = [facts.figures[figure] for facts in counted]
    return len(counts) < rules.zones or 100 * max(counts) > rules.top_percent * sum(counts)


def _counts(
    subject: str,
    keys: tuple[str, ...],
    counts: Mapping[tuple[str, ...], int],
    least: int,
    step: int,
) -> Counts:
    masked = {key for key, count in counts.items() if count < least}
    if len(masked) == 1 < len(counts):
        # Alone it could be found from another table of the same people.
        masked.add(min(counts.keys() - masked, key=lambda key: (counts[key], key)))
    rows = ((key, None if key in masked else rounded(counts[key], step)) for key in sorted(counts))
    return Counts(subject, keys, tuple(rows), least, step)
