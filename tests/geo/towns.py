"""Little made-up towns whose travel times can be reckoned by hand.

Positions are metres east and north of a corner in Florence. All roads are drawn straight
and driven at 36 km/h, 10 metres a second, unless a test says otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import shapely
from hypothesis import strategies as st
from numpy.typing import NDArray

from geo.crs import project_geometry, unproject
from geo.network import RoadNetwork
from geo.snapping import Places, point_along
from geo.speeds import CLASSES

CORNER = np.array([681_000.0, 4_848_000.0])
SPEED = 10.0


class Road(NamedTuple):
    """A straight road through named points, a name for each letter."""

    course: str
    name: str | None = None
    kind: str = "residential"
    one_way: bool = False
    speed: float = SPEED


def degrees(*metres: tuple[float, float]) -> NDArray[np.float64]:
    """(k, 2) lon/lat of points in the town."""
    return unproject(CORNER + np.array(metres, dtype=np.float64).reshape(-1, 2))


def town(points: Mapping[str, tuple[float, float]], roads: Sequence[Road]) -> RoadNetwork:
    """A network with the given points as nodes, in their order."""
    order = {name: row for row, name in enumerate(points)}
    lonlat = degrees(*points.values())
    steps = []
    for road in roads:
        for a, b in zip(road.course[:-1], road.course[1:], strict=True):
            steps.append((a, b, road))
            if not road.one_way:
                steps.append((b, a, road))
    at = {name: np.array(point) for name, point in points.items()}
    length = np.array([np.hypot(*(at[a] - at[b])) for a, b, _ in steps])
    return RoadNetwork.build(
        name="town",
        source="schematic",
        licence="synthetic",
        node_lon=lonlat[:, 0],
        node_lat=lonlat[:, 1],
        edge_from=[order[a] for a, _, _ in steps],
        edge_to=[order[b] for _, b, _ in steps],
        edge_class=[CLASSES.index(road.kind) for _, _, road in steps],
        edge_names=[road.name for _, _, road in steps],
        edge_length=length,
        edge_seconds=length / np.array([road.speed for _, _, road in steps]),
    )


def places_on(network: RoadNetwork, spots: Sequence[tuple[int, float]]) -> Places:
    """Places at given edges and fractions."""
    lonlat = np.array([point_along(network, edge, fraction) for edge, fraction in spots])
    return Places(
        np.array([edge for edge, _ in spots], dtype=np.int32),
        np.array([fraction for _, fraction in spots], dtype=np.float64),
        lonlat[:, 0],
        lonlat[:, 1],
        np.zeros(len(spots)),
    )


@st.composite
def towns(draw: st.DrawFn, one_ways: bool = True) -> RoadNetwork:
    """Random towns: up to eight junctions on a grid, roads between any of them."""
    spots = draw(
        st.lists(
            st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=2, max_size=8, unique=True
        )
    )
    names = "ABCDEFGH"[: len(spots)]
    pair = st.tuples(st.sampled_from(names), st.sampled_from(names)).filter(lambda p: p[0] != p[1])
    pairs = draw(st.lists(pair, min_size=1, max_size=14))
    roads = [
        Road(
            a + b,
            draw(st.sampled_from([None, "Via Uno", "Via Due"])),
            draw(st.sampled_from(["residential", "trunk"])),
            one_ways and draw(st.booleans()),
            draw(st.sampled_from([5.0, 10.0, 20.0])),
        )
        for a, b in pairs
    ]
    metres = {name: (100.0 * x, 100.0 * y) for name, (x, y) in zip(names, spots, strict=True)}
    return town(metres, roads)


@st.composite
def towns_with_places(
    draw: st.DrawFn, one_ways: bool = True, most: int = 5
) -> tuple[RoadNetwork, Places]:
    """A random town and places on its roads, some at junctions, some at one spot."""
    network = draw(towns(one_ways))
    spot = st.tuples(
        st.integers(0, network.edges - 1), st.sampled_from([0.0, 0.125, 0.25, 0.5, 0.75, 1.0])
    )
    return network, places_on(network, draw(st.lists(spot, min_size=1, max_size=most)))


def length_of(line: shapely.LineString) -> float:
    """Metres of an EPSG:4326 line on the plane of the towns."""
    return float(project_geometry(line).length)
