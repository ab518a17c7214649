import math

import numpy as np
import pytest

from geo.speeds import (
    CLASSES,
    PROFILES,
    direction_limits,
    night_seconds,
    night_speed,
    parse_maxspeed,
    road_class,
)


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("50", 50),
        ("50.5", 50.5),
        (" 70 ", 70),
        ("50 km/h", 50),
        ("50 kmh", 50),
        ("50kph", 50),
        ("30 mph", 48.28032),
        ("30mph", 48.28032),
        ("10 knots", 18.52),
        ("IT:urban", 50),
        ("IT:rural", 90),
        ("IT:trunk", 110),
        ("IT:motorway", 130),
        ("IT:living_street", 20),
        ("living_street", 20),
        ("IT:zone30", 30),
        ("IT:zone:30", 30),
        ("RU:urban", 50),
        ("walk", 7),
        ("IT:walk", 7),
        ("none", math.inf),
        ("50;70", 50),
        ("90 | 70", 70),
        ("none;110", 110),
        ("signals;60", 60),
        ("signals", None),
        ("variable", None),
        ("national", None),
        ("50-70", None),
        ("fifty", None),
        ("0", None),
        ("-50", None),
        ("500", None),
        ("", None),
        (None, None),
    ],
)
def test_every_form_of_maxspeed(text, limit):
    assert parse_maxspeed(text) == (None if limit is None else pytest.approx(limit))


def test_directional_limits_go_before_the_common_one():
    assert direction_limits({"maxspeed": "50"}) == (50, 50)
    assert direction_limits({"maxspeed": "50", "maxspeed:backward": "30"}) == (50, 30)
    assert direction_limits({"maxspeed:forward": "70"}) == (70, None)
    assert direction_limits({"maxspeed:forward": "signals", "maxspeed": "50"}) == (50, 50)


@pytest.mark.parametrize("highway", ["track", "footway", "ferry", "pedestrian", "proposed", ""])
def test_no_van_drives_there(highway):
    assert road_class(highway) is None


def test_classes_and_synonyms():
    assert [road_class(name) for name in CLASSES] == list(range(len(CLASSES)))
    assert road_class("road") == CLASSES.index("unclassified")


def test_speed_without_limit_is_the_default_of_the_class():
    expected = [profile.default for profile in PROFILES.values()]
    assert night_speed(np.arange(len(CLASSES))).tolist() == expected
    unknown = np.full(len(CLASSES), np.nan)
    assert night_speed(np.arange(len(CLASSES)), unknown).tolist() == expected


def test_nobody_drives_above_the_limit_nor_faster_for_a_higher_one():
    limits = np.arange(5.0, 131.0, 5.0)
    for kind in range(len(CLASSES)):
        speeds = night_speed(np.full(len(limits), kind), limits)
        assert (speeds <= limits).all()
        assert (np.diff(speeds) >= 0).all()
        assert speeds[-1] <= PROFILES[CLASSES[kind]].most


def test_no_limit_at_all_means_the_most_of_the_class():
    motorway = CLASSES.index("motorway")
    assert night_speed([motorway], [math.inf])[0] == PROFILES["motorway"].most


def test_a_van_takes_a_minute_for_a_kilometre_of_state_road():
    primary = CLASSES.index("primary")
    assert night_seconds([1000.0], [primary], [70.0])[0] == pytest.approx(3600 / 59.5)
