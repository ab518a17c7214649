"""What an import of roads reports: while it runs, and when it is done."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import shapely

from geo.chains import along_curve, contract
from geo.errors import InputError
from geo.network import RoadNetwork
from geo.snapping import TUSCANY

log = logging.getLogger(__name__)

Progress = Callable[[str, int], bool | None]
"""Called with a phase (`ways`, `nodes`, `edges`, `download`, `joining`) and a count of
what has been read; returning False gives the import up and leaves the old network."""


Area: TypeAlias = shapely.Polygon | shapely.MultiPolygon


@dataclass(frozen=True)
class Servers:
    """Whom an import asks: base addresses of an Overpass and a Nominatim server."""

    overpass: str = "https://overpass-api.de/api"
    nominatim: str = "https://nominatim.openstreetmap.org/"


@dataclass(frozen=True)
class ImportReport:
    """What an import kept and dropped.

    `kilometres` and `dropped_kilometres` are directed; `dropped_parts` counts the parts
    that no way leads to or back from; `named` is the share of edges with a road name.
    """

    name: str
    source: str
    licence: str
    nodes: int
    edges: int
    kilometres: float
    dropped_parts: int
    dropped_nodes: int
    dropped_kilometres: float
    named: float


class Ticker:
    """Tells the caller every so often how far an import is, and stops it when told to."""

    def __init__(self, progress: Progress | None = None, every: int = 20_000) -> None:
        self.progress, self.every, self.phase = progress, every, ""

    def begin(self, phase: str) -> None:
        """Name the next phase."""
        self.phase = phase
        log.info("road import: %s", phase)
        self._tell(0)

    def tick(self, count: int) -> None:
        """Say that `count` items of this phase have been read."""
        if count % self.every == 0:
            self._tell(count)

    def _tell(self, count: int) -> None:
        if self.progress is not None and self.progress(self.phase, count) is False:
            raise InputError("import_cancelled")


def finish(network: RoadNetwork, ticker: Ticker) -> tuple[RoadNetwork, ImportReport]:
    """Keep what serves for routing and say what was dropped.

    Raises InputError `network_other_area` with the share of nodes that lie in Tuscany,
    in percent, where that is less than half.
    """
    ticker.begin("joining")
    west, south, east, north = TUSCANY
    lon, lat = network.node_lon, network.node_lat
    inside = (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)
    if inside.mean() < 0.5:
        raise InputError("network_other_area", percent=int(100 * inside.mean()))
    kept = along_curve(contract(network.strongly_connected()))
    log.info("road import: %d nodes, %d edges kept", kept.nodes, kept.edges)
    return kept, describe(kept, network)


def describe(kept: RoadNetwork, whole: RoadNetwork) -> ImportReport:
    """The report on a network and the one it was taken from."""
    return ImportReport(
        name=kept.name,
        source=kept.source,
        licence=kept.licence,
        nodes=kept.nodes,
        edges=kept.edges,
        kilometres=kept.kilometres,
        dropped_parts=int(whole.component.max() - kept.component.max()),
        dropped_nodes=int((whole.component > kept.component.max()).sum()),
        dropped_kilometres=max(whole.kilometres - kept.kilometres, 0.0),
        named=float(np.mean(kept.edge_name >= 0)),
    )
