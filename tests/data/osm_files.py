"""OpenStreetMap files for tests, written by hand or from other roads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import osmium
from osmium.osm.mutable import Node, Way

from geo.network import RoadNetwork
from geo.speeds import CLASSES
from tests.geo.towns import degrees

Tags = Mapping[str, str]


def write_osm(
    path: Path, nodes: Mapping[int, tuple[float, float]], ways: Sequence[tuple[Sequence[int], Tags]]
) -> Path:
    """Write nodes (id to lon/lat) and ways (node ids, tags); the ending chooses the format."""
    with osmium.SimpleWriter(str(path), overwrite=True) as out:
        for number, lonlat in sorted(nodes.items()):
            out.add_node(Node(id=number, location=lonlat, version=1))
        for number, (refs, tags) in enumerate(ways, 1):
            out.add_way(Way(id=number, nodes=list(refs), tags=dict(tags), version=1))
    return path


def write_town(
    path: Path,
    metres: Mapping[int, tuple[float, float]],
    ways: Sequence[tuple[Sequence[int], Tags]],
) -> Path:
    """As `write_osm`, with positions in metres from the corner of `tests.geo.towns`."""
    lonlat = degrees(*metres.values())
    return write_osm(path, dict(zip(metres, map(tuple, lonlat), strict=True)), ways)


def write_network(path: Path, network: RoadNetwork, limits: np.ndarray) -> Path:
    """A network's roads as ways, a two-way road as one; `limits` km/h of each edge."""
    points, ids = np.unique(network.coords, axis=0, return_inverse=True)
    nodes = {i + 1: (float(lon), float(lat)) for i, (lon, lat) in enumerate(points)}
    ways = []
    for edge in range(network.edges):
        twin = network.twin[edge]
        if 0 <= twin < edge:
            continue
        span = slice(network.edge_geometry[edge], network.edge_geometry[edge + 1])
        tags = {"highway": CLASSES[network.edge_class[edge]], "oneway": "yes" if twin < 0 else "no"}
        if name := network.road(edge):
            tags["name"] = name
        if np.isfinite(limits[edge]):
            tags["maxspeed"] = f"{limits[edge]:g}"
        ways.append(((ids[span] + 1).tolist(), tags))
    return write_osm(path, nodes, ways)
