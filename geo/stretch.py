"""The stretch of road that holds a cluster: joined along the roads, at least 500 m long."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra, minimum_spanning_tree

from geo.network import Floats, Ints
from geo.road_cells import RoadCells
from geo.zones import MINIMUM_LENGTH

_LENGTH = MINIMUM_LENGTH * 1.01
"""Metres to widen to: lengths on the ellipsoid and in EPSG:25832 differ by up to 0.1 %."""


def stretch(cells: RoadCells, posts: Ints, reach: float) -> shapely.Geometry | None:
    """The line, in EPSG:4326, of whole cells that join `posts` along the roads.

    `posts` are joined in steps of at most `reach` metres, as a cluster's are. What is
    shorter than 500 m is widened along the roads, evenly round the nearest stone: a
    junction or a fixed post, so that the middle of the zone does not tell where the
    contacts were. None where the roads that hang together there are shorter than 500 m.
    """
    joined = _joined(cells, posts, reach)
    if _metres(cells, joined) < _LENGTH:
        joined = _widened(cells, posts, joined)
    return cells.geometry(joined) if _metres(cells, joined) >= _LENGTH else None


def _metres(cells: RoadCells, some: Ints) -> float:
    # As it is drawn: the road may be longer, but what is kept is the line.
    return float(cells.drawn[some].sum())


def _joined(cells: RoadCells, posts: Ints, reach: float) -> Ints:
    """Cells of a short tree that joins the posts (Mehlhorn 1988, doi:10.1016/0020-0190(88)90066-X).

    Every post of the network belongs to the nearest of `posts`; the shortest way between
    two of them crosses one cell from the one's surroundings to the other's. A minimum
    spanning tree over these ways is at most twice as long as the shortest tree.
    """
    local, graph = _surroundings(cells, posts, reach)
    start = np.searchsorted(local, posts)
    apart, before, source = dijkstra(
        graph, indices=start, limit=reach, min_only=True, return_predecessors=True
    )
    arcs = graph.tocoo()
    row, column = arcs.coords
    bridge = (row < column) & (source[row] != source[column])
    bridge &= (source[row] >= 0) & (source[column] >= 0)
    row, column = row[bridge], column[bridge]
    way = apart[row] + arcs.data[bridge] + apart[column]
    ends = np.sort(np.column_stack([source[row], source[column]]), axis=1)
    # The lightest bridge of each pair; csgraph would add them up.
    order = np.lexsort((way, ends[:, 1], ends[:, 0]))
    first = np.ones(len(order), dtype=bool)
    first[1:] = (np.diff(ends[order], axis=0) != 0).any(axis=1)
    order = order[first]
    ways = coo_array((way[order], tuple(ends[order].T)), shape=graph.shape).tocsr()
    tree = minimum_spanning_tree(ways).tocoo()
    kept = np.isin(
        ends[order, 0] * len(local) + ends[order, 1],
        tree.coords[0].astype(np.int64) * len(local) + tree.coords[1],
    )
    row, column = row[order[kept]], column[order[kept]]
    steps = [np.column_stack([row, column])]
    for walker in (row, column):
        at = walker
        while len(at := at[before[at] >= 0]):
            steps.append(np.column_stack([at, before[at]]))
            at = before[at]
    pairs = local[np.concatenate(steps)]
    return np.unique(cells.cell_between(pairs[:, 0], pairs[:, 1]))


def _widened(cells: RoadCells, posts: Ints, joined: Ints) -> Ints:
    """The cells, the way from them to the nearest stone, and those round it up to 500 m."""
    local, graph = _surroundings(cells, posts, 2 * _LENGTH)
    held = np.unique(np.concatenate([posts, cells.start[joined], cells.end[joined]]))
    apart, before, _ = dijkstra(
        graph, indices=np.searchsorted(local, held), min_only=True, return_predecessors=True
    )
    stones = np.flatnonzero(cells.stone[local] & np.isfinite(apart))
    middle = stones[np.argmin(apart[stones])] if len(stones) else int(np.argmin(apart))
    way = []
    while before[middle] >= 0 and apart[middle] > 0:
        way.append((middle, before[middle]))
        middle = before[middle]
    pairs = local[np.array(way, dtype=np.intp).reshape(-1, 2)].astype(np.int32)
    joined = np.union1d(joined, cells.cell_between(pairs[:, 0], pairs[:, 1]))
    stone = way[0][0] if way else middle
    return _grown(cells, joined, local, dijkstra(graph, indices=int(stone)))


def _grown(cells: RoadCells, joined: Ints, local: NDArray[np.intp], apart: Floats) -> Ints:
    """As many cells more as are needed, those first whose far end is nearest to the stone."""
    distance = np.full(cells.posts, np.inf)
    distance[local] = apart
    far = np.maximum(distance[cells.start], distance[cells.end])
    near = np.setdiff1d(np.flatnonzero(np.isfinite(far)), joined)
    near = near[np.argsort(far[near], kind="stable")]
    total = _metres(cells, joined) + np.cumsum(cells.drawn[near])
    enough = int(np.searchsorted(total, _LENGTH)) + 1
    return np.union1d(joined, near[:enough]).astype(np.int32)


def _surroundings(
    cells: RoadCells, posts: Ints, metres: float
) -> tuple[NDArray[np.intp], coo_array]:
    """Posts within a box round some posts, and the graph between them."""
    low, high = cells.xy[posts].min(axis=0) - metres, cells.xy[posts].max(axis=0) + metres
    local = np.flatnonzero(((cells.xy >= low) & (cells.xy <= high)).all(axis=1))
    return local, cells.graph[local][:, local]
