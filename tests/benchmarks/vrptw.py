"""Solomon's files as vehicle routing: are all customers served by the vehicles known to do?

Demand (the profit of the team orienteering file) against a capacity of 200, all windows
kept, every customer an equal prize. Distances are rounded down to one decimal, so that
nothing that is feasible with exact ones is lost.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from routing.plan import verified
from routing.planner import plan_night
from routing.problem import Problem
from tests.benchmarks.runs import OURS, Run
from tests.benchmarks.toptw_format import read_toptw

CAPACITY = 200
VEHICLES = {
    **dict.fromkeys([f"c10{number}" for number in range(1, 10)], 10),
    **{"r101": 19, "r102": 17, "r103": 13, "r104": 9, "r105": 14, "r106": 12},
    **{"r107": 10, "r108": 9, "r109": 11, "r110": 10, "r111": 10, "r112": 9},
    **{"rc101": 14, "rc102": 12, "rc103": 11, "rc104": 10},
    **{"rc105": 13, "rc106": 11, "rc107": 11, "rc108": 10},
}
"""The fewest vehicles known for Solomon's 100 series, compared with SINTEF's list of best known
solutions (sintef.no/projectweb/top/vrptw/solomon-benchmark/100-customers)."""


def with_demand(path: Path, vehicles: int) -> Problem:
    """The file with loads: what was a profit is what a customer takes of the capacity."""
    plain = read_toptw(path, vehicles)
    visits = tuple(
        replace(v, materials=v.options[0].value, options=(replace(v.options[0], value=1),))
        for v in plain.visits
    )
    shifts = tuple(replace(shift, materials=CAPACITY) for shift in plain.shifts)
    return replace(plain, visits=visits, shifts=shifts)


def measure_coverage(files: list[Path], seconds: float, seeds: int) -> Iterator[Run]:
    """Customers served by the fewest vehicles known, and by one more."""
    for path in files:
        for spare in (0, 1):
            if path.stem not in VEHICLES:
                continue
            vehicles = VEHICLES[path.stem] + spare
            problem = with_demand(path, vehicles)
            for seed in range(1, seeds + 1):
                wall, cpu = time.perf_counter(), time.process_time()
                plan = plan_night(
                    problem, seconds=seconds, seed=seed, searches=1, timer=time.process_time
                )
                took = time.perf_counter() - wall, time.process_time() - cpu
                name = f"vrptw {path.stem}"
                yield Run.of(name, OURS, seconds, seed, verified(problem, plan), vehicles, took)
