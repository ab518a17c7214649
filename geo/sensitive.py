"""Sensitive places: schools, health services, places of worship.

A frame has `kind` (`Sensitive`), `lon`, `lat` (EPSG:4326). They come from OpenStreetMap or
a table, never from what was reported.
"""

from __future__ import annotations

from enum import StrEnum

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely


class Sensitive(StrEnum):
    """Kinds of sensitive place."""

    SCHOOL = "scuola"
    HEALTH = "sanita"
    WORSHIP = "culto"


COLUMNS = ("kind", "lon", "lat")

AMENITIES = {
    "school": Sensitive.SCHOOL,
    "kindergarten": Sensitive.SCHOOL,
    "hospital": Sensitive.HEALTH,
    "clinic": Sensitive.HEALTH,
    "doctors": Sensitive.HEALTH,
    "place_of_worship": Sensitive.WORSHIP,
}
"""Sensitive places by OpenStreetMap's `amenity`."""


def by_place(places: gpd.GeoDataFrame, sensitive: pd.DataFrame) -> pd.DataFrame:
    """How many sensitive places of each kind lie in each place: (k,) by kind, in order."""
    points = shapely.points(sensitive[["lon", "lat"]].to_numpy(float).reshape(-1, 2))
    point, place = places.sindex.query(points, predicate="intersects")
    kind = sensitive["kind"].to_numpy(dtype=np.str_)[point]
    return pd.DataFrame(
        {one.value: np.bincount(place[kind == one], minlength=len(places)) for one in Sensitive}
    )
