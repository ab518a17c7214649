"""Every way to write a place down, so that a search can say that nobody did.

A canary is a coordinate that must be nowhere in what leaves. It is looked for as decimal
degrees with four digits or more, in EPSG:3857, 32632, 25832 and 3035, as 32- and 64-bit
numbers of either byte order, as an H3 cell of resolution 7 or finer, and as a geohash of
five characters or more. Text inside base64, hexadecimal, archives and streams is the
business of whoever opens those (`data.artefacts`).
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

import h3  # type: ignore[import-untyped]
import numpy as np
from numpy.typing import NDArray

from geo.crs import reprojected

PROJECTED = ("EPSG:3857", "EPSG:32632", "EPSG:25832", "EPSG:3035")
DECIMALS = 4
"""Digits behind the point from which on degrees are precise (about ten metres)."""

ALONE = 6
"""Digits at which one coordinate alone is a trace, without the other beside it."""

COARSEST_H3 = 7
COARSEST_GEOHASH = 5
SLOTS = 22
"""Bits of the table that says which eight bytes are worth a look."""

BESIDE = 3
"""The other coordinate is looked for among so many numbers after the first."""

_DEGREES = re.compile(rb"(?<![\d.])\d{1,2}[.,]\d{4,}")
_METRES = re.compile(rb"(?<![\d.])\d{5,8}(?:[.,]\d+)?(?!\d)")
_H3 = re.compile(rb"(?<![0-9a-fA-F])8[7-9a-fA-F][0-9a-fA-F]{13}(?![0-9a-fA-F])")
_H3_NUMBER = re.compile(rb"(?<!\d)6\d{17}(?!\d)")
_GEOHASH = re.compile(rb"(?<![0-9A-Za-z])[0-9b-hjkmnp-z]{5,12}(?![0-9A-Za-z])", re.IGNORECASE)
_ALPHABET = "0123456789bcdefghjkmnpqrstuvwxyz"


class Trace(StrEnum):
    """How a coordinate was found to be written."""

    DEGREES = "degrees"
    METRES = "metres"
    BINARY = "binary"
    H3 = "h3"
    GEOHASH = "geohash"


@dataclass(frozen=True, repr=False)
class Canaries:
    """Places that must not be found, in all their forms; made by `canaries`.

    `likely`: by `_slots` of eight bytes, whether they may be of `binary` or `firsts`.
    """

    pairs: frozenset[tuple[int, int]]
    alone: frozenset[int]
    metres: frozenset[tuple[int, int]]
    binary: NDArray[np.uint64]
    firsts: NDArray[np.uint64]
    likely: NDArray[np.bool_]
    doubles: frozenset[tuple[int, int]]
    cells: frozenset[bytes]
    geohashes: frozenset[bytes]

    def __bool__(self) -> bool:
        return bool(self.pairs)


def canaries(lonlat: NDArray[np.float64]) -> Canaries:
    """The forms of places, (n, 2) degrees in EPSG:4326."""
    spots = np.asarray(lonlat, np.float64).reshape(-1, 2)
    metres, binary, doubles = set[tuple[int, int]](), list[bytes](), set[tuple[int, int]]()
    for system in PROJECTED:
        for x, y in reprojected(spots, system):
            metres |= {(round(x) + i, round(y) + j) for i in (-1, 0, 1) for j in (-1, 0, 1)}
            binary += _bytes(x, y)
            doubles |= {*_doubles(x, y)}
    for lon, lat in spots:
        binary += _bytes(lon, lat)
        doubles |= {*_doubles(lon, lat)}
    digits = 10**DECIMALS
    pairs = {
        (int(lon * digits) + i, int(lat * digits) + j)
        for lon, lat in spots
        for i in (0, 1)
        for j in (0, 1)
    }
    alone = {round(value * 10**ALONE) for value in spots.ravel()}
    alone |= {int(value * 10**ALONE) for value in spots.ravel()}
    cells = set[bytes]()
    for lon, lat in spots:
        for resolution in range(COARSEST_H3, 16):
            cell = h3.latlng_to_cell(lat, lon, resolution)
            cells |= {cell.encode(), str(h3.str_to_int(cell)).encode()}
    words = np.unique(np.frombuffer(b"".join(binary), "<u8"))
    firsts = np.unique(np.array([first for first, _second in doubles], np.uint64))
    likely = np.zeros(1 << SLOTS, bool)
    likely[_slots(words)] = likely[_slots(firsts)] = True
    hashes = [geohash(lon, lat).encode() for lon, lat in spots]
    return Canaries(
        frozenset(pairs),
        frozenset(alone),
        frozenset(metres),
        words,
        firsts,
        likely,
        frozenset(doubles),
        frozenset(cells),
        frozenset(full[:n] for full in hashes for n in range(COARSEST_GEOHASH, 13)),
    )


def traces(data: bytes, wanted: Canaries) -> Iterator[Trace]:
    """Each way in which a canary stands in some bytes, as they are."""
    if _written_in_degrees(data, wanted):
        yield Trace.DEGREES
    numbers = [int(float(found.replace(b",", b".")) + 0.5) for found in _METRES.findall(data)]
    if _beside(numbers, wanted.metres):
        yield Trace.METRES
    if any(_in_words(words, wanted) for words in _words(data)):
        yield Trace.BINARY
    cells = {*map(bytes.lower, _H3.findall(data)), *_H3_NUMBER.findall(data)}
    if cells & wanted.cells:
        yield Trace.H3
    if not wanted.geohashes.isdisjoint(map(bytes.lower, _GEOHASH.findall(data))):
        yield Trace.GEOHASH


def geohash(lon: float, lat: float, length: int = 12) -> str:
    """The geohash of a place (EPSG:4326): bits of longitude and latitude in turn."""
    ranges = [[-180.0, 180.0], [-90.0, 90.0]]
    number = 0
    for bit in range(5 * length):
        span, value = ranges[bit % 2], (lon, lat)[bit % 2]
        middle = sum(span) / 2
        above = value >= middle
        span[0 if above else 1] = middle
        number = 2 * number + above
    return "".join(_ALPHABET[number >> 5 * place & 31] for place in reversed(range(length)))


def _words(data: bytes) -> Iterator[NDArray[np.uint64]]:
    """Every eight bytes in a row, as numbers."""
    for offset in range(min(8, max(0, len(data) - 7))):
        yield np.frombuffer(data, "<u8", (len(data) - offset) // 8, offset)


def _in_words(words: NDArray[np.uint64], wanted: Canaries) -> bool:
    near = np.flatnonzero(wanted.likely[_slots(words)])
    if not (near.size and wanted):
        return False
    found = words[near]
    places = np.searchsorted(wanted.binary, found).clip(max=len(wanted.binary) - 1)
    if (wanted.binary[places] == found).any():
        return True
    pairs = ((int(words[i]), int(words[i + 1])) for i in near if i + 1 < len(words))
    return any(pair in wanted.doubles for pair in pairs)


def _slots(words: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Where words stand in a table of 2**SLOTS: a multiplicative hash (Knuth), which wraps."""
    return (words * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(64 - SLOTS)


def _bytes(x: float, y: float) -> Iterator[bytes]:
    """Eight bytes each: a number at 64 bits, or both at 32, since four bytes alone are chance.

    A number of five decimals alone is chance too: public borders are written in such.
    """
    for order in "<>":
        for value in (x, y):
            if abs(value * 1e5 - round(value * 1e5)) > 1e-3:
                yield struct.pack(f"{order}d", value)
        yield struct.pack(f"{order}ff", x, y)
        yield struct.pack(f"{order}ff", y, x)


def _doubles(x: float, y: float) -> Iterator[tuple[int, int]]:
    """Both numbers at 64 bits side by side, in either order."""
    for order in "<>":
        one, other = (struct.unpack("<Q", struct.pack(f"{order}d", v))[0] for v in (x, y))
        yield one, other
        yield other, one


def _written_in_degrees(data: bytes, wanted: Canaries) -> bool:
    found = [token.replace(b",", b".") for token in _DEGREES.findall(data)]
    for token in found:
        if len(token.partition(b".")[2]) >= ALONE and int(float(token) * 10**ALONE) in wanted.alone:
            return True
    return _beside([int(float(token) * 10**DECIMALS + 1e-6) for token in found], wanted.pairs)


def _beside(numbers: list[int], pairs: Iterable[tuple[int, int]]) -> bool:
    """Whether two numbers near each other are a pair, in either order."""
    for gap in range(1, BESIDE + 1):
        near = {*zip(numbers, numbers[gap:], strict=False)}
        near |= {(b, a) for a, b in near}
        if not near.isdisjoint(pairs):
            return True
    return False
