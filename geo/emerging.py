"""How zones move: space–time hot spots, their trend, and zones that have fallen silent.

As in emerging hot-spot analysis, each zone-month is compared with the whole together with its
neighbours along the roads, in the same month and the one before: Getis and Ord's Gi* on the
cube of zones and months (Getis & Ord 1992, doi:10.1111/j.1538-4632.1992.tb00261.x; Ord &
Getis 1995, doi:10.1111/j.1538-4632.1995.tb00912.x), computed by esda. What is compared is
persons met over those that the hours, the weather and the month lead to expect, shrunk
where little was looked (`geo.hexagons.smoothed`). Whether a zone rises or falls is asked of
the Mann–Kendall test (Mann 1945, doi:10.2307/1907187; Kendall 1975) on its own months.

Two things differ from the common recipe, and are why its results may be trusted. The test
of trend takes each month's own residual (Anscombe 1948, doi:10.1093/biomet/35.3-4.246, of
about the same scatter whatever the effort), not the Gi*: neighbouring Gi* share data, and a
series that repeats itself rises or falls by chance. And so many tests are made at once that
some would come out by chance: the share of false discoveries is held to 5 %, for trends and
silence by Benjamini & Hochberg (1995, doi:10.1111/j.2517-6161.1995.tb02031.x), because tests
of different zones hardly depend on each other; for Gi* by Benjamini & Yekutieli (2001,
doi:10.1214/aos/1013699998), which holds however tests depend, because neighbours are counted
in each other's and all are compared with one mean.

A zone is compared with the others in the same month, so that a season, or a rise of the whole
region, is the region's line and no zone's movement. Fewer persons are never a success.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.stats import beta, false_discovery_control, nbinom, norm

from geo.errors import InputError
from geo.hexagons import FEWEST
from geo.monitoring import LEAST_MONTHS, Cube, Floats, Levels, interval, levels, trend

LEVEL = 0.05
"""Share of false discoveries among what is called a movement."""

LATELY = 3
"""Months that are called lately: without an hour in them a zone's movement is unknown."""

LEAST_PERSONS = 10
"""Persons to expect of all hours of a zone, under which nothing is said of it."""

MOSTLY = 0.9
"""Share of the months from which on a zone is a hot or cold spot for good."""

Bools = NDArray[np.bool_]


class Movement(StrEnum):
    """What is said of a zone, in a word."""

    EMERGING = "emerging"
    DIMINISHING = "diminishing"
    OSCILLATING = "oscillating"
    STEADY = "steady"
    SILENT = "silent"
    UNKNOWN = "unknown"


class Pattern(StrEnum):
    """The pattern of a zone's hot, or cold, months."""

    NEW = "new"
    CONSECUTIVE = "consecutive"
    INTENSIFYING = "intensifying"
    PERSISTENT = "persistent"
    LESSENING = "lessening"
    SPORADIC = "sporadic"
    ALTERNATING = "alternating"
    HISTORICAL = "historical"
    NONE = "none"


class Side(StrEnum):
    """Whether more or fewer are met than elsewhere."""

    MORE = "more"
    FEWER = "fewer"


class Lack(StrEnum):
    """Why nothing is said of a zone."""

    FEW_MONTHS = "few_months"
    NOT_LATELY = "not_lately"
    FEW_HOURS = "few_hours"


@dataclass(frozen=True)
class ZoneMovement:
    """How one zone (row of the cube) moves.

    `side` None without a pattern. `tau`, `q`: of the trend, adjusted; `months` with any
    effort. `rate` with `low` and `high`: persons an hour `LATELY`, None without effort.
    `change`: how many times as much the last third of the months shows as the first, beside
    the other zones, with its interval; None where one of them has no effort. `lack`: why the
    movement is unknown.
    """

    zone: str
    movement: Movement
    pattern: Pattern
    side: Side | None
    tau: float
    q: float
    months: int
    persons: int
    hours: float
    rate: float | None
    low: float
    high: float
    change: float | None
    change_low: float
    change_high: float
    lack: Lack | None


def movements(
    cube: Cube, near: Mapping[str, Collection[str]], level: float = LEVEL
) -> tuple[ZoneMovement, ...]:
    """How every zone of the cube moves, in its order.

    `near`: for each zone those that are its neighbours along the roads. Raises InputError
    `monitoring_months` (got, least) for a cube of too few months.
    """
    if len(cube.months) < LEAST_MONTHS:
        raise InputError("monitoring_months", got=len(cube.months), least=LEAST_MONTHS)
    fitted = levels(cube)
    lack = _lacking(cube, fitted)
    told = np.array([one is None for one in lack], bool)
    tau, q = _trends(cube, fitted, told)
    silent = _silent(cube, fitted, told) <= level
    hot, cold = spots(cube, fitted, near, level)
    return tuple(
        _movement(
            cube,
            fitted,
            number,
            lack=lack[number],
            silent=bool(silent[number]),
            tau=float(tau[number]),
            q=float(q[number]),
            pattern=pattern_of(
                hot[number][cube.looked[number]],
                cold[number][cube.looked[number]],
                int(np.sign(tau[number])) if q[number] <= level else 0,
            ),
        )
        for number in range(len(cube.zones))
    )


