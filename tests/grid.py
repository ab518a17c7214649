"""A made-up road network that covers Tuscany: a grid, finer round the bases of crews on foot."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from geo.crs import project, unproject
from geo.municipalities import municipalities, municipality_of
from geo.network import RoadNetwork
from geo.speeds import CLASSES

COARSE, FINE = 4000.0, 500.0
TOWNS = np.array([[11.3861, 43.9556], [11.1270, 43.4222]])
KINDS = ("secondary", "tertiary", "primary", "unclassified")


@cache
def grid_network() -> RoadNetwork:
    """About 1,500 nodes and 6,000 edges; no edge crosses the sea, so islands stand alone."""
    region = municipalities()
    west, south, east, north = region.total_bounds
    low, high = project(np.array([[west, south], [east, north]]))
    grids = [_grid(low, high, COARSE)]
    grids += [_grid(town - 3000, town + 3000, FINE) for town in project(TOWNS)]
    nodes = np.concatenate([points for points, _ in grids])
    edges, start = [], 0
    for points, pairs in grids:
        edges.append(pairs + start)
        start += len(points)
    # Each fine grid hangs on the coarse one by its nearest pair of nodes.
    coarse = grids[0][0]
    dry = municipality_of(region, unproject(nodes)) != ""
    start = len(coarse)
    for points, _ in grids[1:]:
        apart = np.hypot(*(coarse[:, None] - points[None]).transpose(2, 0, 1))
        a, b = np.unravel_index(apart.argmin(), apart.shape)
        edges.append(np.array([[a, start + b]]))
        start += len(points)
    pairs = np.concatenate(edges)
    pairs = pairs[dry[pairs].all(axis=1)]
    used, pairs = np.unique(pairs, return_inverse=True)
    pairs = pairs.reshape(-1, 2)
    both = np.concatenate([pairs, pairs[:, ::-1]])
    lon, lat = unproject(nodes[used]).T
    kind = np.array([CLASSES.index(name) for name in KINDS])[np.arange(len(pairs)) % len(KINDS)]
    return RoadNetwork.build(
        name="grid",
        source="schematic",
        licence="EUPL-1.2",
        node_lon=lon,
        node_lat=lat,
        edge_from=both[:, 0],
        edge_to=both[:, 1],
        edge_class=np.concatenate([kind, kind]),
        edge_names=[f"SP{number % 90}" for number in [*range(len(pairs))] * 2],
    )


def _grid(
    low: NDArray[np.float64], high: NDArray[np.float64], step: float
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Points (n, 2) in metres, and pairs of neighbours."""
    xs, ys = (np.arange(low[axis], high[axis] + step, step) for axis in (0, 1))
    points = np.stack(np.meshgrid(xs, ys, indexing="ij"), axis=-1).reshape(-1, 2)
    number = np.arange(len(points)).reshape(len(xs), len(ys))
    across = np.column_stack([number[:-1].ravel(), number[1:].ravel()])
    along = np.column_stack([number[:, :-1].ravel(), number[:, 1:].ravel()])
    return points, np.concatenate([across, along])
