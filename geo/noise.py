"""Discrete Laplace noise, exact: whole numbers and fractions alone, no floating point.

Canonne, Kamath and Steinke, "The Discrete Gaussian for Differential Privacy", 2020,
algorithms 1 and 2. Floating-point noise leaks through the gaps between its values
(Mironov 2012); this does not have any.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import log
from secrets import randbelow

import numpy as np

Below = Callable[[int], int]
"""`below(n)`: a whole number from 0 to n − 1, each as likely."""


def discrete_laplace(scale: Fraction, below: Below = randbelow) -> int:
    """One draw k with a probability proportional to exp(−|k| / scale); `scale` > 0."""
    s, t = scale.denominator, scale.numerator
    while True:
        # The rest modulo t, then how many times t, of a geometric number.
        rest = below(t)
        if not _chance_of_exp(Fraction(rest, t), below):
            continue
        times = 0
        while _chance_of_exp(Fraction(1), below):
            times += 1
        size = (rest + t * times) // s
        negative = below(2) == 1
        if size or not negative:  # a zero of each sign would come twice as often
            return -size if negative else size


def measured_epsilon(epsilon: Fraction, nights: int, draws: int, below: Below = randbelow) -> float:
    """How well counts with and without one person's month are told apart, as an epsilon.

    Of `draws` noisy counts half have `nights` contacts more. The logarithm of the ratio of
    the chances of "at least k" and "less than k" is at most the true epsilon, for each k;
    events under two percent are left out, where chance alone makes large ratios.
    """
    scale = Fraction(nights) / epsilon
    noise = np.array([discrete_laplace(scale, below) for _ in range(draws)])
    one, other = noise[: draws // 2], noise[draws // 2 :] + nights
    worst = 0.0
    for k in range(-nights, 2 * nights + 1):
        for events in ((one >= k, other >= k), (one < k, other < k)):
            p, q = (float(np.mean(event)) for event in events)
            if min(p, q) > 0.02:
                worst = max(worst, abs(log(p / q)))
    return worst


def _chance_of_exp(gamma: Fraction, below: Below) -> bool:
    """True with the probability exp(−gamma), 0 ≤ gamma ≤ 1."""
    k = 1
    while below(gamma.denominator * k) < gamma.numerator:
        k += 1
    return k % 2 == 1
