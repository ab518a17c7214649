"""The ground under the maps: made once, whole, public, and anew for another network."""

import json

import pytest

from data.roads import load_network
from geo.municipalities import municipalities, municipality_of
from layers.palette import LIGHT
from screens.basemap import _places, chart, folder, ground
from tests.layers.test_layers import WORDS, network


def test_the_files_are_made_once_and_renamed_into_place(home):
    first = ground(home, network(["motorway"]))
    written = {path: path.stat().st_mtime_ns for path in folder(home).iterdir()}
    assert ground(home, network(["motorway"])) == first
    assert {path: path.stat().st_mtime_ns for path in folder(home).iterdir()} == written
    names = {f"/base/{path.name}" for path in written}
    assert names == {first.territory, first.roads, first.places}


def test_another_network_has_roads_of_its_own_on_the_same_ground(home):
    one, other = (ground(home, network([kind])) for kind in ("motorway", "primary"))
    assert one.roads != other.roads
    assert (one.territory, one.places) == (other.territory, other.places)
    kept = json.loads((folder(home) / one.roads.split("/")[-1]).read_text(encoding="utf-8"))
    assert [f["properties"]["kind"] for f in kept["features"]] == ["motorway"]


def test_every_municipality_is_named_once_inside_its_borders():
    features = _places()["features"]
    frame = municipalities()
    names = dict(zip(frame["istat"], frame["name"], strict=True))
    assert sorted(f["properties"]["name"] for f in features) == sorted(names.values())
    spots = [f["geometry"]["coordinates"] for f in features]
    found = [names.get(code) for code in municipality_of(frame, spots)]
    right = sum(f["properties"]["name"] == name for f, name in zip(features, found, strict=True))
    assert right >= 0.97 * len(features)


def test_the_ten_capitals_come_first():
    capitals = [
        f["properties"]["name"] for f in _places()["features"] if f["properties"]["capital"]
    ]
    assert len(capitals) == 10
    assert {"Firenze", "Massa", "Prato"} <= set(capitals)


@pytest.mark.parametrize("part", ["territory", "roads", "places"])
def test_the_map_asks_for_each_part(home, part):
    made = ground(home, load_network(home))
    page = chart(made, LIGHT, WORDS)
    assert any(
        getattr(child, "url", None) == getattr(made, part) for child in page._children.values()
    )
