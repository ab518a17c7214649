"""Simulated field work with a known truth: rates by zone, weekday and hour, and nights.

Zones differ from their province, have hours and weekdays of their own, and nights vary
round them; crews look now and then, at some zones often and at others hardly ever.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.contacts import ANY_OF, COLUMNS, COUNTS, validate_contacts
from geo.effort import validate_effort
from geo.night import Night

HOURS = np.array([20, 21, 22, 23, 0, 1, 2])
KINDS = ("osservata", "contattata", "non_avvicinabile")
SHARES = np.array([0.25, 0.6, 0.15])


@dataclass(frozen=True, eq=False)
class Truth:
    """`rate` (zones, weekday, hour in the order of HOURS): persons an hour of looking."""

    zones: tuple[str, ...]
    rate: NDArray[np.float64]
    looks: NDArray[np.float64]
    night_shape: float | None


def truth(rng: np.random.Generator, count: int = 60, night_shape: float | None = 8.0) -> Truth:
    """Zones of four provinces; `night_shape` None: nights scatter as Poisson alone."""
    provinces = ("045", "046", "048", "053")
    zones = tuple(f"{provinces[i % 4]}0{i % 9 + 1:02d}-{i + 1:02d}" for i in range(count))
    own = rng.gamma(2.0, 1 / 2.0, count)
    level = 8.0 * np.array([1.5, 1.0, 0.8, 0.5])[np.arange(count) % 4]
    hour = np.array([0.4, 0.8, 1.2, 1.4, 1.1, 0.7, 0.4]) * rng.gamma(6, 1 / 6, (count, 7))
    weekday = np.array([0.8, 0.8, 0.9, 1.0, 1.3, 1.3, 0.9])
    cell = rng.gamma(20, 1 / 20, (count, 7, 7))
    rate = (level * own)[:, None, None] * weekday[:, None] * hour[:, None, :] * cell
    return Truth(tuple(sorted(zones)), rate, rng.gamma(1.0, 1.0, count), night_shape)


def persons(known: Truth, rng: np.random.Generator, mean: NDArray[np.float64]):
    """Persons met where `mean` are to be expected."""
    if known.night_shape is not None:
        mean = mean * rng.gamma(known.night_shape, 1 / known.night_shape, mean.shape)
    return rng.poisson(mean)


def fieldwork(
    known: Truth,
    night: Night,
    rng: np.random.Generator,
    days: int = 90,
    a_night: int = 12,
    drift: float = 0.0,
) -> tuple[pd.DataFrame, pd.DataFrame, NDArray[np.float64]]:
    """Contacts and effort of the nights before, and the (zones,) level on the last night.

    `drift`: standard deviation a night of the logarithm of each zone's level.
    """
    chance = known.looks / known.looks.sum()
    level = np.ones(len(known.zones))
    contacts, effort = [], []
    for ago in range(days, 0, -1):
        level *= np.exp(drift * rng.standard_normal(len(level)))
        day = night.date - timedelta(ago)
        for z in rng.choice(len(known.zones), a_night, replace=False, p=chance):
            h, hours = rng.integers(len(HOURS)), rng.uniform(0.2, 0.6)
            effort.append((day, known.zones[z], HOURS[h], hours))
            mean = known.rate[z, day.weekday(), h] * level[z] * hours
            met = persons(known, rng, np.array(mean))
            for kind, count in zip(KINDS, rng.multinomial(met, SHARES), strict=True):
                if count:
                    contacts.append((day, known.zones[z], HOURS[h], kind, count))
    return (
        contact_frame(contacts),
        validate_effort(pd.DataFrame(effort, columns=["night", "zone", "hour", "hours"])),
        level,
    )


def contact_frame(rows: list[tuple[date, str, int | None, str, int]]) -> pd.DataFrame:
    """A valid contact frame of (night, zone, hour, kind, persons)."""
    frame = pd.DataFrame(rows, columns=["night", "zone", "hour", "kind", "persons"])
    rest = dict.fromkeys(("gender", "macro_area", "age_class", "known"), "nr")
    rest |= {"organisation": "prova", "outing": "contatto", "place_type": None}
    rest |= dict.fromkeys(COUNTS, 0)
    rest |= {f"{name}_{code}": False for name, codes in ANY_OF.items() for code in codes}
    fill = {name: value for name, value in rest.items() if name not in frame}
    return validate_contacts(frame.assign(**fill)[list(COLUMNS)])
