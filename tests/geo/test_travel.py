import networkx as nx
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import InputError
from geo.network import RoadNetwork
from geo.snapping import Places, part_of_line, snap
from geo.travel import UNREACHABLE, isochrone, legs, matrix, path
from tests.geo.towns import Road, degrees, length_of, places_on, town, towns, towns_with_places

LINE = {"A": (0, 0), "B": (1000, 0), "C": (2000, 0)}
SQUARE = {"A": (0, 0), "B": (1000, 0), "C": (1000, 1000), "D": (0, 1000)}


def test_two_way_road_by_hand():
    network = town(LINE, [Road("ABC")])
    places = snap(network, degrees((250, 0), (500, 0), (1500, 0)))
    seconds, metres = matrix(network, places)
    assert seconds.tolist() == [[0, 25, 125], [25, 0, 100], [125, 100, 0]]
    assert metres.tolist() == [[0, 250, 1250], [250, 0, 1000], [1250, 1000, 0]]
    assert seconds.dtype == metres.dtype == np.int64


def test_one_way_road_leads_round_the_block():
    network = town(SQUARE, [Road("ABCDA", one_way=True)])
    places = places_on(network, [(0, 0.25), (0, 0.75), (1, 0.5)])
    seconds, metres = matrix(network, places)
    assert seconds.tolist() == [[0, 50, 125], [350, 0, 75], [275, 325, 0]]
    assert (metres == seconds * 10).all()


def test_a_short_cut_may_beat_the_same_edge():
    # Along the lane from 100 to 900 takes 400 s at 2 m/s; round by the fast road less.
    network = town(
        SQUARE,
        [Road("AB", "Lane", speed=2.0), Road("BCDA", "Ring", speed=50.0)],
    )
    places = places_on(network, [(0, 0.1), (0, 0.9)])
    seconds, metres = matrix(network, places)
    assert seconds[0, 1] == seconds[1, 0] == 50 + 60 + 50
    assert metres[0, 1] == 100 + 3000 + 100
    assert path(network, places, 0, 1).roads == ("Lane", "Ring", "Lane")


def test_of_parallel_roads_the_fastest_counts_with_its_own_metres():
    lon, lat = degrees((0, 0), (1000, 0)).T
    network = RoadNetwork.build(
        name="x",
        source="osm",
        licence="l",
        node_lon=lon,
        node_lat=lat,
        edge_from=[0, 0, 1],
        edge_to=[1, 1, 0],
        edge_class=[7, 7, 7],
        edge_names=["Curta", "Longa", "Back"],
        edge_length=[1000, 1500, 1000],
        edge_seconds=[200, 100, 100],
        lines=[
            degrees((0, 0), (1000, 0)),
            degrees((0, 0), (500, 559), (1000, 0)),
            degrees((1000, 0), (0, 0)),
        ],
    )
    places = places_on(network, [(2, 1.0), (2, 0.0)])
    seconds, metres = matrix(network, places)
    assert (seconds[0, 1], metres[0, 1]) == (100, 1500)
    assert path(network, places, 0, 1).roads == ("Longa",)


def test_metres_are_those_of_the_fastest_way_not_the_shortest():
    network = town(SQUARE, [Road("AB", speed=2.0), Road("ADCB", speed=20.0)])
    places = places_on(network, [(0, 0.0), (0, 1.0)])
    seconds, metres = matrix(network, places)
    assert (seconds[0, 1], metres[0, 1]) == (150, 3000)


def test_of_equally_fast_ways_the_shortest_counts():
    network = town(SQUARE, [Road("AB", speed=5.0), Road("ADCB", speed=15.0)])
    places = places_on(network, [(0, 0.0), (0, 1.0)])
    seconds, metres = matrix(network, places)
    assert (seconds[0, 1], metres[0, 1]) == (200, 1000)


