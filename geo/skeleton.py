"""The main roads of a region from two tables written by hand: places, and roads as courses.

A course names places in order, with bends between them for the drawing::

    Lucca > (10.55 43.84) (10.61 43.83) > Altopascio > Pescia

Two places next to each other in a course are the ends of one section, drivable both ways.
Its length is that of the digitised line times a factor for the windings left out; its
time follows from the speed of the road's class. `data/tuscany/README.md` has the format.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.interpolate import Akima1DInterpolator
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from geo.crs import project, unproject
from geo.errors import InputError
from geo.network import RoadNetwork
from geo.speeds import CLASSES

PLACE_COLUMNS = ("place", "kind", "province", "lon", "lat")
ROAD_COLUMNS = ("ref", "name", "class", "factor", "speed", "course")
KINDS = ("seat", "locality", "junction", "exit")

LONGEST_SECTION = 25_000.0
"""Metres as the crow flies beyond which a section is more likely a mistake than a road."""

SHARPEST_TURN = 140.0
"""Degrees: at the detail of these tables no road turns more than this at a bend."""

SAME_LENGTH = 0.05
"""Two sections between the same places that differ by less are one road written twice."""

WIDEST_DETOUR = 3.0
"""A section longer than this many times the straight line between its ends is suspicious."""


STEPS = 4
"""Pieces in which the line between two digitised points is drawn."""


@dataclass(frozen=True)
class RoadClass:
    """What a class of road means for driving.

    `factor` on length for the windings that are not drawn, `kmh` of a van at night with
    its stops at lights, roundabouts and toll gates, `highway` the class in `geo.speeds`.
    """

    factor: float
    kmh: float
    highway: str


ROAD_CLASSES = {
    "motorway": RoadClass(1.02, 100, "motorway"),
    "dual": RoadClass(1.03, 82, "trunk"),
    "ramp": RoadClass(1.10, 25, "motorway_link"),
    "state": RoadClass(1.06, 60, "primary"),
    "regional": RoadClass(1.07, 57, "primary"),
    "provincial": RoadClass(1.08, 50, "secondary"),
    "urban": RoadClass(1.08, 29, "tertiary"),
    "local": RoadClass(1.12, 42, "unclassified"),
    "island": RoadClass(1.15, 40, "tertiary"),
}


@dataclass(frozen=True, eq=False)
class Section:
    """A stretch of two-way road between two places.

    `digitised` (q, 2) are its places and bends as written, `lonlat` (p, 2) the line drawn
    through them, both EPSG:4326 from `start` to `end`; `metres` is its length with the
    factor, `kmh` the speed of a van at night.
    """

    start: str
    end: str
    ref: str
    name: str
    road_class: str
    digitised: NDArray[np.float64]
    lonlat: NDArray[np.float64]
    metres: float
    kmh: float

    @property
    def label(self) -> str:
        """The road as a driver reads it: "SS12 Via del Brennero"."""
        return f"{self.ref} {self.name}".strip()

    @property
    def seconds(self) -> float:
        """Night driving time."""
        return self.metres / (self.kmh / 3.6)


@dataclass(frozen=True)
class Finding:
    """Something in the tables that is probably a slip: `kind` and the place or section."""

    kind: str
    where: str


def tables(folder: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The places and the roads of all `places_*.csv` and `roads_*.csv` in `folder`.

    Returns frames with PLACE_COLUMNS (lon, lat as floats) and ROAD_COLUMNS (factor and
    speed as floats, NaN where the class decides). Raises `skeleton_tables_missing` (pattern)
    and `skeleton_columns` (file, missing).
    """
    places = _read(folder, "places_*.csv", PLACE_COLUMNS)
    roads = _read(folder, "roads_*.csv", ROAD_COLUMNS)
    for frame, columns in ((places, ("lon", "lat")), (roads, ("factor", "speed"))):
        for column in columns:
            frame[column] = pd.to_numeric(frame[column].replace("", np.nan))
    return places, roads


