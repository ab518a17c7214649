"""Displacement: what an order or an action does here, and next door.

The episodes of 90 days before and after are compared with what changed elsewhere in the
province meanwhile (difference in differences on counts): the ratio of ratios, with the
exact interval of Clopper and Pearson (1934, doi:10.1093/biomet/26.4.404) on the share that
came after. Neighbours share the error among them (Bonferroni). A fall here beside a rise
next door is shown as one thing; less pressure alone is never called a success.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd
from scipy.stats import beta

from geo.conflict_pressure import Ground
from geo.conflicts import Theme

DAYS = 90
NEXT_DOOR = 6000.0
"""Metres as the crow flies between the middles of places that are neighbours."""

_ENOUGH = 20
"""Episodes elsewhere from which they are compared with; fewer say too little."""


@dataclass(frozen=True)
class Change:
    """Episodes `before` and `after` in a place; `ratio` of after to before beside what
    happened elsewhere, with its interval; None where nothing was reported."""

    place: str
    before: int
    after: int
    ratio: float | None
    low: float
    high: float

    @property
    def fell(self) -> bool:
        """Whether it clearly fell."""
        return self.high < 1

    @property
    def rose(self) -> bool:
        """Whether it clearly rose."""
        return self.low > 1


@dataclass(frozen=True)
class Displacement:
    """What changed round `since`; `days` after it are known (of 90)."""

    since: date
    days: int
    here: Change
    next_door: tuple[Change, ...]

    @property
    def observed(self) -> bool:
        """Whether it fell here and rose next door."""
        return self.here.fell and any(one.rose for one in self.next_door)

    @property
    def strongest(self) -> Change | None:
        """The neighbour that rose most surely; None where none was reported of."""
        return max(self.next_door, key=lambda one: (one.low, one.after), default=None)


def displacement(
    base: Ground, found: pd.DataFrame, place: str, since: date, today: date
) -> Displacement | None:
    """The watch over `place` round a day; None before anything can have been reported.

    `found`: episodes (`geo.conflicts.episodes`); assault on persons is no part of it.
    """
    days = min(DAYS, (today - since).days)
    if place not in base.row or days < 1:
        return None
    told = found[(found["theme"] != Theme.ASSAULT.value) & found["place"].isin(base.row)]
    row = told["place"].map(base.row).to_numpy(np.int64)
    before = _counted(base, row, told["day"], since - timedelta(days=DAYS), since)
    after = _counted(base, row, told["day"], since, since + timedelta(days=days))
    here = base.row[place]
    apart = np.hypot(*(base.xy - base.xy[here]).T)
    near = np.flatnonzero((apart <= NEXT_DOOR) & (apart > 0) & (before + after > 0))
    province = np.char.startswith(base.municipality, base.municipality[here][:3])
    rest = province & (apart > NEXT_DOOR)
    odds = days / DAYS
    if min(before[rest].sum(), after[rest].sum()) >= _ENOUGH:
        odds = after[rest].sum() / before[rest].sum()
    return Displacement(
        since=since,
        days=days,
        here=_change(place, before[here], after[here], odds, 0.05),
        next_door=tuple(
            _change(str(base.codes[n]), before[n], after[n], odds, 0.05 / len(near))
            for n in near[np.argsort(-after[near], kind="stable")]
        ),
    )


def _counted(base: Ground, row: np.ndarray, day: pd.Series, first: date, end: date) -> np.ndarray:
    chosen = ((day >= pd.Timestamp(first)) & (day < pd.Timestamp(end))).to_numpy()
    return np.bincount(row[chosen], minlength=base.places)


def _change(place: str, before: int, after: int, odds: float, error: float) -> Change:
    before, after = int(before), int(after)
    if before + after == 0:
        return Change(place, 0, 0, None, 0.0, float("inf"))
    low = 0.0 if after == 0 else float(beta.ppf(error / 2, after, before + 1))
    high = 1.0 if before == 0 else float(beta.ppf(1 - error / 2, after + 1, before))

    def as_ratio(share: float) -> float:
        return float("inf") if share >= 1 else share / (1 - share) / odds

    ratio = as_ratio(after / (before + after))
    return Change(place, before, after, ratio, as_ratio(low), as_ratio(high))
