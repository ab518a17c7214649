"""The choice: which pooled routes make the best night or week (set packing, OR-Tools).

One column a route. Each shift drives one at most; a visit is made once a night and
`most` times at all, each further time for a diminished value (concave, so a rank is
filled in order by itself); a promise is made at least once. GLOP solves the linear
relaxation, whose reduced costs drop the columns that cannot be in a better choice;
CP-SAT decides among the rest.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from ortools.linear_solver.python import model_builder_helper
from ortools.sat.python import cp_model
from scipy import sparse

from routing.anneal import Sequences
from routing.instance import Compiled
from routing.pool import Pool

NEWEST = 8_000
"""Columns at most: the newest were found at the lowest temperature."""


@dataclass(frozen=True)
class Column:
    """A route as a column: its shift and its options, in driving order."""

    shift: int
    options: tuple[int, ...]


@dataclass(frozen=True)
class Effort:
    """Limits of the choice; deterministic seconds are the same on every machine."""

    seconds: float | None = None
    deterministic_seconds: float = 4.0
    seed: int = 1


@dataclass(frozen=True, eq=False)
class Master:
    """Maximise `points` x over 0/1 variables x, with `lower` <= `rows` x <= `upper`.

    The first variables are the columns, the rest the ranked repetitions of visits.
    """

    columns: tuple[Column, ...]
    points: NDArray[np.float64]
    rows: sparse.csr_matrix
    lower: NDArray[np.float64]
    upper: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Relaxation:
    """The linear relaxation: its value bounds every choice among these columns."""

    bound: float
    x: NDArray[np.float64]
    reduced: NDArray[np.float64]


def choose(
    compiled: Compiled, pools: Sequence[Pool], incumbent: Sequences, effort: Effort
) -> Sequences:
    """The best routes that pools and incumbent make together; the incumbent at worst."""
    columns = gather(compiled, pools, incumbent)
    if not columns:
        return incumbent
    master = master_of(compiled, columns)
    hint = incumbent_of(compiled, master, incumbent)
    relaxation = relax(master)
    value = float(master.points @ hint)
    if relaxation is None or relaxation.bound <= value + 0.5:
        return incumbent
    kept = relaxation.bound + np.minimum(relaxation.reduced, 0.0) >= value + 0.5
    chosen = decide(master, kept | (relaxation.x > 1e-6) | hint, hint, effort)
    if chosen is None or float(master.points @ chosen) < value + 0.5:
        return incumbent
    return routes_of(compiled, master, chosen)


def gather(compiled: Compiled, pools: Sequence[Pool], incumbent: Sequences) -> list[Column]:
    """The columns of all pools and of the incumbent, each once."""
    found: dict[tuple[int, frozenset[int]], Column] = {}
    routes = [
        (shift, tuple(compiled.number[choice] for choice in choices))
        for shift, choices in enumerate(incumbent)
        if choices
    ]
    newest = NEWEST // max(1, len(pools))
    for pool in pools:
        count = int(pool.filled[0])
        routes += [
            (int(pool.shift[row]), tuple(pool.stops[row, : pool.length[row]].tolist()))
            for row in range(max(0, count - newest), count)
        ]
    for shift, options in routes:
        found.setdefault((shift, frozenset(options)), Column(shift, options))
    return list(found.values())


def master_of(compiled: Compiled, columns: Sequence[Column]) -> Master:
    """The master problem over the columns."""
    builder = _Builder(columns)
    builder.one_route_a_shift()
    users = builder.users_by_option()
    for number, visit in enumerate(compiled.problem.visits):
        first = int(compiled.instance.visit["first_option"][number])
        options = [o for o in range(first, first + len(visit.options)) if users[o]]
        if not options:
            continue
        everyone = [x for option in options for x in users[option]]
        if visit.required:
            builder.row(everyone, 1.0, float(visit.most))
        if visit.most == 1 or compiled.problem.nights == 1:
            builder.row(everyone, 0.0, 1.0)
            for option in options:
                builder.earn(users[option], visit.options[option - first].value)
        else:
            night_of = {option: visit.options[option - first].night for option in options}
            for window in _spacing_windows(night_of.values(), visit.spacing):
                builder.row(
                    [x for o in options if night_of[o] in window for x in users[o]], 0.0, 1.0
                )
            by_value: dict[int, list[int]] = defaultdict(list)
            for option in options:
                by_value[visit.options[option - first].value] += users[option]
            builder.earn_by_rank(compiled, by_value, visit.most)
    affinity = compiled.instance.affinity
    for x, column in enumerate(columns):
        builder.earn([x], float(affinity[list(column.options), column.shift].sum()))
    return builder.master()


def relax(master: Master) -> Relaxation | None:
    """Solve the linear relaxation with GLOP; None when it has no solution."""
    model: Any = model_builder_helper.ModelBuilderHelper()  # numpy in, no Python rows
    count = len(master.points)
    model.fill_model_from_sparse_data(
        np.zeros(count), np.ones(count), master.points, master.lower, master.upper, master.rows
    )
    model.set_maximize(True)
    solver = model_builder_helper.ModelSolverHelper("GLOP")
    solver.solve(model)
    if not solver.has_solution():
        return None
    return Relaxation(
        bound=float(solver.objective_value()),
        x=np.asarray(solver.variable_values()),
        reduced=np.asarray(solver.reduced_costs()),
    )


def decide(
    master: Master, kept: NDArray[np.bool_], hint: NDArray[np.bool_], effort: Effort
) -> NDArray[np.bool_] | None:
    """Let CP-SAT choose among the kept variables; None when it finds nothing in time."""
    model = cp_model.CpModel()
    variables = [model.new_bool_var("") if keep else None for keep in kept]
    for row in range(master.rows.shape[0]):
        here = slice(master.rows.indptr[row], master.rows.indptr[row + 1])
        terms = [
            (variables[x], int(factor))
            for x, factor in zip(master.rows.indices[here], master.rows.data[here], strict=True)
            if variables[x] is not None
        ]
        lower, upper = int(master.lower[row]), int(master.upper[row])
        if lower == 0 and upper == 1 and all(factor == 1 for _, factor in terms):
            model.add_at_most_one(variable for variable, _ in terms)
        else:
            total = sum(factor * variable for variable, factor in terms)
            model.add_linear_constraint(total, lower, upper)
    points = [round(value) for value in master.points]
    model.maximize(sum(p * v for p, v in zip(points, variables, strict=True) if v is not None))
    for variable, hinted in zip(variables, hint, strict=True):
        if variable is not None:
            model.add_hint(variable, bool(hinted))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = effort.seed
    solver.parameters.max_deterministic_time = effort.deterministic_seconds
    if effort.seconds is not None:
        solver.parameters.max_time_in_seconds = max(0.01, effort.seconds)
    if solver.solve(model) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None
    return np.array([v is not None and solver.boolean_value(v) for v in variables], dtype=np.bool_)


def incumbent_of(compiled: Compiled, master: Master, incumbent: Sequences) -> NDArray[np.bool_]:
    """The incumbent as a choice of the master's variables, repetitions ranked."""
    driven = {
        (shift, frozenset(compiled.number[choice] for choice in choices))
        for shift, choices in enumerate(incumbent)
        if choices
    }
    x = np.zeros(len(master.points), dtype=np.bool_)
    x[: len(master.columns)] = [
        (column.shift, frozenset(column.options)) in driven for column in master.columns
    ]
    return _rank_repetitions(master, x)