def _read(folder: Path, pattern: str, columns: tuple[str, ...]) -> pd.DataFrame:
    files = sorted(folder.glob(pattern))
    if not files:
        raise InputError("skeleton_tables_missing", pattern=pattern)
    frames = []
    for file in files:
        frame = pd.read_csv(file, dtype=str, keep_default_na=False)
        missing = [column for column in columns if column not in frame]
        if missing:
            raise InputError("skeleton_columns", file=file.name, missing=", ".join(missing))
        frames.append(frame[list(columns)])
    return pd.concat(frames, ignore_index=True)


def sections(places: pd.DataFrame, roads: pd.DataFrame) -> tuple[Section, ...]:
    """Every section of every road, in the tables' order.

    `places` and `roads` as `tables` returns them. Raises InputError `skeleton_place_twice`,
    `skeleton_place_unknown`, `skeleton_class_unknown` or `skeleton_course_unreadable`, each
    with the road's name or the place.
    """
    twice = places["place"][places["place"].duplicated()]
    if len(twice):
        raise InputError("skeleton_place_twice", place=twice.iloc[0])
    where = dict(zip(places["place"], places[["lon", "lat"]].to_numpy(dtype=float), strict=True))
    return tuple(
        section for road in roads.to_dict("records") for section in _road_sections(road, where)
    )


def _road_sections(
    road: dict[str, object], where: dict[str, NDArray[np.float64]]
) -> Iterator[Section]:
    name, road_class = str(road["name"]), str(road["class"])
    if road_class not in ROAD_CLASSES:
        raise InputError("skeleton_class_unknown", road=name, road_class=road_class)
    usual = ROAD_CLASSES[road_class]
    factor = usual.factor if pd.isna(road["factor"]) else float(str(road["factor"]))
    kmh = usual.kmh if pd.isna(road["speed"]) else float(str(road["speed"]))
    places, digitised = _course(name, str(road["course"]), where)
    curve = _curve(project(digitised))
    for (first, start), (last, end) in pairwise(places.items()):
        line = curve(np.linspace(first, last, (last - first) * STEPS + 1))
        lonlat = unproject(line)
        lonlat[[0, -1]] = where[start], where[end]
        yield Section(
            start=start,
            end=end,
            ref=str(road["ref"]),
            name=name,
            road_class=road_class,
            digitised=digitised[first : last + 1],
            lonlat=lonlat,
            metres=factor * float(_steps(line).sum()),
            kmh=kmh,
        )


_BENDS = re.compile(r"(\(\s*-?\d+\.\d+\s+-?\d+\.\d+\s*\)\s*)+")
_NUMBER = re.compile(r"-?\d+\.\d+")


def _course(
    road: str, course: str, where: dict[str, NDArray[np.float64]]
) -> tuple[dict[int, str], NDArray[np.float64]]:
    """The places of a course by their position among its points, and all points (q, 2)."""
    places: dict[int, str] = {}
    points: list[NDArray[np.float64]] = []
    for raw in course.split(">"):
        item = raw.strip()
        if _BENDS.fullmatch(item):
            points.extend(np.array(_NUMBER.findall(item), dtype=float).reshape(-1, 2))
        elif not item or "(" in item or ")" in item:
            raise InputError("skeleton_course_unreadable", road=road, item=item)
        elif item not in where:
            raise InputError("skeleton_place_unknown", place=item, road=road)
        else:
            places[len(points)] = item
            points.append(where[item])
    if len(places) < 2 or 0 not in places or len(points) - 1 not in places:
        raise InputError("skeleton_course_unreadable", road=road, item=course[:40])
    return places, np.array(points)


