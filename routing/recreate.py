"""Recreate: two ways to put open options into the routes that take part.

Those are the ruined, the empty and some drawn by lot. A step that makes arrays hands them to
one that makes none (`kernel.bare`), so the longer steps come in two halves.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from routing.chance import draw
from routing.insertion import NOWHERE, Manner, cheapest_after, cheapest_insertion, every_gap
from routing.instance import Instance
from routing.kernel import bare, inlined, kernel
from routing.room import room_for
from routing.routes import Routes, insert, is_open

BY_RATIO_SHARE = 0.3
BLINK = 0.01
BY_DETOUR_IN_ORDER, BY_DETOUR_BY_RATIO = 0.6, 0.4
"""How often an insertion is judged by its detour, else by the delay of what follows."""

BY_POINTS, BY_CHANCE, BY_DEADLINE, BY_NEARNESS = 0.35, 0.20, 0.15, 0.15
"""How often the options are drawn in each of these orders; the rest of the times by window."""

LEAST_EXPONENT, MORE_EXPONENT, MOST_NOISE = 1.0, 1.5, 0.6
"""The ratio points^a / seconds: a, and by how much chance may lower a ratio."""

NEIGHBOURS = 5


@kernel
def recreate(
    instance: Instance,
    routes: Routes,
    taking_part: NDArray[np.bool_],
    chance: NDArray[np.uint64],
) -> None:
    """Fill the routes that take part with open options in one of two ways."""
    room = room_for(instance, routes, taking_part)
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
    count = _list_open(instance, routes, room, anywhere, found, takers)
    return found[:count], takers[:count]


@bare
def _list_open(  # noqa: PLR0917
    instance: Instance,
    routes: Routes,
    room: NDArray[np.uint8],
    anywhere: NDArray[np.uint8],
    found: NDArray[np.int64],
    takers: NDArray[np.bool_],
) -> int:
    """Write the open options and their shifts down; how many they are."""
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
    return count


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
    keys = np.empty(len(candidates))
    _draw_keys(instance, routes, candidates, keys, chance)
    _insert_in_order(instance, routes, candidates, takers, np.argsort(keys), chance)


@bare
def _draw_keys(
    instance: Instance,
    routes: Routes,
    candidates: NDArray[np.int64],
    keys: NDArray[np.float64],
    chance: NDArray[np.uint64],
) -> None:
    """Sort keys, smallest first: points, chance, deadline, points by nearness or by window."""
    way = draw(chance)
    for index in range(len(candidates)):
        option = candidates[index]
        points = points_now(instance, routes, option)
        if way < BY_POINTS:
            keys[index] = -points * (0.5 + draw(chance))
        elif way < BY_POINTS + BY_CHANCE:
            keys[index] = draw(chance)
        elif way < BY_POINTS + BY_CHANCE + BY_DEADLINE:
            keys[index] = instance.option[option].closes * (0.9 + 0.2 * draw(chance))
        elif way < BY_POINTS + BY_CHANCE + BY_DEADLINE + BY_NEARNESS:
            keys[index] = -points / _remoteness(instance, option) * (0.5 + draw(chance))
        else:
            window = instance.option[option].closes - instance.option[option].opens
            keys[index] = (window + 1) / max(points, 1e-9) * (0.5 + draw(chance))


@bare
def _insert_in_order(  # noqa: PLR0917
    instance: Instance,
    routes: Routes,
    candidates: NDArray[np.int64],
    takers: NDArray[np.bool_],
    order: NDArray[np.int64],
    chance: NDArray[np.uint64],
) -> None:
    """Put each candidate in turn where it costs least."""
    manner = Manner(draw(chance) < BY_DETOUR_IN_ORDER, BLINK, chance)
    for index in order:
        option = candidates[index]
        if not is_open(instance, routes, option):
            continue
        best_cost = NOWHERE
        best_shift = -1
        best_position = 0
        for shift in range(instance.shifts):
            if takers[index, shift]:
                gaps = every_gap(instance, routes, shift)
                cost, position = cheapest_insertion(instance, routes, option, shift, gaps, manner)
                if cost < best_cost:
                    best_cost = cost
                    best_shift = shift
                    best_position = position
        if best_shift >= 0:
            insert(instance, routes, option, best_shift, best_position)


@inlined
def _remoteness(instance: Instance, option: int) -> float:
    """Service and the ways to the nearest options by the fastest means, in seconds."""
    seconds = instance.option[option].service + 1.0
    onward = instance.roads.seconds_from[:, instance.option[option].place]
    for rank in range(min(NEIGHBOURS, instance.nearest.shape[1])):
        place = instance.option[instance.nearest[option, rank]].place
        nearest = onward[0, place]
        for mode in range(1, onward.shape[0]):
            nearest = min(nearest, onward[mode, place])
        seconds += nearest
    return seconds


class Judged(NamedTuple):
    """Candidates c with their cost and position by shift k, and what stands above the cost."""

    option: NDArray[np.int64]  # (c,)
    cost: NDArray[np.int64]  # (c, k): NOWHERE where it does not fit
    position: NDArray[np.int64]  # (c, k)
    exponent: float
    noise: NDArray[np.float64]  # (c,)
    weight: NDArray[np.float64]  # (c,): points ** exponent * noise


@kernel
def insert_best_ratios(
    instance: Instance,
    routes: Routes,
    room: NDArray[np.uint8],
    chance: NDArray[np.uint64],
) -> None:
    """Again and again the insertion with the best noisy ratio points^a / seconds."""
    candidates, takers = open_options(instance, routes, room)
    count = len(candidates)
    exponent = LEAST_EXPONENT + MORE_EXPONENT * draw(chance)
    judged = Judged(
        option=candidates,
        cost=np.full((count, instance.shifts), NOWHERE, dtype=np.int64),
        position=np.zeros((count, instance.shifts), dtype=np.int64),
        exponent=exponent,
        noise=np.empty(count),
        weight=np.empty(count),
    )
    manner = Manner(draw(chance) >= 1.0 - BY_DETOUR_BY_RATIO, 0.0, chance)
    count = _judge_all(instance, routes, takers, judged, manner)
    _insert_one_by_one(instance, routes, judged, count, manner)


@bare
def _judge_all(
    instance: Instance,
    routes: Routes,
    takers: NDArray[np.bool_],
    judged: Judged,
    manner: Manner,
) -> int:
    """Judge every candidate in every route that may take it; how many fit, moved to the front."""
    most_noise = MOST_NOISE * draw(manner.chance)
    count = 0
    for index in range(len(judged.option)):
        option = judged.option[index]
        fits = False
        for shift in range(instance.shifts):
            cost, position = NOWHERE, 0
            if takers[index, shift]:
                gaps = every_gap(instance, routes, shift)
                cost, position = cheapest_insertion(instance, routes, option, shift, gaps, manner)
            judged.cost[count, shift] = cost
            judged.position[count, shift] = position
            fits |= cost < NOWHERE
        if fits:
            judged.option[count] = option
            judged.noise[count] = 1.0 - most_noise * draw(manner.chance)
            _weigh(instance, routes, judged, count)
            count += 1
    return count


@bare
def _insert_one_by_one(
    instance: Instance, routes: Routes, judged: Judged, count: int, manner: Manner
) -> None:
    """Put in the best of the first `count` candidates, judge the others again, and so on."""
    while True:
        index, shift = _best_ratio(instance, routes, judged, count)
        if index < 0:
            return
        visit = instance.option[judged.option[index]].visit
        inserted = judged.position[index, shift]
        insert(instance, routes, judged.option[index], shift, inserted)
        count -= 1
        _replace(judged, index, count)
        for other in range(count):
            option = judged.option[other]
            if instance.option[option].visit == visit:
                _weigh(instance, routes, judged, other)
            # A longer route hardly ever has room for an option that it could not take.
            if judged.cost[other, shift] < NOWHERE:
                cost, position = cheapest_after(
                    instance, routes, option, shift, judged.position[other, shift], inserted, manner
                )
                judged.cost[other, shift] = cost
                judged.position[other, shift] = position


@inlined
def _weigh(instance: Instance, routes: Routes, judged: Judged, index: int) -> None:
    """What stands above the cost in the candidate's ratio."""
    points = points_now(instance, routes, judged.option[index])
    judged.weight[index] = points**judged.exponent * judged.noise[index]


@inlined
def _replace(judged: Judged, index: int, by: int) -> None:
    """Overwrite one candidate by another."""
    judged.option[index] = judged.option[by]
    judged.noise[index] = judged.noise[by]
    judged.weight[index] = judged.weight[by]
    for shift in range(judged.cost.shape[1]):
        judged.cost[index, shift] = judged.cost[by, shift]
        judged.position[index, shift] = judged.position[by, shift]


@inlined
def _best_ratio(instance: Instance, routes: Routes, judged: Judged, count: int) -> tuple[int, int]:
    """Index of the candidate and the shift of the best ratio; (-1, -1) when none fits."""
    best_ratio = -1.0
    best_index = -1
    best_shift = -1
    for index in range(count):
        if not is_open(instance, routes, judged.option[index]):
            continue
        for shift in range(instance.shifts):
            cost = judged.cost[index, shift]
            if cost >= NOWHERE:
                continue
            ratio = judged.weight[index] / (max(cost, 0) + 1.0)
            if ratio > best_ratio:
                best_ratio = ratio
                best_index = index
                best_shift = shift
    return best_index, best_shift
