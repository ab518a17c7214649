"""How long a night takes from what is known to what is shown, and what more seconds bring.

Run as `python -m tests.benchmarks.night [--browser]`. The nights are those of the demo
region: three units with the 40 zones nearest to their bases, and all units with all 120.
`--browser` also starts the program in a fresh home and drives Chromium: from the start of
`prossima serve` to the first page, and from the click on "plan" to the drawn map.
"""

from __future__ import annotations

import argparse
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from data.demo import generate
from data.exports import plan_document
from data.roads import load_network
from data.settings import settings
from geo.crs import project
from geo.municipalities import municipalities
from geo.night import Night
from routing.explain import explain
from routing.plan import check
from routing.planner import compile_kernel, plan_night
from routing.prepare import NightInputs, night_problem
from routing.units import outing
from tests.browser.conftest import FLAGS, chromium_path

NOON = datetime(2026, 5, 15, 12, tzinfo=UTC)
TONIGHT = Night.of(NOON)


def timed(function: Callable[..., Any], *given: Any, **named: Any) -> tuple[Any, float]:
    """What a call returns, and its wall seconds."""
    began = time.perf_counter()
    result = function(*given, **named)
    return result, time.perf_counter() - began


def night(region, units: int, zones: int) -> NightInputs:
    """The first vans on duty with the zones nearest to their bases, or everything."""
    duty = [unit for unit in region.units if TONIGHT.weekday in unit.weekdays]
    chosen = duty[:units]
    bases = project(np.array([(unit.start.lon, unit.start.lat) for unit in chosen]))
    places = project(np.array([zone.stopping_place() for zone in region.zones]))
    near = np.hypot(*(places[:, None] - bases[None]).transpose(2, 0, 1)).min(axis=1)
    kept = [region.zones[row] for row in np.argsort(near, kind="stable")[:zones]]
    codes = {zone.code for zone in kept}
    return NightInputs(
        night=TONIGHT,
        outings=tuple(outing(unit, TONIGHT) for unit in chosen),
        zones=tuple(kept),
        presence=region.presence[region.presence["zone"].isin(codes)],
        last_visits={zone: day for zone, day in region.last_visits.items() if zone in codes},
        promises=(),
    )


def chain() -> None:
    """The table of the computing part."""
    home = Path(tempfile.mkdtemp())
    network, loading = timed(load_network, home)
    region, inventing = timed(generate, network, municipalities(), TONIGHT.date)
    print(f"kernel ready {timed(compile_kernel)[1]:.2f} s, network {loading:.2f} s, ", end="")
    print(f"demo region {inventing:.2f} s")
    columns = ("units", "zones", "limit s", "prepare", "plan", "explain", "write", "sum", "value")
    print(("{:>9}" * len(columns)).format(*columns))
    for units, zones in ((3, 40), (9, 120)):
        inputs = night(region, units, zones)
        for limit in (1.0, settings().planner_seconds, 10.0, 30.0):
            prepared, first = timed(night_problem, inputs, network, now=NOON)
            plan, second = timed(plan_night, prepared.problem, seconds=limit)
            assert not check(prepared.problem, plan)
            reasons, third = timed(explain, prepared.problem, plan)
            left = [*prepared.unplanned, *reasons.left_out]
            _, fourth = timed(plan_document, prepared, plan, left, network)
            parts = (first, second, third, fourth)
            print(
                f"{len(inputs.outings):9}{len(inputs.zones):9}{limit:9.1f}"
                + "".join(f"{part:9.2f}" for part in (*parts, sum(parts)))
                + f"{plan.value:9}"
            )


def in_the_browser() -> None:
    """From starting the program to the first page, from the click to the drawn map."""
    from playwright.sync_api import Error, sync_playwright  # noqa: PLC0415 (only with --browser)

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {**os.environ, "PROSSIMA_HOME": tempfile.mkdtemp()}
    prossima = [sys.executable, "-m", "cli"]
    subprocess.run([*prossima, "demo"], env=environment, check=True)
    began = time.perf_counter()
    server = subprocess.Popen([*prossima, "serve", "--port", str(port)], env=environment)
    try:
        with sync_playwright() as running:
            browser = running.chromium.launch(executable_path=chromium_path(), args=FLAGS)
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            while True:
                try:
                    page.goto(f"http://localhost:{port}")
                    break
                except Error:  # the server is still starting
                    time.sleep(0.1)
            page.get_by_role("button", name="Entra come coordinamento").wait_for()
            print(f"serve to the first page: {time.perf_counter() - began:.1f} s")
            page.get_by_role("button", name="Entra come coordinamento").click()
            button = page.get_by_role("button", name="Pianifica la notte")
            button.wait_for()
            time.sleep(2)
            clicked = time.perf_counter()
            button.click()
            page.frame_locator("iframe").first.locator(".stop:not(.base)").first.wait_for(
                state="attached"
            )
            seconds = settings().planner_seconds
            print(f"click to the drawn map: {time.perf_counter() - clicked:.1f} s, ", end="")
            print(f"of which {seconds:.0f} s are the planner's limit")
            browser.close()
        print(f"peak memory of the server: {_peak(server.pid)} MB")
    finally:
        server.terminate()
        server.wait(timeout=20)


def _peak(process: int) -> int:
    """Most megabytes of a process and of those that it started."""
    folder = Path(f"/proc/{process}")
    kilobytes = re.search(r"VmHWM:\s+(\d+)", (folder / "status").read_text(encoding="utf-8"))
    children = (folder / "task" / str(process) / "children").read_text(encoding="utf-8").split()
    return int(kilobytes[1]) // 1024 + sum(_peak(int(child)) for child in children)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--browser", action="store_true", help="also drive Chromium")
    chosen = parser.parse_args()
    chain()
    if chosen.browser:
        in_the_browser()


if __name__ == "__main__":
    main()
