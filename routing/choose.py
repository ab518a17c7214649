"""The choice: which pooled routes make the best night or week (set packing, OR-Tools).

One column a route, and a column is the sum of its options: an option has points and
coefficients in the rows, a route those of all that it serves. A shift drives one route at
most, and shifts that are alike choose among the routes of all of them. A visit is made once a
night and `most` times at all, each further time for a diminished value (concave, so the ranks
fill in order by themselves); a promise is made at least once. GLOP solves the linear
relaxation, whose reduced costs drop the columns that cannot be in a better choice; CP-SAT
decides among the rest.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray
from ortools.linear_solver.python import model_builder_helper
from ortools.sat.python import cp_model
from scipy import sparse

from routing.alike import kinds_of
from routing.anneal import Sequences
from routing.instance import Compiled
from routing.pool import Pool, newest_rows, words_of
from routing.rows import Quota, Rows, rows_of
from routing.walks import Choice

NEWEST = 8_000
"""Columns at most: the newest were found at the lowest temperatures."""

Columns = tuple[tuple[int, tuple[int, ...]], ...]
"""Routes as (number of the shift, options in driving order)."""

RELAXED = 0.6
"""Share of the seconds that the linear relaxation may take; the decision has the rest."""

CELL_SECONDS = 1.5e-6
"""What stating a column to CP-SAT takes for each of its rows; it may take half of the time."""

LEAST_SECONDS = 0.01
"""What a solver is given at least; with less left it is not asked."""

BETTER = 0.5
"""Values are whole points: a choice is better by more than this or not at all."""


@dataclass(frozen=True)
class Effort:
    """Limits of the choice; deterministic seconds are the same on every machine."""

    seconds: float | None = None
    deterministic_seconds: float = 2.0
    seed: int = 1

    def after(self, begin: float, share: float = 1.0) -> Effort:
        """A share of the seconds that are left of those since `begin`."""
        if self.seconds is None:
            return self
        return replace(self, seconds=share * (self.seconds - (time.perf_counter() - begin)))


@dataclass(frozen=True, eq=False)
class Program:
    """Maximise `points` x over 0/1 variables x with `lower` <= `matrix` x <= `upper`."""

    points: NDArray[np.float64]
    matrix: sparse.csr_matrix
    lower: NDArray[np.float64]
    upper: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Master(Program):
    """The program of a choice: the first variables are the columns, then come the ranks; the
    last rows say how many routes the shifts of a kind drive at most."""

    columns: Columns
    kinds: tuple[int, ...]  # of the shifts, as `routing.alike` gives them
    rows: Rows


@dataclass(frozen=True, eq=False)
class Relaxation:
    """The linear relaxation: `bound` holds for every choice among these columns, and one with a
    column is worth that and the column's reduced cost at most.

    `prices`: points that a route may count for each option (its reduced cost).
    """

    bound: float
    x: NDArray[np.float64]
    reduced: NDArray[np.float64]
    prices: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Chosen:
    """The routes chosen, and the relaxation where one was solved."""

    routes: Sequences
    relaxation: Relaxation | None


def choose(
    compiled: Compiled,
    pools: Sequence[Pool],
    incumbent: Sequences,
    effort: Effort,
    quotas: Sequence[Quota] = (),
) -> Chosen:
    """The best routes that pools and incumbent make together; the incumbent at worst."""
    begin = time.perf_counter()
    columns = gather(compiled, pools, incumbent, kinds_of(compiled))
    if not columns:
        return Chosen(incumbent, None)
    master = master_of(compiled, columns, quotas)
    relaxation = relax(master, effort.after(begin, RELAXED))
    if relaxation is None:
        return Chosen(incumbent, None)
    hint = _incumbent_of(compiled, master, incumbent)
    value = float(master.points @ hint)
    kept = relaxation.bound + np.minimum(relaxation.reduced, 0.0) >= value + BETTER
    kept |= (relaxation.x > 1e-6) | hint
    kept[len(columns) :] = True
    kept &= _affordable(master, relaxation, effort.after(begin).seconds) | hint
    if relaxation.bound <= value + BETTER or kept.sum() == hint.sum():
        return Chosen(incumbent, relaxation)
    chosen = decide(master, kept, hint, effort.after(begin))
    if chosen is None or float(master.points @ chosen) < value + BETTER:
        return Chosen(incumbent, relaxation)
    return Chosen(_routes_of(compiled, master, chosen), relaxation)


def _affordable(master: Master, relaxation: Relaxation, seconds: float | None) -> NDArray[np.bool_]:
    """The most attractive columns, as many as can be stated in half of the seconds."""
    affordable = np.ones(len(master.points), dtype=np.bool_)
    if seconds is not None:
        reduced = relaxation.reduced[: len(master.columns)]
        best = np.argsort(-reduced, kind="stable")
        cells = np.array([len(options) for _, options in master.columns])[best]
        affordable[best[np.cumsum(cells) * CELL_SECONDS > 0.5 * seconds]] = False
    return affordable


def gather(
    compiled: Compiled,
    pools: Sequence[Pool],
    incumbent: Sequences,
    kinds: Sequence[int] | None = None,
) -> Columns:
    """The columns of the incumbent and of all pools, each once: the newest are kept, in the
    order in which they were found.

    Shifts of one of the `kinds` share their columns; without them each has its own.
    """
    kind = np.arange(len(incumbent)) if kinds is None else np.array(kinds, dtype=np.int64)
    words, routes = [np.zeros(0, dtype=np.uint64)], []
    if pools:
        for shift, choices in enumerate(incumbent):
            options = tuple(compiled.number[choice] for choice in choices)
            row = np.array([options], dtype=np.int64)
            words.append(words_of(pools[0], kind[[shift]], row))
            routes.append((shift, options))
    share = NEWEST // max(1, len(pools))
    for pool in pools:
        newest = newest_rows(pool, share)
        shifts, length = pool.shift[newest], pool.length[newest]
        stops = pool.stops[newest, : length.max(initial=0)]
        stops = np.where(np.arange(stops.shape[1]) < length[:, None], stops, -1)
        words.append(words_of(pool, kind[shifts], stops))
        rows = zip(shifts.tolist(), stops.tolist(), length.tolist(), strict=True)
        routes += [(shift, tuple(options[:count])) for shift, options, count in rows]
    word = np.concatenate(words)
    _, kept = np.unique(word, return_index=True)
    _, oldest = np.unique(word[::-1], return_index=True)
    return tuple(routes[route] for route in kept[np.argsort(oldest)] if routes[route][1])


def master_of(
    compiled: Compiled,
    columns: Columns,
    quotas: Sequence[Quota] = (),
) -> Master:
    """The master problem over the columns."""
    rows = rows_of(compiled, quotas)
    shifts = np.array([shift for shift, _ in columns])
    lengths = [len(options) for _, options in columns]
    every = chain.from_iterable(options for _, options in columns)
    served = np.fromiter(every, dtype=np.int64, count=sum(lengths))
    column = np.repeat(np.arange(len(columns)), lengths)
    shape = (len(compiled.choices), len(columns))
    uses = sparse.csr_matrix((np.ones(len(served)), (served, column)), shape=shape)
    affinity = np.zeros(len(columns))
    np.add.at(affinity, column, compiled.instance.affinity[served, shifts[column]])
    kinds = kinds_of(compiled)
    firsts, alike = np.unique(kinds, return_inverse=True)
    drives = sparse.csr_matrix(
        (np.ones(len(columns)), (alike[shifts], np.arange(len(columns)))),
        shape=(len(firsts), len(columns)),
    )
    blocks = [[rows.by_option @ uses, rows.ranks], [drives, None]]
    return Master(
        columns=columns,
        kinds=kinds,
        points=np.concatenate([rows.option_points @ uses + affinity, rows.rank_points]),
        matrix=sparse.csr_matrix(sparse.bmat(blocks)),
        lower=np.concatenate([rows.lower, np.zeros(len(firsts))]),
        upper=np.concatenate([rows.upper, np.bincount(alike).astype(float)]),
        rows=rows,
    )


def relax(master: Master, effort: Effort) -> Relaxation | None:
    """Solve the linear relaxation with GLOP; None when it is not solved in time.

    All columns at once and by the dual simplex: to sift them, newest first, took three to ten
    times as long, for many solutions of few columns less.
    """
    model: Any = model_builder_helper.ModelBuilderHelper()  # arrays in, no row by row
    points, matrix = master.points, master.matrix
    model.fill_model_from_sparse_data(
        np.zeros(len(points)), np.ones(len(points)), points, master.lower, master.upper, matrix
    )
    model.set_maximize(True)
    solver = model_builder_helper.ModelSolverHelper("GLOP")
    solver.set_solver_specific_parameters("use_dual_simplex:true use_preprocessing:false")
    if effort.seconds is not None:
        if effort.seconds < LEAST_SECONDS:
            return None
        solver.set_time_limit_in_seconds(effort.seconds)
    solver.solve(model)
    if solver.status() != model_builder_helper.SolveStatus.OPTIMAL:
        return None
    duals = np.asarray(solver.dual_values())
    return Relaxation(
        bound=float(solver.objective_value()),
        x=np.asarray(solver.variable_values()),
        reduced=points - duals @ matrix,
        prices=_prices(master, duals),
    )


def _prices(master: Master, duals: NDArray[np.float64]) -> NDArray[np.float64]:
    """Points that a route may count for each option at these duals of the rows.

    Where no column of an option is kept, the dual that links its ranks is free: it is taken
    as low as the ranks allow.
    """
    rows = master.rows
    visits = duals[: rows.by_option.shape[0]].copy()
    if rows.ranks.shape[1]:
        reduced = rows.rank_points - visits @ rows.ranks
        cells = rows.ranks.tocoo()
        wanted = np.full(len(visits), -np.inf)
        np.maximum.at(wanted, cells.row, reduced[cells.col])
        linked = (rows.lower == 0.0) & (rows.upper == 0.0) & np.isfinite(wanted)
        visits[linked] -= wanted[linked]
    return np.asarray(rows.option_points - visits @ rows.by_option)


def decide(
    master: Program, kept: NDArray[np.bool_], hint: NDArray[np.bool_] | None, effort: Effort
) -> NDArray[np.bool_] | None:
    """Let CP-SAT choose among the kept variables, from a hint on where there is one; None
    when it finds nothing in time."""
    begin = time.perf_counter()
    numbers = np.flatnonzero(kept)
    matrix = master.matrix[:, numbers]
    model = cp_model.CpModel()
    variables = [model.new_bool_var("") for _ in numbers]
    for row in range(matrix.shape[0]):
        here = slice(matrix.indptr[row], matrix.indptr[row + 1])
        terms = [variables[x] for x in matrix.indices[here]]
        factors = matrix.data[here].astype(int).tolist()
        lower, upper = int(master.lower[row]), int(master.upper[row])
        if lower == 0 and upper == 1 and all(factor == 1 for factor in factors):
            model.add_at_most_one(terms)
        else:
            total = cp_model.LinearExpr.weighted_sum(terms, factors)
            model.add_linear_constraint(total, lower, upper)
    points = [round(value) for value in master.points[numbers]]
    model.maximize(cp_model.LinearExpr.weighted_sum(variables, points))
    if hint is not None:
        for variable, hinted in zip(variables, hint[numbers], strict=True):
            model.add_hint(variable, bool(hinted))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = effort.seed
    solver.parameters.max_deterministic_time = effort.deterministic_seconds
    left = effort.after(begin).seconds
    if left is not None:
        if left < LEAST_SECONDS:
            return None
        solver.parameters.max_time_in_seconds = left
    if solver.solve(model) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None
    chosen = np.zeros(len(kept), dtype=np.bool_)
    chosen[numbers] = [solver.boolean_value(variable) for variable in variables]
    return chosen


def _incumbent_of(compiled: Compiled, master: Master, incumbent: Sequences) -> NDArray[np.bool_]:
    """The incumbent as a choice of the master's variables."""
    kinds = master.kinds
    driven = {
        (kinds[shift], frozenset(compiled.number[choice] for choice in choices))
        for shift, choices in enumerate(incumbent)
    }
    chosen = [(kinds[shift], frozenset(options)) in driven for shift, options in master.columns]
    made = master.matrix[: master.rows.ranks.shape[0], : len(chosen)] @ np.array(chosen, float)
    return np.array(chosen + _fill_ranks(master.rows, made), dtype=np.bool_)


