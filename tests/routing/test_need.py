from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import InputError
from geo.night import Night
from geo.presence import Expected
from routing.need import Need, NeedWeights, coverage_debt, need, shortened_value
from routing.problem import Problem

NIGHT = Night(date(2026, 5, 15))
ZONE = "046017-01"
WEIGHTS = NeedWeights()
contacts = st.integers(0, 1600).map(lambda eighths: eighths / 8)


def needed(
    expected: float, high: float, days: int | None, target: int = 14, weights: NeedWeights = WEIGHTS
) -> Need:
    last = None if days is None else NIGHT.date - timedelta(days)
    interval = Expected(expected, 0.0, max(expected, high))
    return need(
        ZONE,
        NIGHT,
        (36_000, 43_200),
        expected=interval,
        last_visit=last,
        target=target,
        weights=weights,
    )


def test_a_worked_example():
    # 6 persons, up to 10: 6 + 0.25 x 4 = 7; 21 days over 14 = 1.5; 7 x 1.5 x 100 = 1050.
    found = needed(6.0, 10.0, days=21)
    assert found == Need(ZONE, 36_000, 43_200, 6.0, 1.0, 21, 14, 1.5, 1050, thin=False)


@pytest.mark.parametrize(
    ("days", "target", "debt"),
    [(14, 14, 1.0), (7, 14, 0.5), (7, 28, 0.25), (0, 7, 0.1), (90, 28, 2.0), (None, 7, 2.0)],
)
def test_debt_grows_with_the_days_between_its_bounds(days, target, debt):
    assert coverage_debt(days, target, WEIGHTS) == debt


@given(low=contacts, rise=contacts, spread=contacts, days=st.none() | st.integers(0, 400))
def test_fewer_people_are_never_worth_more(low, rise, spread, days):
    before = needed(low + rise, low + rise + spread, days)
    after = needed(low, low + spread, days)
    assert after.value <= before.value


@given(expected=contacts, spread=contacts, days=st.integers(0, 400), more=st.integers(0, 100))
def test_waiting_longer_or_knowing_less_is_never_worth_less(expected, spread, days, more):
    high = expected + spread
    assert needed(expected, high, days).value <= needed(expected, high, days + more).value
    assert needed(expected, high, days).value <= needed(expected, high, None).value
    assert needed(expected, expected, days).value <= needed(expected, high, days).value


@given(
    expected=contacts,
    spread=contacts,
    days=st.none() | st.integers(0, 400),
    target=st.sampled_from([7, 14, 28]),
    exploration=st.floats(0, 1),
)
def test_the_value_is_the_product_of_the_terms_shown(expected, spread, days, target, exploration):
    weights = NeedWeights(points=10, exploration=exploration)
    found = needed(expected, expected + spread, days, target, weights)
    assert found.value == round(10 * (found.expected + found.exploration) * found.debt)


def test_nobody_expected_and_nothing_unknown_is_worth_nothing():
    assert needed(0.0, 0.0, None).value == 0


def test_a_visit_after_the_night_is_refused():
    with pytest.raises(InputError) as caught:
        needed(1.0, 1.0, days=-1)
    assert caught.value.code == "visit_after_night"


@pytest.mark.parametrize(
    ("weight", "got"),
    [
        ("points", 0),
        ("exploration", -0.1),
        ("least", 0.0),
        ("most", 0.5),
        ("shortening", 2.0),
        ("diminishing", 1.1),
        ("thin", 0.0),
    ],
)
def test_a_weight_out_of_range_is_named(weight, got):
    with pytest.raises(InputError) as caught:
        NeedWeights(**{weight: got})
    assert caught.value.fields == {"weight": weight, "got": got}


@given(value=st.integers(0, 10**6), usual=st.integers(1, 240), data=st.data())
def test_a_short_visit_is_worth_more_than_its_minutes_and_no_more_than_the_whole(
    value, usual, data
):
    shortest = data.draw(st.integers(1, usual))
    kept = shortened_value(value, shortest, usual, WEIGHTS)
    assert value * shortest // usual - 1 <= kept <= value


def test_half_a_visit_keeps_two_thirds():
    assert shortened_value(300, 10, 20, WEIGHTS) == 197


@pytest.mark.parametrize(
    ("expected", "high", "thin"),
    [(4.0, 7.0, False), (4.0, 8.0, False), (4.0, 8.1, True), (0.0, 0.5, True), (0.0, 0.0, False)],
)
def test_a_zone_is_thinly_observed_where_more_than_twice_as_many_might_be_there(
    expected, high, thin
):
    assert needed(expected, high, days=7).thin is thin


def test_a_further_visit_of_the_week_is_worth_what_the_weights_say():
    problem = Problem((), (), {}, diminishing=WEIGHTS.diminishing)
    assert [problem.diminished(1000, rank) for rank in range(3)] == [1000, 600, 360]
