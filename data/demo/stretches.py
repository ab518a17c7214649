"""Stretches of road cut at random from a network: where invented zones lie."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.ops import substring

from geo.crs import project, project_geometry, to_metric, unproject_geometry
from geo.municipalities import municipality_of
from geo.network import RoadNetwork
from geo.speeds import members

ROADS = frozenset({"primary", "secondary", "tertiary", "unclassified"})
"""Classes on which an invented zone may lie: provincial, local and industrial roads."""

LONGEST_WALK = 60
"""Edges that a stretch may join before it is given up."""


@dataclass(frozen=True, eq=False)
class Roads:
    """The edges of a network on which zones may lie.

    `edge` (e,) edge numbers, one of each two-way pair; `lonlat` (e, 2) of their middles and
    `municipality` (e,) the ISTAT code there; `component` (e,) of the network, 0 the
    largest; `weight` (e,) how often each is drawn: its length times the root of its
    municipality's inhabitants per square kilometre, since more goes on between towns than
    on mountain roads.
    """

    network: RoadNetwork
    edge: NDArray[np.int64]
    lonlat: NDArray[np.float64]
    municipality: NDArray[np.str_]
    component: NDArray[np.int64]
    weight: NDArray[np.float64]


@dataclass(frozen=True)
class Stretch:
    """A piece of road: LineString in EPSG:4326, its middle's municipality and road class."""

    line: shapely.LineString
    municipality: str
    road_class: int


def allowed_roads(
    network: RoadNetwork,
    municipalities: gpd.GeoDataFrame,
    may_lie: Callable[[str], bool],
    may_be: Callable[[str | None], bool],
) -> Roads:
    """Edges of the classes in ROADS whose municipality (by name) and own name are allowed."""
    names = np.array([may_be(None), *map(may_be, network.names)])
    first_and_last = network.edge_geometry[:-1] + network.edge_geometry[1:] - 1
    middles = network.coords[[first_and_last // 2, (first_and_last + 1) // 2]].mean(axis=0)
    first = (network.twin < 0) | (np.arange(network.edges) < network.twin)
    kept = np.flatnonzero(members(ROADS)[network.edge_class] & names[network.edge_name + 1] & first)
    found = municipality_of(municipalities, middles[kept])
    good = municipalities["istat"][municipalities["name"].map(may_lie)]
    inside = np.isin(found, good.to_numpy(dtype="<U6"))
    edges = kept[inside]
    people = municipalities["population"] / (to_metric(municipalities).area / 1e6)
    density = dict(zip(municipalities["istat"], people, strict=True))
    return Roads(
        network,
        edges,
        middles[edges],
        found[inside],
        network.component[network.edge_from[edges]].astype(np.int64),
        network.edge_length[edges] * np.sqrt([density[code] for code in found[inside]]),
    )


def draw(
    roads: Roads,
    weight: NDArray[np.float64],
    metres: tuple[float, float],
    municipalities: gpd.GeoDataFrame,
    rng: np.random.Generator,
) -> Iterator[Stretch]:
    """Stretches of `metres` (least, most), for ever.

    `weight` (e,): how often a stretch begins on each of `roads`, 0 for never. A stretch
    stays in the municipalities of `roads`.
    """
    if not weight.any():
        return
    allowed = np.unique(roads.municipality)
    share = weight / weight.sum()
    while True:
        edge = int(rng.choice(roads.edge, p=share))
        line = _cut(roads.network, edge, rng.uniform(*metres), rng)
        if line is None:
            continue
        # The middle names the zone; every vertex counts, for a road may cross a border twice.
        middle = shapely.line_interpolate_point(line, 0.5, normalized=True)
        spots = np.vstack([shapely.get_coordinates(middle), shapely.get_coordinates(line)])
        found = municipality_of(municipalities, spots)
        if np.isin(found, allowed).all():
            yield Stretch(line, str(found[0]), int(roads.network.edge_class[edge]))


def _cut(
    network: RoadNetwork, edge: int, metres: float, rng: np.random.Generator
) -> shapely.LineString | None:
    """A line of `metres` that lies on the edge, or begins on it and follows the road on."""
    parts = [network.line(edge)]
    seen = {edge, int(network.twin[edge])}
    line = _metric(parts)
    while line.length < metres:
        onward = _onward(network, edge, seen)
        if onward is None or len(seen) > 2 * LONGEST_WALK:
            return None
        edge = onward
        seen |= {edge, int(network.twin[edge])}
        parts.append(network.line(edge)[1:])
        line = _metric(parts)
    start = rng.uniform(0, line.length - metres)
    return unproject_geometry(substring(line, start, start + metres))


def _metric(parts: list[NDArray[np.float64]]) -> shapely.LineString:
    return project_geometry(shapely.LineString(np.concatenate(parts)))


def _onward(network: RoadNetwork, edge: int, seen: set[int]) -> int | None:
    """The next edge of the same road, else the straightest of the allowed classes."""
    node = network.edge_to[edge]
    # Edges are few where one looks: a scan is simpler than an index kept beside.
    after = [int(e) for e in np.flatnonzero(network.edge_from == node) if int(e) not in seen]
    after = [e for e in after if members(ROADS)[network.edge_class[e]]]
    if not after:
        return None
    heading = _heading(network.line(edge)[-2:])
    return max(
        after,
        key=lambda e: (
            network.edge_name[e] == network.edge_name[edge],
            float(heading @ _heading(network.line(e)[:2])),
        ),
    )


def _heading(ends: NDArray[np.float64]) -> NDArray[np.float64]:
    """Unit vector in metres of a step between two points, degrees."""
    step = np.diff(project(ends), axis=0)[0]
    length = float(np.hypot(*step))
    return step / length if length else step
