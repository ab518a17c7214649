"""A count night of 120 and of 300 zones with the smallest number of crews, and the bound below it.

`python -m tests.benchmarks.count [zones …] [--seconds 60]`: the demo region's zones on the
schematic network (300: each with others on its road), three vans at each of its bases. The plan
is checked by the independent `routing.plan.check`.
"""

from __future__ import annotations

import argparse
import resource
import time
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import shapely

from data.demo import generate
from data.roads import load_network
from geo.municipalities import municipalities
from geo.network import RoadNetwork
from geo.night import Night
from geo.zones import Access, Zone
from routing.count_split import plan_count
from routing.passes import CountTerms
from routing.plan import check
from routing.planner import compile_kernel
from routing.prepare import NightInputs
from routing.prepare_count import PreparedCount, count_problem
from routing.units import outing

NIGHT = Night(date(2026, 5, 15))
VANS = 3
"""Vans at each base, so that there are enough."""


def night_of(network: RoadNetwork, count: int) -> PreparedCount:
    """A night of so many zones that can be reached."""
    region = generate(network, municipalities(), NIGHT.date)
    rng = np.random.default_rng(1)
    zones, number = list(region.zones), 0
    while len(zones) < count + 20:
        one = region.zones[number % len(region.zones)]
        number += 1
        zones.append(_beside(one, 100 + number, rng))
    vans = [unit for unit in region.units if unit.mode is Access.VAN]
    outings = tuple(
        outing(replace(unit, code=f"{unit.code}-{k}"), NIGHT) for unit in vans for k in range(VANS)
    )
    terms, now = CountTerms(), datetime(2026, 5, 15, 10, tzinfo=UTC)

    def problem(chosen: list[Zone]) -> PreparedCount:
        given = NightInputs(NIGHT, outings, tuple(chosen), region.presence)
        return count_problem(given, network, terms, now=now)

    reached = problem(zones).zones
    return problem([zone for zone in zones if zone.code in reached][:count])


def _beside(zone: Zone, number: int, rng: np.random.Generator) -> Zone:
    """Another zone of the same municipality, some kilometres off."""
    east, north = rng.normal(0, 0.03, 2)
    moved = shapely.affinity.translate(zone.geometry, east, north)
    return replace(zone, code=f"{zone.municipality}-{number}", geometry=moved)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("zones", nargs="*", type=int, default=[120, 300], help="zones of a night")
    asked.add_argument("--seconds", type=float, default=60.0, help="limit of each night")
    given = asked.parse_args()
    compile_kernel()
    network = load_network(Path("none"))
    print("| zones | crews | at least | gap | last return | seconds | processor | memory | check |")
    print("|---:|---:|---:|---:|---:|---:|---:|---:|---:|")
    for count in given.zones:
        night = night_of(network, count)
        began, spent = time.perf_counter(), time.process_time()
        found = plan_count(night, seconds=given.seconds)
        took, used = time.perf_counter() - began, time.process_time() - spent
        broken = check(night.prepared.problem, found.plan)
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        gap = 100 * (found.crews - found.fewest_possible) / found.crews
        print(
            f"| {len(night.zones)} | {found.crews} | {found.fewest_possible} | {gap:.0f} % "
            f"| {NIGHT.clock(found.last_return)} | {took:.1f} | {used:.1f} | {memory} MB "
            f"| {len(broken)} broken |",
            flush=True,
        )


if __name__ == "__main__":
    main()
