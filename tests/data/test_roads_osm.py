import numpy as np
import osmnx
import pytest

from data.roads_graphml import read_graphml
from data.roads_osm import read_osm
from data.roads_report import Ticker, finish
from geo.errors import InputError
from geo.network import RoadNetwork
from geo.snapping import snap
from geo.speeds import CLASSES, night_speed
from geo.travel import UNREACHABLE, matrix
from tests.data.osm_files import write_network, write_osm, write_town
from tests.geo.towns import degrees

GRID = {10 * y + x: (400.0 * x, 400.0 * y) for y in range(1, 5) for x in range(1, 5)}
STREETS = [
    ([11, 12, 13, 14], {"highway": "primary", "name": "Viale", "maxspeed": "70"}),
    ([21, 22, 23, 24], {"highway": "residential", "name": "Via Seconda", "oneway": "yes"}),
    ([31, 32, 33, 34], {"highway": "residential", "name": "Via Terza", "oneway": "-1"}),
    ([41, 42, 43, 44], {"highway": "tertiary", "ref": "SP4", "maxspeed:backward": "30"}),
    ([11, 21, 31, 41], {"highway": "secondary"}),
    ([12, 22, 32, 42], {"highway": "unclassified", "maxspeed": "IT:rural"}),
    ([13, 23, 33, 43], {"highway": "unclassified", "maxspeed": "IT:urban"}),
    ([14, 24, 34, 44], {"highway": "living_street"}),
]
ENDINGS = [".osm", ".osm.pbf", ".osm.gz", ".osm.bz2"]


def read(path) -> RoadNetwork:
    return read_osm(path, Ticker())


def edges(network: RoadNetwork) -> set[tuple[int, int, str | None]]:
    """Edges as (from, to, name), nodes by their number in GRID."""
    lonlat = degrees(*GRID.values())
    numbers = list(GRID)

    def number(node: int) -> int:
        at = np.array([network.node_lon[node], network.node_lat[node]])
        return numbers[int(np.abs(lonlat - at).sum(axis=1).argmin())]

    return {
        (number(a), number(b), network.road(e))
        for e, (a, b) in enumerate(zip(network.edge_from, network.edge_to, strict=True))
    }


@pytest.mark.parametrize("ending", ENDINGS)
def test_every_format_reads_the_same(tmp_path, ending):
    network = read(write_town(tmp_path / f"grid{ending}", GRID, STREETS))
    assert (network.nodes, network.edges) == (16, 42)
    assert network.name == "grid"
    assert network.source == "osm"
    assert "OpenStreetMap" in network.licence


def test_ways_are_split_where_they_meet_and_run_the_right_way(tmp_path):
    network = read(write_town(tmp_path / "a.osm", GRID, STREETS))
    found = edges(network)
    assert {(11, 12, "Viale"), (12, 11, "Viale")} <= found
    assert (21, 22, "Via Seconda") in found
    assert (22, 21, "Via Seconda") not in found
    assert (32, 31, "Via Terza") in found
    assert (31, 32, "Via Terza") not in found
    assert (44, 43, "SP4") in found
    assert network.edge_length == pytest.approx(np.full(42, 400), rel=1e-3)


def test_limits_hold_by_direction(tmp_path):
    network = read(write_town(tmp_path / "a.osm", GRID, [STREETS[3], STREETS[0]]))
    speed = 3.6 * network.edge_length / network.edge_seconds
    tertiary, primary = CLASSES.index("tertiary"), CLASSES.index("primary")
    east = network.node_lon[network.edge_to] > network.node_lon[network.edge_from]
    assert speed[(network.edge_class == tertiary) & east] == pytest.approx(
        night_speed([tertiary])[0]
    )
    assert speed[(network.edge_class == tertiary) & ~east] == pytest.approx(
        night_speed([tertiary], [30])[0]
    )
    assert speed[network.edge_class == primary] == pytest.approx(night_speed([primary], [70])[0])


