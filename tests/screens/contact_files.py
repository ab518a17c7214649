"""Invented contact files for the pages: in known zones, or where there is none yet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

import numpy as np

from geo.network import RoadNetwork
from geo.zones import Zone

HEADER = (
    "notte",
    "ora",
    "zona",
    "latitudine",
    "longitudine",
    "tipo",
    "persone",
    "arrivo",
    "partenza",
)
KINDS = ("osservata", "contattata", "non_avvicinabile")


def in_zones(zones: Sequence[Zone], before: date, nights: int = 30, seed: int = 1) -> list[tuple]:
    """Rows of visits with somebody there, hours said, every few nights in each zone."""
    rng = np.random.default_rng(seed)
    rows = []
    for zone in zones:
        for ago in range(1 + int(rng.integers(4)), nights, 4):
            hour = int(rng.choice([21, 22, 23, 0]))
            rows.append(
                (
                    before - timedelta(ago), f"{hour:02}:15", zone.code, "", "",
                    str(rng.choice(KINDS)), 1 + rng.poisson(1), f"{hour:02}:05", f"{hour:02}:35",
                )
            )  # fmt: skip
    return rows


def at_places(
    lonlat: Iterable[tuple[float, float]], before: date, a_place: int = 16, seed: int = 1
) -> list[tuple]:
    """Rows with a coordinate within some 60 m of each place, on many nights."""
    rng = np.random.default_rng(seed)
    rows = []
    for lon, lat in lonlat:
        for number in range(a_place):
            x, y = rng.uniform(-0.0006, 0.0006, 2)
            rows.append(
                (
                    before - timedelta(1 + number), "22:30", "", f"{lat + y:.5f}",
                    f"{lon + x:.5f}", "contattata", 1, "22:20", "22:45",
                )
            )  # fmt: skip
    return rows


def on_road_far_from(network: RoadNetwork, zones: Sequence[Zone], metres: float = 3000.0):
    """A place (lon, lat) on a road within 15 km of a zone and `metres` from all of them."""
    middles = np.array([zone.stopping_place() for zone in zones])
    for lon, lat in zip(network.node_lon, network.node_lat, strict=True):
        away = np.hypot((middles[:, 0] - lon) * 80_000, (middles[:, 1] - lat) * 111_000).min()
        if metres < away < 15_000:
            return float(lon), float(lat)
    raise AssertionError("no place is far from every zone")


def as_csv(rows: Iterable[tuple]) -> bytes:
    """The rows as a file with the Italian headers."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";")
    writer.writerow(HEADER)
    writer.writerows(rows)
    return text.getvalue().encode()