def _curve(xy: NDArray[np.float64]) -> Callable[[NDArray[np.float64]], NDArray[np.float64]]:
    """A smooth line through points in metres; parameter i is the i-th point.

    Akima's spline bends only where the points do and hardly leaves the straight line
    between them. It runs on the root of the distance, which keeps it from looping where
    long and short steps meet.
    """
    at = np.concatenate([[0.0], np.cumsum(np.sqrt(np.maximum(_steps(xy), 1.0)))])
    spline = Akima1DInterpolator(at, xy, method="makima")
    return lambda index: spline(np.interp(index, np.arange(len(at)), at))


def _steps(xy: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.hypot(*np.diff(xy, axis=0).T)


def network_from_tables(places: pd.DataFrame, roads: pd.DataFrame) -> RoadNetwork:
    """The road network of the tables, as `tables` returns them; source "schematic".

    Its nodes are the places that roads touch, its edges the sections in both directions.
    Raises what `sections` raises.
    """
    parts = sections(places, roads)
    used = {end for part in parts for end in (part.start, part.end)}
    nodes = places[places["place"].isin(used)]
    row = {place: i for i, place in enumerate(nodes["place"])}
    start = [row[part.start] for part in parts]
    end = [row[part.end] for part in parts]
    classes = [CLASSES.index(ROAD_CLASSES[part.road_class].highway) for part in parts]
    return RoadNetwork.build(
        name="Toscana",
        source="schematic",
        licence="CC0-1.0",
        node_lon=nodes["lon"],
        node_lat=nodes["lat"],
        edge_from=start + end,
        edge_to=end + start,
        edge_class=classes * 2,
        edge_names=[part.label for part in parts] * 2,
        edge_length=[part.metres for part in parts] * 2,
        edge_seconds=[part.seconds for part in parts] * 2,
        lines=[part.lonlat for part in parts] + [part.lonlat[::-1] for part in parts],
    )


def components(places: Iterable[str], parts: Iterable[Section]) -> tuple[frozenset[str], ...]:
    """The places that roads join to each other, the largest set first."""
    names = list(places)
    row = {name: i for i, name in enumerate(names)}
    ends = np.array([(row[part.start], row[part.end]) for part in parts]).reshape(-1, 2)
    graph = coo_array((np.ones(len(ends)), ends.T), shape=(len(names), len(names)))
    labels = connected_components(graph, directed=False)[1]
    groups = pd.Series(names).groupby(labels).agg(frozenset)
    return tuple(sorted(groups, key=len, reverse=True))


def findings(parts: Iterable[Section]) -> tuple[Finding, ...]:
    """What looks like a slip of the hand: sections too long, repeated, bent backwards."""
    found: list[Finding] = []
    known: dict[frozenset[str], list[float]] = {}
    for part in parts:
        where = f"{part.ref or part.name}: {part.start} > {part.end}"
        xy = project(part.digitised)
        direct = float(np.hypot(*(xy[-1] - xy[0])))
        if part.start == part.end or direct == 0:
            found.append(Finding("loop", where))
            continue
        alike = known.setdefault(frozenset((part.start, part.end)), [])
        if any(abs(part.metres - metres) < SAME_LENGTH * metres for metres in alike):
            found.append(Finding("repeated", where))
        alike.append(part.metres)
        if direct > LONGEST_SECTION:
            found.append(Finding("long", f"{where}, {direct / 1000:.0f} km"))
        if _steps(xy).sum() > WIDEST_DETOUR * max(direct, 500.0):
            found.append(Finding("detour", where))
        if (turn := _sharpest(xy)) > SHARPEST_TURN:
            found.append(Finding("backwards", f"{where}, {turn:.0f} degrees"))
    return tuple(found)


def _sharpest(xy: NDArray[np.float64]) -> float:
    """The largest turn at a bend in degrees, 0 where the line has none."""
    heading = np.unwrap(np.arctan2(*np.diff(xy, axis=0).T[::-1]))
    turns = np.abs((np.diff(heading) + np.pi) % (2 * np.pi) - np.pi)
    return float(np.degrees(turns.max(initial=0.0)))