def spots(
    cube: Cube, fitted: Levels, near: Mapping[str, Collection[str]], level: float = LEVEL
) -> tuple[Bools, Bools]:
    """(z, m) whether a zone-month is hot, or cold, with its neighbours in space and time.

    None is where fewer than `geo.hexagons.FEWEST` zone-months were looked at: the normal
    approximation says nothing there.
    """
    hot = np.zeros(cube.persons.shape, bool)
    if cube.looked.sum() < FEWEST:
        return hot, hot.copy()
    apart = residuals(cube, fitted.expected(cube, own=False))[cube.looked]
    z = star(apart, cube.looked, _joined(cube, near))
    q = false_discovery_control(np.minimum(2 * norm.sf(np.abs(z)), 1.0), method="by")
    cold = hot.copy()
    hot[cube.looked] = (q <= level) & (z > 0)
    cold[cube.looked] = (q <= level) & (z < 0)
    return hot, cold


def star(values: Floats, known: Bools, joined: NDArray[np.int64]) -> Floats:
    """Gi* of each known zone-month in row order, standardised.

    `values` (k,) of them; `joined` (e, 2) pairs of zones that are neighbours, each both ways
    round. A month's neighbours are the same zone and its neighbours in it and in the one
    before, where they are known.
    """
    # They take seconds to import, which only those who look at this page should wait for.
    from esda.getisord import G_Local  # noqa: PLC0415
    from libpysal.graph import Graph  # noqa: PLC0415

    if len(values) == 0 or np.ptp(values) == 0:
        return np.zeros(len(values))
    number = np.full(known.shape, -1)
    number[known] = np.arange(known.sum())
    alone = np.arange(len(known))
    pairs = np.vstack([joined, np.column_stack([alone, alone])])
    same = (number[pairs[:, 0]], number[pairs[:, 1]])
    before = (number[pairs[:, 0]][:, 1:], number[pairs[:, 1]][:, :-1])
    focal, other = (
        np.concatenate([side.ravel() for side in sides]) for sides in zip(same, before, strict=True)
    )
    kept = (focal >= 0) & (other >= 0) & (focal != other)
    size = len(values)
    weights = csr_array((np.ones(kept.sum()), (focal[kept], other[kept])), (size, size))
    # esda divides by the sum of all values, which must not be negative; z does not depend on it.
    lifted = values - values.min()
    graph = Graph.from_sparse(weights)
    return np.asarray(G_Local(lifted, graph, transform="B", star=True, permutations=0).Zs, float)


def pattern_of(hot: Bools, cold: Bools, rising: int) -> tuple[Pattern, Side | None]:
    """The pattern of a zone's months in order, of which some are hot and some cold.

    `rising`: 1, -1 or 0, the sign of its trend where that is no chance. A zone that is
    neither in its last month nor mostly has no pattern.
    """
    if not len(hot):
        return Pattern.NONE, None
    for side, mine, other in ((Side.MORE, hot, cold), (Side.FEWER, cold, hot)):
        mostly = mine.mean() >= MOSTLY
        if not mine[-1]:
            if mostly:
                return Pattern.HISTORICAL, side
            continue
        if mostly:
            # Of a cold spot less is more: it intensifies as it falls.
            sign = rising if side is Side.MORE else -rising
            names = {1: Pattern.INTENSIFYING, 0: Pattern.PERSISTENT, -1: Pattern.LESSENING}
            return names[sign], side
        run = len(mine) - int(np.flatnonzero(~mine)[-1]) - 1
        if mine.sum() == run:
            return (Pattern.NEW if run == 1 else Pattern.CONSECUTIVE), side
        return (Pattern.ALTERNATING if other.any() else Pattern.SPORADIC), side
    return Pattern.NONE, None


def movement_of(pattern: Pattern, side: Side | None, rising: int) -> Movement:
    """The word for a pattern and a trend."""
    if rising:
        return Movement.EMERGING if rising > 0 else Movement.DIMINISHING
    if pattern in (Pattern.NEW, Pattern.CONSECUTIVE):
        return Movement.EMERGING if side is Side.MORE else Movement.DIMINISHING
    if pattern in (Pattern.SPORADIC, Pattern.ALTERNATING):
        return Movement.OSCILLATING
    return Movement.STEADY


