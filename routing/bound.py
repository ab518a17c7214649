"""How much better any plan could be: a proven upper bound by Lagrangian relaxation.

Let every option have a price. Units are paid the price for each option that they serve,
visits earn their points and pay the price for each time they are made. Whatever the
prices, the best that the units can earn plus the best that the visits can earn is at
least the value of the best plan; good prices make the sum small. Units are judged by
relaxed walks (`routing.ahead`), visits exactly but for their promises (`routing.relaxed`), so
the sum stays a bound. The prices start from the duals of the pool's linear relaxation and
follow the subgradient (Held & Karp; Polyak), smoothed as in the volume algorithm (Barahona &
Anbil 2000).

A quota that one visit fills is part of what that visit earns; any other counts in full.

The linear relaxation of the pool itself is NOT such a bound: it knows only the routes
that the search has met.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from threading import Event

import numpy as np
from numpy.typing import NDArray
from scipy.sparse.csgraph import shortest_path

from routing.ahead import best_walk
from routing.anneal import Annealer
from routing.instance import Compiled
from routing.problem import UNREACHABLE, Problem
from routing.relaxed import best_repetitions
from routing.rows import Quota

ROUNDS = 40
MOST_PLACES = 800
MOST_REPETITIONS = 8
FINEST = 1 / 2000
COARSEST = 1 / 250
"""Time steps as shares of the longest shift."""

MINUTE = 60
THREADS = 2
NEWEST = 0.4
"""Weight of the newest direction among those before it."""

PATIENCE, SHORTEST = 4, 0.01
"""Rounds without a lower bound until the stride is shortened, and where that ends."""

CELL_SECONDS = 2e-8
"""What a round takes for each pair of visits and time step of a kind of shift, at most."""

ASKED_EVERY = 0.2
"""Seconds between two questions whether to stop."""

Asked = Callable[[], bool]
"""Whether someone wants it to stop."""


def bound(  # noqa: PLR0917
    compiled: Compiled,
    value: float,
    prices: NDArray[np.float64] | None = None,
    seconds: float | None = None,
    quotas: Sequence[Quota] = (),
    stopped: Asked = lambda: False,
) -> int:
    """No plan of the problem is worth more than this, the points of its quotas included.

    `value`: points of a known plan. `prices`: where to start. Stops after `seconds`, or
    after a fixed number of rounds, when the bound meets the value, or when `stopped` says so:
    the thread that calls asks it, before each round and during it. Where not even a round fits
    into the seconds, it is the sum of all values.
    """
    begin = time.perf_counter()
    visits = _Visits.of(compiled, quotas)
    if visits.ranked.shape[1] > MOST_REPETITIONS:
        return int(visits.everything)
    walks = None
    if seconds is None or round_seconds(compiled) <= seconds:
        walks = relaxed_walks(compiled)
    if walks is None:
        return int(visits.everything)
    prices = visits.ranked[:, 0].copy() if prices is None else prices[: compiled.single].copy()
    lowest, stride, stalled, number = visits.everything, 1.0, 0, 0
    direction = np.zeros(len(prices))
    while (seconds is not None or number < ROUNDS) and not stopped():
        found = _relaxed_value(compiled, walks, visits, prices, stopped)
        if found is None:
            break
        total, surplus = found
        stalled = 0 if total < lowest - 0.01 else stalled + 1
        lowest = min(lowest, total)
        number += 1
        steepness = float(surplus @ surplus)
        # Stop while another round still fits into the time.
        spent = (time.perf_counter() - begin) * (1.0 + 1.0 / number)
        late = seconds is not None and spent > seconds
        if late or lowest < value + 1.0 or steepness == 0.0 or stride < SHORTEST:
            break
        if stalled >= PATIENCE:
            stride, stalled = stride / 1.5, 0
        direction = surplus if number == 1 else NEWEST * surplus + (1.0 - NEWEST) * direction
        # Polyak's step: as far as the known value could be from here.
        prices -= stride * (total - value) / steepness * direction
    return max(int(np.floor(lowest + 1e-6)), round(value))


def round_seconds(compiled: Compiled) -> float:
    """About how long a round takes at the usual time steps, a little more rather than less."""
    allowed, visit = compiled.instance.allowed, compiled.instance.option["visit"]
    kinds = {_likeness(compiled, shift): shift for shift in range(compiled.instance.shifts)}
    open_to = [np.unique(visit[: len(allowed)][allowed[:, shift]]) for shift in kinds.values()]
    return CELL_SECONDS / COARSEST * float(sum(len(visits) ** 2 for visits in open_to))


@dataclass(frozen=True, eq=False)
class _Visits:
    """What visits earn: points of an option as the rank-th best of its visit, quotas included."""

    ranked: NDArray[np.float64]  # (option, rank)
    spacing: NDArray[np.int64]  # (visit,)
    besides: float  # points of quotas that no single visit fills
    everything: float  # when all is had for nothing

    @classmethod
    def of(cls, compiled: Compiled, quotas: Sequence[Quota]) -> _Visits:
        problem = compiled.problem
        first, besides = _first_points(quotas)
        ranked = _ranked_points(compiled)
        if ranked.size:
            keys = [key for choice in compiled.choices[: compiled.single] for key, _ in [choice]]
            ranked[:, 0] += np.array([first.get(str(key), 0.0) for key in keys])
        spacing = np.array([visit.spacing for visit in problem.visits], dtype=np.int64)
        free = np.zeros(compiled.single)
        if ranked.shape[1] > MOST_REPETITIONS:
            everything = _sum_of_values(compiled) + sum(first.values())
        else:
            everything = best_repetitions(
                compiled.instance, ranked, free, problem.nights, spacing, np.zeros(len(free))
            )
        return cls(ranked, spacing, besides, float(everything) + besides)


def _first_points(quotas: Sequence[Quota]) -> tuple[dict[str, float], float]:
    """Points of a first visit by quotas that it fills alone; points of all other quotas."""
    first: dict[str, float] = {}
    besides = 0.0
    for quota in quotas:
        (key, weight), *others = quota.weights.items() or [("", 0)]
        if not others and quota.steps == 1 and weight >= quota.step:
            first[key] = first.get(key, 0.0) + quota.points
        else:
            besides += quota.points * quota.steps
    return first, besides


@dataclass(frozen=True, eq=False)
class RelaxedWalks:
    """What the relaxed walks need: shifts that are alike count as one with a weight."""

    step: int
    drive: dict[int, NDArray[np.int32]]  # by mode
    start: NDArray[np.int64]  # (k, :) place, departure due and rested
    weights: dict[int, int]  # shift -> how many are like it
    locked: NDArray[np.int64]  # options that routes begin with


def _relaxed_value(
    compiled: Compiled,
    walks: RelaxedWalks,
    visits: _Visits,
    prices: NDArray[np.float64],
    stopped: Asked,
) -> tuple[float, NDArray[np.float64]] | None:
    """The bound at these prices, and how often more an option is served than made.

    A walk is paid and counts as all that it makes. None when stopped midway.
    """
    instance, members = compiled.instance, compiled.members
    made = np.zeros(len(prices))
    total = visits.besides + best_repetitions(
        instance, visits.ranked, prices, compiled.problem.nights, visits.spacing, made
    )
    total += float(prices[walks.locked].sum())
    open_prices = np.zeros(len(compiled.choices))
    open_prices[: len(prices)] = prices
    np.add.at(open_prices, members[:, 0], prices[members[:, 1]])
    open_prices[walks.locked] = 0.0

    over = Event()

    def walked(shifts: list[int]) -> tuple[list[float], NDArray[np.float64]]:
        served, points = np.zeros(len(open_prices)), []
        for shift in shifts:
            if over.is_set():
                break
            drive, weight = walks.drive[int(instance.shift["mode"][shift])], walks.weights[shift]
            start, step = walks.start[shift], walks.step
            best = best_walk(instance, shift, drive, start, open_prices, step, served, weight)
            points.append(weight * best)
        return points, served

    kinds = list(walks.weights)
    shares = [kinds[number::THREADS] for number in range(min(THREADS, len(kinds)))]
    # Compiled code holds no lock, so threads use the cores.
    with ThreadPoolExecutor(len(shares)) as pool:
        running = [pool.submit(walked, share) for share in shares]
        try:  # whoever is asked may answer by an exception, as a page does that is left
            while wait(running, timeout=ASKED_EVERY).not_done:
                if stopped():
                    over.set()
        finally:
            over.set()
    parts = [each.result() for each in running]
    if sum(len(points) for points, _ in parts) < len(kinds):
        return None
    total += sum(sum(points) for points, _ in parts)
    served = np.add.reduce([each for _, each in parts])
    served[walks.locked] += 1.0
    np.add.at(served, members[:, 1], served[members[:, 0]])
    return total, served[: len(prices)] - made


def relaxed_walks(compiled: Compiled) -> RelaxedWalks | None:
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
    step = min(shortest // 2, max(1, int(longest * COARSEST)))
    step -= step % MINUTE if step > MINUTE else 0  # services last whole minutes as a rule
    if step < max(1.0, longest * FINEST):
        return None
    routes = Annealer.from_start(compiled, seed=1).search.routes
    after = routes.position[np.arange(instance.shifts), instance.shift["locked"]]
    alike = Counter(_likeness(compiled, shift) for shift in range(instance.shifts))
    first = {_likeness(compiled, shift): shift for shift in reversed(range(instance.shifts))}
    return RelaxedWalks(
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
    # Zero, and what is within 1e-8 of it, means "no edge" to scipy: pass a little more.
    graph[graph == 0.0] = 1e-6
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
