"""The timetable of a route: who has the order of the stops, gets arrival, service, break.

Every service begins as early as it can; the unit leaves its base as late as that allows.
The break lies where the unit is home earliest, found with two labels a stop ("due" and
"rested") as in the search, but step by step and traced back.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from itertools import pairwise
from typing import NamedTuple

from routing.plan import Plan, Route, Stop
from routing.problem import UNREACHABLE, Option, Problem, Shift
from routing.walks import Choice, Footway, footways, made_by, option_of


class Rest(Enum):
    """Where the break before a stop is taken."""

    NONE = "none"
    ON_ARRIVAL = "on_arrival"
    BEFORE_DRIVING = "before_driving"


class _Way(NamedTuple):
    """One way of resting: before which stop (the number of stops: before home), and where."""

    before: int | None
    rest: Rest

    def at(self, index: int) -> Rest:
        """What rest is taken before that stop."""
        return self.rest if index == self.before else Rest.NONE


@dataclass(frozen=True)
class _Leg:
    """A leg to an option, or home (`option` None)."""

    drive: int
    metres: int
    option: Option | None


def timetable(problem: Problem, shift: Shift, choices: Sequence[Choice]) -> Route | None:
    """The route through the choices in their order; None when it cannot be driven in time.

    Limits on driving and metres are not looked at. Values are those of first visits.
    """
    legs = _legs(problem, shift, choices)
    if any(leg.drive >= UNREACHABLE for leg in legs):
        return None
    way = _best_way_to_rest(shift, legs)
    return None if way is None else _drive(problem, shift, choices, legs, way)


def plan_of(problem: Problem, sequences: Sequence[Sequence[Choice]]) -> Plan:
    """The plan that drives the sequences, one a shift in the problem's order.

    Raises ValueError when one cannot be driven: the search hands over feasible ones only.
    """
    routes = []
    for shift, choices in zip(problem.shifts, sequences, strict=True):
        if choices:
            route = timetable(problem, shift, choices)
            if route is None:
                raise ValueError(f"no timetable for {shift.unit} on night {shift.night}")
            routes.append(route)
    routes = with_values(problem, routes)
    return Plan(tuple(routes), sum(route.value for route in routes))


def sequences_of(problem: Problem, plan: Plan) -> tuple[tuple[Choice, ...], ...]:
    """The choices that the plan's routes make, one a shift in the problem's order."""
    routes = [plan.route(*shift.key) for shift in problem.shifts]
    return tuple(
        choices_of(route.stops) if route else shift.locked
        for shift, route in zip(problem.shifts, routes, strict=True)
    )


def choices_of(stops: Sequence[Stop]) -> tuple[Choice, ...]:
    """The choices that stops make: a stop and those made on foot from it are a walk."""
    made: list[list[tuple[str, int]]] = []
    for stop in stops:
        if stop.on_foot and made:
            made[-1].append((stop.visit, stop.option))
        else:
            made.append([(stop.visit, stop.option)])
    return tuple(walk[0] if len(walk) == 1 else (walk[0][0], tuple(walk)) for walk in made)


def with_values(problem: Problem, routes: Sequence[Route]) -> list[Route]:
    """The same routes with the points of every stop: the best of a zone counts in full."""
    made: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for route in routes:
        for stop in route.stops:
            value = problem.visit(stop.visit).options[stop.option].value
            made[stop.visit].append((-value, route.night))
    rank = {
        (key, night): place
        for key, visits in made.items()
        for place, (_, night) in enumerate(sorted(visits))
    }
    return [
        replace(
            route,
            stops=tuple(
                replace(
                    stop,
                    value=problem.diminished(
                        problem.visit(stop.visit).options[stop.option].value,
                        rank[stop.visit, route.night],
                    ),
                )
                for stop in route.stops
            ),
        )
        for route in routes
    ]


def _legs(problem: Problem, shift: Shift, choices: Sequence[Choice]) -> list[_Leg]:
    travel = problem.travel[shift.mode]
    visits = [problem.visit(key) for key, _ in choices]
    options: list[Option | None] = [option_of(problem, choice) for choice in choices]
    places = [shift.start, *(visit.place for visit in visits), shift.end]
    return [
        _Leg(int(travel.seconds[a, b]), int(travel.metres[a, b]), option)
        for (a, b), option in zip(pairwise(places), [*options, None], strict=True)
    ]


def _best_way_to_rest(shift: Shift, legs: Sequence[_Leg]) -> _Way | None:
    """Where the break lies so that the unit is home earliest; None when it never is."""
    ways = [_Way(None, Rest.NONE)]
    if shift.pause is not None:
        ways += [_Way(index, Rest.ON_ARRIVAL) for index in range(len(legs) - 1)]
        ways += [_Way(index, Rest.BEFORE_DRIVING) for index in range(len(legs))]
    homes = [(_home(shift, legs, way), way) for way in ways]
    possible = [(home, way) for home, way in homes if home is not None]
    return min(possible, key=lambda pair: pair[0])[1] if possible else None


def _home(shift: Shift, legs: Sequence[_Leg], way: _Way) -> int | None:
    """When the unit is home, resting that way; None when something is too late."""
    time = shift.opens
    for index, leg in enumerate(legs):
        begun = _begin(shift, leg, time, way.at(index))
        if begun is None:
            return None
        time = begun + (leg.option.service if leg.option else 0)
    unrested = shift.pause is not None and way.rest is Rest.NONE and time > shift.pause.closes
    return None if time > shift.closes or unrested else time


def _begin(shift: Shift, leg: _Leg, left: int, rest: Rest) -> int | None:
    """When service begins (home: arrival) after leaving at `left`; None when too late."""
    ready = left + leg.drive
    if rest is not Rest.NONE and shift.pause is not None:
        paused = max(ready if rest is Rest.ON_ARRIVAL else left, shift.pause.opens)
        if paused > shift.pause.closes:
            return None
        ready = paused + shift.pause.length + (leg.drive if rest is Rest.BEFORE_DRIVING else 0)
    if leg.option is None:
        return ready
    begin = max(ready, leg.option.opens)
    return begin if begin <= leg.option.closes else None


def _drive(
    problem: Problem, shift: Shift, choices: Sequence[Choice], legs: Sequence[_Leg], way: _Way
) -> Route | None:
    """Write down the route that rests that way."""
    departure = time = _latest_departure(shift, legs[0], way.at(0))
    paused: int | None = None
    paused_before: int | None = None
    back = Footway(0, 0)
    stops: list[Stop] = []
    for index, leg in enumerate(legs):
        begin = _begin(shift, leg, time, way.at(index))
        if begin is None:
            return None
        arrival = time + leg.drive
        if shift.pause is not None and way.at(index) is not Rest.NONE:
            on_arrival = way.rest is Rest.ON_ARRIVAL
            paused, paused_before = (
                max(arrival if on_arrival else time, shift.pause.opens),
                len(stops),
            )
            arrival = arrival if on_arrival else paused + shift.pause.length + leg.drive
        time = arrival
        if leg.option is not None:
            stops += _stops(problem, choices[index], arrival, begin, leg, back)
            time = begin + leg.option.service
            made = made_by(choices[index])
            back = footways(problem, made)[-1] if len(made) > 1 else Footway(0, 0)
    return Route(
        unit=shift.unit,
        night=shift.night,
        stops=tuple(stops),
        departure=departure,
        home=time,
        drive_home=legs[-1].drive,
        metres_home=legs[-1].metres,
        pause=paused,
        pause_before=paused_before,
        walk_home=back.seconds,
        walk_metres_home=back.metres,
    )


def _stops(  # noqa: PLR0917
    problem: Problem, choice: Choice, arrival: int, begin: int, leg: _Leg, back: Footway
) -> Iterator[Stop]:
    """The stop of a choice, and those on foot from it, where it is a walk.

    `back`: the way to the van that comes before the drive.
    """
    made = made_by(choice)
    ways = footways(problem, made) if len(made) > 1 else []
    for number, (key, index) in enumerate(made):
        option = problem.visit(key).options[index]
        left = begin + option.service
        if number == 0:
            plain = (key, index, arrival, begin, left, leg.drive, leg.metres, option.value)
            yield Stop(*plain, walk=back.seconds, walk_metres=back.metres)
        else:
            on_foot = ways[number - 1]
            plain = (key, index, arrival, begin, left, 0, 0, option.value)
            yield Stop(*plain, True, on_foot.seconds, on_foot.metres)
        if number < len(ways):
            arrival = begin = left + ways[number].seconds


def _latest_departure(shift: Shift, first: _Leg, rest: Rest) -> int:
    """The latest departure from base that begins the first service no later."""
    begin = _begin(shift, first, shift.opens, rest)
    if begin is None or first.option is None or rest is Rest.BEFORE_DRIVING:
        return shift.opens
    if rest is Rest.NONE or shift.pause is None:
        return begin - first.drive
    return min(begin - shift.pause.length, shift.pause.closes) - first.drive
