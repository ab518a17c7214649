"""Detection measured: a synthetic year with a known truth, and 100,000 contacts beside DBSCAN.

    python -m tests.benchmarks.detection [year|harder|speed|memphis]

Florence's roads (`../shared`, © OpenStreetMap contributors) carry invented contacts. The
robberies of Memphis are somebody else's points: their streets are not at hand, so a grid
of streets every 200 m, laid under them, stands in for them.
"""

from __future__ import annotations

import os
import resource
import sys
import time
from collections import Counter
from pathlib import Path

import h3
import numpy as np
import pandas as pd
import shapely
from sklearn.cluster import DBSCAN

from data.roads_graphml import read_graphml
from data.roads_report import Ticker
from geo.contacts import LocatedContacts
from geo.crs import project, unproject
from geo.hexagons import RESOLUTION, significance
from geo.municipalities import municipalities
from geo.network import RoadNetwork
from geo.road_cells import RoadCells, cut
from geo.zone_detection import DetectionRules, detect
from geo.zones import extent
from tests.year import Scenario, play

SHARED = Path(os.environ.get("PROSSIMA_SHARED", Path(__file__).parents[3] / "shared"))


def florence() -> RoadNetwork:
    return read_graphml(SHARED / "tuscany" / "florence_drive_scc.graphml.gz", Ticker())


def year(seeds: int = 3) -> None:
    cells = cut(florence())
    region = municipalities()
    for seed in range(1, seeds + 1):
        print(f"\nSynthetic year on Florence's roads, seed {seed}: 20,000 contacts, 30 places of")
        print("which 3 move and 1 falls silent, and 2 more that appear; all proposals accepted\n")
        print("| month | contacts | places | zones | precision | recall | proposals |")
        print("|---|---|---|---|---|---|---|")
        for month in play(cells, region, Scenario(seed=seed)):
            said = [f"{p.kind}: {story}" for p, story in month.proposals]
            if month.number == 1:
                said = [f"{len(said)} new"]
            print(
                f"| {month.number} | {month.contacts} | {month.truth} | {month.zones} "
                f"| {month.precision:.2f} | {month.recall:.2f} | {'; '.join(said)} |"
            )


def harder() -> None:
    cells, region = cut(florence()), municipalities()
    print("\nHarder years on Florence's roads, three seeds each, mean over the months\n")
    print(
        "| contacts | scattered | metres apart "
        "| precision | recall | worst month | later proposals |"
    )
    print("|---|---|---|---|---|---|---|")
    cases: list[dict[str, float]] = [
        {},
        {"scattered": 0.3},
        {"apart": 600},
        {"contacts": 6000},
        {"contacts": 6000, "scattered": 0.2},
    ]
    for case in cases:
        scenarios = [Scenario(seed=seed, **case) for seed in (11, 12, 13)]  # type: ignore[arg-type]
        months = [month for each in scenarios for month in play(cells, region, each)]
        said = Counter(
            f"{proposal.kind}: {story.partition(' (')[0]}"
            for month in months
            if month.number > 2
            for proposal, story in month.proposals
        )
        worst = min((min(m.precision, m.recall), m.number) for m in months)[0]
        print(
            f"| {scenarios[0].contacts} | {scenarios[0].scattered:.0%} | {scenarios[0].apart:.0f} "
            f"| {np.mean([m.precision for m in months]):.3f} "
            f"| {np.mean([m.recall for m in months]):.3f} | {worst:.2f} "
            f"| {', '.join(f'{count} × {what}' for what, count in said.most_common())} |"
        )


def speed(count: int = 100_000) -> None:
    start = _now()
    cells = cut(florence())
    _ = cells.graph
    print(f"\n{count} contacts on Florence's roads (cut into {len(cells.start)} cells)\n")
    rng = np.random.default_rng(1)
    centres = rng.integers(0, cells.posts, 60)
    spots = cells.xy[centres[rng.integers(0, 60, count)]]
    spots = spots + rng.normal(0, 1, (count, 2)) * np.array([150, 25])
    some = rng.random(count) < 0.1
    spots[some] = cells.xy[rng.integers(0, cells.posts, some.sum())]
    nights = (np.datetime64("2026-01-01") + rng.integers(0, 90, count)).astype("datetime64[D]")
    located = LocatedContacts(unproject(spots), nights)
    rules = DetectionRules()
    print("| what | seconds | of processor | peak MB | clusters |")
    print("|---|---|---|---|---|")
    _row("imports and roads", _since(start), "")
    DBSCAN().fit(np.zeros((9, 2)))

    start = _now()
    found = detect(cells, located, rules)
    _row("detection along the roads, whole", _since(start), len(found.clusters))
    start = _now()
    post = cells.nearest_posts(located.lonlat)
    _row("of it: to the nearest road", _since(start), "")
    posts = np.unique(post[post >= 0])
    start = _now()
    near = cells.neighbours(posts, rules.reach)
    _row(f"of it: {near.nnz} distances along the roads", _since(start), "")
    start = _now()
    labels = DBSCAN(eps=rules.reach, min_samples=rules.dense).fit(spots).labels_
    _row("scikit-learn's DBSCAN as the crow flies", _since(start), labels.max() + 1)


