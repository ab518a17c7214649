"""The store on its engines side by side, and fifty writers of whom some are killed.

    python -m tests.benchmarks.store [SECONDS]

Calls: milliseconds on the wall (median of 30) and of this process's processor, on the demo region;
PostgreSQL with its writes on the disk (`fsync`), through row security. Writers: processes that
add contact records, each noted in a file of its own once the store has said yes; every half second
one is killed with SIGKILL and another takes its place. Every noted record must be there, and none
twice.
"""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import statistics
import sys
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pandas as pd
from sqlalchemy import create_engine, make_url, text

from data.access import Role, Viewer
from data.database import connect
from data.demo import generate
from data.plans import PlanRecord
from data.rights import APPLICATION, apply
from data.roads import load_network
from data.settings import Settings, load
from data.store import Store
from geo.municipalities import municipalities
from geo.night import Night
from tests.postgresql import running

ANNA = Viewer(Role.COORDINATOR)
WRITERS = 50
KEY = "1f" * 32
EVENING = datetime(2026, 5, 15, 18, 30, tzinfo=UTC)
NIGHT = Night.of(EVENING)


def database(server: str, folder: Path) -> str:
    """A new database with row security, by the program's own role."""
    url = make_url(server).set(drivername="postgresql+psycopg")
    name = f"b{time.monotonic_ns()}"
    admin = create_engine(url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    admin.dispose()
    owner = url.set(database=name)
    engine = connect(load(home=folder, database_url=owner.render_as_string(hide_password=False)))
    with engine.begin() as connection:
        apply(connection)
    engine.dispose()
    return owner.set(username=APPLICATION).render_as_string(hide_password=False)


def engines(server: str, folder: Path) -> dict[str, Settings]:
    return {
        "SQLite": load(home=folder / "plain"),
        "SQLCipher": load(home=folder / "cipher", database_key=KEY),
        "PostgreSQL": load(home=folder / "pg", database_url=database(server, folder)),
    }


def calls(store: Store, region) -> dict[str, object]:  # type: ignore[no-untyped-def]
    document = {"synthetic": True, "plan": {}, "routes": [], "fill": "x" * 60_000}
    nights = iter(range(10_000))

    def visit() -> None:
        day = date(2020, 1, 1) + timedelta(days=next(nights))
        store.save_visits(ANNA, [(region.zones[0].code, day)])

    return {
        "revision": store.revision,
        "zones": lambda: store.zones(ANNA),
        "presence": lambda: store.presence(ANNA),
        "contacts": lambda: store.contacts(ANNA),
        "last visits": lambda: store.last_visits(ANNA),
        "promises": lambda: store.promises(ANNA, NIGHT),
        "save a visit": visit,
        "save a plan of 60 kB": lambda: store.save_plan(ANNA, PlanRecord(NIGHT, document)),
    }


def measure(call) -> tuple[float, float]:  # type: ignore[no-untyped-def]
    """Median milliseconds: wall, processor."""
    call()
    wall, processor = [], []
    for _ in range(30):
        w, p = time.perf_counter(), time.process_time()
        call()
        wall.append((time.perf_counter() - w) * 1000)
        processor.append((time.process_time() - p) * 1000)
    return statistics.median(wall), statistics.median(processor)


def side_by_side(settings: dict[str, Settings]) -> None:
    with tempfile.TemporaryDirectory() as home:
        region = generate(load_network(Path(home)), municipalities(), NIGHT.date)
    found = {}
    for name, chosen in settings.items():
        store = Store.open(chosen, lambda: EVENING)
        store.fill(ANNA, region)
        found[name] = {what: measure(call) for what, call in calls(store, region).items()}
        store.close()
    print(f"{len(region.zones)} zones, {len(region.presence)} presence rows, "
          f"{len(region.contacts)} contacts; wall ms (processor ms of the program)")  # fmt: skip
    print(f"{'':24}" + "".join(f"{name:>20}" for name in settings))
    for what in next(iter(found.values())):
        cells = (f"{w:8.2f} ({p:6.2f})" for w, p in (found[name][what] for name in settings))
        print(f"{what:24}" + "".join(f"{cell:>20}" for cell in cells))


def write(settings: Settings, path: Path, first: int) -> None:
    """One writer: numbers from `first` on, each noted once the store has kept it."""
    store = Store.open(settings)
    number = first
    with path.open("a", encoding="ascii") as noted:
        while True:
            row = {"night": NIGHT.date, "zone": "048017-01", "kind": "contattata", "count": number}
            try:
                store.save_contacts(ANNA, pd.DataFrame([row]))
            except Exception as error:  # busy for too long: said, and not noted
                said = str(error)
                assert said == "database_busy", said
                continue
            noted.write(f"{number}\n")
            noted.flush()
            number += 1


def writers(name: str, settings: Settings, seconds: float, folder: Path) -> None:
    store = Store.open(settings)
    start = multiprocessing.get_context("fork")
    chance, begun, killed = random.Random(1), 0, 0

    def begin():  # type: ignore[no-untyped-def]
        nonlocal begun
        begun += 1
        path = folder / f"{name}-{begun}"
        process = start.Process(target=write, args=(settings, path, begun * 100_000))
        process.start()
        return process

    # No thread nor connection of this process may go along with a fork.
    store.close()
    alive = [begin() for _ in range(WRITERS)]
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        time.sleep(0.5)
        one = alive.pop(chance.randrange(len(alive)))
        os.kill(one.pid, signal.SIGKILL)
        one.join()
        killed += 1
        alive.append(begin())
    for one in alive:
        os.kill(one.pid, signal.SIGKILL)
        one.join()
    noted = [
        int(line) for path in folder.glob(f"{name}-*") for line in path.read_text().splitlines()
    ]
    store = Store.open(settings)
    kept = store.contacts(ANNA)["count"]
    kept = kept[kept >= 100_000]
    lost = set(noted) - set(kept)
    twice = int(kept.duplicated().sum())
    unsaid = len(set(kept) - set(noted))
    print(f"{name:12} {WRITERS} writers, {seconds:.0f} s, {killed} killed on the way: "
          f"{len(noted)} noted, {len(lost)} lost, {twice} twice, {unsaid} kept but not yet noted "
          f"when killed; {len(noted) / seconds:.0f} a second")  # fmt: skip
    store.close()


def prepare(settings: Settings) -> None:
    """A zone for the writers to write of."""
    from tests.data.samples import ZONES  # noqa: PLC0415

    store = Store.open(settings)
    store.save_zones(ANNA, ZONES)
    store.close()


def main() -> None:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 60
    with running(durable=True) as server, tempfile.TemporaryDirectory() as named:
        folder = Path(named)
        side_by_side(engines(server, folder / "calls"))
        chosen = engines(server, folder / "writers")
        for name, settings in chosen.items():
            prepare(settings)
            writers(name, settings, seconds, folder)


if __name__ == "__main__":
    main()
