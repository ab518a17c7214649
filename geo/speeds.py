"""How fast a crew drives at night: road classes, speed limits, free-flow speeds.

Limits come in the forms of the OpenStreetMap wiki (Key:maxspeed). Free-flow speeds are
those of a loaded van at night in Italy: below the limit on motorways (vans keep to
110–115 km/h), held back by bends and villages on open roads and by lights and
crossings in towns. They are our own estimates, checked against usual travel times of
Tuscan town pairs.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

WALKING = 4.5
"""km/h of a crew on foot."""


class Profile(NamedTuple):
    """Night speeds of a class in km/h: without a known limit, share of a limit, most."""

    default: float
    factor: float
    most: float


PROFILES: Mapping[str, Profile] = {
    "motorway": Profile(108, 0.88, 115),
    "motorway_link": Profile(50, 0.80, 70),
    "trunk": Profile(82, 0.90, 100),
    "trunk_link": Profile(45, 0.80, 60),
    "primary": Profile(58, 0.85, 78),
    "primary_link": Profile(40, 0.80, 55),
    "secondary": Profile(52, 0.82, 70),
    "secondary_link": Profile(38, 0.80, 50),
    "tertiary": Profile(45, 0.80, 62),
    "tertiary_link": Profile(35, 0.80, 45),
    "unclassified": Profile(38, 0.75, 55),
    "residential": Profile(28, 0.70, 32),
    "living_street": Profile(12, 0.80, 15),
    "service": Profile(15, 0.60, 18),
}
"""Every class of road that a van may drive on; tracks, paths and ferries are none."""

CLASSES: tuple[str, ...] = tuple(PROFILES)
"""Road classes; `RoadNetwork.edge_class` indexes this tuple."""

NO_STOPPING: frozenset[str] = frozenset({"motorway", "motorway_link"})
"""Classes on which no van may stop, so that no place lies on them."""

NO_WALKING: frozenset[str] = frozenset({"motorway", "motorway_link", "trunk", "trunk_link"})
"""Classes that nobody walks along."""

_SYNONYMS = {"road": "unclassified", "motorway_junction": "motorway_link"}
_IMPLICIT = {
    "urban": 50.0,
    "rural": 90.0,
    "trunk": 110.0,
    "motorway": 130.0,
    "living_street": 20.0,
    "walk": 7.0,
    "none": math.inf,
}
_NUMBER = re.compile(r"(\d+(?:\.\d+)?)\s*(km/?h|kph|kmph|mph|knots)?")
_ZONE = re.compile(r"zone:?(\d+)")
_UNITS = {"mph": 1.609344, "knots": 1.852}


def road_class(highway: str) -> int | None:
    """Index into CLASSES of an OSM `highway` value; None where no van drives."""
    word = _SYNONYMS.get(highway, highway)
    return CLASSES.index(word) if word in PROFILES else None


def members(classes: frozenset[str]) -> NDArray[np.bool_]:
    """Mask over CLASSES of the given class names."""
    return np.array([name in classes for name in CLASSES])


def parse_maxspeed(text: str | None) -> float | None:
    """A limit in km/h from any OSM form; infinite for `none`, None where it says nothing.

    >>> [parse_maxspeed(t) for t in ("50", "30 mph", "IT:rural", "walk", "none", "signals")]
    [50.0, 48.28032, 90.0, 7.0, inf, None]

    Several values (`50;70`, `50|70`) mean the lowest. The country before an implicit
    limit (`IT:urban`, `RU:urban`) is ignored: a road in Tuscany has Italian limits.
    """
    if not text:
        return None
    limits = [_parse_one(part.strip().lower()) for part in re.split(r"[;|]", text)]
    known = [limit for limit in limits if limit is not None]
    return min(known) if known else None


def _parse_one(word: str) -> float | None:
    if match := _NUMBER.fullmatch(word):
        limit = float(match[1]) * _UNITS.get(match[2], 1.0)
        return limit if 0 < limit <= 150 else None
    word = re.sub(r"^[a-z]{2}:", "", word)
    if match := _ZONE.fullmatch(word):
        return _parse_one(match[1])
    return _IMPLICIT.get(word)


def direction_limits(tags: Mapping[str, str]) -> tuple[float | None, float | None]:
    """Limits in km/h along and against a way: the directional tags before the common one."""
    common = parse_maxspeed(tags.get("maxspeed"))
    ways = (parse_maxspeed(tags.get(f"maxspeed:{way}")) for way in ("forward", "backward"))
    forward, backward = (common if limit is None else limit for limit in ways)
    return forward, backward


def night_speed(classes: ArrayLike, limits: ArrayLike | None = None) -> NDArray[np.float64]:
    """Free-flow night speeds in km/h for class indices (n,) and limits in km/h (n,).

    A limit that is NaN, or no limits at all, means the default of the class.
    """
    profile = np.array([PROFILES[name] for name in CLASSES])[np.asarray(classes, dtype=np.intp)]
    default, factor, most = profile[..., 0], profile[..., 1], profile[..., 2]
    if limits is None:
        return default
    known = np.asarray(limits, dtype=np.float64)
    return np.where(np.isnan(known), default, np.minimum(known * factor, most))


def night_seconds(
    metres: ArrayLike, classes: ArrayLike, limits: ArrayLike | None = None
) -> NDArray[np.float64]:
    """Seconds to drive `metres` (n,) of road at night; see `night_speed`."""
    return np.asarray(metres, dtype=np.float64) * 3.6 / night_speed(classes, limits)
