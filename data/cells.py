"""The text of one cell of a table, read and written: numbers, hours, crews, geometry.

Each `read_…` takes the cell's text and gives the value, or raises `Unreadable` with what
was expected. What can be meant in one way only is read, however it is written (decimal
comma or point, Italian or English words); what could be meant in two is refused. Each
`write_…` makes a text that its reader takes back exactly.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date
from enum import StrEnum
from typing import TypeVar

import shapely
from shapely.errors import ShapelyError

from data.messages import N_
from geo.errors import InputError
from geo.night import Night
from geo.zones import PresenceWindow
from routing.units import Crew, Member, Pause, Role

Choice = TypeVar("Choice", bound=StrEnum)

DAYS = ("lun", "mar", "mer", "gio", "ven", "sab", "dom")
_ENGLISH = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WEEKDAY = {word: number for words in (DAYS, _ENGLISH) for number, word in enumerate(words)}
_ROLES = {
    "coordinator": Role.COORDINATOR,
    "operator": Role.OPERATOR,
    "mediator": Role.MEDIATOR,
    "health": Role.HEALTH,
    "driver": Role.DRIVER,
}
_YES = {"si", "sì", "yes", "true", "vero", "1", "x"}
_NO = {"no", "false", "falso", "0", ""}

_HOURS = re.compile(
    r"(?:(?P<days>[^\d]*?)\s+)?(?P<opens>\d{1,2}[:.]\d{2})\s*[-–]\s*(?P<closes>\d{1,2}[:.]\d{2})"
)
_PAUSE = re.compile(r"(\d{1,2}[:.]\d{2})\s*[-–]\s*(\d{1,2}[:.]\d{2})\s+(\d{1,3})(?:\s*min)?")
_NUMBER = re.compile(r"[+-]?\d[\d.,' ]*")
_LANGUAGE = re.compile(r"[a-z]{2}")
_ANY_NIGHT = Night(date(2026, 1, 5))
"""A night without a clock change, to try hours on."""


class Expected(StrEnum):
    """What a cell should have held."""

    NUMBER = N_("a number from {low} to {high}")
    WHOLE = N_("a whole number from {low} to {high}")
    CHOICE = N_("one of {choices}")
    YES_NO = N_("yes or no")
    CLOCK = N_("a time such as 21:30")
    WEEKDAYS = N_("weekdays such as mon-fri, sun")
    WINDOWS = N_("hours such as mon-fri 21:00-01:00; sat 22:00-03:00, each ending after it begins")
    PAUSE = N_("hours and minutes such as 22:30-00:30 20")
    LANGUAGES = N_("two-letter languages such as en+ro")
    CREW = N_("a crew such as operatore:it+en; mediatore:it+sq")
    PROVINCES = N_("three-digit ISTAT codes of provinces such as 048+047")
    MUNICIPALITY = N_("the six-digit ISTAT code of a municipality of Tuscany")
    GEOMETRY = N_("a line or area in WKT such as LINESTRING (11.1 43.7, 11.2 43.7)")
    DAY = N_("a day such as 2026-05-03")
    TEXT = N_("a text")


class Got(StrEnum):
    """What kind of thing a cell held instead: never its value."""

    EMPTY = N_("nothing")
    NUMBER = N_("a number")
    AMBIGUOUS = N_("a number that can be read in two ways")
    TIME = N_("a time")
    TEXT = N_("a text")


class Unreadable(Exception):
    """A cell does not hold what its column expects."""

    def __init__(self, expected: Expected, got: Got | None = None, **limits: object) -> None:
        super().__init__(expected)
        self.expected, self.got, self.limits = expected, got, limits


def kind_of(text: str) -> Got:
    """What kind of thing a cell holds."""
    if not text.strip():
        return Got.EMPTY
    if _NUMBER.fullmatch(text.strip()):
        return Got.NUMBER
    return Got.TIME if re.fullmatch(r"\d{1,2}[:.]\d{2}", text.strip()) else Got.TEXT


def number(low: float, high: float) -> Callable[[str], float]:
    """A reader of numbers in [low, high]; a point or comma may mark decimals or thousands.

    `1.234` is refused where both 1.234 and 1234 lie within the limits.
    """

    def read(text: str) -> float:
        meant = {value for value in _readings(text) if low <= value <= high}
        if len(meant) == 1:
            return meant.pop()
        got = Got.AMBIGUOUS if meant else None
        raise Unreadable(Expected.NUMBER, got, low=low, high=high)

    return read


def whole(low: int, high: int) -> Callable[[str], int]:
    """A reader of whole numbers in [low, high]."""

    def read(text: str) -> int:
        meant = {value for value in _readings(text) if low <= value <= high and value % 1 == 0}
        if len(meant) != 1:
            raise Unreadable(Expected.WHOLE, low=low, high=high)
        return int(meant.pop())

    return read


def _readings(text: str) -> set[float]:
    """Every number that a text can mean; empty when it is none."""
    text = text.strip()
    if not _NUMBER.fullmatch(text):
        return set()
    digits = r"[+-]?\d+"
    grouped = r"[+-]?[1-9]\d{0,2}"
    forms = (  # pattern, thousands, decimal mark
        (rf"{digits}(\.\d+)?", "", "."),
        (rf"{digits}(,\d+)?", "", ","),
        (rf"{grouped}(\.\d{{3}})+(,\d+)?", ".", ","),
        (rf"{grouped}(,\d{{3}})+(\.\d+)?", ",", "."),
        (rf"{grouped}([' ]\d{{3}})+([.,]\d+)?", "' ", ",."),
    )
    meant = set()
    for pattern, thousands, decimal in forms:
        if re.fullmatch(pattern, text):
            plain = text.translate(str.maketrans("", "", thousands))
            meant.add(float(plain.translate(str.maketrans(decimal, "." * len(decimal)))))
    return meant


def choice(kinds: type[Choice]) -> Callable[[str], Choice]:
    """A reader of one word of a code list."""

    def read(text: str) -> Choice:
        try:
            return kinds(text.strip().lower())
        except ValueError as error:
            raise Unreadable(Expected.CHOICE, choices=", ".join(kinds)) from error

    return read


def read_yes(text: str) -> bool:
    """`sì`, `yes`, `true`, `1`, `x` or `no`, `false`, `0`, nothing."""
    if text.strip().lower() in _YES | _NO:
        return text.strip().lower() in _YES
    raise Unreadable(Expected.YES_NO)


def write_yes(value: bool) -> str:
    """`yes` or `no`."""
    return "yes" if value else "no"


def read_text(text: str) -> str:
    """Any text but none."""
    if not text.strip():
        raise Unreadable(Expected.TEXT)
    return text.strip()


def read_municipality(text: str) -> str:
    """An ISTAT code; the leading zero that a spreadsheet takes away is put back."""
    if not re.fullmatch(r"\d{5,6}", text.strip()):
        raise Unreadable(Expected.MUNICIPALITY)
    return text.strip().zfill(6)


def read_provinces(text: str) -> tuple[str, ...]:
    """ISTAT codes of provinces in their order; leading zeros are put back."""
    codes = tuple(_parts(text))
    if not codes or not all(re.fullmatch(r"\d{2,3}", code) for code in codes):
        raise Unreadable(Expected.PROVINCES)
    return tuple(code.zfill(3) for code in codes)


def read_languages(text: str) -> frozenset[str]:
    """ISO 639-1 codes, joined by `+`, comma or space; none at all is none."""
    found = frozenset(part.lower() for part in _parts(text))
    if not all(map(_LANGUAGE.fullmatch, found)):
        raise Unreadable(Expected.LANGUAGES)
    return found


def write_joined(parts: Iterable[str]) -> str:
    """`en+ro`."""
    return "+".join(parts)


def _parts(text: str) -> list[str]:
    return [part for part in re.split(r"[+,;/\s]+", text) if part]


def read_clock(text: str) -> str:
    """A wall-clock time as `HH:MM`; 25:30 stays so (it is 01:30)."""
    try:
        _ANY_NIGHT.parse_clock(text)
    except InputError as error:
        raise Unreadable(Expected.CLOCK) from error
    hour, minute = re.split("[:.]", text.strip())[:2]
    return f"{int(hour):02}:{minute}"


def read_day(text: str) -> date:
    """A day as ISO writes it."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise Unreadable(Expected.DAY) from error


