"""Presence from field work: what was met, and for how long crews looked.

Persons met by a visit of e hours to zone z, on weekday w, at hour h, on night i::

    y ~ Poisson(e · μ_pwh · x_p · x_z · x_zh · x_zhw · x_i)      x ~ Gamma(k, k), mean 1

    μ_pwh  persons an hour of looking: a product of region, hour, hour in the province and
           weekday, each shrunk towards 1 as if `PRIOR` more persons had been met just as
           expected
    x_p    the province against the region; x_z the zone against its province; x_zh at
           this hour; x_zhw on this weekday
    x_i    the night itself (weather, an event): visits scatter more than Poisson

A zone seldom looked at so borrows from its province and hour, and its interval is wide.
No visit is not no presence: only effort makes a zone known. The five shapes k are those
that best foretell each visit from all others (leave-one-out predictive likelihood of
the negative binomial, with a weak log-normal prior): empirical Bayes as in Robbins 1956
and Morris 1983 (doi:10.1080/01621459.1983.10477920), gamma-Poisson as in Clayton & Kaldor
1987 (doi:10.2307/2532003). What a branch knows is handed up and down the tree
region → province → zone → hour → weekday → visit as a Gamma; a branch that scatters by
itself counts for less: its persons and hours are weighed by k / (k + expected), the Fisher
information of the negative binomial against that of the Poisson. An observation of age t
nights weighs 2^(−t ÷ half-life) (power discounting, Smith 1979,
doi:10.1111/j.2517-6161.1979.tb01095.x).

`expected` is the posterior mean of the rate, times the length of a usual visit; `low` and
`high` are its 5 % and 95 % quantiles. They say how well the rate is known. How many
persons one night may show is wider: see `PresenceEstimate.one_night`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import gammaln
from scipy.stats import gamma, nbinom

from geo.contacts import CONTACTED, SEEN, UNAPPROACHABLE, charted
from geo.errors import InputError
from geo.network import Floats
from geo.night import Night
from geo.presence import COLUMNS, PARTS

HALF_LIFE = 60
"""Nights after which what was seen counts half."""

USUAL_VISIT = 0.25
"""Hours of a visit that is known only by its contacts."""

PRIOR = 10.0
"""Persons: strength of the shrinkage of province, hour, weekday and kind."""

KINDS = (SEEN, CONTACTED, UNAPPROACHABLE)
"""Kinds of contact in the order of `geo.presence.PARTS`."""

_CENTRE, _SPREAD = np.log(2.5), 1.0
"""Weak prior of the logarithm of each shape."""

_REGION = 0.5
"""Shape of the region's own Gamma: as good as nothing is known beforehand."""


class Shapes(NamedTuple):
    """Shapes of the multipliers by level; a large one means that a level hardly varies."""

    province: float
    zone: float
    hour: float
    weekday: float
    night: float


@dataclass(frozen=True, eq=False)
class PresenceEstimate:
    """What is known of presence before a night.

    `frame`: presence frame of `geo.presence` with the columns of `PARTS` and `effort`
    (hours looked in that zone, weekday and hour, discounted by age). `shapes`: fitted.
    `shape` (rows,): of each row's posterior Gamma. `assumed`: visits that only their
    contacts tell of. `unplaced`: contacts whose hour nothing tells.
    """

    frame: pd.DataFrame
    shapes: Shapes
    shape: Floats
    assumed: int
    unplaced: int

    def one_night(self, chance: float = 0.9) -> tuple[Floats, Floats]:
        """(rows,) least and most persons that a usual visit meets with this chance.

        Equal-tailed interval of the predictive negative binomial: rate and night vary.
        """
        size = _times(self.shape, self.shapes.night)
        odds = size / (size + self.frame["expected"].to_numpy())
        low, high = (nbinom.ppf(q, size, odds) for q in ((1 - chance) / 2, (1 + chance) / 2))
        return low, high


