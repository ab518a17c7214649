"""Hand-made roads in metres, and contacts on them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geo.contacts import LocatedContacts
from geo.crs import unproject
from geo.network import RoadNetwork
from geo.speeds import CLASSES

ORIGIN = np.array([680_000.0, 4_848_000.0])
"""A point of EPSG:25832 in the municipality of Florence."""


def lonlat(xy: ArrayLike) -> NDArray[np.float64]:
    """(k, 2) degrees of points given in metres from ORIGIN."""
    return unproject(np.asarray(xy, float).reshape(-1, 2) + ORIGIN)


def streets(nodes: ArrayLike, roads: Sequence[tuple[int, int]]) -> RoadNetwork:
    """A network of straight two-way roads between nodes given in metres from ORIGIN."""
    lon, lat = lonlat(nodes).T
    pairs = np.array([*roads, *((b, a) for a, b in roads)])
    return RoadNetwork.build(
        name="streets",
        source="schematic",
        licence="EUPL-1.2",
        node_lon=lon,
        node_lat=lat,
        edge_from=pairs[:, 0],
        edge_to=pairs[:, 1],
        edge_class=np.full(len(pairs), CLASSES.index("secondary")),
    )


def river(length: float = 3000.0, width: float = 120.0) -> RoadNetwork:
    """Two banks, `width` apart, joined by a bridge at either end."""
    return streets(
        [(0, 0), (length, 0), (0, width), (length, width)], [(0, 1), (2, 3), (0, 2), (1, 3)]
    )


def straight(length: float = 6000.0) -> RoadNetwork:
    """One road to the east."""
    return streets([(0, 0), (length, 0)], [(0, 1)])


def contacts(xy: ArrayLike, nights: int = 5, first: date = date(2026, 4, 1)) -> LocatedContacts:
    """Contacts at points given in metres from ORIGIN, spread over some nights in turn."""
    places = lonlat(xy)
    days = [first + timedelta(i % nights) for i in range(len(places))]
    return LocatedContacts(places, np.array(days, dtype="datetime64[D]"))


def along(start: float, end: float, count: int, y: float = 0.0) -> NDArray[np.float64]:
    """Points evenly along a west-east road, (count, 2) metres."""
    return np.column_stack([np.linspace(start, end, count), np.full(count, y)])
