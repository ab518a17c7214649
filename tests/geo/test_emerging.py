"""Movements: planted ones are found, chance is not, and Gi* is what its formula says."""

import numpy as np
import pytest

from geo.emerging import (
    LATELY,
    Lack,
    Movement,
    Pattern,
    Side,
    movements,
    pattern_of,
    residuals,
    spots,
    star,
)
from geo.errors import InputError
from geo.monitoring import Cube, levels
from tests.geo.months import cube, groups, planted

RISES, FALLS = slice(0, 4), slice(8, 12)
SEEDS = range(12)


def change(zones=60, count=24):
    """A group of zones that rises to six times as much, and one that falls as far."""
    table = np.ones((zones, count))
    table[RISES] = np.geomspace(0.4, 2.4, count)
    table[FALLS] = np.geomspace(2.4, 0.4, count)
    return table


@pytest.fixture(scope="module")
def found():
    return [movements(planted(seed, change=change()), groups(60)) for seed in SEEDS]


def test_planted_movements_are_found(found):
    rising = [one.movement is Movement.EMERGING for each in found for one in each[RISES]]
    falling = [one.movement is Movement.DIMINISHING for each in found for one in each[FALLS]]
    assert np.mean(rising) > 0.75
    assert np.mean(falling) > 0.75
    wrong = {Movement.EMERGING: FALLS, Movement.DIMINISHING: RISES}
    for movement, zones in wrong.items():
        assert not any(one.movement is movement for each in found for one in each[zones])


def test_change_is_told_with_an_interval_that_covers_it(found):
    # The last third of the months over the first: about six to the power of two thirds.
    truth = change()[0, -8:].mean() / change()[0, :8].mean()
    inside = [one.change_low < truth < one.change_high for each in found for one in each[RISES]]
    assert np.mean(inside) > 0.85


def test_false_discoveries_stay_within_their_share(found):
    shares = []
    for each in found:
        moved = {n for n, one in enumerate(each) if one.q <= 0.05}
        shares.append(len(moved - {*range(4), *range(8, 12)}) / max(1, len(moved)))
    assert np.mean(shares) <= 0.06


@pytest.mark.parametrize(("count", "looked"), [(12, 0.95), (24, 0.6), (36, 0.85)])
def test_where_nothing_moves_hardly_anything_is_said_to(count, looked):
    said = []
    for seed in SEEDS:
        each = movements(planted(seed, count=count, looked=looked), groups(60))
        said.append(any(one.q <= 0.05 or one.movement is Movement.SILENT for one in each))
    assert np.mean(said) <= 0.1


def test_falling_effort_is_no_falling_presence():
    """Hours shrink to a tenth: counts get small and skewed, and still nothing is said."""
    said = []
    for seed in SEEDS:
        rng = np.random.default_rng(seed)
        hours = np.geomspace(6, 0.6, 24) * rng.gamma(8, 1 / 8, (60, 24))
        each = movements(cube(rng.poisson(4 * hours), hours), groups(60))
        said.append(any(one.q <= 0.05 for one in each))
    assert np.mean(said) <= 0.1


def test_no_spot_where_all_zones_are_alike():
    said = []
    for seed in SEEDS:
        rng = np.random.default_rng(seed)
        hours = rng.gamma(2, 1, (60, 24))
        alike = cube(rng.poisson(4 * hours * rng.gamma(6, 1 / 6, hours.shape)), hours)
        hot, cold = spots(alike, levels(alike), groups(60))
        said.append(bool((hot | cold).any()))
    assert np.mean(said) <= 0.1


