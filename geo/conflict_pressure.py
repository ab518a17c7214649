"""Pressure: how strongly reports press on each place, and whether that could be chance.

Each episode weighs its intensity, halved every `half_life` days. Weights are smoothed
along the roads with Epanechnikov's kernel (network kernel density: Okabe, Satoh & Sugihara
2009, doi:10.1080/13658810802475491), so that two banks of a river without a bridge do not
press on each other.

Chance is a spatial permutation null (Anselin 1995, doi:10.1111/j.1538-4632.1995.tb00338.x,
for the idea): the episodes of a municipality fall on its places in proportion to where
people live and move. What came from one type of reporter about one theme in one place
within three months moves together, because it is likely to be one voice. Many places are
looked at: `q` is Westfall and Young's step-down minimum-p adjustment (1993,
doi:10.1002/9780470316696.ch4), under which the chance of ANY false alarm in the region is at most
`q`. The p values that it compares are those of a gamma law with the null's exact mean and
variance; the permutation makes the adjusted ones right whether or not that law fits.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy.sparse import csr_array, diags_array
from scipy.spatial import cKDTree
from scipy.special import gammaincc

from geo.conflicts import Theme
from geo.crs import project
from geo.network import Floats, Ints, RoadNetwork
from geo.road_cells import RoadCells, cut, lonlat_of

REACH = 5000.0
"""Metres along the roads beyond which a report does not press."""

HALF_LIFE = 180
"""Days after which a report presses half as much."""

DRAWS = 499
"""Permutations: adjusted p values are multiples of 1 / (`DRAWS` + 1)."""

FEW_PLACES = 8
"""A municipality of fewer places shares its permutation with the others of its province."""

_STEP = 500.0
_BLOCK = 90
"""Days in which one type of reporter is one voice. With 30, one who complains for three months
raised a false alarm in 35 of 100 regions without a conflict; with 90 in hardly any."""


@dataclass(frozen=True, eq=False)
class Ground:
    """What pressure is measured on; make it with `ground`.

    `codes` (k,) and `municipality` (k,) of the places; `kernel` (k, k) smoothing weights,
    1 on the diagonal; `residents` (k,) relative numbers of people there, the exposure of the
    null; `xy` (k, 2) metres of their centres.
    """

    codes: NDArray[np.str_]
    municipality: NDArray[np.str_]
    kernel: csr_array
    residents: Floats
    xy: Floats
    row: dict[str, int]

    @property
    def places(self) -> int:
        """How many places."""
        return len(self.codes)

    @property
    def strata(self) -> Ints:
        """(k,) number of the group of places that reports are permuted within."""
        sizes = pd.Series(self.municipality).map(pd.Series(self.municipality).value_counts())
        small = sizes.to_numpy() < FEW_PLACES
        names = np.where(small, [code[:3] for code in self.municipality], self.municipality)
        return np.unique(names, return_inverse=True)[1].astype(np.int32)


def ground(
    places: gpd.GeoDataFrame,
    network: RoadNetwork,
    population: dict[str, float],
    reach: float = REACH,
) -> Ground:
    """The ground of some places (`geo.neighbourhoods`) on a road network.

    `population` by ISTAT code is spread over a municipality's places by the metres of road
    in them (a tenth evenly, so that no place is impossible). Distances run from the middle of
    the places, over the nearest road.
    """
    cells = cut(network, _STEP)
    middles = shapely.get_coordinates(places.geometry.representative_point())
    xy = project(middles)
    inside = _road_metres(places, cells)
    return Ground(
        codes=places["code"].to_numpy(dtype=np.str_),
        municipality=places["municipality"].to_numpy(dtype=np.str_),
        kernel=_kernel(cells, xy, reach),
        residents=_residents(places, inside, population),
        xy=xy,
        row={code: row for row, code in enumerate(places["code"])},
    )


def _kernel(cells: RoadCells, xy: Floats, reach: float) -> csr_array:
    off, post = cKDTree(cells.xy).query(xy)
    posts, where = np.unique(post.astype(np.int32), return_inverse=True)
    apart = cells.neighbours(posts, reach).tocoo()
    # Every pair of places whose posts are within reach; places may share a post.
    member = csr_array((np.ones(len(xy)), (np.arange(len(xy)), where)), (len(xy), len(posts)))
    near = csr_array(
        (np.ones(len(apart.data)), (apart.row, apart.col)), (len(posts), len(posts))
    ) + diags_array(np.ones(len(posts)))
    pairs = (member @ near @ member.T).tocoo()
    along = csr_array((apart.data, (apart.row, apart.col)), (len(posts), len(posts)))
    road = np.asarray(along[where[pairs.row], where[pairs.col]]).ravel()
    straight = np.hypot(*(xy[pairs.row] - xy[pairs.col]).T)
    metres = np.maximum(road + off[pairs.row] + off[pairs.col], straight)
    # Two places without a road of their own reach each other over the same post.
    metres[pairs.row == pairs.col] = 0
    weight = np.clip(1 - (metres / reach) ** 2, 0, None)
    kept = weight > 0
    return csr_array((weight[kept], (pairs.row[kept], pairs.col[kept])), (len(xy), len(xy)))


def _road_metres(places: gpd.GeoDataFrame, cells: RoadCells) -> Floats:
    points = shapely.points(lonlat_of(cells, np.arange(cells.posts, dtype=np.int32)))
    point, place = places.sindex.query(points, predicate="intersects")
    each = np.zeros(cells.posts)
    np.add.at(each, cells.start, cells.length / 2)
    np.add.at(each, cells.end, cells.length / 2)
    return np.bincount(place, each[point], minlength=len(places)).astype(np.float64)


def _residents(places: gpd.GeoDataFrame, metres: Floats, population: dict[str, float]) -> Floats:
    towns = places["municipality"]
    table = pd.DataFrame({"town": towns, "metres": metres})
    total = table.groupby("town")["metres"].transform("sum").to_numpy()
    count = table.groupby("town")["metres"].transform("size").to_numpy()
    share = np.divide(metres, total, out=1 / count, where=total > 0)
    people = towns.map(population).fillna(1.0).to_numpy(float)
    return people * (0.9 * share + 0.1 / count)


def weights(found: pd.DataFrame, today: date, half_life: float = HALF_LIFE) -> Floats:
    """(n,) what each episode (`geo.conflicts.episodes`) weighs today.

    Assault on persons weighs nothing here: it is an alert. What lies ahead weighs nothing.
    """
    age = (pd.Timestamp(today) - found["day"]).dt.days.to_numpy(float)
    weight = found["intensity"].to_numpy(float) * 0.5 ** (age / half_life)
    return np.where((age < 0) | (found["theme"] == Theme.ASSAULT.value), 0.0, weight)


@dataclass(frozen=True, eq=False)
class Pressure:
    """Pressure by place, all (k,) beside the ground's places.

    `own`: weights of the reports there; `pressure`: smoothed; `expected`: under the null;
    `q`: adjusted p value, 1 where a place was not tested, `p` that of the place alone, under
    the null's gamma law: an order among what is not sure, and no test; `voices`: independent
    reports that the pressure rests on (Kish's effective number, of own and neighbouring ones).
    """

    own: Floats
    pressure: Floats
    expected: Floats
    q: Floats
    p: Floats
    voices: Floats


def pressure(
    base: Ground,
    found: pd.DataFrame,
    today: date,
    tested: NDArray[np.bool_],
    *,
    half_life: float = HALF_LIFE,
    draws: int = DRAWS,
    seed: int = 1,
) -> Pressure:
    """The pressure of episodes on every place, tested where `tested` (k,) says.

    `tested` must not depend on the reports (places with presence nearby), or `q` is wrong.
    Episodes of unknown places are left out.
    """
    known = found["place"].isin(base.row).to_numpy()
    found = found[known]
    weight = weights(found, today, half_life)
    row = found["place"].map(base.row).to_numpy(np.int64, na_value=0)
    block_place, block_weight = _blocks(found, row, weight, today)
    own = np.bincount(row, weight, minlength=base.places).astype(np.float64)
    squares = np.bincount(block_place, block_weight**2, minlength=base.places)
    smoothed = base.kernel @ own
    null = _Null.of(base, block_place, block_weight)
    which = np.flatnonzero(tested).astype(np.int32)
    p, q = np.ones(base.places), np.ones(base.places)
    if len(which) and len(block_place):
        rng = np.random.default_rng(seed)
        drawn = np.stack([null.draw(rng) for _ in range(draws)])
        p[which] = np.exp(null.log_chance(smoothed[which], which))
        q[which] = _adjusted(null, base.kernel, smoothed, which, drawn)
    spread = base.kernel.power(2) @ squares
    voices = np.divide(smoothed**2, spread, out=np.zeros(base.places), where=spread > 0)
    return Pressure(own, smoothed, null.mean, q, p, voices)


def _blocks(found: pd.DataFrame, row: Ints, weight: Floats, today: date) -> tuple[Ints, Floats]:
    """Places and weights of what moves together: one reporter type, theme, place and quarter."""
    quarter = (pd.Timestamp(today) - found["day"]).dt.days.to_numpy() // _BLOCK
    keys = pd.DataFrame(
        {"row": row, "quarter": quarter, "theme": found["theme"], "who": found["reporter"]}
    )
    keys = keys.assign(weight=weight)[weight > 0]
    grouped = keys.groupby(["row", "quarter", "theme", "who"], sort=True)["weight"].sum()
    place = grouped.index.get_level_values("row").to_numpy(np.int64)
    return place, grouped.to_numpy(float)


@dataclass(frozen=True, eq=False)
class _Null:
    """Blocks by stratum, the chance of each place within its stratum, and moments of the
    smoothed pressure (k,) under it."""

    stratum: Ints
    weight: Floats
    strata: Ints
    chance: Floats
    mean: Floats
    variance: Floats

    @classmethod
    def of(cls, base: Ground, place: Ints, weight: Floats) -> _Null:
        strata = base.strata
        total = np.bincount(strata, base.residents)
        chance = base.residents / total[strata]
        stratum = strata[place]
        first = np.bincount(stratum, weight, minlength=len(total))
        second = np.bincount(stratum, weight**2, minlength=len(total))
        group = csr_array(
            (np.ones(base.places), (np.arange(base.places), strata)), (base.places, len(total))
        )
        at = base.kernel @ diags_array(chance) @ group
        square = base.kernel.power(2) @ diags_array(chance) @ group
        mean = at @ first
        variance = (square - at.power(2)) @ second
        return cls(stratum, weight, strata, chance, mean, np.maximum(variance, 0))

    def draw(self, rng: np.random.Generator) -> Floats:
        """(k,) own weights of the places after one permutation."""
        order = np.argsort(self.strata, kind="stable")
        edges = np.concatenate([[0.0], np.cumsum(self.chance[order])])
        # Chances of each stratum add up to 1, so that the whole is one ladder of strata.
        spot = self.stratum + rng.random(len(self.weight))
        at = np.searchsorted(edges, spot, side="right") - 1
        place = order[np.clip(at, 0, len(order) - 1)]
        own = np.bincount(place, self.weight, minlength=len(self.chance))
        return own.astype(np.float64)

    def log_chance(self, smoothed: Floats, which: Ints) -> Floats:
        """Log of the chance of as much pressure at places `which`, the last axis, by a gamma
        law with the null's mean and variance."""
        mean = self.mean[which]
        variance = np.maximum(self.variance[which], 1e-12)
        shape, scale = mean**2 / variance, variance / np.maximum(mean, 1e-12)
        with np.errstate(divide="ignore"):  # a chance too small for a number is -inf
            logs: Floats = np.log(gammaincc(np.maximum(shape, 1e-12), smoothed / scale))
        return logs


def _adjusted(
    null: _Null, kernel: csr_array, smoothed: Floats, which: Ints, drawn: Floats
) -> Floats:
    """Step-down minimum-p values of the places `which` (Westfall & Young 1993, alg. 2.8)."""
    seen = null.log_chance(smoothed[which], which)
    order = np.argsort(seen)
    logs = null.log_chance((kernel[which] @ drawn.T).T, which)
    least = np.minimum.accumulate(logs[:, order[::-1]], axis=1)[:, ::-1]
    beaten = (least <= seen[order] + 1e-12).sum(axis=0)
    q = np.maximum.accumulate((1 + beaten) / (len(drawn) + 1))
    result = np.empty(len(which))
    result[order] = q
    return result
