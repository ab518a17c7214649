"""Room: which visits a gap of a route may have room for, looked at before any is tried.

After a ruin most open visits fit nowhere. A gap and all visits are compared in one go, with
the loosest window and the shortest service of each visit, by machine instructions that take
several visits at once. What is barred here fits nowhere; the rest is judged exactly.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from routing.instance import Instance, Reach
from routing.kernel import bare, kernel
from routing.routes import Routes


@kernel
def room_for(
    instance: Instance, routes: Routes, taking_part: NDArray[np.bool_]
) -> NDArray[np.uint8]:
    """(k, v): 1 where a gap of a route that takes part may have room for the visit, else 0."""
    room = np.zeros((instance.shifts, len(instance.reach.opens)), dtype=np.uint8)
    _look_at_routes(instance, routes, taking_part, room)
    return room


@bare
def _look_at_routes(
    instance: Instance, routes: Routes, taking_part: NDArray[np.bool_], room: NDArray[np.uint8]
) -> None:
    """Mark what the gaps of the routes that take part may have room for."""
    reach = instance.reach
    for shift in range(instance.shifts):
        if not taking_part[shift]:
            continue
        mode = instance.shift[shift].mode
        for position in range(instance.shift[shift].locked + 1, routes.route[shift].length + 2):
            before = routes.position[shift, position - 1]
            after = routes.position[shift, position]
            leave = min(before.leave_due, before.leave_rested)
            latest = max(after.latest_due, after.latest_rested)
            if latest - leave >= reach.shortest:
                there, onward = reach.there[mode, before.place], reach.onward[mode, after.place]
                _look_at_gap(reach, there, onward, leave, latest, room[shift])


@bare
def _look_at_gap(  # noqa: PLR0917
    reach: Reach,
    there: NDArray[np.int32],
    onward: NDArray[np.int32],
    leave: int,
    latest: int,
    room: NDArray[np.uint8],
) -> None:
    """Mark the visits that can be made between leaving a stop and arriving at the next."""
    opens, closes, service = reach.opens, reach.closes, reach.service
    earliest, by = np.int32(leave), np.int32(latest)
    # No branch, and 32 bits throughout: the compiler then takes eight visits a step.
    for visit in range(len(room)):
        begin = max(np.int32(earliest + there[visit]), opens[visit])
        end = np.int32(begin + service[visit] + onward[visit])
        room[visit] |= np.uint8(begin <= closes[visit]) & np.uint8(end <= by)
