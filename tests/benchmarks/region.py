"""The week of a whole region on this machine: `python -m tests.benchmarks.region`.

10 provinces of 4 units and 40 zones, 7 nights. The same tasks are planned by one process and by
two; every plan is checked, and they must come out alike. Prints wall seconds, processor seconds
of all processes together, and the gap to each plan's own bound.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import tempfile
import time
from datetime import UTC
from pathlib import Path

from data.roads import load_network
from geo.municipalities import municipalities
from routing.parts import parts
from routing.plan import check
from routing.planner import compile_kernel
from routing.prepare_week import WeekWeights, week_problem, week_quotas
from routing.region import Done, Processes, Task, plan_all
from tests.benchmarks.regions import FIRST, region_week

ITERATIONS = 400_000
"""Steps of the search of one province: about a minute."""


def tasks(provinces: int, units: int, zones: int, iterations: int) -> list[Task]:
    """One task a province, for no unit leaves its own."""
    network = load_network(Path(tempfile.mkdtemp()))
    codes = sorted(set(municipalities()["province_istat"]))[:provinces]
    began = time.perf_counter()
    nights = region_week(network, codes, units=units, zones=zones)
    made, _ = parts(nights)
    found = []
    for part in made:
        now = FIRST.at(0).astimezone(UTC)
        week = week_problem(FIRST, 7, part.nights, network, now=now)
        quotas = week_quotas(week, WeekWeights())
        found.append(Task(part.name, week.problem, quotas, iterations=iterations))
    print(f"{len(found)} tasks prepared in {time.perf_counter() - began:.1f} s")
    return found


def _say(done: Done, ready: int, of: int) -> None:
    print(f"{done.name}: {ready} of {of}", flush=True)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--provinces", type=int, default=10)
    parser.add_argument("--units", type=int, default=4)
    parser.add_argument("--zones", type=int, default=40)
    parser.add_argument("--iterations", type=int, default=ITERATIONS)
    parser.add_argument("--workers", default="1,2")
    chosen = parser.parse_args()
    compile_kernel()
    given = tasks(chosen.provinces, chosen.units, chosen.zones, chosen.iterations)
    before = None
    for workers in map(int, chosen.workers.split(",")):
        began, spent = time.perf_counter(), os.times()
        found = plan_all(given, Processes(workers), _say)
        wall = time.perf_counter() - began
        for child in multiprocessing.active_children():
            child.join()  # only then its processor time is known
        now = os.times()
        cpu = sum(now[:4]) - sum(spent[:4])
        weeks = {name: done.week for name, done in found.items()}
        for task in given:
            assert weeks[task.name]
            assert not check(task.problem, weeks[task.name].plan)
        plans = [week.plan for week in weeks.values() if week]
        value = sum(week.worth for week in weeks.values() if week)
        bound = sum(plan.bound or 0 for plan in plans)
        gaps = sorted(week.gap or 0.0 for week in weeks.values() if week)
        print(
            f"{workers} workers: wall {wall:.1f} s, processor {cpu:.1f} s, "
            f"value with quotas {value}, "
            f"bound {bound}, gap {100 * (bound - value) / value:.1f} % "
            f"(of a province {100 * gaps[0]:.1f} to {100 * gaps[-1]:.1f} %)",
            flush=True,
        )
        assert before is None or before == weeks, "not the same plans"
        before = weeks


if __name__ == "__main__":
    main()
