"""What the tags of an OpenStreetMap way say about driving on it.

After the OpenStreetMap wiki: Key:access (the most specific tag decides), Key:oneway,
Tag:junction=roundabout. Turn restrictions and conditions by time are out of scope.
"""

from __future__ import annotations

from collections.abc import Mapping

from geo.speeds import road_class

LICENCE = "© OpenStreetMap contributors, ODbL 1.0"

ACCESS_KEYS = ("motorcar", "motor_vehicle", "vehicle", "access")
"""From the most specific to the least."""

CLOSED = frozenset(
    {"no", "private", "agricultural", "forestry", "emergency", "military", "bus", "psv", "taxi"}
)
"""Access values that keep a van out; `destination`, `customers`, `permit` let it in."""

_NO_THROUGH = frozenset({"driveway", "parking_aisle", "emergency_access", "drive-through"})
_ONE_WAY_KEYS = ("oneway:motorcar", "oneway:motor_vehicle", "oneway:vehicle", "oneway")
_FORWARD, _BACKWARD, _BOTH = (True, False), (False, True), (True, True)
_ONE_WAY = {
    "yes": _FORWARD,
    "true": _FORWARD,
    "1": _FORWARD,
    "-1": _BACKWARD,
    "reverse": _BACKWARD,
    "no": _BOTH,
    "false": _BOTH,
    "0": _BOTH,
    "alternating": _BOTH,
    "alternate": _BOTH,
    # Which way such a lane is open at the hour of a visit is written nowhere.
    "reversible": (False, False),
}


def open_to_vehicles(tags: Mapping[str, str]) -> bool:
    """Whether access rules let a van in: the most specific access tag decides."""
    for key in ACCESS_KEYS:
        if value := tags.get(key):
            return not {part.strip() for part in value.split(";")} <= CLOSED
    return True


def drivable_class(tags: Mapping[str, str]) -> int | None:
    """Index into `geo.speeds.CLASSES`, None where no van drives (ferries, private roads)."""
    kind = road_class(tags.get("highway", ""))
    if (
        kind is None
        or tags.get("area") == "yes"
        or tags.get("route") == "ferry"
        or tags.get("impassable") == "yes"
        or tags.get("service") in _NO_THROUGH
        or not open_to_vehicles(tags)
    ):
        return None
    return kind


def directions(tags: Mapping[str, str]) -> tuple[bool, bool]:
    """Whether a van may drive along and against the way.

    Roundabouts, motorways and their ramps are one-way unless a tag says otherwise.
    """
    for key in _ONE_WAY_KEYS:
        if tags.get(key) in _ONE_WAY:
            return _ONE_WAY[tags[key]]
    if tags.get("junction") in ("roundabout", "circular"):
        return _FORWARD
    return _FORWARD if tags.get("highway") in ("motorway", "motorway_link") else _BOTH


def road_name(tags: Mapping[str, str]) -> str | None:
    """What a driver calls the road: its name, else its number."""
    return tags.get("name") or tags.get("ref")
