"""Conflict areas measured: time and memory, and quality beside methods that know no chance.

    python -m tests.benchmarks.conflicts [speed] [quality] [--seed N] [--regions N] [--nulls N]

All reports are synthetic, on the packaged schematic network. Kernel density (a plain
Gaussian one) and Getis-Ord Gi* (1992, doi:10.1111/j.1538-4632.1992.tb00261.x; binary weights
within the same reach) know no presence and no residents.

All three are scored alike. A list is the places by score, each place within the reach of one
already listed left out; a hit is a planted place itself, or one beside it. An alarm of each
method's own: ours at 5 %, Gi* one-sided at 5 % after Bonferroni, the density above the 95th
percentile of its highest value when the same reports fall evenly on the places. And, with
nobody's own rule: what each finds at the threshold that alarms in 5 % of the null regions.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
from scipy.sparse import csr_array
from scipy.spatial import cKDTree
from scipy.stats import binomtest, norm

from data.roads import packaged_network
from geo.conflict_areas import (
    BANDS,
    FEWEST,
    LEVEL,
    PRESENT,
    Sureness,
    conflict_areas,
)
from geo.conflict_pressure import REACH, Ground, ground, pressure, weights
from geo.conflicts import Band, Channel, Reporter, Theme, episodes, validate_reports
from geo.municipalities import municipalities
from geo.neighbourhoods import divided
from geo.network import Floats

TODAY = date(2026, 11, 20)
PLANTED = 10
STRENGTHS = (25, 15, 8)
"""Reports of a planted conflict, over 250 days."""

NOISE = 800
"""Reports of a year that tell of nothing in particular, where people live."""

REGIONS = 30
NULLS = 120
SEED = 7
"""First number of every draw's seed; 90 days of one voice were chosen on other draws."""

DECOYS = 5
"""Places as loud as the strongest conflict where nobody from the street is."""

METHODS = ("areas", "density", "Gi*")


def reports(codes: np.ndarray, days: int, rng: np.random.Generator) -> pd.DataFrame:
    """Reports at places, with everything else drawn evenly."""
    count = len(codes)
    themes = [theme.value for theme in Theme if theme is not Theme.ASSAULT]
    ago = rng.integers(1, days, count)
    return validate_reports(
        pd.DataFrame(
            {
                "place": codes,
                "day": pd.to_datetime([TODAY - timedelta(days=int(n)) for n in ago]),
                "band": rng.choice([band.value for band in BANDS], count),
                "theme": rng.choice(themes, count),
                "intensity": rng.integers(1, 6, count),
                "channel": Channel.PHONE.value,
                "reporter": rng.choice([who.value for who in Reporter], count),
                "repeated": False,
            }
        )
    )


def land() -> tuple[gpd.GeoDataFrame, Ground]:
    towns = municipalities()
    people = towns.set_index("istat")["population"].astype(float).to_dict()
    places = divided(towns)
    return places, ground(places, packaged_network(Path(tempfile.mkdtemp())), people)


def presence_at(base: Ground, rows: np.ndarray) -> Floats:
    table = np.zeros((base.places, 7, len(BANDS)))
    table[rows, :, BANDS.index(Band.NIGHT)] = 2.0
    return table


NOTHING = pd.DataFrame({"kind": pd.Series(dtype=str), "lon": [], "lat": []})


def speed() -> None:
    """Five years, 10,000 reports, presence in 300 places."""
    before = time.process_time()
    places, base = land()
    print(f"ground of {base.places} places, once: {time.process_time() - before:.1f} s CPU")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak until then {peak:.0f} MB")
    rng = np.random.default_rng(1)
    share = base.residents / base.residents.sum()
    told = reports(rng.choice(base.codes, 10_000, p=share), 5 * 365, rng)
    rows = rng.choice(base.places, 300, replace=False, p=share)
    near = presence_at(base, rows)
    for _ in range(5):
        began, before = time.perf_counter(), time.process_time()
        conflict_areas(base, places, told, near, sensitive=NOTHING, today=TODAY)
        wall, used = time.perf_counter() - began, time.process_time() - before
        print(f"areas: {wall:.2f} s wall, {used:.2f} s CPU")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak of the whole process {peak:.0f} MB")


@dataclass(frozen=True, eq=False)
class Seen:
    """What a method says of a region: places `listed` (rows, ten at most), a `score` (k,) in
    which more is surer, and whether it gives an `alarm` of its own."""

    listed: Sequence[int]
    score: Floats
    alarm: bool


def areas_scored(land: Land, told: pd.DataFrame, near: Floats) -> Seen:
    """What is tested, without the list: a place is in a sure area as `conflict_areas` takes it."""
    tested = (land.base.kernel @ near.reshape(land.base.places, -1)).sum(axis=1) >= PRESENT
    said = pressure(land.base, episodes(told), TODAY, tested)
    score = np.where((said.voices >= FEWEST) & (said.own > 0), -said.q, -1.0)
    return Seen((), score, bool(score.max() >= -LEVEL))


