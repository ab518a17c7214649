"""The search: ruin, recreate, accept or go back, tens of thousands of times a second.

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
from routing.routes import Routes, claim, promised_points, release, time_route, total_score
from routing.ruin import ruin

TOUCH_ANOTHER = 0.05
"""Chance that a route the ruin left alone takes part in the recreation."""


class Snapshot(NamedTuple):
    """Routes put aside: their options in rows with both ends, lengths, and one entry of points
    and of score (points less the price of driving)."""

    stops: NDArray[np.int64]
    length: NDArray[np.int64]
    points: NDArray[np.float64]
    score: NDArray[np.float64]


class State(NamedTuple):
    """All that one search changes: where it is, the best it met, its pool and its chance.

    `value`: points of the best without those of promises, one number for who looks on.
    """

    routes: Routes
    current: Snapshot
    best: Snapshot
    value: NDArray[np.float64]
    pool: Pool
    chance: NDArray[np.uint64]


@kernel
def improve(
    instance: Instance, state: State, iterations: int, temperature: float, margin: float
) -> None:
    """Run iterations at one temperature (points); routes within `margin` points of the
    best solution go to the pool."""
    routes, chance = state.routes, state.chance
    taking_part = np.zeros(instance.shifts, dtype=np.bool_)
    for _ in range(iterations):
        for shift in range(instance.shifts):
            taking_part[shift] = routes.route[shift].length == 0 or draw(chance) < TOUCH_ANOTHER
        ruin(instance, routes, taking_part, chance)
        recreate(instance, routes, taking_part, chance)
        points, score = total_score(instance, routes)
        if score > state.best.score[0] + 1e-9:
            _remember_best(instance, state, points, score)
        if points >= state.best.points[0] - margin:
            for shift in range(instance.shifts):
                if taking_part[shift]:
                    pool_route(state.pool, routes, shift)
        if score > state.current.score[0] + temperature * np.log(draw(chance) + 1e-300):
            _copy_to_snapshot(routes, state.current, taking_part, points, score)
        else:
            _restore_from_snapshot(instance, routes, state.current, taking_part)


@kernel
def fill(instance: Instance, state: State) -> None:
    """Add to the current routes open options that still fit, by noisy ratios, and remember the
    result when it has more points: here no driving outweighs a visit."""
    routes = state.routes
    everyone = np.ones(instance.shifts, dtype=np.bool_)
    insert_best_ratios(instance, routes, room_for(instance, routes, everyone), state.chance)
    points, score = total_score(instance, routes)
    _copy_to_snapshot(routes, state.current, everyone, points, score)
    if points > state.best.points[0]:
        _remember_best(instance, state, points, score)


@kernel
def _remember_best(instance: Instance, state: State, points: float, score: float) -> None:
    """Note that the routes are the best met so far."""
    everyone = np.ones(instance.shifts, dtype=np.bool_)
    _copy_to_snapshot(state.routes, state.best, everyone, points, score)
    state.value[0] = points - promised_points(instance, state.routes)


@bare
def _copy_to_snapshot(
    routes: Routes, snapshot: Snapshot, which: NDArray[np.bool_], points: float, score: float
) -> None:
    """Copy these routes into the snapshot."""
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
    """Copy these routes back from the snapshot."""
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
    instance: Instance, state: State, stops: NDArray[np.int64], length: NDArray[np.int64]
) -> int:
    """Start from given routes; the first shift whose route fails, -1 when all hold."""
    routes = state.routes
    everyone = np.ones(instance.shifts, dtype=np.bool_)
    _restore_from_snapshot(
        instance, routes, Snapshot(stops, length, np.zeros(1), np.zeros(1)), everyone
    )
    for shift in range(instance.shifts):
        if time_route(instance, routes, shift) > 0:
            return shift
    points, score = total_score(instance, routes)
    _copy_to_snapshot(routes, state.current, everyone, points, score)
    if score > state.best.score[0]:
        _remember_best(instance, state, points, score)
        for shift in range(instance.shifts):
            pool_route(state.pool, routes, shift)
    return -1
