"""Effort: hours spent looking, by wall-clock hour."""

from datetime import date

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.effort import COLUMNS, effort_of_visits, validate_effort
from geo.errors import InputError
from geo.night import HOUR, Night

SPRING = Night(date(2026, 3, 28))
AUTUMN = Night(date(2026, 10, 24))
NIGHT = Night(date(2026, 5, 3))


def visits(*rows: tuple[Night, int, int]) -> pd.DataFrame:
    return pd.DataFrame(
        [(night.date, "048017-01", opens, closes) for night, opens, closes in rows],
        columns=["night", "zone", "opens", "closes"],
    )


def test_a_visit_over_the_hour_gives_a_row_for_each():
    found = effort_of_visits(
        visits((NIGHT, NIGHT.parse_clock("22:45"), NIGHT.parse_clock("00:30")))
    )
    assert tuple(found.columns) == COLUMNS
    assert found["hour"].tolist() == [22, 23, 0]
    assert found["hours"].tolist() == [0.25, 1.0, 0.5]


@given(opens=st.integers(0, 22 * HOUR), length=st.integers(1, 3 * HOUR), night=st.integers(0, 365))
def test_no_second_is_lost_or_won(opens, length, night):
    day = Night(date(2026, 1, 1)) + night
    found = effort_of_visits(visits((day, opens, opens + length)))
    assert found["hours"].sum() * HOUR == pytest.approx(length)
    assert found["hour"].iloc[0] == day.at(opens).hour


def test_the_hour_that_is_left_out_and_the_hour_that_comes_twice():
    spring = effort_of_visits(visits((SPRING, 13 * HOUR, 15 * HOUR)))
    assert spring["hour"].tolist() == [1, 3]
    autumn = effort_of_visits(visits((AUTUMN, 13 * HOUR, 16 * HOUR)))
    assert autumn["hour"].tolist() == [1, 2, 2]


@pytest.mark.parametrize(("opens", "closes"), [(HOUR, HOUR), (HOUR, 0), (-1, HOUR), (0, 26 * HOUR)])
def test_a_visit_that_does_not_last_is_named(opens, closes):
    with pytest.raises(InputError) as caught:
        effort_of_visits(visits((NIGHT, 0, HOUR), (NIGHT, opens, closes)))
    assert (caught.value.code, caught.value.fields) == ("effort_visit", {"row": 1})


@pytest.mark.parametrize(
    ("column", "value"),
    [("night", "ieri"), ("hour", 24), ("hour", 1.5), ("hours", 0), ("hours", float("inf"))],
)
def test_a_wrong_value_is_named(column, value):
    frame = pd.DataFrame({"night": ["2026-05-03"], "zone": ["048017-01"], "hour": [22]})
    frame = frame.assign(hours=1.0).astype(object)
    assert len(validate_effort(frame)) == 1
    frame.loc[0, column] = value
    with pytest.raises(InputError) as caught:
        validate_effort(frame)
    assert caught.value.fields == {"column": column, "row": 0}
    with pytest.raises(InputError, match="effort_columns"):
        validate_effort(frame.drop(columns=column))
