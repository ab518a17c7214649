"""Monitoring: persons met beside the hours spent looking, by zone and month.

A count of persons says something only beside the effort behind it, and no effort is not
nobody: a zone-month without an hour of looking is unknown. Persons met are taken as

    persons ~ Poisson(hours · weather · μ · a_zone · b_month), scattered `scatter` times as much

    weather  what the nights' weather leaves of a usual night (`geo.weather`)
    a, b     how much more a zone, or a month, shows than the mean: fitted in turn, so that a
             month in which crews went to the busier zones does not look like a busy month

Groups come and go together, so that counts scatter more than Poisson: `scatter` is the
Pearson statistic over its degrees of freedom (McCullagh & Nelder 1989, ch. 6). Intervals are
Garwood's exact ones for a Poisson mean (1936, doi:10.1093/biomet/28.3-4.437) of counts over
the scatter. They cover 95 %.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import chi2, kendalltau

from geo.errors import InputError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

LEAST_MONTHS = 10
"""Months under which nothing is said of how a zone moves."""

AREA = ("area", "month", "persons", "hours", "zones", "rate", "level", "low", "high")
"""Columns of `by_area`."""

_ROUNDS = 40
_PULL = 1.0
"""Persons as which the mean counts in the level of each zone and month."""


@dataclass(frozen=True, eq=False)
class Cube:
    """Persons met and hours spent, zones down and months across (first days, in order).

    `persons`, `hours`, `weather` (z, m); where `hours` is 0 nothing is known, and
    `persons` is 0. `together`: codes counted in one row, by the row's name, where zones were
    split or merged meanwhile.
    """

    zones: tuple[str, ...]
    months: tuple[date, ...]
    persons: Ints
    hours: Floats
    weather: Floats
    together: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def looked(self) -> NDArray[np.bool_]:
        """(z, m) whether any crew looked."""
        return self.hours > 0

    @property
    def exposure(self) -> Floats:
        """(z, m) hours as they would count in usual weather."""
        return self.hours * self.weather

    def since(self, month: date) -> Cube:
        """The part from a month on."""
        keep = np.array([one >= month for one in self.months], bool)
        parts = (self.persons[:, keep], self.hours[:, keep], self.weather[:, keep])
        return Cube(self.zones, tuple(np.array(self.months)[keep]), *parts, self.together)

    def rows(self, codes: Iterable[str]) -> Cube:
        """The part of some zones, in the order that they have here."""
        wanted = set(codes)
        keep = np.array([zone in wanted for zone in self.zones], bool)
        parts = (self.persons[keep], self.hours[keep], self.weather[keep])
        zones = tuple(zone for zone in self.zones if zone in wanted)
        return Cube(zones, self.months, *parts, self.together)


@dataclass(frozen=True, eq=False)
class Levels:
    """What a cube's counts come from: `mean` persons an hour; `zone` (z,) and `month` (m,)
    multipliers round 1; `scatter` times the scatter of Poisson, at least 1."""

    mean: float
    zone: Floats
    month: Floats
    scatter: float

    def expected(self, cube: Cube, *, own: bool = True) -> Floats:
        """(z, m) persons to expect of the hours; `own` False: as in a mean zone."""
        by_zone = self.zone[:, None] if own else 1.0
        return cube.exposure * self.mean * by_zone * self.month


def cube_of(
    persons: pd.DataFrame,
    effort: pd.DataFrame,
    zones: Sequence[str],
    months: Sequence[date],
    *,
    weather: pd.DataFrame | None = None,
    ties: Iterable[tuple[str, str]] = (),
) -> Cube:
    """The cube of zones and months from sums by zone and month.

    `persons`: columns `zone`, `month` (first day), `persons`; `effort`: `zone`, `month`,
    `hours`; `weather`: `zone`, `month`, `factor`, 1 where nothing is said. Rows of other
    months are left out, and so are persons met where no hour is known: they cannot be
    compared. `ties`: pairs of codes of which one went on from the other; they are counted as
    one row, called by the first of their codes in `zones`. Raises InputError
    `monitoring_zones` without zones, `monitoring_value` (column) for a negative or missing
    number, `monitoring_effort` where no hour is known in any of the months.
    """
    if not zones:
        raise InputError("monitoring_zones")
    for frame, column in ((persons, "persons"), (effort, "hours")):
        values = frame[column].to_numpy(np.float64)
        if not (np.isfinite(values) & (values >= 0)).all():
            raise InputError("monitoring_value", column=column)
    named, together = _tied(zones, ties)
    names = tuple(dict.fromkeys(named[zone] for zone in zones))
    size = (len(names), len(months))
    met, hours = np.zeros(size), np.zeros(size)
    for table, frame, column in ((met, persons, "persons"), (hours, effort, "hours")):
        rows, columns, kept = _where(frame, named, names, months)
        np.add.at(table, (rows, columns), frame[column].to_numpy(np.float64)[kept])
    if not hours.any():
        raise InputError("monitoring_effort")
    factor = np.ones(size)
    if weather is not None and len(weather):
        rows, columns, kept = _where(weather, named, names, months)
        factor[rows, columns] = weather["factor"].to_numpy(np.float64)[kept]
    met[hours == 0] = 0
    return Cube(names, tuple(months), met.astype(np.int64), hours, factor, together)


def levels(cube: Cube) -> Levels:
    """The multipliers of zones and months that the cube's counts are likeliest from."""
    persons, exposure = cube.persons.astype(np.float64), cube.exposure
    mean = (persons.sum() + 0.5) / exposure.sum()
    zone, month = np.ones(len(cube.zones)), np.ones(len(cube.months))
    for _ in range(_ROUNDS):
        zone = (persons.sum(1) + _PULL) / (mean * (exposure * month).sum(1) + _PULL)
        month = (persons.sum(0) + _PULL) / (mean * (exposure * zone[:, None]).sum(0) + _PULL)
        # The mean is that of all hours spent: multipliers scatter round 1.
        scale = (exposure * zone[:, None] * month).sum() / exposure.sum()
        month = month / scale
    found = Levels(mean, zone, month, 1.0)
    return Levels(mean, zone, month, _scatter(cube, found.expected(cube)))


