"""Listening desks: public services, shown to everyone."""

from __future__ import annotations

from collections.abc import Iterable

import folium

from layers.base import drawn, feature
from layers.marks import Mark
from layers.palette import Palette


def desks(marks: Iterable[Mark], palette: Palette) -> folium.GeoJson:
    """A dot at each listening desk, a public service; marks are points."""
    style = {
        "radius": 7,
        "color": palette.card,
        "weight": 2,
        "fill": True,
        "fillColor": palette.units[1],
        "fillOpacity": 1,
    }
    return drawn(
        (feature(mark.geometry, style=style, **mark.described) for mark in marks),
        name="desks",
        point="dot",
    )
