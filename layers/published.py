"""Published figures by territory: a choropleth of what has passed the rules and nothing else."""

from __future__ import annotations

from collections.abc import Iterable

import folium

from layers.base import drawn, feature
from layers.marks import Mark
from layers.palette import Palette
from layers.shades import shades


def published(cells: Iterable[tuple[Mark, int | None]], palette: Palette) -> folium.GeoJson:
    """Each territory in the colour of its class (from 0), or dashed where it is not shown."""
    steps = shades(palette).heat[1:]
    return drawn(
        (
            feature(
                mark.geometry,
                style={
                    "color": palette.ink if step is not None else palette.left_out,
                    "weight": 1.2,
                    "dashArray": None if step is not None else "4 5",
                    "fill": True,
                    "fillColor": palette.land if step is None else steps[step].colour,
                    "fillOpacity": 0.1 if step is None else 0.92,
                },
                **mark.described,
            )
            for mark, step in cells
        ),
        name="published",
    )
