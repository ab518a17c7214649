"""The state of a search: m routes that are feasible at every step.

A route is a row of numbers: its start, its stops, its end. For every position the row of
times says how early the unit can leave it and how late it may arrive, each for the break
still to come ("due") and taken ("rested"), so that an insertion is judged without
driving the rest of the route: the two labels of the break, the slack of Savelsbergh (1992).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from routing.instance import NEVER, Compiled, Instance, end_of, start_of
from routing.kernel import bare, inlined, kernel

POSITION = np.dtype(
    [
        ("option", "i8"),  # option number; the start and the end of the shift at either end
        ("place", "i8"),
        ("drive", "i8"),  # seconds of the leg into this position
        ("leave_due", "i8"),  # earliest departure, break still to come
        ("leave_rested", "i8"),  # earliest departure, break taken or none due
        ("latest_due", "i8"),  # latest arrival, break still to come
        ("latest_rested", "i8"),  # latest arrival, break taken or none due
    ]
)
ROUTE = np.dtype(
    [
        ("length", "i8"),  # stops without start and end
        ("driving", "i8"),  # seconds on the road
        ("metres", "i8"),
        ("materials", "i8"),
        ("worth", "f8"),  # points of its stops as first visits, promises and affinity too
    ]
)
VISITED = np.dtype([("nights", "i8"), ("times", "i8")])


class Routes(NamedTuple):
    """Positions p of the routes of shifts k (0 is the start), options o, visits v."""

    position: NDArray[np.void]  # (k, p) POSITION
    route: NDArray[np.void]  # (k,) ROUTE
    shift_of: NDArray[np.int64]  # (o,): the shift that serves it, -1 for none
    visited: NDArray[np.void]  # (v,) VISITED: bits of the nights, and how often


def empty_routes(compiled: Compiled) -> Routes:
    """Routes from start to end with nothing between."""
    instance, visits = compiled.instance, len(compiled.problem.visits)
    routes = Routes(
        position=np.zeros((instance.shifts, visits + 2), dtype=POSITION),
        route=np.zeros(instance.shifts, dtype=ROUTE),
        shift_of=np.full(instance.options, -1, dtype=np.int64),
        visited=np.zeros(visits, dtype=VISITED),
    )
    for shift in range(instance.shifts):
        routes.position["option"][shift, 0] = start_of(instance, shift)
        routes.position["option"][shift, 1] = end_of(instance, shift)
        time_route(instance, routes, shift)
    return routes


class Labels(NamedTuple):
    """A time twice: with the break still to come ("due"), and taken or none due."""

    due: int
    rested: int


class Window(NamedTuple):
    """When service may begin, and how long it lasts."""

    opens: int
    closes: int
    service: int


class Pause(NamedTuple):
    """When a shift's break may begin, and how long it lasts (0: no break)."""

    opens: int
    closes: int
    length: int


@inlined
def window_of(instance: Instance, option: int) -> Window:
    """When the service of an option may begin, and how long it lasts."""
    record = instance.option[option]
    return Window(record.opens, record.closes, record.service)


@inlined
def pause_of(instance: Instance, shift: int) -> Pause:
    """When the break of a shift may begin, and how long it lasts (0: none)."""
    record = instance.shift[shift]
    return Pause(record.pause_opens, record.pause_closes, record.pause_length)


@inlined
def serve(leave: Labels, drive: int, window: Window, pause: Pause) -> Labels:
    """Earliest departures from a stop that lies `drive` seconds on; NEVER where impossible.

    The break is taken on arrival where it may still begin then, else before driving off:
    arriving first is never later.
    """
    due = NEVER
    rested = NEVER
    if leave.rested < NEVER:
        begin = max(leave.rested + drive, window.opens)
        if begin <= window.closes:
            rested = begin + window.service
    if leave.due < NEVER:
        begin = max(leave.due + drive, window.opens)
        if begin <= window.closes:
            due = begin + window.service
        rest = max(leave.due + drive, pause.opens)
        begin = max(rest + pause.length, window.opens)
        if rest > pause.closes:
            rest = max(leave.due, pause.opens)
            begin = max(rest + pause.length + drive, window.opens)
        if rest <= pause.closes and begin <= window.closes:
            rested = min(rested, begin + window.service)
    return Labels(due, rested)


@inlined
def arrives_in_time(leave: Labels, drive: int, latest: Labels, pause: Pause) -> bool:
    """Whether a unit that leaves at `leave` reaches the next position early enough."""
    if leave.rested + drive <= latest.rested or leave.due + drive <= latest.due:
        return True
    rest = max(leave.due, pause.opens)
    return rest <= pause.closes and rest + pause.length + drive <= latest.rested


