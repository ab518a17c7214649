"""Discrete Laplace noise, exact: whole numbers and fractions alone, no floating point.

Canonne, Kamath and Steinke, "The Discrete Gaussian for Differential Privacy", 2020,
algorithms 1 and 2. Floating-point noise leaks through the gaps between its values
(Mironov 2012); this does not have any.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from secrets import randbelow

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


def _chance_of_exp(gamma: Fraction, below: Below) -> bool:
    """True with the probability exp(−gamma), 0 ≤ gamma ≤ 1."""
    k = 1
    while below(gamma.denominator * k) < gamma.numerator:
        k += 1
    return k % 2 == 1
