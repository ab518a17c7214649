import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.crs import project
from geo.errors import InputError
from geo.snapping import check_coordinates, part_of_line, point_along, snap, usable
from tests.geo.towns import Road, degrees, town, towns

CROSS = {"A": (0, 0), "B": (1000, 0), "C": (500, 2000), "D": (500, 3000)}


def test_a_place_lies_part_of_the_way_along_the_nearest_road():
    network = town(CROSS, [Road("AB"), Road("CD")])
    places = snap(network, degrees((250, 40), (1000, -30), (480, 2900)))
    assert places.edge.tolist() == [0, 0, 2]
    assert places.fraction == pytest.approx([0.25, 1, 0.9], abs=1e-5)
    assert places.offset_m == pytest.approx([40, 30, 20], abs=0.02)
    assert np.column_stack([places.lon, places.lat]) == pytest.approx(
        degrees((250, 0), (1000, 0), (500, 2900)), abs=1e-6
    )
    assert len(places) == 3
    assert places.take([2, 0]).edge.tolist() == [2, 0]


def test_no_points_are_no_places():
    network = town(CROSS, [Road("AB")])
    assert len(snap(network, np.empty((0, 2)))) == 0
    assert len(snap(network, [])) == 0


def test_vans_do_not_stop_on_motorways_nor_walkers_on_trunk_roads():
    points = {
        "A": (0, 0),
        "B": (1000, 0),
        "C": (0, 50),
        "D": (1000, 50),
        "E": (0, 300),
        "F": (1000, 300),
    }
    network = town(
        points, [Road("AB", kind="motorway"), Road("CD", kind="trunk"), Road("EF", kind="service")]
    )
    at = degrees((500, 0))
    assert snap(network, at, "van").offset_m == pytest.approx([50], abs=0.02)
    assert snap(network, at, "foot").offset_m == pytest.approx([300], abs=0.02)


def test_no_place_lies_where_no_way_leads_back_from():
    points = {"A": (0, 0), "B": (1000, 0), "C": (1000, 900), "D": (3000, 0)}
    network = town(points, [Road("ABCA", one_way=True), Road("BD", one_way=True)])
    places = snap(network, degrees((2000, 0)), limit_m=1500)
    assert places.offset_m == pytest.approx([1000], abs=1)
    assert network.edge_to[places.edge[0]] != 3


def test_a_place_off_the_network_is_named_with_its_distance():
    network = town(CROSS, [Road("AB"), Road("CD")])
    with pytest.raises(InputError) as caught:
        snap(network, degrees((500, 10), (500, -3500)))
    assert caught.value.code == "place_off_network"
    assert caught.value.fields == {"index": 1, "metres": 3500}
    with pytest.raises(InputError) as caught:
        snap(network, degrees((500, -600)), limit_m=550)
    assert caught.value.fields == {"index": 0, "metres": 600}


@pytest.mark.parametrize("point", [[2.35, 48.85], [-100.0, 40.0], [99.0, 0.0], [170.0, -80.0]])
def test_the_other_side_of_the_world_is_only_off_the_network(point):
    with pytest.raises(InputError) as caught:
        snap(town(CROSS, [Road("AB")]), [point])
    assert caught.value.code == "place_off_network"
    assert caught.value.fields["metres"] > 800_000


def test_swapped_coordinates_are_seen():
    network = town(CROSS, [Road("AB")])
    off_somalia = degrees((500, 0), (400, 0))[:, ::-1]
    with pytest.raises(InputError) as caught:
        snap(network, np.concatenate([degrees((500, 0)), off_somalia]))
    assert caught.value.code == "coordinates_swapped"
    assert caught.value.fields == {"index": 1}


@pytest.mark.parametrize(
    "points", [[[np.nan, 43.0]], [[11.0, 91.0]], [[181.0, 43.0]], [[11.0, 43.0, 0.0]], [11.0, 43.0]]
)
def test_what_is_no_coordinate_is_refused(points):
    with pytest.raises(InputError, match="coordinates_invalid"):
        check_coordinates(points)


def test_points_elsewhere_are_coordinates_all_the_same():
    paris = [[2.35, 48.85]]
    assert check_coordinates(paris).tolist() == paris


def test_unknown_mode_and_a_network_without_a_stop_are_refused():
    network = town(CROSS, [Road("AB", kind="motorway")])
    with pytest.raises(InputError, match="mode_unknown"):
        usable(network, "boat")
    with pytest.raises(InputError, match="network_no_stopping"):
        snap(network, degrees((500, 0)))


def test_parts_of_a_line_run_either_way():
    network = town(CROSS | {"E": (1000, 1000)}, [Road("AB"), Road("BE")])
    assert part_of_line(network, 0, 0.2, 0.7) == pytest.approx(
        degrees((200, 0), (700, 0)), abs=1e-6
    )
    assert part_of_line(network, 0, 0.7, 0.2) == pytest.approx(
        degrees((700, 0), (200, 0)), abs=1e-6
    )
    assert point_along(network, 1, 0.5) == pytest.approx(tuple(degrees((500, 0))[0]), abs=1e-6)


@settings(deadline=None)
@given(towns(one_ways=False), st.floats(-500, 1500), st.floats(-500, 1500))
def test_nothing_on_the_network_lies_nearer(network, x, y):
    place = snap(network, degrees((x, y)), limit_m=5000)
    shares = np.linspace(0, 1, 11)
    around = np.array([point_along(network, e, s) for e in range(network.edges) for s in shares])
    metres = np.hypot(*(project(around) - project(degrees((x, y)))).T)
    assert place.offset_m[0] <= metres.min() + 0.05
    itself = project(np.array([[place.lon[0], place.lat[0]]])) - project(degrees((x, y)))
    assert np.hypot(*itself[0]) == pytest.approx(place.offset_m[0], abs=0.05)
