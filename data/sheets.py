"""Tables in files: CSV as spreadsheets write it, GeoJSON and GeoPackage, both ways.

A CSV may be divided by `;`, `,` or tab and be UTF-8 (with or without its mark), UTF-16
or the Windows and Latin-1 encodings. What is unambiguous is read, the rest refused with
row and column. Rows are counted as a spreadsheet shows them: the header is row 1.
"""

from __future__ import annotations

import codecs
import csv
import io
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile

import geopandas as gpd
import pandas as pd
import shapely
from pyogrio.errors import DataLayerError, DataSourceError
from shapely.errors import ShapelyError

from data.failures import file_failure
from geo.crs import GEOGRAPHIC, to_geographic
from geo.errors import InputError, MissingError

GEOGRAPHIC_KINDS = {".geojson": "GeoJSON", ".json": "GeoJSON", ".gpkg": "GPKG"}
KINDS = (".csv", ".tsv", ".txt", *GEOGRAPHIC_KINDS)
DIVIDERS = ";,\t"
_WINDOWS = "€‘’“”–—…"
"""Characters of Windows-1252 beyond Latin-1 that an Italian table may hold."""


@dataclass(frozen=True)
class Row:
    """One row: its number in the file, its cells by column, a geometry where it has one."""

    number: int
    cells: Mapping[str, str]
    geometry: shapely.Geometry | None = None


