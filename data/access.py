"""Who may do what, and how far: one table of actions, roles and scopes, default deny.

Every call of the store takes a viewer and asks this table; a page asks it again. What
is not in the table is refused. `docs/access.md` is printed from here by
`prossima access --markdown`, and a test compares the two.

A coordinator belongs to the network, or to one organisation of it (`Viewer.organisation`)
and then goes only where the table says `OWN_ORGANISATION`: `data.scopes` says which rows
those are.
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
    HOTLINE = "hotline"
    MUNICIPALITY = "municipality"
    NETWORK = "network"


FIELD = frozenset({Role.COORDINATOR, Role.OPERATOR, Role.HOTLINE})
"""Roles whose work is about persons: the municipalities' installation knows none of them."""


class Scope(StrEnum):
    """How far a permission reaches.

    `COMMON`: public things, which are the same for everyone. `ALL`: everything there is; for a
    coordinator, only one of the network. `OWN_ORGANISATION`: everything for a coordinator of
    the network, for another what belongs to the own organisation.
    """

    COMMON = "common"
    ALL = "all"
    OWN_ORGANISATION = "own organisation"
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
    READ_REQUESTS = "requests.read"
    ENTER_REQUESTS = "requests.enter"
    CHANGE_REQUESTS = "requests.change"
    READ_DESKS = "desks.read"
    WRITE_DESKS = "desks.write"
    READ_FREE_PLACES = "free_places.read"
    WRITE_FREE_PLACES = "free_places.write"
    READ_PLANS = "plans.read"
    WRITE_PLANS = "plans.write"
    PUBLISH_PLANS = "plans.publish"
    READ_ITINERARY = "itinerary.read"
    READ_COUNTS = "counts.read"
    WRITE_COUNTS = "counts.write"
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
    READ_ACCOUNTS = "accounts.read"
    READ_REACHES = "accounts.reaches"
    WRITE_ACCOUNTS = "accounts.write"
    SIGN_OUT = "accounts.sign_out"
    READ_PLACES = "places.read"
    WRITE_PLACES = "places.write"
    READ_REPORTS = "reports.read"
    WRITE_REPORTS = "reports.write"
    READ_CASES = "cases.read"
    WRITE_CASES = "cases.write"
    READ_AUDIT = "audit.read"


_COORDINATOR = MappingProxyType({Role.COORDINATOR: Scope.ALL})
_FIELD = MappingProxyType({Role.COORDINATOR: Scope.OWN_ORGANISATION})
_CALLS = MappingProxyType({Role.COORDINATOR: Scope.ALL, Role.HOTLINE: Scope.ALL})
_PASSING_ON = MappingProxyType(dict.fromkeys(sorted(FIELD), Scope.COMMON))
_EVERYONE = MappingProxyType(dict.fromkeys(Role, Scope.COMMON))
_NETWORK = MappingProxyType({Role.NETWORK: Scope.ALL})
_CREW = MappingProxyType(
    {Role.COORDINATOR: Scope.OWN_ORGANISATION, Role.OPERATOR: Scope.OWN_UNIT_TONIGHT}
)
_REPORTING = MappingProxyType({Role.COORDINATOR: Scope.ALL, Role.MUNICIPALITY: Scope.OWN_TERRITORY})
_OFFICE = MappingProxyType({Role.COORDINATOR: Scope.ALL, Role.NETWORK: Scope.ALL})

