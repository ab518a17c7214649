"""When each of many routes is home at the earliest, compiled: columns of the count night."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from routing.instance import NEVER, Instance, end_of
from routing.kernel import kernel
from routing.routes import Labels, Routes, pause_of, serve, time_route, window_of


@kernel
def earliest_homes(
    instance: Instance,
    routes: Routes,
    stops: NDArray[np.int64],
    length: NDArray[np.int64],
    shift: NDArray[np.int64],
) -> NDArray[np.int64]:
    """Seconds at which the routes (rows of option numbers) are home; NEVER for one that fails.

    `routes` serves as paper to write on: its own stops are lost.
    """
    homes = np.full(len(length), NEVER, dtype=np.int64)
    for number in range(len(length)):
        driver = shift[number]
        row = routes.position[driver]
        for index in range(length[number]):
            row[index + 1].option = stops[number, index]
        row[length[number] + 1].option = end_of(instance, driver)
        routes.route[driver].length = length[number]
        if time_route(instance, routes, driver) == 0:
            homes[number] = _home(instance, routes, driver)
    return homes


@kernel
def _home(instance: Instance, routes: Routes, shift: int) -> int:
    """When the shift's route is home; its break is over by then, or no longer due."""
    last = routes.route[shift].length + 1
    before = routes.position[shift, last - 1]
    home = routes.position[shift, last]
    pause = pause_of(instance, shift)
    leave = Labels(before.leave_due, before.leave_rested)
    there = serve(leave, home.drive, window_of(instance, home.option), pause)
    return min(there.rested, there.due) if there.due <= pause.closes else there.rested
