"""What no count night can go below: the fewest crews, the soonest last return.

Every visit counts the same points. If the Lagrangian bound (`routing.bound`) of what some
crews can earn is less than all points together, those crews miss a visit.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from ortools.sat.python import cp_model

from routing.anneal import Annealer
from routing.bound import bound
from routing.covering import Routes, fewest_by_covering
from routing.instance import compiled
from routing.problem import Problem, Shift, Travel, Visit
from routing.stopping import MaxIterations
from routing.suitability import suits

POINTS = 1_000
"""Points of every visit; the options of a visit are worth the same."""

PRECISION = 300
"""Seconds to which the soonest return is narrowed."""

TRIAL = 300
"""Iterations of the search that shows a crew's bound where to go."""


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


def fewest_possible(
    problem: Problem,
    crews: int,
    seconds: float | None = None,
    routes: Routes = (),
    stopped: Callable[[], bool] = lambda: False,
) -> int:
    """The fewest crews, at most `crews`, that are not proven to miss a visit.

    `routes` and `stopped` as of `routing.covering.fewest_by_covering`, which has half of the time.
    """
    part = None if seconds is None else seconds / 4
    least = fewest_by_covering(counted(problem), routes, part and 2 * part, stopped)
    least = min(crews, max(least, fewest_by_reach(problem, part)))
    each = None if part is None else part / max(1, crews - least)
    for fewer in range(crews - 1, least - 1, -1):
        if not _misses_a_visit(_with_best_crews(problem, fewer), each):
            continue
        return fewer + 1
    return min(max(1, least), crews)


def fewest_by_reach(problem: Problem, seconds: float | None = None) -> int:
    """The fewest of the crews there are by how many visits each can make from its own base.

    Visits that the same crews may make, in the same hours, are a group. The Lagrangian bound
    says how many of a group, and of all, one crew can make at most; CP-SAT says how few crews
    could then make all of them, each at its most in every group at once.
    """
    everything = counted(problem)
    open_to = {
        number: frozenset(visit.key for visit in everything.visits if suits(visit, shift))
        for number, shift in enumerate(everything.shifts)
    }
    kinds = Counter((alike(shift), open_to[n]) for n, shift in enumerate(everything.shifts))
    groups: dict[object, list[Visit]] = {}
    for visit in everything.visits:
        who = frozenset(number for number, (_, keys) in enumerate(kinds) if visit.key in keys)
        hours = tuple((option.opens, option.closes) for option in visit.options)
        groups.setdefault((who, hours), []).append(visit)
    model = cp_model.CpModel()
    made: dict[int, list[cp_model.LinearExprT]] = {number: [] for number in range(len(groups))}
    out = []
    each = None if seconds is None else seconds / (len(kinds) * (len(groups) + 1))
    for (shift, keys), many in kinds.items():
        crews = model.new_int_var(0, many, "")
        out.append(crews)
        own = [visit for visit in everything.visits if visit.key in keys]
        parts = []
        for number, visits in enumerate(groups.values()):
            if visits[0].key in keys:
                part = model.new_int_var(0, len(visits), "")
                model.add(part <= _most_made(everything, shift, visits, each) * crews)
                made[number].append(part)
                parts.append(part)
        model.add(sum(parts) <= _most_made(everything, shift, own, each) * crews)
    for number, visits in enumerate(groups.values()):
        model.add(sum(made[number]) >= len(visits))
    model.minimize(sum(out))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.max_deterministic_time = 2.0
    solver.solve(model)
    # Whether or not the program was solved to its end, its bound is proven.
    bounded = float(solver.best_objective_bound)
    return len(problem.shifts) if bounded > len(problem.shifts) else int(np.ceil(bounded - 1e-6))


def _most_made(
    everything: Problem, shift: Shift, visits: list[Visit], seconds: float | None
) -> int:
    """How many of some visits one crew can make at most."""
    if not visits:
        return 0
    free = tuple(replace(visit, only=None) for visit in visits)
    alone = compiled(replace(everything, visits=free, shifts=(shift,)))
    search = Annealer.from_start(alone, seed=1)
    search.run(MaxIterations(TRIAL))
    return bound(alone, value=search.best_points, seconds=seconds) // POINTS


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
