"""The places that conflict reports name: neighbourhoods, or H3 cells where there are none.

Neighbourhoods and census areas come from an import of polygons. A municipality without
any is divided by H3 cells of resolution 7 (5 km²): wide enough that a report never
points at a door. A place frame has one row per place: `code`, `name`, `municipality`
(ISTAT), `area` (square metres) and `geometry` (polygons in EPSG:4326).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import geopandas as gpd
import h3  # type: ignore[import-untyped]
import numpy as np
import pandas as pd
import shapely

from geo.crs import GEOGRAPHIC, to_metric
from geo.errors import InputError

RESOLUTION = 7
"""H3 resolution of the cells: sides of 1.4 km."""

LEAST_AREA = 100_000.0
"""Square metres that an imported place must have: a block is no neighbourhood."""

COLUMNS = ("code", "name", "municipality", "area", "geometry")
CODE = re.compile(r"\d{6}-[A-Za-z0-9]{1,24}")


def divided(municipalities: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The place frame of municipalities cut by H3 cells.

    `municipalities` as `geo.municipalities` makes them. A cell that several share belongs
    to the one that holds its centre, so that each report has one place; a municipality that
    holds no centre is one place. Cells are named by number, from north to south.
    """
    rows = []
    for istat, shape in zip(municipalities["istat"], municipalities.geometry, strict=True):
        cells = {
            cell
            for part in getattr(shape, "geoms", [shape])
            for cell in h3.geo_to_cells(part, RESOLUTION)
        }
        centres = sorted((-h3.cell_to_latlng(cell)[0], cell) for cell in cells)
        if not cells:
            rows.append((f"{istat}-0", "", istat, shape))
        for number, (_north, cell) in enumerate(centres, start=1):
            ring = shapely.Polygon([(lon, lat) for lat, lon in h3.cell_to_boundary(cell)])
            rows.append((f"{istat}-{cell}", str(number), istat, ring))
    return _framed(rows)


def imported(frame: gpd.GeoDataFrame, municipalities: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The place frame of imported polygons: columns `code`, `name`, `municipality`, geometry.

    Raises InputError `places_columns` (missing), `place_code` (row), `place_twice` (row),
    `place_small` (row, least in hectares), `place_foreign` (row) where most of a polygon
    lies outside its municipality. Rows from 1.
    """
    if missing := [name for name in ("code", "name", "municipality") if name not in frame]:
        raise InputError("places_columns", missing=missing)
    rows = list(
        zip(frame["code"], frame["name"], frame["municipality"], frame.geometry, strict=True)
    )
    framed = _framed([(str(c), str(n), str(m), g) for c, n, m, g in rows])
    if (twice := framed["code"].duplicated()).any():
        raise InputError("place_twice", row=int(np.argmax(twice)) + 1)
    shapes = municipalities.set_index("istat").geometry
    for row, (code, istat, area, shape) in enumerate(
        zip(framed["code"], framed["municipality"], framed["area"], framed.geometry, strict=True),
        start=1,
    ):
        if not CODE.fullmatch(code) or not code.startswith(f"{istat}-"):
            raise InputError("place_code", row=row)
        polygon = shape is not None and shape.geom_type in ("Polygon", "MultiPolygon")
        if not polygon or area < LEAST_AREA:
            raise InputError("place_small", row=row, least=LEAST_AREA / 10_000)
        inside = istat in shapes.index and shapes[istat].contains(shape.representative_point())
        if not inside:
            raise InputError("place_foreign", row=row)
    return framed


def together(divided_: gpd.GeoDataFrame, own: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """All places: a municipality with imported ones has those alone."""
    rest = divided_[~divided_["municipality"].isin(set(own["municipality"]))]
    both = [one for one in (own, rest) if len(one)]
    joined = gpd.GeoDataFrame(pd.concat(both, ignore_index=True), crs=GEOGRAPHIC)
    return joined.sort_values("code", ignore_index=True)


def place_of(places: gpd.GeoDataFrame, lon: float, lat: float) -> str | None:
    """The code of the place that a coordinate lies in, None outside all of them.

    This coarsens what comes with a coordinate; the coordinate is kept nowhere.
    """
    found = places.sindex.query(shapely.Point(lon, lat), predicate="intersects")
    return min(places["code"].iloc[found]) if len(found) else None


def _framed(rows: Iterable[tuple[str, str, str, shapely.Geometry]]) -> gpd.GeoDataFrame:
    table = list(rows)
    frame = gpd.GeoDataFrame(
        {
            "code": [row[0] for row in table],
            "name": [row[1] for row in table],
            "municipality": [row[2] for row in table],
        },
        geometry=[row[3] for row in table],
        crs=GEOGRAPHIC,
    )
    frame["area"] = to_metric(frame).geometry.area if len(frame) else []
    return frame[list(COLUMNS)].sort_values("code", ignore_index=True)
