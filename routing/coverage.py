"""Coverage: which zones are visited as often as they are meant to be, and which fall behind.

A zone is behind when more days have passed since its last visit than its target of 7, 14
or 28, and far behind after twice as many. Weeks run from Monday to Sunday of the service
dates. Coverage speaks of the crews' own work and of nobody else: it counts no person.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.night import Night
from geo.zones import Zone

WEEK = timedelta(days=7)


class Standing(StrEnum):
    """How a zone stands against its target, from the best to the worst."""

    ON_TARGET = "on_target"
    BEHIND = "behind"
    FAR_BEHIND = "far_behind"
    NEVER = "never"


@dataclass(frozen=True)
class Week:
    """What happened in one week. `standing` at its end, or on the night that is asked for."""

    visits: int
    standing: Standing


@dataclass(frozen=True)
class Coverage:
    """A zone against its target, on a night.

    `days` since `last`, both None when never visited. `target` in days. `due`: the service
    date after which it is behind. `weeks` in the order of `weeks_before`.
    """

    zone: str
    last: date | None
    days: int | None
    target: int
    weeks: tuple[Week, ...] = ()

    @property
    def standing(self) -> Standing:
        """How it stands tonight."""
        return standing(self.days, self.target)

    @property
    def debt(self) -> float | None:
        """Days since the last visit over the target; None when never visited."""
        return None if self.days is None else self.days / self.target

    @property
    def due(self) -> date | None:
        """The last service date on which a visit keeps it on target."""
        return None if self.last is None else self.last + timedelta(days=self.target)


def standing(days: int | None, target: int) -> Standing:
    """The standing of a zone whose last visit is `days` ago, None for never."""
    if days is None:
        return Standing.NEVER
    if days <= target:
        return Standing.ON_TARGET
    return Standing.BEHIND if days <= 2 * target else Standing.FAR_BEHIND


def weeks_before(night: Night, count: int) -> tuple[date, ...]:
    """The Mondays of the last `count` weeks, that of the night last."""
    monday = night.date - timedelta(days=night.weekday)
    return tuple(monday - WEEK * ago for ago in reversed(range(count)))


def coverage(
    zones: Sequence[Zone], visits: pd.DataFrame, night: Night, mondays: Sequence[date] = ()
) -> tuple[Coverage, ...]:
    """How every zone stands on a night, the most behind first and those never visited last.

    `visits`: columns `zone` (code) and `night` (date), one row a visit; those later than
    the night are not counted. `mondays`: weeks to tell of, as `weeks_before` gives them.
    """
    nights = _nights(visits, night)
    found = [_coverage(zone, nights.get(zone.code, _NONE), night, mondays) for zone in zones]
    return tuple(sorted(found, key=lambda one: (*_urgency(one), one.zone)))


_NONE = np.empty(0, "datetime64[D]")


def _nights(visits: pd.DataFrame, night: Night) -> Mapping[str, NDArray[np.datetime64]]:
    """The nights of each zone's visits, in order, each once."""
    when = visits["night"].to_numpy().astype("datetime64[D]")
    past = when <= np.datetime64(night.date)
    grouped = pd.Series(when[past]).groupby(visits["zone"].to_numpy()[past])
    return {
        str(zone): np.unique(dates.to_numpy().astype("datetime64[D]")) for zone, dates in grouped
    }


def _coverage(
    zone: Zone, nights: NDArray[np.datetime64], night: Night, mondays: Sequence[date]
) -> Coverage:
    begins = np.array(mondays, "datetime64[D]")
    ends = np.minimum(begins + 6, np.datetime64(night.date))
    before, until = np.searchsorted(nights, begins), np.searchsorted(nights, ends, side="right")
    weeks = []
    for first, last, end in zip(before, until, ends, strict=True):
        days = int((end - nights[last - 1]).astype(int)) if last else None
        weeks.append(Week(int(last - first), standing(days, zone.revisit_days)))
    latest: date | None = nights[-1].item() if len(nights) else None
    days = None if latest is None else (night.date - latest).days
    return Coverage(zone.code, latest, days, zone.revisit_days, tuple(weeks))


def _urgency(one: Coverage) -> tuple[bool, float]:
    return (one.debt is None, -(one.debt or 0.0))
