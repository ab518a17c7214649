"""What a count night (*mappatura*) found: each zone and pass counted once, passes combined.

`settle` takes one entry for each zone and pass. `results` combines the passes of a zone: the
largest number seen on one pass is a number of different people, so that the sum over zones,
*at least*, is what the count can vouch for. How much the passes of one zone disagree tells
how many one pass misses: `estimate` is the moment estimator of a binomial number [1]_ [2]_
with one share of detection for all zones.

Let zone i hold N_i persons and a pass see each of them with chance p, independently. Passes of
zone i then have the mean N_i p and the variance N_i p (1 - p), so that

    p = 1 - sum of the variances within zones / sum of the means,    N = sum of the means / p.

Nothing is assumed of how the N_i are spread over the zones, unlike in N-mixture models [3]_,
whose answer rests on that assumption [4]_. The interval is a parametric bootstrap. Where
people come and go between passes, the variance within zones is larger, p is found too small
and N too large: N is then all who were there in the window rather than at one moment.

.. [1] C. R. Blumenthal, R. C. Dahiya, "Estimating the binomial parameter n", JASA 76, 1981.
.. [2] I. Olkin, A. J. Petkau, J. V. Zidek, "A comparison of n estimators for the binomial
   distribution", JASA 76, 1981, 637-642.
.. [3] J. A. Royle, "N-mixture models for estimating population size from spatially replicated
   counts", Biometrics 60, 2004, 108-115.
.. [4] R. J. Barker, M. R. Schofield, W. A. Link, J. R. Sauer, "On the reliability of N-mixture
   models for count data", Biometrics 74, 2018, 369-377.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.contacts import AgeClass, Gender, MacroArea

DRAWS = 2_000
"""Repetitions of the bootstrap."""

LEVEL = 0.95
"""Share of the repetitions inside the interval."""

LEAST_ZONES = 20
"""Zones passed at least twice with anyone seen, without which nothing is estimated."""

LEAST_DETECTED = 0.2
"""Under this share seen by one pass, the number hangs on a few differences and is not given."""


@dataclass(frozen=True)
class Group:
    """Persons seen together, by what a crew perceives in passing."""

    persons: int
    gender: Gender = Gender.NR
    macro_area: MacroArea = MacroArea.NR
    age_class: AgeClass = AgeClass.NR

    @property
    def charted(self) -> bool:
        """Whether they may stand in figures: apparent minors open the call procedure instead."""
        return self.age_class is not AgeClass.APPARENTE_MINORE


@dataclass(frozen=True)
class Passing:
    """What one unit entered for one pass of a zone, nobody seen included.

    `number` of the pass, from 1; `planned`: the plan gives this pass to this unit.
    """

    zone: str
    number: int
    unit: str
    organisation: str
    planned: bool
    groups: tuple[Group, ...] = ()

    @property
    def persons(self) -> int:
        """Persons seen, without apparent minors."""
        return sum(group.persons for group in self.groups if group.charted)

    @property
    def minors(self) -> int:
        """Apparent minors seen."""
        return sum(group.persons for group in self.groups if not group.charted)


@dataclass(frozen=True)
class Settled:
    """One entry for each zone and pass: `counted`; and those set `aside`, which another unit
    entered as well."""

    counted: tuple[Passing, ...]
    aside: tuple[Passing, ...]


@dataclass(frozen=True)
class ZoneCount:
    """A zone after the night. `passes`: persons seen by pass, None where it was not passed;
    `groups`: those of the pass that saw most; `organisation`: whose count it is."""

    zone: str
    organisation: str
    passes: tuple[int | None, ...]
    groups: tuple[Group, ...]

    @property
    def made(self) -> tuple[int, ...]:
        """What the passes that were made saw."""
        return tuple(seen for seen in self.passes if seen is not None)

    @property
    def most(self) -> int | None:
        """The most seen on one pass: so many different people at least; None if never passed."""
        return max(self.made, default=None)


@dataclass(frozen=True)
class Estimate:
    """How many there were: `persons` between `low` and `high` (None: no upper end is found);
    `detected`: the share of them that one pass sees."""

    persons: float
    low: float
    high: float | None
    detected: float


@dataclass(frozen=True)
class CountResult:
    """A count night in figures. `at_least`: sum of the most seen in each zone; `mean`: sum of
    the mean of each zone's passes; `estimate`, or the code of why there is none (`why_not`)."""

    zones: tuple[ZoneCount, ...]
    at_least: int
    mean: float
    minors: int
    estimate: Estimate | None
    why_not: str | None

    @property
    def passed(self) -> int:
        """Zones that were passed at least once."""
        return sum(one.most is not None for one in self.zones)


def settle(passings: Iterable[Passing]) -> Settled:
    """One entry for each zone and pass, in order: the planned unit's; where that one entered
    nothing the largest, and of equal ones that of the first unit by code."""
    found: dict[tuple[str, int], list[Passing]] = {}
    for one in passings:
        found.setdefault((one.zone, one.number), []).append(one)
    counted, aside = [], []
    for key in sorted(found):
        first, *others = sorted(
            found[key], key=lambda one: (not one.planned, -one.persons, one.unit)
        )
        counted.append(first)
        aside += others
    return Settled(tuple(counted), tuple(aside))


