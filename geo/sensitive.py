"""Sensitive places: schools, health services, places of worship, stations.

A frame has `kind` (`Sensitive`), `lon`, `lat` (EPSG:4326). They come from OpenStreetMap or
a table, never from what was reported.
"""

from __future__ import annotations

from collections.abc import Mapping
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
    STATION = "stazione"


COLUMNS = ("kind", "lon", "lat")

TAGS = {
    "amenity": {
        "school": Sensitive.SCHOOL,
        "kindergarten": Sensitive.SCHOOL,
        "hospital": Sensitive.HEALTH,
        "clinic": Sensitive.HEALTH,
        "doctors": Sensitive.HEALTH,
        "place_of_worship": Sensitive.WORSHIP,
        "bus_station": Sensitive.STATION,
    },
    "railway": {"station": Sensitive.STATION, "halt": Sensitive.STATION},
}
"""Sensitive places by OpenStreetMap's keys and values."""


def kind_of(tags: Mapping[str, str]) -> Sensitive | None:
    """The kind of what OpenStreetMap tags so, None for anything else."""
    found = (kinds.get(tags.get(key, "")) for key, kinds in TAGS.items())
    return next((kind for kind in found if kind), None)


def by_place(places: gpd.GeoDataFrame, sensitive: pd.DataFrame) -> pd.DataFrame:
    """How many sensitive places of each kind lie in each place: (k,) by kind, in order."""
    points = shapely.points(sensitive[["lon", "lat"]].to_numpy(float).reshape(-1, 2))
    point, place = places.sindex.query(points, predicate="intersects")
    kind = sensitive["kind"].to_numpy(dtype=np.str_)[point]
    return pd.DataFrame(
        {one.value: np.bincount(place[kind == one], minlength=len(places)) for one in Sensitive}
    )
