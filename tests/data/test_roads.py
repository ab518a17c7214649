import gzip
import logging
import os

import numpy as np
import pytest

from data import roads
from data.roads import import_network, load_network, network_file, network_info
from geo.errors import InputError, MissingError
from geo.network import RoadNetwork
from geo.snapping import TUSCANY
from tests.data.osm_files import write_osm, write_town
from tests.data.osm_server import Town, loopback_only, serving
from tests.data.test_roads_osm import GRID, STREETS
from tests.data.test_roads_overpass import NODES, servers


@pytest.fixture
def town_file(tmp_path):
    return write_town(tmp_path / "town.osm.pbf", GRID, STREETS)


def test_without_an_import_the_packaged_network_serves(home):
    network = load_network(home)
    assert network.source == "schematic"
    assert network.nodes >= 900
    info = network_info(home)
    assert (info.nodes, info.edges, info.dropped_nodes) == (network.nodes, network.edges, 0)


def test_the_packaged_network_is_kept_and_made_anew_where_the_copy_is_damaged(home, monkeypatch):
    monkeypatch.setattr(roads, "_PACKAGED", {})
    made = load_network(home)
    [kept] = (home / "cache").glob("schematic-*.npz")
    kept_at = kept.stat().st_mtime_ns
    roads._PACKAGED.clear()
    assert load_network(home).fingerprint == made.fingerprint
    assert kept.stat().st_mtime_ns == kept_at
    kept.write_bytes(kept.read_bytes()[:1000])
    roads._PACKAGED.clear()
    assert load_network(home).fingerprint == made.fingerprint
    assert RoadNetwork.load(kept).fingerprint == made.fingerprint


def test_an_import_is_reported_and_in_use_at_once(home, town_file):
    load_network(home)
    report = import_network(town_file, home)
    assert report.name == "town"
    assert report.kilometres == pytest.approx(16.8, rel=1e-3)
    network = load_network(home)
    assert (network.nodes, network.edges) == (report.nodes, report.edges)
    assert network_info(home) == report
    assert load_network(home) is network


def test_a_later_import_replaces_the_one_in_memory(home, town_file, tmp_path):
    import_network(town_file, home)
    first = load_network(home)
    import_network(write_town(tmp_path / "two.osm", GRID, STREETS[:1]), home)
    assert load_network(home).edges < first.edges


def test_progress_names_the_phases_in_order(home, town_file):
    phases = []
    import_network(town_file, home, lambda phase, count: phases.append(phase))
    assert list(dict.fromkeys(phases)) == ["ways", "nodes", "edges", "joining"]


@pytest.mark.parametrize("stop", ["ways", "nodes", "edges", "joining"])
def test_an_import_given_up_leaves_the_old_network(home, town_file, tmp_path, stop):
    import_network(town_file, home)
    before = network_file(home).read_bytes()
    other = write_town(tmp_path / "two.osm", GRID, STREETS[:1])
    with pytest.raises(InputError, match="import_cancelled"):
        import_network(other, home, lambda phase, _: phase != stop)
    assert network_file(home).read_bytes() == before
    assert [file.name for file in home.iterdir() if file.is_file()] == ["network.npz"]


def test_an_import_that_is_killed_while_writing_leaves_the_old_network(
    home, town_file, tmp_path, monkeypatch
):
    import_network(town_file, home)
    before = load_network(home).fingerprint
    other = write_town(tmp_path / "two.osm", GRID, STREETS[:1])

    def killed(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", killed)
    with pytest.raises(KeyboardInterrupt):
        import_network(other, home)
    assert load_network(home).fingerprint == before
    assert [file.name for file in home.iterdir() if file.is_file()] == ["network.npz"]


def test_broken_and_foreign_sources_leave_the_old_network(home, town_file, tmp_path):
    import_network(town_file, home)
    before = network_file(home).read_bytes()
    cut = tmp_path / "cut.osm.pbf"
    cut.write_bytes(town_file.read_bytes()[:200])
    paris = {1: (2.35, 48.85), 2: (2.36, 48.85)}
    away = write_osm(tmp_path / "paris.osm", paris, [([1, 2], {"highway": "primary"})])
    for source, code in ((cut, "network_source_broken"), (away, "network_other_area")):
        with pytest.raises(InputError, match=code):
            import_network(source, home)
    assert network_file(home).read_bytes() == before


def test_files_that_are_not_there_or_of_no_known_kind(home, tmp_path):
    for name in ("none.osm.pbf", "none.graphml", "deep/none.gpkg", "none.zip"):
        with pytest.raises(MissingError, match="file_missing"):
            import_network(tmp_path / name, home)
    table = tmp_path / "roads.csv"
    table.write_text("a,b\n")
    with pytest.raises(InputError) as caught:
        import_network(table, home)
    assert caught.value.code == "network_source_kind"
    assert ".osm.pbf" in caught.value.fields["expected"]


def test_a_place_is_downloaded(home, monkeypatch):
    with serving(Town(NODES, STREETS)) as town, loopback_only(monkeypatch) as refused:
        report = import_network("Borgo, Toscana", home, servers=servers(town))
    assert refused == []
    assert (report.source, report.name) == ("osm", "Borgo, Toscana")
    assert load_network(home).source == "osm"
    assert {path.name for path in home.iterdir()} == {"network.npz", "cache"}


def test_a_text_is_a_place_and_never_a_file(home, town_file, monkeypatch):
    with (
        serving(Town(NODES, STREETS)) as town,
        loopback_only(monkeypatch),
        pytest.raises(MissingError, match="place_unknown"),
    ):
        import_network(str(town_file), home, servers=servers(town))


def test_a_damaged_network_in_use_says_so(home, town_file):
    import_network(town_file, home)
    file = network_file(home)
    file.write_bytes(file.read_bytes()[:500])
    with pytest.raises(InputError, match="network_file_broken"):
        load_network(home)


def test_the_log_holds_no_coordinate(home, town_file, caplog):
    with caplog.at_level(logging.DEBUG):
        import_network(town_file, home)
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("data.")]
    assert ours
    west, south, east, north = TUSCANY
    for message in ours:
        for word in message.replace(",", " ").split():
            try:
                value = float(word)
            except ValueError:
                continue
            assert "." not in word or not (west <= value <= east or south <= value <= north)


@pytest.mark.shared
def test_the_real_files(home, shared):
    orbetello = import_network(shared / "tuscany" / "iternet_orbetello.gpkg", home)
    assert (orbetello.source, orbetello.dropped_parts) == ("iternet", 0)
    florence = import_network(shared / "tuscany" / "florence_drive_scc.graphml.gz", home)
    assert florence.dropped_nodes == 0
    assert florence.nodes < 17_338
    assert load_network(home).kilometres == pytest.approx(florence.kilometres)


def test_a_cut_off_graphml_leaves_the_old_network(home, town_file, tmp_path):
    import_network(town_file, home)
    before = network_file(home).read_bytes()
    path = tmp_path / "cut.graphml.gz"
    path.write_bytes(gzip.compress(b"<graphml>" + np.random.default_rng(1).bytes(5000))[:2000])
    with pytest.raises(InputError, match="network_source_broken"):
        import_network(path, home)
    assert network_file(home).read_bytes() == before
