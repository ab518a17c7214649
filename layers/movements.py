"""Zones by how they move. Where nobody looked a ring with a question stands, never a blank.

Colour is never the only sign: each movement has its letter, and the table says the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import folium
import shapely

from geo.zones import middle
from layers.base import drawn, feature
from layers.marks import Mark
from layers.palette import DARK, LIGHT, Palette
from layers.shades import Shade

UNKNOWN = "unknown"
SIGNS: Mapping[str, str] = {
    UNKNOWN: "?",
    "steady": "=",
    "oscillating": "~",
    "silent": "0",
    "diminishing": "−",
    "emerging": "+",
}
"""What stands on the dot of each movement (`geo.emerging.Movement`), the last drawn on top."""

_LIGHT = {
    UNKNOWN: Shade("#FFFFFF", "#596173"),
    "steady": Shade("#6B7280", "#FFFFFF"),
    "oscillating": Shade("#8A2BC2", "#FFFFFF"),
    "silent": Shade("#1D2433", "#FFFFFF"),
    "diminishing": Shade("#27767B", "#FFFFFF"),
    "emerging": Shade("#B45309", "#FFFFFF"),
}
_DARK = {
    UNKNOWN: Shade("#10151F", "#A5AFBD"),
    "steady": Shade("#9AA3B0", "#10151F"),
    "oscillating": Shade("#C9A6FF", "#10151F"),
    "silent": Shade("#E8ECF2", "#10151F"),
    "diminishing": Shade("#67E0E0", "#10151F"),
    "emerging": Shade("#FAC12E", "#10151F"),
}


def movement_shades(palette: Palette) -> Mapping[str, Shade]:
    """The colour of each movement, and what is written on it."""
    return {LIGHT.name: _LIGHT, DARK.name: _DARK}[palette.name]


def resting(marks: Iterable[tuple[Mark, str]], palette: Palette) -> folium.GeoJson:
    """A small dot for each zone without a movement, a ring for those that are unknown."""
    colours = movement_shades(palette)
    return drawn(
        (
            feature(
                shapely.Point(middle(mark.geometry)),
                style={
                    "radius": 5,
                    "color": colours[kind].ink if kind == UNKNOWN else palette.halo,
                    "weight": 1.5,
                    "fill": True,
                    "fillColor": colours[kind].colour,
                    "fillOpacity": 1,
                },
                **mark.described,
            )
            for mark, kind in marks
        ),
        name="resting",
        point="dot",
    )


def movements(marks: Iterable[tuple[Mark, str]], palette: Palette) -> folium.GeoJson:
    """A badge in the middle of each zone: (mark, value of its movement)."""
    colours, order = movement_shades(palette), list(SIGNS)
    found = sorted(marks, key=lambda pair: order.index(pair[1]))
    return drawn(
        (
            feature(
                shapely.Point(middle(mark.geometry)),
                badge=SIGNS[kind],
                colour=colours[kind].colour,
                ink=colours[kind].ink,
                shape="plain",
                rank=100 * order.index(kind),
                style={},
                **mark.described,
            )
            for mark, kind in found
        ),
        name="movements",
        point="stop",
    )
