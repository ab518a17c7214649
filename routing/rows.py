"""The rows of a choice: what visits and quotas ask of the routes chosen, by option."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from routing.instance import Compiled
from routing.problem import Visit
from routing.walks import visits_made


@dataclass(frozen=True)
class Quota:
    """What a week should reach: each of the first `steps` steps earns `points`.

    A visit made counts `weights` (1, or its minutes); a step is so many of them. Minutes
    of exploration and a fair share of every territory are quotas.
    """

    name: str
    weights: Mapping[str, int]
    step: int
    steps: int
    points: int

    def reached(self, visits: Iterable[str]) -> int:
        """Steps that these visits, repeated as often as they are made, fill."""
        return min(self.steps, sum(self.weights.get(key, 0) for key in visits) // self.step)


@dataclass(frozen=True, eq=False)
class Rows:
    """Points and constraints by option: `lower` <= `by_option` @ made + ranks <= `upper`.

    `ranks` (rows, z) are the extra variables, the ranks of repeated visits and the steps
    of quotas, worth `rank_points`.
    """

    option_points: NDArray[np.float64]
    by_option: sparse.csr_matrix
    rank_points: NDArray[np.float64]
    ranks: sparse.csr_matrix
    lower: NDArray[np.float64]
    upper: NDArray[np.float64]


def rows_of(compiled: Compiled, quotas: Sequence[Quota] = ()) -> Rows:
    """The constraints of the visits, by option."""
    builder = _RowBuilder(compiled)
    for number, visit in enumerate(compiled.problem.visits):
        first = int(compiled.instance.visit["first_option"][number])
        options = list(range(first, first + len(visit.options)))
        singles, members = options.copy(), compiled.members
        options += members[np.isin(members[:, 1], singles), 0].tolist()
        if visit.required:
            builder.row(options, 1, visit.most)
        if visit.most == 1 or compiled.problem.nights == 1:
            builder.row(options, 0, 1)
            for option in singles:
                builder.option_points[option] = visit.options[option - first].value
        else:
            builder.repeated(visit, first)
    # A walk is worth what it makes together.
    np.add.at(
        builder.option_points, compiled.members[:, 0], builder.option_points[compiled.members[:, 1]]
    )
    for quota in quotas:
        builder.quota(quota)
    return builder.rows()


class _RowBuilder:
    """Collects the rows of the visits."""

    def __init__(self, compiled: Compiled) -> None:
        self.problem = compiled.problem
        self.choices = compiled.choices
        self.option_points = np.zeros(len(compiled.choices))
        self.rank_points: list[float] = []
        self.cells: list[tuple[int, int, float]] = []
        self.rank_cells: list[tuple[int, int, float]] = []
        self.bounds: list[tuple[float, float]] = []

    def row(self, options: Iterable[int], lower: float, upper: float) -> int:
        """A row of ones over the options; its number."""
        number = len(self.bounds)
        self.cells += [(number, option, 1.0) for option in options]
        self.bounds.append((lower, upper))
        return number

    def repeated(self, visit: Visit, first: int) -> None:
        """A visit worth several times: spaced, each time in a rank with diminished points."""
        nights = {option.night for option in visit.options}
        for night in nights:
            window = range(night, night + visit.spacing)
            self.row([first + i for i, o in enumerate(visit.options) if o.night in window], 0, 1)
        by_value: dict[int, list[int]] = defaultdict(list)
        for index, option in enumerate(visit.options):
            by_value[option.value].append(first + index)
        rank_rows = [self.row([], 0, 1) for _ in range(min(visit.most, len(nights)))]
        for value, options in by_value.items():
            link = self.row(options, 0, 0)
            for rank, rank_row in enumerate(rank_rows):
                z = len(self.rank_points)
                self.rank_points.append(float(self.problem.diminished(value, rank)))
                self.rank_cells += [(link, z, -1.0), (rank_row, z, 1.0)]

    def quota(self, quota: Quota) -> None:
        """What is made counts for the steps taken, each of which earns its points."""
        choices = self.choices
        weights = [sum(quota.weights.get(key, 0) for key in visits_made([c])) for c in choices]
        number = self.row([], 0, float(sum(weights)))
        self.cells += [
            (number, option, float(weight)) for option, weight in enumerate(weights) if weight
        ]
        for _ in range(quota.steps):
            self.rank_cells.append((number, len(self.rank_points), -float(quota.step)))
            self.rank_points.append(float(quota.points))

    def rows(self) -> Rows:
        def matrix(cells: list[tuple[int, int, float]], width: int) -> sparse.csr_matrix:
            numbers, columns, factors = zip(*cells, strict=True) if cells else ((), (), ())
            shape = (len(self.bounds), width)
            return sparse.csr_matrix((np.array(factors, float), (numbers, columns)), shape=shape)

        lower, upper = np.array(self.bounds, dtype=float).reshape(-1, 2).T
        return Rows(
            option_points=self.option_points,
            by_option=matrix(self.cells, len(self.option_points)),
            rank_points=np.array(self.rank_points),
            ranks=matrix(self.rank_cells, len(self.rank_points)),
            lower=lower,
            upper=upper,
        )
