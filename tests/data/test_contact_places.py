import numpy as np
import shapely

from data.contact_places import nearest_zones, zones_along_roads
from geo.road_cells import cut
from geo.zones import PlaceType, PresenceWindow, Zone
from tests.geo.streets import lonlat, river, straight

LIMIT = 300.0


def zone(code, *xy):
    line = shapely.LineString(lonlat(xy))
    return Zone(code, code[:6], PlaceType.VIALE, line, (PresenceWindow("22:00", "02:00"),))


def found(spots, zones, network):
    points = lonlat(spots)
    crow = nearest_zones(points, zones, 20_000)
    which, unknown = zones_along_roads(points, zones, LIMIT, cut(network), crow)
    return which.tolist(), unknown.tolist()


def test_the_other_bank_is_not_the_zones():
    south = zone("048017-01", (1000, 0), (1600, 0))
    spots = [(1300, 5), (1300, 118), (1750, 0), (2000, 0)]
    which, unknown = found(spots, [south], river())
    assert which == [0, -1, 0, -1]
    assert not any(unknown)
    metres = nearest_zones(lonlat(spots), [south], LIMIT)[1]
    assert metres[1] < LIMIT, "as the crow flies the other bank is near"


def test_who_stands_on_a_zone_belongs_to_it_whatever_the_roads_say():
    both = [zone("048017-01", (1000, 0), (1600, 0)), zone("048017-02", (1000, 60), (1600, 60))]
    assert found([(1300, 50)], both, straight()) == ([1], [False])


def test_where_no_road_is_known_the_nearest_counts_and_it_is_said():
    aside = zone("048017-01", (1000, 900), (1600, 900))
    assert found([(1300, 1000), (1300, 1300)], [aside], straight()) == ([0, -1], [True, False])


def test_a_file_without_any_coordinate_has_nothing_to_find():
    points = np.full((3, 2), np.nan)
    crow = nearest_zones(points, [], 20_000)
    which, unknown = zones_along_roads(points, [], LIMIT, cut(straight()), crow)
    assert which.tolist() == [-1, -1, -1]
    assert not unknown.any()
