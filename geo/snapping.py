"""Places on the road: each lies a part of the way along an edge, where a crew can stop.

A place on a two-way road is used in both directions, on a one-way road only forward;
`geo.travel` sees to that. Fractions run along the edge's line in metres (EPSG:25832).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from geo.crs import project
from geo.errors import InputError
from geo.network import Floats, Ints, RoadNetwork, line_lengths
from geo.speeds import NO_STOPPING, NO_WALKING, members

MODES = ("van", "foot")
TUSCANY = (9.5, 42.1, 12.6, 44.7)
"""West, south, east, north: the region with its islands and a margin, degrees."""

_STRIDES = (150.0, 700.0)
"""Metres to look around before the limit: most places lie beside a road."""


@dataclass(frozen=True, eq=False)
class Places:
    """k points on the network, as `snap` finds them.

    `edge` (k,) edge numbers; `fraction` (k,) of the edge's line from its first node,
    0–1; `lon`, `lat` (k,) of the point on the road, degrees; `offset_m` (k,) metres from
    the point that was given.
    """

    edge: Ints
    fraction: Floats
    lon: Floats
    lat: Floats
    offset_m: Floats

    def __len__(self) -> int:
        return len(self.edge)

    def take(self, rows: ArrayLike) -> Places:
        """Some of the places, in the order of `rows`."""
        index = np.asarray(rows, dtype=np.intp)
        return Places(
            self.edge[index],
            self.fraction[index],
            self.lon[index],
            self.lat[index],
            self.offset_m[index],
        )


def usable(network: RoadNetwork, mode: str = "van") -> NDArray[np.bool_]:
    """Mask (m,) of the edges that a mode moves along. InputError `mode_unknown`."""
    if mode not in MODES:
        raise InputError("mode_unknown", got=mode, expected=", ".join(MODES))
    if mode == "foot":
        return ~members(NO_WALKING)[network.edge_class]
    return np.ones(network.edges, dtype=bool)


def check_coordinates(lonlat: ArrayLike) -> Floats:
    """Longitude/latitude pairs as a float array (k, 2), refused where they cannot be meant.

    Raises InputError `coordinates_invalid` (not k pairs of finite degrees; `index` of the
    first) or `coordinates_swapped` (a point that would lie in Tuscany the other way
    round; its `index`).
    """
    points = np.asarray(lonlat, dtype=np.float64)
    if points.size == 0:
        return np.empty((0, 2))
    if points.ndim != 2 or points.shape[1] != 2:
        raise InputError("coordinates_invalid", index=0)
    wrong = ~np.isfinite(points).all(axis=1) | (np.abs(points) > (180, 90)).any(axis=1)
    if wrong.any():
        raise InputError("coordinates_invalid", index=int(np.argmax(wrong)))
    swapped = ~_inside(points) & _inside(points[:, ::-1])
    if swapped.any():
        raise InputError("coordinates_swapped", index=int(np.argmax(swapped)))
    return points


def snap(
    network: RoadNetwork, lonlat: ArrayLike, mode: str = "van", limit_m: float = 3000
) -> Places:
    """The nearest point of the network for each of (k, 2) lon/lat points.

    Only edges serve that the mode may stop on (no motorway; on foot no trunk road either)
    and that a vehicle can reach and leave again. Raises what `check_coordinates` raises,
    and InputError `place_off_network` with the `index` and the `metres` to the nearest
    such road, where that is more than `limit_m`, or `network_no_stopping` where there is
    no such road at all.
    """
    points = check_coordinates(lonlat)
    edges = stopping_edges(network, mode)
    if not len(edges):
        raise InputError("network_no_stopping", mode=mode)
    bounds = np.ascontiguousarray(network.edge_bounds[edges].T)
    found = [_nearest(network, edges, bounds, point, limit_m) for point in points]
    for index, (_, _, metres) in enumerate(found):
        if metres > limit_m:
            raise InputError("place_off_network", index=index, metres=round(metres))
    spots = [point_along(network, edge, fraction) for edge, fraction, _ in found]
    lon, lat = np.array(spots, dtype=np.float64).reshape(-1, 2).T
    return Places(
        np.array([edge for edge, _, _ in found], dtype=np.int32),
        np.array([fraction for _, fraction, _ in found], dtype=np.float64),
        lon.copy(),
        lat.copy(),
        np.array([metres for _, _, metres in found], dtype=np.float64),
    )


def point_along(network: RoadNetwork, edge: int, fraction: float) -> tuple[float, float]:
    """Longitude and latitude of the point a fraction of the way along an edge."""
    lon, lat = part_of_line(network, edge, fraction, fraction)[0]
    return float(lon), float(lat)


def part_of_line(network: RoadNetwork, edge: int, begins: float, ends: float) -> Floats:
    """(k, 2) lon/lat of an edge's line between two fractions; backwards if ends < begins."""
    line = network.line(edge)
    if begins > ends:
        return part_of_line(network, edge, ends, begins)[::-1]
    steps = np.hypot(*np.diff(project(line), axis=0).T)
    run = np.concatenate([[0.0], np.cumsum(steps)])
    at = np.array([begins, ends]) * run[-1]
    corners = np.column_stack([np.interp(at, run, line[:, axis]) for axis in (0, 1)])
    between = line[(run > at[0]) & (run < at[1])]
    return np.concatenate([corners[:1], between, corners[1:]])


