"""How long the pack takes to make and to open: `python -m tests.benchmarks.pack HOME NIGHT`.

HOME is a home folder with a night published. Each unit's pack is made (processor seconds) and
opened from its file in Chromium as a phone has it, with the processor slowed `--slowed` times
by the browser itself: until the next stop and its buttons can be tapped, and until the map is
drawn too.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from datetime import date
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from data.access import Role, Viewer
from data.crews import referral_desks
from data.roads import load_network
from data.running import RunningNight, running
from data.settings import load
from data.store import Store
from data.texts import Texts
from geo.night import Night
from screens.pack import pack
from screens.paper import paper
from tests.browser.conftest import FLAGS, chromium_path

COORDINATOR = Viewer(Role.COORDINATOR)
# Painted twice after what was asked for: what was drawn can be seen and tapped.
SEEN = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"


def opening(browser: Browser, file: Path, begins: float, slowed: float) -> tuple[float, float]:
    """Seconds until the first button stands, and until the map does."""
    context = browser.new_context(viewport={"width": 360, "height": 740}, color_scheme="dark")
    page = context.new_page()
    page.clock.set_fixed_time(begins)
    context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": slowed})
    began = time.perf_counter()
    page.goto(file.as_uri(), wait_until="commit")
    page.locator("#acts button").first.wait_for()
    first = time.perf_counter() - began
    page.locator("#map .badge").first.wait_for()
    page.evaluate(SEEN)
    whole = time.perf_counter() - began
    context.close()
    return first, whole


def timed(make, *given) -> tuple[object, float]:
    began = time.process_time()
    made = make(*given)
    return made, time.process_time() - began


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("home", type=Path)
    parser.add_argument("night")
    parser.add_argument("--slowed", type=float, default=4)
    given = parser.parse_args()
    night, t = Night(date.fromisoformat(given.night)), Texts("it")
    store = Store.open(load(home=given.home), lambda: night.at(12 * 3600))
    network, settings = load_network(given.home), store.settings()

    def made(stands: RunningNight):
        _, desks = referral_desks(store, COORDINATOR, night, stands.itinerary.unit)
        begins = stands.itinerary.departure
        return pack(stands, network, settings, t, begins, desks=desks).html.encode()

    rows = []
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=list(FLAGS))
        for unit in store.published(COORDINATOR, night):
            stands = running(store, COORDINATOR, night, unit)
            body, packed = timed(made, stands)
            pdf, printed = timed(paper, stands.itinerary, network, settings, t)
            file = Path(folder) / f"{unit}.html"
            file.write_bytes(body)
            departs = stands.itinerary.departure.timestamp()
            first, whole = opening(browser, file, departs, given.slowed)
            rows.append((len(body), packed, first, whole, len(pdf), printed))
            print(
                f"{unit:6} {len(body) / 1000:4.0f} kB in {packed:.2f} s · taps after {first:.2f} s,"
                f" map {whole:.2f} s · PDF {len(pdf) / 1000:3.0f} kB in {printed:.2f} s"
            )
        browser.close()
    _, _, firsts, wholes, _, _ = zip(*rows, strict=True)
    for name, of in (("median", statistics.median), ("worst", max)):
        print(f"{name:6} taps after {of(firsts):.2f} s, map {of(wholes):.2f} s")


if __name__ == "__main__":
    main()
