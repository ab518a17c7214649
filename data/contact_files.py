"""Contact files as they come: CSV, XLSX and zips of CSV, opened in memory and with suspicion.

A file is bytes with a name; nothing of it is ever written to disk, so a refused file
leaves nothing behind. A column is kept as its distinct texts and a number a row
(`Cells`): every text is judged once, however many rows hold it. No object of this file
shows a value when it is printed.
"""

from __future__ import annotations

import csv
import io
import re
import zlib
from array import array
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import islice
from pathlib import PurePath
from zipfile import BadZipFile, ZipFile, ZipInfo

import numpy as np
from numpy.typing import NDArray
from python_calamine import CalamineError, CalamineWorkbook

from data.sheets import DIVIDERS, decode
from geo.errors import InputError

KINDS = (".csv", ".tsv", ".txt", ".xlsx", ".zip")
MACRO_KINDS = (".xlsm", ".xltm", ".xlam", ".xlsb", ".xls")
"""Workbooks that can carry a program."""

MOST_BYTES = 100 * 2**20
MOST_UNPACKED = 500 * 2**20
MOST_RATIO = 150
"""Times that a workbook may grow when unpacked; those of real contacts grow 10 to 40 times."""

MOST_PARTS = 500
MOST_ROWS = 300_000
MOST_CELLS = 20_000_000
"""Of one sheet: the reader lays out its whole rectangle, however few cells are filled."""

_CHUNK = 5_000
_LOCKED = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""First bytes of an encrypted workbook, and of those of Excel before 2007."""

_ACTIVE = re.compile(r"vbaproject|macrosheets|activex|embeddings|customui", re.IGNORECASE)
_REFERENCE = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]*)(\d*)["']""")
_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml", re.IGNORECASE)


@dataclass(frozen=True, eq=False, repr=False)
class Cells:
    """One column of n rows: `texts[codes[i]]` is the text of row i.

    `place`: where a spreadsheet shows it, `C`, or `2!C` on another sheet than the first;
    `rows` (n,): row numbers as a spreadsheet shows them, the header being row 1.
    """

    header: str
    place: str
    codes: NDArray[np.int32]
    texts: tuple[str, ...]
    rows: NDArray[np.int32]

    def take(self, index: NDArray[np.intp]) -> Cells:
        """The same column with the rows of `index`, in its order."""
        return Cells(self.header, self.place, self.codes[index], self.texts, self.rows[index])


@dataclass(frozen=True, eq=False, repr=False)
class Sheet:
    """One table of a file: its number from 1, the name of its tab, its columns."""

    number: int
    name: str
    columns: tuple[Cells, ...]

    def __len__(self) -> int:
        return len(self.columns[0].codes) if self.columns else 0