def metric_lines(network: RoadNetwork, edges: Ints) -> NDArray[np.object_]:
    """LineStrings in EPSG:25832 of some edges (k,)."""
    counts = np.diff(network.edge_geometry)[edges]
    starts = network.edge_geometry[edges]
    within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    points = project(network.coords[np.repeat(starts, counts) + within])
    return shapely.linestrings(points, indices=np.repeat(np.arange(len(edges)), counts))


def _inside(points: Floats) -> NDArray[np.bool_]:
    west, south, east, north = TUSCANY
    lon, lat = points[:, 0], points[:, 1]
    return (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)


def stopping_edges(network: RoadNetwork, mode: str) -> Ints:
    """Edges to snap to; of a two-way road only the first, so that ties are settled."""
    stops = usable(network, mode) & ~members(NO_STOPPING)[network.edge_class]
    if mode == "van":
        # Between parts that no way leads back from, a place would be a trap.
        stops &= network.component[network.edge_from] == network.component[network.edge_to]
    twin = network.twin
    first = (twin < 0) | (np.arange(network.edges) < twin)
    return np.flatnonzero(stops & first).astype(np.int32)


def _nearest(
    network: RoadNetwork, edges: Ints, bounds: Floats, point: Floats, limit: float
) -> tuple[int, float, float]:
    """Nearest edge, fraction and metres; looks around until it must have seen the nearest."""
    west, south, east, north = network.bounds
    if not (west - 5 < point[0] < east + 5 and south - 5 < point[1] < north + 5):
        # Too far for the metric plane, and for any limit.
        return int(edges[0]), 0.0, _reach(network, edges, point)
    centre = project(point[None])[0]
    for radius in _radii(network, edges, point, limit):
        near = edges[_touches(bounds, _around(point, radius))]
        lines = metric_lines(network, near)
        metres = shapely.distance(lines, shapely.Point(centre))
        if len(near) and metres.min() <= radius:
            break
    # A distance within a micrometre is a tie, and the lower number wins it.
    best = int(np.argmax(metres <= metres.min() + 1e-6))
    fraction = shapely.line_locate_point(lines[best], shapely.Point(centre), normalized=True)
    return int(near[best]), float(np.clip(np.nan_to_num(fraction), 0, 1)), float(metres[best])


def _radii(network: RoadNetwork, edges: Ints, point: Floats, limit: float) -> Iterator[float]:
    """Metres to look around in turn; the last reaches the end of some edge for certain."""
    yield from (stride for stride in (*_STRIDES, limit) if stride <= limit)
    yield 1.01 * _reach(network, edges, point) + 1


def _reach(network: RoadNetwork, edges: Ints, point: Floats) -> float:
    """Metres to the end of an edge that is near, if not the nearest."""
    nodes = np.unique(network.edge_from[edges])
    lonlat = np.column_stack([network.node_lon[nodes], network.node_lat[nodes]])
    degrees = np.hypot(*((lonlat - point) * (np.cos(np.radians(point[1])), 1)).T)
    ends = np.array([lonlat[degrees.argmin()], point])
    return float(line_lengths(ends, np.array([0, 2]))[0])


def _around(point: Floats, metres: float) -> Sequence[float]:
    """West, south, east, north of a box that holds the circle, with a little to spare."""
    dlat = metres / 110_000
    dlon = dlat / max(np.cos(np.radians(point[1])), 0.05)
    return point[0] - dlon, point[1] - dlat, point[0] + dlon, point[1] + dlat


def _touches(bounds: Floats, box: Sequence[float]) -> NDArray[np.bool_]:
    west, south, east, north = bounds
    return (west <= box[2]) & (east >= box[0]) & (south <= box[3]) & (north >= box[1])
