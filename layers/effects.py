"""What a scenario does to the zones: lost, visited less, as before, visited more, gained."""

from __future__ import annotations

from collections.abc import Iterable

import folium
import shapely

from geo.zones import middle
from layers.base import drawn, feature
from layers.marks import Mark
from layers.palette import Palette
from layers.shades import shades

RADIUS = {"same": 4.5, "more": 6, "fewer": 7, "gained": 8, "lost": 9}
"""Pixels by the effect: what changes most is drawn largest, and last."""

STANDING = {
    "same": "never", "more": "on_target", "fewer": "behind", "gained": "on_target",
    "lost": "far_behind",
}  # fmt: skip
"""The shade that each effect borrows; what stays as it is is hollow."""


def effects(marks: Iterable[tuple[Mark, str]], palette: Palette) -> folium.GeoJson:
    """A dot in the middle of each zone: (mark, effect)."""
    order = list(RADIUS)
    found = sorted(marks, key=lambda pair: order.index(pair[1]))
    return drawn(
        (
            feature(
                shapely.Point(middle(mark.geometry)), style=_dot(kind, palette), **mark.described
            )
            for mark, kind in found
        ),
        name="effects",
        point="dot",
    )


def _dot(kind: str, palette: Palette) -> dict[str, object]:
    shade = shades(palette).standing[STANDING[kind]]
    hollow = kind == "same"
    return {
        "radius": RADIUS[kind],
        "color": shade.ink if hollow else palette.halo,
        "weight": 2 if hollow else 1.5,
        "fill": True,
        "fillColor": shade.colour,
        "fillOpacity": 1,
    }