def read_province(text: str) -> str:
    """One province by its ISTAT code."""
    codes = read_provinces(text)
    if len(codes) != 1:
        raise Unreadable(Expected.PROVINCES)
    return codes[0]


def read_weekdays(text: str) -> frozenset[int]:
    """Weekdays (Monday 0) such as `lun-ven, dom`, also in English; nothing is every day."""
    days: set[int] = set()
    for part in filter(
        None, re.split(r"[,;+\s]+", re.sub(r"\s*[-–]\s*", "-", text.strip().lower()))
    ):
        ends = [_WEEKDAY.get(name[:3]) for name in part.split("-")]
        if None in ends or len(ends) > 2 or not all(name.isalpha() for name in part.split("-")):
            raise Unreadable(Expected.WEEKDAYS)
        first, last = ends[0] or 0, ends[-1] or 0
        days |= {(first + step) % 7 for step in range((last - first) % 7 + 1)}
    return frozenset(days or range(7))


def write_weekdays(days: frozenset[int]) -> str:
    """`lun,mar,sab`; nothing for every day."""
    return "" if len(days) == 7 else ",".join(DAYS[day] for day in sorted(days))


def read_windows(text: str) -> tuple[PresenceWindow, ...]:
    """`lun-ven 21:00-01:00; sab 22:00-03:00`: weekdays of the service date, and hours."""
    windows = []
    for part in filter(None, (part.strip() for part in re.split(r"[;|\n]", text))):
        found = _HOURS.fullmatch(part)
        if not found:
            raise Unreadable(Expected.WINDOWS)
        opens, closes = read_clock(found["opens"]), read_clock(found["closes"])
        if _ANY_NIGHT.parse_clock(closes) <= _ANY_NIGHT.parse_clock(opens):
            raise Unreadable(Expected.WINDOWS)
        windows.append(PresenceWindow(opens, closes, read_weekdays(found["days"] or "")))
    if not windows:
        raise Unreadable(Expected.WINDOWS)
    return tuple(windows)


