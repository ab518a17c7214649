"""The routes of a night: one line a unit, in its colour and with its dashes."""

from __future__ import annotations

from collections.abc import Iterable

import folium

from layers.base import drawn, feature
from layers.marks import Mark
from layers.palette import Palette


def routes(marks: Iterable[Mark], palette: Palette) -> folium.GeoJson:
    """Each mark is a unit's way (LineString or MultiLineString) with its `sign`.

    A casing in the colour of the land under each line keeps crossing routes apart.
    """
    features = []
    for mark in marks:
        if mark.sign is None:
            continue
        casing = {"color": palette.land, "weight": 8, "opacity": 0.9, "interactive": False}
        line = {"color": mark.sign.colour, "weight": 4, "opacity": 1, "dashArray": mark.sign.dash}
        features += [
            feature(mark.geometry, style=casing),
            feature(mark.geometry, style=line, **mark.described),
        ]
    return drawn(features, name="routes")
