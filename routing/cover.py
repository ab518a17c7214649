"""Every visit made at least once by the pooled routes: fewest crews, or home the earliest.

The master of a night's choice (`routing.choose`) with other points: a column a route, a
row a visit and a row a shift. For the fewest crews a column costs one crew and, far below
that, its driving. For the earliest return binary digits say how many minutes after the
first possible return the last unit is home, and each digit costs its minutes.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from routing.anneal import Sequences
from routing.choose import Columns, Effort, Program, decide
from routing.feasible import drivable
from routing.instance import NEVER, Compiled
from routing.problem import Problem
from routing.returns import earliest_homes
from routing.routes import empty_routes
from routing.walks import Choice, made_by, visits_made

MINUTE = 60

DECIDED = 0.3
"""Share of an effort's seconds that goes to the solver: a count asks it again and again."""


def fewest_routes(
    compiled: Compiled, columns: Columns, effort: Effort, on_duty: int = 0
) -> Sequences | None:
    """As few of the routes as make every visit, then the least driving; None for none.

    The first `on_duty` shifts go out anyway and do not count.
    """
    if not columns:
        return None
    driving = _driving(compiled, columns)
    crew = 1.0 + len(compiled.shifts) * driving.max(initial=0.0)
    extra = np.array([shift >= on_duty for shift, _ in columns], dtype=float)
    program = _program(compiled, columns, -(crew * extra + driving))
    return _decided(compiled, columns, program, effort)


