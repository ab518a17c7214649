from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import InputError
from geo.night import ROME, Night, nights

SPRING = Night(date(2026, 3, 28))  # clocks go forward at 02:00 on the 29th
AUTUMN = Night(date(2026, 10, 24))  # clocks go back at 03:00 on the 25th
ORDINARY = Night(date(2026, 11, 20))

service_nights = st.dates(date(1990, 1, 1), date(2060, 12, 31)).map(Night)


@given(service_nights, st.data())
def test_seconds_and_datetimes_are_inverse(night, data):
    seconds = data.draw(st.integers(0, night.length - 1))
    moment = night.at(seconds)
    assert night.seconds(moment) == seconds
    assert Night.of(moment) == night


@given(st.datetimes(datetime(1990, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC)))
def test_every_moment_belongs_to_exactly_one_night(moment):
    night = Night.of(moment)
    assert night.start <= moment < night.end
    assert 0 <= night.seconds(moment) < night.length


@given(service_nights)
def test_a_night_lasts_23_24_or_25_hours_and_meets_the_next(night):
    assert night.length in (23 * 3600, 24 * 3600, 25 * 3600)
    assert night.end == (night + 1).start
    assert night.clock(0) == night.clock(night.length) == "12:00"


@pytest.mark.parametrize(("night", "hours"), [(SPRING, 23), (ORDINARY, 24), (AUTUMN, 25)])
def test_length_follows_the_clock_change(night, hours):
    assert night.length == hours * 3600


def test_the_small_hours_belong_to_the_evening_before():
    moment = datetime(2026, 11, 21, 2, 30, tzinfo=ROME)
    assert Night.of(moment) == ORDINARY
    assert Night.of(datetime(2026, 11, 21, 11, 59, 59, tzinfo=ROME)) == ORDINARY
    assert Night.of(datetime(2026, 11, 21, 12, 0, tzinfo=ROME)) == ORDINARY + 1


def test_the_time_zone_of_the_datetime_does_not_matter():
    there = datetime(2026, 11, 20, 20, 0, tzinfo=timezone(timedelta(hours=-5)))  # 02:00 in Rome
    assert Night.of(there) == ORDINARY


@pytest.mark.parametrize(
    ("text", "clock"),
    [
        ("20:30", "20:30"),
        ("1.30", "01:30"),
        ("25:30", "01:30"),
        ("00:00", "00:00"),
        ("24:00", "00:00"),
    ],
)
def test_crews_write_the_small_hours_in_two_ways(text, clock):
    assert ORDINARY.clock(ORDINARY.parse_clock(text)) == clock


def test_clock_of_the_long_and_the_short_night():
    assert SPRING.parse_clock("04:00") == 15 * 3600
    assert AUTUMN.parse_clock("04:00") == 17 * 3600
    assert AUTUMN.clock(AUTUMN.parse_clock("02:30") + 3600) == "02:30"


def test_the_hour_that_does_not_exist_is_refused():
    with pytest.raises(InputError) as caught:
        SPRING.parse_clock("02:30")
    assert caught.value.code == "clock_skipped"


@pytest.mark.parametrize("text", ["", "8", "36:00", "20:61", "-1:00", "20:30 circa", "ore 20"])
def test_what_is_no_time_is_refused(text):
    with pytest.raises(InputError) as caught:
        ORDINARY.parse_clock(text)
    assert caught.value.code == "clock_unreadable"


@given(service_nights, st.integers(12, 35), st.integers(0, 59))
def test_parsed_clock_reads_back(night, hour, minute):
    text = f"{hour:02}:{minute:02}"
    try:
        seconds = night.parse_clock(text)
    except InputError as error:
        assert error.code == "clock_skipped"
        return
    assert night.clock(seconds) == f"{hour % 24:02}:{minute:02}"
    assert 0 <= seconds < night.length


def test_words_and_dates_name_nights():
    small_hours = datetime(2026, 11, 21, 1, 0, tzinfo=ROME)
    assert Night.parse("tonight", small_hours) == ORDINARY
    assert Night.parse("Domani", small_hours) == ORDINARY + 1
    assert Night.parse("2026-12-24", small_hours) == Night(date(2026, 12, 24))
    with pytest.raises(InputError):
        Night.parse("24/12/2026", small_hours)


@pytest.mark.parametrize(
    ("hour", "night"), [(1, ORDINARY), (5, ORDINARY), (6, ORDINARY + 1), (15, ORDINARY + 1)]
)
def test_tonight_is_the_night_under_way_until_six_and_then_the_next(hour, night):
    assert Night.coming(datetime(2026, 11, 21, hour, 30, tzinfo=ROME)) == night


def test_naive_datetimes_are_refused():
    with pytest.raises(InputError):
        Night.of(datetime(2026, 11, 20, 22, 0))
    with pytest.raises(InputError):
        ORDINARY.seconds(datetime(2026, 11, 20, 22, 0))


def test_nights_in_a_row():
    week = list(nights(ORDINARY, 7))
    assert week[0] == ORDINARY
    assert week[6] - ORDINARY == 6
    assert [night.weekday for night in week] == [4, 5, 6, 0, 1, 2, 3]
