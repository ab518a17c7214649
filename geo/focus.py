"""Against the feedback loop: whether crews look only where they have looked before.

A plan made from what crews met sends them there again, and what they never look at stays
empty on every map (Lum & Isaac 2016, doi:10.1111/j.1740-9713.2016.00960.x; Ensign et al.
2018, "Runaway feedback loops in predictive policing"). Three figures show it: the share of
the minutes that the fifth of the zones with most of them has (a fifth when all are looked
at alike), the share of zones that nobody looked at, and the share of minutes in zones that
were little known when crews went there.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd

from geo.monitoring import Cube, Floats

TOP = 0.2
"""Share of the zones that are called the top."""

BEFORE = 6
"""Months that what is known of a zone is counted over."""

LITTLE = 0.25
"""Share of the median hours of a zone under which it is little known."""

LONG = 90
"""Days without a visit after which going to a zone is as good as exploring it."""

FOCUS = ("month", "hours", "top", "unseen", "exploring")
"""Columns of `focus`."""


def focus(cube: Cube, zones: int) -> pd.DataFrame:
    """Month by month, columns `FOCUS`, of `zones` in use (those never looked at too).

    `top`: share of the hours in the fifth of the zones that has most; `unseen`: share of
    the zones without an hour; `exploring`: share of the hours in zones that had, over
    the `BEFORE` months before, less than `LITTLE` of the median zone's hours. NaN where there
    were no hours, or nothing is known of the months before.
    """
    rows = []
    for index, month in enumerate(cube.months):
        hours = cube.hours[:, index]
        total = float(hours.sum())
        exploring = np.nan
        if index >= BEFORE and total:
            known = cube.hours[:, index - BEFORE : index].sum(1)
            little = known < LITTLE * np.median(_padded(known, zones))
            exploring = float(hours[little].sum() / total)
        rows.append(
            (
                month,
                total,
                top_share(_padded(hours, zones)),
                1 - float((hours > 0).sum()) / max(zones, len(hours)),
                exploring,
            )
        )
    return pd.DataFrame(rows, columns=list(FOCUS))


def top_share(hours: Floats) -> float:
    """The share of all hours in the fifth of the zones that has most, the last of them in part.

    >>> round(top_share(np.ones(10)), 6), top_share(np.array([9.0, 1.0, 0.0, 0.0, 0.0]))
    (0.2, 0.9)
    """
    total = float(hours.sum())
    if total <= 0:
        return float("nan")
    ordered = np.sort(hours)[::-1]
    room = TOP * len(ordered)
    whole = int(room + 1e-9)
    part = ordered[whole] * (room - whole) if whole < len(ordered) else 0.0
    return float((ordered[:whole].sum() + part) / total)


@dataclass(frozen=True)
class Narrowness:
    """Where a plan goes. Minutes of visits: in all, in zones that were `never` visited, not
    for `LONG` days, or are thinly observed (`exploring` has them all once). `open`: zones
    of that kind that the plan could have gone to and does not, by code."""

    minutes: int
    exploring: int
    open: tuple[str, ...]

    @property
    def narrow(self) -> bool:
        """Whether the plan only goes where crews have been, although it could do otherwise."""
        return self.minutes > 0 and self.exploring == 0 and bool(self.open)

    @property
    def share(self) -> float:
        """Share of the minutes that explore."""
        return self.exploring / self.minutes if self.minutes else 0.0


def narrowness(
    minutes: Mapping[str, int],
    possible: Collection[str],
    last_visit: Mapping[str, date],
    night: date,
    thin: Collection[str] = (),
) -> Narrowness:
    """How narrow a plan is. `minutes` planned by zone; `possible`: zones that it could go to;
    `last_visit` of each zone, none for those never visited; `thin`: thinly observed zones."""
    long_ago = night - timedelta(days=LONG)

    def explores(zone: str) -> bool:
        last = last_visit.get(zone)
        return last is None or last < long_ago or zone in thin

    return Narrowness(
        minutes=sum(minutes.values()),
        exploring=sum(spent for zone, spent in minutes.items() if explores(zone)),
        open=tuple(sorted(z for z in possible if z not in minutes and explores(z))),
    )


def _padded(hours: Floats, zones: int) -> Floats:
    """The hours with a 0 for each zone in use that the cube has no row for."""
    return np.concatenate([hours, np.zeros(max(0, zones - len(hours)))])
