"""The numbered stops of a night's routes, and the bases they start from."""

from __future__ import annotations

from collections.abc import Iterable

import folium

from layers.base import drawn, feature
from layers.marks import Mark
from layers.palette import Palette


def stops(marks: Iterable[Mark], following: int | None = None) -> folium.GeoJson:
    """A badge at each stop with the unit's letter and the stop's number.

    Marks are points with `sign` and `number`; the one numbered `following` is drawn larger.
    """
    return drawn(
        (
            feature(
                mark.geometry,
                badge=f"{mark.sign.letter}{mark.number}",
                colour=mark.sign.colour,
                ink=mark.sign.ink,
                shape="next" if mark.number == following else "plain",
                rank=1000 if mark.number == following else 0,
                style={},
                **mark.described,
            )
            for mark in marks
            if mark.sign is not None
        ),
        name="stops",
        point="stop",
    )


def bases(marks: Iterable[Mark], palette: Palette) -> folium.GeoJson:
    """A square with the unit's letter at each base; marks are points with `sign`."""
    return drawn(
        (
            feature(
                mark.geometry,
                badge=mark.sign.letter,
                colour=palette.card,
                ink=mark.sign.colour,
                shape="base",
                rank=-1000,
                style={},
                **mark.described,
            )
            for mark in marks
            if mark.sign is not None
        ),
        name="bases",
        point="stop",
    )
