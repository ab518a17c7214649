"""Cells of a contact file as values: each distinct text is read once, or refused.

What is refused is gathered with its row, its column and what kind of thing it is, never
with its value; not even the exceptions of the readers are kept, for they may quote it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from data.cells import Got, Unreadable, kind_of
from data.contact_columns import ContactMapping, Target
from data.contact_files import Cells
from data.identifiers import Identifier, identify
from data.messages import N_
from geo.errors import InputError
from geo.zones import CODE

Value = TypeVar("Value")

SHOWN = 20
"""Refusals that are named one by one; the others are counted."""


class Wanted(StrEnum):
    """What a cell of a contact file should have held."""

    ZONE = N_("the code of a known zone")
    UNIT = N_("the code of a unit")
    NIGHT = N_("a date such as 2026-05-03")
    MOMENT = N_("a date with a time such as 2026-05-03 21:30")
    CLOCK = N_("a time such as 21:30 (25:30 is 01:30)")
    DEGREES = N_("degrees such as 43.7712")
    POSITION = N_("a latitude and a longitude such as 43.77 11.25")
    CODES = N_("codes of {choices}")
    CODE = N_("one of {choices}")
    YES_NO = N_("yes or no")
    NOTHING = N_("an empty cell")


class Wrong(Exception):
    """A cell does not hold what its column wants; it carries no value."""

    def __init__(self, expected: StrEnum, **limits: object) -> None:
        super().__init__(expected)
        self.expected, self.limits = expected, limits


class Refusals:
    """What is wrong with a file, in the order of its rows: `first` SHOWN of it, and `count`."""

    def __init__(self) -> None:
        self.count = 0
        self._found: list[tuple[int, InputError]] = []

    @property
    def first(self) -> tuple[InputError, ...]:
        """The first of them, by row and then as they were found."""
        return tuple(error for _row, error in self._found)

    def whole(self, code: str, **fields: object) -> None:
        """Refuse the file for what is no matter of a row."""
        self._add([0], 1, lambda _row: InputError(code, **fields))

    def rows(self, rows: NDArray[np.integer], code: str, **fields: object) -> None:
        """Refuse rows (k,) (numbers as a spreadsheet shows them) for one cause."""
        first = np.sort(rows)[:SHOWN].tolist()
        self._add(first, len(rows), lambda row: InputError(code, row=row, **fields))

    def _add(self, rows: list[int], count: int, error: Callable[[int], InputError]) -> None:
        self.count += count
        self._found += [(row, error(row)) for row in rows]
        self._found = sorted(self._found, key=lambda found: found[0])[:SHOWN]


class Column(Generic[Value]):
    """A column as it was read: `values[codes[i]]` is that of row i, `right` where it could be."""

    def __init__(
        self, cells: Cells, name: str, reader: Callable[[str], Value], refusals: Refusals
    ) -> None:
        self.cells, self.name = cells, f"{name} ({cells.place})"
        self.values: list[Value | None] = []
        problems: dict[int, tuple[str, dict[str, object]]] = {}
        for number, text in enumerate(cells.texts):
            try:
                self.values.append(reader(text))
            except Unreadable as wrong:
                problems[number] = problem(text, wrong.expected, wrong.limits)
                self.values.append(None)
            except Wrong as wrong:
                problems[number] = problem(text, wrong.expected, wrong.limits)
                self.values.append(None)
        self.right = np.ones(len(cells.codes), dtype=bool)
        for number, (code, fields) in problems.items():
            at = cells.codes == number
            self.right &= ~at
            refusals.rows(cells.rows[at], code, column=self.name, **fields)

    def array(self, dtype: type | str, empty: object) -> NDArray[Any]:
        """The values by row; `empty` stands where none could be read."""
        values = [empty if value is None else value for value in self.values]
        table = np.array(values or [empty], dtype=dtype)
        return table[self.cells.codes]


def problem(text: str, expected: StrEnum, limits: dict[str, object]) -> tuple[str, dict]:
    """Code and fields of what is wrong with a text: an identifier, or only a wrong value."""
    got = kind_of(text)
    fields = {"expected": expected, **limits}
    if got is Got.EMPTY:
        return "cell_unreadable", {**fields, "got": got}
    if expected is Wanted.ZONE and CODE.fullmatch(text):
        return "cell_unreadable", {**fields, "got": got}
    kind = identify(text)
    if got in (Got.NUMBER, Got.TIME) and kind in (Identifier.TEXT, Identifier.NAME):
        return "cell_unreadable", {**fields, "got": got}
    return "contact_identifier", {**fields, "kind": kind}


def optional(reader: Callable[[str], Value], empty: Value) -> Callable[[str], Value]:
    """A reader for which an empty cell stands for something."""
    return lambda text: reader(text) if text else empty


def one_of(known: Iterable[str], expected: StrEnum) -> Callable[[str], str]:
    """A reader of codes from a list that is not shown (zones, units)."""
    codes = {code.upper(): code for code in known}

    def read(text: str) -> str:
        code = codes.get(text.upper())
        if code is None:
            raise Wrong(expected)
        return code

    return read


def code_of(
    target: Target, codes: type[StrEnum], mapping: ContactMapping
) -> Callable[[str], StrEnum]:
    """A reader of one code of a closed list."""
    known = {code.value: code for code in codes}

    def read(text: str) -> StrEnum:
        code = known.get(mapping.code(target.field, text)) if text else None
        if code is None:
            raise Wrong(Wanted.CODE, choices=", ".join(codes))
        return code

    return read


def codes_of(
    target: Target, codes: type[StrEnum], mapping: ContactMapping
) -> Callable[[str], frozenset[str]]:
    """A reader of any number of codes, as a select-multiple question gives them."""
    known = {code.value for code in codes}

    def read(text: str) -> frozenset[str]:
        for mark in ";,|\n":
            text = text.replace(mark, " ")
        found = frozenset(mapping.code(target.field, word) for word in text.split())
        if found - known:
            raise Wrong(Wanted.CODES, choices=", ".join(codes))
        return found

    return read
