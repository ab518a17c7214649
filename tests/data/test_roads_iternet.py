import geopandas as gpd
import numpy as np
import pytest
import shapely

from data.roads_iternet import read_iternet
from data.roads_report import Ticker
from geo.crs import declare_geographic, to_metric
from geo.errors import InputError
from geo.speeds import CLASSES, night_seconds
from tests.geo.towns import degrees

POINTS = degrees((0, 0), (1000, 0), (1000, 1000), (2000, 1000))


def frame(**changes) -> gpd.GeoDataFrame:
    """Three arcs in a row: two-way, one-way along, one-way against."""
    columns = {
        "node_from": ["A", "B", "C"],
        "node_to": ["B", "C", "D"],
        "road_name": ["VIA ROMA", "STRADA SENZA NOME", None],
        "oneway_from_to": [1, 1, 0],
        "oneway_to_from": [1, 0, 1],
        "max_speed": [50.0, 130.0, -1.0],
        "avg_speed": [36.0, 72.0, 18.0],
        "cost": [100.0, -1.0, np.nan],
    } | changes
    lines = [shapely.LineString(POINTS[[i, i + 1]]) for i in range(3)]
    return declare_geographic(gpd.GeoDataFrame(columns, geometry=lines))


def read(tmp_path, table):
    path = tmp_path / "iternet.gpkg"
    table.to_file(path, layer="roads")
    return read_iternet(path, Ticker())


def test_directions_times_names_and_classes(tmp_path):
    network = read(tmp_path, frame())
    assert network.source == "iternet"
    codes = "ABCD"
    arcs = {
        (codes[a], codes[b]): e
        for e, (a, b) in enumerate(zip(network.edge_from, network.edge_to, strict=True))
    }
    assert set(arcs) == {("A", "B"), ("B", "A"), ("B", "C"), ("D", "C")}
    seconds = {arc: network.edge_seconds[e] for arc, e in arcs.items()}
    assert seconds[("A", "B")] == seconds[("B", "A")] == 100
    assert seconds[("B", "C")] == pytest.approx(50, rel=1e-3)
    assert seconds[("D", "C")] == pytest.approx(200, rel=1e-3)
    assert network.road(arcs[("A", "B")]) == "VIA ROMA"
    assert network.road(arcs[("B", "C")]) is network.road(arcs[("D", "C")]) is None
    kinds = {arc: CLASSES[network.edge_class[e]] for arc, e in arcs.items()}
    assert kinds[("A", "B")] == "tertiary"
    assert kinds[("B", "C")] == "motorway"
    assert kinds[("D", "C")] == "unclassified"


def test_without_any_time_the_class_decides(tmp_path):
    network = read(tmp_path, frame(cost=[0.0] * 3, avg_speed=[0.0, -1.0, np.nan]))
    assert network.edge_seconds == pytest.approx(
        night_seconds(network.edge_length, network.edge_class)
    )


def test_another_projection_is_brought_home(tmp_path):
    network = read(tmp_path, to_metric(frame()))
    assert network.bounds == pytest.approx((*POINTS.min(axis=0), *POINTS.max(axis=0)), abs=1e-7)


def test_another_table_is_refused(tmp_path):
    with pytest.raises(InputError) as caught:
        read(tmp_path, frame().drop(columns=["cost", "node_to"]))
    assert caught.value.code == "network_columns"
    assert caught.value.fields["missing"] == "node_to, cost"


def test_arcs_that_do_not_meet_are_refused(tmp_path):
    with pytest.raises(InputError) as caught:
        read(tmp_path, frame(node_from=["A", "B", "A"]))
    assert caught.value.code == "network_source_broken"
    assert caught.value.fields["reason"] == "ends_apart"


def test_all_closed_is_empty(tmp_path):
    with pytest.raises(InputError, match="network_empty"):
        read(tmp_path, frame(oneway_from_to=[0] * 3, oneway_to_from=[0] * 3))
    with pytest.raises(InputError, match="network_empty"):
        read(tmp_path, frame().iloc[:0])


def test_other_geometry_and_missing_crs_are_refused(tmp_path):
    table = frame()
    with pytest.raises(InputError, match="network_source_broken"):
        read(tmp_path, table.set_geometry(table.geometry.representative_point()))
    bare = gpd.GeoDataFrame(table.drop(columns="geometry"), geometry=list(table.geometry))
    with (
        pytest.warns(UserWarning, match="crs"),
        pytest.raises(InputError, match="network_crs_missing"),
    ):
        read(tmp_path, bare)


def test_a_file_cut_off_is_refused(tmp_path):
    path = tmp_path / "iternet.gpkg"
    frame().to_file(path, layer="roads")
    path.write_bytes(path.read_bytes()[:3000])
    with pytest.raises(InputError, match="network_source_broken"):
        read_iternet(path, Ticker())


@pytest.mark.shared
def test_orbetello(shared):
    network = read_iternet(shared / "tuscany" / "iternet_orbetello.gpkg", Ticker())
    assert (network.nodes, network.edges) == (374, 2 * 519)
    assert (network.twin >= 0).all()
    assert "VIA AURELIA" in network.names
    assert "STRADA SENZA NOME" not in network.names
