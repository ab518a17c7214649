"""Roads cut into cells: the places on a network that contacts are counted at.

Every road where a crew can stop is cut into equal cells of at most `STEP` metres. Posts
stand at the ends of the cells, as milestones do; a contact is counted at the nearest
post. Distances between posts run along the roads in either direction (people walk
against one-way signs): two banks of a river are as far apart as the way over the bridge.
Cells do not depend on contacts, so that what is made of whole cells does not tell where
in a cell anybody stood.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import dijkstra

from geo.crs import project, unproject
from geo.errors import InputError
from geo.network import Floats, Ints, RoadNetwork
from geo.snapping import check_coordinates, metric_lines, part_of_line, stopping_edges

STEP = 50.0
"""Most metres of a cell."""

STONES = 10
"""Every so many posts along a road stands one that zones are grown from (500 m)."""

OFF_ROAD = 100.0
"""Metres beside a road within which a contact is taken to be on it."""

BESIDE = 40.0
"""Metres from a zone's line or area within which a post is the zone's: less than a river."""

_TILE = 2000.0
_ROWS = 512


@dataclass(frozen=True, eq=False)
class RoadCells:
    """A network cut into cells. Make it with `cut`.

    Posts 0…p-1: `xy` (p, 2) metres in EPSG:25832; `stone` (p,) True at junctions, dead
    ends and every `STONES`-th post of a road. Cells 0…c-1: `start`, `end` posts, `length`
    metres, `edge` of the network, `piece` (its number along the edge, from 0). `edges`
    (r,): the network's edges that are cut; `pieces` (r,): into how many; `inner` (r,):
    number of the first post within each.
    """

    network: RoadNetwork
    xy: Floats
    stone: NDArray[np.bool_]
    start: Ints
    end: Ints
    length: Floats
    edge: Ints
    piece: Ints
    edges: Ints
    pieces: Ints
    inner: Ints

    @property
    def posts(self) -> int:
        """How many posts."""
        return len(self.xy)

    @cached_property
    def graph(self) -> csr_array:
        """(p, p) metres between the two ends of each cell, the shortest of parallel ones."""
        return coo_array(
            (np.tile(self.length[self._lightest], 2), (self._ends[0], self._ends[1])),
            shape=(self.posts, self.posts),
        ).tocsr()

    @cached_property
    def drawn(self) -> Floats:
        """(c,) metres of each cell's line in EPSG:25832; a road may wind more than its line."""
        along = shapely.length(self._lines.geometries) / self.pieces
        return along[np.searchsorted(self.edges, self.edge)]

    @cached_property
    def _lightest(self) -> Ints:
        """Cells without rings, and of parallel cells the shortest: csgraph adds doubles up."""
        low, high = np.minimum(self.start, self.end), np.maximum(self.start, self.end)
        order = np.lexsort((self.length, high, low))
        order = order[(low != high)[order]]
        first = np.ones(len(order), dtype=bool)
        first[1:] = (np.diff(low[order]) != 0) | (np.diff(high[order]) != 0)
        return order[first].astype(np.int32)

    @cached_property
    def _ends(self) -> Ints:
        start, end = self.start[self._lightest], self.end[self._lightest]
        return np.array([np.concatenate([start, end]), np.concatenate([end, start])])

    @cached_property
    def _keys(self) -> tuple[NDArray[np.int64], NDArray[np.intp]]:
        key = self.start[self._lightest].astype(np.int64) * self.posts + self.end[self._lightest]
        order = np.argsort(key)
        return key[order], order

    @cached_property
    def _lines(self) -> shapely.STRtree:
        return shapely.STRtree(metric_lines(self.network, self.edges))

    @cached_property
    def _points(self) -> shapely.STRtree:
        return shapely.STRtree(shapely.points(self.xy))

    def cell_between(self, one: Ints, other: Ints) -> Ints:
        """(k,) the cell that joins two neighbouring posts."""
        key, order = self._keys
        found = np.full(len(one), -1, dtype=np.int32)
        for a, b in ((one, other), (other, one)):
            wanted = np.asarray(a, dtype=np.int64) * self.posts + b
            at = np.minimum(np.searchsorted(key, wanted), len(key) - 1)
            hit = key[at] == wanted
            found[hit] = self._lightest[order[at[hit]]]
        return found

    def nearest_posts(self, lonlat: NDArray[np.float64], limit: float = OFF_ROAD) -> Ints:
        """(k,) the post that each of (k, 2) lon/lat points is counted at, -1 for none.

        None where the nearest road is more than `limit` metres away. Raises InputError
        as `geo.snapping.check_coordinates` does.
        """
        points = shapely.points(project(check_coordinates(lonlat)))
        posts = np.full(len(points), -1, dtype=np.int32)
        row, road = self._lines.query_nearest(points, max_distance=limit, all_matches=False)
        along = shapely.line_locate_point(
            self._lines.geometries[road], points[row], normalized=True
        )
        number = np.rint(np.nan_to_num(along) * self.pieces[road]).astype(np.int64)
        edge = self.edges[road]
        posts[row] = np.where(
            number <= 0,
            self.network.edge_from[edge],
            np.where(
                number >= self.pieces[road],
                self.network.edge_to[edge],
                self.inner[road] + number - 1,
            ),
        )
        return posts

    def posts_of(self, geometry: shapely.Geometry) -> Ints:
        """The posts of an EPSG:4326 line or area: those beside it, else the nearest one."""
        metric = shapely.transform(geometry, project)
        beside = self._points.query(metric, predicate="dwithin", distance=BESIDE)
        return np.sort(beside if len(beside) else self._points.query_nearest(metric)[:1])

    def within(self, sources: Ints, metres: float) -> Floats:
        """(p,) metres along the roads from the nearest of some posts, inf beyond `metres`."""
        return dijkstra(self.graph, indices=sources, limit=metres, min_only=True)

    def neighbours(self, posts: Ints, metres: float) -> csr_array:
        """(k, k) metres between some posts that are within `metres` along the roads.

        Worked tile by tile, because no way within the limit leaves the tile's surroundings.
        """
        rows, columns, apart = [], [], []
        tiles = np.floor(self.xy[posts] / _TILE).astype(np.int64)
        _, tile = np.unique(tiles, axis=0, return_inverse=True)
        order = np.argsort(tile, kind="stable")
        for group in np.split(order, np.flatnonzero(np.diff(tile[order])) + 1):
            low, high = self.xy[posts[group]].min(axis=0), self.xy[posts[group]].max(axis=0)
            inside = ((self.xy >= low - metres) & (self.xy <= high + metres)).all(axis=1)
            local = np.flatnonzero(inside)
            graph = self.graph[local][:, local]
            wanted = np.flatnonzero(inside[posts])
            at = np.searchsorted(local, posts[wanted])
            for some in np.array_split(group, -(-len(group) // _ROWS)):
                start = np.searchsorted(local, posts[some])
                table = dijkstra(graph, indices=start, limit=metres)[:, at]
                row, column = np.nonzero(np.isfinite(table))
                rows.append(some[row])
                columns.append(wanted[column])
                apart.append(table[row, column])
        if not rows:
            return csr_array((0, 0))
        return coo_array(
            (np.concatenate(apart), (np.concatenate(rows), np.concatenate(columns))),
            shape=(len(posts), len(posts)),
        ).tocsr()

    def geometry(self, cells: Ints) -> shapely.Geometry:
        """The line of some cells in EPSG:4326, in one part where they follow one another."""
        lines: list[Floats] = []
        order = cells[np.lexsort((self.piece[cells], self.edge[cells]))]
        edge, piece = self.edge[order], self.piece[order]
        breaks = np.flatnonzero((np.diff(edge) != 0) | (np.diff(piece) != 1)) + 1
        for run in np.split(np.arange(len(order)), breaks):
            first, last = int(run[0]), int(run[-1])
            parts = self.pieces[np.searchsorted(self.edges, edge[first])]
            begins, ends = piece[first] / parts, (piece[last] + 1) / parts
            lines.append(part_of_line(self.network, int(edge[first]), begins, ends))
        return shapely.line_merge(shapely.MultiLineString(lines))


def cut(network: RoadNetwork, step: float = STEP) -> RoadCells:
    """A network's roads cut into equal cells of at most `step` metres.

    Raises InputError `network_no_stopping` where there is no road that a crew can stop on.
    """
    edges = np.sort(stopping_edges(network, "van"))
    if not len(edges):
        raise InputError("network_no_stopping", mode="van")
    metres = network.edge_length[edges]
    pieces = np.maximum(np.ceil(metres / step), 1).astype(np.int32)
    inner = (network.nodes + np.cumsum(pieces - 1) - (pieces - 1)).astype(np.int32)
    row = np.repeat(np.arange(len(edges)), pieces)
    piece = np.arange(len(row)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    first, last = piece == 0, piece == pieces[row] - 1
    start = np.where(first, network.edge_from[edges[row]], inner[row] + piece - 1)
    end = np.where(last, network.edge_to[edges[row]], inner[row] + piece)
    within = row[~last]
    share = (piece[~last] + 1) / pieces[within]
    lines = metric_lines(network, edges)
    spots = shapely.line_interpolate_point(lines[within], share, normalized=True)
    nodes = project(np.column_stack([network.node_lon, network.node_lat]))
    joined = np.bincount(np.concatenate([start, end]), minlength=network.nodes)
    stone = np.concatenate(
        [(joined[: network.nodes] != 2), (piece[~last] + 1) % STONES == STONES // 2]
    )
    return RoadCells(
        network=network,
        xy=np.concatenate([nodes, shapely.get_coordinates(spots)]),
        stone=stone,
        start=start.astype(np.int32),
        end=end.astype(np.int32),
        # A cell of no length at all would be no arc to csgraph.
        length=np.maximum(metres[row] / pieces[row], 0.01),
        edge=edges[row].astype(np.int32),
        piece=piece.astype(np.int32),
        edges=edges,
        pieces=pieces,
        inner=inner,
    )


def lonlat_of(cells: RoadCells, posts: Ints) -> Floats:
    """(k, 2) longitude and latitude of some posts, EPSG:4326."""
    return unproject(cells.xy[posts])


def nearest_of(cells: RoadCells, groups: Sequence[Ints], metres: float) -> tuple[Ints, Floats]:
    """The group of posts nearest to each post along the roads: its number, and metres.

    (p,) -1 and inf where none is within `metres`; a tie goes to the lower number.
    """
    owner = np.full(cells.posts, -1, dtype=np.int32)
    for number in reversed(range(len(groups))):
        owner[groups[number]] = number
    sources = np.flatnonzero(owner >= 0)
    if not len(sources):
        return owner, np.full(cells.posts, np.inf)
    apart, _, source = dijkstra(
        cells.graph, indices=sources, limit=metres, min_only=True, return_predecessors=True
    )
    reached = source >= 0
    return np.where(reached, owner[np.where(reached, source, 0)], -1).astype(np.int32), apart
