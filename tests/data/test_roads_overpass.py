import socket

import pytest
import shapely
from osmnx import settings

from data.roads_osm import read_osm
from data.roads_overpass import read_overpass
from data.roads_report import Servers, Ticker, finish
from geo.errors import InputError, MissingError
from tests.data.osm_files import write_osm
from tests.data.osm_server import Town, loopback_only, serving
from tests.data.test_roads_osm import GRID, STREETS, agree
from tests.geo.towns import degrees

NODES = dict(zip(GRID, map(tuple, degrees(*GRID.values()).tolist()), strict=True))
FOOTPATH = ([11, 22], {"highway": "footway"})


@pytest.fixture
def town(monkeypatch):
    with serving(Town(NODES, STREETS)) as served, loopback_only(monkeypatch) as refused:
        yield served
    assert refused == []


def servers(town: Town) -> Servers:
    return Servers(f"{town.base}/api", town.base)


def test_a_place_is_found_asked_for_and_read(town, tmp_path):
    network = read_overpass("Borgo, Toscana", tmp_path / "osm", servers(town), Ticker())
    assert [path for path, _ in town.asked] == [
        "/api/status",
        "/search",
        "/api/status",
        "/api/interpreter",
    ]
    assert town.asked[1][1]["q"] == ["Borgo, Toscana"]
    query = town.asked[-1][1]["data"][0]
    assert '["highway"]' in query
    assert "poly:" in query
    assert (network.source, network.name) == ("osm", "Borgo, Toscana")
    assert "OpenStreetMap" in network.licence


def test_the_download_agrees_with_the_file_of_the_same_roads(town, tmp_path):
    outline = shapely.box(*shapely.total_bounds(shapely.MultiPoint(list(NODES.values())))).buffer(
        0.01
    )
    downloaded, _ = finish(
        read_overpass(outline, tmp_path / "osm", servers(town), Ticker()), Ticker()
    )
    file = write_osm(tmp_path / "town.osm", NODES, STREETS)
    from_file, _ = finish(read_osm(file, Ticker()), Ticker())
    assert downloaded.kilometres == pytest.approx(from_file.kilometres, rel=1e-6)
    points = degrees((450, 400), (1500, 850), (1600, 1400), (700, 1600), (1200, 1000))
    agree(downloaded, from_file, points)


def test_asking_again_asks_nobody_for_roads(town, tmp_path):
    first = read_overpass("Borgo, Toscana", tmp_path, servers(town), Ticker())
    asked = len(town.asked)
    second = read_overpass("Borgo, Toscana", tmp_path, servers(town), Ticker())
    assert [path for path, _ in town.asked[asked:]] == ["/api/status"]
    assert second.fingerprint == first.fingerprint


def test_an_unknown_place(town, tmp_path):
    with pytest.raises(MissingError) as caught:
        read_overpass("Atlantide", tmp_path, servers(town), Ticker())
    assert (caught.value.code, caught.value.fields) == ("place_unknown", {"place": "Atlantide"})


def test_no_roads_there(town, tmp_path):
    town.ways = [FOOTPATH]
    with pytest.raises(InputError, match="network_empty"):
        read_overpass("Borgo, Toscana", tmp_path / "a", servers(town), Ticker())
    town.nodes, town.ways = {}, []
    outline = shapely.box(11.24, 43.75, 11.28, 43.79)
    with pytest.raises(InputError, match="network_empty"):
        read_overpass(outline, tmp_path / "b", servers(town), Ticker())


@pytest.mark.parametrize(("status", "reason"), [(500, "status"), (400, "status")])
def test_a_server_that_fails(town, tmp_path, status, reason):
    town.status = status
    with pytest.raises(InputError) as caught:
        read_overpass("Borgo, Toscana", tmp_path, servers(town), Ticker())
    assert (caught.value.code, caught.value.fields) == ("network_unreachable", {"reason": reason})


def test_a_server_that_is_not_there(town, tmp_path):
    outline = shapely.box(11.24, 43.75, 11.28, 43.79)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{free.getsockname()[1]}"
    with pytest.raises(InputError) as caught:
        read_overpass(outline, tmp_path, Servers(nobody, nobody), Ticker())
    assert caught.value.code == "network_unreachable"
    assert caught.value.fields == {"reason": "ConnectionError"}


def test_the_settings_of_osmnx_are_put_back(town, tmp_path):
    before = {key: value for key, value in vars(settings).items() if key.islower()}
    resolve = socket.getaddrinfo
    read_overpass("Borgo, Toscana", tmp_path, servers(town), Ticker())
    assert {key: value for key, value in vars(settings).items() if key.islower()} == before
    assert socket.getaddrinfo is resolve