def test_on_foot_one_ways_do_not_hold_and_trunk_roads_are_shut():
    network = town(SQUARE, [Road("AB", one_way=True), Road("BC", kind="trunk"), Road("CDA")])
    places = places_on(network, [(0, 0.0), (0, 0.9)])
    seconds, metres = matrix(network, places, "foot")
    assert metres.tolist() == [[0, 900], [900, 0]]
    assert seconds.tolist() == [[0, 720], [720, 0]]
    there = path(network, places, 1, 0, "foot")
    assert (there.seconds, there.metres) == (720, 900)
    assert shapely.get_coordinates(there.geometry) == pytest.approx(
        degrees((900, 0), (0, 0)), abs=1e-6
    )


def test_a_place_on_a_shut_road_is_unreachable_on_foot():
    network = town(SQUARE, [Road("AB", kind="trunk"), Road("BCDA")])
    places = places_on(network, [(0, 0.5), (2, 0.5)])
    seconds, _ = matrix(network, places, "foot")
    assert seconds.tolist() == [[0, UNREACHABLE], [UNREACHABLE, 0]]


def test_islands_are_unreachable_and_a_path_there_is_refused():
    network = town(LINE | {"X": (9000, 0), "Y": (9500, 0)}, [Road("ABC"), Road("XY")])
    places = snap(network, degrees((500, 0), (9100, 0)))
    seconds, metres = matrix(network, places)
    assert seconds.tolist() == metres.tolist() == [[0, UNREACHABLE], [UNREACHABLE, 0]]
    with pytest.raises(InputError) as caught:
        path(network, places, 0, 1)
    assert (caught.value.code, caught.value.fields) == ("no_way", {"start": 0, "end": 1})


def test_the_limit_cuts_and_is_inclusive():
    network = town(LINE, [Road("ABC")])
    places = snap(network, degrees((0, 0), (1000, 0), (1500, 0)))
    seconds, metres = matrix(network, places, limit_seconds=100)
    assert seconds[0].tolist() == [0, 100, UNREACHABLE]
    assert metres[0].tolist() == [0, 1000, UNREACHABLE]
    with pytest.raises(InputError, match="limit_negative"):
        matrix(network, places, limit_seconds=-1)


def test_no_places_make_an_empty_matrix():
    network = town(LINE, [Road("ABC")])
    seconds, metres = matrix(network, snap(network, []))
    assert seconds.shape == metres.shape == (0, 0)


def test_a_path_begins_and_ends_part_of_the_way_and_names_roads_in_order():
    network = town(
        SQUARE | {"E": (2000, 1000), "F": (2000, 2000)},
        [Road("AB", "Via Prima"), Road("BC"), Road("CE", "Via Prima"), Road("EF", "Via Terza")],
    )
    places = places_on(network, [(0, 0.5), (6, 0.5)])
    leg = path(network, places, 0, 1)
    assert shapely.get_coordinates(leg.geometry) == pytest.approx(
        degrees((500, 0), (1000, 0), (1000, 1000), (2000, 1000), (2000, 1500)), abs=1e-6
    )
    assert (leg.seconds, leg.metres) == (300, 3000)
    assert leg.roads == ("Via Prima", "Via Terza")


def test_a_path_to_itself_is_empty_but_valid():
    network = town(LINE, [Road("ABC", "Via Prima")])
    places = snap(network, degrees((500, 0), (500, 0)))
    for leg in (path(network, places, 0, 0), path(network, places, 0, 1)):
        assert (leg.seconds, leg.metres) == (0, 0)
        assert leg.geometry.is_empty
        assert leg.geometry.is_valid
        assert leg.geometry.geom_type == "LineString"
    assert path(network, places, 0, 0).roads == ()


def test_two_places_at_one_spot_of_a_one_way_road_are_no_way_apart():
    network = town(SQUARE, [Road("ABCDA", one_way=True)])
    places = places_on(network, [(0, 0.5), (0, 0.5), (0, 0.5)])
    assert matrix(network, places)[0].tolist() == [[0] * 3] * 3


