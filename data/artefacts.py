"""What the program gives out, opened and searched: for places, meta data, formulas, strangers.

    found = search("comune.xlsx", data, canaries(lonlat))

Archives, compressed streams, base64 and hexadecimal are opened before they are searched.
Nothing that is found is repeated: a finding says what kind it is and in which file.
"""

from __future__ import annotations

import base64
import csv
import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import unquote_to_bytes

from openpyxl import load_workbook

from geo.canaries import Canaries, Trace, traces
from geo.errors import InputError

DEEPEST = 3
"""How many wrappings inside each other are opened."""

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\0")
"""What a spreadsheet takes a cell for a formula by."""

LOCAL = re.compile(rb"(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?(?:/|$)")
_REFERENCE = re.compile(
    rb"""(?:(?:src|href|action)\s*=\s*["']?|url\(\s*["']?|@import\s+["']?|/URI\s*\()"""
    rb"""(?:https?:|wss?:)?//([^\s"')>]+)""",
    re.IGNORECASE,
)
_STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.DOTALL)
_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{16,}={0,2}")
_PLAIN64 = bytes.maketrans(b"-_", b"+/")
_HEX = re.compile(rb"(?<![0-9A-Fa-f])(?:[0-9A-Fa-f]{2}){8,}(?![0-9A-Fa-f])")
_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_NEEDED = frozenset(
    (b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"sRGB", b"cHRM", b"sBIT", b"pHYs")
)
_PDF_NAMES = re.compile(rb"/(Author|CreationDate|ModDate)\s*[(<]")
EPOCH = (1980, 1, 1, 0, 0, 0)
"""What an archive says of the time of a file that it does not know."""


class Meta(StrEnum):
    """Meta data that a format does not need."""

    PNG_CHUNK = "png_chunk"
    EXIF = "exif"
    AUTHOR = "author"
    TIME = "time"


@dataclass(frozen=True)
class Found:
    """What an artefact holds that it must not: ways of writing a canary, meta data, cells
    that are formulas, references to other hosts."""

    traces: frozenset[Trace]
    meta: frozenset[Meta]
    formulas: int
    strangers: int

    @property
    def clean(self) -> bool:
        """Whether nothing was found."""
        return not (self.traces or self.meta or self.formulas or self.strangers)


def search(name: str, data: bytes, wanted: Canaries) -> Found:
    """Search one artefact; `name` is searched too, and its ending says how it is read."""
    found = set[Trace](traces(name.encode(), wanted))
    for layer in layers_of(data):
        found |= set(traces(layer, wanted))
    return Found(
        frozenset(found),
        frozenset(_meta(data)),
        _formulas(name, data),
        sum(1 for host in _REFERENCE.findall(data) if not LOCAL.match(host)),
    )


def layers_of(data: bytes, depth: int = 0) -> Iterator[bytes]:
    """Some bytes, and everything that is wrapped in them."""
    yield data
    if depth == DEEPEST:
        return
    for inner in _wrapped(data):
        yield from layers_of(inner, depth + 1)


def _wrapped(data: bytes) -> Iterator[bytes]:
    if data[:2] == b"PK":
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                yield b"\n".join(name.encode() for name in archive.namelist())
                yield from (archive.read(name) for name in archive.namelist())
            return
        except zipfile.BadZipFile:
            pass
    if data[:2] == b"\x1f\x8b":
        yield from _inflated(data, 31)
    if data[:5] == b"%PDF-":
        for stream in _STREAM.findall(data):
            yield from _inflated(stream, 15)
    if data[:8] == _PNG:
        for kind, body in _chunks(data):
            if kind in (b"zTXt", b"iCCP"):
                yield from _inflated(body.partition(b"\0")[2][1:], 15)
            elif kind == b"iTXt":
                yield from _inflated(body.split(b"\0", 4)[-1], 15)
        return
    yield from _encoded(data)


def _encoded(data: bytes) -> Iterator[bytes]:
    """What is written in the characters of a text: by percent signs, wide, base64, hexadecimal."""
    if b"%" in data:
        unquoted = unquote_to_bytes(data)
        if unquoted != data:
            yield unquoted
    if data.count(b"\0") > len(data) // 3:
        yield data.replace(b"\0", b"")
    runs = [run.rstrip(b"=").translate(_PLAIN64) for run in _BASE64.findall(data)]
    if runs:
        for start in range(4):
            # A run may begin with what is not part of it, such as a key's name.
            yield b"\n".join(_decoded(run[start:]) for run in runs)
    yield b"\n".join(bytes.fromhex(run.decode()) for run in _HEX.findall(data))


def _decoded(run: bytes) -> bytes:
    rest = len(run) % 4
    return base64.b64decode(run[:-1] if rest == 1 else run + b"=" * (-rest % 4))


def _inflated(data: bytes, window: int) -> Iterator[bytes]:
    try:
        yield zlib.decompressobj(window).decompress(data)
    except zlib.error:
        return


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Kind and body of each part of a PNG."""
    at = 8
    while at + 8 <= len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        yield data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        at += 12 + length


def _meta(data: bytes) -> Iterator[Meta]:
    if data[:8] == _PNG:
        for kind, _body in _chunks(data):
            if kind == b"eXIf":
                yield Meta.EXIF
            elif kind not in _PNG_NEEDED:
                yield Meta.PNG_CHUNK
    elif data[:2] == b"\xff\xd8" and b"Exif\0\0" in data[:65_536]:
        yield Meta.EXIF
    elif data[:5] == b"%PDF-":
        for layer in layers_of(data, DEEPEST - 1):
            for name in _PDF_NAMES.findall(layer):
                yield Meta.AUTHOR if name == b"Author" else Meta.TIME
            if b"<xmp:CreateDate>" in layer or b"<xmp:ModifyDate>" in layer:
                yield Meta.TIME
    elif data[:2] == b"PK":
        yield from _meta_of_archive(data)
    elif data[:15] == b"SQLite format 3" and re.search(rb"20\d\d-\d\d-\d\dT\d\d:\d\d", data):
        yield Meta.TIME


def _meta_of_archive(data: bytes) -> Iterator[Meta]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if any(entry.date_time != EPOCH for entry in archive.infolist()):
            yield Meta.TIME
        if "docProps/core.xml" in archive.namelist():
            core = archive.read("docProps/core.xml")
            for tag in (b"dc:creator", b"cp:lastModifiedBy"):
                named = re.search(rb"<%s[^>]*>([^<]*)<" % tag, core)
                if named and named[1] not in (b"", b"Prossima"):
                    yield Meta.AUTHOR
            if re.search(rb"<dcterms:(?:created|modified)[^>]*>(?!1980-01-01T00:00:00)", core):
                yield Meta.TIME


def _formulas(name: str, data: bytes) -> int:
    kind = name.rpartition(".")[2].lower()
    if kind in ("csv", "tsv"):
        text = data.decode("utf-8-sig", "replace")
        rows = csv.reader(io.StringIO(text, newline=""), delimiter="\t" if kind == "tsv" else ";")
        try:
            return sum(cell.startswith(FORMULA) for row in rows for cell in row)
        except csv.Error as error:
            raise InputError("release_file", file=f"*.{kind}") from error
    if kind == "xlsx":
        book = load_workbook(io.BytesIO(data))
        cells = (cell for sheet in book for row in sheet.iter_rows() for cell in row)
        return sum(
            cell.data_type == "f"
            or (isinstance(cell.value, str) and cell.value.startswith(FORMULA))
            for cell in cells
        )
    return 0
