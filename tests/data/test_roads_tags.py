import pytest

from data.roads_tags import directions, drivable_class, open_to_vehicles, road_name
from geo.speeds import CLASSES

FORWARD, BACKWARD, BOTH, NEITHER = (True, False), (False, True), (True, True), (False, False)


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({}, BOTH),
        ({"oneway": "yes"}, FORWARD),
        ({"oneway": "true"}, FORWARD),
        ({"oneway": "1"}, FORWARD),
        ({"oneway": "-1"}, BACKWARD),
        ({"oneway": "reverse"}, BACKWARD),
        ({"oneway": "no"}, BOTH),
        ({"oneway": "alternating"}, BOTH),
        ({"oneway": "alternate"}, BOTH),
        ({"oneway": "reversible"}, NEITHER),
        ({"oneway": "who knows"}, BOTH),
        ({"junction": "roundabout"}, FORWARD),
        ({"junction": "circular"}, FORWARD),
        ({"junction": "roundabout", "oneway": "-1"}, BACKWARD),
        ({"junction": "roundabout", "oneway": "no"}, BOTH),
        ({"highway": "motorway"}, FORWARD),
        ({"highway": "motorway_link"}, FORWARD),
        ({"highway": "motorway_link", "oneway": "no"}, BOTH),
        ({"highway": "trunk"}, BOTH),
        ({"oneway": "yes", "oneway:motor_vehicle": "no"}, BOTH),
        ({"oneway": "no", "oneway:motorcar": "yes"}, FORWARD),
        ({"oneway": "yes", "oneway:bicycle": "no"}, FORWARD),
    ],
)
def test_directions(tags, expected):
    assert directions(tags) == expected


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({}, True),
        ({"access": "no"}, False),
        ({"access": "private"}, False),
        ({"access": "destination"}, True),
        ({"access": "customers"}, True),
        ({"access": "permissive"}, True),
        ({"vehicle": "no"}, False),
        ({"motor_vehicle": "private"}, False),
        ({"motorcar": "no"}, False),
        ({"motor_vehicle": "agricultural;forestry"}, False),
        ({"motor_vehicle": "agricultural;destination"}, True),
        ({"access": "no", "motor_vehicle": "yes"}, True),
        ({"access": "private", "motorcar": "destination"}, True),
        ({"access": "yes", "vehicle": "no"}, False),
        ({"vehicle": "yes", "motor_vehicle": "no"}, False),
        ({"access": "no", "bus": "yes"}, False),
        ({"foot": "no"}, True),
    ],
)
def test_the_most_specific_access_tag_decides(tags, expected):
    assert open_to_vehicles(tags) is expected


@pytest.mark.parametrize(
    "tags",
    [
        {"highway": "track"},
        {"highway": "footway"},
        {"highway": "construction"},
        {"highway": "proposed"},
        {"highway": "residential", "access": "private"},
        {"highway": "residential", "area": "yes"},
        {"highway": "primary", "route": "ferry"},
        {"route": "ferry"},
        {"highway": "service", "service": "driveway"},
        {"highway": "service", "service": "parking_aisle"},
        {"highway": "unclassified", "impassable": "yes"},
    ],
)
def test_no_van_drives_there(tags):
    assert drivable_class(tags) is None


def test_classes():
    assert drivable_class({"highway": "service", "service": "alley"}) == CLASSES.index("service")
    assert drivable_class({"highway": "road"}) == CLASSES.index("unclassified")


def test_a_road_is_called_by_its_name_else_its_number():
    assert road_name({"name": "Via Aurelia", "ref": "SS1"}) == "Via Aurelia"
    assert road_name({"ref": "SS1"}) == "SS1"
    assert road_name({}) is None
