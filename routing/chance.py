"""Random numbers of the search kernel: xorshift64* (Vigna 2016), one word of state.

A generator is an array of one word, so that compiled functions can advance it in place
and two searches with the same seed draw the same numbers on every machine.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from routing.kernel import inlined

_ODD = 0x9E3779B97F4A7C15
_WORD = 2**64 - 1


def generator(seed: int) -> NDArray[np.uint64]:
    """The state of a generator that starts from `seed`; never zero."""
    return np.array([(88172645463325252 ^ (seed * _ODD)) & _WORD or 1], dtype=np.uint64)


@inlined
def draw(chance: NDArray[np.uint64]) -> float:
    """A float in [0, 1)."""
    word = chance[0]
    word ^= word >> np.uint64(12)
    word ^= word << np.uint64(25)
    word ^= word >> np.uint64(27)
    chance[0] = word
    return np.float64((word * np.uint64(2685821657736338717)) >> np.uint64(11)) / 9007199254740992.0


@inlined
def draw_below(chance: NDArray[np.uint64], count: float) -> int:
    """A whole number from 0 to `count` - 1."""
    return int(draw(chance) * count)
