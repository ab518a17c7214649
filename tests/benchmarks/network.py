"""How long roads take: load, snap, matrices cold and from cache, legs, isochrones, memory.

Run as `python -m tests.benchmarks.network`. Real roads are Florence's (the folder of
PROSSIMA_SHARED, `../shared` without); the large network tiles their topology over the
region, stretched so that it covers it. Each line is the best of three runs, with the
processor time beside it: on a machine that does other things too, that is what counts.
A cold search has nothing derived in memory, a load is a new process.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from data import roads
from data.roads_cache import MatrixCache
from data.roads_graphml import read_graphml
from data.roads_report import Ticker, finish
from geo.network import RoadNetwork
from geo.snapping import snap
from geo.travel import UNREACHABLE, isochrone, legs, matrix

REGION = (10.0, 42.55, 12.1, 44.15)
TILES = (5, 4)
TERRITORY = (0.62, 0.45)
"""Degrees, about 50 x 50 km: a province."""

LOAD = """
import re, sys, time
from pathlib import Path
import geo.travel
from geo.network import RoadNetwork
def peak():
    return int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])
before = peak()
began, worked = time.perf_counter(), time.process_time()
network = RoadNetwork.load(Path(sys.argv[1]))
print(time.perf_counter() - began, time.process_time() - worked, before, peak())
"""
TRAVEL = (
    LOAD
    + """
