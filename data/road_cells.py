"""The road network in use, cut into cells once for all who count along the roads."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from data.roads import load_network
from geo.network import RoadNetwork
from geo.road_cells import RoadCells, cut


def road_cells(home: Path) -> RoadCells:
    """The cells of the network in use; kept in memory until another is imported."""
    return _cells(load_network(home))


@lru_cache(maxsize=1)
def _cells(network: RoadNetwork) -> RoadCells:
    return cut(network)
