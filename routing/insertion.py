"""The cheapest place for one option in one route, each position judged in constant time.

It runs millions of times a second, so it becomes part of those that call it: to hand over
the instance would cost as much as its work.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from routing.chance import draw
from routing.instance import NEVER, Instance, Roads
from routing.kernel import Record, inlined
from routing.routes import Labels, Pause, Routes, Window, arrives_in_time, serve

NOWHERE = NEVER
"""The cost of an insertion that is not possible."""


class Manner(NamedTuple):
    """How insertions are judged: by the detour on the road, or else by the delay of the
    next arrival; with probability `blink` a position is overlooked."""

    by_detour: bool
    blink: float
    chance: NDArray[np.uint64]


class Gaps(NamedTuple):
    """The positions of a route that are judged, both ends included."""

    first: int
    last: int


@inlined
def every_gap(instance: Instance, routes: Routes, shift: int) -> Gaps:
    """All positions of a route at which a stop may be put in."""
    return Gaps(instance.shift[shift].locked + 1, routes.route[shift].length + 1)


@inlined
def cheapest_insertion(  # noqa: PLR0917
    instance: Instance, routes: Routes, option: int, shift: int, gaps: Gaps, manner: Manner
) -> tuple[int, int]:
    """Cost in seconds and position; (NOWHERE, 0) when no gap can take the option."""
    candidate = instance.option[option]
    by_whom = instance.shift[shift]
    route = routes.route[shift]
    if by_whom.pause_length > 0:
        return _with_break(candidate, by_whom, instance.roads, routes.position, route, gaps, manner)
    return _without_break(candidate, by_whom, instance.roads, routes.position, route, gaps, manner)


@inlined
def cheapest_after(  # noqa: PLR0917
    instance: Instance,
    routes: Routes,
    option: int,
    shift: int,
    known: int,
    inserted: int,
    manner: Manner,
) -> tuple[int, int]:
    """The cheapest place after a stop was put in at `inserted`, where `known` was it before.

    Only the two gaps beside the new stop are new. So while the known place holds, the rest of
    the route is not judged again: it may seldom have become cheaper, where a later departure
    means less waiting, or a new place to rest.
    """
    everywhere = every_gap(instance, routes, shift)
    still = known if known < inserted else known + 1
    gaps = everywhere if known == inserted else Gaps(still, still)
    cost, position = cheapest_insertion(instance, routes, option, shift, gaps, manner)
    if known == inserted:
        return cost, position
    gaps = Gaps(inserted, inserted + 1) if cost < NOWHERE else everywhere
    other_cost, other = cheapest_insertion(instance, routes, option, shift, gaps, manner)
    return (other_cost, other) if other_cost < cost else (cost, position)


@inlined
def _without_break(  # noqa: PLR0917
    candidate: Record,  # OPTION
    shift: Record,  # SHIFT
    roads: Roads,
    positions: NDArray[np.void],
    route: Record,  # ROUTE
    gaps: Gaps,
    manner: Manner,
) -> tuple[int, int]:
    place, opens, closes = candidate.place, candidate.opens, candidate.closes
    earliest_end = opens + candidate.service
    best_cost = NOWHERE
    best_position = 0
    for position in range(gaps.first, gaps.last + 1):
        before = positions[shift.number, position - 1]
        after = positions[shift.number, position]
        if before.leave_rested > closes:
            break
        if earliest_end > after.latest_rested:
            continue
        drive_to = roads.seconds_to[shift.mode, place, before.place]
        begin = max(before.leave_rested + drive_to, opens)
        if begin > closes:
            continue
        drive_on = roads.seconds_from[shift.mode, place, after.place]
        arrival = begin + candidate.service + drive_on
        if arrival > after.latest_rested:
            continue
        if manner.by_detour:
            cost = drive_to + drive_on - after.drive
        else:
            cost = arrival - before.leave_rested - after.drive
        if cost >= best_cost or _blinks(manner):
            continue
        if shift.limited and not _within_limits(candidate, shift, roads, route, before, after):
            continue
        best_cost = cost
        best_position = position
    return best_cost, best_position


@inlined
def _with_break(  # noqa: PLR0917
    candidate: Record,  # OPTION
    shift: Record,  # SHIFT
    roads: Roads,
    positions: NDArray[np.void],
    route: Record,  # ROUTE
    gaps: Gaps,
    manner: Manner,
) -> tuple[int, int]:
    place = candidate.place
    window = Window(candidate.opens, candidate.closes, candidate.service)
    pause = Pause(shift.pause_opens, shift.pause_closes, shift.pause_length)
    earliest_end = window.opens + window.service
    best_cost = NOWHERE
    best_position = 0
    for position in range(gaps.first, gaps.last + 1):
        before = positions[shift.number, position - 1]
        after = positions[shift.number, position]
        left = Labels(before.leave_due, before.leave_rested)
        latest = Labels(after.latest_due, after.latest_rested)
        if min(left.due, left.rested) > window.closes:
            break
        if earliest_end > max(latest.due, latest.rested):
            continue
        drive_to = roads.seconds_to[shift.mode, place, before.place]
        drive_on = roads.seconds_from[shift.mode, place, after.place]
        leave = serve(left, drive_to, window, pause)
        if not arrives_in_time(leave, drive_on, latest, pause):
            continue
        if manner.by_detour:
            cost = drive_to + drive_on - after.drive
        else:
            # As if the break could be taken at once: a cost, no test.
            direct = min(left.rested, left.due + pause.length) + after.drive
            cost = min(leave.rested, leave.due + pause.length) + drive_on - direct
        if cost >= best_cost or _blinks(manner):
            continue
        if shift.limited and not _within_limits(candidate, shift, roads, route, before, after):
            continue
        best_cost = cost
        best_position = position
    return best_cost, best_position


@inlined
def _blinks(manner: Manner) -> bool:
    """Whether a position is overlooked (Christiaens & Vanden Berghe 2020)."""
    return manner.blink > 0.0 and draw(manner.chance) < manner.blink


@inlined
def _within_limits(  # noqa: PLR0917
    candidate: Record,
    shift: Record,
    roads: Roads,
    route: Record,
    before: Record,
    after: Record,
) -> bool:
    """Whether seconds and metres on the road and materials allow the insertion."""
    mode, origin, here, then = shift.mode, before.place, candidate.place, after.place
    driving = roads.seconds_from[mode, origin, here] + roads.seconds_from[mode, here, then]
    metres = roads.metres_from[mode, origin, here] + roads.metres_from[mode, here, then]
    if route.length > 0:
        driving += route.driving - roads.seconds_from[mode, origin, then]
        metres += route.metres - roads.metres_from[mode, origin, then]
    return (
        driving <= shift.driving_limit
        and metres <= shift.metres_limit
        and route.materials + candidate.materials <= shift.materials_limit
    )
