"""Ordinances: where, in which hours and from when to when a municipality's order is in force.

The calendar tells crews what they drive into, and dates the displacement watch. It knows
places and hours and nothing of whom an order is aimed at.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import geopandas as gpd
import shapely

from geo.errors import InputError
from geo.night import Night
from geo.windows import moment, window_on
from geo.zones import Zone


@dataclass(frozen=True)
class Ordinance:
    """An order over `places` (`geo.neighbourhoods`) of a municipality (ISTAT code).

    In force from `start` to `end` (service dates, both included; None: until it is withdrawn),
    from `opens` to `closes` (wall clock) on `weekdays` (Monday 0). Raises InputError
    `ordinance_places`, `ordinance_dates`, and for the hours `clock_unreadable` or
    `window_reversed`.
    """

    code: str
    municipality: str
    places: tuple[str, ...]
    opens: str
    closes: str
    start: date
    end: date | None = None
    weekdays: frozenset[int] = frozenset(range(7))
    synthetic: bool = False

    def __post_init__(self) -> None:
        if not self.places or not all(p.startswith(f"{self.municipality}-") for p in self.places):
            raise InputError("ordinance_places", ordinance=self.code)
        if self.end is not None and self.end < self.start:
            raise InputError("ordinance_dates", ordinance=self.code)
        window_on(Night(date(2026, 1, 5)), self.opens, self.closes)

    def on(self, night: Night) -> bool:
        """Whether it is in force in some hours of a night."""
        began = self.start <= night.date and (self.end is None or night.date <= self.end)
        return began and night.weekday in self.weekdays


def in_force(ordinances: Iterable[Ordinance], night: Night) -> tuple[Ordinance, ...]:
    """Those of a night, by code."""
    return tuple(sorted((one for one in ordinances if one.on(night)), key=lambda one: one.code))


def overlapping(ordinances: Sequence[Ordinance]) -> tuple[tuple[str, str], ...]:
    """Pairs of codes that are in force in one place in the same hours of some day."""
    pairs = []
    for number, one in enumerate(ordinances):
        for other in ordinances[number + 1 :]:
            dates = (one.end is None or other.start <= one.end) and (
                other.end is None or one.start <= other.end
            )
            days = one.weekdays & other.weekdays
            if dates and days and set(one.places) & set(other.places) and _meet(one, other):
                pairs.append((one.code, other.code))
    return tuple(pairs)


def _meet(one: Ordinance, other: Ordinance) -> bool:
    night = Night(date(2026, 1, 5))
    return moment(night, one.opens) < moment(night, other.closes) and moment(
        night, other.opens
    ) < moment(night, one.closes)


def zones_under(
    ordinances: Sequence[Ordinance], places: gpd.GeoDataFrame, zones: Iterable[Zone], night: Night
) -> dict[str, tuple[Ordinance, ...]]:
    """The ordinances that are in force in each zone on a night, by zone code; none, no entry."""
    shapes = places.set_index("code").geometry
    found: dict[str, tuple[Ordinance, ...]] = {}
    tonight = in_force(ordinances, night)
    areas = [
        shapely.union_all([shapes[code] for code in one.places if code in shapes.index])
        for one in tonight
    ]
    for zone in zones if tonight else ():
        here = tuple(
            one for one, area in zip(tonight, areas, strict=True) if area.intersects(zone.geometry)
        )
        if here:
            found[zone.code] = here
    return found
