"""The cheapest place for one option in one route, each position judged in constant time."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from routing.chance import draw
from routing.instance import NEVER, Instance
from routing.kernel import inlined, kernel
from routing.routes import Labels, Routes, arrives_in_time, pause_of, serve, window_of

NOWHERE = NEVER
"""The cost of an insertion that is not possible."""


class Manner(NamedTuple):
    """How insertions are judged: by the detour on the road, or else by the delay of the
    next arrival; with probability `blink` a position is overlooked."""

    by_detour: bool
    blink: float
    chance: NDArray[np.uint64]


@kernel
def cheapest_insertion(
    instance: Instance,
    routes: Routes,
    option: int,
    shift: int,
    manner: Manner,
) -> tuple[int, int]:
    """Cost in seconds and position; (NOWHERE, 0) when the route cannot take the option.

    Blinking is from Christiaens & Vanden Berghe (2020).
    """
    if instance.shift[shift].pause_length > 0:
        return _with_break(instance, routes, option, shift, manner)
    return _without_break(instance, routes, option, shift, manner)


@kernel
def _without_break(
    instance: Instance,
    routes: Routes,
    option: int,
    shift: int,
    manner: Manner,
) -> tuple[int, int]:
    mode = instance.shift[shift].mode
    place = instance.option[option].place
    window = window_of(instance, option)
    row = routes.position[shift]
    best_cost = NOWHERE
    best_position = 0
    for position in range(instance.shift[shift].locked + 1, routes.route[shift].length + 2):
        before = row[position - 1]
        here = row[position]
        if before.leave_rested > window.closes:
            break
        if window.opens + window.service > here.latest_rested:
            continue
        drive_to = instance.seconds_to[mode, place, before.place]
        begin = max(before.leave_rested + drive_to, window.opens)
        if begin > window.closes:
            continue
        drive_on = instance.seconds_from[mode, place, here.place]
        arrival = begin + window.service + drive_on
        if arrival > here.latest_rested:
            continue
        if manner.by_detour:
            cost = drive_to + drive_on - here.drive
        else:
            cost = arrival - before.leave_rested - here.drive
        if cost >= best_cost or _blinks(manner):
            continue
        if not instance.shift[shift].limited or _within_limits(
            instance, routes, option, shift, position
        ):
            best_cost = cost
            best_position = position
    return best_cost, best_position


@kernel
def _with_break(
    instance: Instance,
    routes: Routes,
    option: int,
    shift: int,
    manner: Manner,
) -> tuple[int, int]:
    mode = instance.shift[shift].mode
    place = instance.option[option].place
    window = window_of(instance, option)
    pause = pause_of(instance, shift)
    row = routes.position[shift]
    best_cost = NOWHERE
    best_position = 0
    for position in range(instance.shift[shift].locked + 1, routes.route[shift].length + 2):
        before = row[position - 1]
        here = row[position]
        left = Labels(before.leave_due, before.leave_rested)
        latest = Labels(here.latest_due, here.latest_rested)
        if min(left.due, left.rested) > window.closes:
            break
        if window.opens + window.service > max(latest.due, latest.rested):
            continue
        drive_to = instance.seconds_to[mode, place, before.place]
        drive_on = instance.seconds_from[mode, place, here.place]
        leave = serve(left, drive_to, window, pause)
        if not arrives_in_time(leave, drive_on, latest, pause):
            continue
        if manner.by_detour:
            cost = drive_to + drive_on - here.drive
        else:
            direct = min(left.rested, left.due + pause.length) + here.drive
            cost = min(leave.rested, leave.due + pause.length) + drive_on - direct
        if cost >= best_cost or _blinks(manner):
            continue
        if not instance.shift[shift].limited or _within_limits(
            instance, routes, option, shift, position
        ):
            best_cost = cost
            best_position = position
    return best_cost, best_position


@inlined
def _blinks(manner: Manner) -> bool:
    return manner.blink > 0.0 and draw(manner.chance) < manner.blink


@kernel
def _within_limits(
    instance: Instance, routes: Routes, option: int, shift: int, position: int
) -> bool:
    """Whether road seconds, metres and materials allow the insertion."""
    limit = instance.shift[shift]
    route = routes.route[shift]
    here = instance.option[option].place
    before = routes.position[shift, position - 1].place
    after = routes.position[shift, position].place
    seconds = instance.seconds_from[limit.mode]
    metres = instance.metres_from[limit.mode]
    driving = route.driving + seconds[before, here] + seconds[here, after]
    distance = route.metres + metres[before, here] + metres[here, after]
    if route.length > 0:
        driving -= seconds[before, after]
        distance -= metres[before, after]
    return (
        driving <= limit.driving_limit
        and distance <= limit.metres_limit
        and route.materials + instance.option[option].materials <= limit.materials_limit
    )
