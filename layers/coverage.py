"""Zones by how far they are behind, and the one that is looked at."""

from __future__ import annotations

from collections.abc import Iterable

import folium
import shapely

from geo.zones import middle
from layers.base import drawn, feature
from layers.marks import Mark
from layers.palette import Palette
from layers.shades import shades

RADIUS = {"on_target": 5, "behind": 6.5, "far_behind": 8, "never": 6}


def coverage(marks: Iterable[tuple[Mark, str]], palette: Palette) -> folium.GeoJson:
    """Each zone as a band with a dot in its middle: (mark, value of its standing).

    The further a zone is behind, the larger and the later drawn is its dot; one that was
    never visited is hollow.
    """
    order = list(RADIUS)
    found = sorted(marks, key=lambda pair: order.index(pair[1]))
    bands = [
        feature(mark.geometry, style=_band(kind, palette), **mark.described) for mark, kind in found
    ]
    dots = [
        feature(shapely.Point(middle(mark.geometry)), style=_dot(kind, palette), **mark.described)
        for mark, kind in found
    ]
    return drawn([*bands, *dots], name="coverage", point="dot")


def chosen(mark: Mark, palette: Palette) -> folium.GeoJson:
    """The zone that is looked at: its course as a line with a casing."""
    colours = shades(palette)
    return drawn(
        (
            feature(
                mark.geometry,
                style={"color": palette.halo, "weight": 11, "opacity": 0.9, "fill": False},
            ),
            feature(
                mark.geometry,
                style={
                    "color": colours.chosen,
                    "weight": 5,
                    "opacity": 1,
                    "fillColor": colours.chosen,
                    "fillOpacity": 0.15,
                    "lineCap": "round",
                },
                **mark.described,
            ),
        ),
        name="chosen",
    )


def _band(kind: str, palette: Palette) -> dict[str, object]:
    shade = shades(palette).standing[kind]
    colour = shade.ink if kind == "never" else shade.colour
    return {
        "color": colour,
        "weight": 8,
        "opacity": 0.4,
        "fillColor": colour,
        "fillOpacity": 0.2,
        "lineCap": "round",
        "dashArray": "2 12" if kind == "never" else None,
    }


def _dot(kind: str, palette: Palette) -> dict[str, object]:
    shade = shades(palette).standing[kind]
    return {
        "radius": RADIUS[kind],
        "color": shade.ink if kind == "never" else palette.halo,
        "weight": 2 if kind == "never" else 1.5,
        "fill": True,
        "fillColor": shade.colour,
        "fillOpacity": 1,
    }
