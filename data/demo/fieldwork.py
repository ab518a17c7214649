"""Invented presence, and outings whose contacts agree with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import gamma

from geo.contacts import CONTACTED, SEEN, UNAPPROACHABLE
from geo.night import HOUR, Night
from geo.presence import PARTS, by_hour, mean_between, validate_presence
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

GROUPS = (SEEN, CONTACTED, UNAPPROACHABLE)
"""Kinds of contact in the order of PARTS."""

PULL = 20.0
"""Persons as which the usual shares of the kinds count in each zone."""

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
    *,
    days: int = DAYS,
    level: Callable[[Zone, date], float] = lambda _zone, _night: 1.0,
) -> pd.DataFrame:
    """The stops of the last `days` nights before `today`, one row each, the oldest first.

    Columns `night` (date), `zone`, `unit`, `opens`, `closes` (seconds from the night's noon
    between which the crew may have come), and the persons met of each of KINDS.

    Each unit goes out on OUTINGS_A_WEEK of its weekdays and stops rather where it has not been
    of late. The persons met are Poisson round the presence of the zone's window, times the
    zone's `level` that night, so that contacts and presence agree.
    """
    last = {zone.code: days + int(rng.integers(0, 30)) for zone in zones}
    hours = [by_hour(presence, weekday) for weekday in range(7)]
    stops: list[tuple[date, str, str, int, int, *tuple[int, ...]]] = []
    for ago in range(days, 0, -1):
        night = Night(today - timedelta(ago))
        taken: set[str] = set()
        out = [u for u in units if _goes_out(u, night) and rng.random() >= CANCELLED]
        for unit in out:
            open_zones = {
                zone.code: (zone, window)
                for zone in zones
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
                mean = mean_between(hours[night.weekday][zone.code], night, *window).expected
                met = rng.poisson(mean * level(zone, night.date))
                kinds = rng.multinomial(met, list(KINDS.values())).tolist()
                stops.append((night.date, zone.code, unit.code, *window, *kinds))
    return pd.DataFrame(stops, columns=["night", "zone", "unit", "opens", "closes", *KINDS])


def zones_known(zones: Sequence[Zone], rng: np.random.Generator) -> list[Zone]:
    """The zones where crews go at all: all but NEVER_VISITED of them."""
    return [zone for zone in zones if rng.random() >= NEVER_VISITED]


def contacts_of(records: pd.DataFrame, since: date) -> pd.DataFrame:
    """Persons met by kind: `night`, `zone`, `kind`, `count`, of the nights from `since` on.

    `records`: contact frame; a stop that met nobody has no row.
    """
    late = records[records["night"] >= pd.Timestamp(since)]
    met = late.assign(night=late["night"].dt.date, kind=late["kind"].astype(str))
    met = met.groupby(["night", "zone", "kind"], sort=False)["persons"].sum()
    return met.rename("count").reset_index()


def parts_of(presence: pd.DataFrame, stops: pd.DataFrame) -> pd.DataFrame:
    """The presence frame with its PARTS: shares of the kinds met in each zone, pulled to KINDS."""
    usual = np.array(list(KINDS.values()))
    met = stops.groupby("zone")[list(KINDS)].sum().reindex(presence["zone"].unique(), fill_value=0)
    kinds = met.to_numpy() + PULL * usual
    shares = pd.DataFrame(kinds / kinds.sum(axis=1, keepdims=True), met.index, list(KINDS))
    rows = shares.loc[presence["zone"]].reset_index(drop=True)
    parts = [rows[[kind for kind in KINDS if kind in group]].sum(axis=1) for group in GROUPS]
    shown = {name: part * presence["expected"] for name, part in zip(PARTS, parts, strict=True)}
    return presence.assign(**shown)


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