@dataclass(frozen=True)
class Sheet:
    """A table as text; `columns` in the order of the file."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]


def read_sheet(path: Path, known: Iterable[str]) -> Sheet:
    """The table in a file; `known` column names settle how a CSV is divided.

    Raises MissingError `file_missing`; InputError `file_kind`, `file_empty`,
    `file_broken`, `encoding_unreadable` (row), `csv_cells` (row, expected, got),
    `column_twice` (column).
    """
    kind = path.suffix.lower()
    if kind not in KINDS:
        raise InputError("file_kind", got=kind or path.name, expected=", ".join(KINDS))
    if not path.is_file():
        raise MissingError("file_missing", file=path.name)
    if not path.stat().st_size:
        raise InputError("file_empty", file=path.name)
    if kind in GEOGRAPHIC_KINDS:
        return _read_geographic(path)
    return _read_csv(path, set(known))


def write_sheet(path: Path, columns: Sequence[str], rows: Iterable[Row]) -> None:
    """Write a table in the kind its name says; the file appears whole or not at all.

    A CSV is UTF-8 with its mark and divided by `;`, as Italian spreadsheets open it.
    """
    kind = path.suffix.lower()
    if kind not in KINDS:
        raise InputError("file_kind", got=kind or path.name, expected=", ".join(KINDS))
    with beside(path) as target:
        if kind in GEOGRAPHIC_KINDS:
            rows = list(rows)
            cells = pd.DataFrame([row.cells for row in rows], columns=list(columns), dtype=object)
            shapes = [row.geometry for row in rows]
            frame = gpd.GeoDataFrame(cells, geometry=shapes, crs=GEOGRAPHIC)
            layer = re.sub(r"\W", "_", path.stem)
            frame.to_file(target, driver=GEOGRAPHIC_KINDS[kind], layer=layer)
        else:
            with target.open("w", encoding="utf-8-sig", newline="") as file:
                writer = csv.writer(file, delimiter="\t" if kind == ".tsv" else ";")
                writer.writerow(columns)
                writer.writerows([row.cells[name] for name in columns] for row in rows)


@contextmanager
def beside(path: Path) -> Iterator[Path]:
    """A new file beside `path` that takes its name only when all went well.

    InputError `disk_full`, `file_unwritable` (file): what was there stays as it was.
    """
    with written(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        folder, kind = path.parent, path.suffix
        with NamedTemporaryFile(dir=folder, prefix=".", suffix=kind, delete=False) as file:
            target = Path(file.name)
        target.unlink()
        try:
            yield target
            os.replace(target, path)
        finally:
            target.unlink(missing_ok=True)


@contextmanager
def written(path: Path) -> Iterator[None]:
    """What keeps a file from being written, in our words: InputError `disk_full`,
    `file_unwritable` (file)."""
    try:
        yield
    except Exception as error:  # of whichever library writes it
        if (ours := file_failure(error, path)) is not None:
            raise ours from error
        raise


def _read_geographic(path: Path) -> Sheet:
    try:
        frame = gpd.read_file(path)
    except (DataSourceError, DataLayerError, ShapelyError, ValueError) as error:
        raise InputError("file_broken", file=path.name) from error
    if not isinstance(frame, gpd.GeoDataFrame) or frame.crs is None:
        raise InputError("file_without_crs", file=path.name)
    frame = to_geographic(frame)
    columns = tuple(name for name in frame.columns if name != frame.geometry.name)
    rows = zip(frame[list(columns)].astype(object).to_dict("records"), frame.geometry, strict=True)
    return Sheet(
        columns,
        tuple(
            Row(number, {name: _text(value) for name, value in cells.items()}, geometry)
            for number, (cells, geometry) in enumerate(rows, start=1)
        ),
    )


def _text(value: object) -> str:
    """A typed value as a cell would show it."""
    if isinstance(value, list | tuple):
        return "; ".join(map(_text, value))
    if value is None or value is pd.NA or value != value:  # noqa: PLR0124 (not a number)
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _read_csv(path: Path, known: set[str]) -> Sheet:
    text = decode(path.read_bytes())
    header = text.splitlines()[0] if text.strip() else ""
    if not header:
        raise InputError("file_empty", file=path.name)
    divider = max(
        DIVIDERS, key=lambda mark: (len(known & set(_names(header, mark))), header.count(mark))
    )
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=divider, strict=True)
    rows = []
    try:
        columns = tuple(_names(header, divider))
        next(reader)
        begins = reader.line_num + 1
        for cells in reader:
            if any(cell.strip() for cell in cells):
                if len(cells) != len(columns):
                    got = len(cells)
                    raise InputError("csv_cells", row=begins, expected=len(columns), got=got)
                rows.append(Row(begins, dict(zip(columns, cells, strict=True))))
            begins = reader.line_num + 1
    except csv.Error as error:
        raise InputError("csv_quotes", row=reader.line_num) from error
    if twice := [name for name in columns if columns.count(name) > 1]:
        raise InputError("column_twice", column=twice[0])
    return Sheet(columns, tuple(rows))


def _names(header: str, divider: str) -> list[str]:
    return [name.strip().strip('"').strip().lower() for name in header.split(divider)]


def decode(data: bytes) -> str:
    """The text of a file in the encoding it must be in.

    UTF-8 or UTF-16 where it is that, else Windows-1252 (which holds Latin-1) if it reads
    as Italian. Raises InputError `encoding_unreadable` with the row.
    """
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        try:
            return data.decode("utf-16")
        except UnicodeDecodeError as error:
            raise InputError("encoding_unreadable", row=1) from error
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = _decode_windows(data)
    if strange := re.search(r"[\x00-\x08\x0e-\x1f\x7f-\x9f]", text):
        raise InputError("encoding_unreadable", row=text.count("\n", 0, strange.start()) + 1)
    return text


def _decode_windows(data: bytes) -> str:
    """Windows-1252, unless a character betrays another encoding.

    Accents of DOS and Macintosh files turn into signs that no Italian text holds, or not
    right after a letter.
    """
    rows = []
    for number, line in enumerate(data.split(b"\n"), start=1):
        text = line.decode("cp1252", errors="replace")
        beyond = set(text) - set(line.decode("latin-1"))
        if beyond - set(_WINDOWS) or re.search(r"\w[“—…]", text):
            raise InputError("encoding_unreadable", row=number)
        rows.append(text)
    return "\n".join(rows)
