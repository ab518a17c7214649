from datetime import date

import pytest

from geo.errors import InputError
from geo.night import HOUR, Night
from geo.windows import moment, window_on

ORDINARY = Night(date(2026, 5, 15))
SPRING = Night(date(2026, 3, 28))  # 02:00 jumps to 03:00, 14 hours after noon
AUTUMN = Night(date(2026, 10, 24))  # 02:00 comes twice


@pytest.mark.parametrize("clock", ["02:00", "02:30", "02.59", "26:30"])
def test_a_time_that_does_not_exist_is_the_moment_of_the_change(clock):
    assert moment(SPRING, clock) == 14 * HOUR
    assert SPRING.clock(moment(SPRING, clock)) == "03:00"


@pytest.mark.parametrize("clock", ["01:59", "03:00", "21:30"])
def test_every_other_time_is_itself(clock):
    for night in (ORDINARY, SPRING, AUTUMN):
        assert moment(night, clock) == night.parse_clock(clock)


def test_what_is_no_time_stays_refused():
    with pytest.raises(InputError) as caught:
        moment(SPRING, "99:00")
    assert caught.value.code == "clock_unreadable"


@pytest.mark.parametrize(
    ("night", "opens", "closes", "hours"),
    [
        (ORDINARY, "22:00", "02:30", 4.5),
        (SPRING, "22:00", "02:30", 4.0),
        (SPRING, "02:30", "04:00", 1.0),
        (AUTUMN, "01:00", "04:00", 4.0),
        (AUTUMN, "01:00", "02:30", 1.5),
    ],
)
def test_a_window_has_the_hours_that_there_are(night, opens, closes, hours):
    first, last = window_on(night, opens, closes)
    assert (last - first) / HOUR == hours


def test_a_window_inside_the_missing_hour_is_none_that_night_only():
    assert window_on(SPRING, "02:00", "03:00") is None
    assert window_on(SPRING, "02:15", "02:45") is None
    assert window_on(ORDINARY, "02:15", "02:45") == (51_300, 53_100)


@pytest.mark.parametrize(
    ("opens", "closes"), [("22:00", "21:00"), ("22:00", "22:00"), ("11:00", "13:00")]
)
def test_a_window_that_closes_before_it_opens_is_refused(opens, closes):
    for night in (ORDINARY, SPRING):
        with pytest.raises(InputError) as caught:
            window_on(night, opens, closes)
        assert caught.value.code == "window_reversed"


def test_reversed_inside_the_missing_hour_is_refused_too():
    with pytest.raises(InputError):
        window_on(SPRING, "02:45", "02:15")