@bare
def time_route(instance: Instance, routes: Routes, shift: int) -> int:
    """Refresh times and sums of a route. The first position that fails, 0 when all is well.

    The end of the route fails when the unit is home late or a limit is exceeded. Of a route that
    fails the latest arrivals stay as they were.
    """
    _sum_up(instance, routes, shift)
    late = _leave_earliest(instance, routes, shift)
    if late == 0:
        _arrive_latest(instance, routes, shift)
    return late


@inlined
def _sum_up(instance: Instance, routes: Routes, shift: int) -> None:
    """Legs, seconds and metres on the road, materials and worth of a route."""
    row = routes.position[shift]
    route = routes.route[shift]
    mode = instance.shift[shift].mode
    last = route.length + 1
    row[0].place = instance.option[row[0].option].place
    driving = 0
    metres = 0
    materials = 0
    worth = 0.0
    for position in range(1, last + 1):
        option = row[position].option
        place = instance.option[option].place
        origin = row[position - 1].place
        row[position].place = place
        row[position].drive = instance.roads.seconds_from[mode, origin, place]
        driving += row[position].drive
        metres += instance.roads.metres_from[mode, origin, place]
        if position < last:
            materials += instance.option[option].materials
            worth += instance.option[option].worth + instance.affinity[option, shift]
    empty = last == 1  # a unit without a stop stays at base
    route.driving = 0 if empty else driving
    route.metres = 0 if empty else metres
    route.materials = materials
    route.worth = worth


@inlined
def _leave_earliest(instance: Instance, routes: Routes, shift: int) -> int:
    """Forward labels; the first position not reached in time, or the end where a limit is
    exceeded; 0 for none."""
    row = routes.position[shift]
    last = routes.route[shift].length + 1
    pause = pause_of(instance, shift)
    opens = instance.option[row[0].option].opens
    leave = Labels(opens, NEVER) if pause.length > 0 else Labels(NEVER, opens)
    row[0].leave_due = leave.due
    row[0].leave_rested = leave.rested
    for position in range(1, last):
        window = window_of(instance, row[position].option)
        leave = serve(leave, row[position].drive, window, pause)
        if leave.due >= NEVER and leave.rested >= NEVER:
            return position
        row[position].leave_due = leave.due
        row[position].leave_rested = leave.rested
    if last == 1:
        return 0
    closes = instance.option[row[last].option].closes
    home_by = Labels(min(closes, pause.closes), closes)
    on_time = arrives_in_time(leave, row[last].drive, home_by, pause)
    return 0 if on_time and _within_limits(instance, routes, shift) else last


@inlined
def _within_limits(instance: Instance, routes: Routes, shift: int) -> bool:
    limit = instance.shift[shift]
    route = routes.route[shift]
    return (
        route.driving <= limit.driving_limit
        and route.metres <= limit.metres_limit
        and route.materials <= limit.materials_limit
    )


@inlined
def _arrive_latest(instance: Instance, routes: Routes, shift: int) -> None:
    """Backward labels: the latest arrival at each position that saves the rest."""
    row = routes.position[shift]
    last = routes.route[shift].length + 1
    pause = pause_of(instance, shift)
    rested = instance.option[row[last].option].closes
    due = min(rested, pause.closes) if pause.length > 0 else -NEVER
    row[last].latest_due = due
    row[last].latest_rested = rested
    for position in range(last - 1, 0, -1):
        window = window_of(instance, row[position].option)
        drive = row[position + 1].drive
        if pause.length > 0:
            rest_before_driving = _rest_by(rested - drive, pause)
            due = _begin_by(max(due - drive, rest_before_driving), window)
        rested = _begin_by(rested - drive, window)
        if pause.length > 0:
            due = max(due, _rest_by(rested, pause))
        row[position].latest_due = due
        row[position].latest_rested = rested


@inlined
def _begin_by(leave_by: int, window: Window) -> int:
    """Latest begin of a service that must end by `leave_by`; never when that is too early."""
    begin = min(window.closes, leave_by - window.service)
    return begin if begin >= window.opens else -NEVER


@inlined
def _rest_by(end_by: int, pause: Pause) -> int:
    """Latest begin of a break that must end by `end_by`; never when that is too early."""
    rest = min(pause.closes, end_by - pause.length)
    return rest if rest >= pause.opens else -NEVER


