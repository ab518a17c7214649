"""Recreate: two ways to put open options into the routes that a ruin has changed."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from routing.chance import draw
from routing.insertion import NOWHERE, Manner, cheapest_insertion
from routing.instance import Instance
from routing.kernel import inlined, kernel
from routing.room import room_for
from routing.routes import Routes, insert, is_open

BY_RATIO_SHARE = 0.3
BLINK = 0.01
BY_DETOUR_SHARE = 0.6


@kernel
def recreate(
    instance: Instance,
    routes: Routes,
    changed: NDArray[np.bool_],
    chance: NDArray[np.uint64],
) -> None:
    """Fill the changed routes with open options in one of two ways."""
    room = room_for(instance, routes, changed)
    if draw(chance) < BY_RATIO_SHARE:
        insert_best_ratios(instance, routes, room, chance)
    else:
        insert_in_drawn_order(instance, routes, room, chance)


@kernel
def open_options(
    instance: Instance, routes: Routes, room: NDArray[np.uint8]
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """The options that may be added, are worth something, and that some route may have room
    for; and (c, k) which shifts those are."""
    anywhere = np.zeros(room.shape[1], dtype=np.uint8)
    for shift in range(instance.shifts):
        anywhere |= room[shift]
    found = np.empty(instance.options, dtype=np.int64)
    takers = np.empty((instance.options, instance.shifts), dtype=np.bool_)
    count = 0
    for option in range(instance.options):
        visit = instance.option[option].visit
        if not anywhere[visit] or instance.option[option].worth <= 0.0:
            continue
        if is_open(instance, routes, option):
            for shift in range(instance.shifts):
                takers[count, shift] = room[shift, visit] != 0 and instance.allowed[option, shift]
            found[count] = option
            count += 1
    return found[:count], takers[:count]


@inlined
def points_now(instance: Instance, routes: Routes, option: int) -> float:
    """What the option would earn now: less when its zone is visited on other nights."""
    times = routes.visited[instance.option[option].visit].times
    if times == 0:
        return instance.option[option].worth
    return (
        instance.option[option].worth - instance.option[option].promise
    ) * instance.diminishing**times


@kernel
def insert_in_drawn_order(
    instance: Instance,
    routes: Routes,
    room: NDArray[np.uint8],
    chance: NDArray[np.uint64],
) -> None:
    """Each option in turn at its cheapest place, with blinks; the order is drawn."""
    candidates, takers = open_options(instance, routes, room)
    keys = _drawn_order(instance, routes, candidates, chance)
    manner = Manner(draw(chance) < BY_DETOUR_SHARE, BLINK, chance)
    for index in np.argsort(keys):
        option = candidates[index]
        if not is_open(instance, routes, option):
            continue
        best_cost = NOWHERE
        best_shift = -1
        best_position = 0
        for shift in range(instance.shifts):
            if takers[index, shift]:
                cost, position = cheapest_insertion(instance, routes, option, shift, manner)
                if cost < best_cost:
                    best_cost = cost
                    best_shift = shift
                    best_position = position
        if best_shift >= 0:
            insert(instance, routes, option, best_shift, best_position)


@kernel
def _drawn_order(
    instance: Instance,
    routes: Routes,
    candidates: NDArray[np.int64],
    chance: NDArray[np.uint64],
) -> NDArray[np.float64]:
    """Sort keys, smallest first: points, chance, deadline, points by nearness or by window."""
    keys = np.empty(len(candidates))
    way = draw(chance)
    for index in range(len(candidates)):
        option = candidates[index]
        points = points_now(instance, routes, option)
        if way < 0.35:
            keys[index] = -points * (0.5 + draw(chance))
        elif way < 0.55:
            keys[index] = draw(chance)
        elif way < 0.70:
            keys[index] = instance.option[option].closes * (0.9 + 0.2 * draw(chance))
        elif way < 0.85:
            keys[index] = -points / _remoteness(instance, option) * (0.5 + draw(chance))
        else:
            window = instance.option[option].closes - instance.option[option].opens
            keys[index] = (window + 1) / max(points, 1e-9) * (0.5 + draw(chance))
    return keys


@inlined
def _remoteness(instance: Instance, option: int) -> float:
    """Service and the drives to the nearest options, in seconds."""
    seconds = instance.option[option].service + 1.0
    row = instance.roads.seconds_from[0, instance.option[option].place]
    for rank in range(min(5, instance.close.shape[1])):
        seconds += row[instance.option[instance.close[option, rank]].place]
    return seconds


@kernel
def insert_best_ratios(
    instance: Instance,
    routes: Routes,
    room: NDArray[np.uint8],
    chance: NDArray[np.uint64],
) -> None:
    """Again and again the insertion with the best noisy ratio points^a / seconds."""
    candidates, takers = open_options(instance, routes, room)
    exponent = 1.0 + 1.5 * draw(chance)
    noise = 0.6 * draw(chance)
    manner = Manner(draw(chance) >= BY_DETOUR_SHARE, 0.0, chance)
    costs = np.full((len(candidates), instance.shifts), NOWHERE, dtype=np.int64)
    positions = np.zeros((len(candidates), instance.shifts), dtype=np.int64)
    factor = np.empty(len(candidates))
    drawn = np.empty(len(candidates))
    count = 0
    for index in range(len(candidates)):
        option = candidates[index]
        fits = False
        for shift in range(instance.shifts):
            if takers[index, shift]:
                costs[count, shift], positions[count, shift] = cheapest_insertion(
                    instance, routes, option, shift, manner
                )
                fits |= costs[count, shift] < NOWHERE
        if fits:
            candidates[count] = option
            drawn[count] = 1.0 - noise * draw(chance)
            factor[count] = points_now(instance, routes, option) ** exponent * drawn[count]
            count += 1
    while True:
        index, shift = _best_ratio(instance, routes, candidates[:count], costs, factor)
        if index < 0:
            return
        visit = instance.option[candidates[index]].visit
        insert(instance, routes, candidates[index], shift, positions[index, shift])
        count -= 1
        candidates[index] = candidates[count]
        factor[index] = factor[count]
        drawn[index] = drawn[count]
        costs[index] = costs[count]
        positions[index] = positions[count]
        for other in range(count):
            option = candidates[other]
            if instance.option[option].visit == visit:
                factor[other] = points_now(instance, routes, option) ** exponent * drawn[other]
            # A longer route hardly ever has room for an option that it could not take.
            if costs[other, shift] < NOWHERE:
                costs[other, shift], positions[other, shift] = cheapest_insertion(
                    instance, routes, option, shift, manner
                )


@kernel
def _best_ratio(
    instance: Instance,
    routes: Routes,
    candidates: NDArray[np.int64],
    costs: NDArray[np.int64],
    factor: NDArray[np.float64],
) -> tuple[int, int]:
    """Index of the candidate and the shift of the best ratio; (-1, -1) when none fits."""
    best_ratio = -1.0
    best_index = -1
    best_shift = -1
    for index in range(len(candidates)):
        if not is_open(instance, routes, candidates[index]):
            continue
        for shift in range(instance.shifts):
            cost = costs[index, shift]
            if cost >= NOWHERE:
                continue
            ratio = factor[index] / (max(cost, 0) + 1.0)
            if ratio > best_ratio:
                best_ratio = ratio
                best_index = index
                best_shift = shift
    return best_index, best_shift
