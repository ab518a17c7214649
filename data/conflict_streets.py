"""The streets by which an address is coarsened, of the places and the road network in use."""

from __future__ import annotations

from functools import lru_cache

import geopandas as gpd

from data.conflicts import Held
from geo.network import RoadNetwork
from geo.streets import Streets, streets


def streets_of(frame: gpd.GeoDataFrame, network: RoadNetwork) -> Streets:
    """The streets in these places on a network; the last few are remembered."""
    return _streets(Held(frame, network))


@lru_cache(maxsize=2)
def _streets(held: Held) -> Streets:
    return streets(held.network, held.frame)
