"""Conflict areas by how strongly they press, and ordinances; for coordinators alone."""

from __future__ import annotations

from collections.abc import Iterable

import folium

from layers.base import drawn, feature
from layers.marks import Mark
from layers.palette import Palette
from layers.shades import shades


def conflicts(marks: Iterable[tuple[Mark, bool]], palette: Palette) -> folium.GeoJson:
    """Each area as a surface: with a full outline where it is sure, else broken and pale."""
    standing = shades(palette).standing
    colours = {True: standing["far_behind"].colour, False: palette.left_out}
    ordered = sorted(marks, key=lambda pair: pair[1])
    return drawn(
        (
            feature(
                mark.geometry,
                style={
                    "color": colours[sure],
                    "weight": 2.5 if sure else 1,
                    "dashArray": None if sure else "3 4",
                    "fill": True,
                    "fillColor": colours[sure],
                    "fillOpacity": 0.28 if sure else 0.08,
                },
                **mark.described,
            )
            for mark, sure in ordered
        ),
        name="conflicts",
    )


def ordinances(marks: Iterable[Mark], palette: Palette) -> folium.GeoJson:
    """The area of each order that is in force: an outline of long dashes without a surface."""
    colour = shades(palette).proposed
    return drawn(
        (
            feature(
                mark.geometry,
                style={
                    "color": colour,
                    "weight": 3,
                    "dashArray": "12 6",
                    "fill": True,
                    "fillColor": colour,
                    "fillOpacity": 0.06,
                },
                **mark.described,
            )
            for mark in marks
        ),
        name="ordinances",
    )