def write_windows(windows: Iterable[PresenceWindow]) -> str:
    """The hours as `read_windows` takes them."""
    return "; ".join(f"{write_weekdays(w.weekdays)} {w.opens}-{w.closes}".strip() for w in windows)


def read_pause(text: str) -> Pause | None:
    """`22:30-00:30 20`: a break of 20 minutes that begins between the two."""
    if not text.strip():
        return None
    found = _PAUSE.fullmatch(text.strip())
    if not found:
        raise Unreadable(Expected.PAUSE)
    return Pause(read_clock(found[1]), read_clock(found[2]), int(found[3]))


def write_pause(pause: Pause | None) -> str:
    """The break as `read_pause` takes it."""
    return f"{pause.opens}-{pause.closes} {pause.minutes}" if pause else ""


def read_crew(text: str) -> Crew:
    """`coordinatore:it+en; mediatore:it+sq`: roles, also in English, with their languages."""
    members = []
    for part in filter(None, (part.strip() for part in re.split(r"[;|\n]", text))):
        name, _, spoken = part.partition(":")
        name = name.strip().lower()
        role = _ROLES.get(name) or (Role(name) if name in set(Role) else None)
        if role is None:
            raise Unreadable(Expected.CREW)
        members.append(Member(role, read_languages(spoken) or frozenset({"it"})))
    if not members:
        raise Unreadable(Expected.CREW)
    return Crew(tuple(members))


def write_crew(crew: Crew) -> str:
    """The crew as `read_crew` takes it."""
    return "; ".join(f"{m.role.value}:{write_joined(sorted(m.languages))}" for m in crew.members)


def read_geometry(text: str) -> shapely.Geometry:
    """A line or area from WKT."""
    try:
        geometry = shapely.from_wkt(text.strip())
    except ShapelyError as error:
        raise Unreadable(Expected.GEOMETRY) from error
    return sound(geometry)


def sound(geometry: shapely.Geometry | None) -> shapely.Geometry:
    """The geometry in two dimensions, if it is one that can be used."""
    if geometry is None or geometry.is_empty or not geometry.is_valid:
        raise Unreadable(Expected.GEOMETRY)
    return shapely.force_2d(geometry)


def write_geometry(geometry: shapely.Geometry) -> str:
    """WKT with every digit that matters."""
    return str(shapely.to_wkt(geometry, rounding_precision=-1, trim=True))
