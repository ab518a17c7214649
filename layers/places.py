"""Place names: the larger the place, the sooner it shows as one zooms in."""

from __future__ import annotations

import geopandas as gpd

from layers.base import Fetched, collection, feature

FROM_ZOOM = ((50_000, 7.0), (20_000, 8.5), (8_000, 9.5), (0, 10.0))
"""Least population → lowest zoom at which the name is shown."""


def places_data(places: gpd.GeoDataFrame) -> dict:
    """GeoJSON of names, the most important first (the browser drops those that collide).

    Columns: `name`, `population`, `capital` (bool: seat of a province), point geometry in
    EPSG:4326.
    """
    ordered = places.sort_values(["capital", "population"], ascending=False)
    return collection(
        feature(
            row.geometry,
            name=row.name,
            capital=bool(row.capital),
            **{"from": 7.0 if row.capital else from_zoom(row.population)},
        )
        for row in ordered.itertuples(index=False)
    )


def from_zoom(population: int) -> float:
    """The lowest zoom at which a place of that many people is named."""
    return next(zoom for least, zoom in FROM_ZOOM if population >= least)


def places(url: str) -> Fetched:
    """The layer that draws `places_data` served at `url`."""
    return Fetched("places", url, pane="names")
