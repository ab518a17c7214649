"""Travel over the network: matrices, paths and isochrones between places on the road.

A place is a node of its own in the middle of an edge. Every arc weighs whole
milliseconds and decimetres packed into one number, time before length, so that one
shortest-path search gives the fastest way and, of equally fast ways, the shortest,
with both sums exact: a path's length is the matrix's entry.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import NamedTuple
from weakref import WeakKeyDictionary

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components, dijkstra

from geo.crs import project_geometry, unproject_geometry
from geo.errors import InputError
from geo.network import Floats, Ints, RoadNetwork
from geo.snapping import Places, metric_lines, part_of_line, usable
from geo.speeds import WALKING

UNREACHABLE = 2**30
"""Seconds and metres between places that no way joins within the limit."""

LONGEST = 24 * 3600
"""Seconds: what is farther than a night is not reachable at all."""

_UNIT = 2**26
"""One millisecond in packed weights; below it, decimetres (up to 6,700 km).

A night is less than 2**27 ms, so that every sum stays below 2**53 and is exact."""

_CROW_KMH = {"van": 25.0, "foot": 2.5}
"""Progress as the crow flies by which a search is bounded at first."""

_ROWS = 12
"""Places searched from at once."""


@dataclass(frozen=True)
class Leg:
    """The fastest way between two places.

    `geometry`: LineString in EPSG:4326 from the one to the other, empty where both are
    the same point. `roads`: the names to drive by in order, each once in a row, without
    the nameless stretches.
    """

    geometry: shapely.LineString
    seconds: int
    metres: int
    roads: tuple[str, ...]


class _Piece(NamedTuple):
    """A stretch of an edge's line, between two fractions, and its packed weight."""

    weight: int
    edge: int
    begins: float
    ends: float


@dataclass(frozen=True, eq=False)
class _Graph:
    """One arc for each pair of nodes (the lightest of parallel edges), sorted by `key`.

    `key` is start x nodes + end. `milliseconds`, `decimetres` (m,) of every edge;
    `forward` (a,) False where a foot path runs against its edge; `part` (n,) labels of
    the parts that nothing at all joins.
    """

    key: NDArray[np.int64]
    weight: NDArray[np.int64]
    edge: Ints
    forward: NDArray[np.bool_]
    milliseconds: NDArray[np.int64]
    decimetres: NDArray[np.int64]
    part: Ints


