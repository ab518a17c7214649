import gzip

import numpy as np
import osmnx
import pytest

from data.roads_graphml import mean_limit, read_graphml, values
from data.roads_report import Ticker
from geo.errors import InputError
from geo.speeds import CLASSES, night_speed
from tests.data.osm_files import write_town

TOWN = {1: (0.0, 0.0), 2: (500.0, 0.0), 3: (500.0, 500.0), 4: (1000.0, 500.0), 5: (700.0, 250.0)}
WAYS = [
    ([1, 2, 5, 3], {"highway": "primary", "name": "Viale Grande", "maxspeed": "70"}),
    ([3, 4], {"highway": "residential", "oneway": "yes"}),
    ([2, 4], {"highway": "footway"}),
]


@pytest.fixture
def graphml(tmp_path):
    graph = osmnx.graph_from_xml(write_town(tmp_path / "t.osm", TOWN, WAYS), retain_all=True)
    path = tmp_path / "town.graphml"
    osmnx.save_graphml(graph, path)
    return path


def test_reads_what_osmnx_wrote(graphml):
    network = read_graphml(graphml, Ticker())
    assert (network.source, network.name) == ("graphml", "town")
    assert (network.nodes, network.edges) == (4, 5)
    primary = network.edge_class == CLASSES.index("primary")
    assert {network.road(e) for e in np.flatnonzero(primary)} == {"Viale Grande"}
    assert 3.6 * network.edge_length[primary] / network.edge_seconds[primary] == pytest.approx(
        night_speed([2 + 2], [70])[0]
    )
    assert sorted(network.twin >= 0) == [False, True, True, True, True]


def test_zipped_reads_the_same(graphml, tmp_path):
    zipped = tmp_path / "zip" / "town.graphml.gz"
    zipped.parent.mkdir()
    zipped.write_bytes(gzip.compress(graphml.read_bytes()))
    assert read_graphml(zipped, Ticker()).fingerprint == read_graphml(graphml, Ticker()).fingerprint


@pytest.mark.parametrize("zipped", [False, True])
def test_a_file_cut_off_is_refused(graphml, tmp_path, zipped):
    content = graphml.read_bytes()
    content = gzip.compress(content) if zipped else content
    broken = tmp_path / "broken.graphml"
    broken.write_bytes(content[: len(content) // 2])
    with pytest.raises(InputError) as caught:
        read_graphml(broken, Ticker())
    assert caught.value.code == "network_source_broken"
    assert caught.value.fields == {"file": "broken.graphml", "reason": "cut_off"}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('attr.name="x"', 'attr.name="z"'),
        ("LINESTRING", "LINEBREAK"),
        ('target="', 'target="9'),
        (">Viale Grande<", ">[Viale Grande<"),
    ],
)
def test_other_content_is_refused(graphml, old, new):
    text = graphml.read_text()
    assert old in text
    graphml.write_text(text.replace(old, new))
    with pytest.raises(InputError) as caught:
        read_graphml(graphml, Ticker())
    assert caught.value.code == "network_source_broken"
    assert caught.value.fields["reason"] == "content"


def test_a_projected_graph_says_so(graphml, tmp_path):
    projected = osmnx.project_graph(osmnx.load_graphml(graphml))
    path = tmp_path / "utm.graphml"
    osmnx.save_graphml(projected, path)
    with pytest.raises(InputError) as caught:
        read_graphml(path, Ticker())
    assert caught.value.code == "network_projected"
    assert caught.value.fields["crs"].lower().startswith("epsg:326")


def test_a_graph_without_roads_for_vans_is_empty(graphml):
    text = graphml.read_text().replace("primary", "path").replace("residential", "steps")
    graphml.write_text(text)
    with pytest.raises(InputError, match="network_empty"):
        read_graphml(graphml, Ticker())


def test_private_roads_are_left_out(graphml):
    text = graphml.read_text()
    key = 'attr.name="name"'
    graphml.write_text(text.replace(key, 'attr.name="access"').replace("Viale Grande", "private"))
    assert read_graphml(graphml, Ticker()).edges == 1


def test_values_of_merged_edges():
    assert values(None) == []
    assert values("50") == ["50"]
    assert values("['50', '70']") == ["50", "70"]
    assert values("[50, 70]") == ["50", "70"]


def test_the_limit_of_a_merged_edge_is_the_mean():
    assert mean_limit({"maxspeed": "['50', '70']"}) == 60
    assert np.isnan(mean_limit({}))
    both = {"maxspeed": "50", "maxspeed:forward": "70", "maxspeed:backward": "30"}
    assert mean_limit(both | {"reversed": "False"}) == 70
    assert mean_limit(both | {"reversed": "True"}) == 30


@pytest.mark.shared
def test_florence(shared):
    network = read_graphml(shared / "tuscany" / "florence_drive_scc.graphml.gz", Ticker())
    assert (network.nodes, network.edges) == (17_338, 35_312)
    assert network.component.max() == 0
    assert network.kilometres == pytest.approx(2777, rel=2e-3)
    assert np.mean(network.edge_name >= 0) == pytest.approx(0.65, abs=0.01)
    assert np.mean(network.twin < 0) == pytest.approx(0.267, abs=0.001)