def areas_seen(land: Land, told: pd.DataFrame, near: Floats) -> Seen:
    """As the page lists them: the surest and most pressing first."""
    found = conflict_areas(land.base, land.places, told, near, sensitive=NOTHING, today=TODAY)
    heads = [a.code for a in found.areas if a.sureness is not Sureness.NO_PRESENCE]
    scored = areas_scored(land, told, near)
    assert scored.alarm == bool(found.sure)
    return replace(scored, listed=land.apart([land.base.row[code] for code in heads]))


def density_seen(land: Land, told: pd.DataFrame, near: Floats) -> Seen:
    """Gaussian kernel density in the plane, sigma 1.5 km."""
    once = episodes(told)
    weight = weights(once, TODAY)
    row = once["place"].map(land.base.row).to_numpy(np.int64)
    own = np.bincount(row, weight, minlength=land.base.places)
    score = own + land.gaussian @ own
    rng = np.random.default_rng(1)
    even = rng.integers(0, land.base.places, (99, len(weight)))
    drawn = np.stack([np.bincount(e, weight, minlength=land.base.places) for e in even], axis=1)
    most = (drawn + land.gaussian @ drawn).max(axis=0)
    return Seen(land.apart(np.argsort(-score)), score, bool(score.max() > np.quantile(most, 0.95)))


def gi_star_seen(land: Land, told: pd.DataFrame, near: Floats) -> Seen:
    """Z of Getis-Ord Gi*, with binary weights within the reach."""
    once = episodes(told)
    row = once["place"].map(land.base.row).to_numpy(np.int64)
    own = np.bincount(row, weights(once, TODAY), minlength=land.base.places)
    n = len(own)
    count = np.asarray(land.binary.sum(axis=1)).ravel() + 1.0
    spread = own.std() * np.sqrt(np.maximum((n * count - count**2) / (n - 1), 1e-12))
    score = (land.binary @ own + own - own.mean() * count) / spread
    return Seen(land.apart(np.argsort(-score)), score, bool((score > norm.isf(LEVEL / n)).any()))


SEEN: dict[str, Callable[[Land, pd.DataFrame, Floats], Seen]] = dict(
    zip(METHODS, (areas_seen, density_seen, gi_star_seen), strict=True)
)

SCORED = {**SEEN, METHODS[0]: areas_scored}
"""What is enough where no list is looked at."""