def test_what_no_van_may_drive_is_left_out(tmp_path):
    extra = [
        ([11, 22], {"highway": "residential", "access": "private"}),
        ([22, 33], {"highway": "track"}),
        ([33, 44], {"route": "ferry"}),
        ([33, 44], {"highway": "primary", "route": "ferry"}),
        ([14, 23], {"highway": "residential", "oneway": "reversible"}),
        ([23, 32], {"highway": "residential", "motor_vehicle": "no"}),
        ([32, 41], {"highway": "residential", "access": "destination"}),
        ([41], {"highway": "residential"}),
    ]
    plain = edges(read(write_town(tmp_path / "a.osm", GRID, STREETS)))
    more = edges(read(write_town(tmp_path / "b.osm", GRID, STREETS + extra)))
    assert more - plain == {(32, 41, None), (41, 32, None)}
    assert plain <= more


def test_a_roundabout_is_driven_one_way_round(tmp_path):
    ring = [
        ([22, 23, 33, 32, 22], {"highway": "tertiary", "junction": "roundabout"}),
        ([12, 22], {"highway": "tertiary"}),
        ([33, 43], {"highway": "tertiary"}),
    ]
    network, _ = finish(read(write_town(tmp_path / "a.osm", GRID, ring)), Ticker())
    places = snap(network, degrees(GRID[12], GRID[43]))
    metres = matrix(network, places)[1]
    assert metres[0, 1] == pytest.approx(400 + 800 + 400, abs=3)
    assert metres[1, 0] == pytest.approx(400 + 800 + 400, abs=3)
    beside = snap(network, degrees((1000, 1200), (1000, 800)))
    assert matrix(network, beside)[1][0, 1] == pytest.approx(800, abs=3)
    assert matrix(network, beside)[1][1, 0] == pytest.approx(800, abs=3)


def test_a_way_that_crosses_itself_is_split_there(tmp_path):
    loop = [([11, 12, 13, 23, 22, 12, 21], {"highway": "residential"})]
    network = read(write_town(tmp_path / "a.osm", GRID, loop))
    assert edges(network) == {
        (11, 12, None),
        (12, 11, None),
        (12, 12, None),
        (12, 21, None),
        (21, 12, None),
    }
    assert network.edges == 6


def test_nodes_that_the_extract_lacks_cut_the_way(tmp_path):
    nodes = {key: value for key, value in GRID.items() if key != 13}
    network = read(
        write_town(tmp_path / "a.osm", nodes, [([11, 12, 13, 14, 24], {"highway": "primary"})])
    )
    assert edges(network) == {(11, 12, None), (12, 11, None), (14, 24, None), (24, 14, None)}


def test_only_the_largest_part_is_kept_and_the_rest_reported(tmp_path):
    lonely = [
        ([41, 42], {"highway": "residential", "name": "Isola"}),
        ([13, 14], {"highway": "residential", "oneway": "yes"}),
    ]
    block = [([11, 12, 22, 21, 11], {"highway": "residential", "name": "Giro", "oneway": "yes"})]
    join = [([12, 13], {"highway": "residential"})]
    network = read(write_town(tmp_path / "a.osm", GRID, lonely + block + join))
    kept, report = finish(network, Ticker())
    assert kept.component.max() == 0
    assert edges(kept) == {(12, 12, "Giro"), (12, 13, None), (13, 12, None)}
    assert (report.nodes, report.edges) == (kept.nodes, kept.edges) == (2, 3)
    assert report.kilometres == pytest.approx(1.6 + 0.8, rel=1e-3)
    assert report.dropped_kilometres == pytest.approx(0.8 + 0.4, rel=1e-3)
    assert (report.dropped_parts, report.dropped_nodes) == (2, 3)
    assert report.named == pytest.approx(1 / 3)


@pytest.mark.parametrize("ending", [".osm", ".osm.pbf", ".osm.gz"])
def test_a_file_cut_off_is_refused(tmp_path, ending):
    path = write_town(tmp_path / f"grid{ending}", GRID, STREETS)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) * 2 // 3])
    with pytest.raises(InputError) as caught:
        read(path)
    assert caught.value.code == "network_source_broken"
    assert caught.value.fields["file"] == path.name


