"""Plan: who goes where and when, as integers, and its independent check.

`check` verifies a plan from the problem alone, with none of the planner's code: every
plan passes through it before it is shown, stored or published. The rules themselves are
one function each in `routing.rules`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from geo.errors import InfeasibleError, InputError
from routing.problem import Problem
from routing.rules import RULES, Violation, names_exist

FORMAT = 1
"""Version of what `Plan.to_dict` writes."""


@dataclass(frozen=True)
class Stop:
    """A planned visit; seconds from the night's noon. `drive`/`metres`: the leg to it.

    `value`: points it earns in this plan, diminished where the zone is visited more often.
    `on_foot`: the van stays where it was parked. `walk`/`walk_metres`: what is walked on the
    way here, which is all of it on foot, or the way back to the van before it drives.
    """

    visit: str
    option: int
    arrival: int
    begin: int
    departure: int
    drive: int
    metres: int
    value: int
    on_foot: bool = False
    walk: int = 0
    walk_metres: int = 0


@dataclass(frozen=True)
class Route:
    """One unit's night. `departure`/`home`: seconds; `drive_home`/`metres_home`: last leg,
    and `walk_home`/`walk_metres_home` what is walked back to the van before it.

    `pause`: seconds at which the break begins, None when none is taken; it is taken
    before the service of the stop with index `pause_before` (== len(stops): before the
    way home), either where the unit stood or when it has arrived there.
    """

    unit: str
    night: int
    stops: tuple[Stop, ...]
    departure: int
    home: int
    drive_home: int
    metres_home: int
    pause: int | None = None
    pause_before: int | None = None
    walk_home: int = 0
    walk_metres_home: int = 0

    @property
    def key(self) -> tuple[str, int]:
        """The shift that drives it: unit and night."""
        return (self.unit, self.night)

    @property
    def driving(self) -> int:
        """Seconds on the road."""
        return sum(stop.drive for stop in self.stops) + self.drive_home

    @property
    def walking(self) -> int:
        """Seconds on foot away from the van."""
        return sum(stop.walk for stop in self.stops) + self.walk_home

    @property
    def metres(self) -> int:
        """Metres on the road."""
        return sum(stop.metres for stop in self.stops) + self.metres_home

    @property
    def value(self) -> int:
        """Points its stops earn."""
        return sum(stop.value for stop in self.stops)


@dataclass(frozen=True)
class Plan:
    """All routes that have a stop, their total value, and what no plan can exceed.

    `bound`: a proven upper bound on the value of any plan, None where none was computed.
    """

    routes: tuple[Route, ...]
    value: int
    bound: int | None = None

    @property
    def gap(self) -> float | None:
        """Share by which a better plan could exceed this one at most; None without bound."""
        if self.bound is None:
            return None
        return (self.bound - self.value) / self.value if self.value else float(self.bound > 0)

    @property
    def served(self) -> frozenset[str]:
        """Keys of the visits that are made."""
        return frozenset(stop.visit for route in self.routes for stop in route.stops)

    def route(self, unit: str, night: int = 0) -> Route | None:
        """The unit's route on that night, None when it stays at base."""
        return next((route for route in self.routes if route.key == (unit, night)), None)

    def to_dict(self) -> dict[str, Any]:
        """Plain numbers, strings and lists, ready for JSON."""
        return {"format": FORMAT, **asdict(self)}

    @classmethod
    def from_dict(cls, given: Mapping[str, Any]) -> Plan:
        """The plan that `to_dict` wrote. Raises InputError `plan_format`, `plan_unreadable`."""
        if given.get("format") != FORMAT:
            raise InputError("plan_format", expected=FORMAT, got=given.get("format"))
        try:
            routes = tuple(
                Route(**{**route, "stops": tuple(Stop(**stop) for stop in route["stops"])})
                for route in given["routes"]
            )
            return cls(routes, given["value"], given["bound"])
        except (KeyError, TypeError) as error:
            raise InputError("plan_unreadable", reason=str(error)) from error


def check(problem: Problem, plan: Plan) -> tuple[Violation, ...]:
    """Every rule that the plan breaks; empty when the plan is good."""
    unknown = tuple(names_exist(problem, plan))
    if unknown:
        return unknown
    return tuple(violation for rule in RULES for violation in rule(problem, plan))


def verified(problem: Problem, plan: Plan) -> Plan:
    """The plan itself; raises InfeasibleError `plan_breaks_rules` when it breaks any."""
    violations = check(problem, plan)
    if violations:
        first = violations[0]
        raise InfeasibleError(
            "plan_breaks_rules",
            count=len(violations),
            **{column.name: getattr(first, column.name) for column in fields(first)},
        )
    return plan
