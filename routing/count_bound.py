"""What no count night can go below: the fewest crews, the soonest last return.

Every visit counts the same points. If the Lagrangian bound (`routing.bound`) of what some
crews can earn is less than all points together, those crews miss a visit.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from routing.bound import bound
from routing.instance import compiled
from routing.problem import Problem, Shift, Travel, Visit

POINTS = 1_000
"""Points of every visit; the options of a visit are worth the same."""

PRECISION = 300
"""Seconds to which the soonest return is narrowed."""


def counted(problem: Problem) -> Problem:
    """The night in which every visit is worth the same and none is a promise: the search
    then makes as many as it can, and the pool holds routes that miss a few."""
    visits = tuple(
        replace(
            visit,
            required=False,
            options=tuple(replace(option, value=POINTS) for option in visit.options),
        )
        for visit in problem.visits
    )
    return replace(problem, visits=visits)


def value_of_all(problem: Problem) -> int:
    """Points when no visit of a counted night is missed."""
    return POINTS * len(problem.visits)


def fewest_possible(problem: Problem, crews: int, seconds: float | None = None) -> int:
    """The fewest crews, at most `crews`, that are not proven to miss a visit."""
    each = None if seconds is None else seconds / max(1, crews - 1)
    for fewer in range(crews - 1, 0, -1):
        if not _misses_a_visit(_with_best_crews(problem, fewer), each):
            continue
        return fewer + 1
    return min(1, crews)


def soonest_possible(problem: Problem, last_return: int, seconds: float | None = None) -> int:
    """No plan has the last unit home before this moment, which is `last_return` at most."""
    early, late = min(shift.opens for shift in problem.shifts), last_return
    halvings = max(1, int(np.log2(max(2, (late - early) / PRECISION))) + 1)
    each = None if seconds is None else seconds / halvings
    while late - early > PRECISION:
        middle = (early + late) // 2
        shifts = tuple(
            replace(shift, closes=max(shift.opens, min(shift.closes, middle)), locked=())
            for shift in problem.shifts
        )
        if _misses_a_visit(counted(replace(problem, shifts=shifts)), each):
            early = middle
        else:
            late = middle
    return early


def alike(shift: Shift) -> Shift:
    """A shift without its name: crews with the same can stand in for one another."""
    return replace(shift, unit="any")


def _misses_a_visit(problem: Problem, seconds: float | None) -> bool:
    """Whether the bound proves that the shifts cannot make every visit."""
    everything = value_of_all(problem)
    return bound(compiled(problem), value=everything - 1.0, seconds=seconds) < everything


def _with_best_crews(problem: Problem, crews: int) -> Problem:
    """The counted night with `crews` alike that unite the best of all shifts.

    They open first and close last, suit every visit, have no limits, start and end wherever
    it is nearest: whatever any choice of `crews` shifts can do, these can.
    """
    best = Shift(
        unit="best",
        start=problem.places,
        end=problem.places,
        opens=min(shift.opens for shift in problem.shifts),
        closes=max(shift.closes for shift in problem.shifts),
        mode="any",
        pause=problem.shifts[0].pause
        if len({shift.pause for shift in problem.shifts}) == 1
        else None,
    )
    everything = counted(problem)
    visits = tuple(
        Visit(visit.key, visit.place, visit.options, modes=frozenset({"any"}))
        for visit in everything.visits
    )
    shifts = tuple(replace(best, unit=f"best {number}") for number in range(crews))
    return replace(everything, visits=visits, shifts=shifts, travel={"any": _nearest(problem)})


def _nearest(problem: Problem) -> Travel:
    """The quickest of all modes, with one more place that is every start and every end."""
    modes = {shift.mode for shift in problem.shifts}
    seconds = np.minimum.reduce([problem.travel[mode].seconds for mode in modes])
    starts = sorted({shift.start for shift in problem.shifts})
    ends = sorted({shift.end for shift in problem.shifts})
    away = seconds[starts].min(axis=0)
    back = seconds[:, ends].min(axis=1)
    wider: NDArray[np.int64] = np.zeros((len(seconds) + 1, len(seconds) + 1), dtype=np.int64)
    wider[:-1, :-1], wider[-1, :-1], wider[:-1, -1] = seconds, away, back
    return Travel(wider, wider)