def test_gi_star_by_hand():
    """Ord & Getis (1995), equation 14, written out with a dense matrix."""
    one = planted(4, zones=12, count=10)
    values = residuals(one, levels(one).expected(one, own=False))[one.looked]
    joined = np.array([(0, 1), (1, 0), (1, 2), (2, 1), (5, 7), (7, 5)])
    at = [(z, m) for z in range(12) for m in range(10) if one.looked[z, m]]
    near = {(a, b) for a, b in joined.tolist()} | {(z, z) for z in range(12)}
    weights = np.array(
        [[(a[0], b[0]) in near and a[1] - b[1] in (0, 1) for b in at] for a in at], float
    )
    n, mean = len(values), values.mean()
    deviation = np.sqrt((values**2).mean() - mean**2)
    whole, square = weights.sum(1), (weights**2).sum(1)
    by_hand = (weights @ values - mean * whole) / (
        deviation * np.sqrt((n * square - whole**2) / (n - 1))
    )
    assert star(values, one.looked, joined) == pytest.approx(by_hand, abs=1e-9)
    assert star(values - 100, one.looked, joined) == pytest.approx(by_hand, abs=1e-6)


@pytest.mark.parametrize(
    ("months", "rising", "expected"),
    [
        ("............", 0, (Pattern.NONE, None)),
        ("...........h", 0, (Pattern.NEW, Side.MORE)),
        (".........hhh", 0, (Pattern.CONSECUTIVE, Side.MORE)),
        ("hhhhhhhhhhhh", 0, (Pattern.PERSISTENT, Side.MORE)),
        (".hhhhhhhhhhh", 1, (Pattern.INTENSIFYING, Side.MORE)),
        ("hhhhhhhhhhhh", -1, (Pattern.LESSENING, Side.MORE)),
        ("h.h...h....h", 0, (Pattern.SPORADIC, Side.MORE)),
        ("c.c...h....h", 0, (Pattern.ALTERNATING, Side.MORE)),
        ("hhhhhhhhhhh.", 0, (Pattern.HISTORICAL, Side.MORE)),
        ("...h....h...", 0, (Pattern.NONE, None)),
        ("...........c", 0, (Pattern.NEW, Side.FEWER)),
        ("cccccccccccc", -1, (Pattern.INTENSIFYING, Side.FEWER)),
        ("cccccccccccc", 1, (Pattern.LESSENING, Side.FEWER)),
        ("h.......c.cc", 0, (Pattern.ALTERNATING, Side.FEWER)),
        ("", 0, (Pattern.NONE, None)),
    ],
)
def test_patterns_are_those_of_emerging_hot_spot_analysis(months, rising, expected):
    hot, cold = (np.array([month == mark for month in months], bool) for mark in "hc")
    assert pattern_of(hot, cold, rising) == expected


def test_a_zone_where_nobody_is_met_any_more_is_silent_only_if_somebody_looked():
    whole = planted(1, zones=40, looked=1.0)
    persons, hours = whole.persons.copy(), whole.hours.copy()
    persons[:2, -LATELY:] = 0
    hours[1, -LATELY:] = 0
    hours[2, 8:] = 0
    hours[3] *= 0.02
    persons[3] = 0
    known = Cube(whole.zones, whole.months, persons * (hours > 0), hours, whole.weather)
    found = movements(known, groups(40))
    assert found[0].movement is Movement.SILENT
    assert found[0].rate == 0
    assert found[0].high > 0
    lacks = [(one.movement, one.lack) for one in found[1:4]]
    assert lacks == [
        (Movement.UNKNOWN, Lack.NOT_LATELY),
        (Movement.UNKNOWN, Lack.NOT_LATELY),
        (Movement.UNKNOWN, Lack.FEW_HOURS),
    ]
    assert found[1].rate is None


def test_a_zone_looked_at_in_few_months_is_not_told_of():
    whole = planted(1, zones=40, looked=1.0)
    hours = whole.hours.copy()
    hours[0, :-4] = 0
    known = Cube(whole.zones, whole.months, whole.persons * (hours > 0), hours, whole.weather)
    found = movements(known, groups(40))[0]
    assert (found.movement, found.lack, found.months) == (Movement.UNKNOWN, Lack.FEW_MONTHS, 4)


def test_a_cube_of_few_months_is_refused():
    with pytest.raises(InputError) as refused:
        movements(planted(1, count=9), groups(60))
    assert refused.value.code == "monitoring_months"
    assert refused.value.fields == {"got": 9, "least": 10}
