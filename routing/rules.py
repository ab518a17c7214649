"""The rules that a plan must keep, one function each, written from the problem alone.

Nothing here is shared with the planner: a mistake in its search cannot hide in its check.
A rule takes a problem and a plan and yields a `Violation` for every place it is broken.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from routing.problem import UNREACHABLE, Option, Problem, Shift, Visit

if TYPE_CHECKING:  # plan.py runs these rules, so they know its types by name only
    from routing.plan import Plan, Route, Stop


@dataclass(frozen=True)
class Violation:
    """A broken rule: its name, where it is broken, and what was expected and found."""

    rule: str
    unit: str = ""
    night: int = 0
    visit: str = ""
    expected: object = None
    got: object = None


def names_exist(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """Every route has a shift, every stop a visit and an option of it."""
    for route in plan.routes:
        if route.key not in problem.shift_by_key:
            yield Violation("names_exist", route.unit, route.night)
        for stop in route.stops:
            visit = problem.visit_by_key.get(stop.visit)
            if visit is None or not 0 <= stop.option < len(visit.options):
                yield Violation("names_exist", route.unit, route.night, stop.visit, got=stop.option)


def one_route_a_shift(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """A unit drives one route a night."""
    for (unit, night), count in Counter(route.key for route in plan.routes).items():
        if count > 1:
            yield Violation("one_route_a_shift", unit, night, expected=1, got=count)


def option_is_of_that_night(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """The window that a stop uses is one of its route's night."""
    for shift, stop, _, option in _stops(problem, plan):
        if option.night != shift.night:
            yield _at("option_is_of_that_night", shift, stop, shift.night, option.night)


