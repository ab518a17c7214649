"""Conflict areas: where and when reports and presence press on each other, and how sure.

An area is one place, or several that touch along the roads, whose pressure is more than
chance would bring there (`geo.conflict_pressure`) and that has hours of presence nearby.
What does not come to that is said too: too few reports to say, no more than chance, or no
presence nearby, which is another service's work. For coordinators alone: an area is made
from presence and is never an output for a municipality.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy.sparse.csgraph import connected_components

from geo.conflict_pressure import HALF_LIFE, Ground, Pressure, pressure, weights
from geo.conflicts import HOURS, Band, Theme, alerts, band_of, episodes
from geo.network import Floats, Ints
from geo.sensitive import Sensitive, by_place
from geo.zones import Zone

BANDS = tuple(HOURS)
"""Bands in the order of a service day; the columns of a when-strip."""

LEVEL = 0.05
"""Chance of a false alarm anywhere in the region."""

FEWEST = 5.0
"""Independent voices under which nothing can be said."""

PRESENT = 1.0
"""Person-hours a week nearby from which a place is tested."""

MOST_HOURS = 0.6
"""An area's bands are the fewest that hold this share of its pressure."""

_SPACING = 0.002


class Sureness(StrEnum):
    """How sure an area is."""

    SURE = "sure"
    TOO_FEW = "too_few"
    CHANCE = "chance"
    NO_PRESENCE = "no_presence"


@dataclass(frozen=True, eq=False)
class ConflictArea:
    """One area. `code`: that of the place that presses most; `places` all of them.

    `priority`: the conflict priority, pressure × (half + half the `overlap`) × (1 + a tenth
    for each sensitive place, five at most); it is never added to a contact priority.
    `pressure`: smoothed weight of the reports at its strongest place, `expected` by chance;
    `q`: chance of such a false alarm anywhere, `p` at this place alone; `voices`: independent
    reports; `reports`: all that were sent, of them `episodes` told apart; `last` day of one.
    `themes`: with their share of the weight, the largest first; `bands`, `weekdays` (Monday 0;
    none: any day); `strip` (7, 5) share of the weight by weekday and `BANDS`. `presence`:
    person-hours a week nearby; `overlap`: share of the weight in hours with presence.
    `sensitive` counts.
    """

    code: str
    places: tuple[str, ...]
    municipality: str
    geometry: shapely.Geometry
    sureness: Sureness
    priority: float
    pressure: float
    expected: float
    q: float
    p: float
    voices: float
    reports: int
    episodes: int
    last: date
    themes: tuple[tuple[Theme, float], ...]
    bands: tuple[Band, ...]
    weekdays: tuple[int, ...]
    strip: Floats
    presence: float
    overlap: float
    sensitive: Mapping[Sensitive, int]


@dataclass(frozen=True, eq=False)
class Areas:
    """All areas, the surest and most pressing first; `alerts`: reports of assault on persons
    (a report frame); `folded`: reports that were the same complaint again."""

    areas: tuple[ConflictArea, ...]
    alerts: pd.DataFrame
    folded: int

    @property
    def sure(self) -> tuple[ConflictArea, ...]:
        """The conflict areas proper."""
        return tuple(area for area in self.areas if area.sureness is Sureness.SURE)


def conflict_areas(
    base: Ground,
    places: gpd.GeoDataFrame,
    reports: pd.DataFrame,
    presence: Floats,
    *,
    sensitive: pd.DataFrame,
    today: date,
    half_life: float = HALF_LIFE,
    seed: int = 1,
) -> Areas:
    """The areas of a report frame on its ground.

    `places`: those the ground was made of, in the same order. `presence` (k, 7, 5):
    person-hours a week, as `presence_by_place` gives them. `sensitive`: frame of
    `geo.sensitive`. What lies ahead of `today` counts for nothing.
    """
    told = episodes(reports)
    near = (base.kernel @ presence.reshape(len(places), -1)).reshape(presence.shape)
    present = near.sum(axis=(1, 2)) >= PRESENT
    found = pressure(base, told, today, present, half_life=half_life, seed=seed)
    told = told.assign(weight=weights(told, today, half_life))
    told = told[(told["weight"] > 0) & told["place"].isin(base.row)]
    told = told.assign(row=told["place"].map(base.row).astype(np.int64))
    counts = by_place(places, sensitive)
    facts = _Facts(base, places, found, _Told.of(told), near, counts)
    areas = [_area(facts, rows, sureness) for rows, sureness in _groups(base, found, present)]
    areas.sort(key=_rank)
    return Areas(tuple(areas), alerts(reports), len(reports) - len(episodes(reports)))


