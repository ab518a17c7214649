from dataclasses import replace

import pytest
import shapely

from geo.crs import project_geometry, unproject_geometry
from geo.errors import InputError
from geo.zones import Access, PlaceType, PresenceWindow, Zone, extent, middle

ORIGIN = project_geometry(shapely.Point(11.0, 43.5))


def line(metres: float) -> shapely.LineString:
    return unproject_geometry(
        shapely.LineString([(ORIGIN.x, ORIGIN.y), (ORIGIN.x + metres, ORIGIN.y)])
    )


ZONE = Zone(
    code="052015-01",
    municipality="052015",
    place_type=PlaceType.PROVINCIALE,
    geometry=line(800),
    windows=(PresenceWindow("21:00", "01:00"),),
)


def test_a_zone_stops_a_route_in_its_middle():
    lon, lat = ZONE.stopping_place()
    found = project_geometry(shapely.Point(lon, lat))
    assert found.distance(shapely.Point(ORIGIN.x + 400, ORIGIN.y)) < 1
    assert ZONE.province_code == "052"
    assert ZONE.access is Access.VAN


def test_extent_of_lines_and_areas():
    assert extent(line(800)) == pytest.approx(800, abs=0.5)
    area = unproject_geometry(shapely.box(ORIGIN.x, ORIGIN.y, ORIGIN.x + 300, ORIGIN.y + 700))
    assert extent(area) == pytest.approx(700, abs=0.5)
    assert area.contains(shapely.Point(middle(area)))


def test_a_broken_line_stops_on_its_longest_part():
    parts = shapely.MultiLineString([line(100), shapely.transform(line(900), lambda c: c + 0.01)])
    lon, lat = middle(parts)
    assert parts.geoms[1].distance(shapely.Point(lon, lat)) < 1e-9


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"code": "Via Roma 12"}, "zone_code"),
        ({"municipality": "048017"}, "zone_municipality"),
        ({"geometry": line(499)}, "zone_too_small"),
        ({"geometry": shapely.Point(11, 43.5)}, "zone_too_small"),
        ({"geometry": shapely.LineString()}, "zone_too_small"),
        ({"windows": ()}, "zone_windows"),
        ({"service_minutes": 0}, "zone_service"),
        ({"shortest_minutes": 30}, "zone_shortest"),
        ({"revisit_days": 10}, "zone_revisit"),
    ],
)
def test_what_is_no_zone_is_refused(change, code):
    with pytest.raises(InputError) as caught:
        replace(ZONE, **change)
    assert caught.value.code == code
