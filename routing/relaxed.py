"""Relaxed visits: how often each pays at given prices, compiled; half of a proven upper bound."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from routing.instance import Instance
from routing.kernel import kernel

NOTHING = -1e18


@kernel
def best_repetitions(  # noqa: PLR0912, PLR0917
    instance: Instance,
    ranked: NDArray[np.float64],
    prices: NDArray[np.float64],
    nights: int,
    spacing: NDArray[np.int64],
    made: NDArray[np.float64],
) -> float:
    """Points of all visits made as often as pays at these prices; notes the options used.

    `ranked` (option, rank): points of an option as the rank-th best of its visit. `spacing`
    (visit,): least nights between two of them. A dynamic programme over the nights; its state
    is the set of ranks in use.
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
            # The visit before was made so many nights ago at least.
            earlier = max(0, night + 1 - spacing[visit])
            for option in range(first, last):
                if instance.option[option].night != night:
                    continue
                for state in range(states):
                    if value[earlier, state] == NOTHING:
                        continue
                    for rank in range(ranks):
                        then = state | (1 << rank)
                        gain = value[earlier, state] + ranked[option, rank] - prices[option]
                        if then != state and gain > value[night + 1, then]:
                            value[night + 1, then] = gain
                            option_used[night + 1, then] = option
                            state_before[night + 1, then] = state
        state = int(np.argmax(value[nights]))
        total += value[nights, state]
        night = nights
        while night > 0:
            then = state_before[night, state]
            if option_used[night, state] >= 0:
                made[option_used[night, state]] += 1.0
                night = max(0, night - spacing[visit])
            else:
                night -= 1
            state = then
    return total
