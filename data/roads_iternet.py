"""Roads from the region's official graph (Regione Toscana, ITERNET), a GeoPackage.

Fields: `node_from`, `node_to` (codes of the nodes), `oneway_from_to`, `oneway_to_from`
(1 where that direction is open), `max_speed` (km/h, -1 unknown), `avg_speed` (km/h),
`cost` (seconds), `road_name`. The graph names no class of road: it is told from the limit.
"""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pyogrio
import shapely
from numpy.typing import NDArray

from data.roads_report import Ticker
from geo.crs import to_geographic
from geo.errors import InputError
from geo.network import ENDS_MEET, RoadNetwork, line_lengths
from geo.speeds import CLASSES, night_seconds

LICENCE = "Regione Toscana, ITERNET, CC BY-SA"
COLUMNS = (
    "node_from",
    "node_to",
    "road_name",
    "oneway_from_to",
    "oneway_to_from",
    "max_speed",
    "avg_speed",
    "cost",
)
NAMELESS = frozenset({"", "STRADA SENZA NOME"})

_CLASS_FROM_LIMIT = (
    (120, "motorway"),
    (100, "trunk"),
    (80, "primary"),
    (60, "secondary"),
    (45, "tertiary"),
    (25, "residential"),
    (0, "unclassified"),
)


def read_iternet(path: Path, ticker: Ticker) -> RoadNetwork:
    """The arcs of an ITERNET GeoPackage as edges, with its own seconds.

    Where `cost` is missing or not positive the time follows from `avg_speed`, else from the
    class. Raises
    InputError `network_source_broken` for a file that cannot be read or arcs that do not
    meet at their nodes, `network_columns` (`missing`) for another table,
    `network_crs_missing` and `network_empty`.
    """
    ticker.begin("edges")
    frame = _frame(path)
    ticker.tick(len(frame))
    lines = frame.geometry.to_numpy()
    codes, ends = np.unique(frame[["node_from", "node_to"]].to_numpy(), return_inverse=True)
    ends = ends.reshape(-1, 2)
    lonlat = np.empty((len(codes), 2))
    for side, point in ((1, -1), (0, 0)):
        lonlat[ends[:, side]] = shapely.get_coordinates(shapely.get_point(lines, point))
    for side, point in ((1, -1), (0, 0)):
        away = shapely.get_coordinates(shapely.get_point(lines, point)) - lonlat[ends[:, side]]
        if np.abs(away).max() > ENDS_MEET:
            raise InputError("network_source_broken", file=path.name, reason="ends_apart")
    lanes = frame[["oneway_from_to", "oneway_to_from"]].to_numpy() == 1
    arc, direction = np.nonzero(lanes)
    if not len(arc):
        raise InputError("network_empty", file=path.name)
    coords = shapely.get_coordinates(lines)
    offsets = np.concatenate([[0], np.cumsum(shapely.get_num_coordinates(lines))])
    shapes = np.split(coords, offsets[1:-1])
    classes = _classes(frame["max_speed"].to_numpy(dtype=np.float64))
    seconds = _seconds(frame, line_lengths(coords, offsets), classes)
    names = [None if name in NAMELESS else str(name) for name in frame["road_name"].fillna("")]
    return RoadNetwork.build(
        name=path.name.split(".")[0],
        source="iternet",
        licence=LICENCE,
        node_lon=lonlat[:, 0],
        node_lat=lonlat[:, 1],
        edge_from=ends[arc, direction],
        edge_to=ends[arc, 1 - direction],
        edge_class=classes[arc],
        edge_names=[names[i] for i in arc],
        edge_seconds=seconds[arc],
        lines=[
            shapes[i][::-1] if back else shapes[i] for i, back in zip(arc, direction, strict=True)
        ],
    )


def _frame(path: Path) -> gpd.GeoDataFrame:
    """The table in EPSG:4326, with all columns and single lines."""
    try:
        frame = pyogrio.read_dataframe(path)
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError) as error:
        raise InputError("network_source_broken", file=path.name, reason="content") from error
    missing = [column for column in COLUMNS if column not in frame]
    if missing or not isinstance(frame, gpd.GeoDataFrame):
        raise InputError("network_columns", file=path.name, missing=", ".join(missing))
    if frame.crs is None:
        raise InputError("network_crs_missing", file=path.name)
    frame = to_geographic(frame).explode(ignore_index=True)
    if not len(frame):
        raise InputError("network_empty", file=path.name)
    flat = frame.geometry.force_2d()
    if not (flat.geom_type == "LineString").all() or frame[["node_from", "node_to"]].isna().any(
        axis=None
    ):
        raise InputError("network_source_broken", file=path.name, reason="content")
    return frame.set_geometry(flat)


def _classes(limits: NDArray[np.float64]) -> NDArray[np.int64]:
    known = np.nan_to_num(limits, nan=-1.0)
    return np.select(
        [known > least for least, _ in _CLASS_FROM_LIMIT],
        [CLASSES.index(name) for _, name in _CLASS_FROM_LIMIT],
        CLASSES.index("unclassified"),
    )


def _seconds(
    frame: gpd.GeoDataFrame, metres: NDArray[np.float64], classes: NDArray[np.int64]
) -> NDArray[np.float64]:
    cost = frame["cost"].to_numpy(dtype=np.float64)
    speed = frame["avg_speed"].to_numpy(dtype=np.float64)
    at_speed = metres * 3.6 / np.where(speed > 0, speed, np.nan)
    guess = np.where(speed > 0, at_speed, night_seconds(metres, classes))
    return np.where(cost > 0, cost, guess)
