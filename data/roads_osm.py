"""Roads from an OpenStreetMap file (`.osm.pbf`, `.osm`, `.osm.gz`, `.osm.bz2`).

The file is streamed twice, first its ways, then the nodes they need, so that memory
follows the roads and not the file. Ways are split where they meet.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple, cast

import numpy as np
import osmium
from numpy.typing import NDArray

from data.roads_report import Ticker
from data.roads_tags import LICENCE, directions, drivable_class, road_name
from geo.errors import InputError
from geo.network import RoadNetwork
from geo.speeds import direction_limits

Index = NDArray[np.int64]


@dataclass
class _Ways:
    """Drivable ways: node ids one way after the other, and what stands on each way."""

    refs: array[int] = field(default_factory=lambda: array("q"))
    counts: list[int] = field(default_factory=list)
    classes: list[int] = field(default_factory=list)
    open: list[tuple[bool, bool]] = field(default_factory=list)
    limits: list[tuple[float | None, float | None]] = field(default_factory=list)
    names: list[str | None] = field(default_factory=list)


class _Pieces(NamedTuple):
    """Stretches of ways: piece i is `points[starts[i]:starts[i + 1]]`, rows of the nodes."""

    starts: Index
    points: Index
    way: Index


BROKEN = (
    ArithmeticError, IndexError, OSError, RuntimeError, ValueError, osmium.InvalidLocationError,
)  # fmt: skip
"""What the library raises for identifiers, numbers and places that are none."""


def read_osm(path: Path, ticker: Ticker) -> RoadNetwork:
    """Every road of the file that a van may drive on, split at junctions.

    Nodes that an extract leaves out cut the way. Raises InputError
    `network_source_broken` (`reason`) for a file that is cut off or no OSM file, and
    `network_empty` where it holds no road for a van.
    """
    try:
        ways = _read_ways(path, ticker)
        refs = np.frombuffer(ways.refs, dtype=np.int64)
        ids, lonlat = _read_nodes(path, np.unique(refs), ticker)
    except InputError:
        raise  # given up: what is read is sound
    except BROKEN as error:
        raise InputError("network_source_broken", file=path.name, reason="content") from error
    ticker.begin("edges")
    pieces = _split(refs, np.array(ways.counts, dtype=np.int64), ids)
    if not len(pieces.way):
        raise InputError("network_empty", file=path.name)
    return _assemble(path.name.split(".")[0], ways, lonlat, pieces)


def _read_ways(path: Path, ticker: Ticker) -> _Ways:
    ticker.begin("ways")
    ways = _Ways()
    wanted = osmium.FileProcessor(path, osmium.osm.WAY).with_filter(
        osmium.filter.KeyFilter("highway")
    )
    for count, way in enumerate(cast(Iterable[osmium.osm.Way], wanted), 1):
        ticker.tick(count)
        tags = dict(way.tags)
        kind, lanes = drivable_class(tags), directions(tags)
        if kind is None or not any(lanes) or len(way.nodes) < 2:
            continue
        ways.refs.extend(node.ref for node in way.nodes)
        ways.counts.append(len(way.nodes))
        ways.classes.append(kind)
        ways.open.append(lanes)
        ways.limits.append(direction_limits(tags))
        ways.names.append(road_name(tags))
    return ways


def _read_nodes(path: Path, wanted: Index, ticker: Ticker) -> tuple[Index, NDArray[np.float64]]:
    """Sorted ids and (n, 2) lon/lat of the wanted nodes that the file has."""
    ticker.begin("nodes")
    ids, degrees = array("q"), array("d")
    nodes = osmium.FileProcessor(path, osmium.osm.NODE).with_filter(
        osmium.filter.IdFilter(wanted.tolist())
    )
    for count, node in enumerate(cast(Iterable[osmium.osm.Node], nodes), 1):
        ticker.tick(count)
        if node.location.valid():
            ids.append(node.id)
            degrees.extend((node.location.lon, node.location.lat))
    found, first = np.unique(np.frombuffer(ids, dtype=np.int64), return_index=True)
    return found, np.frombuffer(degrees, dtype=np.float64).reshape(-1, 2)[first]


def _split(refs: Index, counts: Index, ids: Index) -> _Pieces:
    """Cut ways into pieces at junctions and at nodes that the file lacks."""
    if not len(refs) or not len(ids):
        return _Pieces(*np.zeros((3, 0), dtype=np.int64))
    row = np.minimum(np.searchsorted(ids, refs), len(ids) - 1)
    there = ids[row] == refs
    ends = np.zeros(len(refs), dtype=bool)
    last = np.cumsum(counts) - 1
    ends[last] = ends[last - counts + 1] = True
    # A node used twice joins ways; the end of a way counts as a joint too.
    joint = np.bincount(row[there], weights=1 + ends[there], minlength=len(ids))[row] >= 2
    way = np.repeat(np.arange(len(counts)), counts)
    # Steps from each reference to the next one on the same way, both known, not the same.
    step = np.flatnonzero((way[:-1] == way[1:]) & there[:-1] & there[1:] & (row[:-1] != row[1:]))
    if not len(step):
        return _Pieces(*np.zeros((3, 0), dtype=np.int64))
    opens = np.ones(len(step), dtype=bool)
    opens[1:] = joint[step[1:]] | (np.diff(step) != 1) | (way[step[1:]] != way[step[:-1]])
    heads = np.flatnonzero(opens)
    sizes = np.diff(np.append(heads, len(step))) + 1
    starts = np.concatenate([[0], np.cumsum(sizes)])
    points = np.empty(starts[-1], dtype=np.int64)
    tails = starts[1:] - 1
    inner = np.ones(len(points), dtype=bool)
    inner[tails] = False
    points[inner] = row[step]
    points[tails] = row[step[np.append(heads[1:], len(step)) - 1] + 1]
    return _Pieces(starts, points, way[step[heads]])


def _assemble(name: str, ways: _Ways, lonlat: NDArray[np.float64], pieces: _Pieces) -> RoadNetwork:
    """One edge for each piece and open direction."""
    lanes = np.array(ways.open)[pieces.way]
    limits = np.array(ways.limits, dtype=np.float64)[pieces.way]
    piece, direction = np.nonzero(lanes)
    lines = np.split(pieces.points, pieces.starts[1:-1])
    runs = [lines[i][::-1] if back else lines[i] for i, back in zip(piece, direction, strict=True)]
    first = np.array([run[0] for run in runs])
    last = np.array([run[-1] for run in runs])
    used, number = np.unique(np.concatenate([first, last]), return_inverse=True)
    edge_from, edge_to = number.reshape(2, -1)
    return RoadNetwork.build(
        name=name,
        source="osm",
        licence=LICENCE,
        node_lon=lonlat[used, 0],
        node_lat=lonlat[used, 1],
        edge_from=edge_from,
        edge_to=edge_to,
        edge_class=np.array(ways.classes)[pieces.way[piece]],
        edge_names=[ways.names[i] for i in pieces.way[piece]],
        edge_limits=limits[piece, direction],
        coords=lonlat[np.concatenate(runs)],
        edge_geometry=np.concatenate([[0], np.cumsum([len(run) for run in runs])]),
    )
