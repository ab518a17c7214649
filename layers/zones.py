"""Zones as stretches or areas, and the zones that a plan leaves out."""

from __future__ import annotations

from collections.abc import Iterable

import folium
import shapely

from layers.base import drawn, feature
from layers.marks import Mark
from layers.palette import Palette


def zones(marks: Iterable[Mark], palette: Palette) -> folium.GeoJson:
    """Each zone as it is, a soft band; in its unit's colour where it has a `sign`."""
    return drawn(
        (
            feature(
                mark.geometry,
                style={
                    "color": mark.sign.colour if mark.sign else palette.zone,
                    "weight": 10,
                    "opacity": 0.35,
                    "fillOpacity": 0.18,
                    "lineCap": "round",
                },
                **mark.described,
            )
            for mark in marks
        ),
        name="zones",
    )


def left_out(marks: Iterable[Mark], palette: Palette) -> folium.GeoJson:
    """A hollow dot at each zone that nobody visits tonight."""
    style = {
        "radius": 6,
        "color": palette.left_out,
        "weight": 2,
        "fill": True,
        "fillColor": palette.card,
        "fillOpacity": 0.9,
    }
    return drawn(
        (
            feature(shapely.point_on_surface(mark.geometry), style=style, **mark.described)
            for mark in marks
        ),
        name="left_out",
        point="dot",
    )
