"""When a search has done enough: small criteria behind one protocol.

A criterion tells the share of the effort that is spent, because annealing cools by it;
the search stops at 1.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Protocol


class Stopping(Protocol):
    """What a search asks between its steps."""

    def spent(self, iterations: int, value: float) -> float:
        """The share of the effort that is spent after some iterations, at a value reached."""
        ...

    def left(self, iterations: int) -> int | None:
        """Iterations that are left, None where something else than iterations decides."""
        ...


class _Unlimited:
    def left(self, iterations: int) -> int | None:
        return None


class MaxIterations:
    """Stop after a number of iterations: the only criterion that is the same everywhere."""

    def __init__(self, limit: int) -> None:
        self.limit = limit

    def spent(self, iterations: int, value: float) -> float:
        return iterations / self.limit if self.limit > 0 else 1.0

    def left(self, iterations: int) -> int | None:
        return max(0, self.limit - iterations)


class MaxSeconds(_Unlimited):
    """Stop after some seconds of a clock, counted from construction."""

    def __init__(self, limit: float, clock: Callable[[], float] = time.perf_counter) -> None:
        self.limit = limit
        self.clock = clock
        self.begin = clock()

    def spent(self, iterations: int, value: float) -> float:
        return (self.clock() - self.begin) / self.limit if self.limit > 0 else 1.0


class TargetValue(_Unlimited):
    """Stop as soon as a value is reached, for instance a bound."""

    def __init__(self, target: float) -> None:
        self.target = target

    def spent(self, iterations: int, value: float) -> float:
        return 1.0 if value >= self.target else 0.0


class Cancelled(_Unlimited):
    """Stop when someone has asked for it."""

    def __init__(self) -> None:
        self.asked = False

    def cancel(self) -> None:
        self.asked = True

    def spent(self, iterations: int, value: float) -> float:
        return 1.0 if self.asked else 0.0


class FirstOf:
    """Stop when the first of several criteria does."""

    def __init__(self, *criteria: Stopping) -> None:
        self.criteria = criteria

    def spent(self, iterations: int, value: float) -> float:
        return max(criterion.spent(iterations, value) for criterion in self.criteria)

    def left(self, iterations: int) -> int | None:
        counted = [criterion.left(iterations) for criterion in self.criteria]
        return min((count for count in counted if count is not None), default=None)