def _movement(
    cube: Cube,
    fitted: Levels,
    row: int,
    *,
    lack: Lack | None,
    silent: bool,
    tau: float,
    q: float,
    pattern: tuple[Pattern, Side | None],
) -> ZoneMovement:
    rising = int(np.sign(tau)) if q <= LEVEL else 0
    movement = movement_of(*pattern, rising)
    if silent:
        movement = Movement.SILENT
    if lack:
        movement, pattern = Movement.UNKNOWN, (Pattern.NONE, None)
    lately = slice(len(cube.months) - LATELY, None)
    persons, exposure = cube.persons[row, lately].sum(), cube.exposure[row, lately].sum()
    low, high = interval(persons, exposure, fitted.scatter)
    change = _change(cube, fitted, row)
    return ZoneMovement(
        zone=cube.zones[row],
        movement=movement,
        pattern=pattern[0],
        side=pattern[1],
        tau=tau,
        q=q,
        months=int(cube.looked[row].sum()),
        persons=int(cube.persons[row].sum()),
        hours=float(cube.hours[row].sum()),
        rate=float(persons / exposure) if exposure > 0 else None,
        low=float(low),
        high=float(high),
        change=change[0],
        change_low=change[1],
        change_high=change[2],
        lack=lack,
    )


def _change(cube: Cube, fitted: Levels, row: int) -> tuple[float | None, float, float]:
    """The last third of the months beside the first: ratio of ratios with its exact interval
    (Clopper & Pearson 1934, doi:10.1093/biomet/26.4.404), as `geo.displacement` has it."""
    third = len(cube.months) // 3
    expected = fitted.expected(cube)[row]
    parts = (slice(0, third), slice(len(cube.months) - third, None))
    before, after = (float(cube.persons[row, part].sum()) / fitted.scatter for part in parts)
    base, base_after = (float(expected[part].sum()) / fitted.scatter for part in parts)
    if not (base > 0 and base_after > 0) or before + after == 0:
        return None, 0.0, float("inf")
    odds = base_after / base
    low = 0.0 if after == 0 else float(beta.ppf(0.025, after, before + 1))
    high = 1.0 if before == 0 else float(beta.ppf(0.975, after + 1, before))

    def ratio(share: float) -> float:
        return float("inf") if share >= 1 else share / (1 - share) / odds

    return ratio(after / (before + after)), ratio(low), ratio(high)


def _lacking(cube: Cube, fitted: Levels) -> list[Lack | None]:
    expected = fitted.expected(cube, own=False).sum(1)
    found: list[Lack | None] = []
    for row, enough in enumerate(expected >= LEAST_PERSONS):
        if not cube.looked[row, -LATELY:].any():
            found.append(Lack.NOT_LATELY)
        elif cube.looked[row].sum() < LEAST_MONTHS:
            found.append(Lack.FEW_MONTHS)
        else:
            found.append(None if enough else Lack.FEW_HOURS)
    return found


def _trends(cube: Cube, fitted: Levels, told: Bools) -> tuple[Floats, Floats]:
    """(z,) Kendall's tau, and the p value adjusted over the zones that are told of."""
    own = residuals(cube, fitted.expected(cube))
    tau, p = np.zeros(len(cube.zones)), np.ones(len(cube.zones))
    for row in np.flatnonzero(told):
        tau[row], p[row] = trend(own[row])
    return tau, _adjusted(p, told)


def _silent(cube: Cube, fitted: Levels, told: Bools) -> Floats:
    """(z,) how easily nobody would be met lately if the zone were as before, adjusted.

    Gamma-Poisson: what is foretold of the hours spent, from the persons met before.
    """
    lately = np.arange(len(cube.months)) >= len(cube.months) - LATELY
    expected = fitted.expected(cube, own=False)
    before, base = cube.persons[:, ~lately].sum(1), expected[:, ~lately].sum(1)
    now = expected[:, lately].sum(1)
    shape = (before + 0.5) / fitted.scatter
    p = nbinom.pmf(0, shape, base / np.maximum(base + now, 1e-9))
    nobody = told & (cube.persons[:, lately].sum(1) == 0) & (base > 0)
    return _adjusted(np.where(nobody, p, 1.0), told)


def _adjusted(p: Floats, told: Bools) -> Floats:
    q = np.ones(len(p))
    if told.any():
        q[told] = false_discovery_control(p[told], method="bh")
    return q


def residuals(cube: Cube, expected: Floats) -> Floats:
    """(z, m) how far persons lie from those expected, of about the same scatter whatever the
    effort (Anscombe 1948); NaN without effort."""
    apart = 2 * (np.sqrt(cube.persons + 3 / 8) - np.sqrt(expected + 3 / 8))
    return np.where(cube.looked, apart, np.nan)


def _joined(cube: Cube, near: Mapping[str, Collection[str]]) -> NDArray[np.int64]:
    row = {zone: number for number, zone in enumerate(cube.zones)}
    pairs = {
        pair
        for zone, others in near.items()
        for other in others
        if zone in row and other in row and zone != other
        for pair in ((row[zone], row[other]), (row[other], row[zone]))
    }
    return np.array(sorted(pairs), np.int64).reshape(-1, 2)
