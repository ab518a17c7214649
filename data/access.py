"""Who may do what: one table of actions and roles, default deny.

Every call of the store takes a viewer and asks this table; a page asks it again. What
is not in the table is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from geo.errors import RefusedError


class Role(StrEnum):
    """What a person signed in as."""

    COORDINATOR = "coordinator"
    OPERATOR = "operator"
    MUNICIPALITY = "municipality"
    NETWORK = "network"


class Scope(StrEnum):
    """How far a permission reaches."""

    ALL = "all"
    OWN_UNIT_TONIGHT = "own unit, tonight"
    OWN_TERRITORY = "own territory"
    TOTALS = "totals of the region"


class Action(StrEnum):
    """Everything that can be done with what is kept."""

    READ_ZONES = "zones.read"
    WRITE_ZONES = "zones.write"
    READ_UNITS = "units.read"
    WRITE_UNITS = "units.write"
    READ_CONTACTS = "contacts.read"
    WRITE_CONTACTS = "contacts.write"
    READ_PROMISES = "promises.read"
    WRITE_PROMISES = "promises.write"
    READ_DESKS = "desks.read"
    WRITE_DESKS = "desks.write"
    READ_PLANS = "plans.read"
    WRITE_PLANS = "plans.write"
    PUBLISH_PLANS = "plans.publish"
    READ_ITINERARY = "itinerary.read"
    RECORD_NIGHT = "night.record"
    REPLAN = "night.replan"
    READ_RELEASES = "releases.read"
    PUBLISH_RELEASES = "releases.publish"
    READ_TOTALS = "totals.read"
    READ_SETTINGS = "settings.read"
    WRITE_SETTINGS = "settings.write"
    READ_RETENTION = "retention.read"
    RUN_RETENTION = "retention.run"
    FILL = "demo.fill"


_COORDINATOR = MappingProxyType({Role.COORDINATOR: Scope.ALL})
_CREW = MappingProxyType({Role.COORDINATOR: Scope.ALL, Role.OPERATOR: Scope.OWN_UNIT_TONIGHT})
_EVERYONE = MappingProxyType(dict.fromkeys(Role, Scope.ALL))
_OFFICE = MappingProxyType({Role.COORDINATOR: Scope.ALL, Role.NETWORK: Scope.ALL})

TABLE: Mapping[Action, Mapping[Role, Scope]] = MappingProxyType(
    {
        Action.READ_ZONES: _COORDINATOR,
        Action.WRITE_ZONES: _COORDINATOR,
        Action.READ_UNITS: _COORDINATOR,
        Action.WRITE_UNITS: _COORDINATOR,
        Action.READ_CONTACTS: _COORDINATOR,
        Action.WRITE_CONTACTS: _COORDINATOR,
        Action.READ_PROMISES: _COORDINATOR,
        Action.WRITE_PROMISES: _COORDINATOR,
        Action.READ_DESKS: _EVERYONE,
        Action.WRITE_DESKS: _COORDINATOR,
        Action.READ_PLANS: _COORDINATOR,
        Action.WRITE_PLANS: _COORDINATOR,
        Action.PUBLISH_PLANS: _COORDINATOR,
        Action.READ_ITINERARY: _CREW,
        Action.RECORD_NIGHT: _CREW,
        Action.REPLAN: _CREW,
        Action.READ_RELEASES: MappingProxyType(
            {
                Role.COORDINATOR: Scope.ALL,
                Role.MUNICIPALITY: Scope.OWN_TERRITORY,
                Role.NETWORK: Scope.TOTALS,
            }
        ),
        Action.PUBLISH_RELEASES: _COORDINATOR,
        Action.READ_TOTALS: _OFFICE,
        Action.READ_SETTINGS: _OFFICE,
        Action.WRITE_SETTINGS: _OFFICE,
        Action.READ_RETENTION: _OFFICE,
        Action.RUN_RETENTION: _OFFICE,
        Action.FILL: _COORDINATOR,
    }
)


@dataclass(frozen=True)
class Viewer:
    """Who asks. `unit`: an operator's unit code; `municipality`: an ISTAT code."""

    role: Role
    unit: str | None = None
    municipality: str | None = None


def scope(viewer: Viewer, action: Action) -> Scope:
    """How far the viewer may go with `action`; raises RefusedError `not_allowed`."""
    granted = TABLE.get(action, {}).get(viewer.role)
    if granted is None:
        raise RefusedError("not_allowed", role=viewer.role, action=action)
    return granted


def may(viewer: Viewer, action: Action) -> bool:
    """Whether the viewer may do `action` at all (to show or hide a page)."""
    return viewer.role in TABLE.get(action, {})
