"""Places by name: municipal seats and hamlets of the packaged tables (`data/tuscany`)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from data.roads import PACKAGED
from geo import skeleton
from geo.errors import MissingError
from routing.units import Base

KINDS = ("seat", "locality")


@cache
def named_places() -> Mapping[str, tuple[str, Base]]:
    """Name → letters of its province, and the place (EPSG:4326), in alphabetical order."""
    places, _ = skeleton.tables(PACKAGED)
    known = places[places["kind"].isin(KINDS)].sort_values("place")
    return {
        str(row.place): (str(row.province), Base(str(row.place), float(row.lon), float(row.lat)))
        for row in known.itertuples(index=False)
    }


def place_named(name: str) -> Base:
    """The place of a name, however it is capitalised. Raises MissingError `place_not_named`."""
    wanted = name.strip().casefold()
    for known, (_, base) in named_places().items():
        if known.casefold() == wanted:
            return base
    raise MissingError("place_not_named", got=name.strip())
