"""Compare planners on the team orienteering problem with time windows.

    python -m tests.benchmarks.toptw FILE... --vehicles 1,2,4 --seconds 1,5 --seeds 3
        [--engine ours|ortools|pyvrp|vroom|all] [--best best_published.csv] [--json]
        [--keep runs.jsonl]
        [--parts toptw,vrptw,street,week,replan]

Every result is verified by `routing.plan.check`. One thread each. Ours and PyVRP stop by
processor seconds. OR-Tools and VROOM can only count the wall clock, so they have as many of
its seconds as come to the same on the machine as it is; `wall_s` and `cpu_s` say what each
took. With `--keep` every run is added to a file and none in it is run again, so that a
broken-off comparison goes on. The gap is to the best value published (`--best`, columns
instance, m, best_published_here) or found in this run.
"""

from __future__ import annotations

import argparse
import csv
import json
import statistics
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from routing.plan import Plan, verified
from routing.planner import compile_kernel, plan_night
from routing.problem import Problem
from routing.schedule import plan_of
from tests.benchmarks.engines import ENGINES
from tests.benchmarks.runs import OURS, Kept, Run
from tests.benchmarks.street_nights import (
    REPLAN_SECONDS,
    SIZES,
    WEEK_SECONDS,
    measure_replans,
    measure_week,
    street_night,
)
from tests.benchmarks.toptw_format import read_toptw
from tests.benchmarks.vrptw import measure_coverage

COUNTS_PROCESSOR = frozenset({"pyvrp"})
TRIAL_SECONDS = 0.3
"""Processor time that is spent on finding out how much of it a busy machine gives."""


def main() -> None:
    arguments = _arguments()
    compile_kernel()
    best = _published(arguments.best) if arguments.best else {}
    runs = []
    for run in _runs(arguments):
        runs.append(run)
        arguments.keep.add(run)
        if arguments.json:
            print(json.dumps(run.line()), flush=True)
    if not arguments.json:
        print(table(runs, best))


def measure(problem: Problem, instance: str, engine: str, seconds: float, seed: int) -> Run:
    """Let one engine plan, and verify its plan."""
    wall, cpu = time.perf_counter(), time.process_time()
    plan = solve(problem, engine, seconds, seed)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    plan = verified(problem, plan)
    vehicles = len(problem.shifts)
    return Run.of(instance, engine, seconds, seed, plan, vehicles, (wall, cpu))


def solve(problem: Problem, engine: str, seconds: float, seed: int) -> Plan:
    """The engine's plan in about so many seconds of one thread."""
    if engine == OURS:
        return plan_night(problem, seconds=seconds, seed=seed, searches=1, timer=time.process_time)
    limit = seconds if engine in COUNTS_PROCESSOR else wall_seconds(seconds)
    tours = ENGINES[engine](problem, limit, seed)
    tours += [[] for _ in range(len(problem.shifts) - len(tours))]
    return plan_of(problem, [[(key, 0) for key in tour] for tour in tours])


def wall_seconds(seconds: float) -> float:
    """Wall-clock seconds in which a thread gets about so many of the processor just now."""
    wall, cpu = time.perf_counter(), time.process_time()
    while time.process_time() - cpu < TRIAL_SECONDS:
        pass
    return seconds * (time.perf_counter() - wall) / TRIAL_SECONDS


def table(runs: Iterable[Run], best: dict[tuple[str, int], int]) -> str:
    """Gaps in per cent by engine, seconds and vehicles."""
    runs = list(runs)
    reference = dict(best)
    for run in runs:
        case = (run.instance, run.vehicles)
        reference[case] = max(reference.get(case, 0), run.profit)
    gaps: dict[tuple[str, float, str], list[float]] = defaultdict(list)
    took: dict[tuple[str, float, str], list[float]] = defaultdict(list)
    for run in runs:
        most = reference[run.instance, run.vehicles]
        gap = 100 * (1 - run.profit / most) if most else 0.0
        for vehicles in (str(run.vehicles), "all"):
            gaps[run.engine, run.seconds, vehicles].append(gap)
            took[run.engine, run.seconds, vehicles].append(run.wall_s)
    lines = [
        "| engine | seconds | vehicles | runs | mean gap % | max gap % | over 2 % | wall s |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for key, found in sorted(gaps.items(), key=lambda item: (item[0][1], item[0][2], item[0][0])):
        engine, seconds, vehicles = key
        over = sum(gap > 2 for gap in found)
        lines.append(
            f"| {engine} | {seconds:g} | {vehicles} | {len(found)} | {statistics.mean(found):.2f} "
            f"| {max(found):.1f} | {over} | {statistics.mean(took[key]):.2f} |"
        )
    return "\n".join(lines)


def _runs(arguments: argparse.Namespace) -> Iterator[Run]:
    engines = [OURS, *ENGINES] if arguments.engine == "all" else [arguments.engine]
    if "toptw" in arguments.parts:
        for path in arguments.files:
            for vehicles in arguments.vehicles:
                problem = read_toptw(path, vehicles)
                yield from _by_engines(problem, path.stem, engines, arguments)
    if "vrptw" in arguments.parts:
        for seconds in arguments.seconds:
            yield from measure_coverage(arguments.files, seconds, arguments.seeds)
    if "street" in arguments.parts:
        for zones, units in SIZES:
            problem = street_night(zones, units)
            yield from _by_engines(problem, f"street {zones}", engines, arguments)
    if "week" in arguments.parts:
        yield measure_week(WEEK_SECONDS)
    if "replan" in arguments.parts:
        yield from measure_replans(REPLAN_SECONDS)


def _by_engines(
    problem: Problem, name: str, engines: list[str], arguments: argparse.Namespace
) -> Iterator[Run]:
    for engine in engines:
        for seconds in arguments.seconds:
            for seed in range(1, arguments.seeds + 1):
                known = arguments.keep.find(name, len(problem.shifts), engine, seconds, seed)
                yield known or measure(problem, name, engine, seconds, seed)


def _published(path: Path) -> dict[tuple[str, int], int]:
    with path.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return {(row["instance"], int(row["m"])): int(row["best_published_here"]) for row in rows}


def _arguments() -> argparse.Namespace:
    def numbers(text: str) -> list[int]:
        return [int(part) for part in text.split(",")]

    def amounts(text: str) -> list[float]:
        return [float(part) for part in text.split(",")]

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--parts", type=lambda text: text.split(","), default=["toptw"])
    parser.add_argument("--vehicles", type=numbers, default=[1, 2, 4])
    parser.add_argument("--seconds", type=amounts, default=[1.0])
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--engine", choices=[OURS, *ENGINES, "all"], default=OURS)
    parser.add_argument("--best", type=Path, help="csv with the best published values")
    parser.add_argument("--keep", type=Kept, default=Kept(None), help="file of runs to go on with")
    parser.add_argument("--json", action="store_true", help="one line a run instead of the table")
    return parser.parse_args()


if __name__ == "__main__":
    main()
