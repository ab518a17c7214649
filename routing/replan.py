"""A night under way is planned again: what is done stays, as little as possible changes.

Where every unit is and what it has done (`standing`) gives the rest of the night as a
problem of its own; the running plan is its start, and every stop that stays with its
unit earns points for staying. New visits and closed zones are changes of the problem.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from routing.anneal import Annealer, Heat, Sequences
from routing.exchange import cheapest_exchanges
from routing.feasible import drivable, keep_promises
from routing.instance import compiled
from routing.plan import Plan, Route, verified
from routing.planner import SEARCHES, Clock, best_of, compile_kernel, explore, fill_up
from routing.problem import Problem, Shift
from routing.schedule import choices_of, plan_of
from routing.visits import promises_kept_with_few_kits
from routing.walks import Choice, made_by, visits_made

COOL = (Heat(begin=0.03, end=0.01),)
DEFAULT_SECONDS = 0.8
STAYING = 0.2
"""Points for a stop that stays with its unit, as a share of a mean visit."""


@dataclass(frozen=True)
class Standing:
    """Where a unit is: free to go on from `place` at `time`, its first `done` stops behind
    it. `under_way`: it already drives to its next stop, or waits there. `driven` and
    `metres` are behind it, and `rested` says whether its break is."""

    place: int
    time: int
    done: int
    under_way: bool = False
    rested: bool = False
    driven: int = 0
    metres: int = 0


@dataclass(frozen=True)
class Replanned:
    """The rest of the night: its problem, its plan, and what changed for the crews."""

    problem: Problem
    plan: Plan
    dropped: tuple[str, ...]
    moved: tuple[str, ...]
    added: tuple[str, ...]


def standing(problem: Problem, route: Route, now: int) -> Standing:
    """Where the unit is at `now` if it has kept to its route so far.

    A walk from the van that has begun is finished first.
    """
    shift = problem.shift_by_key[route.key]
    done = sum(stop.begin <= now for stop in route.stops)
    while 0 < done < len(route.stops) and route.stops[done].on_foot:
        done += 1
    begun = route.stops[:done]
    parked = [stop for stop in begun if not stop.on_foot]
    place = problem.visit(parked[-1].visit).place if parked else shift.start
    back = route.stops[done].walk if done < len(route.stops) else route.walk_home
    free = begun[-1].departure + back if begun else route.departure
    rested = route.pause is not None and route.pause_before is not None
    rested = rested and (route.pause_before or 0) < done
    if route.pause is not None and shift.pause is not None and route.pause_before == done:
        follows = route.stops[done].arrival if done < len(route.stops) else route.home
        drive = route.stops[done].drive if done < len(route.stops) else route.drive_home
        before_driving = follows - drive >= route.pause + shift.pause.length
        if before_driving and route.pause <= now:
            rested, free = True, route.pause + shift.pause.length
    under_way = done < len(route.stops) and free < now
    return Standing(
        place=place,
        time=free if under_way or free >= now else now,
        done=done,
        under_way=under_way,
        rested=rested,
        driven=sum(stop.drive for stop in begun),
        metres=sum(stop.metres for stop in begun),
    )


def rest_of_night(
    problem: Problem,
    plan: Plan,
    standings: Mapping[str, Standing],
    closed: Iterable[str] = (),
) -> Problem:
    """What is still to be planned; units without a standing have not left yet."""
    done: set[str] = set()
    shifts = []
    for shift in problem.shifts:
        here, route = standings.get(shift.unit), plan.route(*shift.key)
        if here is None:
            shifts.append(shift)
            continue
        stops = route.stops if route else ()
        done |= {stop.visit for stop in stops[: here.done]}
        following = stops[here.done : here.done + here.under_way]
        kits = sum(problem.visit(stop.visit).materials for stop in stops[: here.done])
        shifts.append(
            replace(
                shift,
                start=here.place,
                opens=min(here.time, shift.closes),
                pause=None if here.rested else shift.pause,
                driving=_less(shift.driving, here.driven),
                metres=_less(shift.metres, here.metres),
                materials=_less(shift.materials, kits),
                locked=tuple((stop.visit, stop.option) for stop in following),
            )
        )
    under_way = {key for shift in shifts for key, _ in shift.locked}
    gone = done | (set(closed) - under_way)
    ahead = (visit for visit in problem.visits if visit.key not in gone)
    visits = promises_kept_with_few_kits(ahead, shifts)
    return replace(problem, visits=visits, shifts=tuple(shifts))


def replan(
    problem: Problem,
    plan: Plan,
    standings: Mapping[str, Standing],
    *,
    closed: Iterable[str] = (),
    seconds: float | None = None,
    iterations: int | None = None,
    seed: int = 1,
) -> Replanned:
    """The rest of a running night, planned again.

    `problem`: the night as it is now, new promises among its visits; `plan`: the one that
    runs. Raises InfeasibleError when a promise can no longer be kept.
    """
    compile_kernel()
    if seconds is None and iterations is None:
        seconds = DEFAULT_SECONDS
    clock = Clock(seconds, iterations, None, time.perf_counter)
    rest = rest_of_night(problem, plan, standings, closed)
    running = _remaining(rest, plan)
    start = with_promises(rest, running)
    if start is None:
        start = keep_promises(rest, seed, clock.late)
    instance = compiled(rest, _points_for_staying(rest, running))
    searches = explore(instance, [seed + 1000 * k for k in range(SEARCHES)], start, clock, COOL)
    found = best_of(instance, searches, seed, clock)
    renewed = verified(rest, plan_of(rest, fill_up(instance, found.routes)))
    return _compared(rest, plan, standings, renewed)


def _remaining(rest: Problem, plan: Plan) -> Sequences:
    """What is left of the running plan; where it is late now, the least of its stops go."""
    known = {visit.key for visit in rest.visits}
    arrays = compiled(rest)
    routes = []
    for shift in rest.shifts:
        route = plan.route(*shift.key)
        stops = [stop for stop in route.stops if stop.visit in known] if route else []
        locked = [choice[0] for choice in shift.locked]
        kept: list[Choice] = [*shift.locked]
        for choice in choices_of(stops):
            # A walk that has lost its first visit, or begins under way, is driven.
            made = [each for each in made_by(choice) if each[0] not in locked]
            whole = len(made) == len(made_by(choice)) and choice in arrays.number
            kept += [choice] if whole else made
        while len(kept) > len(shift.locked) and not drivable(rest, shift, kept):
            kept.remove(min(kept[len(shift.locked) :], key=lambda choice: _weight(rest, choice)))
        routes.append(tuple(kept))
    return tuple(routes)


def _weight(problem: Problem, choice: Choice) -> tuple[bool, int]:
    made = [(problem.visit(key), index) for key, index in made_by(choice)]
    value = sum(visit.options[index].value for visit, index in made)
    return any(visit.required for visit, _ in made), value


def with_promises(problem: Problem, routes: Sequences) -> Sequences | None:
    """The routes with every promise taken in where the least is lost; None where one is not."""
    arrays = compiled(problem)
    for visit in problem.visits:
        if not visit.required or any(visit.key in visits_made(route) for route in routes):
            continue
        held = Annealer.from_start(arrays, 1, routes).state.routes
        own = np.array([arrays.number[visit.key, i] for i in range(len(visit.options))], np.int64)
        offers = cheapest_exchanges(arrays.instance, held, own)
        if np.isinf(offers.lost).all():
            return None
        best = int(np.argmin(offers.lost))
        shift, first, position = offers.shift[best], offers.first[best], offers.position[best]
        stops = list(routes[shift])
        del stops[first - 1 : first - 1 + offers.dropped[best]]
        stops.insert(position - 1, arrays.choices[own[best]])
        routes = (*routes[:shift], tuple(stops), *routes[shift + 1 :])
    return routes


def _points_for_staying(problem: Problem, running: Sequences) -> NDArray[np.float64]:
    """(option, shift): points for every option of a visit that stays where it was."""
    choices = [(v.key, index) for v in problem.visits for index in range(len(v.options))]
    values = [option.value for visit in problem.visits for option in visit.options] or [0]
    points = np.zeros((len(choices), len(problem.shifts)))
    for shift, route in enumerate(running):
        mine = set(visits_made(route))
        points[[key in mine for key, _ in choices], shift] = STAYING * float(np.mean(values))
    return points


def _compared(
    rest: Problem, plan: Plan, standings: Mapping[str, Standing], renewed: Plan
) -> Replanned:
    before = _units(rest.shifts, plan, {unit: here.done for unit, here in standings.items()})
    after = _units(rest.shifts, renewed, {})
    return Replanned(
        problem=rest,
        plan=renewed,
        dropped=tuple(key for key in before if key not in after),
        moved=tuple(key for key in after if key in before and before[key] != after[key]),
        added=tuple(key for key in after if key not in before),
    )


def _units(shifts: Sequence[Shift], plan: Plan, done: Mapping[str, int]) -> dict[str, str]:
    """Which unit makes which visit that is not behind it."""
    routes = [route for shift in shifts if (route := plan.route(*shift.key)) is not None]
    return {
        stop.visit: route.unit
        for route in routes
        for stop in route.stops[done.get(route.unit, 0) :]
    }


def _less(limit: int | None, used: int) -> int | None:
    return None if limit is None else max(0, limit - used)