def estimate_presence(
    contacts: pd.DataFrame,
    effort: pd.DataFrame,
    visit_hours: Mapping[str, float],
    night: Night,
    half_life: float = HALF_LIFE,
) -> PresenceEstimate:
    """Presence by zone, weekday and hour from contacts and effort before a night.

    `contacts` as `geo.contacts.validate_contacts`, `effort` as `geo.effort.validate_effort`
    give them; `visit_hours`: the zones to estimate, by code (the first three digits are the
    province), with the hours of a usual visit. Rows of other zones are not used. The
    frame has all weekdays for each hour in which any crew has looked anywhere; nothing is
    said of other hours. A contact without effort in its zone and night shows that there
    was a visit, of `USUAL_VISIT`; one without hour is laid where most effort was that night.

    Raises InputError `presence_half_life` (got), `presence_no_effort` where no visit to any
    of the zones is known.
    """
    if not half_life > 0:
        raise InputError("presence_half_life", got=half_life)
    zones = sorted(visit_hours)
    visits, assumed, unplaced = _visits(contacts, effort, zones, night)
    if visits.empty:
        raise InputError("presence_no_effort", zones=len(zones))
    tree = _Tree.grow(visits, zones, half_life)
    shapes = tree.fit()
    shape, rate = tree.cells(shapes)
    hours = np.array([visit_hours[zone] for zone in zones])
    per_visit = (tree.baseline * hours[:, None, None]).ravel()
    expected = per_visit * shape / rate
    low, high = (per_visit * gamma.ppf(q, shape, scale=1 / rate) for q in (0.05, 0.95))
    count, hour_count = len(zones), len(tree.hours)
    frame = pd.DataFrame(
        {
            "zone": np.repeat(zones, hour_count * 7),
            "weekday": np.tile(np.arange(7), count * hour_count),
            "hour": np.tile(np.repeat(tree.hours, 7), count),
            "expected": expected,
            "low": low,
            # The mean of a very skewed Gamma lies above its 95 % quantile.
            "high": np.maximum(high, expected),
        }
    )
    shares = np.repeat(_shares(tree), hour_count * 7, axis=0)
    frame[list(PARTS)] = expected[:, None] * shares
    frame["effort"] = np.bincount(tree.cell, tree.weight * tree.effort, minlength=len(frame))
    order = np.lexsort(
        (frame["hour"], frame["weekday"], np.repeat(np.arange(count), hour_count * 7))
    )
    frame = frame.iloc[order].reset_index(drop=True)
    return PresenceEstimate(
        frame[[*COLUMNS, *PARTS, "effort"]], shapes, shape[order], assumed, unplaced
    )


def _visits(
    contacts: pd.DataFrame, effort: pd.DataFrame, zones: list[str], night: Night
) -> tuple[pd.DataFrame, int, int]:
    """One row for each zone, night and hour looked at: `zone` (number), `night`, `hour`,
    `hours`, `age` (nights), and persons by kind 0, 1, 2; how many visits were assumed, and
    how many contacts found no hour."""
    until = np.datetime64(night.date, "s")
    number = pd.Index(zones)
    keys = ["zone", "night", "hour"]
    looked = effort.assign(zone=number.get_indexer(effort["zone"]))
    looked = looked[(looked["night"] < until) & (looked["zone"] >= 0)]
    looked = looked.groupby(keys, as_index=False)["hours"].sum()
    met = charted(contacts)
    met = met.assign(zone=number.get_indexer(met["zone"]))
    met = met[(met["night"] < until) & (met["zone"] >= 0)]
    met = met[["zone", "night", "hour", "kind", "persons"]].astype({"hour": "Float64"})

    # Where a contact names no hour, or one without effort, the longest hour of the visit.
    longest = looked.sort_values("hours").drop_duplicates(["zone", "night"], keep="last")
    met = met.merge(
        longest[["zone", "night", "hour"]].rename(columns={"hour": "usual"}),
        how="left",
        on=["zone", "night"],
    ).merge(looked[keys].assign(known=True), how="left", on=keys)
    known = met["known"].notna()
    met["hour"] = met["hour"].where(known | met["usual"].isna(), met["usual"])
    unplaced = int(met["hour"].isna().sum())
    met = met[met["hour"].notna()].astype({"hour": "int8"})
    for place, kinds in enumerate(KINDS):
        met[place] = np.where(met["kind"].isin(kinds), met["persons"], 0)
    met = met.groupby(keys, as_index=False)[[0, 1, 2]].sum()

    visits = looked.merge(met, how="outer", on=keys)
    assumed = int(visits["hours"].isna().sum())
    visits = visits.fillna({"hours": USUAL_VISIT, 0: 0, 1: 0, 2: 0})
    visits["age"] = (until - visits["night"].to_numpy()) / np.timedelta64(1, "D")
    return visits, assumed, unplaced


