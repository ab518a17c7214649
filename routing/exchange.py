"""What it would take to make one more visit: the time that is missing, the stops to drop."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from routing.insertion import NOWHERE, Manner, cheapest_insertion, every_gap
from routing.instance import NEVER, Instance
from routing.kernel import kernel
from routing.problem import EARLIEST
from routing.routes import (
    Labels,
    Routes,
    claim,
    is_open,
    pause_of,
    release,
    serve,
    time_route,
    window_of,
)


class Exchanges(NamedTuple):
    """For every option asked for: in the route of `shift` drop `dropped` stops from position
    `first` on, then insert it at `position`.

    `lost`: points of the dropped stops; infinite when no exchange is feasible. What a walk
    makes again of them is among the points that the walk earns.
    """

    lost: NDArray[np.float64]
    shift: NDArray[np.int64]
    first: NDArray[np.int64]
    dropped: NDArray[np.int64]
    position: NDArray[np.int64]


class Shortage(NamedTuple):
    """A place in a route where the visit itself fits, but the rest would be late.

    `needs`: seconds by which the next arrival is delayed, `left`: seconds it may be.
    """

    needs: int
    left: int
    position: int


class _Strings(NamedTuple):
    """Strings of adjacent stops of one route, what is worth least first."""

    first: NDArray[np.int64]
    dropped: NDArray[np.int64]
    lost: NDArray[np.float64]  # points
    promise: NDArray[np.float64]  # points that stand for promises, not among those lost


@kernel
def cheapest_exchanges(instance: Instance, routes: Routes, options: NDArray[np.int64]) -> Exchanges:
    """For each option the string of stops of one route whose loss makes room for it.

    Locked stops stay, and promises but those that a walk makes itself. The options are of
    visits that are not made, or walks that make one; the routes are as before afterwards.
    """
    count = len(options)
    best = Exchanges(
        np.full(count, np.inf),
        np.full(count, -1, dtype=np.int64),
        np.zeros(count, dtype=np.int64),
        np.zeros(count, dtype=np.int64),
        np.zeros(count, dtype=np.int64),
    )
    for shift in range(instance.shifts):
        waiting = np.flatnonzero(instance.allowed[options, shift])
        strings = _strings(instance, routes, shift)
        for number in range(len(strings.first)):
            lost = strings.lost[number]
            waiting = waiting[best.lost[waiting] > lost]
            if len(waiting) == 0:
                break
            stops = _take_out(instance, routes, shift, strings, number)
            if time_route(instance, routes, shift) == 0:
                gone = strings.promise[number]
                _try_all(instance, routes, shift, options, waiting, gone, best, number, strings)
            _put_back(instance, routes, shift, strings, number, stops)
    return best


@kernel
def _strings(instance: Instance, routes: Routes, shift: int) -> _Strings:
    locked = instance.shift[shift].locked
    length = routes.route[shift].length
    row = routes.position[shift]
    most = 1 + (length - locked) * (length - locked + 1) // 2
    strings = _Strings(
        np.full(most, locked + 1, dtype=np.int64),
        np.zeros(most, dtype=np.int64),
        np.zeros(most),
        np.zeros(most),
    )
    count = 1  # the first drops nothing
    for first in range(locked + 1, length + 1):
        lost, promise = 0.0, 0.0
        for last in range(first, length + 1):
            stop = instance.option[row[last].option]
            lost += stop.worth - stop.promise
            promise += stop.promise
            strings.first[count] = first
            strings.dropped[count] = last - first + 1
            strings.lost[count] = lost
            strings.promise[count] = promise
            count += 1
    order = np.argsort(strings.lost, kind="mergesort")
    return _Strings(
        strings.first[order], strings.dropped[order], strings.lost[order], strings.promise[order]
    )


@kernel
def _take_out(
    instance: Instance, routes: Routes, shift: int, strings: _Strings, number: int
) -> NDArray[np.int64]:
    """Drop a string from its route; its options."""
    row = routes.position[shift]
    first, dropped = strings.first[number], strings.dropped[number]
    stops = np.empty(dropped, dtype=np.int64)
    for index in range(dropped):
        stops[index] = row[first + index].option
        release(instance, routes, stops[index])
    for position in range(first, routes.route[shift].length + 2 - dropped):
        row[position].option = row[position + dropped].option
    routes.route[shift].length -= dropped
    return stops


@kernel
def _put_back(  # noqa: PLR0917
    instance: Instance,
    routes: Routes,
    shift: int,
    strings: _Strings,
    number: int,
    stops: NDArray[np.int64],
) -> None:
    row = routes.position[shift]
    first, dropped = strings.first[number], strings.dropped[number]
    for position in range(routes.route[shift].length + 1, first - 1, -1):
        row[position + dropped].option = row[position].option
    for index in range(dropped):
        row[first + index].option = stops[index]
        claim(instance, routes, stops[index], shift)
    routes.route[shift].length += dropped
    time_route(instance, routes, shift)


@kernel
def _try_all(  # noqa: PLR0917
    instance: Instance,
    routes: Routes,
    shift: int,
    options: NDArray[np.int64],
    waiting: NDArray[np.int64],
    gone: float,
    best: Exchanges,
    number: int,
    strings: _Strings,
) -> None:
    """Try the options in the route without the string; remember those that fit."""
    manner = Manner(True, 0.0, np.ones(1, dtype=np.uint64))
    gaps = every_gap(instance, routes, shift)
    for index in waiting:
        option = options[index]
        record = instance.option[option]
        # Promises that go with the string must come back with the walk.
        if gone > 0.0 and (record.also_count == 0 or abs(record.promise - gone) > 0.5):
            continue
        if not is_open(instance, routes, option):
            continue
        cost, position = cheapest_insertion(instance, routes, option, shift, gaps, manner)
        if cost < NOWHERE:
            best.lost[index] = strings.lost[number]
            best.shift[index] = shift
            best.first[index] = strings.first[number]
            best.dropped[index] = strings.dropped[number]
            best.position[index] = position


@kernel
def least_shortages(
    instance: Instance, routes: Routes, options: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """For each option seconds needed and left where it comes nearest to fitting in time, and
    by which shift; -1 where none may."""
    needs = np.full(len(options), NEVER, dtype=np.int64)
    left = np.zeros(len(options), dtype=np.int64)
    by = np.full(len(options), -1, dtype=np.int64)
    for index in range(len(options)):
        for shift in range(instance.shifts):
            if instance.allowed[options[index], shift]:
                found = least_shortage(instance, routes, options[index], shift)
                if by[index] < 0 or found.needs - found.left < needs[index] - left[index]:
                    needs[index], left[index], by[index] = found.needs, found.left, shift
    return needs, left, by


@kernel
def least_shortage(instance: Instance, routes: Routes, option: int, shift: int) -> Shortage:
    """Where the option comes nearest to fitting in time; NEVER needed where it never does."""
    mode = instance.shift[shift].mode
    place = instance.option[option].place
    window = window_of(instance, option)
    pause = pause_of(instance, shift)
    best = Shortage(NEVER, 0, 0)
    for position in range(instance.shift[shift].locked + 1, routes.route[shift].length + 2):
        before = routes.position[shift, position - 1]
        after = routes.position[shift, position]
        left = Labels(before.leave_due, before.leave_rested)
        leave = serve(left, instance.roads.seconds_to[mode, place, before.place], window, pause)
        then = min(leave.rested, leave.due + pause.length)
        latest = max(after.latest_rested, after.latest_due + pause.length)
        if then >= NEVER or latest < EARLIEST:
            continue
        now = min(left.rested, left.due + pause.length) + after.drive
        needs = then + instance.roads.seconds_from[mode, place, after.place] - now
        if needs - (latest - now) < best.needs - best.left:
            best = Shortage(needs, latest - now, position)
    return best