def memphis() -> None:
    events = pd.read_csv(SHARED / "points" / "memphis_robberies_2019.csv")
    # Moved to Tuscany's metres: the same shape, so that every metre stays a metre.
    lonlat = events[["lon", "lat"]].to_numpy()
    scale = 111_195 * np.array([np.cos(np.radians(lonlat[:, 1].mean())), 1.0])
    metres = (lonlat - lonlat.mean(axis=0)) * scale
    nights = (pd.to_datetime(events["date"]) - pd.Timedelta(hours=12)).dt.normalize()
    nights = nights.to_numpy().astype("datetime64[D]")
    origin = np.array([680_000.0, 4_820_000.0])
    cells = _grid(metres, origin)
    located = LocatedContacts(unproject(metres + origin), nights)
    print(f"\n{len(events)} robberies of Memphis in 2019 on a grid of streets every 200 m\n")
    print("| reach m | dense | clusters | in them | scattered | few | nights | metres of street |")
    print("|---|---|---|---|---|---|---|---|")
    for reach, dense in ((200, 5), (300, 5), (300, 10), (500, 10)):
        found = detect(cells, located, DetectionRules(reach=reach, dense=dense))
        lengths = [extent(cluster.geometry) for cluster in found.clusters]
        print(
            f"| {reach} | {dense} | {len(found.clusters)} | {found.clustered} "
            f"| {found.scattered} | {found.few} "
            f"| {_span([c.nights for c in found.clusters])} | {_span(lengths)} |"
        )
    planar = DBSCAN(eps=300, min_samples=10).fit(metres).labels_
    ours = detect(cells, located, DetectionRules(reach=300, dense=10)).clusters
    mine = np.isin(cells.nearest_posts(located.lonlat), np.concatenate([c.posts for c in ours]))
    print(
        f"\nAs the crow flies (300 m, 10): {planar.max() + 1} clusters, "
        f"{(planar >= 0).sum()} events in them, the largest "
        f"{np.bincount(planar[planar >= 0]).max()}; {(planar[mine] >= 0).mean():.0%} of the "
        "events in clusters along the streets are in them too"
    )
    rng = np.random.default_rng(1)
    low, high = metres.min(axis=0), metres.max(axis=0)
    even = [
        len(
            detect(
                cells,
                LocatedContacts(unproject(rng.uniform(low, high, metres.shape) + origin), nights),
                DetectionRules(reach=300, dense=10),
            ).clusters
        )
        for _ in range(5)
    ]
    print(f"The same number spread evenly over the box (300 m, 10): {even} clusters")
    box = h3.geo_to_cells(shapely.MultiPoint(lonlat).convex_hull, RESOLUTION)
    met = pd.Series([h3.latlng_to_cell(lat, lon, RESOLUTION) for lon, lat in lonlat]).value_counts()
    table = pd.DataFrame({"hexagon": sorted(box), "hours": 1.0})
    table["contacts"] = table["hexagon"].map(met).fillna(0.0)
    called = significance(table)["class"].value_counts().to_dict()
    print(f"Gi* over {len(table)} hexagons, effort taken as even, 5 % false: {called}")


def _grid(metres: np.ndarray, origin: np.ndarray) -> RoadCells:
    low, high = metres.min(axis=0) - 400, metres.max(axis=0) + 400
    xs, ys = (np.arange(a, b, 200.0) for a, b in zip(low, high, strict=True))
    points = np.stack(np.meshgrid(xs, ys, indexing="ij"), axis=-1).reshape(-1, 2)
    number = np.arange(len(points)).reshape(len(xs), len(ys))
    pairs = np.concatenate(
        [
            np.column_stack([number[:-1].ravel(), number[1:].ravel()]),
            np.column_stack([number[:, :-1].ravel(), number[:, 1:].ravel()]),
        ]
    )
    both = np.concatenate([pairs, pairs[:, ::-1]])
    lon, lat = unproject(points + origin).T
    network = RoadNetwork.build(
        name="grid",
        source="schematic",
        licence="EUPL-1.2",
        node_lon=lon,
        node_lat=lat,
        edge_from=both[:, 0],
        edge_to=both[:, 1],
        edge_class=np.full(len(both), 8),
    )
    assert np.allclose(project(np.column_stack([lon, lat])), points + origin, atol=0.01)
    return cut(network)


def _span(values: list[float]) -> str:
    if not values:
        return "-"
    return f"{min(values):.0f}–{max(values):.0f}, median {np.median(values):.0f}"


def _now() -> tuple[float, float]:
    return time.perf_counter(), time.process_time()


def _since(start: tuple[float, float]) -> tuple[float, float]:
    """Seconds on the clock, and of the processor: the machine may be busy with others."""
    return time.perf_counter() - start[0], time.process_time() - start[1]


def _row(what: str, took: tuple[float, float], clusters: object) -> None:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"| {what} | {took[0]:.2f} | {took[1]:.2f} | {peak:.0f} | {clusters} |")


if __name__ == "__main__":
    for name in sys.argv[1:] or ("year", "harder", "speed", "memphis"):
        {"year": year, "harder": harder, "speed": speed, "memphis": memphis}[name]()