@dataclass(frozen=True, eq=False)
class _Tree:
    """Visits (v,) as leaves of zone → hour → weekday; cells (z · h · 7) in that order.

    `province` (z,) number of each zone's; `met` (v, 3) persons by kind; `mean` (v,) persons
    that the baseline expects; `weight` by age; `hours` (h,) wall-clock hours looked at;
    `baseline` (z, h, 7) persons an hour.
    """

    province: NDArray[np.int64]
    hours: NDArray[np.int64]
    zone: NDArray[np.int64]
    cell: NDArray[np.int64]
    met: Floats
    effort: Floats
    weight: Floats
    mean: Floats
    baseline: Floats

    @classmethod
    def grow(cls, visits: pd.DataFrame, zones: list[str], half_life: float) -> _Tree:
        """Lay the visits out and fit the baseline."""
        zone = visits["zone"].to_numpy(np.int64)
        hours, hour = np.unique(visits["hour"].to_numpy(np.int64), return_inverse=True)
        # Monday is 0; the first of January 1970 was a Thursday.
        weekday = (visits["night"].to_numpy().astype("datetime64[D]").astype(np.int64) + 3) % 7
        met = visits[[0, 1, 2]].to_numpy(np.float64)
        effort = visits["hours"].to_numpy(np.float64)
        weight = 2.0 ** (-visits["age"].to_numpy(np.float64) / half_life)
        names, province = np.unique([code[:3] for code in zones], return_inverse=True)
        rate = _baseline(
            (province[zone], hour, weekday),
            (len(names), len(hours), 7),
            weight * met.sum(axis=1),
            weight * effort,
        )
        return cls(
            province=province,
            hours=hours,
            zone=zone,
            cell=(zone * len(hours) + hour) * 7 + weekday,
            met=met,
            effort=effort,
            weight=weight,
            mean=effort * rate[province[zone], hour, weekday],
            baseline=rate[province],
        )

    def fit(self) -> Shapes:
        """The shapes that best foretell every visit from all the others."""
        found = minimize(
            lambda logs: -self._foretold(Shapes(*np.exp(logs))),
            np.full(5, _CENTRE),
            method="L-BFGS-B",
            bounds=[(_CENTRE - 4, _CENTRE + 5)] * 5,
            options={"maxiter": 40, "ftol": 1e-6},
        )
        return Shapes(*np.exp(found.x).tolist())

    def cells(self, shapes: Shapes) -> tuple[Floats, Floats]:
        """(z · h · 7) shape and rate of the posterior of each cell's multiplier."""
        told = self._told(shapes)
        return told.cell[0], told.cell[1]

    def _foretold(self, shapes: Shapes) -> float:
        """Weighted log-likelihood of each visit given the others, and of the shapes.

        Up to a constant that does not depend on the shapes.
        """
        told = self._told(shapes)
        met = self.met.sum(axis=1)
        size = _times(told.visit[0], shapes.night)
        mean = self.mean * told.visit[0] / told.visit[1]
        logs = gammaln(size + met) - gammaln(size)
        logs += size * np.log(size / (size + mean)) + met * np.log(mean / (size + mean))
        prior = (((np.log(shapes) - _CENTRE) / _SPREAD) ** 2).sum() / 2
        return float((self.weight * logs).sum() - prior)

    def _told(self, shapes: Shapes) -> _Told:
        """What the visits tell.

        The first pass weighs branches as if all multipliers were 1, the second as the first
        foretells each from all others: a weight that rose and fell with the branch's own
        persons would bias the mean.
        """
        zones, hours = len(self.province), len(self.hours)
        sizes = (int(self.province.max()) + 1, zones, (zones, hours), (zones, hours, 7))
        ones = [np.ones(size) for size in (*sizes, len(self.mean))]
        return self._pass(shapes, self._pass(shapes, ones).means)

    def _pass(self, shapes: Shapes, means: list[Floats]) -> _Told:
        """Up and down the tree; `means` as in `_Told`."""
        # Up: [persons, expected], and how much of them counts for the branch above.
        visits = self.weight * np.stack([self.met.sum(axis=1), self.mean])
        visits *= shapes.night / (shapes.night + self.mean * means[4])
        cells = _sums(self.cell, visits, means[3].shape)
        from_cells = _tempered(cells, shapes.weekday, means[3])
        hours = from_cells.sum(axis=-1)
        from_hours = _tempered(hours, shapes.hour, means[2])
        zones = from_hours.sum(axis=-1)
        from_zones = _tempered(zones, shapes.zone, means[1])
        provinces = _sums(self.province, from_zones, means[0].shape)
        from_provinces = _tempered(provinces, shapes.province, means[0])
        # Down: what is known above without what the branch has said itself.
        others = _REGION + from_provinces.sum(axis=-1, keepdims=True) - from_provinces
        province = _branch(others, shapes.province)
        zone = _branch((province + provinces)[:, self.province] - from_zones, shapes.zone)
        hour = _branch((zone + zones)[..., None] - from_hours, shapes.hour)
        cell = _branch((hour + hours)[..., None] - from_cells, shapes.weekday)
        known = (cell + cells).reshape(2, -1)
        visit = known[:, self.cell] - visits
        priors = (province, zone, hour, cell, visit)
        return _Told(known, visit, [shape / rate for shape, rate in priors])


