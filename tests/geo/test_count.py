"""What a count night found: settled, combined, and how sure it is."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.contacts import AgeClass, Gender
from geo.count import Group, Passing, by_organisation, estimated, results, settle
from geo.count_weather import Against, Forecast, Gate, WeatherRule
from geo.errors import InputError

ZONES = [f"046017-{number:02d}" for number in range(1, 4)]


def passing(zone, number, persons, unit="LU1", *, planned=True, **how):
    groups = (Group(persons, **how),) if persons else ()
    return Passing(zone, number, unit, f"Ente {unit[:2]}", planned, groups)


def test_a_zone_entered_by_two_crews_is_counted_once_by_the_one_it_belongs_to():
    a, *_ = ZONES
    own, other = passing(a, 1, 3), passing(a, 1, 9, "PI1", planned=False)
    found = settle([other, own])
    assert (found.counted, found.aside) == ((own,), (other,))
    late = [passing(a, 1, 2, "SI1", planned=False), other]
    assert settle(late).counted == (other,)  # nobody's: the larger one


def test_passes_of_a_zone_are_combined_and_what_was_not_passed_is_unknown():
    a, b, c = ZONES
    owners = dict.fromkeys(ZONES, "Ente LU")
    minor = passing(b, 1, 2, age_class=AgeClass.APPARENTE_MINORE)
    found = results(settle([passing(a, 1, 3), passing(a, 2, 5), minor]), owners, 2)
    assert [one.passes for one in found.zones] == [(3, 5), (0, None), (None, None)]
    assert [one.most for one in found.zones] == [5, 0, None]
    assert (found.at_least, found.mean, found.passed, found.minors) == (5, 4.0, 2, 2)
    assert by_organisation(found.zones) == {"Ente LU": (3, 2, 5)}
    assert (found.estimate, found.why_not) == (None, "few_zones")
    once = results(settle([passing(c, 1, 4, gender=Gender.DONNA)]), owners, 1)
    assert once.why_not == "one_pass"
    assert once.zones[2].groups == (Group(4, Gender.DONNA),)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(ZONES), st.integers(1, 3), st.integers(0, 9),
            st.sampled_from(["LU1", "PI1"]), st.booleans(),
        ),
        max_size=12,
    )
)  # fmt: skip
@settings(max_examples=40, deadline=None, derandomize=True)
def test_nobody_is_counted_twice(entered):
    entered = list(
        {(zone, n, unit): (zone, n, p, unit, own) for zone, n, p, unit, own in entered}.values()
    )
    made = [passing(zone, n, p, unit, planned=own) for zone, n, p, unit, own in entered]
    settled = settle(made)
    places = [(one.zone, one.number) for one in settled.counted]
    assert len(places) == len(set(places)) == len({(one.zone, one.number) for one in made})
    assert len(settled.counted) + len(settled.aside) == len(made)
    found = results(settled, dict.fromkeys(ZONES, "Ente LU"), 3)
    assert found.at_least <= sum(one.persons for one in settled.counted)
    assert found.mean <= found.at_least


def simulated(rng, zones=200, passes=3, share=0.7):
    there = rng.negative_binomial(1, 0.2, zones)
    return there, rng.binomial(there[:, None], share, (zones, passes)).astype(float)


def test_the_estimate_finds_how_many_one_pass_misses():
    """In 30 invented counts: nearly unbiased, and the interval holds the truth in most."""
    rng = np.random.default_rng(3)
    errors, held = [], 0
    for seed in range(30):
        there, table = simulated(rng)
        table[rng.random(table.shape) < 0.05] = np.nan
        passed = ~np.isnan(table).all(axis=1)
        found, _ = estimated(table, draws=150, seed=seed)
        truth = there[passed].sum()
        errors.append(found.persons / truth - 1)
        held += found.low <= truth <= (found.high or np.inf)
        assert np.nanmax(table[passed], axis=1).sum() <= found.low <= found.persons
    assert abs(np.mean(errors)) < 0.03
    assert held >= 25


def test_what_cannot_be_estimated_says_why():
    rng = np.random.default_rng(1)
    _, table = simulated(rng)
    assert estimated(table[:, :1])[1] == "one_pass"
    assert estimated(table[:10])[1] == "few_zones"
    turnover = np.where(rng.random((60, 2)) < 0.5, 0.0, 12.0)
    assert estimated(turnover)[1] == "turnover"
    assert estimated(np.full((5, 2), np.nan))[1] == "one_pass"


def test_the_gate_follows_its_rule():
    rule = WeatherRule(rain=1.0, wind=40)
    assert rule.gate(Forecast(1.0, 40)) is Gate.HELD
    assert rule.against(Forecast(1.1, 50, fog=True)) == (Against.RAIN, Against.WIND, Against.FOG)
    assert rule.gate(Forecast(0, 0, fog=True)) is Gate.POSTPONED
    for wrong in (
        {"rain": -1, "wind": 0},
        {"rain": 0, "wind": 999},
        {"rain": float("nan"), "wind": 0},
    ):
        with pytest.raises(InputError, match=r"count_forecast_(rain|wind)"):
            Forecast(**wrong)
