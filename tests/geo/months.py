"""Cubes of zones and months for the tests."""

from datetime import date

import numpy as np

from geo.monitoring import Cube


def months(count, first=date(2023, 1, 1)):
    """First days of so many months."""
    start = first.year * 12 + first.month - 1
    return tuple(date((start + n) // 12, (start + n) % 12 + 1, 1) for n in range(count))


def cube(persons, hours):
    """A cube of zones 000, 001, …"""
    hours = np.asarray(hours, float)
    names = tuple(f"{number:03d}" for number in range(len(hours)))
    met = np.where(hours > 0, np.rint(persons), 0).astype(np.int64)
    return Cube(names, months(hours.shape[1]), met, hours, np.ones(hours.shape))


def groups(zones, size=4):
    """Neighbours: groups of so many zones in a row."""
    near = {}
    for number in range(zones):
        first = number // size * size
        near[f"{number:03d}"] = [
            f"{other:03d}" for other in range(first, min(first + size, zones)) if other != number
        ]
    return near


def planted(seed, zones=60, count=24, *, change=None, scatter=6.0, looked=0.85, hours=4.0):
    """Zones of different levels, a season, groups that come and go; `change` (z, m) on top."""
    rng = np.random.default_rng(seed)
    spent = rng.gamma(3, hours / 3, (zones, count)) * (rng.random((zones, count)) < looked)
    level = 4 * rng.lognormal(0, 0.4, zones)[:, None]
    season = 1 + 0.2 * np.cos(np.arange(count) / 6 * np.pi)
    mean = spent * level * season * (1 if change is None else change)
    return cube(rng.poisson(mean * rng.gamma(scatter, 1 / scatter, mean.shape)), spent)
