"""The one place where coordinates are re-projected.

Geometry is EPSG:4326 (longitude, latitude in degrees) at the edges of the program and
EPSG:25832 (ETRS89 / UTM 32N, metres) inside. Points are x/y everywhere; only
`latlon_pairs` turns them round, for folium.
"""

from __future__ import annotations

from functools import cache
from typing import TypeVar

import geopandas as gpd
import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

GEOGRAPHIC = "EPSG:4326"
METRIC = "EPSG:25832"

Frame = TypeVar("Frame", gpd.GeoDataFrame, gpd.GeoSeries)


def to_metric(frame: Frame) -> Frame:
    """Re-project a frame or series with a CRS to EPSG:25832 (metres)."""
    return frame.to_crs(METRIC)


def to_geographic(frame: Frame) -> Frame:
    """Re-project a frame or series with a CRS to EPSG:4326 (degrees)."""
    return frame.to_crs(GEOGRAPHIC)


def declare_geographic(frame: Frame) -> Frame:
    """Say that coordinates without a CRS are EPSG:4326; nothing is moved."""
    return frame.set_crs(GEOGRAPHIC)


@cache
def _transformer(source: str, target: str) -> pyproj.Transformer:
    return pyproj.Transformer.from_crs(source, target, always_xy=True)


def project(lonlat: NDArray[np.float64]) -> NDArray[np.float64]:
    """Degrees (n, 2) lon/lat in EPSG:4326 to metres (n, 2) x/y in EPSG:25832."""
    x, y = _transformer(GEOGRAPHIC, METRIC).transform(lonlat[:, 0], lonlat[:, 1])
    return np.column_stack([x, y])


def unproject(xy: NDArray[np.float64]) -> NDArray[np.float64]:
    """Metres (n, 2) x/y in EPSG:25832 to degrees (n, 2) lon/lat in EPSG:4326."""
    lon, lat = _transformer(METRIC, GEOGRAPHIC).transform(xy[:, 0], xy[:, 1])
    return np.column_stack([lon, lat])


def reprojected(lonlat: NDArray[np.float64], target: str) -> NDArray[np.float64]:
    """Degrees (n, 2) lon/lat in EPSG:4326 to x/y (n, 2) of any other system, by its code."""
    return np.column_stack(_transformer(GEOGRAPHIC, target).transform(lonlat[:, 0], lonlat[:, 1]))


def project_geometry(geometry: shapely.Geometry) -> shapely.Geometry:
    """One EPSG:4326 geometry in metres (EPSG:25832)."""
    return shapely.transform(geometry, project)


def unproject_geometry(geometry: shapely.Geometry) -> shapely.Geometry:
    """One EPSG:25832 geometry in degrees (EPSG:4326)."""
    return shapely.transform(geometry, unproject)


def latlon_pairs(geometry: shapely.Geometry) -> list[tuple[float, float]]:
    """The vertices of an EPSG:4326 point or line as folium's (latitude, longitude)."""
    return [(float(y), float(x)) for x, y in shapely.get_coordinates(geometry)]
