"""The multipliers of the bound: what it costs to make a visit, to drive, to miss a quota.

A visit is made once in a window of nights, and each time in a rank of its own, the next worth
less: a rank and a window cost so many points for each option that uses them up. What is left of
the option's points is the price that a unit is paid for it. A limit of a shift costs a toll for
each second, metre or kit. A quota of many visits is one of two things that are both no less than
what it earns: all of its points, or so many for each minute or visit that counts, even beyond
its last step; the rate says how much of the second.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from routing.instance import Compiled
from routing.relaxed import best_repetitions
from routing.relaxed_walks import LIMITS, RelaxedWalks, Walk
from routing.rows import Quota

PART = 8
"""A toll is counted for such a part of what a limit leaves: about what one visit uses up."""

Multipliers = NDArray[np.float64]
"""Points a visit: of the ranks of all visits, of their windows, of quotas, of limits."""


@dataclass(frozen=True, eq=False)
class Points:
    """What visits earn: points of an option as the rank-th best of its visit, quotas included."""

    ranked: NDArray[np.float64]  # (option, rank)
    spacing: NDArray[np.int64]  # (visit,)
    quotas: tuple[Quota, ...]  # those that no visit fills alone
    everything: float  # when all is had for nothing

    @classmethod
    def of(cls, compiled: Compiled, quotas: Sequence[Quota], most_repetitions: int) -> Points:
        problem = compiled.problem
        first, others = _first_points(quotas)
        ranked = _ranked_points(compiled)
        if ranked.size:
            keys = [str(key) for key, _ in compiled.choices[: compiled.single]]
            ranked[:, 0] += np.array([first.get(key, 0.0) for key in keys])
        spacing = np.array([visit.spacing for visit in problem.visits], dtype=np.int64)
        free = np.zeros(compiled.single)
        if ranked.shape[1] > most_repetitions:
            everything = _sum_of_values(compiled) + sum(first.values())
        else:
            everything = best_repetitions(
                compiled.instance, ranked, free, problem.nights, spacing, np.zeros(len(free))
            )
        besides = sum(quota.points * quota.steps for quota in others)
        return cls(ranked, spacing, others, float(everything) + besides)


@dataclass(frozen=True, eq=False)
class Dual:
    """The problem of the multipliers; o are the options of single visits, m the multipliers."""

    compiled: Compiled
    walks: RelaxedWalks
    points: Points
    rank: NDArray[np.int64]  # (o, rank): its multiplier
    ranked: NDArray[np.float64]  # (o, rank): points, -inf where the visit is not made so often
    rows: sparse.csr_matrix  # (o, m): what an option uses up of windows, less what quotas pay
    tolls: dict[int, slice]  # shift -> its multipliers
    unit: dict[int, NDArray[np.float64]]  # shift -> seconds, metres and kits that a toll is for
    given: Multipliers  # what there is of each: a point more of the multiplier is so many more
    most: Multipliers

    @classmethod
    def of(cls, compiled: Compiled, walks: RelaxedWalks, points: Points) -> Dual:
        problem, single = compiled.problem, compiled.single
        records = compiled.instance.option[:single]
        visit, night = records["visit"], records["night"]
        ranks, nights, visits = points.ranked.shape[1], problem.nights, len(problem.visits)
        spacing = points.spacing
        times = np.array([visit.most for visit in problem.visits])
        times = np.minimum(times, -(-nights // spacing))[visit]
        windows = np.arange(nights)
        covers = (windows <= night[:, None]) & (night[:, None] < windows + spacing[visit][:, None])
        covers &= (times > 1)[:, None] & (windows <= nights - spacing[visit][:, None])
        option, window = np.nonzero(covers)
        first = visits * ranks
        cells = [(option, first + visit[option] * nights + window, np.ones(len(option)))]
        given = [np.ones(first + visits * nights)]
        most = [np.full(first + visits * nights, np.inf)]
        for number, quota in enumerate(points.quotas, start=len(given[0])):
            weight = np.array([quota.weights.get(each.key, 0) for each in problem.visits], float)
            mean = max(1.0, float(weight.sum() / max(1, (weight > 0).sum())))
            counts = np.flatnonzero(weight[visit])
            cells.append((counts, np.full(len(counts), number), -weight[visit][counts] / mean))
            given.append(np.array([-quota.step * quota.steps / mean]))
            most.append(np.array([quota.points * mean / quota.step]))
        tolls, unit = {}, {}
        for shift, left in walks.left.items():
            begin = sum(map(len, given))
            tolls[shift] = slice(begin, begin + len(LIMITS))
            limited = np.isfinite(left)
            unit[shift] = np.where(limited, np.maximum(1.0, np.nan_to_num(left) / PART), 1.0)
            given.append(walks.weights[shift] * np.where(limited, left, 0.0) / unit[shift])
            most.append(np.where(limited, np.inf, 0.0))
        rows, columns, factors = (np.concatenate(part) for part in zip(*cells, strict=True))
        shape = (single, sum(map(len, given)))
        return cls(
            compiled=compiled,
            walks=walks,
            points=points,
            rank=visit[:, None] * ranks + np.arange(ranks),
            ranked=np.where(np.arange(ranks) < times[:, None], points.ranked, -np.inf),
            rows=sparse.csr_matrix((factors, (rows, columns)), shape=shape),
            tolls=tolls,
            unit=unit,
            given=np.concatenate(given),
            most=np.concatenate(most),
        )

    def begin(self, prices: NDArray[np.float64] | None) -> Multipliers:
        """Multipliers at which options have about these prices; without, all that they earn."""
        found = np.zeros(len(self.given))
        if prices is not None:
            kept = self.ranked[:, 0] - prices[: len(self.ranked)]
            np.maximum.at(found, self.rank[:, 0], kept)
        return found

    def prices(self, at: Multipliers) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """Points that a unit is paid for each option, and the multiplier of the best rank."""
        left = self.ranked - at[self.rank]
        best = left.argmax(axis=1)
        option = np.arange(len(left))
        return left[option, best] - self.rows @ at, self.rank[option, best]

    def toll(self, at: Multipliers, shift: int) -> NDArray[np.float64]:
        """Points of each second, metre and kit that a shift uses up."""
        return np.asarray(at[self.tolls[shift]] / self.unit[shift])

    def earned(self, at: Multipliers, prices: NDArray[np.float64]) -> float:
        """Points of all but the walks that are still open: visits, quotas, limits, and what
        routes begin with."""
        first = self.rank.shape[1] * len(self.points.spacing)
        first += len(self.points.spacing) * self.compiled.problem.nights
        last = first + len(self.points.quotas)
        paid = np.zeros(len(at))
        paid[first:last] = at[first:last]
        ranked = self.points.ranked - (self.rows @ paid)[:, None]
        total = best_repetitions(
            self.compiled.instance,
            ranked,
            prices,
            self.compiled.problem.nights,
            self.points.spacing,
            np.zeros(len(prices)),
        )
        total += sum(quota.points * quota.steps for quota in self.points.quotas)
        total += float(self.given[first:] @ at[first:])
        return total + float(prices[self.walks.locked].sum())

    def used(
        self, rank: NDArray[np.int64], walks: Iterable[tuple[int, Walk]], locked: float = 0.0
    ) -> Multipliers:
        """What walks use up, each as often as shifts are like its own, and `locked` times what
        routes begin with."""
        found, members = np.zeros(len(self.given)), self.compiled.members
        served = np.zeros(len(self.compiled.choices))
        served[self.walks.locked] += locked
        for shift, walk in walks:
            weight = self.walks.weights[shift]
            np.add.at(served, walk.options, weight)
            found[self.tolls[shift]] += weight * walk.used / self.unit[shift]
        np.add.at(served, members[:, 1], served[members[:, 0]])
        options = np.flatnonzero(served[: len(rank)])
        np.add.at(found, rank[options], served[options])
        found += self.rows[options].T @ served[options]
        return found


def _first_points(quotas: Sequence[Quota]) -> tuple[dict[str, float], tuple[Quota, ...]]:
    """Points of a first visit by quotas that it fills alone; all other quotas."""
    first: dict[str, float] = {}
    besides = []
    for quota in quotas:
        (key, weight), *others = quota.weights.items() or [("", 0)]
        if not others and quota.steps == 1 and weight >= quota.step:
            first[key] = first.get(key, 0.0) + quota.points
        else:
            besides.append(quota)
    return first, tuple(besides)


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
