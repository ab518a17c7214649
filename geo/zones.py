"""Zones: anonymised contact hotspots, stretches of road or areas of at least 500 m.

A zone is never a point where a person stands. It is named by a code (ISTAT code of its
municipality and a number) and by nothing that is found on a map.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

import shapely

from geo.crs import project_geometry
from geo.errors import InputError

MINIMUM_LENGTH = 500.0
"""Metres a zone must extend: the privacy rule "never a point"."""

CODE = re.compile(r"\d{6}-\d{2,3}")


class PlaceType(StrEnum):
    """Kinds of place (code list of the field)."""

    VIALE = "viale"
    PROVINCIALE = "provinciale"
    AREA_INDUSTRIALE = "area_industriale"
    STAZIONE = "stazione"
    PINETA = "pineta"
    PIAZZOLA = "piazzola"
    INDOOR_AREA = "indoor_area"


class Access(StrEnum):
    """How a crew reaches the people of a zone."""

    VAN = "van"
    FOOT = "foot"


@dataclass(frozen=True)
class PresenceWindow:
    """Wall-clock hours in which a zone is worth a visit, `HH:MM`, for some weekdays.

    `weekdays` are those of the service date (Monday 0). The visit must START inside.
    """

    opens: str
    closes: str
    weekdays: frozenset[int] = frozenset(range(7))


@dataclass(frozen=True)
class Zone:
    """One anonymised contact hotspot.

    `geometry`: LineString, MultiLineString or Polygon in EPSG:4326, at least 500 m long
    (a polygon: longest side of its rotated rectangle). `service_minutes`: usual length
    of a visit, `shortest_minutes` what it may be cut to. `languages`: the crew must
    speak at least one of them, where any is given (ISO 639-1). `revisit_days`: 7, 14 or 28.
    """

    code: str
    municipality: str
    place_type: PlaceType
    geometry: shapely.Geometry
    windows: tuple[PresenceWindow, ...]
    service_minutes: int = 15
    shortest_minutes: int | None = None
    access: Access = Access.VAN
    languages: frozenset[str] = frozenset()
    mediator: bool = False
    discreet: bool = False
    revisit_days: int = 14
    synthetic: bool = False

    def __post_init__(self) -> None:
        if not CODE.fullmatch(self.code):
            raise InputError("zone_code", got=self.code)
        if not self.code.startswith(self.municipality):
            raise InputError("zone_municipality", zone=self.code, got=self.municipality)
        if not 1 <= self.service_minutes <= 240:
            raise InputError("zone_service", zone=self.code, got=self.service_minutes)
        if (
            self.shortest_minutes is not None
            and not 1 <= self.shortest_minutes <= self.service_minutes
        ):
            raise InputError("zone_shortest", zone=self.code, got=self.shortest_minutes)
        if self.revisit_days not in (7, 14, 28):
            raise InputError("zone_revisit", zone=self.code, got=self.revisit_days)
        if not self.windows:
            raise InputError("zone_windows", zone=self.code)
        if self.geometry.is_empty or extent(self.geometry) < MINIMUM_LENGTH:
            raise InputError("zone_too_small", zone=self.code, minimum=int(MINIMUM_LENGTH))

    @property
    def province_code(self) -> str:
        """ISTAT code of the province, three digits."""
        return self.municipality[:3]

    def stopping_place(self) -> tuple[float, float]:
        """Longitude and latitude that a route is drawn to: the middle of the zone."""
        return middle(self.geometry)


def extent(geometry: shapely.Geometry) -> float:
    """Metres that an EPSG:4326 line is long, or the longest side round an area."""
    metric = project_geometry(geometry)
    if metric.geom_type in ("LineString", "MultiLineString"):
        return float(metric.length)
    corners = shapely.get_coordinates(shapely.minimum_rotated_rectangle(metric))
    sides = ((corners[1:] - corners[:-1]) ** 2).sum(axis=1) ** 0.5
    return float(sides.max()) if len(sides) else 0.0


def middle(geometry: shapely.Geometry) -> tuple[float, float]:
    """The half-way point of a line, or a point inside an area (lon, lat)."""
    if geometry.geom_type == "LineString":
        point = shapely.line_interpolate_point(geometry, 0.5, normalized=True)
    elif geometry.geom_type == "MultiLineString":
        longest = max(geometry.geoms, key=lambda part: part.length)
        point = shapely.line_interpolate_point(longest, 0.5, normalized=True)
    else:
        point = geometry.representative_point()
    return float(point.x), float(point.y)
