"""Stopping criteria: how much of the effort is spent."""

from __future__ import annotations

from itertools import count

from routing.stopping import Cancelled, FirstOf, MaxIterations, MaxSeconds, TargetValue


def test_iterations() -> None:
    limit = MaxIterations(200)
    assert [limit.spent(done, 0.0) for done in (0, 50, 200)] == [0.0, 0.25, 1.0]
    assert [limit.left(done) for done in (0, 150, 300)] == [200, 50, 0]
    assert MaxIterations(0).spent(0, 0.0) == 1.0


def test_seconds_of_any_clock() -> None:
    ticks = count()
    limit = MaxSeconds(4.0, clock=lambda: float(next(ticks)))
    assert [limit.spent(0, 0.0) for _ in range(4)] == [0.25, 0.5, 0.75, 1.0]
    assert limit.left(10) is None
    assert MaxSeconds(-1.0).spent(0, 0.0) == 1.0


def test_target_and_cancel() -> None:
    assert TargetValue(10).spent(0, 9.0) == 0.0
    assert TargetValue(10).spent(0, 10.0) == 1.0
    asked = Cancelled()
    assert asked.spent(0, 0.0) == 0.0
    asked.cancel()
    assert asked.spent(0, 0.0) == 1.0


def test_the_first_criterion_decides() -> None:
    both = FirstOf(MaxIterations(100), TargetValue(5))
    assert both.spent(50, 0.0) == 0.5
    assert both.spent(50, 5.0) == 1.0
    assert both.left(60) == 40
    assert FirstOf(TargetValue(5)).left(60) is None
