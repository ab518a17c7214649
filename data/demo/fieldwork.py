"""Invented presence, and ninety days of outings whose contacts agree with it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import gamma

from geo.night import HOUR, Night
from geo.presence import by_hour, mean_between, validate_presence
from geo.windows import window_on
from geo.zones import Zone
from routing.units import Unit, outing

DAYS = 90
"""Nights of contacts before today: older ones would be totals."""

KINDS = {"osservata": 0.20, "contattata": 0.60, "gruppo": 0.12, "non_avvicinabile": 0.08}
"""Kinds of contact and their share of the persons met."""

WEEKDAY = np.array([0.75, 0.85, 0.95, 1.0, 1.25, 1.3, 0.9])
"""Presence by weekday of the service date, Monday first."""

ORDINARY = Night(date(2024, 1, 10))
"""A night without a clock change, to read windows on."""

OUTINGS_A_WEEK = 2
STOPS_AN_OUTING = 4
CANCELLED = 0.2
"""Share of the outings that do not take place."""

NEVER_VISITED = 0.08
"""Share of zones that are known of but where no crew has been."""


def presence_of(zones: Sequence[Zone], rng: np.random.Generator) -> pd.DataFrame:
    """A presence frame: log-normal levels, one peak a zone, 90 % Gamma intervals.

    The interval is that of a Gamma posterior after the zone's own number of looks, so
    zones seldom seen are less certain.
    """
    rows: list[pd.DataFrame] = []
    for zone in zones:
        hours = _hours(zone)
        level = float(np.clip(rng.lognormal(np.log(4.0), 0.55), 1.0, 16.0))
        peak = rng.uniform(0, len(hours) - 1)
        shape = np.exp(-0.5 * ((np.arange(len(hours)) - peak) / 1.8) ** 2)
        looks = rng.integers(2, 30)
        expected = level * WEEKDAY[:, None] * np.clip(shape, 0.1, None)
        low, high = (gamma.ppf(q, expected * looks + 0.5, scale=1 / looks) for q in (0.05, 0.95))
        rows.append(
            pd.DataFrame(
                {
                    "zone": zone.code,
                    "weekday": np.repeat(np.arange(7), len(hours)),
                    "hour": np.tile(hours, 7),
                    "expected": expected.round(2).ravel(),
                    "low": np.minimum(low, expected).round(2).ravel(),
                    "high": np.maximum(high, expected).round(2).ravel(),
                }
            )
        )
    return validate_presence(pd.concat(rows, ignore_index=True))


def _hours(zone: Zone) -> NDArray[np.int64]:
    """Wall-clock hours in night order that any of the zone's windows touches."""
    opens = min(ORDINARY.parse_clock(window.opens) for window in zone.windows) // HOUR
    closes = max(ORDINARY.parse_clock(window.closes) for window in zone.windows) // HOUR
    return np.array([ORDINARY.at(HOUR * hour).hour for hour in range(opens, closes + 1)])


def outings_before(
    today: date,
    units: Sequence[Unit],
    zones: Sequence[Zone],
    presence: pd.DataFrame,
    rng: np.random.Generator,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Visits (night, zone) and contacts (night, zone, kind, count) of the last DAYS nights.

    Each unit goes out on OUTINGS_A_WEEK of its weekdays and stops rather where it has not been
    of late. The persons met are Poisson round the presence of the zone's window, so that
    contacts and presence agree. A visit that met nobody has no contact row.
    """
    known = [zone for zone in zones if rng.random() >= NEVER_VISITED]
    last = {zone.code: DAYS + int(rng.integers(0, 30)) for zone in known}
    hours = [by_hour(presence, weekday) for weekday in range(7)]
    visits: list[tuple[date, str]] = []
    contacts: list[tuple[date, str, str, int]] = []
    for ago in range(DAYS, 0, -1):
        night = Night(today - timedelta(ago))
        taken: set[str] = set()
        out = [u for u in units if _goes_out(u, night) and rng.random() >= CANCELLED]
        for unit in out:
            open_zones = {
                zone.code: (zone, window)
                for zone in known
                if zone.code not in taken and _suits(unit, zone)
                if (window := _window(zone, night, unit))
            }
            # Crews mostly go where they have not been for long, so that some zones fall behind.
            urge = {
                code: rng.random() * _waited(open_zones[code][0], last, ago) for code in open_zones
            }
            for code in sorted(urge, key=urge.__getitem__)[-STOPS_AN_OUTING:]:
                zone, window = open_zones[code]
                taken.add(zone.code)
                last[zone.code] = ago
                visits.append((night.date, zone.code))
                mean = mean_between(hours[night.weekday][zone.code], night, *window).expected
                contacts += (
                    (night.date, zone.code, kind, count)
                    for kind, count in _persons(mean, rng)
                    if count
                )
    return (
        pd.DataFrame(visits, columns=["night", "zone"]),
        pd.DataFrame(contacts, columns=["night", "zone", "kind", "count"]),
    )


def _persons(mean: float, rng: np.random.Generator) -> Iterator[tuple[str, int]]:
    counts = rng.multinomial(rng.poisson(mean), list(KINDS.values()))
    return zip(KINDS, counts.tolist(), strict=True)


def _goes_out(unit: Unit, night: Night) -> bool:
    """A unit's outings fall on the same weekdays all the year."""
    days = sorted(unit.weekdays)
    return night.weekday in days[:: -(-len(days) // OUTINGS_A_WEEK)]


def _suits(unit: Unit, zone: Zone) -> bool:
    speaks = not zone.languages or bool(zone.languages & unit.crew.languages)
    return zone.province_code in unit.territory and zone.access == unit.mode and speaks


def _waited(zone: Zone, last: dict[str, int], ago: int) -> float:
    """Days since the last visit over the zone's target; `last` in days before today."""
    return (last[zone.code] - ago) / zone.revisit_days


def _window(zone: Zone, night: Night, unit: Unit) -> tuple[int, int] | None:
    """When the unit's shift and the zone's first fitting window of the night overlap."""
    shift = outing(unit, night)
    for window in zone.windows:
        hours = window_on(night, window.opens, window.closes)
        if hours and night.weekday in window.weekdays:
            opens, closes = max(shift.opens, hours[0]), min(shift.closes, hours[1])
            if opens < closes:
                return opens, closes
    return None