def routes_of(compiled: Compiled, master: Master, chosen: NDArray[np.bool_]) -> Sequences:
    """The chosen columns as routes, one a shift."""
    routes: list[tuple[tuple[str, int], ...]] = [shift.locked for shift in compiled.shifts]
    for x, column in enumerate(master.columns):
        if chosen[x]:
            routes[column.shift] = tuple(compiled.choices[option] for option in column.options)
    return tuple(routes)


def _rank_repetitions(master: Master, x: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Fill in the repetition variables: the best visits take the first ranks."""
    columns = len(master.columns)
    if len(x) == columns:
        return x
    taken: set[int] = set()
    ranks = master.rows[:, columns:].tocsc()
    made = master.rows[:, :columns] @ x[:columns].astype(float)
    # Best points first: each visit takes the first free rank of its value.
    for z in sorted(range(ranks.shape[1]), key=lambda z: -master.points[columns + z]):
        rows = ranks.indices[ranks.indptr[z] : ranks.indptr[z + 1]]
        link, rank = (rows[0], rows[1]) if ranks[rows[0], z] < 0 else (rows[1], rows[0])
        if made[link] > 0.5 and rank not in taken:
            x[columns + z] = True
            made[link] -= 1
            taken.add(rank)
    return x


def _spacing_windows(nights: Iterable[int], spacing: int) -> list[range]:
    """Stretches of nights in which a visit may be made once at most."""
    first, last = min(nights), max(nights)
    return [range(night, night + spacing) for night in range(first, last + 1)]


class _Builder:
    """Collects rows and points of the master."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self.columns = columns
        self.points = [0.0] * len(columns)
        self.cells: list[tuple[int, int, float]] = []
        self.lower: list[float] = []
        self.upper: list[float] = []

    def row(self, variables: Sequence[int], lower: float, upper: float) -> int:
        """A row of ones over the variables; its number."""
        number = len(self.lower)
        self.cells += [(number, x, 1.0) for x in variables]
        self.lower.append(lower)
        self.upper.append(upper)
        return number

    def earn(self, variables: Sequence[int], points: float) -> None:
        for x in variables:
            self.points[x] += points

    def one_route_a_shift(self) -> None:
        by_shift: dict[int, list[int]] = defaultdict(list)
        for x, column in enumerate(self.columns):
            by_shift[column.shift].append(x)
        for variables in by_shift.values():
            self.row(variables, 0.0, 1.0)

    def users_by_option(self) -> dict[int, list[int]]:
        users: dict[int, list[int]] = defaultdict(list)
        for x, column in enumerate(self.columns):
            for option in column.options:
                users[option].append(x)
        return users

    def earn_by_rank(self, compiled: Compiled, by_value: dict[int, list[int]], most: int) -> None:
        """Each visit made takes one rank of its zone and earns its value diminished by it."""
        taken: list[list[int]] = [[] for _ in range(most)]
        for value, variables in by_value.items():
            link = self.row(variables, 0.0, 0.0)
            for rank in range(most):
                z = len(self.points)
                self.points.append(float(compiled.problem.diminished(value, rank)))
                self.cells.append((link, z, -1.0))
                taken[rank].append(z)
        for variables in taken:
            self.row(variables, 0.0, 1.0)

    def master(self) -> Master:
        numbers, variables, factors = zip(*self.cells, strict=True)
        shape = (len(self.lower), len(self.points))
        rows = sparse.csr_matrix((factors, (numbers, variables)), shape=shape)
        bounds = np.array(self.lower), np.array(self.upper)
        return Master(tuple(self.columns), np.array(self.points), rows, *bounds)