def read_sheets(name: str, data: bytes, knows: Callable[[str], bool]) -> tuple[Sheet, ...]:
    """The tables of a file that hold anything; `knows` settles how a CSV is divided.

    Raises InputError `file_kind`, `file_macros`, `file_locked`, `file_too_large`,
    `file_bomb`, `file_broken`, `file_empty`, `encoding_unreadable`, `csv_cells`,
    `csv_quotes`, `file_zip_part`. None of them repeats the name of the file: it may itself
    name a person.
    """
    kind = PurePath(name).suffix.lower()
    label = f"*{kind}"
    if kind in MACRO_KINDS:
        raise InputError("file_macros")
    if kind not in KINDS:
        raise InputError("file_kind", got=label, expected=", ".join(KINDS))
    if len(data) > MOST_BYTES:
        raise InputError("file_too_large", most=MOST_BYTES // 2**20)
    if kind == ".zip":
        sheets = tuple(_read_zip(data, knows, label))
    elif kind == ".xlsx":
        sheets = tuple(_read_workbook(data, label))
    else:
        sheets = (_read_csv(data, knows, label),)
    if not any(map(len, sheets)):
        raise InputError("file_empty", file=label)
    return sheets


def letters(number: int) -> str:
    """The letters of a column, from 1: A, B, …, Z, AA.

    >>> letters(3), letters(28)
    ('C', 'AB')
    """
    name = ""
    while number:
        number, rest = divmod(number - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def _read_csv(
    data: bytes, knows: Callable[[str], bool], label: str, number: int = 1, name: str = ""
) -> Sheet:
    text = decode(data)
    first = text.lstrip("\r\n").split("\n", 1)[0]

    def told(divider: str) -> tuple[int, int]:
        try:
            names = next(csv.reader([first], delimiter=divider), [])
        except csv.Error:  # the reading below says where
            names = []
        return sum(map(knows, names)), len(names)

    divider = max(DIVIDERS, key=told)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=divider, strict=True)
    try:
        header = next((names for names in reader if any(map(str.strip, names))), None)
        if header is None:
            raise InputError("file_empty", file=label)
        return _encode(number, name, header, _records(reader, len(header)))
    except csv.Error:
        row = reader.line_num
    raise InputError("csv_quotes", row=row)


def _read_zip(data: bytes, knows: Callable[[str], bool], label: str) -> Iterator[Sheet]:
    """The tables of an ODK Central export: a CSV of the form and one of each repeat.

    Photos and recordings among them refuse the whole: a picture may show a person.
    """
    try:
        with ZipFile(io.BytesIO(data)) as package:
            _check_package(package, len(data))
            parts = [part for part in package.infolist() if not part.is_dir()]
            if any(PurePath(part.filename).suffix.lower() != ".csv" for part in parts):
                raise InputError("file_zip_part")
            # The form's own name begins those of its repeats, so that it comes first.
            parts.sort(key=lambda part: (len(part.filename), part.filename))
            texts = [(PurePath(part.filename).stem, package.read(part)) for part in parts]
    except (BadZipFile, NotImplementedError, OSError, RuntimeError, EOFError, zlib.error):
        texts = []
    if not texts:
        raise InputError("file_broken", file=label)
    for number, (name, text) in enumerate(texts, start=1):
        yield _read_csv(text, knows, label, number, name)


def _records(reader: Iterator[list[str]], width: int) -> Iterator[tuple[int, Sequence[object]]]:
    begins = reader.line_num + 1  # type: ignore[attr-defined]
    for cells in reader:
        if any(map(str.strip, cells)):
            if len(cells) != width:
                raise InputError("csv_cells", row=begins, expected=width, got=len(cells))
            yield begins, cells
        begins = reader.line_num + 1  # type: ignore[attr-defined]


def _read_workbook(data: bytes, label: str) -> Iterator[Sheet]:
    if data.startswith(_LOCKED):
        raise InputError("file_locked")
    try:
        with ZipFile(io.BytesIO(data)) as package:
            _check_package(package, len(data))
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        for number in range(1, len(book.sheet_names) + 1):
            sheet = book.get_sheet_by_index(number - 1)
            rows = _filled(sheet.iter_rows())
            _, header = next(rows, (0, []))
            if header:
                yield _encode(number, sheet.name, [_text(name) for name in header], rows)
        return
    except (BadZipFile, CalamineError, NotImplementedError, OSError, RuntimeError, EOFError):
        pass
    # Outside the handler: what a library says of a file may repeat what stands in it.
    raise InputError("file_broken", file=label)


def _filled(rows: Iterable[Sequence[object]]) -> Iterator[tuple[int, Sequence[object]]]:
    for number, cells in enumerate(rows, start=1):
        if cells.count("") < len(cells):
            yield number, cells


def _check_package(package: ZipFile, size: int) -> None:
    """Refuse what can run, and what would grow out of all measure, before it is read."""
    parts = package.infolist()
    if any(part.flag_bits & 1 for part in parts):
        raise InputError("file_locked")
    types = [part for part in parts if part.filename == "[Content_Types].xml"]
    unpacked = sum(part.file_size for part in parts)
    if len(parts) > MOST_PARTS or unpacked > min(MOST_UNPACKED, MOST_RATIO * size):
        raise InputError("file_bomb")
    if any(_ACTIVE.search(part.filename) for part in parts) or any(
        b"macroenabled" in package.read(part).lower() for part in types
    ):
        raise InputError("file_macros")
    for part in parts:
        if _SHEET.fullmatch(part.filename):
            _check_extent(package, part)


def _check_extent(package: ZipFile, part: ZipInfo) -> None:
    """Refuse a sheet whose farthest cells span more than is read: one cell is enough for that."""
    columns: set[bytes] = set()
    last, rest = 0, b""
    with package.open(part) as file:
        while chunk := file.read(2**20):
            found = _REFERENCE.findall(rest + chunk)
            columns.update(column for column, _ in found)
            last = max(last, max((int(row[:9] or 0) for _, row in found), default=0))
            rest = chunk[-64:]
    width = max(map(_column_number, columns), default=0)
    if last > MOST_ROWS or width * last > MOST_CELLS:
        raise InputError("file_too_long", most=MOST_ROWS)


def _column_number(name: bytes) -> int:
    number = 0
    for letter in name.upper()[:6]:
        number = number * 26 + letter - 64
    return number


def _encode(
    number: int,
    name: str,
    header: Sequence[str],
    rows: Iterable[tuple[int, Sequence[object]]],
) -> Sheet:
    """Rows of cells as columns of codes, a chunk at a time."""
    lookups: list[defaultdict[object, int]] = []
    for _ in header:
        lookup: defaultdict[object, int] = defaultdict()
        lookup.default_factory = lookup.__len__
        lookups.append(lookup)
    codes = [array("i") for _ in header]
    numbers = array("i")
    rows = iter(rows)
    while chunk := list(islice(rows, _CHUNK)):
        numbers.extend(row for row, _ in chunk)
        if len(numbers) > MOST_ROWS:
            raise InputError("file_too_long", most=MOST_ROWS)
        columns = zip(*(cells for _, cells in chunk), strict=True)
        for column, lookup, coded in zip(columns, lookups, codes, strict=True):
            coded.extend(map(lookup.__getitem__, column))
    sheet = "" if number == 1 else f"{number}!"
    row_numbers = np.array(numbers, dtype=np.int32)
    return Sheet(
        number,
        name,
        tuple(
            Cells(
                title.strip(),
                sheet + letters(place),
                np.array(coded, dtype=np.int32),
                tuple(map(_text, lookup)),
                row_numbers,
            )
            for place, (title, lookup, coded) in enumerate(
                zip(header, lookups, codes, strict=True), start=1
            )
        ),
    )


def _text(value: object) -> str:
    """A typed cell as text: dates in ISO, hours beyond 24 as they were typed."""
    match value:
        case bool():
            value = int(value)
        case float() if value.is_integer() and abs(value) < 1e15:
            value = int(value)
        case datetime():
            value = (value.date() if value.time() == time() else value).isoformat()
        case timedelta():
            hours, rest = divmod(round(value.total_seconds()), 3600)
            value = f"{hours:02d}:{rest // 60:02d}:{rest % 60:02d}"
    return str(value).strip()