def once_a_night(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """The options of a visit exclude one another on a night, across all units."""
    times = Counter((stop.visit, shift.night) for shift, stop, _, _ in _stops(problem, plan))
    for (key, night), count in times.items():
        if count > 1:
            yield Violation("once_a_night", night=night, visit=key, expected=1, got=count)


def not_too_often(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """No zone is visited more often than its `most`."""
    for key, nights in _nights_by_visit(problem, plan).items():
        most = problem.visit(key).most
        if len(nights) > most:
            yield Violation("not_too_often", visit=key, expected=most, got=len(nights))


def nights_are_spaced(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """Two visits of a zone lie at least its `spacing` nights apart."""
    for key, nights in _nights_by_visit(problem, plan).items():
        spacing = problem.visit(key).spacing
        for before, after in pairwise(nights):
            if 0 < after - before < spacing:
                yield Violation("nights_are_spaced", "", after, key, spacing, after - before)


def required_are_made(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """Every promise is kept."""
    for visit in problem.visits:
        if visit.required and visit.key not in plan.served:
            yield Violation("required_are_made", visit=visit.key)


def crew_speaks_a_language(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """The crew speaks one of the languages that a visit asks for."""
    for shift, stop, visit, _ in _stops(problem, plan):
        if visit.languages and not visit.languages & shift.languages:
            yield _at("crew_speaks_a_language", shift, stop, sorted(visit.languages))


def crew_has_the_skills(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """The crew has every skill that a visit asks for."""
    for shift, stop, visit, _ in _stops(problem, plan):
        if visit.skills - shift.skills:
            yield _at("crew_has_the_skills", shift, stop, sorted(visit.skills - shift.skills))


def crew_is_not_alone(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """Nobody goes out alone."""
    for route in plan.routes:
        shift = problem.shift_by_key[route.key]
        if route.stops and shift.crew < 2:
            yield Violation("crew_is_not_alone", *route.key, expected=2, got=shift.crew)


def mode_fits(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """The unit comes the way the visit allows, by van or on foot."""
    for shift, stop, visit, _ in _stops(problem, plan):
        if shift.mode not in visit.modes:
            yield _at("mode_fits", shift, stop, sorted(visit.modes), shift.mode)


def unit_may_come(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """Fixed and forbidden assignments hold."""
    for shift, stop, visit, _ in _stops(problem, plan):
        if shift.unit in visit.never or (visit.only is not None and shift.unit not in visit.only):
            yield _at("unit_may_come", shift, stop)


def discretion_is_kept(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """A discreet visit is made by a unit that can come unmarked."""
    for shift, stop, visit, _ in _stops(problem, plan):
        if visit.discreet and not shift.discreet:
            yield _at("discretion_is_kept", shift, stop)


def materials_suffice(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """No unit hands out more than it has on board."""
    for route in plan.routes:
        shift = problem.shift_by_key[route.key]
        used = sum(problem.visit(stop.visit).materials for stop in route.stops)
        if shift.materials is not None and used > shift.materials:
            yield Violation("materials_suffice", *route.key, expected=shift.materials, got=used)


def service_begins_in_its_window(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """Service begins inside the window of the option used."""
    for shift, stop, _, option in _stops(problem, plan):
        if not option.opens <= stop.begin <= option.closes:
            window = (option.opens, option.closes)
            yield _at("service_begins_in_its_window", shift, stop, window, stop.begin)


def service_lasts_its_time(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """A stop is left when its option's service time is over."""
    for shift, stop, _, option in _stops(problem, plan):
        if stop.departure - stop.begin != option.service:
            got = stop.departure - stop.begin
            yield _at("service_lasts_its_time", shift, stop, option.service, got)


def legs_match_the_matrices(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """Seconds and metres of every leg, the way home included, are those of the problem: on
    foot between stops that are walked to and back to the van, else from where it stands."""
    for route in plan.routes:
        shift = problem.shift_by_key[route.key]
        van = here = shift.start
        on_foot = False
        legs = [(stop, problem.visit(stop.visit).place) for stop in route.stops]
        for stop, place in legs:
            if stop.on_foot:
                expected = (0, 0, *_way(problem, "foot", here, place))
            else:
                back = _way(problem, "foot", here, van) if on_foot else (0, 0)
                expected = (*_way(problem, shift.mode, van, place), *back)
                van = place
            here, on_foot = place, stop.on_foot
            got = (stop.drive, stop.metres, stop.walk, stop.walk_metres)
            if got != expected or max(expected) >= UNREACHABLE:
                yield _at("legs_match_the_matrices", shift, stop, expected, got)
        if route.stops:
            back = _way(problem, "foot", here, van) if on_foot else (0, 0)
            expected = (*_way(problem, shift.mode, van, shift.end), *back)
            got = (route.drive_home, route.metres_home, route.walk_home, route.walk_metres_home)
            if got != expected or max(expected) >= UNREACHABLE:
                yield Violation("legs_match_the_matrices", *route.key, expected=expected, got=got)


def walks_are_short(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """Only a crew that may leaves its van, where people are reached on foot, and no way on
    foot, that back to the van included, is longer than it walks."""
    for route in plan.routes:
        shift = problem.shift_by_key[route.key]
        most = shift.walking or 0
        for number, stop in enumerate(route.stops):
            visit = problem.visit(stop.visit)
            away = stop.on_foot and (
                number == 0 or shift.mode != "van" or "foot" not in visit.modes
            )
            if away or stop.walk > most:
                yield _at("walks_are_short", shift, stop, most, stop.walk)
        if route.walk_home > most:
            yield Violation("walks_are_short", *route.key, expected=most, got=route.walk_home)


def clock_adds_up(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """Departure, drive, break, arrival, begin and home follow one another exactly."""
    for route in plan.routes:
        shift = problem.shift_by_key[route.key]
        legs = [(stop.walk, stop.drive, stop.arrival, stop.begin) for stop in route.stops]
        legs.append((route.walk_home, route.drive_home, route.home, route.home))
        leaves = [route.departure, *(stop.departure for stop in route.stops)]
        for index, (left, leg) in enumerate(zip(leaves, legs, strict=True)):
            walk, drive, arrival, begin = leg
            rest = _rest(route, shift) if index == route.pause_before else None
            if not _adds_up(left + walk, drive, arrival, begin, rest):
                visit = route.stops[index].visit if index < len(route.stops) else ""
                expected = left + walk + drive
                yield Violation("clock_adds_up", *route.key, visit, expected, arrival)


def shift_is_kept(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """A unit leaves after its shift opens and is home before it closes."""
    for route in plan.routes:
        shift = problem.shift_by_key[route.key]
        if route.departure < shift.opens:
            yield Violation("shift_is_kept", *route.key, "", shift.opens, route.departure)
        if route.home > shift.closes:
            yield Violation("shift_is_kept", *route.key, "", shift.closes, route.home)


def break_is_taken(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """A break begins in its window; only who is home before it closes goes without."""
    for route in plan.routes:
        pause = problem.shift_by_key[route.key].pause
        if pause is None or not route.stops:
            if route.pause is not None:
                yield Violation("break_is_taken", *route.key, expected=None, got=route.pause)
        elif route.pause is None:
            if route.home > pause.closes:
                yield Violation("break_is_taken", *route.key, expected=pause.closes, got=None)
        elif not pause.opens <= route.pause <= pause.closes or not (
            route.pause_before is not None and 0 <= route.pause_before <= len(route.stops)
        ):
            window = (pause.opens, pause.closes)
            yield Violation("break_is_taken", *route.key, expected=window, got=route.pause)


def driving_is_limited(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """Seconds on the road stay within the limit of the shift."""
    for route in plan.routes:
        most = problem.shift_by_key[route.key].driving
        if most is not None and route.driving > most:
            yield Violation("driving_is_limited", *route.key, expected=most, got=route.driving)


def metres_are_limited(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """Metres on the road stay within the limit of the shift."""
    for route in plan.routes:
        most = problem.shift_by_key[route.key].metres
        if most is not None and route.metres > most:
            yield Violation("metres_are_limited", *route.key, expected=most, got=route.metres)


def locked_come_first(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """What is locked is driven first, in its order."""
    for shift in problem.shifts:
        route = plan.route(*shift.key)
        made = tuple((stop.visit, stop.option) for stop in route.stops) if route else ()
        if made[: len(shift.locked)] != shift.locked:
            yield Violation("locked_come_first", *shift.key, expected=shift.locked, got=made)


def value_adds_up(problem: Problem, plan: Plan) -> Iterator[Violation]:
    """A zone's best visit earns its full value, each further one the diminished."""
    options: dict[str, list[int]] = defaultdict(list)
    earned: dict[str, list[int]] = defaultdict(list)
    for _, stop, _, option in _stops(problem, plan):
        options[stop.visit].append(option.value)
        earned[stop.visit].append(stop.value)
    for key, values in options.items():
        ranked = enumerate(sorted(values, reverse=True))
        expected = sorted((problem.diminished(value, rank) for rank, value in ranked), reverse=True)
        if sorted(earned[key], reverse=True) != expected:
            yield Violation("value_adds_up", visit=key, expected=expected, got=earned[key])
    total = sum(route.value for route in plan.routes)
    if plan.value != total:
        yield Violation("value_adds_up", expected=total, got=plan.value)
    if plan.bound is not None and plan.bound < plan.value:
        yield Violation("value_adds_up", expected=plan.value, got=plan.bound)


Rule = Callable[["Problem", "Plan"], Iterator[Violation]]

RULES: tuple[Rule, ...] = (
    one_route_a_shift,
    option_is_of_that_night,
    once_a_night,
    not_too_often,
    nights_are_spaced,
    required_are_made,
    crew_speaks_a_language,
    crew_has_the_skills,
    crew_is_not_alone,
    mode_fits,
    unit_may_come,
    discretion_is_kept,
    materials_suffice,
    service_begins_in_its_window,
    service_lasts_its_time,
    legs_match_the_matrices,
    clock_adds_up,
    shift_is_kept,
    break_is_taken,
    driving_is_limited,
    metres_are_limited,
    locked_come_first,
    value_adds_up,
    walks_are_short,
)


# --- what the rules share --------------------------------------------------------------


def _stops(problem: Problem, plan: Plan) -> Iterator[tuple[Shift, Stop, Visit, Option]]:
    for route in plan.routes:
        for stop in route.stops:
            visit = problem.visit(stop.visit)
            yield problem.shift_by_key[route.key], stop, visit, visit.options[stop.option]


def _at(
    rule: str, shift: Shift, stop: Stop, expected: object = None, got: object = None
) -> Violation:
    return Violation(rule, shift.unit, shift.night, stop.visit, expected, got)


def _nights_by_visit(problem: Problem, plan: Plan) -> dict[str, list[int]]:
    nights: dict[str, list[int]] = defaultdict(list)
    for shift, stop, _, _ in _stops(problem, plan):
        nights[stop.visit].append(shift.night)
    return {key: sorted(found) for key, found in nights.items()}


def _way(problem: Problem, mode: str, origin: int, destination: int) -> tuple[int, int]:
    """Seconds and metres between two places; without such ways none leads there."""
    travel = problem.travel.get(mode)
    if travel is None:
        return UNREACHABLE, UNREACHABLE
    return int(travel.seconds[origin, destination]), int(travel.metres[origin, destination])


def _rest(route: Route, shift: Shift) -> tuple[int, int] | None:
    """When the route's break begins and ends."""
    if route.pause is None or shift.pause is None:
        return None
    return route.pause, route.pause + shift.pause.length


def _adds_up(left: int, drive: int, arrival: int, begin: int, rest: tuple[int, int] | None) -> bool:
    """Whether a leg is driven without idling, except for a break at either of its ends."""
    if rest is None:
        return arrival == left + drive and begin >= arrival
    rest_begins, rest_ends = rest
    before_driving = left <= rest_begins and arrival == rest_ends + drive and begin >= arrival
    on_arrival = arrival == left + drive and arrival <= rest_begins and begin >= rest_ends
    return before_driving or on_arrival
