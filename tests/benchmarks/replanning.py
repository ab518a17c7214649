"""How long a running night takes to be planned again: `python -m tests.benchmarks.replanning`.

A night of 12 stops with 60 candidates round it: the first stop is done, the rest is left, and
an urgent promise comes in. Prints wall and processor seconds of each answer, whole: from the
store to the itinerary that the crew would read.
"""

from __future__ import annotations

import os
import resource
import statistics
import tempfile
import time
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import shapely

from data.access import Role, Viewer
from data.exports import plan_document
from data.planning import night_inputs
from data.plans import PlanRecord
from data.replanning import propose
from data.roads import load_network
from data.running import record, running
from geo.night import Night
from geo.zones import Access, PresenceWindow
from routing.planner import plan_night
from routing.prepare import night_problem
from routing.problem import Kind
from routing.progress import CrewEvent, EventKind
from routing.promises import Promise
from tests.nights import Clock, filled

COORDINATOR = Viewer(Role.COORDINATOR)
CANDIDATES, STOPS, ROUNDS = 74, 12, 10


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        home, clock = Path(folder) / "home", Clock()
        store, night = filled(home, clock, ["LU1"]), Night.of(clock())
        network = load_network(home)
        unit = next(unit for unit in store.units(COORDINATOR) if unit.code == "LU1")
        base = shapely.Point(unit.start.lon, unit.start.lat)
        near = sorted(store.zones(COORDINATOR), key=lambda zone: zone.geometry.distance(base))
        zones = [
            replace(
                zone, windows=(PresenceWindow("19:00", "29:00"),), service_minutes=5,
                shortest_minutes=None, languages=frozenset(), mediator=False, discreet=False,
                access=Access.VAN,
            )
            for zone in near
        ][:CANDIDATES]  # fmt: skip
        provinces = tuple(sorted({zone.province_code for zone in zones}))
        wide = replace(
            unit, territory=provinces, shift_opens="19:00", shift_closes="06:00", kilometres=None,
            driving_minutes=None, pause=None,
        )  # fmt: skip
        store.save_units(COORDINATOR, [wide])
        store.save_zones(COORDINATOR, zones, replace=True)
        inputs = night_inputs(store, COORDINATOR, night, ["LU1"])
        prepared = night_problem(inputs, network, now=clock())
        plan = plan_night(prepared.problem, iterations=300, seed=1)
        document = plan_document(prepared, plan, [], network)
        saved = store.save_plan(COORDINATOR, PlanRecord(night, document))
        store.publish(COORDINATOR, saved, replacing=True)
        stands = running(store, COORDINATOR, night, "LU1")
        stops = stands.itinerary.stops
        done = stops[: max(len(stops) - STOPS, 1)]
        said = []
        for number, stop in enumerate(done):
            clock.moment = stop.departure
            said.append(
                CrewEvent(f"bench-{number:04d}", EventKind.LEFT, "bench", number, clock(), stop.key)
            )
        record(store, COORDINATOR, night, "LU1", said)
        taken = {stop.zone for stop in stops}
        free = next(zone.code for zone in zones if zone.code not in taken)
        urgent = _promise(night, free, clock())
        wall, processor = [], []
        for _ in range(ROUNDS + 1):
            began, spent = time.perf_counter(), _spent()
            answer = propose(store, COORDINATOR, network, night, "LU1", promise=urgent)
            wall.append(time.perf_counter() - began)
            processor.append(_spent() - spent)
        print(f"stops left    {len(stops) - len(done)}, candidates {len(prepared.problem.visits)}")
        print(f"answer        {len(answer.itinerary.stops)} stops, {len(answer.dropped)} dropped")
        print(f"first         {wall[0]:.2f} s wall")
        print(
            f"wall          median {statistics.median(wall[1:]):.2f} s, worst {max(wall[1:]):.2f} s"
        )
        print(f"processor     median {statistics.median(processor[1:]):.2f} s")
        print(f"load          {os.getloadavg()[0]:.1f}")
        store.close()


def _promise(night: Night, zone: str, moment: datetime) -> Promise:
    opens, closes = (
        night.clock(night.seconds(moment + timedelta(minutes=minutes))) for minutes in (10, 240)
    )
    return Promise("urgent", night.date, Kind.HOTLINE, opens, closes, 10, zone=zone, synthetic=True)


def _spent() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
