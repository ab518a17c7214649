"""Listening desks (sportelli): where and when somebody listens, and in which languages."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Desk:
    """A listening desk, always with an operator and a linguistic-cultural mediator.

    `municipality`: ISTAT code; `lon`, `lat`: EPSG:4326; `opening_hours`: in
    OpenStreetMap's syntax (`Mo,We 09:00-13:00; PH off`); `languages`: ISO 639-1.
    """

    code: str
    name: str
    municipality: str
    lon: float
    lat: float
    opening_hours: str
    languages: frozenset[str]
    itinerant: bool = False
    synthetic: bool = False