def interval(
    persons: Floats, exposure: Floats, scatter: float = 1.0, level: float = 0.95
) -> tuple[Floats, Floats]:
    """Least and most persons an hour that agree with counts (Garwood 1936); NaN without hours."""
    persons, exposure = np.asarray(persons, float) / scatter, np.asarray(exposure, float) / scatter
    tail = (1 - level) / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        low = np.where(persons > 0, chi2.ppf(tail, 2 * persons) / 2, 0.0) / exposure
        high = chi2.ppf(1 - tail, 2 * persons + 2) / 2 / exposure
    unknown = exposure <= 0
    return np.where(unknown, np.nan, low), np.where(unknown, np.nan, high)


def by_area(cube: Cube, fitted: Levels, area: Mapping[str, str]) -> pd.DataFrame:
    """Each area's months, columns `AREA`: persons, hours, zones looked at, `rate` (persons an
    hour), and `level` with its interval.

    The level is the rate as if in every month the same zones had been looked at: persons
    over those expected of the zones where crews were, times the area's mean rate. `area`
    by zone; zones without one are left out. A month without an hour has NaN.
    """
    frames = []
    weighed = cube.exposure * fitted.zone[:, None]
    for name in dict.fromkeys(area[zone] for zone in cube.zones if zone in area):
        mine = np.array([area.get(zone) == name for zone in cube.zones])
        persons, hours = cube.persons[mine].sum(0), cube.hours[mine].sum(0)
        base = weighed[mine].sum(0)
        total = base.sum()
        mean = persons.sum() / cube.exposure[mine].sum() if total else np.nan
        comparable = base * cube.exposure[mine].sum() / total if total else base
        low, high = interval(persons, comparable, fitted.scatter)
        with np.errstate(divide="ignore", invalid="ignore"):
            rate = np.where(hours > 0, persons / hours, np.nan)
            level = np.where(base > 0, persons / comparable, np.nan)
        frames.append(
            pd.DataFrame(
                {
                    "area": name,
                    "month": list(cube.months),
                    "persons": persons,
                    "hours": hours,
                    "zones": cube.looked[mine].sum(0),
                    "rate": rate,
                    "level": level if np.isfinite(mean) else np.nan,
                    "low": low,
                    "high": high,
                }
            )
        )
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=list(AREA))


def trend(values: Sequence[float] | Floats) -> tuple[float, float]:
    """Kendall's tau with time and the two-sided p value of the Mann–Kendall test.

    Values that are not known (NaN) are left out; with fewer than 4 known, (0, 1).
    """
    series = np.asarray(values, float)
    known = np.flatnonzero(np.isfinite(series))
    if len(known) < 4 or np.ptp(series[known]) == 0:
        return 0.0, 1.0
    found = kendalltau(known, series[known])
    return float(found.statistic), float(found.pvalue)


def _scatter(cube: Cube, expected: Floats) -> float:
    told = cube.looked & (expected >= 0.5)
    free = told.sum() - told.any(1).sum() - told.any(0).sum() + 1
    if free < 1:
        return 1.0
    apart = (cube.persons[told] - expected[told]) ** 2 / expected[told]
    return max(1.0, float(apart.sum() / free))


def _tied(
    zones: Sequence[str], ties: Iterable[tuple[str, str]]
) -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
    """The row's name of every code, and the codes of each row that has several."""
    group: dict[str, set[str]] = {}
    for one, other in ties:
        joined = group.get(one, {one}) | group.get(other, {other})
        for code in joined:
            group[code] = joined
    named = {zone: zone for zone in zones}
    together = {}
    for zone in zones:
        if zone in group and named[zone] == zone:
            members = group[zone]
            named |= dict.fromkeys(members, zone)
            together[zone] = (zone, *sorted(members - {zone}))
    return named, together


def _where(
    frame: pd.DataFrame, named: Mapping[str, str], names: Sequence[str], months: Sequence[date]
) -> tuple[Ints, Ints, NDArray[np.bool_]]:
    """Row and column of the cube for the rows of a frame, and which rows have one."""
    column = {month: index for index, month in enumerate(months)}
    row = defaultdict(lambda: -1, {name: index for index, name in enumerate(names)})
    rows = np.array([row[named.get(zone, "")] for zone in frame["zone"]], np.int64)
    columns = np.array([column.get(month, -1) for month in frame["month"]], np.int64)
    kept = (rows >= 0) & (columns >= 0)
    return rows[kept], columns[kept], kept