def _rank(area: ConflictArea) -> tuple[int, float, float, str]:
    """Sure ones by priority; then, by how little chance explains it, whatever cannot be said,
    few reports or many: a loud place where many live is no news; without presence last."""
    if area.sureness is Sureness.SURE:
        return (0, 0.0, -area.priority, area.code)
    return (1 + (area.sureness is Sureness.NO_PRESENCE), area.p, -area.priority, area.code)


def presence_by_place(
    places: gpd.GeoDataFrame, zones: Sequence[Zone], presence: pd.DataFrame
) -> Floats:
    """(k, 7, 5) person-hours a week of a presence frame, by place, weekday and `BANDS`.

    A zone gives each place the share that lies in it.
    """
    codes = {zone.code: row for row, zone in enumerate(zones)}
    table = np.zeros((len(zones), 7, len(BANDS)))
    known = presence[presence["zone"].isin(codes)]
    column = known["hour"].map({hour: BANDS.index(band_of(hour)) for hour in range(24)})
    at = (known["zone"].map(codes), known["weekday"], column)
    np.add.at(table, tuple(each.to_numpy(np.int64) for each in at), known["expected"].to_numpy())
    found = np.zeros((len(places), 7, len(BANDS)))
    for row, zone in enumerate(zones):
        spots = shapely.points(_spots(zone.geometry))
        inside = places.sindex.query(spots, predicate="intersects")[1]
        if len(inside):
            np.add.at(found, inside, table[row] / len(inside))
    return found


def _spots(geometry: shapely.Geometry) -> Floats:
    line = geometry.boundary if geometry.geom_type.endswith("Polygon") else geometry
    return shapely.get_coordinates(shapely.segmentize(line, _SPACING))


def _groups(
    base: Ground, found: Pressure, present: NDArray[np.bool_]
) -> list[tuple[Ints, Sureness]]:
    """Places of each area: sure ones joined along the roads, the others one by one."""
    told = found.own > 0
    sure = told & (found.q <= LEVEL) & (found.voices >= FEWEST)
    rows = np.flatnonzero(sure)
    groups: list[tuple[Ints, Sureness]] = []
    if len(rows):
        count, label = connected_components(base.kernel[rows][:, rows], directed=False)
        groups += [(rows[label == number], Sureness.SURE) for number in range(count)]
    for row in np.flatnonzero(told & ~sure):
        if not present[row]:
            sureness = Sureness.NO_PRESENCE
        elif found.voices[row] < FEWEST:
            sureness = Sureness.TOO_FEW
        else:
            sureness = Sureness.CHANCE
        groups.append((np.array([row]), sureness))
    return groups


@dataclass(frozen=True, eq=False)
class _Told:
    """Episodes as arrays, ordered by place: a region has thousands of places to tell of.

    `theme` and `band` are numbers of `Theme` and `BANDS` (-1: hours not known).
    """

    row: Ints
    weight: Floats
    theme: Ints
    band: Ints
    weekday: Ints
    times: Ints
    day: NDArray[np.datetime64]

    @classmethod
    def of(cls, told: pd.DataFrame) -> _Told:
        told = told.sort_values("row", kind="stable")
        themes = {theme.value: number for number, theme in enumerate(Theme)}
        bands = {band.value: number for number, band in enumerate(BANDS)}
        return cls(
            row=told["row"].to_numpy(np.int32),
            weight=told["weight"].to_numpy(np.float64),
            theme=told["theme"].map(themes).to_numpy(np.int32),
            band=told["band"].map(bands).fillna(-1).to_numpy(np.int32),
            weekday=told["day"].dt.day_of_week.to_numpy(np.int32),
            times=told["times"].to_numpy(np.int32),
            day=told["day"].to_numpy(),
        )

    def at(self, rows: Ints) -> _Told:
        """The episodes of some places."""
        first, last = (np.searchsorted(self.row, rows, side) for side in ("left", "right"))
        index = np.concatenate([np.arange(a, b) for a, b in zip(first, last, strict=True)])
        return _Told(*(getattr(self, name)[index] for name in self.__dataclass_fields__))