@inlined
def is_open(instance: Instance, routes: Routes, option: int) -> bool:
    """Whether the option may still be added: its visit may be made once more, its night is free."""
    record = instance.option[option]
    visited = routes.visited[record.visit]
    if visited.times >= instance.visit[record.visit].most or visited.nights & record.excludes != 0:
        return False
    for further in range(record.also_first, record.also_first + record.also_count):
        if routes.visited[instance.also[further]].nights & record.excludes != 0:
            return False
    return True


@inlined
def claim(instance: Instance, routes: Routes, option: int, shift: int) -> None:
    """Note that the shift now serves the option."""
    record = instance.option[option]
    visited = routes.visited[record.visit]
    visited.nights |= 1 << record.night
    visited.times += 1
    for further in range(record.also_first, record.also_first + record.also_count):
        routes.visited[instance.also[further]].nights |= 1 << record.night
        routes.visited[instance.also[further]].times += 1
    routes.shift_of[option] = shift


@inlined
def release(instance: Instance, routes: Routes, option: int) -> None:
    """Note that nobody serves the option; `drop_released` then drops it from its route."""
    record = instance.option[option]
    visited = routes.visited[record.visit]
    visited.nights &= ~(1 << record.night)
    visited.times -= 1
    for further in range(record.also_first, record.also_first + record.also_count):
        routes.visited[instance.also[further]].nights &= ~(1 << record.night)
        routes.visited[instance.also[further]].times -= 1
    routes.shift_of[option] = -1


@bare
def insert(instance: Instance, routes: Routes, option: int, shift: int, position: int) -> int:
    """Put the option at `position` of the route; the position that fails, 0 for none."""
    row = routes.position[shift]
    for later in range(routes.route[shift].length + 1, position - 1, -1):
        row[later + 1].option = row[later].option
    row[position].option = option
    routes.route[shift].length += 1
    claim(instance, routes, option, shift)
    return time_route(instance, routes, shift)


@bare
def drop_released(instance: Instance, routes: Routes, shift: int) -> None:
    """Drop released stops from a route, and more, promises too, where the rest no longer fits.

    Without the triangle inequality a shorter route may take longer, and a break may lose
    the place where it was taken.
    """
    locked = instance.shift[shift].locked
    while True:
        _keep_served(routes, shift)
        late = time_route(instance, routes, shift)
        length = routes.route[shift].length
        if late == 0 or length <= locked:
            return
        victim = min(max(late, locked + 1), length)
        release(instance, routes, routes.position[shift, victim].option)


@inlined
def _keep_served(routes: Routes, shift: int) -> None:
    row = routes.position[shift]
    length = routes.route[shift].length
    end = row[length + 1].option
    kept = 0
    for position in range(1, length + 1):
        if routes.shift_of[row[position].option] == shift:
            kept += 1
            row[kept].option = row[position].option
    row[kept + 1].option = end
    routes.route[shift].length = kept


@kernel
def total_score(instance: Instance, routes: Routes) -> tuple[float, float]:
    """Points of all routes, and the same less the price of the driving."""
    points = 0.0
    driving = 0
    for shift in range(instance.shifts):
        points += routes.route[shift].worth
        driving += routes.route[shift].driving
    if instance.repeats:
        for visit in range(len(routes.visited)):
            if routes.visited[visit].times > 1:
                points -= _lost_by_repeating(instance, routes, visit)
    return points, points - instance.driving_price * driving


@bare
def promised_points(instance: Instance, routes: Routes) -> float:
    """Points of all routes that stand for kept promises, each promise once."""
    promised = 0.0
    for shift in range(instance.shifts):
        for position in range(1, routes.route[shift].length + 1):
            record = instance.option[routes.position[shift, position].option]
            promised += record.promise / routes.visited[record.visit].times
    return promised


@kernel
def _lost_by_repeating(instance: Instance, routes: Routes, visit: int) -> float:
    """Points that a repeated visit earns less than if each time were the first."""
    values = np.empty(routes.visited[visit].times)
    promise = 0.0
    count = 0
    for option in range(instance.visit[visit].first_option, instance.visit[visit + 1].first_option):
        if routes.shift_of[option] >= 0:
            promise = instance.option[option].promise
            values[count] = instance.option[option].worth - promise
            count += 1
    values = np.sort(values)[::-1]
    lost = promise * (count - 1)
    share = 1.0
    for rank in range(count):
        lost += (1.0 - share) * values[rank]
        share *= instance.diminishing
    return lost
