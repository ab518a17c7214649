"""Relaxed walks of a problem's shifts: what no route brings at given prices and tolls.

Two relaxations. The quick one (`routing.ahead`) may make a visit again, leaves up to a time
step early and has no limit on driving, but pays a toll for it. The sharp one (`routing.pricing`)
remembers the visits near to where it is, keeps the time to the second and the limit on driving.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse.csgraph import shortest_path

from routing.alike import kinds_of
from routing.anneal import Annealer
from routing.follow import best_walk
from routing.instance import NEVER, Compiled, Instance, end_of
from routing.pricing import WORD, Paper, best_routes, empty_paper
from routing.problem import UNREACHABLE, Problem

MOST_PLACES = 800
FINEST = 1 / 2000
COARSEST = 1 / 250
"""Time steps as shares of the longest shift."""

CELL_SECONDS = 2e-8
"""What a round takes for each pair of visits and time step of a kind of shift, at most."""

COARSER = 4
"""Where prices are still far off, a step is so many times as long."""

MINUTE = 60
NEAR = 8
"""Visits that a route remembers where it is; more are dearer and hardly better."""

LABELS = 200_000
"""Where a sharp walk needs more of them, the quick one has to do."""

TRIALS = 6
"""Sharp walks of a shift that need too many, one after the other, until none is tried."""

NO_TOLLS = np.empty((0, 0))
LIMITS = ("driving", "metres", "materials")


class Walk(NamedTuple):
    """The best walk of a shift; `points` is what no route exceeds."""

    points: float
    options: NDArray[np.int64]
    used: NDArray[np.float64]  # (limit,) seconds, metres and materials


@dataclass(frozen=True, eq=False)
class RelaxedWalks:
    """What the relaxed walks need: shifts that are alike count as one with a weight."""

    compiled: Compiled
    step: int
    coarse: int
    drive: dict[int, NDArray[np.int32]]  # by mode
    metres: dict[int, NDArray[np.int32]]  # by mode
    start: NDArray[np.int64]  # (k, :) place, departure due and rested
    weights: dict[int, int]  # shift -> how many are like it
    left: dict[int, NDArray[np.float64]]  # shift -> what its limits leave to it; inf for none
    driving: dict[int, int]  # shift -> seconds on the road that are left, the way home included
    locked: NDArray[np.int64]  # options that routes begin with
    near: NDArray[np.uint64]  # (visit, word): bits of the visits remembered there
    crowded: Counter[int] = field(default_factory=Counter)  # shift -> sharp walks too many, in turn

    def open_prices(self, prices: NDArray[np.float64]) -> NDArray[np.float64]:
        """Points of every option at these of the single ones: a walk is paid for all it makes."""
        members = self.compiled.members
        opened = np.zeros(len(self.compiled.choices))
        opened[: len(prices)] = prices
        np.add.at(opened, members[:, 0], prices[members[:, 1]])
        opened[self.locked] = 0.0
        return opened

    def quick(
        self, shift: int, prices: NDArray[np.float64], toll: NDArray[np.float64], step: int
    ) -> Walk:
        """The best quick walk at points of each option, and of each unit of the limits."""
        paid, tolls = self._paid(shift, prices, toll)
        drive, start = self.drive[self._mode(shift)], self.start[shift]
        points, options = best_walk(self._instance, shift, drive, start, paid, tolls, step)
        return Walk(points, options, self._used(shift, options))

    def sharp(
        self,
        shift: int,
        prices: NDArray[np.float64],
        toll: NDArray[np.float64],
        worth: float,
        paper: Paper,
    ) -> Walk | None:
        """The best sharp walk, where `worth` or a little less is expected of it; None for
        shifts of too many."""
        if self.crowded[shift] >= TRIALS:
            return None
        paid, tolls = self._paid(shift, prices, toll)
        drive, start = self.drive[self._mode(shift)], self.start[shift]
        while True:
            worth = worth if worth > 1.0 else 0.0
            points, count = best_routes(
                self._instance, shift, drive, start, paid, tolls, self.near,
                self.driving[shift], self.coarse, worth, paper,
            )  # fmt: skip
            if count == 0 and points > worth:
                self.crowded[shift] += 1
                return None
            if count or worth == 0.0:
                break
            worth *= 0.7
        self.crowded[shift] = 0
        best = int(np.argmax(paper.points[:count])) if count else 0
        options = (
            paper.walk[best, : paper.length[best]][::-1].copy() if count else paper.walk[0, :0]
        )
        return Walk(points, options, self._used(shift, options))

    def paper(self) -> Paper:
        """Paper for sharp walks."""
        return empty_paper(LABELS, len(self.near))

    @property
    def _instance(self) -> Instance:
        return self.compiled.instance

    def _mode(self, shift: int) -> int:
        return int(self._instance.shift["mode"][shift])

    def _paid(
        self, shift: int, prices: NDArray[np.float64], toll: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Prices less the toll of the materials; tolls of the legs."""
        options = self._instance.option["materials"][: len(prices)]
        paid = prices - toll[2] * options if toll[2] else prices
        if not toll[:2].any():
            return paid, NO_TOLLS
        mode = self._mode(shift)
        return paid, toll[0] * self.drive[mode] + toll[1] * self.metres[mode]

    def _used(self, shift: int, options: NDArray[np.int64]) -> NDArray[np.float64]:
        """Seconds, metres and materials of a walk; of a route begun, what it adds to it."""
        if not len(options):
            return np.zeros(len(LIMITS))
        record, mode = self._instance.option, self._mode(shift)
        begin, end = int(self.start[shift, 0]), int(record["place"][end_of(self._instance, shift)])
        places = np.concatenate([[begin], record["place"][options], [end]])
        begun = self._instance.shift["locked"][shift] > 0
        legs = [
            float(matrix[places[:-1], places[1:]].sum(dtype=np.int64) - begun * matrix[begin, end])
            for matrix in (self.drive[mode], self.metres[mode])
        ]
        return np.array([*legs, float(record["materials"][options].sum())])