def _fill_ranks(rows: Rows, made: NDArray[np.float64]) -> list[bool]:
    """Which rank variables the visits made take: the best value the first rank."""
    ranks = rows.ranks.tocsc()
    filled = [False] * ranks.shape[1]
    taken: set[int] = set()
    for z in np.argsort(-rows.rank_points, kind="stable"):
        # A rank variable stands in two rows: it uses up a visit made, and takes a rank.
        here = slice(ranks.indptr[z], ranks.indptr[z + 1])
        if here.stop - here.start == 1:  # a step of a quota uses up what counts for it
            row, step = ranks.indices[here][0], -ranks.data[here][0]
            filled[z] = bool(made[row] >= step)
            made[row] -= step * filled[z]
            continue
        link, rank = ranks.indices[here][np.argsort(ranks.data[here])]
        if made[link] > 0.5 and rank not in taken:
            filled[z] = True
            made[link] -= 1.0
            taken.add(rank)
    return filled


def _routes_of(compiled: Compiled, master: Master, chosen: NDArray[np.bool_]) -> Sequences:
    """The chosen columns as routes, one a shift: that which drove it, or another that is alike."""
    routes: list[tuple[Choice, ...]] = [shift.locked for shift in compiled.shifts]
    kinds, free = master.kinds, set(range(len(routes)))
    columns = [master.columns[x] for x in np.flatnonzero(chosen[: len(master.columns)])]
    strangers = []
    for shift, options in columns:
        if shift in free:
            free.remove(shift)
            routes[shift] = tuple(compiled.choices[option] for option in options)
        else:
            strangers.append((shift, options))
    for like, options in strangers:
        shift = min(other for other in free if kinds[other] == kinds[like])
        free.remove(shift)
        routes[shift] = tuple(compiled.choices[option] for option in options)
    return tuple(routes)
