"""The viewer's own territory, as an outline without any figure."""

from __future__ import annotations

from collections.abc import Iterable

import folium

from layers.base import drawn, feature
from layers.marks import Mark
from layers.palette import Palette


def own(marks: Iterable[Mark], palette: Palette) -> folium.GeoJson:
    """Each mark is a municipality (polygon); it is filled lightly and outlined."""
    style = {
        "color": palette.units[0],
        "weight": 2.5,
        "fill": True,
        "fillColor": palette.units[0],
        "fillOpacity": 0.08,
    }
    return drawn(
        (feature(mark.geometry, style=style, **mark.described) for mark in marks), name="own"
    )
