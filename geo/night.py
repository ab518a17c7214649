"""The night: a service date that runs from local noon to local noon in Europe/Rome.

02:30 belongs to the evening before. A plan counts whole seconds from the night's local
noon, so a night with a clock change lasts 23 or 25 hours (82,800 or 90,000 s) and the
seconds never jump.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from geo.errors import InputError

ROME = ZoneInfo("Europe/Rome")
HOUR = 3600
DAWN = 6
"""Hour at which people say "tonight" of the coming night, and from which a day has a morning."""
MINUTE = 60

_CLOCK = re.compile(r"(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?")


@dataclass(frozen=True, order=True)
class Night:
    """One service date."""

    date: date

    @classmethod
    def of(cls, moment: datetime) -> Night:
        """The night that an aware datetime falls in; noon itself opens the new night."""
        if moment.tzinfo is None:
            raise InputError("datetime_naive")
        local = moment.astimezone(ROME)
        return cls(local.date() - timedelta(days=local.time() < time(12)))

    @classmethod
    def coming(cls, moment: datetime) -> Night:
        """What people mean by "tonight": the night under way until 06:00, then the next."""
        return cls.of(moment + timedelta(hours=DAWN))

    @classmethod
    def parse(cls, text: str, now: datetime) -> Night:
        """`today`, `tonight`, `tomorrow` or an ISO date; `now` is an aware datetime."""
        tonight = cls.coming(now)
        words = {"today": 0, "tonight": 0, "oggi": 0, "stanotte": 0, "tomorrow": 1, "domani": 1}
        if text.strip().lower() in words:
            return tonight + words[text.strip().lower()]
        try:
            return cls(date.fromisoformat(text.strip()))
        except ValueError as error:
            raise InputError("night_unreadable", got=text) from error

    @property
    def start(self) -> datetime:
        """Local noon of the service date, aware (Europe/Rome)."""
        return datetime.combine(self.date, time(12), ROME)

    @property
    def end(self) -> datetime:
        """Local noon of the day after."""
        return (self + 1).start

    @property
    def length(self) -> int:
        """Seconds from noon to noon: 82,800, 86,400 or 90,000."""
        return self.seconds(self.end)

    @property
    def weekday(self) -> int:
        """Monday is 0; the small hours count to the evening's weekday."""
        return self.date.weekday()

    def seconds(self, moment: datetime) -> int:
        """Whole elapsed seconds from the night's noon to an aware datetime."""
        if moment.tzinfo is None:
            raise InputError("datetime_naive")
        # Both in UTC: subtraction inside one zone would count wall-clock time.
        elapsed = moment.astimezone(UTC) - self.start.astimezone(UTC)
        return elapsed // timedelta(seconds=1)

    def at(self, seconds: int) -> datetime:
        """The aware local datetime a number of elapsed seconds after noon."""
        return (self.start.astimezone(UTC) + timedelta(seconds=int(seconds))).astimezone(ROME)

    def clock(self, seconds: int) -> str:
        """`seconds` after noon as the wall clock shows it, `HH:MM`."""
        return self.at(seconds).strftime("%H:%M")

    def parse_clock(self, text: str, *, by_day: bool = False) -> int:
        """Wall-clock `HH:MM` of this night as seconds from noon.

        Hours 00–11 are after midnight; hours 24–35 say the same in the crews' way
        (25:30 is 01:30). `by_day`, for what is done by day: 06–11 are the morning before the
        night's noon, and the seconds negative. Raises InputError for what is no time, and for
        the hour that the spring clock change leaves out; the hour that comes twice in autumn
        is its first pass.
        """
        match = _CLOCK.fullmatch(text.strip())
        hour, minute, second = (int(part or 0) for part in match.groups()) if match else (99, 0, 0)
        if hour >= 36 or minute >= 60 or second >= 60:
            raise InputError("clock_unreadable", got=text)
        day = self.date + timedelta(days=hour >= 24 or hour < (DAWN if by_day else 12))
        wall = datetime.combine(day, time(hour % 24, minute, second), ROME)
        if wall.astimezone(UTC).astimezone(ROME).time() != wall.time():
            raise InputError("clock_skipped", got=text, night=self.date.isoformat())
        return self.seconds(wall)

    def __add__(self, nights: int) -> Night:
        return Night(self.date + timedelta(days=nights))

    def __sub__(self, other: Night) -> int:
        """Nights between two service dates."""
        return (self.date - other.date).days

    def __str__(self) -> str:
        return self.date.isoformat()


def nights(first: Night, count: int) -> Iterator[Night]:
    """`count` nights in a row from `first`."""
    return (first + offset for offset in range(count))