class Land:
    """The places, their ground, and what the other methods smooth with."""

    def __init__(self) -> None:
        self.places, self.base = land()
        self.share = self.base.residents / self.base.residents.sum()
        tree = cKDTree(self.base.xy)
        self.gaussian = csr_array(tree.sparse_distance_matrix(tree, 6000).tocsr())
        self.gaussian.data = np.exp(-0.5 * (self.gaussian.data / 1500) ** 2)
        self.binary = csr_array((tree.sparse_distance_matrix(tree, REACH) > 0).tocsr())

    def apart(self, rows: Sequence[int]) -> list[int]:
        """The first ten of ranked places of which none is in the reach of another."""
        listed: list[int] = []
        struck: set[int] = set()
        for row in rows:
            if int(row) not in struck:
                listed.append(int(row))
                struck |= {int(row), *self.beside(int(row))}
            if len(listed) == 10:
                break
        return listed

    @cache  # noqa: B019 (lives as long as the measurement)
    def beside(self, row: int, metres: float = REACH) -> frozenset[int]:
        """Places within some metres as the crow flies."""
        away = np.hypot(*(self.base.xy - self.base.xy[row]).T)
        return frozenset(np.flatnonzero(away <= metres).tolist())

    def spots(self, rng: np.random.Generator, among: np.ndarray, count: int) -> np.ndarray:
        """Some of these places, none in the reach of another."""
        return np.array(self.apart(rng.permutation(among))[:count])

    def noise(self, rng: np.random.Generator, uneven: float = 0.0) -> pd.DataFrame:
        """Reports where people live; `uneven`: spread (log) of how readily places complain."""
        share = self.share * np.exp(uneven * rng.standard_normal(self.base.places))
        return reports(rng.choice(self.base.codes, NOISE, p=share / share.sum()), 365, rng)

    def campaigns(self, rng: np.random.Generator, days: int) -> pd.DataFrame:
        """Noise of which one in five is a voice that repeats itself 4 to 12 times in `days`."""
        found = self.noise(rng)
        loud = found.sample(NOISE // 5 // 8, random_state=int(rng.integers(2**31)))
        told = [found.iloc[: NOISE - NOISE // 5]]
        for _, one in loud.iterrows():
            many = pd.DataFrame([one] * int(rng.integers(4, 13)))
            start = int(rng.integers(0, 365 - days))
            ago = rng.integers(start, start + days, len(many))
            many["day"] = pd.to_datetime([TODAY - timedelta(days=int(n) + 1) for n in ago])
            told.append(many)
        return validate_reports(pd.concat(told, ignore_index=True))


def quality(root: int, regions: int, nulls: int) -> None:
    """Precision at ten, false alarms, and what is found at equal false alarms."""
    print(f"seeds from {root}, {regions} regions with conflicts, {nulls} without", flush=True)
    here = Land()
    thresholds = _false_alarms(here, root, nulls)
    for each in STRENGTHS:
        for decoys in (0, DECOYS):
            _planted(here, root, regions, each, decoys, thresholds)


def _false_alarms(here: Land, root: int, nulls: int) -> dict[str, float]:
    """Prints regions without a conflict that alarm; the score that 5 % of the plain ones pass."""
    kinds: dict[str, Callable[[np.random.Generator], pd.DataFrame]] = {
        "independent": here.noise,
        "places complain unevenly (log sd 0.3)": lambda rng: here.noise(rng, 0.3),
        "one voice repeats itself within a month": lambda rng: here.campaigns(rng, 30),
        "one voice repeats itself over three months": lambda rng: here.campaigns(rng, 90),
    }
    thresholds = {}
    for kind, draw in kinds.items():
        seen = []
        # The others alarm in every region where reports fall as people live.
        methods = METHODS if kind == "independent" else METHODS[:1]
        for seed in range(nulls):
            rng = np.random.default_rng([root, 1, seed])
            rows = rng.choice(here.base.places, 300, replace=False, p=here.share)
            near, told = presence_at(here.base, rows), draw(rng)
            seen.append({name: SCORED[name](here, told, near) for name in methods})
        for name in methods:
            alarms = sum(one[name].alarm for one in seen)
            low, high = binomtest(alarms, nulls).proportion_ci(method="wilson")
            print(
                f"false alarms, {kind}, {name}: {alarms} of {nulls}, {100 * alarms / nulls:.1f} % "
                f"({100 * low:.1f}–{100 * high:.1f})",
                flush=True,
            )
            if kind == "independent":
                highest = np.sort([one[name].score.max() for one in seen])
                thresholds[name] = float(highest[int(np.ceil(0.95 * nulls)) - 1])
    return thresholds


def _planted(
    here: Land, root: int, regions: int, each: int, decoys: int, thresholds: dict[str, float]
) -> None:
    hits = {name: np.zeros((regions, 3)) for name in METHODS}
    for seed in range(regions):
        rng = np.random.default_rng([root, 2, seed])
        rows = rng.choice(here.base.places, 300, replace=False, p=here.share)
        near = presence_at(here.base, rows)
        spots = here.spots(rng, rows, PLANTED)
        told = [here.noise(rng), reports(np.repeat(here.base.codes[spots], each), 250, rng)]
        if decoys:
            empty = np.flatnonzero((here.base.kernel @ near.sum(axis=(1, 2))) == 0)
            loud = here.spots(rng, empty, decoys)
            told.append(reports(np.repeat(here.base.codes[loud], 25), 250, rng))
        frame = pd.concat(told, ignore_index=True)
        for name, see in SEEN.items():
            seen = see(here, frame, near)
            close = [any(spot in here.beside(row, 3000.0) for spot in spots) for row in seen.listed]
            found = seen.score[spots] > thresholds[name]
            hits[name][seed] = (
                np.isin(seen.listed, spots).sum() / 10, sum(close) / 10, found.mean()
            )  # fmt: skip
    for name, table in hits.items():
        mean, error = table.mean(axis=0), 1.96 * table.std(axis=0, ddof=1) / np.sqrt(regions)
        print(
            f"{PLANTED} x {each} reports, {decoys} without presence, {name}: precision at 10 "
            f"{mean[0]:.2f} ± {error[0]:.2f}, or beside {mean[1]:.2f} ± {error[1]:.2f}; found at "
            f"equal false alarms {mean[2]:.2f} ± {error[2]:.2f}",
            flush=True,
        )


def main() -> None:
    """The measurements that the command names, or both."""
    said = argparse.ArgumentParser(description="Conflict areas measured.")
    said.add_argument("what", nargs="*", default=["speed", "quality"], help="speed, quality")
    said.add_argument("--seed", type=int, default=SEED)
    said.add_argument("--regions", type=int, default=REGIONS, help="with planted conflicts")
    said.add_argument("--nulls", type=int, default=NULLS, help="regions without a conflict")
    given = said.parse_args()
    if "speed" in given.what:
        speed()
    if "quality" in given.what:
        quality(given.seed, given.regions, given.nulls)


if __name__ == "__main__":
    main()