@dataclass(frozen=True, eq=False)
class _Facts:
    base: Ground
    places: gpd.GeoDataFrame
    found: Pressure
    told: _Told
    near: Floats
    counts: pd.DataFrame


def _area(facts: _Facts, rows: Ints, sureness: Sureness) -> ConflictArea:
    told = facts.told.at(rows)
    top = int(rows[np.argmax(facts.found.pressure[rows])])
    strip = _strip(told)
    present = facts.near[rows].sum(axis=0)
    overlap = float(strip[present > 0].sum()) if strip.any() else 0.0
    counted = facts.counts.to_numpy()[rows].sum(axis=0)
    kinds = zip(facts.counts.columns, counted, strict=True)
    sensitive = {Sensitive(kind): int(count) for kind, count in kinds if count}
    strength = float(facts.found.pressure[top])
    weighed = strength * (0.5 + 0.5 * overlap) * (1 + 0.1 * min(5, sum(sensitive.values())))
    shares = np.bincount(told.theme, told.weight, minlength=len(Theme)) / told.weight.sum()
    return ConflictArea(
        code=str(facts.base.codes[top]),
        places=tuple(str(code) for code in facts.base.codes[rows]),
        municipality=str(facts.base.municipality[top]),
        geometry=shapely.union_all(facts.places.geometry.iloc[rows].to_numpy()),
        sureness=sureness,
        priority=weighed,
        pressure=strength,
        expected=float(facts.found.expected[top]),
        q=float(facts.found.q[rows].min()),
        p=float(facts.found.p[rows].min()),
        voices=float(facts.found.voices[top]),
        reports=int(told.times.sum()),
        episodes=len(told.row),
        last=told.day.max().astype("datetime64[D]").astype(object),
        themes=tuple((list(Theme)[n], float(shares[n])) for n in np.argsort(-shares) if shares[n]),
        bands=_bands(strip),
        weekdays=_weekdays(told),
        strip=strip,
        presence=float(present.sum()),
        overlap=overlap,
        sensitive=sensitive,
    )


def _strip(told: _Told) -> Floats:
    """(7, 5) share of the weight by weekday and band, of what has a band."""
    table = np.zeros((7, len(BANDS)))
    known = told.band >= 0
    np.add.at(table, (told.weekday[known], told.band[known]), told.weight[known])
    return table / table.sum() if table.any() else table


def _bands(strip: Floats) -> tuple[Band, ...]:
    share = strip.sum(axis=0)
    order = np.argsort(-share, kind="stable")
    enough = int(np.searchsorted(np.cumsum(share[order]), MOST_HOURS * share.sum())) + 1
    return tuple(BANDS[n] for n in sorted(order[:enough])) if share.any() else ()


def _weekdays(told: _Told) -> tuple[int, ...]:
    """The weekdays left when those with under half a seventh of the weight are struck out; none
    where that could be chance, and any day will do."""
    weight = told.weight
    share = np.bincount(told.weekday, weight, minlength=7) / weight.sum()
    quiet = share < 1 / 14
    usual = quiet.sum() / 7
    voices = weight.sum() ** 2 / (weight**2).sum()
    if share[quiet].sum() > usual - 2 * np.sqrt(usual * (1 - usual) / voices):
        return ()
    return tuple(np.flatnonzero(~quiet).tolist())