@pytest.mark.parametrize("ending", ENDINGS)
def test_another_kind_of_file_is_refused(tmp_path, ending):
    path = tmp_path / f"grid{ending}"
    path.write_text("place,lon,lat\nLucca,10.5,43.8\n")
    with pytest.raises(InputError, match="network_source_broken"):
        read(path)


def test_a_file_without_roads_is_refused(tmp_path):
    for name, ways in (("a", []), ("b", [([11, 12], {"highway": "footway"})])):
        with pytest.raises(InputError, match="network_empty"):
            read(write_town(tmp_path / f"{name}.osm", GRID, ways))
    gone = {key: GRID[key] for key in (11, 22)}
    with pytest.raises(InputError, match="network_empty"):
        read(write_town(tmp_path / "c.osm", gone, [([11, 12], {"highway": "primary"})]))


def test_another_area_is_refused(tmp_path):
    paris = {1: (2.35, 48.85), 2: (2.36, 48.85)}
    network = read(write_osm(tmp_path / "paris.osm", paris, [([1, 2], {"highway": "primary"})]))
    with pytest.raises(InputError) as caught:
        finish(network, Ticker())
    assert caught.value.code == "network_other_area"
    assert caught.value.fields == {"percent": 0}


def agree(one: RoadNetwork, other: RoadNetwork, points: np.ndarray) -> None:
    """Travel times and lengths between points are the same on both networks."""
    first, second = (matrix(n, snap(n, points)) for n in (one, other))
    assert (first[0] < UNREACHABLE).all()
    assert np.abs(first[0] - second[0]).max() <= 1
    assert np.abs(first[1] - second[1]).max() <= 2


RING = [([11, 12, 13, 14, 24, 34, 44, 43, 42, 41, 31, 21, 11], {"highway": "tertiary"})]


@pytest.mark.parametrize(
    ("ways", "simplify"),
    [
        ([*STREETS[:3], *STREETS[4:]], False),
        # osmnx's simplified edges keep no part of a merged road: here only like roads merge.
        (RING + STREETS[1:3] + STREETS[5:7], True),
    ],
)
def test_osmnx_and_we_read_the_same_town_from_the_same_file(tmp_path, ways, simplify):
    path = write_town(tmp_path / "grid.osm", GRID, ways)
    graph = osmnx.graph_from_xml(path, retain_all=True, simplify=simplify)
    osmnx.save_graphml(graph, tmp_path / "grid.graphml")
    ours, _ = finish(read(path), Ticker())
    theirs, _ = finish(read_graphml(tmp_path / "grid.graphml", Ticker()), Ticker())
    rng = np.random.default_rng(7)
    agree(ours, theirs, degrees(*rng.uniform(400, 1600, (12, 2))))


@pytest.mark.shared
def test_florence_from_a_pbf_and_from_graphml_agree_on_travel_times(shared, tmp_path):
    """The same area's graph by both ways: 30 places, every pair."""
    source = shared / "tuscany" / "florence_drive_scc.graphml.gz"
    graph = read_graphml(source, Ticker())
    # The limit that each edge's time was reckoned from, so that the tags say it again.
    limits = np.full(graph.edges, np.nan)
    for limit in (5.0, 10, 20, 25, 30, 40, 50, 60, 70, 80, 90, 100, 110, 130):
        meant = night_speed(graph.edge_class, np.full(graph.edges, limit))
        limits[np.isclose(3.6 * graph.edge_length / graph.edge_seconds, meant)] = limit
    path = write_network(tmp_path / "florence.osm.pbf", graph, limits)
    from_pbf, report = finish(read(path), Ticker())
    from_graphml, _ = finish(graph, Ticker())
    assert report.kilometres == pytest.approx(from_graphml.kilometres, rel=1e-4)
    rng = np.random.default_rng(3)
    rows = rng.choice(graph.nodes, 30, replace=False)
    agree(from_pbf, from_graphml, np.column_stack([graph.node_lon, graph.node_lat])[rows])
