"""The noise has the distribution that the guarantee is computed from, and no other."""

from fractions import Fraction
from math import exp
from random import Random

import numpy as np
import pytest
from scipy.stats import chisquare

from geo.noise import discrete_laplace, measured_epsilon

DRAWS = 40_000


def probability(k, scale):
    """P(k) of the discrete Laplace distribution in closed form."""
    alpha = exp(-1 / float(scale))
    return (1 - alpha) / (1 + alpha) * alpha ** abs(k)


@pytest.mark.parametrize("scale", [Fraction(1, 2), Fraction(3), Fraction(8), Fraction(80, 7)])
def test_draws_fit_the_closed_form(scale):
    random = Random(5)
    draws = np.array([discrete_laplace(scale, random.randrange) for _ in range(DRAWS)])
    reach = int(4 * scale)
    inner = np.array([np.count_nonzero(draws == k) for k in range(-reach, reach + 1)])
    expected = np.array([probability(k, scale) for k in range(-reach, reach + 1)]) * DRAWS
    observed = np.append(inner, DRAWS - inner.sum())
    fit = chisquare(observed, np.append(expected, DRAWS - expected.sum()))
    assert fit.pvalue > 0.001


def test_neighbouring_counts_are_as_alike_as_epsilon_says():
    # The audit: of two counts that differ by one person's whole month, no event is told
    # apart better than by a factor of exp(epsilon).
    measured = measured_epsilon(Fraction(1), 8, 200_000, Random(11).randrange)
    assert 0.9 < measured <= 1.1
    # Noise for one contact does not hide eight of them.
    assert measured_epsilon(Fraction(1), 1, 20_000, Random(3).randrange) <= 1.1
    weak = Random(4)
    draws = np.array([discrete_laplace(Fraction(1), weak.randrange) for _ in range(20_000)])
    assert np.mean(draws[:10_000] + 8 >= 4) / np.mean(draws[10_000:] >= 4) > 50


def test_a_draw_takes_chance_from_the_system():
    assert len({discrete_laplace(Fraction(1000)) for _ in range(30)}) > 20