def test_a_place_at_a_junction_is_the_junction():
    network = town(SQUARE | {"E": (1000, -500)}, [Road("ABCDA", one_way=True), Road("BE")])
    at_corner = [(0, 1.0), (1, 0.0), (4, 0.0)]
    places = places_on(network, [*at_corner, (4, 1.0), (2, 0.5)])
    seconds = matrix(network, places)[0]
    assert (seconds[:3, :3] == 0).all()
    assert (seconds[:3, 3] == 50).all()
    assert (seconds[:3, 4] == 150).all()
    assert (seconds[4, :3] == 250).all()


def test_legs_follow_an_order():
    network = town(LINE, [Road("ABC")])
    places = snap(network, degrees((0, 0), (1000, 0), (1500, 0)))
    assert [leg.metres for leg in legs(network, places, [0, 2, 1, 0])] == [1500, 500, 1000]
    assert legs(network, places, [1]) == ()


def test_isochrone_by_hand():
    network = town(LINE, [Road("ABC")])
    places = snap(network, degrees((1000, 0)))
    area = isochrone(network, places, 0, 60, width_m=50)
    assert area.geom_type == "Polygon"
    inside, outside = (
        degrees((420, 0), (1580, 0), (1000, 40)),
        degrees((340, 0), (1660, 0), (1000, 60)),
    )
    assert shapely.contains_xy(area, inside[:, 0], inside[:, 1]).all()
    assert not shapely.contains_xy(area, outside[:, 0], outside[:, 1]).any()


def test_isochrone_keeps_to_one_ways_and_grows():
    network = town(SQUARE, [Road("ABCDA", one_way=True)])
    places = snap(network, degrees((500, 0)))
    behind, ahead = degrees((300, 0))[0], degrees((700, 0))[0]
    small, large = (isochrone(network, places, 0, seconds) for seconds in (30, 400))
    assert shapely.contains_xy(small, *ahead)
    assert not shapely.contains_xy(small, *behind)
    assert shapely.contains_xy(large, *behind)
    assert large.area > small.area
    assert isochrone(network, places, 0, 0).area < small.area


def by_networkx(network: RoadNetwork, places: Places) -> np.ndarray:
    """Seconds between places by offset arithmetic on networkx's shortest paths."""
    graph = nx.DiGraph()
    graph.add_nodes_from(range(network.nodes))
    for e in range(network.edges):
        a, b, s = int(network.edge_from[e]), int(network.edge_to[e]), network.edge_seconds[e]
        if s < graph.get_edge_data(a, b, {"s": np.inf})["s"]:
            graph.add_edge(a, b, s=s)
    between = dict(nx.all_pairs_dijkstra_path_length(graph, weight="s"))
    sides = []
    for edge, fraction in zip(places.edge, places.fraction, strict=True):
        twin = network.twin[edge]
        sides.append([(int(edge), fraction)] + ([(int(twin), 1 - fraction)] if twin >= 0 else []))
    answer = np.full((len(places), len(places)), np.inf)
    for i, out in enumerate(sides):
        for j, into in enumerate(sides):
            for e, f in out:
                s, u, v = (
                    network.edge_seconds[e],
                    int(network.edge_from[e]),
                    int(network.edge_to[e]),
                )
                leaving = [(v, (1 - f) * s)] + ([(u, 0.0)] if f == 0 else [])
                for e2, f2 in into:
                    s2, u2, v2 = (
                        network.edge_seconds[e2],
                        int(network.edge_from[e2]),
                        int(network.edge_to[e2]),
                    )
                    arriving = [(u2, f2 * s2)] + ([(v2, 0.0)] if f2 == 1 else [])
                    if e == e2 and f2 >= f:
                        answer[i, j] = min(answer[i, j], (f2 - f) * s)
                    for a, before in leaving:
                        for b, after in arriving:
                            way = before + between[a].get(b, np.inf) + after
                            answer[i, j] = min(answer[i, j], way)
    return answer


