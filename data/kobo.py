"""Exports of KoboToolbox and ODK: metadata beside the answers, repeats on further sheets.

A repeat (the persons met at one stop) stands on a sheet of its own whose rows name their
parent's row by number. The sheets are joined into one table, a row for each innermost
repeat; a parent without any keeps one row, for it may say that a crew was there and met
nobody.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from data.contact_columns import ContactMapping, Metadata, normal, resolve
from data.contact_files import Cells, Sheet
from geo.errors import InputError

MARKS = frozenset({"_uuid", "_id", "_submission__uuid", "key", "meta_instanceid", "instanceid"})
"""Columns that only such exports have; without one of them no metadata is allowed."""

INDEX, PARENT, PARENT_TABLE = "_index", "_parent_index", "_parent_table_name"
KEY, PARENT_KEY = "key", "parent_key"
"""The same of ODK Central, which names the parent's row but not its table."""

TAB = 31
"""Letters of a tab's name: a spreadsheet cuts longer ones."""


def is_export(sheet: Sheet) -> bool:
    """Whether a table was written by KoboToolbox or ODK."""
    return any(normal(cells.header) in MARKS for cells in sheet.columns)


def answers(columns: Iterable[Cells], mapping: ContactMapping) -> Iterator[Cells]:
    """The columns without metadata. InputError `contact_remarks` where a remark is filled in."""
    for cells in columns:
        kind = resolve(cells.header, mapping)
        if kind is Metadata.EMPTY:
            wrong = np.array([bool(text) for text in cells.texts], dtype=bool)[cells.codes]
            if wrong.any():
                row = int(cells.rows[wrong.argmax()])
                raise InputError("contact_remarks", row=row, column=cells.place)
        elif kind is not Metadata.DROPPED:
            yield cells


def joined(sheets: Sequence[Sheet]) -> tuple[Cells, ...]:
    """One table of a form's sheet and its repeats.

    Raises InputError `contact_sheet` (sheet) for one that belongs to no other, or where
    two repeats stand side by side; `contact_repeat` (row, column) for a row without parent.
    """
    root, *repeats = _chain(sheets)
    columns, numbers = list(root.columns), _numbers(root)
    for sheet in repeats:
        parents = _column(sheet, PARENT, PARENT_KEY)
        row_of = {number: row for row, number in enumerate(numbers)}
        up = np.array([row_of.get(text, -1) for text in parents.texts], dtype=np.intp)
        up = up[parents.codes]
        if (up < 0).any():
            row = int(parents.rows[(up < 0).argmax()])
            raise InputError("contact_repeat", row=row, column=parents.place)
        childless = np.setdiff1d(np.arange(len(numbers)), up)
        up = np.concatenate([up, childless])
        own = np.concatenate([np.arange(len(sheet)), np.full(len(childless), -1)])
        above = root.columns[0].rows if columns else np.zeros(0, np.int32)
        columns = [cells.take(up) for cells in columns]
        columns += [_with_gaps(cells, own, above[childless]) for cells in sheet.columns]
        numbers = ["" if row < 0 else text for row, text in zip(own, _own(sheet, own), strict=True)]
        root = replace(root, columns=tuple(columns))
    return tuple(columns)


def _chain(sheets: Sequence[Sheet]) -> list[Sheet]:
    """The form's sheet, its repeat, the repeat of that: each inside the one before."""
    below: dict[str | None, list[Sheet]] = defaultdict(list)
    tabs = {sheet.name[:TAB] for sheet in sheets}
    for sheet in sheets:
        if _find(sheet, PARENT, PARENT_KEY) is None:
            below[None].append(sheet)
            continue
        parent = _parent(sheet, sheets)
        if parent not in tabs or parent == sheet.name[:TAB]:
            raise InputError("contact_sheet", sheet=sheet.number)
        below[parent].append(sheet)
    chain: list[Sheet] = []
    at: str | None = None
    while inside := below.pop(at, []):
        if len(inside) > 1:
            raise InputError("contact_sheet", sheet=inside[1].number)
        chain += inside
        at = inside[0].name[:TAB]
    if lost := [sheet for others in below.values() for sheet in others]:
        raise InputError("contact_sheet", sheet=lost[0].number)
    return chain


def _parent(sheet: Sheet, sheets: Sequence[Sheet]) -> str:
    """The tab whose rows a repeat's rows name, `""` for none."""
    if keys := _find(sheet, PARENT_KEY):
        for each in sheets:
            own = _find(each, KEY)
            # A repeat without a row hangs on the form itself, which comes first.
            if each is not sheet and own and (not keys.texts or keys.texts[0] in own.texts):
                return each.name[:TAB]
        return ""
    named = _find(sheet, PARENT_TABLE)
    return named.texts[0][:TAB] if named is not None and len(named.texts) == 1 else ""


def _with_gaps(cells: Cells, own: NDArray[np.intp], rows: NDArray[np.int32]) -> Cells:
    """A repeat's column with an empty cell for every parent without a repeat."""
    codes = np.append(cells.codes, np.int32(len(cells.texts)))[own]
    numbers = np.concatenate([cells.rows, rows])
    return Cells(cells.header, cells.place, codes, (*cells.texts, ""), numbers)


def _numbers(sheet: Sheet) -> list[str]:
    return _own(sheet, np.arange(len(sheet)))


def _own(sheet: Sheet, rows: NDArray[np.intp]) -> list[str]:
    """The number by which repeats name each row; rows count from 1 where no column says it."""
    index = _find(sheet, INDEX, KEY)
    if index is None:
        return [str(row + 1) for row in rows]
    return [index.texts[code] for code in index.codes[rows]]


def _column(sheet: Sheet, *names: str) -> Cells:
    found = _find(sheet, *names)
    if found is None:
        raise InputError("contact_sheet", sheet=sheet.number)
    return found


def _find(sheet: Sheet, *names: str) -> Cells | None:
    """The first column of one of these names."""
    return next((cells for cells in sheet.columns if normal(cells.header) in names), None)
