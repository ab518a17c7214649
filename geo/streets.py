"""Streets by name, to find the neighbourhood that an address lies in, and nothing more.

Who reports says "via Roma 12". That is coarsened on entry: the names of the road network in
use lead from a street to the place of `geo.neighbourhoods` that most of it lies in; the
house number is not looked at, and neither is kept.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.network import RoadNetwork

SHORT = {
    "v.le": "viale", "v.": "via", "p.zza": "piazza", "p.za": "piazza", "p.le": "piazzale",
    "c.so": "corso", "l.go": "largo", "str.": "strada", "loc.": "localita", "fraz.": "frazione",
    "s.": "san",
}  # fmt: skip
"""What people shorten, and what road networks write in full."""

_NUMBER = re.compile(r"^(?:n|nr|num|snc|km|int|\d+[a-z]{0,3}|[a-z])$")
_ROAD = re.compile(r"^(s[prsgc]|a|sgc)\s*(\d+)\b\s*(.*)$")


@dataclass(frozen=True)
class Streets:
    """The streets of some municipalities: `named` (ISTAT, key) → (name, place code)."""

    named: Mapping[tuple[str, str], tuple[str, str]]

    def names(self, municipality: str) -> dict[str, str]:
        """Streets of a municipality as the road network writes them, with their place."""
        found = (pair for (town, _key), pair in self.named.items() if town == municipality)
        return dict(sorted(found))

    def place(self, municipality: str, address: str) -> str | None:
        """The place of an address; None where the network knows no such street there."""
        for key in _tries(address):
            if (found := self.named.get((municipality, key))) is not None:
                return found[1]
        return None


def streets(network: RoadNetwork, places: gpd.GeoDataFrame) -> Streets:
    """The streets of a network by the places (`geo.neighbourhoods`) that they lie in.

    Each belongs to the one that holds most of its metres in a municipality.
    """
    named = np.flatnonzero(network.edge_name >= 0)
    middle = (network.edge_geometry[:-1] + network.edge_geometry[1:])[named] // 2
    spots = shapely.points(network.coords[middle])
    spot, place = places.sindex.query(spots, predicate="intersects")
    table = pd.DataFrame(
        {
            "town": places["municipality"].to_numpy()[place],
            "name": network.edge_name[named[spot]],
            "place": places["code"].to_numpy()[place],
            "metres": network.edge_length[named[spot]],
        }
    )
    total = table.groupby(["town", "name", "place"], as_index=False)["metres"].sum()
    total = total.sort_values(["metres", "place"], ascending=[False, True])
    found: dict[tuple[str, str], tuple[str, str]] = {}
    for town, number, code in zip(total["town"], total["name"], total["place"], strict=True):
        name = network.names[number]
        for key in _keys(name):
            found.setdefault((town, key), (name, code))
    return Streets(found)


def _plain(text: str) -> str:
    """Lower case, no accents, words apart by single blanks, shortened words in full."""
    bare = unicodedata.normalize("NFKD", text.lower())
    bare = "".join(sign for sign in bare if not unicodedata.combining(sign))
    bare = re.sub(r"\bs\.\s?([prs])\.?\s*(?=\d)", r"s\1", bare)
    bare = re.sub(r"[,;()/]", " ", bare.replace("’", "'"))
    words = [SHORT.get(word, word) for word in re.sub(r"(?<=\.)(?=[a-z]{3,})", " ", bare).split()]
    return " ".join(word.strip(".") for word in words)


def _keys(name: str) -> Iterator[str]:
    """What a road of the network may be called: `SR66 Via Pistoiese`, its number, its name."""
    plain = _plain(name)
    yield plain
    if found := _ROAD.match(plain):
        yield f"{found[1]}{found[2]}"
        if found[3]:
            yield found[3]


def _tries(address: str) -> Iterator[str]:
    """The address, then without house numbers at its end; at last the number of a road."""
    words = _plain(address).split()
    road = _ROAD.match(" ".join(words))
    while words:
        yield " ".join(words)
        if not _NUMBER.match(words.pop()):
            break
    if road and all(map(_NUMBER.match, road[3].split())):
        yield f"{road[1]}{road[2]}"