@settings(deadline=None, max_examples=200)
@given(towns_with_places())
def test_matrix_agrees_with_offset_arithmetic_on_networkx(case):
    network, places = case
    seconds, metres = matrix(network, places)
    expected = by_networkx(network, places)
    assert np.array_equal(seconds < UNREACHABLE, np.isfinite(expected))
    assert np.array_equal(metres < UNREACHABLE, np.isfinite(expected))
    reached = np.isfinite(expected)
    # Whole milliseconds along at most twenty edges, and the seconds rounded up.
    assert (np.abs(seconds[reached] - expected[reached] - 0.5) <= 0.52).all()


@settings(deadline=None)
@given(towns_with_places(), st.sampled_from(["van", "foot"]))
def test_a_way_over_a_third_place_is_never_shorter(case, mode):
    seconds, _ = matrix(*case, mode)
    over = (seconds[:, :, None] + seconds[None, :, :]).min(axis=1)
    assert (seconds <= over).all()
    assert (np.diag(seconds) == 0).all()


@settings(deadline=None)
@given(towns_with_places(one_ways=False))
def test_on_two_way_roads_the_way_back_is_the_way_there(case):
    seconds, metres = matrix(*case)
    assert np.array_equal(seconds, seconds.T)
    assert np.array_equal(metres, metres.T)


@settings(deadline=None)
@given(towns_with_places())
def test_walking_knows_no_direction(case):
    seconds, metres = matrix(*case, "foot")
    assert np.array_equal(seconds, seconds.T)
    assert np.array_equal(metres, metres.T)


@settings(deadline=None, max_examples=60)
@given(towns_with_places(most=3), st.sampled_from(["van", "foot"]))
def test_a_path_is_what_the_matrix_says(case, mode):
    network, places = case
    seconds, metres = matrix(network, places, mode)
    for i in range(len(places)):
        for j in range(len(places)):
            if seconds[i, j] == UNREACHABLE:
                continue
            leg = path(network, places, i, j, mode)
            assert (leg.seconds, leg.metres) == (seconds[i, j], metres[i, j])
            # Straight roads whose lengths are those on the plane.
            assert length_of(leg.geometry) == pytest.approx(leg.metres, abs=1.5)
            if not leg.geometry.is_empty:
                ends = shapely.get_coordinates(leg.geometry)[[0, -1]]
                given = np.column_stack([places.lon, places.lat])[[i, j]]
                assert ends == pytest.approx(given, abs=1e-6)


@settings(deadline=None, max_examples=60)
@given(towns_with_places(), st.integers(0, 300))
def test_a_limit_hides_what_is_farther_and_changes_nothing_else(case, limit):
    whole, whole_metres = matrix(*case)
    cut, cut_metres = matrix(*case, limit_seconds=limit)
    assert np.array_equal(cut, np.where(whole <= limit, whole, UNREACHABLE))
    assert np.array_equal(cut_metres, np.where(whole <= limit, whole_metres, UNREACHABLE))


@settings(deadline=None, max_examples=40)
@given(towns(), st.data())
def test_other_places_change_nothing(network, data):
    spots = data.draw(
        st.lists(
            st.tuples(st.integers(0, network.edges - 1), st.floats(0, 1)), min_size=3, max_size=6
        )
    )
    places = places_on(network, spots)
    seconds, metres = matrix(network, places)
    few, few_metres = matrix(network, places.take([0, 1]))
    assert np.array_equal(seconds[:2, :2], few)
    assert np.array_equal(metres[:2, :2], few_metres)


@pytest.mark.shared
def test_real_streets_of_florence(florence):
    # The cathedral to the airport of Peretola: 7.2 km and about ten minutes by night.
    places = snap(florence, [[11.2560, 43.7731], [11.2020, 43.8027]])
    leg = path(florence, places, 0, 1)
    assert leg.metres == pytest.approx(7200, rel=0.15)
    assert 8 * 60 <= leg.seconds <= 16 * 60
    assert "Viale Alessandro Guidoni" in leg.roads or "Via Francesco Baracca" in leg.roads
    assert leg.geometry.is_simple
    on_road = part_of_line(florence, int(places.edge[0]), places.fraction[0], places.fraction[0])
    assert leg.geometry.coords[0] == pytest.approx(tuple(on_road[0]))
