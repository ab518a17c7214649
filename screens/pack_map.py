"""The map of one route as a picture: for the phone without signal, and for paper."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import shapely
from markupsafe import Markup

from geo.crs import project
from geo.network import RoadNetwork
from layers.roads import roads_data
from routing.itinerary import Itinerary
from screens.plans import spots, way

MARGIN, LEAST = 0.12, 0.008
"""Land around the route, as a share of its extent, and degrees at the least (800 m)."""

SHAPE = 1.2
"""The picture is at least so many times as wide as it is high."""

MOST_VERTICES = 6_000
"""Of the ground's roads in a pack; lesser classes are left out where there would be more."""

TOLERANCE = 3e-4


@dataclass(frozen=True)
class Ground:
    """The roads round a route by kind, the main ones first: lines in EPSG:4326."""

    lines: dict[str, list[shapely.LineString]]


def ground(itinerary: Itinerary, network: RoadNetwork) -> Ground:
    """The roads of the network round the way of an itinerary."""
    box = _box(itinerary)
    lines: dict[str, list[shapely.LineString]] = {}
    drawn = 0
    for one in roads_data(network)["features"]:
        shape = shapely.geometry.shape(one["geometry"])
        near = shapely.simplify(shapely.clip_by_rect(shape, *box), TOLERANCE)
        parts = [part for part in shapely.get_parts(near) if part.geom_type == "LineString"]
        drawn += sum(len(part.coords) for part in parts)
        if lines and drawn > MOST_VERTICES:
            break
        lines[one["properties"]["kind"]] = parts
    return Ground(lines)


def picture(itinerary: Itinerary, around: Ground, title: str, *, width: int = 680) -> Markup:
    """The route over its ground as an SVG that needs no script, style or other file.

    Classes name the parts (`road`, `way`, `stop`): a style sheet may colour them; without
    one it is dark lines on white. `title` is what a screen reader says.
    """
    west, south, east, north = _box(itinerary)
    corners = project(np.array([[west, south], [east, north]]))
    low, size = corners[0], np.abs(corners[1] - corners[0])
    scale = width / size[0]
    height = max(round(size[1] * scale), 120)

    def path(lines: Iterable[shapely.Geometry]) -> str:
        drawn = []
        for line in lines:
            points = np.round((project(shapely.get_coordinates(line)) - low) * scale).astype(int)
            points[:, 1] = height - points[:, 1]
            kept = points[np.r_[True, np.any(np.diff(points, axis=0) != 0, axis=1)]]
            if len(kept) > 1:
                drawn.append("M" + "L".join(f"{x} {y}" for x, y in kept))
        return "".join(drawn)

    roads = Markup().join(
        Markup(
            '<path class="road {}" d="{}" fill="none" stroke="#b9b2a3" stroke-width="{}"/>'
        ).format(kind, path(lines), 3 if kind == "motorway" else 1.6)
        for kind, lines in around.lines.items()
    )
    line = Markup(
        '<path class="way" d="{}" fill="none" stroke="#1f4e79" stroke-width="4"/>'
    ).format(path(shapely.get_parts(way(itinerary))))
    badges = []
    for number, spot in enumerate(spots(itinerary), start=1):
        x, y = np.round((project(np.array([[spot.x, spot.y]]))[0] - low) * scale).astype(int)
        badges.append(
            Markup(
                '<circle class="stop" cx="{0}" cy="{1}" r="13" fill="#8a4b08"/>'
                '<text x="{0}" y="{2}" text-anchor="middle" font-size="15" font-weight="bold" '
                'fill="#fff">{3}</text>'
            ).format(x, height - y, height - y + 5, number)
        )
    return Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {} {}" role="img" aria-label="{}">'
        '<rect class="land" width="100%" height="100%" fill="#f7f4ee"/>{}{}{}</svg>'
    ).format(width, height, title, roads, line, Markup().join(badges))


def _box(itinerary: Itinerary) -> tuple[float, float, float, float]:
    """West, south, east and north of what is shown, degrees."""
    whole = way(itinerary)
    west, south, east, north = (0.0, 0.0, 0.0, 0.0) if whole.is_empty else whole.bounds
    margin = max(LEAST, MARGIN * max(east - west, north - south))
    south, north = south - margin, north + margin
    # A degree of longitude is about 0.72 of one of latitude in Tuscany.
    wanted = SHAPE * (north - south) / 0.72
    side = max(margin, (wanted - (east - west)) / 2)
    return west - side, south, east + side, north
