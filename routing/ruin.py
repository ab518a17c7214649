"""Ruin: three ways to take stops out of the routes, so that others may come in.

Adjacent strings are the slack induction by string removals of Christiaens & Vanden Berghe
(Transportation Science 54, 2020); the slab of time frees one stretch of the night. A step that
makes arrays hands them to one that makes none (`kernel.bare`).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from routing.chance import draw, draw_below
from routing.instance import Instance
from routing.kernel import bare, inlined, kernel
from routing.routes import Routes, drop_released, release

STRINGS_SHARE = 0.75
SLAB_SHARE = 0.15  # the rest removes single stops at random
SHORTEST_SLAB, LONGER_SLAB = 0.05, 0.20  # of a shift
SEVERAL_SHARE = 0.4
"""How often a slab is taken out of several routes."""

MEAN_REMOVED = 10.0
LONGEST_STRING = 10.0
KEEP_MIDDLE_SHARE = 0.5
MOST_RUINED = 6
"""Routes: a week has dozens of routes: a ruin that touches a few of them is worth more a second."""


@kernel
def ruin(
    instance: Instance,
    routes: Routes,
    taking_part: NDArray[np.bool_],
    chance: NDArray[np.uint64],
) -> None:
    """Take stops out in one of three ways, and mark the routes that lost any."""
    way = draw(chance)
    if way < STRINGS_SHARE:
        remove_adjacent_strings(instance, routes, taking_part, chance)
    elif way < STRINGS_SHARE + SLAB_SHARE:
        remove_time_slab(instance, routes, taking_part, chance)
    else:
        remove_at_random(instance, routes, taking_part, chance)


@kernel
def remove_adjacent_strings(
    instance: Instance,
    routes: Routes,
    taking_part: NDArray[np.bool_],
    chance: NDArray[np.uint64],
) -> None:
    """Around a random option, take one string of stops out of each of a few routes."""
    ruined = np.zeros(instance.shifts, dtype=np.bool_)
    _remove_strings(instance, routes, taking_part, ruined, chance)


@bare
def _remove_strings(
    instance: Instance,
    routes: Routes,
    taking_part: NDArray[np.bool_],
    ruined: NDArray[np.bool_],
    chance: NDArray[np.uint64],
) -> None:
    """Take one string out of each of a few routes around a random option; `ruined` marks them."""
    free = 0
    for shift in range(instance.shifts):
        free += routes.route[shift].length - instance.shift[shift].locked
    if free == 0:
        return
    longest = min(LONGEST_STRING, max(1.0, free / instance.shifts))
    most_strings = max(1.0, 4.0 * MEAN_REMOVED / (1.0 + longest) - 1.0)
    strings = min(draw_below(chance, most_strings) + 1, instance.shifts, MOST_RUINED)
    centre = draw_below(chance, instance.options)
    for rank in range(-1, instance.nearest.shape[1]):
        near = centre if rank < 0 else instance.nearest[centre, rank]
        shift = routes.shift_of[near]
        if shift < 0 or ruined[shift]:
            continue
        position = _position_of(routes, near, shift)
        if position <= instance.shift[shift].locked:
            continue
        _release_string(instance, routes, shift, position, longest, chance)
        drop_released(instance, routes, shift)
        ruined[shift] = True
        taking_part[shift] = True
        strings -= 1
        if strings == 0:
            return


@inlined
def _release_string(  # noqa: PLR0917
    instance: Instance,
    routes: Routes,
    shift: int,
    position: int,
    longest: float,
    chance: NDArray[np.uint64],
) -> None:
    """Release a string of stops around `position`; half of the time a run of stops in it stays."""
    first_free = instance.shift[shift].locked + 1
    free = routes.route[shift].length - instance.shift[shift].locked
    removed = min(free, draw_below(chance, min(float(free), longest)) + 1)
    kept = 0
    if 1 < removed < free and draw(chance) < KEEP_MIDDLE_SHARE:
        kept = 1
        while removed + kept < free and draw(chance) > 0.5:
            kept += 1
    span = removed + kept
    earliest = max(first_free, position - span + 1)
    latest = min(position, routes.route[shift].length - span + 1)
    first = earliest + draw_below(chance, latest - earliest + 1)
    keep_from = first + (draw_below(chance, removed + 1) if kept > 0 else 0)
    for here in range(first, first + span):
        if not keep_from <= here < keep_from + kept:
            release(instance, routes, routes.position[shift, here].option)


@bare
def remove_time_slab(
    instance: Instance,
    routes: Routes,
    taking_part: NDArray[np.bool_],
    chance: NDArray[np.uint64],
) -> None:
    """Take out the stops whose service begins within a stretch of time, at the earliest, in one
    or several routes; in a week the same hours of several nights."""
    chosen = draw_below(chance, instance.shifts)
    opens = instance.option[routes.position[chosen, 0].option].opens
    shift_length = instance.option[routes.position[chosen, 0].option].closes - opens
    span = (SHORTEST_SLAB + LONGER_SLAB * draw(chance)) * shift_length
    begin = opens + draw(chance) * (shift_length - span)
    several = draw(chance) < SEVERAL_SHARE
    left = MOST_RUINED
    for step in range(instance.shifts):
        shift = (chosen + step) % instance.shifts
        if left == 0 or (shift != chosen and not several):
            break
        found = False
        for position in range(instance.shift[shift].locked + 1, routes.route[shift].length + 1):
            leave = min(
                routes.position[shift, position].leave_due,
                routes.position[shift, position].leave_rested,
            )
            option = routes.position[shift, position].option
            if begin <= leave - instance.option[option].service <= begin + span:
                release(instance, routes, option)
                found = True
        if found:
            drop_released(instance, routes, shift)
            taking_part[shift] = True
            left -= 1


@bare
def remove_at_random(
    instance: Instance,
    routes: Routes,
    taking_part: NDArray[np.bool_],
    chance: NDArray[np.uint64],
) -> None:
    """Take out an eighth to a half of the stops of a few routes, each by lot."""
    share = 1.0 / (2.0 + 6.0 * draw(chance))
    chosen = draw_below(chance, instance.shifts)
    for step in range(min(MOST_RUINED, instance.shifts)):
        shift = (chosen + step) % instance.shifts
        found = False
        for position in range(instance.shift[shift].locked + 1, routes.route[shift].length + 1):
            if draw(chance) < share:
                release(instance, routes, routes.position[shift, position].option)
                found = True
        if found:
            drop_released(instance, routes, shift)
            taking_part[shift] = True


@inlined
def _position_of(routes: Routes, option: int, shift: int) -> int:
    for position in range(1, routes.route[shift].length + 1):
        if routes.position[shift, position].option == option:
            return position
    return 0
