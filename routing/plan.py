"""Plan: who goes where and when, as integers, and its independent check.

`check` verifies a plan from the problem alone, with none of the planner's code: every
plan passes through it before it is shown, stored or published.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Stop:
    """A planned visit; seconds from the night's noon. `drive`/`metres`: the leg to it."""

    visit: str
    option: int
    arrival: int
    begin: int
    departure: int
    drive: int
    metres: int
    value: int


@dataclass(frozen=True)
class Route:
    """One unit's night. `departure`/`home`: seconds; `drive_home`/`metres_home`: last leg.

    `pause`: seconds at which the break begins, None when the shift has none; it is taken
    before the stop with index `pause_before` (== len(stops): before the way home).
    """

    unit: str
    night: int
    stops: tuple[Stop, ...]
    departure: int
    home: int
    drive_home: int
    metres_home: int
    pause: int | None = None
    pause_before: int | None = None

    @property
    def driving(self) -> int:
        """Seconds on the road."""
        return sum(stop.drive for stop in self.stops) + self.drive_home

    @property
    def metres(self) -> int:
        """Metres on the road."""
        return sum(stop.metres for stop in self.stops) + self.metres_home


@dataclass(frozen=True)
class Plan:
    """All routes of a night (or week), their total value and the best value possible."""

    routes: tuple[Route, ...]
    value: int
    bound: int | None = None
