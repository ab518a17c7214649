from datetime import date

import numpy as np
import pandas as pd
import pytest

from geo.errors import InputError
from geo.night import HOUR, Night
from geo.presence import COLUMNS, Expected, by_hour, expected_between, validate_presence

FRIDAY = Night(date(2026, 5, 15))
SPRING = Night(date(2026, 3, 28))  # Saturday: 02:00 does not exist
AUTUMN = Night(date(2026, 10, 24))  # Saturday: 02:00 comes twice


def rows(*values: tuple) -> pd.DataFrame:
    return pd.DataFrame(values, columns=list(COLUMNS))


@pytest.fixture
def frame() -> pd.DataFrame:
    return validate_presence(
        rows(
            ("046017-02", 4, 23, 1.0, 0.5, 2.0),
            ("046017-01", 4, 22, 4.0, 2.0, 6.0),
            ("046017-01", 4, 23, 8.0, 6.0, 12.0),
            ("046017-01", 4, 1, 2.0, 1.0, 3.0),
            ("046017-01", 5, 1, 6.0, 5.0, 7.0),
            ("046017-01", 5, 2, 3.0, 2.0, 5.0),
            ("046017-01", 5, 3, 9.0, 8.0, 10.0),
        )
    )


def test_valid_rows_come_back_ordered_and_typed(frame):
    assert tuple(frame.columns) == COLUMNS
    assert frame[["zone", "weekday", "hour"]].apply(tuple, axis=1).is_monotonic_increasing
    assert frame["hour"].dtype == frame["weekday"].dtype == np.int64
    assert frame["expected"].dtype == np.float64
    assert len(validate_presence(rows())) == 0


def test_text_that_is_a_number_is_read_as_one():
    text = rows(("046017-01", "4", "22", "1.5", "1", "2"))
    assert validate_presence(text)["expected"].tolist() == [1.5]


@pytest.mark.parametrize(
    ("code", "row"),
    [
        ("presence_value", ("046017-01", 7, 22, 1, 1, 1)),
        ("presence_value", ("046017-01", 4, 24, 1, 1, 1)),
        ("presence_value", ("046017-01", 4, 22.5, 1, 1, 1)),
        ("presence_value", ("046017-01", 4, 22, -1, -2, 1)),
        ("presence_value", ("046017-01", 4, 22, float("nan"), 0, 1)),
        ("presence_value", ("046017-01", 4, 22, 1, 0, float("inf"))),
        ("presence_value", ("046017-01", 4, 22, "tanti", 0, 1)),
        ("presence_interval", ("046017-01", 4, 22, 3, 0, 2)),
        ("presence_interval", ("046017-01", 4, 22, 3, 4, 5)),
    ],
)
def test_a_wrong_row_is_named(code, row):
    with pytest.raises(InputError) as caught:
        validate_presence(rows(("046017-01", 3, 22, 1, 1, 1), row))
    assert caught.value.code == code
    assert caught.value.fields["row"] == 1


def test_missing_columns_and_repeated_rows_are_named():
    with pytest.raises(InputError) as caught:
        validate_presence(rows().drop(columns=["low", "high"]))
    assert (caught.value.code, caught.value.fields) == (
        "presence_columns",
        {"missing": ["low", "high"]},
    )
    row = ("046017-01", 4, 22, 1, 1, 1)
    with pytest.raises(InputError) as caught:
        validate_presence(rows(row, row))
    assert caught.value.fields == {"zone": "046017-01", "weekday": 4, "hour": 22}


def test_by_hour_holds_the_zones_of_that_weekday(frame):
    table = by_hour(frame, 4)
    assert set(table) == {"046017-01", "046017-02"}
    assert table["046017-01"][23].tolist() == [8.0, 6.0, 12.0]
    assert table["046017-01"][0].tolist() == [0.0, 0.0, 0.0]
    assert by_hour(frame, 0) == {}


def test_the_mean_weighs_each_hour_by_its_share(frame):
    def between(opens: str, closes: str) -> Expected:
        return expected_between(
            frame, "046017-01", FRIDAY, FRIDAY.parse_clock(opens), FRIDAY.parse_clock(closes)
        )

    assert between("22:00", "23:00") == Expected(4.0, 2.0, 6.0)
    assert between("22:30", "23:30") == Expected(6.0, 4.0, 9.0)
    assert between("22:45", "23:30").expected == pytest.approx((15 * 4 + 30 * 8) / 45)
    # After midnight still Friday's night; 00:00-01:00 has no row, so nobody.
    assert between("00:00", "02:00") == Expected(1.0, 0.5, 1.5)


def test_unknown_zone_expects_nobody_and_an_empty_window_is_refused(frame):
    assert expected_between(frame, "046017-09", FRIDAY, 0, HOUR) == Expected(0, 0, 0)
    with pytest.raises(InputError) as caught:
        expected_between(frame, "046017-01", FRIDAY, HOUR, HOUR)
    assert caught.value.code == "window_empty"


def test_clock_changes_count_the_hours_that_there_are(frame):
    def night_long(night: Night) -> float:
        opens, closes = night.parse_clock("01:00"), night.parse_clock("04:00")
        return expected_between(frame, "046017-01", night, opens, closes).expected

    assert night_long(SPRING) == pytest.approx((6 + 9) / 2)
    assert night_long(AUTUMN) == pytest.approx((6 + 3 + 3 + 9) / 4)
