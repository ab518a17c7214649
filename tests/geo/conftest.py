"""Real roads for the tests that need them."""

from __future__ import annotations

from pathlib import Path

import pytest

from data.roads_graphml import read_graphml
from data.roads_report import Ticker
from geo.network import RoadNetwork


@pytest.fixture(scope="session")
def florence(shared: Path) -> RoadNetwork:
    """Drivable roads of Florence, strongly connected (© OpenStreetMap contributors)."""
    return read_graphml(shared / "tuscany" / "florence_drive_scc.graphml.gz", Ticker())
