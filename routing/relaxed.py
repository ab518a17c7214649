"""Relaxed walks and relaxed visits: the two halves of a proven upper bound, compiled.

A relaxed walk may serve an option again and again, but not A-B-A (2-cycle elimination:
Christofides, Mingozzi & Toth 1981), leaves each stop a little early (times are rounded
down to steps) and knows no limit on driving. So the best walk is worth at least as much
as the best route.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from routing.instance import NEVER, Instance
from routing.kernel import inlined, kernel
from routing.routes import Labels, arrives_in_time, pause_of, serve, window_of

NOTHING = -1e18
DUE, RESTED = 0, 1


@kernel
def best_walk(  # noqa: PLR0917
    instance: Instance,
    shift: int,
    drive: NDArray[np.int32],
    start: NDArray[np.int64],
    prices: NDArray[np.float64],
    step: int,
    made: NDArray[np.float64],
    weight: float,
) -> float:
    """Points of the best relaxed walk of a shift; adds `weight` to `made` of its options.

    `drive` (origin, destination): seconds that obey the triangle inequality. `start`:
    place, and departure due and rested. `prices`: points of each option. `step`: seconds,
    at most the shortest leg and service together.
    """
    options = np.flatnonzero(instance.allowed[:, shift] & (prices > 0.0))
    pause = pause_of(instance, shift)
    closes = instance.option[instance.options + shift].closes
    home = instance.option[instance.options + instance.shifts + shift].place
    home_by = (
        Labels(min(closes, pause.closes), closes) if pause.length > 0 else Labels(-NEVER, closes)
    )
    origin = min(start[1], start[2])
    buckets = max(1, (closes - origin) // step + 2)
    shape = (buckets, 2, len(options), 2)  # two labels a cell, with different predecessors
    points = np.full(shape, NOTHING)
    before = np.full(shape, -1, dtype=np.int64)  # label of the predecessor, flattened
    best = 0.0
    best_label = -1
    for index in range(len(options)):
        option = options[index]
        seconds = drive[start[0], instance.option[option].place]
        leave = serve(Labels(start[1], start[2]), seconds, window_of(instance, option), pause)
        _offer(points, before, leave, index, prices[option], -1, origin, step)
    most = np.full((2, len(options), 2), NOTHING)  # dominance: the best two met so far
    most_from = np.full((2, len(options), 2), -2, dtype=np.int64)
    for bucket in range(buckets):
        time = origin + bucket * step
        for rested in range(2):
            leave = Labels(NEVER, time) if rested == RESTED else Labels(time, NEVER)
            for index in range(len(options)):
                place = instance.option[options[index]].place
                for label in range(2):
                    value = points[bucket, rested, index, label]
                    if value == NOTHING:
                        continue
                    number = ((bucket * 2 + rested) * len(options) + index) * 2 + label
                    came = _index_of(before[bucket, rested, index, label], len(options))
                    if not _raise(most[rested, index], most_from[rested, index], value, came):
                        continue
                    if not arrives_in_time(leave, drive[place, home], home_by, pause):
                        continue
                    if value > best:
                        best = value
                        best_label = number
                    for following in range(len(options)):
                        if following in (index, came):
                            continue
                        option = options[following]
                        seconds = drive[place, instance.option[option].place]
                        then = serve(leave, seconds, window_of(instance, option), pause)
                        gain = value + prices[option]
                        _offer(points, before, then, following, gain, number, origin, step)
    flat = before.reshape(-1)
    while best_label >= 0:
        made[options[_index_of(best_label, len(options))]] += weight
        best_label = flat[best_label]
    return best


@inlined
def _index_of(label: int, options: int) -> int:
    """The option's index in a label's number; -1 for the start."""
    return -1 if label < 0 else (label // 2) % options


@inlined
def _offer(  # noqa: PLR0917
    points: NDArray[np.float64],
    before: NDArray[np.int64],
    leave: Labels,
    index: int,
    value: float,
    number: int,
    origin: int,
    step: int,
) -> None:
    """Put a label where it belongs in time, for the break due and taken."""
    for rested in range(2):
        time = leave.rested if rested == RESTED else leave.due
        if time < NEVER:
            bucket = (time - origin) // step
            if bucket < points.shape[0]:
                _keep_two(
                    points[bucket, rested, index],
                    before[bucket, rested, index],
                    value,
                    number,
                    points.shape[2],
                )


@inlined
def _keep_two(
    values: NDArray[np.float64], before: NDArray[np.int64], value: float, number: int, options: int
) -> None:
    """Keep the two best labels of a cell that come from different options."""
    came = _index_of(number, options)
    if value > values[0]:
        if _index_of(before[0], options) != came:
            values[1] = values[0]
            before[1] = before[0]
        values[0] = value
        before[0] = number
    elif value > values[1] and _index_of(before[0], options) != came:
        values[1] = value
        before[1] = number


@inlined
def _raise(
    most: NDArray[np.float64], came_from: NDArray[np.int64], value: float, came: int
) -> bool:
    """Whether a label is worth extending: earlier ones are not at least as good.

    One earlier label from the same option, or two from different ones, dominate it.
    """
    if value > most[0]:
        if came_from[0] != came:
            most[1] = most[0]
            came_from[1] = came_from[0]
        most[0] = value
        came_from[0] = came
        return True
    if came_from[0] != came and value > most[1]:
        most[1] = value
        came_from[1] = came
        return True
    return False


@kernel
def best_repetitions(
    instance: Instance,
    ranked: NDArray[np.float64],
    prices: NDArray[np.float64],
    nights: int,
    made: NDArray[np.float64],
) -> float:
    """Points of all visits made as often as pays at these prices; notes the options used.

    `ranked` (option, rank): points of an option as the rank-th best of its visit. Spacing
    is not looked at, so this too is an upper bound. A dynamic programme over the nights;
    its state is the set of ranks in use.
    """
    total = 0.0
    for visit in range(len(instance.visit) - 1):
        first = instance.visit[visit].first_option
        last = instance.visit[visit + 1].first_option
        ranks = min(instance.visit[visit].most, nights)
        states = 1 << ranks
        value = np.full((nights + 1, states), NOTHING)
        option_used = np.full((nights + 1, states), -1, dtype=np.int64)
        state_before = np.zeros((nights + 1, states), dtype=np.int64)
        value[0, 0] = 0.0
        for night in range(nights):
            for state in range(states):
                if value[night, state] > value[night + 1, state]:
                    value[night + 1, state] = value[night, state]
                    option_used[night + 1, state] = -1
                    state_before[night + 1, state] = state
                for option in range(first, last):
                    if instance.option[option].night != night or value[night, state] == NOTHING:
                        continue
                    for rank in range(ranks):
                        then = state | (1 << rank)
                        gain = value[night, state] + ranked[option, rank] - prices[option]
                        if then != state and gain > value[night + 1, then]:
                            value[night + 1, then] = gain
                            option_used[night + 1, then] = option
                            state_before[night + 1, then] = state
        state = int(np.argmax(value[nights]))
        total += value[nights, state]
        for night in range(nights, 0, -1):
            if option_used[night, state] >= 0:
                made[option_used[night, state]] += 1.0
            state = state_before[night, state]
    return total
