"""The search: ruin, recreate, accept or go back, ten thousand times a second.

Ruin and recreate (Schrimpf et al. 2000) with simulated annealing. Every step works on
feasible routes only; what is good goes to the pool.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from routing.chance import draw
from routing.instance import Instance
from routing.kernel import bare, kernel
from routing.pool import Pool, pool_route
from routing.recreate import insert_best_ratios, recreate
from routing.room import room_for
from routing.routes import Routes, claim, release, time_route, total_score
from routing.ruin import ruin

TOUCH_ANOTHER = 0.05
"""Chance that a route the ruin left alone takes part in the recreation."""


class Snapshot(NamedTuple):
    """Routes put aside: their rows, lengths, and one entry of points and of score."""

    stops: NDArray[np.int64]
    length: NDArray[np.int64]
    points: NDArray[np.float64]
    score: NDArray[np.float64]


class Search(NamedTuple):
    """All that one search changes: where it is, the best it met, its pool and its chance."""

    routes: Routes
    current: Snapshot
    best: Snapshot
    pool: Pool
    chance: NDArray[np.uint64]


@kernel
def improve(
    instance: Instance, search: Search, iterations: int, temperature: float, margin: float
) -> None:
    """Run iterations at one temperature (points); routes within `margin` points of the
    best solution go to the pool."""
    routes, chance = search.routes, search.chance
    changed = np.zeros(instance.shifts, dtype=np.bool_)
    for _ in range(iterations):
        for shift in range(instance.shifts):
            changed[shift] = routes.route[shift].length == 0 or draw(chance) < TOUCH_ANOTHER
        ruin(instance, routes, changed, chance)
        recreate(instance, routes, changed, chance)
        points, score = total_score(instance, routes)
        if score > search.best.score[0] + 1e-9:
            _copy_to_snapshot(routes, search.best, np.ones_like(changed), points, score)
        if points >= search.best.points[0] - margin:
            for shift in range(instance.shifts):
                if changed[shift]:
                    pool_route(search.pool, routes, shift)
        if score > search.current.score[0] + temperature * np.log(draw(chance) + 1e-300):
            _copy_to_snapshot(routes, search.current, changed, points, score)
        else:
            _restore_from_snapshot(instance, routes, search.current, changed)


@kernel
def fill(instance: Instance, search: Search) -> None:
    """Add to the current routes whatever still fits, and remember the result when better."""
    routes = search.routes
    everyone = np.ones(instance.shifts, dtype=np.bool_)
    insert_best_ratios(instance, routes, room_for(instance, routes, everyone), search.chance)
    points, score = total_score(instance, routes)
    _copy_to_snapshot(routes, search.current, everyone, points, score)
    if points > search.best.points[0]:
        _copy_to_snapshot(routes, search.best, everyone, points, score)


@bare
def _copy_to_snapshot(
    routes: Routes, snapshot: Snapshot, which: NDArray[np.bool_], points: float, score: float
) -> None:
    """Copy the chosen routes into the snapshot."""
    for shift in range(len(which)):
        if which[shift]:
            snapshot.length[shift] = routes.route[shift].length
            for position in range(routes.route[shift].length + 2):
                snapshot.stops[shift, position] = routes.position[shift, position].option
    snapshot.points[0] = points
    snapshot.score[0] = score


@bare
def _restore_from_snapshot(
    instance: Instance, routes: Routes, snapshot: Snapshot, which: NDArray[np.bool_]
) -> None:
    """Copy the chosen routes back from the snapshot."""
    for shift in range(len(which)):
        if which[shift]:
            for position in range(1, routes.route[shift].length + 1):
                release(instance, routes, routes.position[shift, position].option)
    for shift in range(len(which)):
        if which[shift]:
            routes.route[shift].length = snapshot.length[shift]
            for position in range(snapshot.length[shift] + 2):
                routes.position[shift, position].option = snapshot.stops[shift, position]
            for position in range(1, snapshot.length[shift] + 1):
                claim(instance, routes, routes.position[shift, position].option, shift)
            time_route(instance, routes, shift)


@kernel
def load(
    instance: Instance, search: Search, stops: NDArray[np.int64], length: NDArray[np.int64]
) -> int:
    """Start from given routes; the first shift whose route fails, -1 when all hold."""
    routes = search.routes
    everyone = np.ones(instance.shifts, dtype=np.bool_)
    _restore_from_snapshot(
        instance, routes, Snapshot(stops, length, np.zeros(1), np.zeros(1)), everyone
    )
    for shift in range(instance.shifts):
        if time_route(instance, routes, shift) > 0:
            return shift
    points, score = total_score(instance, routes)
    _copy_to_snapshot(routes, search.current, everyone, points, score)
    if score > search.best.score[0]:
        _copy_to_snapshot(routes, search.best, everyone, points, score)
        for shift in range(instance.shifts):
            pool_route(search.pool, routes, shift)
    return -1
