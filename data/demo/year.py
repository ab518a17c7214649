"""The months before the last ninety days: what the demo's monthly totals come from."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
import pandas as pd

from data.demo.fieldwork import DAYS, outings_before
from geo.zones import Zone
from routing.units import Unit

YEAR = 365
"""Nights of field work before today, the last DAYS of them as records."""

DRIFT = 0.12
"""Standard deviation a month of the logarithm of a zone's level, back in time."""

SEASON = 0.15
"""How much more goes on in July than in the mean of a year."""


def stops_before(
    today: date,
    units: Sequence[Unit],
    zones: Sequence[Zone],
    presence: pd.DataFrame,
    rng: np.random.Generator,
    *,
    since: Sequence[str],
) -> pd.DataFrame:
    """Stops of the nights from YEAR to DAYS before `today`, in the zones `since`, by code.

    A zone's level is today's at the end and wanders off further back, with the season on top.
    """
    visited = [zone for zone in zones if zone.code in since]
    months = YEAR // 30 + 1
    wandered = np.exp(np.cumsum(rng.normal(0, DRIFT, (len(visited), months)), axis=1))
    number = {zone.code: row for row, zone in enumerate(visited)}

    def level(zone: Zone, night: date) -> float:
        season = 1 + SEASON * np.cos((night.month - 7) / 12 * 2 * np.pi)
        return float(season * wandered[number[zone.code], (today - night).days // 30])

    before = today - timedelta(DAYS)
    return outings_before(before, units, visited, presence, rng, days=YEAR - DAYS, level=level)