def earliest_routes(compiled: Compiled, columns: Columns, effort: Effort) -> Sequences | None:
    """Routes that make every visit with the last unit home the earliest; None for none.

    Whole minutes count; among equals the driving is least.
    """
    homes = earliest_home_times(compiled, columns)
    columns = tuple(column for column, home in zip(columns, homes, strict=True) if home < NEVER)
    homes = homes[homes < NEVER]
    if not columns:
        return None
    minutes = -(-(homes - homes.min()) // MINUTE)
    digits = 2 ** np.arange(max(1, int(minutes.max()).bit_length()))
    driving = _driving(compiled, columns)
    late = np.zeros((len(compiled.shifts), len(columns)))
    late[[shift for shift, _ in columns], np.arange(len(columns))] = minutes
    program = _program(compiled, columns, -driving, late, digits)
    return _decided(compiled, columns, program, effort)


def earliest_home_times(compiled: Compiled, columns: Columns) -> NDArray[np.int64]:
    """When each route is home at the earliest; NEVER where it cannot be driven."""
    width = max((len(options) for _, options in columns), default=0)
    stops = np.zeros((len(columns), width), dtype=np.int64)
    for number, (_, options) in enumerate(columns):
        stops[number, : len(options)] = options
    length = np.array([len(options) for _, options in columns], dtype=np.int64)
    shift = np.array([shift for shift, _ in columns], dtype=np.int64)
    return earliest_homes(compiled.instance, empty_routes(compiled), stops, length, shift)


def _driving(compiled: Compiled, columns: Columns) -> NDArray[np.float64]:
    """Seconds on the road of every route."""
    roads, option = compiled.instance.roads.seconds_from, compiled.instance.option["place"]
    count, shifts = compiled.instance.options, compiled.instance.shifts
    found = []
    for shift, options in columns:
        mode = compiled.instance.shift["mode"][shift]
        places = option[[count + shift, *options, count + shifts + shift]]
        found.append(float(roads[mode, places[:-1], places[1:]].sum()))
    return np.array(found)


def _program(
    compiled: Compiled,
    columns: Columns,
    points: NDArray[np.float64],
    late: NDArray[np.float64] | None = None,
    digits: NDArray[np.int64] | None = None,
) -> Program:
    """Each visit in at least one chosen column, each shift in one at most.

    `late` (shift, column): minutes, which the `digits` in use cover for every shift.
    """
    visits, shifts = len(compiled.problem.visits), len(compiled.shifts)
    digits = np.zeros(0, dtype=np.int64) if digits is None else digits
    served = np.array([option for _, options in columns for option in options], dtype=np.int64)
    column = np.repeat(np.arange(len(columns)), [len(options) for _, options in columns])
    uses = sparse.csr_matrix(
        (np.ones(len(served)), (served, column)), (len(compiled.choices), len(columns))
    )
    makes = visits_by_option(compiled) @ uses
    by_whom = np.array([shift for shift, _ in columns], dtype=np.int64)
    drives = sparse.csr_matrix(
        (np.ones(len(columns)), (by_whom, np.arange(len(columns)))), (shifts, len(columns))
    )
    must_drive = np.array([float(bool(shift.locked)) for shift in compiled.shifts])
    blocks = [[makes, sparse.csr_matrix((visits, len(digits)))], [drives, None]]
    lower, upper = [np.ones(visits), must_drive], [np.full(visits, len(columns)), np.ones(shifts)]
    if late is not None:
        blocks.append([sparse.csr_matrix(late), sparse.csr_matrix(-np.tile(digits, (shifts, 1)))])
        lower.append(np.full(shifts, -float(digits.sum())))
        upper.append(np.zeros(shifts))
    # A minute weighs more than all driving together.
    minute = 1.0 + shifts * np.abs(points).max(initial=0.0)
    return Program(
        points=np.concatenate([points, -minute * digits]),
        matrix=sparse.csr_matrix(sparse.bmat(blocks)),
        lower=np.concatenate(lower),
        upper=np.concatenate(upper),
    )


def _decided(
    compiled: Compiled, columns: Columns, program: Program, effort: Effort
) -> Sequences | None:
    """The routes that CP-SAT chooses, each visit left in one of them."""
    everything = np.ones(len(program.points), dtype=np.bool_)
    chosen = decide(program, everything, None, effort.after(time.perf_counter(), DECIDED))
    if chosen is None:
        return None
    routes: list[tuple[Choice, ...]] = [shift.locked for shift in compiled.shifts]
    for number in np.flatnonzero(chosen[: len(columns)]):
        shift, options = columns[number]
        routes[shift] = tuple(compiled.choices[option] for option in options)
    return once_each(compiled.problem, routes)


def visits_by_option(compiled: Compiled) -> sparse.csr_matrix:
    """(visit, option): 1 where the option makes the visit, alone or in a walk."""
    number = {visit.key: index for index, visit in enumerate(compiled.problem.visits)}
    cells = [
        (number[key], option)
        for option, choice in enumerate(compiled.choices)
        for key, _ in made_by(choice)
    ]
    rows, columns = np.array(cells, dtype=np.int64).reshape(-1, 2).T
    shape = (len(number), len(compiled.choices))
    return sparse.csr_matrix((np.ones(len(cells)), (rows, columns)), shape)


def once_each(problem: Problem, routes: Sequence[tuple[Choice, ...]]) -> Sequences | None:
    """The routes without repetitions: a stop stays in the shortest route that it is in.

    None where a repetition cannot be left out (without the triangle inequality a shorter
    route may take longer). What is left of a walk is driven.
    """
    made = Counter(key for route in routes for key in visits_made(route))
    shorter = [list(route) for route in routes]
    for key in [key for key, times in made.items() if times > 1]:
        for number in sorted(range(len(shorter)), key=lambda k: -len(shorter[k])):
            without = _without(shorter[number], key)
            shift = problem.shifts[number]
            locked = key in {locked for locked, _ in shift.locked}
            repeated = made[key] > 1 and without != shorter[number]
            if repeated and not locked and drivable(problem, shift, without):
                shorter[number] = without
                made[key] -= 1
    return None if max(made.values(), default=0) > 1 else tuple(tuple(r) for r in shorter)


def _without(route: Sequence[Choice], key: str) -> list[Choice]:
    """The choices of a route but for one visit; a walk that it was part of is driven."""
    kept: list[Choice] = []
    for choice in route:
        made = made_by(choice)
        if key in dict(made):
            kept += [other for other in made if other[0] != key]
        else:
            kept.append(choice)
    return kept
