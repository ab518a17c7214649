"""Conflict areas measured: time and memory, and quality beside methods that know no chance.

    python -m tests.benchmarks.conflicts [speed|quality]

All reports are synthetic, on the packaged schematic network. Kernel density (a plain
Gaussian one) and Getis-Ord Gi* (1992, doi:10.1111/j.1538-4632.1992.tb00261.x; binary weights
within the same reach, one-sided, Bonferroni over all places) know no presence and no residents.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
from scipy.spatial import cKDTree
from scipy.stats import norm

from data.roads import packaged_network
from geo.conflict_areas import BANDS, Sureness, conflict_areas
from geo.conflict_pressure import REACH, Ground, ground, weights
from geo.conflicts import Band, Channel, Reporter, Theme, episodes, validate_reports
from geo.municipalities import municipalities
from geo.neighbourhoods import divided
from geo.network import Floats

TODAY = date(2026, 11, 20)
PLANTED = 10
EACH = 25
NOISE = 800


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
    rng = np.random.default_rng(1)
    share = base.residents / base.residents.sum()
    told = reports(rng.choice(base.codes, 10_000, p=share), 5 * 365, rng)
    rows = rng.choice(base.places, 300, replace=False, p=share)
    seconds = []
    for _ in range(3):
        before = time.process_time()
        conflict_areas(base, places, told, presence_at(base, rows), sensitive=NOTHING, today=TODAY)
        seconds.append(time.process_time() - before)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"areas: {', '.join(f'{s:.2f}' for s in seconds)} s CPU; peak of all {peak:.0f} MB")


def quality(seeds: int = 20) -> None:
    """Ten planted conflicts of 25 reports in 800 of noise; then the noise alone."""
    places, base = land()
    share = base.residents / base.residents.sum()
    hits = {"areas": 0, "density": 0, "Gi*": 0}
    alarms = {"areas": 0, "Gi*": 0}
    for seed in range(seeds):
        rng = np.random.default_rng(seed)
        rows = rng.choice(base.places, 300, replace=False, p=share)
        noise = reports(rng.choice(base.codes, NOISE, p=share), 365, rng)
        spots = rng.choice(rows, PLANTED, replace=False)
        more = reports(np.repeat(base.codes[spots], EACH), 250, rng)
        told = pd.concat([noise, more], ignore_index=True)
        found = conflict_areas(
            base, places, told, presence_at(base, rows), sensitive=NOTHING, today=TODAY
        )
        listed = [a for a in found.areas if a.sureness is not Sureness.NO_PRESENCE][:10]
        planted = set(base.codes[spots])
        hits["areas"] += sum(bool(planted & set(a.places)) for a in listed)
        for name, score in (("density", density(base, told)), ("Gi*", gi_star(base, told))):
            hits[name] += np.isin(np.argsort(-score)[:10], spots).sum()
        null = conflict_areas(
            base, places, noise, presence_at(base, rows), sensitive=NOTHING, today=TODAY
        )
        alarms["areas"] += bool(null.sure)
        alarms["Gi*"] += bool((gi_star(base, noise) > norm.isf(0.05 / base.places)).any())
    print(f"{seeds} regions, {PLANTED} planted x {EACH} reports, {NOISE} of noise")
    for name, hit in hits.items():
        print(f"precision at 10, {name}: {hit / seeds / 10:.2f}")
    for name, count in alarms.items():
        print(f"regions of noise alone with any alarm, {name}: {count} of {seeds}")


def _own(base: Ground, told: pd.DataFrame) -> Floats:
    once = episodes(told)
    return np.bincount(
        once["place"].map(base.row), weights(once, TODAY), minlength=base.places
    ).astype(np.float64)


def density(base: Ground, told: pd.DataFrame, sigma: float = 1500.0) -> Floats:
    """Gaussian kernel density in the plane."""
    own = _own(base, told)
    apart = cKDTree(base.xy).sparse_distance_matrix(cKDTree(base.xy), 4 * sigma).tocsr()
    apart.data = np.exp(-0.5 * (apart.data / sigma) ** 2)
    return own + apart @ own


def gi_star(base: Ground, told: pd.DataFrame) -> Floats:
    """Z of Getis-Ord Gi*, with binary weights."""
    own = _own(base, told)
    binary = (cKDTree(base.xy).sparse_distance_matrix(cKDTree(base.xy), REACH) > 0).tocsr()
    count = np.asarray(binary.sum(axis=1)).ravel() + 1.0
    total = binary @ own + own
    n = len(own)
    spread = own.std() * np.sqrt(np.maximum((n * count - count**2) / (n - 1), 1e-12))
    return (total - own.mean() * count) / spread


if __name__ == "__main__":
    asked = sys.argv[1:] or ["speed", "quality"]
    for name in asked:
        {"speed": speed, "quality": quality}[name]()
