"""The ground under every map: municipalities, main roads and place names.

It is made once for each road network, kept under the home folder, and fetched by the
browser from there. It is public geography and holds nothing of what the program keeps.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import geopandas as gpd

from data.roads import PACKAGED
from geo.municipalities import YEAR, municipalities, provinces, simplified
from geo.network import RoadNetwork
from geo.skeleton import tables
from layers.base import QuietMap, Words, base
from layers.palette import Palette
from layers.places import places, places_data
from layers.roads import roads, roads_data
from layers.territory import territory, territory_data
from screens.server import BASE_PREFIX

FORMAT = 3
"""Raised when the content of the files changes, so that old ones are not used."""


def folder(home: Path) -> Path:
    """Where the files of the ground are kept."""
    return home / "cache" / "base"


@dataclass(frozen=True)
class Ground:
    """The addresses of the files a browser fetches."""

    territory: str
    roads: str
    places: str


def ground(home: Path, network: RoadNetwork) -> Ground:
    """The ground for a network; what is missing is made and written."""
    target = folder(home)
    territory_key = f"{FORMAT}-{YEAR}"
    roads_key = f"{FORMAT}-{network.fingerprint[:16]}"
    return Ground(
        _kept(target, "territory", territory_key, _territory),
        _kept(target, "roads", roads_key, lambda: roads_data(network)),
        _kept(target, "places", territory_key, _places),
    )


def chart(ground: Ground, palette: Palette, words: Words) -> QuietMap:
    """A map with the ground on it."""
    made = base(palette, words)
    for layer in (
        territory(ground.territory, palette),
        roads(ground.roads, palette),
        places(ground.places),
    ):
        layer.add_to(made)
    return made


def _kept(target: Path, name: str, key: str, make: Callable[[], dict]) -> str:
    digest = hashlib.blake2b(f"{name}-{key}".encode(), digest_size=8).hexdigest()
    path = target / f"{name}-{digest}.json"
    if not path.exists():
        target.mkdir(parents=True, exist_ok=True)
        # Beside and renamed: a browser never reads half a file.
        handle, beside = tempfile.mkstemp(prefix=f".{name}.", dir=target)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(make(), file, separators=(",", ":"))
        Path(beside).replace(path)
        path.chmod(0o644)
    return f"{BASE_PREFIX}/{path.name}"


@cache
def _shapes() -> gpd.GeoDataFrame:
    return simplified(municipalities())


def _territory() -> dict:
    return territory_data(_shapes(), provinces(_shapes()))


def _places() -> dict:
    """Municipal seats by name, where the packaged tables place them."""
    known, _roads = tables(PACKAGED)
    seats = known[known["kind"] == "seat"].set_index("place")
    frame = _shapes().set_index("name")
    frame = frame.loc[frame.index.isin(seats.index)]
    here = seats.loc[frame.index]
    named = gpd.GeoDataFrame(
        {
            "name": frame.index,
            "population": frame["population"],
            "capital": frame.index == frame["province_name"].str.partition("-")[0],
        },
        geometry=gpd.points_from_xy(here["lon"], here["lat"]),
        crs=frame.crs,
    )
    return places_data(named)
