"""Zones as they are and as they would be after a proposal."""

from __future__ import annotations

from collections.abc import Iterable

import folium

from layers.base import drawn, feature
from layers.marks import Mark
from layers.palette import Palette
from layers.shades import shades


def before(marks: Iterable[Mark], palette: Palette) -> folium.GeoJson:
    """Each zone that a proposal would change, as it is: a broad, dotted band."""
    style = {
        "color": palette.zone,
        "weight": 9,
        "opacity": 0.75,
        "fillOpacity": 0.1,
        "dashArray": "1 13",
        "lineCap": "round",
    }
    return drawn(
        (feature(mark.geometry, style=style, **mark.described) for mark in marks), name="before"
    )


def after(marks: Iterable[Mark], palette: Palette) -> folium.GeoJson:
    """Each stretch that is proposed: a full line."""
    casing = {"color": palette.halo, "weight": 9, "opacity": 0.9, "fill": False}
    line = {"color": shades(palette).proposed, "weight": 5, "opacity": 1, "fill": False}
    marks = tuple(marks)
    return drawn(
        (
            *(feature(mark.geometry, style=casing) for mark in marks),
            *(feature(mark.geometry, style=line, **mark.described) for mark in marks),
        ),
        name="after",
    )
