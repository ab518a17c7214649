"""Hexagons where more, or fewer, are met than the effort explains; for coordinators alone."""

from __future__ import annotations

from collections.abc import Iterable

import folium

from layers.base import drawn, feature
from layers.marks import Mark
from layers.palette import Palette
from layers.shades import shades


def hotspots(marks: Iterable[tuple[Mark, str]], palette: Palette) -> folium.GeoJson:
    """Each hexagon with its class: "hot" has a full outline, "cold" a broken one.

    Hexagons of no class are left out: nothing can be said of them.
    """
    colours = shades(palette)
    styles = {
        "hot": {"color": colours.proposed, "weight": 2, "fillOpacity": 0.28},
        "cold": {
            "color": colours.heat[4].colour,
            "weight": 2,
            "fillOpacity": 0.1,
            "dashArray": "5 5",
        },
    }
    return drawn(
        (
            feature(
                mark.geometry,
                style={"fill": True, "fillColor": styles[kind]["color"], **styles[kind]},
                **mark.described,
            )
            for mark, kind in marks
            if kind in styles
        ),
        name="hotspots",
    )
