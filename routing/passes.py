"""How often a count night passes each zone, and when: rounds, and the key of each pass.

The window is cut into as many rounds of one length as there are passes, with the spacing
between them: each pass begins in its own round, so that two passes of a zone are never closer
than the spacing, whoever makes them, and all zones are counted in the same hours.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from geo.errors import InputError
from geo.night import MINUTE, Night

ENTRY = timedelta(hours=24)
"""After the last pass entries are taken for so long (rule of the national count)."""

SHORTEST = 20
"""Minutes of the shortest round."""

MOST_PASSES = 6

_MARK = "/"


@dataclass(frozen=True)
class CountTerms:
    """How a count night goes: a pass begins between `opens` and `closes` (wall clock, `HH:MM`)
    and lasts `minutes`; each zone has `passes`, at least `spacing` minutes apart."""

    opens: str = "21:00"
    closes: str = "03:00"
    minutes: int = 5
    passes: int = 1
    spacing: int = 60

    def window(self, night: Night) -> tuple[int, int]:
        """First and last begin of a pass, in seconds from noon.

        Raises InputError `count_window` (opens, closes), `count_minutes` (got), `clock_skipped`.
        """
        first, last = night.parse_clock(self.opens), night.parse_clock(self.closes)
        if last <= first:
            raise InputError("count_window", opens=self.opens, closes=self.closes)
        if not 1 <= self.minutes <= 60:
            raise InputError("count_minutes", got=self.minutes)
        return first, last

    def rounds(self, night: Night) -> tuple[tuple[int, int], ...]:
        """First and last begin of each pass, in seconds from noon; equally long.

        Raises as `window`; InputError `count_passes` (got, most), `count_spacing` (got),
        `count_rounds` (passes, spacing, minutes) where a round would last less than SHORTEST.
        """
        first, last = self.window(night)
        if not 1 <= self.passes <= MOST_PASSES:
            raise InputError("count_passes", got=self.passes, most=MOST_PASSES)
        if self.spacing < 0:
            raise InputError("count_spacing", got=self.spacing)
        between = self.spacing * MINUTE
        length = (last - first - between * (self.passes - 1)) // self.passes
        if length < SHORTEST * MINUTE:
            raise InputError(
                "count_rounds", passes=self.passes, spacing=self.spacing, least=SHORTEST
            )
        begins = [first + number * (length + between) for number in range(self.passes)]
        return tuple((begin, begin + length) for begin in begins)

    def entry_until(self, night: Night) -> datetime:
        """Until when entries are taken: ENTRY after the last pass may begin, aware."""
        return night.at(self.window(night)[1]) + ENTRY


@dataclass(frozen=True)
class Counting:
    """What an itinerary says of a count night: persons are only seen, entries are taken
    `until` then (aware), each zone is passed `passes` times."""

    until: datetime
    passes: int


def pass_key(zone: str, number: int) -> str:
    """The key of the visit that is pass `number` (from 1) of a zone."""
    return zone if number == 1 else f"{zone}{_MARK}{number}"


def zone_of(key: str) -> str:
    """The zone of a visit's key."""
    return key.partition(_MARK)[0]


def number_of(key: str) -> int:
    """Which pass of its zone a visit is, from 1."""
    number = key.partition(_MARK)[2]
    return int(number) if number.isdecimal() else 1