class _Told(NamedTuple):
    """What a pass through the tree found.

    `cell` (2, z · h · 7) posterior shape and rate; `visit` (2, v) those of each visit's
    cell without the visit. `means`: of each province, zone, hour, cell and visit as
    foretold without its own persons.
    """

    cell: Floats
    visit: Floats
    means: list[Floats]


def _sums(group: NDArray[np.int64], pairs: Floats, shape: tuple[int, ...]) -> Floats:
    """(2, *shape) sums of [persons, expected] by group."""
    count = int(np.prod(shape))
    return np.stack([np.bincount(group, each, count).reshape(shape) for each in pairs])


def _tempered(pairs: Floats, shape: float, mean: Floats) -> Floats:
    """[persons, expected] as they count for the branch above, round a multiplier of `mean`."""
    return pairs * shape / (shape + pairs[1] * mean)


def _branch(known: Floats, shape: float) -> Floats:
    """[shape, rate] of Gamma [shape, rate] times an own Gamma(shape, shape), as a Gamma."""
    size = _times(known[0], shape)
    return np.stack([size, size * known[1] / known[0]])


def _times(one: Floats, other: float) -> Floats:
    """Shape of the Gamma with the mean and variance of a product of two of mean 1."""
    return 1 / ((1 + 1 / one) * (1 + 1 / other) - 1)


def _baseline(
    where: tuple[NDArray[np.int64], ...], size: tuple[int, int, int], met: Floats, effort: Floats
) -> Floats:
    """(province, hour, weekday) persons an hour: factors fitted in turn, shrunk towards 1.

    The province's own factor is fitted beside them and left out: it is a level of the tree.
    """
    province, hour, weekday = where
    overall = (met.sum() + 0.5) / effort.sum()
    levels = (
        (province, (size[0], 1, 1)),
        (hour, (1, size[1], 1)),
        (province * size[1] + hour, (size[0], size[1], 1)),
        (weekday, (1, 1, size[2])),
    )
    factors = [np.ones(shape) for _, shape in levels]
    for _ in range(20):
        for i, (level, shape) in enumerate(levels):
            others = overall * np.prod(
                [np.broadcast_to(f, size) for j, f in enumerate(factors) if j != i], axis=0
            )
            expected = effort * others[where]
            count = int(np.prod(shape))
            persons = np.bincount(level, met, count) + PRIOR
            factors[i] = (persons / (np.bincount(level, expected, count) + PRIOR)).reshape(shape)
    return np.broadcast_to(overall * factors[1] * factors[2] * factors[3], size)


def _shares(tree: _Tree) -> Floats:
    """(z, 3) share of each kind among the persons of a zone, shrunk to the region's."""
    weighed = tree.weight[:, None] * tree.met
    region = (weighed.sum(axis=0) + 1) / (weighed.sum() + 3)
    zones = np.stack(
        [np.bincount(tree.zone, kind, len(tree.province)) for kind in weighed.T], axis=1
    )
    return (zones + PRIOR * region) / (zones.sum(axis=1, keepdims=True) + PRIOR)
