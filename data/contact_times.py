"""Nights and hours of a contact file: what can be meant in one way only.

A file says the night (service date) and the hour, or the calendar date and the hour, or
a moment. Dates are ISO, or day, month and year in an order that the file itself proves
or the organisation's mapping says; hours after midnight may be written 01:30 or 25:30.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from data.contact_cells import Column, Refusals, Wanted, Wrong, optional
from data.contact_files import Cells
from data.messages import N_
from geo.errors import InputError
from geo.night import ROME, Night

OLDEST_DAYS = 3 * 366
"""A contact of longer ago is taken for a slip, or for a date of birth."""

_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]00:00(?::00)?(?:\.0+)?)?")
_SLASHED = re.compile(r"(\d{1,2})([/.\-])(\d{1,2})\2(\d{4})")
_CLOCK = re.compile(r"(\d{1,2})[:.](\d{2})(?:[:.]\d{2})?(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})?")


class Cause(StrEnum):
    """Why a night cannot be that of a contact."""

    FUTURE = N_("it has not been yet")
    LONG_AGO = N_("it is more than three years ago")


class Contradiction(Exception):
    """Some dates of a column begin with the day, others with the month."""


@dataclass(frozen=True, eq=False, repr=False)
class Times:
    """`night` (n,) datetime64[D]; `hour` (n,) int8 wall clock, -1 where none is said."""

    night: NDArray[np.datetime64]
    hour: NDArray[np.int8]


def day_first(texts: Iterable[str]) -> bool | None:
    """Whether 03/05/2026 means 3 May, as the other dates prove; None where they do not.

    Raises Contradiction where some prove one order and some the other.

    >>> day_first(["03/05/2026", "23/05/2026"]), day_first(["03/05/2026", "05/05/2026"])
    (True, None)
    """
    found = [match for match in map(_SLASHED.fullmatch, texts) if match]
    first = any(int(match[1]) > 12 for match in found)
    second = any(int(match[3]) > 12 for match in found)
    if first and second:
        raise Contradiction
    return True if first else False if second else None


def read_date(text: str, first: bool | None) -> date:
    """A day; `first` as `day_first` gives. Raises Wrong."""
    if match := _ISO.fullmatch(text):
        year, month, day = map(int, match.groups())
    elif match := _SLASHED.fullmatch(text):
        day, month, year = int(match[1]), int(match[3]), int(match[4])
        if first is False:
            day, month = month, day
    else:
        raise Wrong(Wanted.NIGHT)
    try:
        return date(year, month, day)
    except ValueError:
        pass
    raise Wrong(Wanted.NIGHT)


def is_ambiguous(text: str) -> bool:
    """Whether a date means two days unless the order is known."""
    match = _SLASHED.fullmatch(text)
    return bool(match and match[1].zfill(2) != match[3].zfill(2))


def read_clock(text: str) -> tuple[int, int]:
    """Hour 0–35 and minute. Raises Wrong."""
    match = _CLOCK.fullmatch(text)
    if match and int(match[1]) < 36 and int(match[2]) < 60:
        return int(match[1]), int(match[2])
    raise Wrong(Wanted.CLOCK)


def read_moment(text: str) -> datetime:
    """An aware datetime; one without its zone is wall clock in Tuscany. Raises Wrong."""
    if re.match(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}", text):
        try:
            moment = datetime.fromisoformat(text)
            return moment if moment.tzinfo else moment.replace(tzinfo=ROME)
        except ValueError:
            pass
    raise Wrong(Wanted.MOMENT)


def times_by_date(
    days: Cells,
    clocks: Cells | None,
    *,
    calendar: bool,
    order: bool | None,
    today: date,
    refusals: Refusals,
) -> Times:
    """Nights and hours from a column of dates and one of hours.

    `calendar`: the dates are those of the calendar, so that 01:30 belongs to the night
    before; without it they are nights. `order`: the mapping's `day_first`.
    """
    name = "date" if calendar else "night"
    used = {days.texts[code] for code in np.unique(days.codes)}
    if order is None:
        try:
            order = day_first(used)
        except Contradiction:
            refusals.whole("dates_contradict", column=f"{name} ({days.place})")
    dated = Column(days, name, lambda text: read_date(text, order), refusals)
    if order is None:
        two = np.array([is_ambiguous(text) for text in days.texts], dtype=bool)[days.codes]
        if two.any():
            refusals.rows(days.rows[two], "date_ambiguous", column=dated.name)
    if clocks is None:
        if calendar:
            refusals.whole("column_missing", column="time", expected="night, time")
        night = dated.array("datetime64[D]", "NaT").astype("datetime64[D]")
        return _checked(Times(night, np.full(len(night), -1, np.int8)), dated, today, refusals)
    reader = read_clock if calendar else optional(read_clock, None)
    timed = Column(clocks, "time", reader, refusals)
    night, hour = _empty(len(days.codes))
    for at, day, clock in _pairs(dated, timed):
        if day is None:
            continue
        service = Night(day - timedelta(days=calendar and clock is not None and clock[0] < 12))
        night[at] = service.date
        seconds = _seconds(service, clock)
        if seconds is not None:
            hour[at] = service.at(seconds).hour
        elif clock is not None:
            refusals.rows(clocks.rows[at], "contact_clock", column=timed.name)
    return _checked(Times(night, hour), dated, today, refusals)


def times_by_moment(moments: Cells, today: date, refusals: Refusals) -> Times:
    """Nights and hours from a column of moments."""
    column = Column(moments, "moment", read_moment, refusals)
    night, hour = _empty(len(moments.codes))
    for at, code in _groups(moments.codes.astype(np.int64)):
        moment = column.values[code]
        if moment is None:
            continue
        if moment.tzinfo is ROME and not _exists(moment):
            refusals.rows(moments.rows[at], "contact_clock", column=column.name)
        night[at], hour[at] = Night.of(moment).date, moment.astimezone(ROME).hour
    return _checked(Times(night, hour), column, today, refusals)


def seconds_of(
    cells: Cells, name: str, night: NDArray[np.datetime64], refusals: Refusals
) -> NDArray[np.int64]:
    """(n,) whole seconds from each night's noon of a column of hours; -1 for none."""
    column = Column(cells, name, optional(read_clock, None), refusals)
    seconds = np.full(len(cells.codes), -1, dtype=np.int64)
    days, codes = np.unique(night, return_inverse=True)
    pair = codes.astype(np.int64) * len(cells.texts) + cells.codes
    for at, number in _groups(pair):
        day, clock = days[number // len(cells.texts)], column.values[number % len(cells.texts)]
        if clock is None or np.isnat(day):
            continue
        found = _seconds(Night(day.item()), clock)
        if found is None:
            refusals.rows(cells.rows[at], "contact_clock", column=column.name)
        else:
            seconds[at] = found
    return seconds


def _empty(rows: int) -> tuple[NDArray[np.datetime64], NDArray[np.int8]]:
    return np.full(rows, "NaT", dtype="datetime64[D]"), np.full(rows, -1, dtype=np.int8)


def _seconds(night: Night, clock: tuple[int, int] | None) -> int | None:
    """Seconds from noon; None for no clock, and for the hour that the night leaves out."""
    if clock is None:
        return None
    try:
        return night.parse_clock(f"{clock[0]:02d}:{clock[1]:02d}")
    except InputError:
        return None


def _groups(codes: NDArray[np.int64]) -> Iterator[tuple[NDArray[np.intp], int]]:
    """The rows of each distinct code, with the code."""
    order = np.argsort(codes, kind="stable")
    values, starts = np.unique(codes[order], return_index=True)
    return zip(np.split(order, starts[1:]), values.tolist(), strict=True)


def _pairs(
    days: Column[date], clocks: Column[tuple[int, int] | None]
) -> Iterator[tuple[NDArray[np.intp], date | None, tuple[int, int] | None]]:
    """The rows of each distinct day and clock."""
    width = len(clocks.values)
    for at, pair in _groups(days.cells.codes.astype(np.int64) * width + clocks.cells.codes):
        yield at, days.values[pair // width], clocks.values[pair % width]


def _exists(moment: datetime) -> bool:
    """Whether a wall clock is one that the clock change does not leave out."""
    seconds = moment.timestamp()
    return datetime.fromtimestamp(seconds, ROME).replace(tzinfo=None) == moment.replace(tzinfo=None)


def _checked(times: Times, column: Column[Any], today: date, refusals: Refusals) -> Times:
    """The times, with nights refused that no contact can be of."""
    now = np.datetime64(today, "D")
    for wrong, cause in (
        (times.night > now, Cause.FUTURE),
        (times.night < now - OLDEST_DAYS, Cause.LONG_AGO),
    ):
        if wrong.any():
            rows = column.cells.rows[wrong]
            refusals.rows(rows, "contact_night", column=column.name, cause=cause)
    return times
