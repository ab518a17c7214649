"""Persons beside hours, by zone and month."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm, poisson

from geo.errors import InputError
from geo.monitoring import by_area, cube_of, interval, levels, trend
from geo.weather import WeatherEffect, factors, weather_effect
from tests.geo.months import cube, months


def sums(column, rows):
    return pd.DataFrame(rows, columns=["zone", "month", column])


def test_a_month_without_an_hour_is_unknown_and_not_nobody():
    first, second = months(2)
    found = cube_of(
        sums("persons", [("A", first, 4), ("A", second, 3)]),
        sums("hours", [("A", first, 2.0)]),
        ["A"],
        [first, second],
    )
    assert found.looked.tolist() == [[True, False]]
    table = by_area(found, levels(found), {"A": "here"})
    assert table["persons"].tolist() == [4, 0]
    assert table.loc[0, ["rate", "level"]].tolist() == [2.0, 2.0]
    assert table.loc[1, ["rate", "level", "low", "high"]].isna().all()


def test_zones_that_were_split_or_merged_are_counted_together():
    (month,) = months(1)
    found = cube_of(
        sums("persons", [("OLD", month, 5), ("B", month, 1), ("C", month, 7)]),
        sums("hours", [("OLD", month, 1.0), ("B", month, 2.0), ("C", month, 1.0)]),
        ["A", "B", "C"],
        [month],
        ties=[("A", "OLD"), ("B", "A")],
    )
    assert found.zones == ("A", "C")
    assert found.together == {"A": ("A", "B", "OLD")}
    assert found.persons.tolist() == [[6], [7]]
    assert found.hours.tolist() == [[3.0], [1.0]]


@pytest.mark.parametrize(
    ("persons", "hours", "zones", "code"),
    [
        ([("A", date(2026, 1, 1), 3)], [], ["A"], "monitoring_effort"),
        ([("A", date(2026, 1, 1), -3)], [], ["A"], "monitoring_value"),
        ([], [("A", date(2026, 1, 1), np.nan)], ["A"], "monitoring_value"),
        ([], [], [], "monitoring_zones"),
    ],
)
def test_what_cannot_be_compared_is_refused(persons, hours, zones, code):
    with pytest.raises(InputError) as refused:
        cube_of(sums("persons", persons), sums("hours", hours), zones, [date(2026, 1, 1)])
    assert refused.value.code == code


def test_a_month_in_busier_zones_is_no_busier_month():
    """Two zones, ten times apart, looked at in turn: the level stays, the rate does not."""
    hours = np.array([[4.0, 0.5] * 6, [0.5, 4.0] * 6])
    found = cube(np.array([[20.0], [2.0]]) * hours, hours)
    fitted = levels(found)
    table = by_area(found, fitted, dict.fromkeys(found.zones, "all"))
    assert table["rate"].max() > 3 * table["rate"].min()
    assert table["level"].max() < 1.1 * table["level"].min()
    assert fitted.zone[0] / fitted.zone[1] == pytest.approx(10, rel=0.1)


def test_multipliers_are_found_again():
    rng = np.random.default_rng(3)
    zone, month = rng.lognormal(0, 0.5, 60), 1 + 0.3 * np.sin(np.arange(24))
    hours = rng.gamma(2, 3, (60, 24))
    found = levels(cube(rng.poisson(5 * hours * zone[:, None] * month), hours))
    assert np.corrcoef(found.zone, zone)[0, 1] > 0.98
    assert np.corrcoef(found.month, month)[0, 1] > 0.98
    assert found.scatter == pytest.approx(1.0, abs=0.1)
    crowded = rng.poisson(5 * hours * rng.gamma(4, 1 / 4, hours.shape))
    assert levels(cube(crowded, hours)).scatter > 3


@given(st.integers(0, 60), st.floats(0.1, 50))
@settings(max_examples=30, deadline=None)
def test_the_interval_is_garwoods(persons, hours):
    low, high = (float(one) for one in interval(persons, hours))
    assert low <= persons / hours <= high
    assert poisson.cdf(persons, high * hours) == pytest.approx(0.025, abs=1e-6)
    if persons:
        assert poisson.sf(persons - 1, low * hours) == pytest.approx(0.025, abs=1e-6)
    wider = interval(persons, hours, scatter=2.0)
    assert wider[1] >= high


def test_mann_kendall_by_hand():
    """S, its variance and p as Mann (1945) and Kendall (1975) have them, with ties."""
    values = np.array([3.0, 1.0, 4.0, 4.0, 5.0, 9.0, 2.0, 6.0, 5.0, 8.0, 9.0, 7.0] * 3)
    values += np.repeat([0, 1, 2], 12)
    n = len(values)
    s = sum(np.sign(values[j] - values[i]) for i in range(n) for j in range(i + 1, n))
    _, ties = np.unique(values, return_counts=True)
    variance = (n * (n - 1) * (2 * n + 5) - (ties * (ties - 1) * (2 * ties + 5)).sum()) / 18
    tau, p = trend(values)
    assert np.sign(tau) == np.sign(s)
    assert p == pytest.approx(2 * norm.sf(abs(s) / np.sqrt(variance)), rel=1e-6)
    assert trend([1.0, np.nan, 2.0]) == (0.0, 1.0)
    assert trend([2.0] * 9) == (0.0, 1.0)


def looks(ratio, seed=1, zones=30):
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        [(f"{z}", bad, h) for z in range(zones) for bad in (True, False) for h in (1.0, 2.0)],
        columns=["zone", "bad", "hours"],
    )
    level = rng.lognormal(1, 0.5, zones)[frame["zone"].astype(int)]
    # Busier zones are looked at more in bad weather: not to be taken for an effect.
    frame["hours"] *= np.where(frame["bad"], level, 3.0)
    return frame.assign(
        persons=rng.poisson(level * frame["hours"] * np.where(frame["bad"], ratio, 1.0))
    )


def test_the_effect_of_the_weather_is_found_zone_by_zone():
    found = [weather_effect(looks(0.6, seed)) for seed in range(40)]
    assert all(one.known for one in found)
    assert np.mean([one.low < 0.6 < one.high for one in found]) >= 0.9
    assert np.mean([one.ratio for one in found]) == pytest.approx(0.6, abs=0.01)
    crude = looks(0.6, 0).groupby("bad")[["persons", "hours"]].sum()
    rate = crude["persons"] / crude["hours"]
    assert rate[True] / rate[False] > found[0].high


def test_little_bad_weather_is_not_corrected_for():
    few = looks(0.6).query("not bad or zone == '1'").assign(persons=1)
    assert weather_effect(few).ratio == 1.0
    assert not weather_effect(few).known
    assert factors(
        pd.DataFrame({"zone": ["A"], "month": [1], "bad": [True]}), WeatherEffect()
    ).empty


def test_nights_of_unknown_weather_count_as_the_others():
    nights = pd.DataFrame(
        {
            "zone": ["A", "A", "B", "B", "C"],
            "month": [1, 1, 1, 1, 1],
            "bad": pd.Series([True, False, None, None, True], dtype=object),
        }
    )
    effect = WeatherEffect(0.4, 0.3, 0.5, 99, 99)
    table = factors(nights, effect).set_index("zone")["factor"]
    assert table["A"] == pytest.approx(0.7)
    assert table["B"] == pytest.approx(1 - 0.6 * 2 / 3)
    assert table["C"] == pytest.approx(0.4)
