"""A week on the path that its page uses: `python -m tests.benchmarks.week`.

5 units that work in the same five provinces, 150 zones, 7 nights, on the schematic roads: from
what is known to the plan, with the seconds of the settings. Prints wall and processor seconds of
each part, the time to the first word of progress, value, bound and gap.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from datetime import UTC
from pathlib import Path

from data.roads import load_network
from data.settings import settings
from routing.coverage import Standing
from routing.plan import check
from routing.planner import compile_kernel
from routing.prepare_week import WeekWeights, week_problem, week_quotas
from routing.week import plan_week
from screens.week_picture import zone_weeks
from tests.benchmarks.regions import FIRST, region_week

PROVINCES = ("046", "047", "048", "050", "100")
UNITS, ZONES, NIGHTS = 5, 150, 7


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--plain", action="store_true", help="the value alone, without quotas")
    weights = WeekWeights(due=0, share=0, explore=0) if parser.parse_args().plain else None
    weights = weights or settings().week_weights
    compile_kernel()
    network = load_network(Path(tempfile.mkdtemp()))
    nights = region_week(network, PROVINCES, units=UNITS, zones=ZONES, joined=True)
    began, spent, first = time.perf_counter(), time.process_time(), []

    def tell(_progress: object) -> None:
        if not first:
            first.append(time.perf_counter() - began)

    now = FIRST.at(0).astimezone(UTC)
    week = week_problem(FIRST, NIGHTS, nights, network, now=now)
    prepared = time.perf_counter() - began
    found = plan_week(
        week.problem,
        quotas=week_quotas(week, weights),
        seconds=settings().week_seconds,
        progress=tell,
    )
    wall, cpu = time.perf_counter() - began, time.process_time() - spent
    plan = found.plan
    assert not check(week.problem, plan)
    zones = zone_weeks(week, plan)
    late = [sum(z.standings[n] is not Standing.ON_TARGET for z in zones) for n in (0, -1)]
    due = [steps for name, steps in found.reached.items() if name.startswith("due ")]
    print(
        f"prepared {prepared:.1f} s, first word {first[0]:.1f} s, whole {wall:.1f} s, "
        f"processor {cpu:.1f} s; value {plan.value}, "
        f"with quotas {found.worth}, bound {plan.bound}, "
        f"gap {100 * (found.gap or 0):.1f} %; {sum(len(r.stops) for r in plan.routes)} visits, "
        f"zones behind {late[0]} before, {late[1]} after, "
        f"{sum(reached for reached, _ in due)} of {len(due)} due visited"
    )


if __name__ == "__main__":
    main()
