"""The only maker of what may leave: figures that have passed the rules (`geo.release_rules`).

    published = publish_month(month, facts, districts, rules, ...)
    published = publish_tables({"requests": (("requests",), {("sanitario",): 12})}, ...)
    published = publish_counts("conflict_themes", {"050026": {"rumore": 12}}, ...)

Counts are rounded, a total is the sum of what is shown, and a table splits nothing but
what is shown, so that nothing is left to subtract.

Whoever draws, exports or sends figures to a municipality takes a `Published`, and only
the functions below can make one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import InitVar, dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from types import MappingProxyType
from typing import Any

from geo.errors import InputError
from geo.month_facts import Figure, PlaceFacts, combined
from geo.release_rules import REPORTS, Rules, Threshold, rounded, zoning
from geo.release_tables import (
    REGION,
    Cell,
    Counts,
    counted,
    masked_counts,
    of_places,
    place_table,
    region_tables,
)


class Kind(StrEnum):
    """How figures were made safe: by the rules, by noise, by a threshold alone; `night`: by the
    rules, of the persons seen on one count night."""

    MONTH = "month"
    NOISY = "noisy"
    COUNTS = "counts"
    NIGHT = "night"


_SEAL = object()

ESTIMATE = "estimate"
"""Subject of the table that says how many there were on a count night."""


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
        tables=tuple(t for t in region_tables(shown, cells, rules) if t.subject not in without),
        rules=rules,
        districts=fingerprint,
        synthetic=synthetic,
        seal=_SEAL,
    )


def publish_night(
    month: date,
    facts: Mapping[str, PlaceFacts],
    districts: Mapping[str, str],
    rules: Rules,
    *,
    fingerprint: str,
    synthetic: bool,
    without: frozenset[str] = frozenset(),
    estimate: Mapping[str, int] | None = None,
) -> Published:
    """Persons seen on the count night of a month, as `publish_month` does it with contacts.

    `Figure.CONTACTS` are then persons seen, and there is no other figure. `estimate`: persons by
    name (low, middle, high) of the cells shown together.
    """
    found = publish_month(
        month, facts, districts, rules,
        fingerprint=fingerprint, synthetic=synthetic, without=without,
    )  # fmt: skip
    cells = tuple(
        Cell(one.key, one.members, _in_order({Figure.CONTACTS: one.figures[Figure.CONTACTS]}))
        for one in found.cells
    )
    counts: dict[tuple[str, ...], int] = {
        (name,): persons for name, persons in (estimate or {}).items()
    }
    told = masked_counts(ESTIMATE, (ESTIMATE,), counts, rules.category, rules.step)
    parts = {
        "kind": Kind.NIGHT,
        "cells": cells,
        "totals": _totals(cells),
        "tables": (*found.tables, told) if counts else found.tables,
    }
    shown = {name: getattr(found, name) for name in found.__dataclass_fields__}
    return Published(**shown | parts | {"seal": _SEAL})


def publish_tables(
    tables: Mapping[str, tuple[tuple[str, ...], Mapping[tuple[str, ...], int]]],
    *,
    month: date,
    place: str,
    synthetic: bool,
    threshold: Threshold,
) -> Published:
    """Tables of counts by subject: the names of their keys, and counts by key.

    A key has as many codes as `keys` has names, with 0 for what did not happen, so that an
    absent key says nothing; `place`: the municipality they are for, `""` the region. A count
    under the threshold is masked, and so is the next smallest if it were the only one.
    """
    least, step = threshold.least, threshold.step
    made = (masked_counts(name, keys, n, least, step) for name, (keys, n) in tables.items())
    return _counted(made, month, place, synthetic, threshold)


def publish_counts(
    subject: str,
    towns: Mapping[str, Mapping[str, int]],
    districts: Mapping[str, str],
    *,
    name: str,
    codes: Sequence[str],
    month: date,
    fingerprint: str,
    synthetic: bool,
    threshold: Threshold = REPORTS,
    without: frozenset[str] = frozenset(),
) -> Published:
    """Counts that are no contacts (reports by theme, cases by state) by place, one table.

    `towns`: counts by ISTAT code and code of the list `codes`, whose name is `name`. A
    municipality is shown alone where any of its counts reaches the threshold, else with
    the others of its district; the region's counts are the sums of what is shown.
    `without`: keys of cells to mask all the same; the rest as `publish_month`.
    """
    placed = counted(towns, codes, districts, threshold.least)
    shown = [one for one in placed if one.shown and one.key not in without]
    members = {code for one in shown for code in one.members}
    table = place_table(subject, name, shown, threshold.least, threshold.step)
    return _counted(
        [table] if shown else [],
        month,
        "",
        synthetic,
        threshold,
        cells=tuple(Cell(one.key, one.members, MappingProxyType({})) for one in shown),
        masked=tuple(sorted(districts.keys() - members)),
        districts=fingerprint,
    )


def _counted(
    tables: Iterable[Counts],
    month: date,
    place: str,
    synthetic: bool,
    threshold: Threshold,
    *,
    cells: tuple[Cell, ...] = (),
    masked: tuple[str, ...] = (),
    districts: str = "",
) -> Published:
    return Published(
        kind=Kind.COUNTS,
        month=month,
        place=place,
        cells=cells,
        masked=masked,
        totals=MappingProxyType({}),
        tables=tuple(tables),
        rules=Rules(step=threshold.step, category=threshold.least),
        districts=districts,
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
    """What one municipality may see of a release: its own cell and rows, the region's totals."""
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
    keys = frozenset({cell.key for cell in cells} | {REGION})
    tables = tuple(of_places(table, keys) for table in published.tables)
    parts = {"place": place, "cells": cells, "masked": masked, "tables": tables, "seal": _SEAL}
    return Published(**shown | parts)


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
                Counts(one["subject"], tuple(one["keys"]), _rows(one), one["least"], one["step"])
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


def _rows(table: Mapping[str, Any]) -> tuple[tuple[tuple[str, ...], int], ...]:
    return tuple((tuple(key), count) for key, count in table["rows"])


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
    totals: Counter[Figure] = Counter()
    for cell in cells:
        totals.update({figure: count or 0 for figure, count in cell.figures.items()})
    return _in_order(totals)