def results(
    settled: Settled, owners: Mapping[str, str], passes: int, *, seed: int = 1
) -> CountResult:
    """The figures of a count. `owners`: organisation by zone, of all that were to be passed;
    a zone that was counted besides belongs to who counted it."""
    by_zone: dict[str, dict[int, Passing]] = {zone: {} for zone in owners}
    for one in settled.counted:
        by_zone.setdefault(one.zone, {})[one.number] = one
    zones = tuple(_zone(zone, by_zone[zone], owners, passes) for zone in sorted(by_zone))
    estimate, why_not = estimated_of(zones, seed=seed)
    return CountResult(
        zones=zones,
        at_least=sum(one.most or 0 for one in zones),
        mean=float(sum(np.mean(one.made) for one in zones if one.made)),
        minors=max(
            (
                sum(one.minors for one in settled.counted if one.number == number)
                for number in range(1, passes + 1)
            ),
            default=0,
        ),
        estimate=estimate,
        why_not=why_not,
    )


def estimated_of(
    zones: Sequence[ZoneCount], *, seed: int = 1
) -> tuple[Estimate | None, str | None]:
    """`estimated` of these zones."""
    rows = [[np.nan if n is None else float(n) for n in one.passes] for one in zones]
    width = max((len(row) for row in rows), default=1)
    return estimated(np.array(rows, float).reshape(len(rows), width), seed=seed)


def estimated(
    table: NDArray[np.float64], *, draws: int = DRAWS, seed: int = 1
) -> tuple[Estimate | None, str | None]:
    """How many persons the zones held, or the code of why that cannot be said.

    `table`: (zones, passes) persons seen, NaN where a zone was not passed. Codes: `one_pass`
    (no zone twice), `few_zones` (under LEAST_ZONES of those with anyone), `turnover` (passes
    disagree more than one share of detection explains).
    """
    table = table[~np.isnan(table).all(axis=1)]
    twice = table[(~np.isnan(table)).sum(axis=1) > 1]
    if not len(twice):
        return None, "one_pass"
    if (np.nansum(twice, axis=1) > 0).sum() < LEAST_ZONES:
        return None, "few_zones"
    share = float(_detected(table[None])[0])
    if share < LEAST_DETECTED:
        return None, "turnover"
    means = np.nanmean(table, axis=1)
    persons = float(means.sum()) / share
    rng = np.random.default_rng(seed)
    # As many as the estimate says, and no fewer than were seen at once.
    true = np.floor(means / share + rng.random((draws, len(means))))
    true = np.maximum(true, np.nanmax(table, axis=1)).astype(np.int64)
    again = rng.binomial(true[:, :, None], share, (draws, *table.shape)).astype(float)
    again[:, np.isnan(table)] = np.nan
    shares = _detected(again)
    sums = np.nanmean(again, axis=2).sum(axis=1)
    with np.errstate(divide="ignore"):
        # Errors relative to what was drawn, so that the floor above moves nothing.
        ratio = np.where(shares > 0, sums / shares, np.inf) / true.sum(axis=1)
    low, high = np.quantile(ratio, [(1 - LEVEL) / 2, (1 + LEVEL) / 2], method="higher")
    seen = float(np.nanmax(table, axis=1).sum())
    return (
        Estimate(
            persons=max(persons, seen),
            low=max(seen, persons / high) if np.isfinite(high) else seen,
            high=max(seen, persons / low) if low > 0 else None,
            detected=share,
        ),
        None,
    )


def by_organisation(zones: Sequence[ZoneCount]) -> dict[str, tuple[int, int, int]]:
    """By organisation: its zones, those passed, persons seen in them."""
    found: dict[str, tuple[int, int, int]] = {}
    for one in zones:
        zones_, passed, seen = found.get(one.organisation, (0, 0, 0))
        most = one.most
        found[one.organisation] = zones_ + 1, passed + (most is not None), seen + (most or 0)
    return dict(sorted(found.items()))


def _zone(
    zone: str, made: Mapping[int, Passing], owners: Mapping[str, str], passes: int
) -> ZoneCount:
    best = max(made.values(), key=lambda one: (one.persons, -one.number), default=None)
    return ZoneCount(
        zone=zone,
        organisation=owners.get(zone) or (best.organisation if best else ""),
        passes=tuple(
            made[number].persons if number in made else None for number in range(1, passes + 1)
        ),
        groups=best.groups if best else (),
    )


def _detected(tables: NDArray[np.float64]) -> NDArray[np.float64]:
    """(k,) the share that one pass sees, of k tables (k, zones, passes); 0 or less for none."""
    times = (~np.isnan(tables)).sum(axis=2)
    rows = times[0] > 1
    twice = tables[:, rows]
    within = np.nanvar(twice, axis=2, ddof=1).sum(axis=1)
    means = np.nanmean(twice, axis=2).sum(axis=1)
    return np.asarray(1 - within / np.maximum(means, 1e-12))
