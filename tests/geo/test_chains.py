import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.chains import along_curve, contract
from geo.snapping import point_along, snap
from geo.travel import matrix
from tests.geo.towns import Road, degrees, town, towns

LINE = {"A": (0, 0), "B": (1000, 0), "C": (2000, 0), "D": (2000, 900)}


def ends(network):
    """The edges as (from, to, metres, seconds), sorted."""
    columns = (network.edge_from, network.edge_to, network.edge_length, network.edge_seconds)
    return sorted(tuple(round(float(v)) for v in row) for row in zip(*columns, strict=True))


def test_a_node_in_passing_becomes_a_bend():
    network = contract(town(LINE, [Road("ABCD", "Via Lunga")]))
    assert (network.nodes, network.edges) == (2, 2)
    assert ends(network) == [(0, 1, 2900, 290), (1, 0, 2900, 290)]
    assert network.line(0) == pytest.approx(degrees(*LINE.values()), abs=1e-9)
    assert network.twin.tolist() == [1, 0]
    assert network.road(0) == "Via Lunga"


def test_one_way_roads_are_contracted_too():
    network = contract(town(LINE, [Road("ABCDA", one_way=True)]))
    assert (network.nodes, network.edges) == (1, 1)
    assert network.edge_from.tolist() == network.edge_to.tolist()


@pytest.mark.parametrize(
    "roads",
    [
        [Road("AB", "Via Uno"), Road("BC", "Via Due")],
        [Road("AB", kind="primary"), Road("BC", kind="secondary")],
        [Road("AB", one_way=True), Road("BC")],
        [Road("ABC"), Road("BD")],
    ],
)
def test_a_node_stays_where_name_class_or_direction_changes_or_roads_meet(roads):
    before = town(LINE if len(roads[0].course) == 3 else {k: LINE[k] for k in "ABC"}, roads)
    assert ends(contract(before)) == ends(before)


def test_ends_of_dead_ends_stay():
    network = contract(town(LINE, [Road("ABC"), Road("BD", "Vicolo Cieco")]))
    assert network.nodes == 4


def test_a_chain_of_different_speeds_keeps_its_time():
    network = contract(town(LINE, [Road("AB", speed=5.0), Road("BC", speed=20.0)]))
    assert network.edge_seconds.tolist() == pytest.approx([250, 250])


@settings(deadline=None, max_examples=150)
@given(towns(), st.data())
def test_contracting_changes_no_travel_time_between_junctions(network, data):
    small = contract(network)
    assert small.edges <= network.edges
    assert small.edge_length.sum() == pytest.approx(network.edge_length.sum())
    assert small.edge_seconds.sum() == pytest.approx(network.edge_seconds.sum())
    edges = np.flatnonzero(network.edge_class == 7)
    joined = edges[
        network.component[network.edge_from[edges]] == network.component[network.edge_to[edges]]
    ]
    if not len(joined):
        return
    chosen = data.draw(st.lists(st.sampled_from(joined.tolist()), min_size=2, max_size=4))
    points = np.array([point_along(network, edge, 0.0) for edge in chosen])
    before = matrix(network, snap(network, points))[0]
    after = matrix(small, snap(small, points))[0]
    # A junction may snap to another edge that ends there, or crosses it: compare where it did not.
    assert before.shape == after.shape
    assert (np.abs(before - after) <= 1).all()


def test_contracting_twice_is_contracting_once():
    network = contract(town(LINE, [Road("ABCD"), Road("BD")]))
    assert ends(contract(network)) == ends(network)


@settings(deadline=None, max_examples=100)
@given(towns())
def test_numbering_along_a_curve_keeps_every_road(network):
    curved = along_curve(network)

    def described(each):
        lon, lat = each.node_lon, each.node_lat
        return sorted(
            (
                lon[a],
                lat[a],
                lon[b],
                lat[b],
                each.edge_length[e],
                each.edge_seconds[e],
                int(each.edge_class[e]),
                each.road(e) or "",
                each.line(e).tolist(),
            )
            for e, (a, b) in enumerate(zip(each.edge_from, each.edge_to, strict=True))
        )

    assert described(curved) == described(network)
    assert (np.diff(curved.edge_from) >= 0).all()