def round_seconds(compiled: Compiled) -> float:
    """About how long a round takes at the usual time steps, a little more rather than less."""
    allowed, visit = compiled.instance.allowed, compiled.instance.option["visit"]
    kinds = set(kinds_of(compiled))
    open_to = [np.unique(visit[: len(allowed)][allowed[:, shift]]) for shift in kinds]
    return CELL_SECONDS / COARSEST * float(sum(len(visits) ** 2 for visits in open_to))


def relaxed_walks(compiled: Compiled) -> RelaxedWalks | None:
    """Start, steps and drives of the relaxed walks; None where they would not be cheap."""
    instance, problem = compiled.instance, compiled.problem
    if not compiled.choices or not problem.shifts or problem.places > MOST_PLACES:
        return None
    modes = np.unique(instance.shift["mode"]).tolist()
    drive = {mode: _shortest(instance.roads.seconds_from[mode]) for mode in modes}
    limited = any(shift.metres is not None for shift in problem.shifts)
    metres = {
        mode: _shortest(instance.roads.metres_from[mode]) if limited else np.zeros_like(drive[mode])
        for mode in modes
    }
    options = instance.option[: instance.options]
    shortest = int((_shortest_leg_to(problem, drive)[options["place"]] + options["service"]).min())
    longest = max(shift.closes - shift.opens for shift in problem.shifts)
    step = min(shortest // 2, max(1, int(longest * COARSEST)))
    step -= step % MINUTE if step > MINUTE else 0  # services last whole minutes as a rule
    if step < max(1.0, longest * FINEST):
        return None
    routes = Annealer.from_start(compiled, seed=1).state.routes
    after = routes.position[np.arange(instance.shifts), instance.shift["locked"]]
    weights = dict(Counter(kinds_of(compiled)))
    spent = {shift: _spent(compiled, shift) for shift in weights}
    home = {
        shift: np.array(
            [
                *(
                    float(matrix[mode][after["place"][shift], problem.shifts[shift].end])
                    * bool(problem.shifts[shift].locked)
                    for matrix in (drive, metres)
                ),
                0.0,
            ]
        )
        for shift in weights
        for mode in [int(instance.shift["mode"][shift])]
    }
    return RelaxedWalks(
        compiled=compiled,
        step=step,
        coarse=min(shortest // 2, COARSER * step),
        drive=drive,
        metres=metres,
        start=np.stack([after["place"], after["leave_due"], after["leave_rested"]], axis=1),
        weights=weights,
        left={k: np.maximum(0.0, _limits(compiled, k) - spent[k] - home[k]) for k in weights},
        driving={
            k: int(_limits(compiled, k)[0] - spent[k][0])
            if problem.shifts[k].driving is not None
            else NEVER
            for k in weights
        },
        locked=np.array(
            [compiled.number[choice] for shift in problem.shifts for choice in shift.locked],
            dtype=np.int64,
        ),
        near=_near(problem, drive),
    )


def _limits(compiled: Compiled, shift: int) -> NDArray[np.float64]:
    """What a shift may use up in all; inf where there is no limit."""
    given = (getattr(compiled.shifts[shift], name) for name in LIMITS)
    return np.array([np.inf if limit is None else float(limit) for limit in given])


def _spent(compiled: Compiled, shift: int) -> NDArray[np.float64]:
    """Seconds, metres and materials of the stops that a route begins with."""
    instance, given = compiled.instance, compiled.shifts[shift]
    options = np.array([compiled.number[choice] for choice in given.locked], dtype=np.int64)
    places = np.concatenate([[given.start], instance.option["place"][options]])
    roads, mode = instance.roads, int(instance.shift["mode"][shift])
    legs = [
        float(matrix[mode][places[:-1], places[1:]].sum(dtype=np.int64))
        for matrix in (roads.seconds_from, roads.metres_from)
    ]
    return np.array([*legs, float(instance.option["materials"][options].sum())])


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


def _near(problem: Problem, drive: dict[int, NDArray[np.int32]]) -> NDArray[np.uint64]:
    """Of each visit, as bits, itself and the nearest there and back."""
    place = np.array([visit.place for visit in problem.visits], dtype=np.int64)
    way = next(iter(drive.values())).astype(np.int64)
    nearest = np.argsort((way + way.T)[np.ix_(place, place)], axis=1, kind="stable")[:, :NEAR]
    near = np.zeros((len(place), -(-len(place) // WORD)), dtype=np.uint64)
    for visit, others in enumerate(nearest.tolist()):
        for other in (visit, *others):
            near[visit, other // WORD] |= np.uint64(1) << np.uint64(other % WORD)
    return near
