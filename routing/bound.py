"""How much better any plan could be: a proven upper bound by Lagrangian relaxation.

Let every option have a price. Units are paid the price for each option that they serve,
visits earn their points and pay the price for each time they are made. Whatever the
prices, the best that the units can earn plus the best that the visits can earn is at
least the value of the best plan; good prices make the sum small. Units are judged by
relaxed walks (`routing.relaxed_walks`), visits exactly but for their promises
(`routing.relaxed`), so the sum stays a bound. Prices come from multipliers of what visits,
quotas and limits ask (`routing.dual`).

Passes come first: the walk of one kind of shift after the other moves the multipliers at once,
by less and less, which costs no more than a round of all and goes further (incremental
subgradient: Nedić & Bertsekas 2001). Rounds follow, whose direction is that of all walks
together (Held & Karp; Polyak), smoothed as in the volume algorithm (Barahona & Anbil 2000).

The linear relaxation of the pool itself is NOT such a bound: it knows only the routes
that the search has met.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from queue import SimpleQueue

import numpy as np
from numpy.typing import NDArray

from routing.dual import Dual, Multipliers, Points
from routing.instance import Compiled
from routing.pricing import Paper
from routing.relaxed_walks import RelaxedWalks, Walk, relaxed_walks, round_seconds
from routing.rows import Quota

ROUNDS = 40
"""Passes and rounds where there is no limit of time."""

QUICK = 0.25
"""Share of the effort after which passes are over and walks sharp."""

FEW = 8
"""So few kinds of shifts, as of a night, need no passes: a round of all is as short. Nor are
their walks sharp, for which the seconds of a night are too few."""

FIRST, LAST = 0.3, 0.02
"""Shares of a mean visit's points by which a pass moves a multiplier."""

MOST_REPETITIONS = 8
THREADS = 2
TOGETHER = 8
"""Walks of a round between two looks at the clock."""

NEWEST = 0.4
"""Weight of the newest direction among those before it."""

STRIDE, PATIENCE, SHORTEST = 0.5, 4, 0.01
"""The stride of the first round after passes; rounds without a lower bound until it is
shortened, and where that ends."""

EXPECTED = 0.9
"""A walk is expected to be worth so much of what it was the last time."""

ASKED_EVERY = 0.2
"""Seconds between two questions whether to stop."""

Told = Callable[[int], bool]
"""Is told what is proven so far; whether someone wants it to stop."""


def bound(  # noqa: PLR0917
    compiled: Compiled,
    value: float,
    prices: NDArray[np.float64] | None = None,
    seconds: float | None = None,
    quotas: Sequence[Quota] = (),
    stopped: Told = lambda proven: False,
) -> int:
    """No plan of the problem is worth more than this, the points of its quotas included.

    `value`: points of a known plan. `prices`: where to start. Stops after `seconds`, or
    after a fixed number of rounds, when the bound meets the value, or when `stopped` says so:
    the thread that calls asks it and tells it the bound so far. Where not even a round fits
    into the seconds, it is the sum of all values.
    """
    began = time.perf_counter()
    points = Points.of(compiled, quotas, MOST_REPETITIONS)
    effort = _Effort(seconds, stopped, points.everything, began)
    if points.ranked.shape[1] > MOST_REPETITIONS:
        return int(points.everything)
    walks = None
    if seconds is None or round_seconds(compiled) <= seconds:
        walks = relaxed_walks(compiled)
    if walks is None:
        return int(points.everything)
    dual = Dual.of(compiled, walks, points)
    with ThreadPoolExecutor(THREADS) as pool:  # compiled code holds no lock: it uses the cores
        walkers = _Walkers(walks, pool, effort)
        for total in _totals(dual, walkers, value, dual.begin(prices)):
            effort.lowest = min(effort.lowest, total)
            if effort.lowest < value + 1.0:
                break
    return max(effort.proven, round(value))


@dataclass
class _Effort:
    """The time, or the number of rounds, that the bound may take, and what it has come to."""

    seconds: float | None
    stopped: Told
    lowest: float
    began: float
    rounds: int = 0
    asked: float = -np.inf
    told: bool = False

    @property
    def proven(self) -> int:
        """No plan is worth more than so many points: those of plans are whole."""
        return int(np.floor(self.lowest + 1e-6))

    @property
    def share(self) -> float:
        """How much of it is spent."""
        if self.seconds is None:
            return self.rounds / ROUNDS
        return (time.perf_counter() - self.began) / max(self.seconds, 1e-9)

    def over(self) -> bool:
        """Whether it is spent, or someone wants it to stop."""
        now = time.perf_counter()
        if not self.told and now - self.asked > ASKED_EVERY:
            self.told, self.asked = self.stopped(self.proven), now
        return self.told or self.share >= 1.0


