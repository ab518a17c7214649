"""The municipalities and provinces of the region, as the ground of the map."""

from __future__ import annotations

import geopandas as gpd

from layers.base import Fetched, collection, feature
from layers.palette import Palette


def territory_data(municipalities: gpd.GeoDataFrame, provinces: gpd.GeoDataFrame) -> dict:
    """GeoJSON of the ground, public and without any figure.

    Both frames in EPSG:4326 as `geo.municipalities` makes them, already simplified.
    """
    return collection(
        [
            *(feature(shape, kind="municipality") for shape in municipalities.geometry),
            *(feature(shape.boundary, kind="province") for shape in provinces.geometry),
        ]
    )


def territory(url: str, palette: Palette) -> Fetched:
    """The layer that draws `territory_data` served at `url`."""
    styles = {
        "municipality": {
            "color": palette.border,
            "weight": 0.8,
            "fill": True,
            "fillColor": palette.land,
            "fillOpacity": 1,
        },
        "province": {"color": palette.province, "weight": 1.2, "fill": False},
    }
    return Fetched("shapes", url, styles)
