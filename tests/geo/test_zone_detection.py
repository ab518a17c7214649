"""From located contacts to stretches of road."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from sklearn.cluster import DBSCAN

from geo.crs import project, project_geometry
from geo.errors import InputError
from geo.road_cells import RoadCells, cut
from geo.stretch import stretch
from geo.zone_detection import DetectionRules, detect, zones_of_contacts
from geo.zones import MINIMUM_LENGTH, PlaceType, PresenceWindow, Zone, extent
from tests.geo.streets import ORIGIN, along, contacts, lonlat, river, straight, streets


def zone(code: str, geometry: shapely.Geometry) -> Zone:
    return Zone(code, code[:6], PlaceType.VIALE, geometry, (PresenceWindow("22:00", "02:00"),))


def east(geometry: shapely.Geometry) -> tuple[float, float]:
    """Metres from ORIGIN that a line begins and ends at, west to east."""
    west, _, far, _ = shapely.bounds(project_geometry(geometry)) - np.tile(ORIGIN, 2)
    return float(west), float(far)


def test_a_dense_stretch_is_found_and_scattered_contacts_are_not():
    spots = np.concatenate([along(1000, 1800, 40), along(3000, 6000, 7)])
    found = detect(cut(straight()), contacts(spots))
    (cluster,) = found.clusters
    assert (cluster.contacts, cluster.nights) == (40, 5)
    assert east(cluster.geometry) == pytest.approx((1000, 1800), abs=1)
    assert (found.clustered, found.scattered, found.few, found.off_road) == (40, 7, 0, 0)


def test_two_banks_are_two_zones():
    spots = np.concatenate([along(1200, 1800, 30), along(1200, 1800, 30, y=120)])
    cells = cut(river(length=3000, width=120))
    found = detect(cells, contacts(spots))
    assert [cluster.contacts for cluster in found.clusters] == [30, 30]
    banks = {round(float(cells.xy[c.posts, 1].mean() - ORIGIN[1])) for c in found.clusters}
    assert banks == {0, 120}
    # As the crow flies the two banks would be one place: the river is narrower than the reach.
    assert DetectionRules().reach > 120


def test_two_banks_beside_the_bridge_are_one_zone():
    spots = np.concatenate([along(0, 400, 30), along(0, 400, 30, y=120)])
    found = detect(cut(river(length=3000, width=120)), contacts(spots))
    assert [cluster.contacts for cluster in found.clusters] == [60]


def test_two_banks_of_the_arno(florence):
    cells = cut(florence)
    banks = [
        posts_on(cells, "Lungarno Serristori", (11.2643, 43.7649)),
        posts_on(cells, "Lungarno della Zecca Vecchia", (11.2649, 43.7664)),
    ]
    spots = cells.xy[np.repeat(np.concatenate(banks), 10)]
    rules = DetectionRules()
    planar = DBSCAN(eps=rules.reach, min_samples=rules.dense).fit(spots).labels_
    assert set(planar) == {0}, "as the crow flies the banks are one place"
    found = detect(cells, contacts(spots - ORIGIN, nights=6), rules).clusters
    assert len(found) == 2
    assert {frozenset(c.posts) for c in found} == {frozenset(bank) for bank in banks}
    assert all(extent(cluster.geometry) >= MINIMUM_LENGTH for cluster in found)


def posts_on(cells: RoadCells, road: str, near: tuple[float, float]) -> NDArray[np.int32]:
    """Posts of a named road within 100 m of a point."""
    mine = [cells.network.road(int(edge)) == road for edge in cells.edge]
    posts = np.unique([cells.start[mine], cells.end[mine]])
    apart = np.hypot(*(cells.xy[posts] - project(np.array([near]))).T)
    assert (apart < 100).sum() >= 3
    return posts[apart < 100]


@pytest.mark.parametrize(
    ("count", "nights", "clusters"), [(10, 3, 1), (9, 9, 0), (40, 2, 0), (10, 10, 1)]
)
def test_at_least_ten_contacts_on_three_nights(count, nights, clusters):
    found = detect(cut(straight()), contacts(along(1000, 1300, count), nights=nights))
    assert len(found.clusters) == clusters
    assert found.few == (0 if clusters else count)


def test_the_privacy_rule_cannot_be_loosened():
    for rule, value in (("contacts", 9), ("nights", 2), ("reach", 5.0), ("dense", 1)):
        with pytest.raises(InputError) as caught:
            DetectionRules(**{rule: value})
        assert caught.value.fields == {"rule": rule, "got": value}


def test_contacts_far_from_every_road_are_counted_and_left_out():
    spots = np.concatenate([along(1000, 1500, 20), along(1000, 1500, 5, y=80_000)])
    found = detect(cut(straight()), contacts(spots))
    assert (found.clustered, found.off_road) == (20, 5)


def test_nothing_comes_of_nothing():
    found = detect(cut(straight()), contacts(np.empty((0, 2))))
    assert (found.clusters, found.clustered, found.scattered) == ((), 0, 0)


def test_the_order_of_contacts_does_not_matter():
    spots = np.concatenate([along(500, 900, 25), along(3000, 3600, 25)])
    mixed = np.random.default_rng(4).permutation(spots)
    cells = cut(straight())
    first, second = detect(cells, contacts(spots)), detect(cells, contacts(mixed))
    assert [c.geometry.wkb for c in first.clusters] == [c.geometry.wkb for c in second.clusters]


def test_places_that_run_into_one_another_are_told_apart_by_density():
    spots = np.concatenate([along(500, 1000, 200), along(1000, 2500, 60), along(2500, 3000, 200)])
    found = detect(cut(straight()), contacts(spots))
    middles = sorted(sum(east(c.geometry)) / 2 for c in found.clusters)
    assert middles == pytest.approx([750, 2750], abs=250)


def test_one_long_place_stays_whole():
    found = detect(cut(straight()), contacts(along(500, 4500, 400)))
    (cluster,) = found.clusters
    assert east(cluster.geometry) == pytest.approx((500, 4500), abs=50)


def test_what_stands_on_one_spot_is_widened_to_a_stretch_whose_middle_is_not_the_spot():
    spot = 1330.0
    (cluster,) = detect(cut(straight()), contacts(np.tile([spot, 0.0], (30, 1)))).clusters
    west, far = east(cluster.geometry)
    assert west <= spot <= far
    assert far - west >= MINIMUM_LENGTH
    # Grown round the stone at 1250, whichever spot near it the contacts were made at.
    assert (west + far) / 2 == pytest.approx(1250, abs=30)


def test_where_the_roads_end_before_half_a_kilometre_there_is_no_zone():
    cells = cut(straight(400))
    found = detect(cells, contacts(along(100, 300, 30)))
    assert (found.clusters, found.few) == ((), 30)


def test_a_stretch_follows_the_roads_round_the_corner():
    cells = cut(streets([(0, 0), (1000, 0), (1000, 1000)], [(0, 1), (1, 2)]))
    posts = cells.nearest_posts(lonlat([(700, 0), (850, 0), (1000, 100), (1000, 250)]))
    line = stretch(cells, posts, 300)
    assert line.geom_type == "LineString"
    assert extent(line) == pytest.approx(550, abs=2)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000), count=st.integers(1, 40))
def test_a_stretch_holds_its_posts_in_one_piece_of_half_a_kilometre(seed, count):
    rng = np.random.default_rng(seed)
    grid = np.array([(x, y) for x in range(0, 1200, 150) for y in range(0, 1200, 150)])
    near = [
        (a, b) for a in range(len(grid)) for b in range(a) if abs(grid[a] - grid[b]).sum() == 150
    ]
    cells = cut(streets(grid, near))
    start = int(rng.integers(cells.posts))
    around = np.flatnonzero(cells.within(np.array([start]), 400) <= 400)
    posts = np.unique(rng.choice(around, min(count, len(around)), replace=False)).astype(np.int32)
    line = stretch(cells, posts, 800)
    metric = project_geometry(line)
    assert metric.length >= MINIMUM_LENGTH
    assert max(metric.distance(shapely.Point(*xy)) for xy in cells.xy[posts]) < 1
    assert metric.buffer(1).geom_type == "Polygon"


def test_a_contact_belongs_to_the_zone_on_its_own_bank():
    cells = cut(river())
    near = zone("048017-01", shapely.LineString(lonlat([(1000, 0), (1600, 0)])))
    far = zone("048017-02", shapely.LineString(lonlat([(1700, 120), (2300, 120)])))
    spots = lonlat([(1300, 5), (1300, 115), (1500, 118), (800, 0), (500, 0), (1300, 900)])
    assert zones_of_contacts(cells, [near, far], spots).tolist() == [
        "048017-01",
        "",
        "048017-02",
        "048017-01",
        "",
        "",
    ]
    assert zones_of_contacts(cells, [], spots).tolist() == [""] * 6


def test_detection_agrees_with_planar_clustering_where_roads_are_straight():
    rng = np.random.default_rng(9)
    xs = np.concatenate([rng.normal(c, 80, 50) for c in (800, 2600, 4700)])
    spots = np.column_stack([np.clip(xs, 0, 6000), np.zeros(len(xs))])
    planar = DBSCAN(eps=200, min_samples=5).fit(spots).labels_
    found = detect(cut(straight()), contacts(spots))
    sizes = np.bincount(planar[planar >= 0])
    assert sorted(c.contacts for c in found.clusters) == sorted(sizes[sizes >= 10].tolist())


def test_coordinates_turned_round_are_refused():
    given_ = contacts(along(1000, 1500, 20))
    turned = type(given_)(given_.lonlat[:, ::-1].copy(), given_.night)
    with pytest.raises(InputError, match="coordinates_swapped"):
        detect(cut(straight()), turned)


def test_what_is_found_prints_without_its_place():
    found = detect(cut(straight()), contacts(along(1000, 1500, 20)))
    assert repr(found.clusters) == "(Cluster(contacts=20, nights=5),)"
