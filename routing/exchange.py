"""What it would take to make one more visit: the time that is missing, the stops to drop."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from routing.insertion import NOWHERE, Manner, cheapest_insertion, every_gap
from routing.instance import NEVER, Instance
from routing.kernel import kernel
from routing.problem import EARLIEST
from routing.routes import Labels, Routes, pause_of, serve, time_route, window_of


class Exchange(NamedTuple):
    """Drop `dropped` stops from position `first` on, then insert at `position`.

    `lost`: points of the dropped stops; infinite when no exchange is feasible.
    """

    lost: float
    first: int
    dropped: int
    position: int


class Shortage(NamedTuple):
    """A place in a route where the visit itself fits, but the rest would be late.

    `needs`: seconds by which the next arrival is delayed, `left`: seconds it may be.
    """

    needs: int
    left: int
    position: int


@kernel
def cheapest_exchange(instance: Instance, routes: Routes, option: int, shift: int) -> Exchange:
    """The string of stops of one route whose loss makes room for the option.

    Promises and locked stops stay. The routes are as before afterwards.
    """
    locked = instance.shift[shift].locked
    length = routes.route[shift].length
    row = routes.position[shift]
    before = row["option"][: length + 2].copy()
    manner = Manner(True, 0.0, np.ones(1, dtype=np.uint64))
    best = Exchange(np.inf, 0, 0, 0)
    for first in range(locked + 1, length + 2):
        lost = 0.0
        for dropped in range(length - first + 2):
            if dropped > 0:
                victim = before[first + dropped - 1]
                if instance.option[victim].promise > 0.0:
                    break
                lost += instance.option[victim].worth
            if lost >= best.lost:
                break
            for position in range(first, length + 2 - dropped):
                row[position].option = before[position + dropped]
            routes.route[shift].length = length - dropped
            if time_route(instance, routes, shift) == 0:
                gaps = every_gap(instance, routes, shift)
                cost, position = cheapest_insertion(instance, routes, option, shift, gaps, manner)
                if cost < NOWHERE:
                    best = Exchange(lost, first, dropped, position)
            for position in range(length + 2):
                row[position].option = before[position]
            routes.route[shift].length = length
    time_route(instance, routes, shift)
    return best


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