def matrix(
    network: RoadNetwork, places: Places, mode: str = "van", limit_seconds: float | None = None
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Seconds (k, k) and metres (k, k) along the fastest way from row to column.

    Seconds are rounded up, so that a way over a third place is never the shorter; metres
    are rounded. UNREACHABLE stands in both where no way leads within `limit_seconds` (at
    most a night). On foot one-way rules do not hold and motorways and trunk roads are shut.
    """
    count = len(places)
    limit = _limit(limit_seconds)
    if count == 0:
        return np.zeros((0, 0), dtype=np.int64), np.zeros((0, 0), dtype=np.int64)
    search = _Search(network, places, mode)
    packed = np.full((count, count), np.inf)
    for rows, table, _ in search.run(np.arange(count), np.arange(count), limit):
        packed[rows] = table[:, network.nodes :]
    reached = np.isfinite(packed)
    milliseconds, decimetres = np.divmod(np.where(reached, packed, 0), _UNIT)
    seconds = np.where(reached, np.ceil(milliseconds / 1000), UNREACHABLE)
    metres = np.where(reached, np.rint(decimetres / 10), UNREACHABLE)
    return seconds.astype(np.int64), metres.astype(np.int64)


def path(network: RoadNetwork, places: Places, i: int, j: int, mode: str = "van") -> Leg:
    """The fastest way from place i to place j; InputError `no_way` where there is none."""
    return legs(network, places, [i, j], mode)[0]


def legs(
    network: RoadNetwork, places: Places, order: Sequence[int], mode: str = "van"
) -> tuple[Leg, ...]:
    """The fastest ways along a sequence of places, one leg for each step.

    Raises InputError `no_way` with `start` and `end`, rows of `places`.
    """
    search = _Search(network, places, mode)
    return tuple(search.leg(i, j) for i, j in pairwise(order))


def isochrone(
    network: RoadNetwork,
    places: Places,
    i: int,
    seconds: float,
    mode: str = "van",
    *,
    width_m: float = 120,
) -> shapely.Polygon | shapely.MultiPolygon:
    """The area within `width_m` of the roads that place i reaches in `seconds`.

    The last road is cut where the time is up. Polygon or MultiPolygon in EPSG:4326.
    """
    search = _Search(network, places.take([i]), mode)
    table, _ = search.dijkstra(np.array([0]), _limit(seconds))
    whole, cut = search.reached(table[0], seconds)
    parts = [part_of_line(network, piece.edge, piece.begins, piece.ends) for piece in cut]
    ends = [project_geometry(shapely.linestrings(part)) for part in parts]
    lines = np.concatenate([metric_lines(network, whole), np.array(ends, dtype=object)])
    around = shapely.buffer(shapely.simplify(lines, width_m / 12), width_m, quad_segs=2)
    return unproject_geometry(shapely.simplify(shapely.union_all(around), width_m / 12))


class _Search:
    """A mode's graph with the places in it: node `network.nodes + i` is place i."""

    def __init__(self, network: RoadNetwork, places: Places, mode: str) -> None:
        self.network, self.places, self.mode = network, places, mode
        self.graph = _graph(network, mode)
        self.pieces = _pieces(network, self.graph, places, mode)
        nodes = network.nodes
        start, end = np.array(list(self.pieces), dtype=np.int64).reshape(-1, 2).T
        weight = [piece.weight for piece in self.pieces.values()]
        base_start, base_end = np.divmod(self.graph.key, nodes)
        size = nodes + len(places)
        self.arcs: csr_array = coo_array(
            (
                np.concatenate([self.graph.weight, weight]).astype(np.float64),
                (np.concatenate([base_start, start]), np.concatenate([base_end, end])),
            ),
            shape=(size, size),
        ).tocsr()

    def dijkstra(
        self, sources: NDArray[np.intp], seconds: float, predecessors: bool = False
    ) -> tuple[Floats, Ints | None]:
        """Packed distances (s, n + k) from some places, and predecessors if asked for."""
        answer = dijkstra(
            self.arcs,
            indices=sources + self.network.nodes,
            limit=float(seconds) * 1000 * _UNIT + _UNIT - 1,
            return_predecessors=predecessors,
        )
        return answer if predecessors else (answer, None)

    def run(
        self,
        sources: NDArray[np.intp],
        targets: NDArray[np.intp],
        limit: float,
        predecessors: bool = False,
    ) -> Iterator[tuple[NDArray[np.intp], Floats, Ints | None]]:
        """Search from each source until all targets of its part are found or time is up.

        A search is stopped early, which explores a small part of a large network: first
        by the distance as the crow flies, then by the detour over a place already done.
        One that was stopped too early is run again with more time, so results are exact.
        """
        part = self.graph.part[self.network.edge_from[self.places.edge]]
        joined = part[sources][:, None] == part[targets][None, :]
        detour = np.where(joined, np.inf, 0.0)
        crow = self._crow_seconds(sources, targets)
        tried = np.zeros(len(sources))
        open_ = np.arange(len(sources))
        rows = 1
        while len(open_):
            worst = detour[open_].max(axis=1)
            guess = np.where(np.isfinite(worst), worst, crow[open_])
            bound = np.minimum(np.maximum(guess, 1.5 * tried[open_]), limit)
            chunk = open_[np.argsort(bound, kind="stable")[:rows]]
            seconds = np.sort(bound)[:rows].max()
            table, before = self.dijkstra(sources[chunk], seconds, predecessors)
            reach = table[:, self.network.nodes :]
            done = (np.isfinite(reach[:, targets]) | ~joined[chunk]).all(axis=1) | (
                seconds >= limit
            )
            if done.any():
                yield sources[chunk[done]], table[done], None if before is None else before[done]
            for known in reach[done] / (1000 * _UNIT):
                # The way back is taken to be much like the way there.
                over = 1.2 * known[sources][:, None] + known[targets][None, :] + 60
                detour = np.minimum(detour, np.where(joined, over, 0))
            tried[chunk] = seconds
            open_ = np.setdiff1d(open_, chunk[done])
            rows = _ROWS

    def leg(self, i: int, j: int) -> Leg:
        """The fastest way from place i to place j."""
        source, target = np.array([i]), np.array([j])
        _, table, before = next(self.run(source, target, LONGEST, predecessors=True))
        packed = table[0, self.network.nodes + j]
        if before is None or not np.isfinite(packed):
            raise InputError("no_way", start=i, end=j)
        nodes = [self.network.nodes + j]
        while nodes[-1] != self.network.nodes + i:
            nodes.append(int(before[0, nodes[-1]]))
        pieces = [self._piece(a, b) for a, b in zip(nodes[:0:-1], nodes[-2::-1], strict=True)]
        milliseconds, decimetres = divmod(int(packed), _UNIT)
        return Leg(
            _join(self.network, pieces),
            -(-milliseconds // 1000),
            round(decimetres / 10),
            _road_names(self.network, pieces),
        )

    def reached(self, distances: Floats, seconds: float) -> tuple[Ints, list[_Piece]]:
        """Edges wholly reached and pieces of the others, from packed distances (n + k,)."""
        network, graph = self.network, self.graph
        budget = seconds * 1000
        clock = np.floor(distances / _UNIT)
        start = graph.key // network.nodes
        share = (budget - clock[start]) / np.maximum(graph.weight // _UNIT, 1)
        whole = graph.edge[share >= 1]
        twin = network.twin[whole]
        pieces = [
            _cut(self._arc(int(a)), share[a]) for a in np.flatnonzero((share > 0) & (share < 1))
        ]
        for (node, _), piece in self.pieces.items():
            if clock[node] < budget:
                pieces.append(_cut(piece, (budget - clock[node]) / max(piece.weight // _UNIT, 1)))
        return np.unique(np.where(twin >= 0, np.minimum(whole, twin), whole)), pieces

    def _crow_seconds(self, sources: NDArray[np.intp], targets: NDArray[np.intp]) -> Floats:
        """(s,) seconds in which the farthest target should be reached."""
        lon, lat = self.places.lon, self.places.lat
        east = (lon[targets][None] - lon[sources][:, None]) * np.cos(np.radians(lat[sources]))[
            :, None
        ]
        north = lat[targets][None] - lat[sources][:, None]
        metres = np.hypot(east, north).max(axis=1) * 111_195
        return 300 + metres * 3.6 / _CROW_KMH[self.mode]

    def _piece(self, start: int, end: int) -> _Piece:
        if (start, end) in self.pieces:
            return self.pieces[start, end]
        return self._arc(int(np.searchsorted(self.graph.key, start * self.network.nodes + end)))

    def _arc(self, arc: int) -> _Piece:
        forward = bool(self.graph.forward[arc])
        begins, ends = (0.0, 1.0) if forward else (1.0, 0.0)
        return _Piece(int(self.graph.weight[arc]), int(self.graph.edge[arc]), begins, ends)


_GRAPHS: WeakKeyDictionary[RoadNetwork, dict[str, _Graph]] = WeakKeyDictionary()


def _graph(network: RoadNetwork, mode: str) -> _Graph:
    """The graph of a mode, kept as long as the network is."""
    graphs = _GRAPHS.setdefault(network, {})
    if mode not in graphs:
        graphs[mode] = _make_graph(network, mode)
    return graphs[mode]


def _make_graph(network: RoadNetwork, mode: str) -> _Graph:
    edges = np.flatnonzero(usable(network, mode))
    metres = network.edge_length
    seconds = metres * 3.6 / WALKING if mode == "foot" else network.edge_seconds
    milliseconds = np.rint(seconds * 1000).astype(np.int64)
    decimetres = np.rint(metres * 10).astype(np.int64)
    start, end = network.edge_from[edges], network.edge_to[edges]
    forward = np.ones(len(edges), dtype=bool)
    if mode == "foot":
        start, end = np.concatenate([start, end]), np.concatenate([end, start])
        edges, forward = np.tile(edges, 2), np.concatenate([forward, ~forward])
    key = start.astype(np.int64) * network.nodes + end
    weight = milliseconds[edges] * _UNIT + decimetres[edges]
    order = np.lexsort((weight, key))
    # csgraph would add parallel arcs up: only the lightest of them is kept.
    order = order[np.concatenate([[True], np.diff(key[order]) > 0])] if len(order) else order
    start, end = np.divmod(key[order], network.nodes)
    joins = coo_array((np.ones(len(order)), (start, end)), shape=(network.nodes,) * 2)
    return _Graph(
        key[order],
        weight[order],
        edges[order].astype(np.int32),
        forward[order],
        milliseconds,
        decimetres,
        connected_components(joins, directed=False)[1].astype(np.int32),
    )


def _pieces(
    network: RoadNetwork, graph: _Graph, places: Places, mode: str
) -> Mapping[tuple[int, int], _Piece]:
    """Arcs into, out of and between the places, by (start, end) node; the lightest each."""
    open_ = usable(network, mode)
    roads: dict[int, list[tuple[float, int]]] = defaultdict(list)
    for row, (edge, fraction) in enumerate(zip(places.edge, places.fraction, strict=True)):
        twin = int(network.twin[edge])
        if open_[edge] and 0 <= twin < edge:
            roads[twin].append((1 - float(fraction), network.nodes + row))
        elif open_[edge]:
            roads[int(edge)].append((float(fraction), network.nodes + row))
    pieces: dict[tuple[int, int], _Piece] = {}
    for edge, spots in roads.items():
        first, last = int(network.edge_from[edge]), int(network.edge_to[edge])
        beads = [(0.0, first), *sorted(spots), (1.0, last)]
        strings = [_string(graph, edge, beads)]
        if mode == "foot":
            strings.append(_string(graph, edge, beads[::-1]))
        elif network.twin[edge] >= 0:
            strings.append(_string(graph, int(network.twin[edge]), beads[::-1], mirrored=True))
        for ends, piece in chain.from_iterable(strings):
            if ends not in pieces or piece.weight < pieces[ends].weight:
                pieces[ends] = piece
    return pieces


def _string(
    graph: _Graph, edge: int, beads: Sequence[tuple[float, int]], mirrored: bool = False
) -> Iterator[tuple[tuple[int, int], _Piece]]:
    """Arcs from bead to bead along one edge; a bead is a fraction and a node.

    Positions are whole numbers on the edge, so that the parts add up to the whole.
    `mirrored`: the fractions are those of the edge's twin.
    """
    length = np.array([graph.milliseconds[edge], graph.decimetres[edge]])
    for (a, start), (b, end) in pairwise(beads):
        milliseconds, decimetres = np.abs(np.rint(b * length) - np.rint(a * length))
        weight = int(milliseconds) * _UNIT + int(decimetres)
        begins, finish = (1 - a, 1 - b) if mirrored else (a, b)
        yield (start, end), _Piece(weight, edge, begins, finish)
        if weight == 0:
            # Two places at one spot, or one at a junction, are no way apart in either order.
            yield (end, start), _Piece(0, edge, finish, begins)


def _cut(piece: _Piece, share: float) -> _Piece:
    """The first part of a piece."""
    ends = piece.begins + (piece.ends - piece.begins) * min(share, 1.0)
    return piece._replace(ends=ends)


def _join(network: RoadNetwork, pieces: Sequence[_Piece]) -> shapely.LineString:
    parts = [part_of_line(network, p.edge, p.begins, p.ends) for p in pieces]
    points = np.concatenate(parts) if parts else np.empty((0, 2))
    if len(points):
        points = points[np.concatenate([[True], (np.diff(points, axis=0) != 0).any(axis=1)])]
    return shapely.LineString(points if len(points) > 1 else None)


def _road_names(network: RoadNetwork, pieces: Sequence[_Piece]) -> tuple[str, ...]:
    names: list[str] = []
    for piece in pieces:
        name = network.road(piece.edge)
        if name and piece.weight and names[-1:] != [name]:
            names.append(name)
    return tuple(names)


def _limit(seconds: float | None) -> float:
    if seconds is None:
        return LONGEST
    if not seconds >= 0:
        raise InputError("limit_negative", got=seconds)
    return min(float(seconds), LONGEST)
