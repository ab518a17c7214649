"""How much better any plan could be: a proven upper bound by Lagrangian relaxation.

Let every option have a price. Units are paid the price for each option that they serve,
visits earn their points and pay the price for each time they are made. Whatever the
prices, the best that the units can earn plus the best that the visits can earn is at
least the value of the best plan; good prices make the sum small. Units are judged by
relaxed walks (`routing.relaxed`), so the sum stays a bound. The prices start from the
duals of the pool's linear relaxation and follow the subgradient (Held & Karp; Polyak).

The linear relaxation of the pool itself is NOT such a bound: it knows only the routes
that the search has met.
"""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse.csgraph import shortest_path

from routing.anneal import Annealer
from routing.instance import Compiled
from routing.problem import UNREACHABLE, Problem
from routing.relaxed import best_repetitions, best_walk

ROUNDS = 30
MOST_PLACES = 800
MOST_REPETITIONS = 8
FINEST = 1 / 2000
COARSEST = 1 / 250
"""Time steps as shares of the longest shift."""

LABEL_SECONDS = 3e-8
"""What a round takes for each pair of options and time step of a kind of shift, at most."""


def bound(
    compiled: Compiled,
    value: float,
    prices: NDArray[np.float64] | None = None,
    seconds: float | None = None,
) -> int:
    """No plan of the problem is worth more than this.

    `value`: points of a known plan. `prices`: where to start. Stops after `seconds`, or
    after a fixed number of rounds, or when the bound meets the value. Where not even a round
    fits into the seconds, it is the sum of all values.
    """
    begin = time.perf_counter()
    ranked = _ranked_points(compiled)
    everything = (
        best_repetitions(
            compiled.instance,
            ranked,
            np.zeros(len(compiled.choices)),
            compiled.problem.nights,
            np.zeros(len(compiled.choices)),
        )
        if ranked.shape[1] <= MOST_REPETITIONS
        else _sum_of_values(compiled)
    )
    if ranked.shape[1] > MOST_REPETITIONS:
        return int(everything)
    if seconds is not None and round_seconds(compiled) > seconds:
        return int(everything)
    walks = _walks(compiled)
    if walks is None:
        return int(everything)
    prices = ranked[:, 0].copy() if prices is None else prices[: compiled.single].copy()
    lowest, stride, stalled = float(everything), 1.0, 0
    for number in range(ROUNDS):
        total, surplus = _relaxed_value(compiled, walks, ranked, prices)
        stalled = 0 if total < lowest - 0.01 else stalled + 1
        lowest = min(lowest, total)
        steepness = float(surplus @ surplus)
        # Stop while another round still fits into the time.
        spent = (time.perf_counter() - begin) * (1.0 + 1.0 / (number + 1))
        late = seconds is not None and spent > seconds
        if late or lowest < value + 1.0 or steepness == 0.0:
            break
        if stalled >= 4:
            stride, stalled = stride / 2.0, 0
        # Polyak's step: as far as the known value could be from here.
        prices -= stride * (total - value) / steepness * surplus
    return max(int(np.floor(lowest + 1e-6)), round(value))


def round_seconds(compiled: Compiled) -> float:
    """About how long a round takes at the usual time steps, a little more rather than less."""
    allowed = compiled.instance.allowed
    kinds = {_likeness(compiled, shift): shift for shift in range(compiled.instance.shifts)}
    pairs = sum(int(allowed[:, shift].sum()) ** 2 for shift in kinds.values())
    return LABEL_SECONDS / COARSEST * pairs


@dataclass(frozen=True, eq=False)
class _Walks:
    """What the relaxed walks need: shifts that are alike count as one with a weight."""

    step: int
    drive: dict[int, NDArray[np.int32]]  # by mode
    start: NDArray[np.int64]  # (k, :) place, departure due and rested
    weights: dict[int, int]  # shift -> how many are like it
    locked: NDArray[np.int64]  # options that routes begin with


