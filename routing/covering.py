"""How few crews can make every visit: the relaxation of set covering, by column generation.

Crews and visits fall into parts that have nothing to do with each other. In a part every visit
has a price, and no route of a crew may be worth more than the crew, which costs 1: then no plan
needs fewer crews than the prices come to, rounded up. GLOP finds the prices over the routes met,
pricing (`routing.pricing`) the routes that are worth more, until there are none; prices between
the newest and the best ones keep them from swinging (Wentges 1997). Whatever the prices, what the
best route is worth too much is a bound (Farley 1990), so one may stop at any time.

A whole number that the relaxation does not exceed is tried by how many crews of each kind there
are (the fleet), and then by which kind makes a visit, one visit after the other, until the
relaxation of every branch exceeds it: then one more crew is needed (branch and price).
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from ortools.linear_solver.python import model_builder_helper
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from routing.instance import Compiled, compiled
from routing.pricing import Paper, best_routes, empty_paper
from routing.problem import Problem
from routing.relaxed_walks import NO_TOLLS, RelaxedWalks, relaxed_walks
from routing.walks import visits_made

LABELS = 400_000
ROUNDS = 200
FLEETS = 40
"""Fleets of a part that are looked at; where there are more, one more crew is not proven."""

BRANCHES = 120
"""Branches of a part at most."""

EXACT = 1e-6
KEPT = (0.6, 0.0)
"""Shares of the best prices in those that are tried, one after the other."""

ABOVE = (1.0, 1.1, 1.2, 1.35, 1.5, 1.75, 2.0, 2.5, 3.0, 4.0, 8.0)
"""Where the paper is too small for all routes worth more than a crew: so many times as much."""

SETTLED = 0.01
"""A kind makes a visit, or does not, up to so much of it."""

Column = tuple[int, tuple[int, ...]]
"""A kind of crew and the visits of its route, repeated as often as it makes them."""

Routes = Iterable[tuple[int, Iterable[int]]]
"""Number of a shift and the options of its route."""


def fewest_by_covering(
    problem: Problem,
    routes: Routes = (),
    seconds: float | None = None,
    stopped: Callable[[], bool] = lambda: False,
) -> int:
    """No plan that makes every visit has fewer crews.

    `routes`: those met by a search, to begin with. Stops after `seconds`, or a fixed number of
    rounds, or when `stopped` says so; what is proven until then holds. 1 for problems that
    are not priced, as those with routes that have begun.
    """
    arrays = compiled(problem)
    walks = relaxed_walks(arrays)
    if walks is None or len(walks.locked):
        return min(1, len(problem.visits))
    end = None if seconds is None else time.perf_counter() + seconds
    late = lambda: stopped() or (end is not None and time.perf_counter() > end)  # noqa: E731
    covering = _Covering.of(arrays, walks, routes, late)
    return sum(covering.fewest(part) for part in covering.parts())


@dataclass(frozen=True)
class _Part:
    """Visits and the kinds of crews that may make them, nobody else."""

    visits: NDArray[np.int64]
    kinds: tuple[int, ...]


@dataclass(frozen=True)
class _Branch:
    """Crews of each kind of a part, and visits that a kind may not make."""

    part: _Part
    fleet: tuple[int, ...]
    barred: frozenset[tuple[int, int]] = frozenset()

    def takes(self, column: Column) -> bool:
        """Whether a route may be driven here."""
        kind, visits = column
        own = kind in self.part.kinds
        return own and not any((kind, visit) in self.barred for visit in visits)

    def split(self, kind: int, visit: int) -> tuple[_Branch, _Branch]:
        """This kind makes the visit, or another does."""
        others = {(other, visit) for other in self.part.kinds if other != kind}
        return (
            replace(self, barred=self.barred | others),
            replace(self, barred=self.barred | {(kind, visit)}),
        )


@dataclass(frozen=True, eq=False)
class _Relaxation:
    """Over some routes: its value, prices, and the share of each visit that a kind makes."""

    value: float
    prices: _Prices
    shares: NDArray[np.float64]  # (kind of the part, visit of the part)


@dataclass(frozen=True, eq=False)
class _Prices:
    """What visits are worth, and a crew of each kind besides 1."""

    visit: NDArray[np.float64]
    kind: NDArray[np.float64]

    def towards(self, best: _Prices | None, share: float) -> _Prices:
        if best is None:
            return self
        return _Prices(
            share * best.visit + (1 - share) * self.visit,
            share * best.kind + (1 - share) * self.kind,
        )


@dataclass(frozen=True, eq=False)
class _Covering:
    arrays: Compiled
    walks: RelaxedWalks
    kinds: tuple[tuple[int, ...], ...]  # shifts that can stand in for one another
    makes: tuple[tuple[int, ...], ...]  # visits of each option, a walk's as well
    paper: Paper
    met: dict[Column, None]
    late: Callable[[], bool]

    @classmethod
    def of(
        cls, arrays: Compiled, walks: RelaxedWalks, routes: Routes, late: Callable[[], bool]
    ) -> _Covering:
        kinds = _kinds(arrays, walks)
        kind = {shift: number for number, shifts in enumerate(kinds) for shift in shifts}
        makes = _makes(arrays)
        met = {(kind[shift], _visits(makes, options)): None for shift, options in routes}
        paper = empty_paper(LABELS, len(walks.near))
        return cls(arrays, walks, kinds, makes, paper, met, late)

    def parts(self) -> Iterator[_Part]:
        """What has nothing to do with each other."""
        visits = len(self.arrays.problem.visits)
        may = np.zeros((visits + len(self.kinds),) * 2, dtype=np.bool_)
        for number, shifts in enumerate(self.kinds):
            may[self.open_to(shifts[0]), visits + number] = True
        count, label = connected_components(may, directed=False)
        for part in range(count):
            members = np.flatnonzero(label == part)
            if members[0] < visits:
                own = members[members < visits]
                yield _Part(own, tuple((members[members >= visits] - visits).tolist()))

    def open_to(self, shift: int) -> NDArray[np.int64]:
        """Visits that the shift may make."""
        instance = self.arrays.instance
        options = np.flatnonzero(instance.allowed[: self.arrays.single, shift])
        return np.unique(instance.option["visit"][options])

    def fewest(self, part: _Part) -> int:
        """Crews that the part needs at least."""
        everyone = tuple(len(self.kinds[kind]) for kind in part.kinds)
        fewest = max(1, _rounded_up(self.relaxed(_Branch(part, everyone))[0]))
        while self._too_few(part, fewest, everyone):
            fewest += 1
        return fewest

    def _too_few(self, part: _Part, crews: int, everyone: tuple[int, ...]) -> bool:
        """Whether it is proven that no choice of so many crews makes every visit."""
        branches = [_Branch(part, fleet) for fleet in _fleets(everyone, crews)]
        if not branches or len(branches) > FLEETS:
            return False
        for _ in range(BRANCHES):
            if not branches:
                return True
            branch = branches.pop()
            bound, relaxation = self.relaxed(branch, crews)
            if bound > crews + EXACT:
                continue
            # The visit that is least settled, and who makes most of it.
            unsettled = np.minimum(relaxation.shares, 1.0 - relaxation.shares)
            kind, visit = np.unravel_index(np.argmax(unsettled), unsettled.shape)
            if unsettled[kind, visit] < SETTLED or self.late():
                return False
            branches += branch.split(part.kinds[int(kind)], int(part.visits[int(visit)]))[::-1]
        return False

    def relaxed(self, branch: _Branch, aim: int | None = None) -> tuple[float, _Relaxation]:
        """What is proven of the relaxation, and the relaxation over the routes met. It ends when
        the one exceeds `aim` or the other no longer does; without an aim when both round up to
        the same."""
        columns = [column for column in self.met if branch.takes(column)]
        bound, best = 0.0, None
        relaxation = self._solved(branch, columns)
        for _ in range(ROUNDS):
            wanted = _rounded_up(relaxation.value) - 1 if aim is None else aim
            done = bound > wanted + EXACT or relaxation.value <= wanted + EXACT
            found: list[Column] = []
            for share in () if done or self.late() else KEPT if best else KEPT[-1:]:
                prices = relaxation.prices.towards(best, share)
                limit, used, found = self._priced(branch, prices)
                if limit > bound:
                    bound, best = limit, used
                if found:
                    break
            if not found:
                break
            columns += found
            self.met.update(dict.fromkeys(found))
            relaxation = self._solved(branch, columns)
        return bound, relaxation

    def _solved(self, branch: _Branch, columns: Sequence[Column]) -> _Relaxation:
        """The relaxation over these routes. A visit alone costs a crew at most."""
        part = branch.part
        visits, kinds = len(part.visits), len(part.kinds)
        row = np.zeros(len(self.arrays.problem.visits), dtype=np.int64)
        row[part.visits] = np.arange(visits)
        made = [row[list(column)] for _, column in columns]
        by = np.array([part.kinds.index(kind) for kind, _ in columns], dtype=np.int64)
        number = np.arange(len(columns))
        stop, route = np.concatenate([*made, row[:0]]), np.repeat(number, [*map(len, made)])
        alone = np.arange(visits)
        size = len(columns) + visits
        rows = np.concatenate([stop, visits + by, alone])
        which = np.concatenate([route, number, len(columns) + alone])
        matrix = sparse.csr_matrix((np.ones(len(rows)), (rows, which)), (visits + kinds, size))
        helper: Any = model_builder_helper.ModelBuilderHelper()  # arrays in, no row by row
        helper.fill_model_from_sparse_data(
            np.zeros(size),
            np.full(size, np.inf),
            np.ones(size),
            np.concatenate([np.ones(visits), np.full(kinds, -np.inf)]),
            np.concatenate([np.full(visits, np.inf), np.array(branch.fleet, dtype=float)]),
            matrix,
        )
        solver = model_builder_helper.ModelSolverHelper("GLOP")
        solver.solve(helper)
        duals, x = np.asarray(solver.dual_values()), np.asarray(solver.variable_values())
        prices = np.zeros(len(row))
        prices[part.visits] = np.maximum(duals[:visits], 0.0)
        shares = np.zeros((kinds, visits))
        np.add.at(shares, (by[route], stop), x[route])
        return _Relaxation(
            float(solver.objective_value()),
            _Prices(prices, np.maximum(-duals[visits:], 0.0)),
            np.minimum(shares, 1.0),
        )

    def _priced(self, branch: _Branch, prices: _Prices) -> tuple[float, _Prices, list[Column]]:
        """What the prices prove, those that prove it, and new routes worth more than a crew."""
        kinds, found = branch.part.kinds, []
        over = np.zeros(len(kinds))
        for number, kind in enumerate(kinds):
            barred = {visit for by, visit in branch.barred if by == kind}
            paid = np.array(
                [
                    0.0 if barred.intersection(made) else prices.visit[list(made)].sum()
                    for made in self.makes
                ]
            )
            worth, walks = self._routes(kind, paid, 1.0 + float(prices.kind[number]))
            over[number] = max(0.0, worth - 1.0)
            found += [(kind, walk) for walk in walks if (kind, walk) not in self.met]
        total = float(prices.visit.sum())
        left, highest = total - float(over @ branch.fleet), 1.0 + over.max(initial=0.0)
        if total / highest > left:
            return total / highest, _Prices(prices.visit / highest, np.zeros(len(over))), found
        return left, _Prices(prices.visit, over), found

    def _routes(
        self, kind: int, paid: NDArray[np.float64], worth: float
    ) -> tuple[float, list[tuple[int, ...]]]:
        """What no route of a kind of crew exceeds, and visits of some that are worth more.

        `paid`: what each option is worth.
        """
        instance, shift, limit, count = self.arrays.instance, self.kinds[kind][0], np.inf, 0
        drive = self.walks.drive[int(instance.shift["mode"][shift])]
        for factor in ABOVE:
            least = worth * factor + EXACT / 10
            limit, count = best_routes(
                instance, shift, drive, self.walks.start[shift], paid, NO_TOLLS, self.walks.near,
                int(instance.shift["driving_limit"][shift]), self.walks.step, least, self.paper,
            )  # fmt: skip
            if count or limit <= least:
                break
        routes = [self.paper.walk[row, : self.paper.length[row]].tolist() for row in range(count)]
        return limit, [_visits(self.makes, options) for options in routes]


def _makes(arrays: Compiled) -> tuple[tuple[int, ...], ...]:
    """The visits of each option: its own, or those of a walk."""
    number = {visit.key: index for index, visit in enumerate(arrays.problem.visits)}
    return tuple(tuple(number[key] for key in visits_made([one])) for one in arrays.choices)


def _visits(makes: Sequence[tuple[int, ...]], options: Iterable[int]) -> tuple[int, ...]:
    return tuple(sorted(visit for option in options for visit in makes[option]))


def _rounded_up(value: float) -> int:
    return int(np.ceil(value - EXACT))


def _kinds(arrays: Compiled, walks: RelaxedWalks) -> tuple[tuple[int, ...], ...]:
    """Shifts with the same hours, visits and distances."""
    place = np.array([visit.place for visit in arrays.problem.visits], dtype=np.int64)
    kinds: defaultdict[object, list[int]] = defaultdict(list)
    for number, shift in enumerate(arrays.shifts):
        drive = walks.drive[int(arrays.instance.shift["mode"][number])]
        unnamed = replace(
            shift, unit="any", start=0, end=0, languages=frozenset(), skills=frozenset()
        )
        ways = drive[shift.start, place].tobytes(), drive[place, shift.end].tobytes()
        kinds[unnamed, arrays.instance.allowed[:, number].tobytes(), *ways].append(number)
    return tuple(map(tuple, kinds.values()))


def _fleets(most: Sequence[int], crews: int) -> Iterator[tuple[int, ...]]:
    """All numbers of crews of each kind, `most` at most, that come to `crews`."""
    if not most:
        if crews == 0:
            yield ()
        return
    for first in range(min(most[0], crews) + 1):
        for others in _fleets(most[1:], crews - first):
            yield (first, *others)