TABLE: Mapping[Action, Mapping[Role, Scope]] = MappingProxyType(
    {
        Action.READ_ZONES: _FIELD,
        Action.WRITE_ZONES: _COORDINATOR,
        Action.READ_UNITS: _FIELD,
        Action.WRITE_UNITS: _FIELD,
        Action.READ_CONTACTS: _FIELD,
        Action.WRITE_CONTACTS: _FIELD,
        Action.READ_PROMISES: _FIELD,
        Action.WRITE_PROMISES: _FIELD,
        Action.READ_REQUESTS: _CALLS,
        Action.ENTER_REQUESTS: _CALLS,
        Action.CHANGE_REQUESTS: _CALLS,
        Action.READ_DESKS: _EVERYONE,
        Action.WRITE_DESKS: _COORDINATOR,
        Action.READ_FREE_PLACES: _PASSING_ON,
        Action.WRITE_FREE_PLACES: _COORDINATOR,
        Action.READ_PLANS: _FIELD,
        Action.WRITE_PLANS: _FIELD,
        Action.PUBLISH_PLANS: _FIELD,
        Action.READ_COUNTS: _COORDINATOR,
        Action.WRITE_COUNTS: _COORDINATOR,
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
        Action.READ_ACCOUNTS: _NETWORK,
        Action.READ_REACHES: _NETWORK,
        Action.WRITE_ACCOUNTS: _NETWORK,
        Action.SIGN_OUT: _EVERYONE,
        Action.READ_AUDIT: _NETWORK,
        Action.READ_PLACES: _EVERYONE,
        Action.WRITE_PLACES: _COORDINATOR,
        Action.READ_REPORTS: _COORDINATOR,
        Action.WRITE_REPORTS: _REPORTING,
        Action.READ_CASES: _COORDINATOR,
        Action.WRITE_CASES: _COORDINATOR,
    }
)


TERMINAL = "terminal"
"""Who acts from a terminal: who has it has the files."""


@dataclass(frozen=True)
class Viewer:
    """Who asks. `unit`: an operator's unit code; `municipality`: an ISTAT code;
    `organisation`: a coordinator's organisation as its units name it, None for the network's.

    `account`: how the audit calls who asks: `account 7`, `demo`, `terminal`.
    """

    role: Role
    unit: str | None = None
    municipality: str | None = None
    organisation: str | None = None
    account: str = TERMINAL

    @property
    def whole(self) -> bool:
        """Whether nothing is kept from this viewer within the role."""
        return self.organisation is None


def scope(viewer: Viewer, action: Action) -> Scope:
    """How far the viewer may go with `action`; raises RefusedError `not_allowed`."""
    granted = _granted(viewer, action)
    if granted is None:
        raise RefusedError("not_allowed", role=viewer.role, action=action)
    return granted


def may(viewer: Viewer, action: Action) -> bool:
    """Whether the viewer may do `action` at all (to show or hide a page)."""
    return _granted(viewer, action) is not None


def _granted(viewer: Viewer, action: Action) -> Scope | None:
    granted = TABLE.get(action, {}).get(viewer.role)
    if viewer.whole:
        return Scope.ALL if granted is Scope.OWN_ORGANISATION else granted
    return None if granted is Scope.ALL else granted


def markdown() -> str:
    """The table, as `docs/access.md` prints it."""
    roles = [role.value for role in Role]
    header = [f"| action | {' | '.join(roles)} |", "|---" * (len(roles) + 1) + "|"]
    rows = [
        f"| `{action.value}` | "
        + " | ".join(granted.get(role, "–") for role in Role)  # a scope is its own word
        + " |"
        for action, granted in sorted(TABLE.items())
    ]
    return "\n".join([*_HEAD, *header, *rows, ""])


_HEAD = (
    "# Who may do what",
    "",
    "Printed by `prossima access --markdown` from `data/access.py`; do not edit.",
    "",
    "What is not in the table is refused (`–`). *common*: public, the same for everyone. *all*:",
    "everything there is. *own organisation*: everything for a coordinator of the network; for one",
    "of an organisation its own units, the zones of the provinces they work in, the contacts its",
    "units recorded, the promises to them or to those zones, its own plans. What says *all* is for",
    "coordinators of the network alone, and the hotline's: it enters requests, changes and",
    "withdraws them, and reads how they stand and the hour of arrival, but no unit, no zone, no",
    "route. *own unit, tonight*: the itinerary of the own unit until it expires. *own territory*:",
    "what is published or was reported there. *totals of the region*: published totals, of no",
    "place.",
    "",
)
