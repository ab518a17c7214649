"""The sites of a night on the road: bases, zones and promises, and the ways between them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.errors import InputError
from geo.network import RoadNetwork
from geo.snapping import Places, snap
from geo.travel import matrix
from routing.problem import UNREACHABLE, Travel

Measure = Callable[
    [RoadNetwork, Places, str, float | None], tuple[NDArray[np.int64], NDArray[np.int64]]
]
"""`geo.travel.matrix`, or something that is called just like it and remembers."""


@dataclass(frozen=True)
class Site:
    """Somewhere a crew starts, ends or goes to (EPSG:4326), and the modes it comes by."""

    key: str
    lon: float
    lat: float
    modes: frozenset[str]


@dataclass(frozen=True, eq=False)
class Sites:
    """Sites snapped to the road, in the order of the travel matrices' rows.

    `row` of each key. `places[mode]` are points on the road; `spot[mode]` maps a row to its
    point, for the sites that the mode comes to. `off`: metres to the nearest road of the
    sites that no mode finds a road for; their rows are joined to nothing.
    """

    row: Mapping[str, int]
    travel: Mapping[str, Travel]
    places: Mapping[str, Places]
    spot: Mapping[str, Mapping[int, int]]
    off: Mapping[str, int]


def place_sites(
    network: RoadNetwork,
    sites: Sequence[Site],
    limits: Mapping[str, int],
    measure: Measure = matrix,
) -> Sites:
    """Snap sites and measure the ways between them, for every mode of `limits`.

    `limits`: most seconds of a leg by mode; farther sites are unreachable from each other.
    Raises InputError `coordinates_swapped` or `coordinates_invalid` with the `place`'s key.
    """
    row = {site.key: index for index, site in enumerate(sites)}
    places, spot, travel = {}, {}, {}
    metres: dict[str, list[int]] = {site.key: [] for site in sites}
    found: set[str] = set()
    for mode, limit in limits.items():
        wanted = [site for site in sites if mode in site.modes]
        places[mode], on_road, far = _snapped(network, wanted, mode)
        spot[mode] = {row[site.key]: index for index, site in enumerate(on_road)}
        seconds, length = measure(network, places[mode], mode, limit)
        rows = list(spot[mode])
        travel[mode] = Travel(*(_spread(part, rows, len(sites)) for part in (seconds, length)))
        found |= {site.key for site in on_road}
        for key, distance in far.items():
            metres[key].append(distance)
    off = {key: min(each) for key, each in metres.items() if each and key not in found}
    return Sites(row, travel, places, spot, off)


def _snapped(
    network: RoadNetwork, sites: Iterable[Site], mode: str
) -> tuple[Places, list[Site], dict[str, int]]:
    """Points on the road, the sites they stand for, and metres to the road of the others."""
    on_road = list(sites)
    off: dict[str, int] = {}
    while True:
        try:
            lonlat = np.array([(site.lon, site.lat) for site in on_road]).reshape(-1, 2)
            return snap(network, lonlat, mode), on_road, off
        except InputError as error:
            if "index" not in error.fields:
                raise
            site = on_road.pop(int(str(error.fields["index"])))
            if error.code != "place_off_network":
                raise InputError(error.code, place=site.key) from error
            off[site.key] = int(str(error.fields["metres"]))


def _spread(part: NDArray[np.int64], rows: list[int], size: int) -> NDArray[np.int64]:
    """A matrix between some of the sites as one between all of them."""
    whole = np.full((size, size), UNREACHABLE, dtype=np.int64)
    np.fill_diagonal(whole, 0)
    whole[np.ix_(rows, rows)] = part
    return whole
