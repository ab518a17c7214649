"""An address leads to its neighbourhood, by the street's name, whatever stands behind it."""

from __future__ import annotations

import geopandas as gpd
import pytest
import shapely

from geo.network import RoadNetwork
from geo.speeds import CLASSES
from geo.streets import Streets, streets

NODES = [(11.00, 43.80), (11.01, 43.80), (11.03, 43.80), (11.05, 43.80)]
NAMES = ["Viale Giosuè Carducci", "Via XX Settembre", "SR66 Via Pistoiese"]


@pytest.fixture(scope="module")
def found() -> Streets:
    """A neighbourhood to the west of 11.012, one to the east, and another town from 11.04."""
    network = RoadNetwork.build(
        name="x", source="osm", licence="ODbL-1.0",
        node_lon=[lon for lon, _ in NODES], node_lat=[lat for _, lat in NODES],
        edge_from=[0, 1, 2, 1], edge_to=[1, 2, 3, 0],
        edge_class=[CLASSES.index("residential")] * 4,
        edge_names=[*NAMES, NAMES[0]],
    )  # fmt: skip
    places = gpd.GeoDataFrame(
        {
            "code": ["100005-W", "100005-E", "100006-0"],
            "name": ["Ovest", "Est", ""],
            "municipality": ["100005", "100005", "100006"],
        },
        geometry=[
            shapely.box(10.9, 43.7, 11.012, 43.9),
            shapely.box(11.012, 43.7, 11.039, 43.9),
            shapely.box(11.039, 43.7, 11.1, 43.9),
        ],
        crs="EPSG:4326",
    )
    return streets(network, places)


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("Viale Giosuè Carducci", "100005-W"),
        ("V.LE GIOSUE’ CARDUCCI, 12/a".replace("’", ""), "100005-W"),
        ("v.le Giosuè Carducci n. 4", "100005-W"),
        ("Via XX Settembre 20", "100005-E"),
        ("via xx settembre, snc", "100005-E"),
        ("Via Rossi 3", None),
        ("Via XX Settembre 20, presso una famiglia", None),
        ("SR66 km 12", None),  # the other town's
        ("", None),
    ],
)
def test_a_street_is_found_with_and_without_its_number(found, address, place):
    assert found.place("100005", address) == place


@pytest.mark.parametrize("said", ["Via Pistoiese 4", "SR66", "s.r. 66", "S.R.66 Via Pistoiese"])
def test_a_road_has_a_number_and_a_name(found, said):
    assert found.place("100006", said) == "100006-0"


def test_streets_are_listed_as_they_are_written(found):
    assert found.names("100005") == {NAMES[0]: "100005-W", NAMES[1]: "100005-E"}