def _relaxed_value(
    compiled: Compiled, walks: _Walks, ranked: NDArray[np.float64], prices: NDArray[np.float64]
) -> tuple[float, NDArray[np.float64]]:
    """The bound at these prices, and how often more an option is served than made.

    A walk is paid and counts as all that it makes.
    """
    instance, members = compiled.instance, compiled.members
    made = np.zeros(len(prices))
    served = np.zeros(len(compiled.choices))
    total = best_repetitions(instance, ranked, prices, compiled.problem.nights, made)
    served[walks.locked] += 1.0
    total += float(prices[walks.locked].sum())
    open_prices = np.zeros(len(served))
    open_prices[: len(prices)] = prices
    np.add.at(open_prices, members[:, 0], prices[members[:, 1]])
    open_prices[walks.locked] = 0.0
    for shift, weight in walks.weights.items():
        drive = walks.drive[int(instance.shift["mode"][shift])]
        total += weight * best_walk(
            instance, shift, drive, walks.start[shift], open_prices, walks.step, served, weight
        )
    np.add.at(served, members[:, 1], served[members[:, 0]])
    return total, served[: len(prices)] - made


def _walks(compiled: Compiled) -> _Walks | None:
    """Start, steps and drives of the relaxed walks; None where they would not be cheap."""
    instance, problem = compiled.instance, compiled.problem
    if not compiled.choices or not problem.shifts or problem.places > MOST_PLACES:
        return None
    drive = {
        mode: _shortest(instance.roads.seconds_from[mode])
        for mode in np.unique(instance.shift["mode"]).tolist()
    }
    options = instance.option[: instance.options]
    shortest = int((_shortest_leg_to(problem, drive)[options["place"]] + options["service"]).min())
    longest = max(shift.closes - shift.opens for shift in problem.shifts)
    step = min(shortest, max(1, int(longest * COARSEST)))
    if step < max(1.0, longest * FINEST):
        return None
    routes = Annealer.from_start(compiled, seed=1).search.routes
    after = routes.position[np.arange(instance.shifts), instance.shift["locked"]]
    alike = Counter(_likeness(compiled, shift) for shift in range(instance.shifts))
    first = {_likeness(compiled, shift): shift for shift in reversed(range(instance.shifts))}
    return _Walks(
        step=step,
        drive=drive,
        start=np.stack([after["place"], after["leave_due"], after["leave_rested"]], axis=1),
        weights={first[likeness]: count for likeness, count in alike.items()},
        locked=np.array(
            [compiled.number[choice] for shift in problem.shifts for choice in shift.locked],
            dtype=np.int64,
        ),
    )


def _likeness(compiled: Compiled, shift: int) -> tuple[object, ...]:
    """What two shifts must share to have the same best walk."""
    unnamed = replace(compiled.shifts[shift], unit="any", languages=frozenset(), skills=frozenset())
    return (unnamed, compiled.instance.allowed[:, shift].tobytes())


def _shortest(seconds: NDArray[np.int32]) -> NDArray[np.int32]:
    """The matrix with every detour that is shorter taken: the triangle inequality holds."""
    graph = np.where(seconds >= UNREACHABLE, np.inf, seconds).astype(float)
    # Zero means "no edge" to scipy, so a zero drive is passed as almost nothing.
    graph[graph == 0.0] = 1e-9
    closed = shortest_path(graph, method="FW")
    closed[~np.isfinite(closed)] = UNREACHABLE
    return np.floor(closed + 1e-3).astype(np.int32)


def _shortest_leg_to(problem: Problem, drive: dict[int, NDArray[np.int32]]) -> NDArray[np.int64]:
    """Seconds of the shortest leg into each place; 0 where several visits share it.

    With the service there it is the least by which another stop moves time on.
    """
    places = np.array([visit.place for visit in problem.visits])
    legs = np.min([matrix[places] for matrix in drive.values()], axis=0).astype(np.int64)
    shared = np.bincount(places, minlength=problem.places) > 1
    legs[places[:, None] == np.arange(problem.places)[None, :]] = UNREACHABLE
    shortest: NDArray[np.int64] = np.where(shared, 0, legs.min(axis=0))
    return shortest


def _ranked_points(compiled: Compiled) -> NDArray[np.float64]:
    """(option, rank): points of an option as the rank-th best of its visit."""
    problem = compiled.problem
    ranks = min(problem.nights, max((visit.most for visit in problem.visits), default=1))
    points = [
        [float(problem.diminished(option.value, rank)) for rank in range(ranks)]
        for visit in problem.visits
        for option in visit.options
    ]
    return np.array(points).reshape(-1, ranks)


def _sum_of_values(compiled: Compiled) -> float:
    """Every visit as often as it may be made, each time at its best."""
    return float(
        sum(
            min(visit.most, compiled.problem.nights)
            * max((o.value for o in visit.options), default=0)
            for visit in compiled.problem.visits
        )
    )