import numpy as np
from geo.snapping import snap
rows = np.random.default_rng(1).choice(network.nodes, 100)
lonlat = np.column_stack([network.node_lon, network.node_lat])[rows]
geo.travel.matrix(network, snap(network, lonlat))
print(0, 0, before, peak())
"""
)


def tiled(base: RoadNetwork, columns: int, rows: int) -> RoadNetwork:
    """`base` repeated over REGION, each tile stretched to its cell and joined to the next."""
    west, south, east, north = base.bounds
    cell = np.array([(REGION[2] - REGION[0]) / columns, (REGION[3] - REGION[1]) / rows])
    scale = cell / (east - west, north - south)

    def spread(lonlat: NDArray[np.float64]) -> NDArray[np.float64]:
        corners = [REGION[:2] + cell * (i % columns, i // columns) for i in range(columns * rows)]
        return np.concatenate([(lonlat - (west, south)) * scale + corner for corner in corners])

    tiles = np.arange(columns * rows)
    nodes = spread(np.column_stack([base.node_lon, base.node_lat]))
    by_lon, by_lat = np.argsort(base.node_lon), np.argsort(base.node_lat)
    seams = []
    for tile in tiles:
        if tile % columns < columns - 1:
            seams.append((by_lon[-40:] + tile * base.nodes, by_lon[:40] + (tile + 1) * base.nodes))
        if tile // columns < rows - 1:
            above = tile + columns
            seams.append((by_lat[-40:] + tile * base.nodes, by_lat[:40] + above * base.nodes))
    one, other = (np.concatenate(side) for side in zip(*seams, strict=True))
    start, end = np.concatenate([one, other]), np.concatenate([other, one])
    shift = np.repeat(tiles, base.edges) * base.nodes
    points = spread(base.coords)
    offsets = np.concatenate([base.edge_geometry[:-1] + i * len(base.coords) for i in tiles])
    joints = nodes[np.column_stack([start, end]).ravel()]
    names = [base.road(edge) for edge in range(base.edges)] * len(tiles)
    return RoadNetwork.build(
        name="tiled",
        source="graphml",
        licence=base.licence,
        node_lon=nodes[:, 0],
        node_lat=nodes[:, 1],
        edge_from=np.concatenate([np.tile(base.edge_from, len(tiles)) + shift, start]),
        edge_to=np.concatenate([np.tile(base.edge_to, len(tiles)) + shift, end]),
        edge_class=np.concatenate([np.tile(base.edge_class, len(tiles)), np.full(len(start), 4)]),
        edge_names=names + [None] * len(start),
        coords=np.concatenate([points, joints]),
        edge_geometry=np.concatenate([offsets, len(points) + 2 * np.arange(len(start) + 1)]),
    )


def fresh(network: RoadNetwork) -> RoadNetwork:
    """The same network with nothing derived from it in memory."""
    return network.keep(np.ones(network.edges, dtype=bool))


class Took(NamedTuple):
    """Seconds on the wall and of the processor."""

    wall: float
    processor: float


def best(call: Callable[[], object], times: int = 3) -> Took:
    """The quickest of some calls."""
    runs = []
    for _ in range(times):
        began, worked = time.perf_counter(), time.process_time()
        call()
        runs.append(Took(time.perf_counter() - began, time.process_time() - worked))
    return min(runs)


def new_process(code: str, file: Path) -> tuple[Took, float]:
    """What the code reports to have taken and the megabytes it needs at most beyond the program."""
    runs = []
    for _ in range(3):
        out = subprocess.run(
            [sys.executable, "-c", code, str(file)], check=True, capture_output=True, text=True
        ).stdout
        wall, worked, before, after = map(float, out.splitlines()[-1].split())
        runs.append((Took(wall, worked), (after - before) / 1024))
    return min(runs)


def some_places(
    network: RoadNetwork, count: int, box: tuple[float, float, float, float] | None = None
) -> NDArray[np.float64]:
    """Points near random nodes (inside a box), as zones are drawn."""
    rng = np.random.default_rng(1)
    lonlat = np.column_stack([network.node_lon, network.node_lat])
    if box is not None:
        lonlat = lonlat[((lonlat >= box[:2]) & (lonlat <= box[2:])).all(axis=1)]
    chosen = lonlat[rng.choice(len(lonlat), count, replace=False)]
    return chosen + rng.normal(0, 3e-4, chosen.shape)


def line(what: str, took: Took | None = None, note: str = "") -> None:
    """One line of the table."""
    columns = ("", "") if took is None else (f"{part * 1000:,.0f} ms" for part in took)
    print(f"| {what} | {' | '.join(columns)} | {note} |", flush=True)


def travel_lines(name: str, network: RoadNetwork, points: NDArray[np.float64], home: Path) -> None:
    """Snap, matrix cold and cached, legs of a night, isochrone."""
    fresh_ones = [fresh(network) for _ in range(3)]
    line(
        f"{name}: snap {len(points)} places, first time",
        best(lambda: snap(fresh_ones.pop(), points)),
    )
    places = snap(network, points)
    line(f"{name}: snap {len(points)} places again", best(lambda: snap(network, points)))
    fresh_ones = [fresh(network) for _ in range(3)]
    for each in fresh_ones:
        snap(each, points[:1])
    count = f"{len(places)}x{len(places)}"
    seconds, _ = matrix(network, places)
    reached = seconds[seconds < UNREACHABLE]
    note = f"mean {reached.mean() / 60:.0f} min, longest {reached.max() / 60:.0f} min"
    line(f"{name}: matrix {count} cold", best(lambda: matrix(fresh_ones.pop(), places)), note)
    hour = best(lambda: matrix(network, places, limit_seconds=3600))
    line(f"{name}: matrix {count}, legs of at most an hour", hour)
    line(
        f"{name}: matrix {count} on foot, 1 h", best(lambda: matrix(network, places, "foot", 3600))
    )
    cache = MatrixCache(home / "matrices")
    cache(network, places)
    line(f"{name}: matrix {count} from cache", best(lambda: cache(network, places)))
    order = list(range(12))
    line(f"{name}: 11 legs with geometry and names", best(lambda: legs(network, places, order)))
    one = places.take([0])
    line(f"{name}: isochrone of 20 minutes", best(lambda: isochrone(network, one, 0, 1200)))


def main() -> None:
    """Print the table."""
    root = Path(__file__).resolve().parents[2]
    shared = Path(os.environ.get("PROSSIMA_SHARED", root.parent / "shared"))
    print("| what | time | processor | note |\n|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        made = best(lambda: roads.packaged_network(home), 1)
        packaged = roads.packaged_network(home)
        size = f"{packaged.nodes:,} nodes, {packaged.edges:,} edges"
        line("packaged: made from its tables", made, size)
        [kept] = (home / "cache").glob("schematic-*.npz")
        seconds, megabytes = new_process(LOAD, kept)
        line("packaged: load", seconds, f"{megabytes:.0f} MB")
        mainland = packaged.strongly_connected()
        travel_lines("packaged", mainland, some_places(mainland, 100), home)

        source = shared / "tuscany" / "florence_drive_scc.graphml.gz"
        whole: list[RoadNetwork] = []
        line("Florence: import GraphML", best(lambda: whole.append(read_graphml(source, Ticker()))))
        florence, _ = finish(whole[0], Ticker())
        florence.save(home / "florence.npz")
        seconds, megabytes = new_process(LOAD, home / "florence.npz")
        size = f"{florence.nodes:,} nodes, {florence.edges:,} edges, {megabytes:.0f} MB"
        line("Florence: load", seconds, size)
        travel_lines("Florence", florence, some_places(florence, 100), home)

        large = tiled(florence, *TILES)
        file = home / "large.npz"
        large.save(file)
        seconds, megabytes = new_process(LOAD, file)
        size = f"{large.nodes:,} nodes, {large.edges:,} edges, {megabytes:.0f} MB"
        line("large: load", seconds, f"{size}, file {file.stat().st_size / 2**20:.0f} MB")
        line("large: fingerprint", best(lambda: fresh(large).fingerprint, 1))
        west, south = 10.9, 43.1
        box = (west, south, west + TERRITORY[0], south + TERRITORY[1])
        points = some_places(large, 100, box)
        travel_lines("large, a territory", large, points, home)
        travel_lines("large, everywhere", large, some_places(large, 100), home)
        _, megabytes = new_process(TRAVEL, file)
        line("large, everywhere: memory", None, f"{megabytes:.0f} MB with a 100x100 matrix")


if __name__ == "__main__":
    main()