@dataclass(frozen=True, eq=False)
class _Walkers:
    """Walks of several shifts at a time, each on its own thread."""

    walks: RelaxedWalks
    pool: ThreadPoolExecutor
    effort: _Effort
    worth: dict[int, float] = field(default_factory=dict)  # of a shift's last walk
    papers: SimpleQueue[Paper] = field(default_factory=SimpleQueue)

    def __post_init__(self) -> None:
        for _ in range(THREADS):
            self.papers.put(self.walks.paper())

    def together(
        self, dual: Dual, at: Multipliers, shifts: Sequence[int], *, step: int, sharp: bool
    ) -> tuple[NDArray[np.float64], NDArray[np.int64], list[tuple[int, Walk]]]:
        """Prices and best ranks at these multipliers, and the best walk of each shift."""
        prices, rank = dual.prices(at)
        opened = self.walks.open_prices(prices)

        def best(shift: int) -> tuple[int, Walk]:
            toll = dual.toll(at, shift)
            found = self._sharp(shift, opened, toll) if sharp else None
            found = found or self.walks.quick(shift, opened, toll, step)
            self.worth[shift] = found.points
            return shift, found

        return prices, rank, list(self.pool.map(best, shifts))

    def _sharp(
        self, shift: int, prices: NDArray[np.float64], toll: NDArray[np.float64]
    ) -> Walk | None:
        paper = self.papers.get()
        worth = EXPECTED * self.worth.get(shift, 0.0)
        try:
            return self.walks.sharp(shift, prices, toll, worth, paper)
        finally:
            self.papers.put(paper)


def _totals(dual: Dual, walkers: _Walkers, value: float, at: Multipliers) -> Iterator[float]:
    """What no plan exceeds, at better and better multipliers, until the effort is spent."""
    effort = walkers.effort
    stride, stalled, many = 1.0, 0, len(walkers.walks.weights) > FEW
    if many:
        found = _round(dual, walkers, at, sharp=False)
        if found is None:
            return
        yield found[0]
        if found[1].any():
            at, stride = _passes(dual, walkers, at), STRIDE
    best, direction = np.inf, None
    while stride >= SHORTEST and not effort.over():
        found = _round(dual, walkers, at, sharp=many)
        if found is None:
            return
        total, slope = found
        if total < best - 0.01:
            best, stalled = total, 0
        else:
            stalled += 1
        yield total
        direction = slope if direction is None else NEWEST * slope + (1.0 - NEWEST) * direction
        if stalled >= PATIENCE:
            stride, stalled = stride / 1.5, 0
        held = (at <= 0.0) & (direction > 0.0) | (at >= dual.most) & (direction < 0.0)
        steepness = float((slope[~held] ** 2).sum())
        if steepness == 0.0:
            return
        # Polyak's step: as far as the known value could be from here.
        at = np.clip(at - stride * (total - value) / steepness * direction, 0.0, dual.most)


def _round(
    dual: Dual, walkers: _Walkers, at: Multipliers, sharp: bool
) -> tuple[float, Multipliers] | None:
    """The bound at these multipliers and its slope; None when stopped midway."""
    walks = walkers.walks
    shifts, driven = list(walks.weights), []
    for first in range(0, len(shifts), TOGETHER):
        if walkers.effort.over():
            return None
        together = shifts[first : first + TOGETHER]
        prices, rank, found = walkers.together(dual, at, together, step=walks.step, sharp=sharp)
        driven += found
    walkers.effort.rounds += 1
    total = dual.earned(at, prices)
    total += sum(walks.weights[shift] * walk.points for shift, walk in driven)
    return total, dual.given - dual.used(rank, driven, locked=1.0)


def _passes(dual: Dual, walkers: _Walkers, at: Multipliers) -> Multipliers:
    """Multipliers after the passes."""
    walks, effort = walkers.walks, walkers.effort
    shifts, chance = list(walks.weights), np.random.default_rng(1)
    many = sum(walks.weights.values())
    given = dual.given.copy()
    for tolls in dual.tolls.values():
        given[tolls] = 0.0
    begun = effort.share
    while effort.share < QUICK and not effort.over():
        progress = (effort.share - begun) / (QUICK - begun)
        move = dual.compiled.mean_points * FIRST * (LAST / FIRST) ** progress
        order = chance.permutation(len(shifts))
        for first in range(0, len(shifts), THREADS):
            together = [shifts[number] for number in order[first : first + THREADS]]
            _, rank, found = walkers.together(dual, at, together, step=walks.coarse, sharp=False)
            weight = sum(walks.weights[shift] for shift in together)
            slope = given * weight / many - dual.used(rank, found, locked=weight / many)
            for shift in together:
                slope[dual.tolls[shift]] += dual.given[dual.tolls[shift]]
            at = np.clip(at - move * slope, 0.0, dual.most)
            if effort.over():
                break
        effort.rounds += 1
    return at
