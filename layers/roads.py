"""The main roads of the network in use, under everything that a night draws."""

from __future__ import annotations

import numpy as np
import shapely

from geo.network import RoadNetwork
from geo.speeds import CLASSES
from layers.base import Fetched, collection, feature
from layers.palette import Palette

KINDS = {
    "motorway": "motorway",
    "trunk": "motorway",
    "primary": "main",
    "secondary": "minor",
    "tertiary": "minor",
}
"""Road class → how it is drawn; other classes are left out."""

MOST_VERTICES = 250_000
"""A base map with more is slow to draw: the lesser classes are left out first."""

TOLERANCE = 2e-4
"""Degrees (about 20 m) that a drawn road may leave its course."""


def roads_data(network: RoadNetwork) -> dict:
    """GeoJSON of the roads by kind, one multi-line each; every road once, not by direction."""
    vertices = np.diff(network.edge_geometry)
    once = (network.twin < 0) | (np.arange(network.edges) < network.twin)
    parts: dict[str, list[shapely.Geometry]] = {}
    drawn = 0
    for name, kind in KINDS.items():
        edges = np.flatnonzero(once & (network.edge_class == CLASSES.index(name)))
        drawn += int(vertices[edges].sum())
        if parts and drawn > MOST_VERTICES:
            break
        lines = shapely.linestrings(
            np.concatenate([network.line(int(edge)) for edge in edges] or [np.empty((0, 2))]),
            indices=np.repeat(np.arange(len(edges)), vertices[edges]),
        )
        parts.setdefault(kind, []).extend(shapely.simplify(lines, TOLERANCE))
    return collection(
        feature(shapely.MultiLineString(lines), kind=kind) for kind, lines in parts.items() if lines
    )


def roads(url: str, palette: Palette) -> Fetched:
    """The layer that draws `roads_data` served at `url`."""
    major, main, minor = palette.roads
    line = {"fill": False, "grow": True, "lineCap": "round", "lineJoin": "round"}
    styles = {
        "minor": {**line, "color": minor, "weight": 1.1, "from": 9},
        "main": {**line, "color": main, "weight": 1.6},
        "motorway": {**line, "color": major, "weight": 2.6},
    }
    return Fetched("shapes", url, styles, "roads")
