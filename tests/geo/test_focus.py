"""The feedback-loop guard: shares over time, and plans that go where crews have been."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from geo.focus import TOP, focus, narrowness, top_share
from tests.geo.months import cube

NIGHT = date(2026, 5, 15)


@given(arrays(float, st.integers(1, 60), elements=st.integers(0, 6000).map(float)))
def test_the_top_fifth_has_at_least_a_fifth(minutes):
    share = top_share(minutes)
    if minutes.sum() == 0:
        assert np.isnan(share)
        return
    assert TOP - 1e-9 <= share <= 1 + 1e-9
    assert share == pytest.approx(top_share(minutes[::-1] * 7))


def test_zones_that_nobody_looked_at_count():
    found = focus(cube(np.ones((4, 2)), np.array([[3.0, 1], [1, 1], [0, 1], [0, 1]])), zones=10)
    assert found["top"].tolist() == pytest.approx([1.0, 0.5])
    assert found["unseen"].tolist() == pytest.approx([0.8, 0.6])


def test_minutes_explore_where_little_was_known_before():
    hours = np.full((10, 8), 2.0)
    hours[0, :6] = 0
    hours[1, 6:] = 0
    found = focus(cube(hours, hours), zones=10)
    assert found["exploring"].isna().tolist() == [True] * 6 + [False] * 2
    assert found["exploring"].tolist()[6:] == pytest.approx([2 / 18, 2 / 18])


def test_a_plan_that_only_goes_where_crews_have_been_is_narrow():
    last = {"A": date(2026, 5, 1), "B": date(2026, 4, 1), "OLD": date(2026, 1, 1)}
    plan = {"A": 30, "B": 20}
    found = narrowness(plan, ["A", "B", "NEVER", "OLD"], last, NIGHT)
    assert found.narrow
    assert found.open == ("NEVER", "OLD")
    assert not narrowness(plan | {"OLD": 10}, ["NEVER"], last, NIGHT).narrow
    assert narrowness(plan | {"OLD": 10}, ["NEVER"], last, NIGHT).share == pytest.approx(1 / 6)
    assert not narrowness(plan, ["A", "B"], last, NIGHT).narrow  # there is nowhere else to go
    assert not narrowness(plan, ["C"], last, NIGHT, thin=["A"]).narrow
    assert not narrowness({}, ["NEVER"], last, NIGHT).narrow
