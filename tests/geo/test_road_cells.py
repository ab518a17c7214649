"""Roads cut into cells, and distances along them."""

import numpy as np
import pytest
import shapely

from geo.errors import InputError
from geo.road_cells import STEP, cut, lonlat_of, nearest_of
from tests.geo.streets import ORIGIN, lonlat, river, straight, streets


def post_at(cells, x, y=0.0):
    (post,) = cells.nearest_posts(lonlat([(x, y)]))
    return int(post)


def test_a_road_is_cut_into_equal_cells_of_at_most_a_step():
    cells = cut(straight(1010))
    assert len(cells.start) == 21
    assert cells.length.max() <= STEP
    assert np.ptp(cells.length) < 1e-9
    assert cells.length.sum() == pytest.approx(1010, rel=1e-3)
    xs = np.sort(cells.xy[:, 0] - ORIGIN[0])
    assert np.allclose(np.diff(xs), 1010 / 21, atol=0.01)


def test_every_stone_stands_within_half_a_kilometre():
    cells = cut(straight(6000))
    xs = np.sort(cells.xy[cells.stone, 0] - ORIGIN[0])
    assert np.diff(xs).max() <= 500 + STEP


def test_a_contact_is_counted_at_the_nearest_post_or_nowhere():
    cells = cut(straight(1000))
    spot = cells.xy[post_at(cells, 333, 40)] - ORIGIN
    assert spot == pytest.approx([350, 0], abs=1)
    assert cells.nearest_posts(lonlat([(333, 140)])).tolist() == [-1]
    assert cells.nearest_posts(lonlat([(333, 140)]), limit=150).tolist() == [post_at(cells, 333)]
    assert len(cells.nearest_posts(np.empty((0, 2)))) == 0
    with pytest.raises(InputError, match="coordinates_swapped"):
        cells.nearest_posts(lonlat([(333, 0)])[:, ::-1])


def test_the_other_bank_is_as_far_as_the_way_over_the_bridge():
    cells = cut(river(length=2000, width=120))
    here, there = post_at(cells, 900), post_at(cells, 900, 120)
    assert cells.within(np.array([here]), 3000)[there] == pytest.approx(900 + 120 + 900, rel=0.01)
    assert np.isinf(cells.within(np.array([here]), 1000)[there])


def test_neighbours_are_the_limited_shortest_ways():
    grid = np.array([(x, y) for x in range(0, 5000, 400) for y in range(0, 5000, 400)])
    near = [
        (a, b) for a in range(len(grid)) for b in range(a) if abs(grid[a] - grid[b]).sum() == 400
    ]
    cells = cut(streets(grid, near))
    posts = np.random.default_rng(1).choice(cells.posts, 300, replace=False)
    found = cells.neighbours(posts, 450.0)
    for row in range(0, 300, 29):
        ways = cells.within(posts[[row]], 450.0)[posts]
        assert found[[row]].indices.tolist() == np.flatnonzero(np.isfinite(ways)).tolist()
        assert np.allclose(found[[row]].data, ways[np.isfinite(ways)])


def test_parallel_roads_and_rings_do_not_add_up():
    lon, lat = lonlat([(0, 0), (300, 0)]).T
    network = streets([(0, 0), (300, 0), (150, 200)], [(0, 1), (0, 1), (0, 2), (2, 1)])
    cells = cut(network, step=1000)
    first, last = cells.nearest_posts(np.column_stack([lon, lat]))
    assert cells.within(np.array([first]), 2000)[last] == pytest.approx(300, rel=0.01)


def test_geometry_joins_cells_that_follow_one_another():
    cells = cut(straight(1000))
    line = cells.geometry(np.array([4, 3, 5], dtype=np.int32))
    assert line.geom_type == "LineString"
    assert shapely.length(shapely.transform(line, lambda p: p)) > 0
    ends = lonlat([(150, 0), (300, 0)])
    assert np.allclose(shapely.get_coordinates(line)[[0, -1]], ends, atol=1e-6)


def test_a_zone_has_the_posts_beside_it_and_not_those_over_the_river():
    cells = cut(river())
    zone = shapely.LineString(lonlat([(1000, 10), (1600, 10)]))
    spots = cells.xy[cells.posts_of(zone)] - ORIGIN
    assert np.allclose(spots[:, 1], 0, atol=1)
    assert spots[:, 0].min() == pytest.approx(1000, abs=40)
    far = shapely.LineString(lonlat([(1000, -900), (1600, -900)]))
    assert len(cells.posts_of(far)) == 1


def test_the_nearest_group_along_the_roads():
    cells = cut(river())
    groups = [np.array([post_at(cells, 500)]), np.array([post_at(cells, 500, 120)])]
    owner, metres = nearest_of(cells, groups, 600)
    assert owner[post_at(cells, 700)] == 0
    assert owner[post_at(cells, 700, 120)] == 1
    assert metres[post_at(cells, 700)] == pytest.approx(200, rel=0.01)
    assert owner[post_at(cells, 2500)] == -1
    assert (nearest_of(cells, [], 600)[0] == -1).all()


def test_posts_have_their_place():
    cells = cut(straight(1000))
    assert lonlat_of(cells, np.array([0])) == pytest.approx(lonlat([(0, 0)]), abs=1e-9)
