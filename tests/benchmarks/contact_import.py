"""How long a contact file takes: dry run, import, the same again, expiry; and what memory.

Run as `python -m tests.benchmarks.contact_import [rows]`. The files are invented: contacts
of 85 nights at 120 zones, found by their coordinates. `wide` is an export of KoboToolbox with
a column for each code. Every step is a new process; beside the wall clock stands the
processor time, which is what counts on a machine that does other things too.
"""

from __future__ import annotations

import csv
import io
import re
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import shapely
from openpyxl import Workbook

from data import retention
from data.access import Role, Viewer
from data.contact_import import ContactFile, dry_run, import_contacts
from data.settings import load
from data.store import Store
from geo.contacts import ANY_OF, ContactKind, Gender, MacroArea, Material
from geo.crs import unproject_geometry
from geo.zones import PlaceType, PresenceWindow, Zone

NOW = datetime(2026, 11, 23, 17, tzinfo=UTC)
VIEWER = Viewer(Role.COORDINATOR)
ORGANISATION = "arcobaleno"
PLAIN = ["notte", "ora", "lat", "lon", "tipo", "persone", "genere", "macroarea", "eta", "noto",
         "luogo", "arrivo", "partenza", "richieste", "invii", "segnali",
         *(material.value for material in Material)]  # fmt: skip


def zones(count: int = 120) -> list[Zone]:
    """Straight zones of 800 m, 5 km apart, over the middle of Tuscany."""
    return [
        Zone(
            code=f"048017-{number:03d}",
            municipality="048017",
            place_type=PlaceType.VIALE,
            geometry=unproject_geometry(
                shapely.LineString([(x := 640_000 + 5_000 * (number % 12), y), (x + 800, y)])
            ),
            windows=(PresenceWindow("20:00", "02:00"),),
        )
        for number in range(count)
        for y in [4_790_000 + 5_000 * (number // 12)]
    ]


def rows(count: int, wide: bool) -> list[list[object]]:
    """The header and `count` contacts."""
    rng = Random(1)
    places = [zone.stopping_place() for zone in zones()]
    split = [f"{name}/{code}" for name, codes in ANY_OF.items() for code in codes] if wide else []
    extra = ["_id", "_uuid", "_submission_time"] if wide else []
    table: list[list[object]] = [[*PLAIN, *split, *extra]]
    for number in range(count):
        lon, lat = rng.choice(places)
        night = NOW.date() - timedelta(rng.randint(1, 85))
        table.append(
            [
                night.isoformat(), f"{rng.randint(20, 25)}:{rng.randint(0, 59):02d}",
                f"{lat + rng.uniform(-1e-3, 1e-3):.6f}", f"{lon + rng.uniform(-3e-3, 3e-3):.6f}",
                rng.choice([*ContactKind][:4]), rng.randint(1, 6), rng.choice([*Gender]),
                rng.choice([*MacroArea]), "18_25", "nuovo", "viale", "22:00", "22:25",
                rng.choice(["", "ascolto", "salute_ist alloggio"]), "", "",
                *(rng.randint(0, 9) for _ in Material),
                *(rng.randint(0, 1) for _ in split),
                *([number, f"u{number}", "2026-11-22T01:02:03"] if wide else []),
            ]
        )  # fmt: skip
    return table


def write(folder: Path, count: int) -> dict[str, Path]:
    """The files to read, by name."""
    files = {name: folder / f"{name}.csv" for name in ("csv", "wide", "refused")}
    for name, path in files.items():
        table = rows(count * (2 if name == "refused" else 1), name == "wide")
        if name == "refused":
            table[len(table) * 3 // 4][4] = "+39 347 1234567"
        text = io.StringIO(newline="")
        csv.writer(text, delimiter=";").writerows(table)
        path.write_text(text.getvalue(), encoding="utf-8")
    book = Workbook(write_only=True)
    sheet = book.create_sheet("contatti")
    for row in rows(count, wide=False):
        sheet.append(row)
    book.save(folder / "xlsx.xlsx")
    return files | {"xlsx": folder / "xlsx.xlsx"}


def step(action: str, home: Path, file: Path) -> None:
    """One step in this process; prints seconds, processor seconds, MB before and at the peak."""
    now = NOW + timedelta(days=200 if action == "expire" else 0)
    store = Store.open(load(home=home), clock=lambda: now)
    if not store.zones(VIEWER):
        store.save_zones(VIEWER, zones())
    given = ContactFile.open(file)
    before, began, worked = peak(), time.perf_counter(), time.process_time()
    if action == "expire":
        retention.run(store, VIEWER)
    elif action == "import":
        import_contacts(store, VIEWER, given, ORGANISATION)
    else:
        dry_run(store, VIEWER, given, ORGANISATION)
    spent = time.perf_counter() - began, time.process_time() - worked
    print(*spent, before, peak())
    store.close()


def peak() -> int:
    """Most memory this process has held, MB."""
    found = re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())
    return int(found[1]) // 1024 if found else 0


def main(count: int) -> None:
    """Print the table."""
    print(f"{'':36}{'s':>8}{'cpu s':>8}{'rows/s':>10}{'MB':>6}   (program alone)")
    with tempfile.TemporaryDirectory() as folder:
        files = write(Path(folder), count)
        for kind, actions in {
            "csv": ("dry run", "import", "import", "expire"),
            "wide": ("dry run", "import"),
            "xlsx": ("dry run", "import"),
            "refused": ("dry run",),
        }.items():
            for turn, action in enumerate(actions):
                home = Path(folder) / kind
                done = subprocess.run(
                    [sys.executable, "-m", __spec__.name, action, home, files[kind]],
                    capture_output=True, text=True, check=True,
                )  # fmt: skip
                seconds, worked, before, most = map(float, done.stdout.split())
                read = count * (2 if kind == "refused" else 1)
                again = ", the same again" if turn == 2 else ""
                label = f"{kind}, {read:,} rows: {action}{again}"
                print(
                    f"{label:36}{seconds:8.2f}{worked:8.2f}{read / seconds:10,.0f}"
                    f"{most:6.0f}   {before:.0f}"
                )


if __name__ == "__main__":
    if len(sys.argv) > 3:
        step(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
