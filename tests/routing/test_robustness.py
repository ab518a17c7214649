"""A plan driven a thousand times."""

from __future__ import annotations

import pytest

from routing.plan import Plan
from routing.planner import plan_night
from routing.problem import Break, Problem
from routing.robustness import Spread, drive_often, plan_with_buffer
from tests.routing.problems import night, planted, shift, visit


def planner(problem: Problem) -> Plan:
    return plan_night(problem, iterations=100)


def test_certain_times_are_always_kept() -> None:
    problem = night([visit(1, required=True), visit(2)], [shift(pause=Break(500, 900, 300))])
    plan = planted(problem, [[("1", 0), ("2", 0)]])
    found = drive_often(problem, plan, spread=Spread(0.0, 0.0))
    assert found.on_time == 1.0
    assert found.late_return == {("u", 0): 0.0}
    assert found.missed == {"1": 0.0}


def test_a_shift_without_slack_is_late_half_of_the_time() -> None:
    """Home exactly at the end; a log-normal sum of mean 1 exceeds it in a little under half."""
    problem = night([visit(p) for p in (1, 2, 3)], [shift(closes=2160)])
    plan = planted(problem, [[("1", 0), ("2", 0), ("3", 0)]])
    assert drive_often(problem, plan, drives=4000).late_return["u", 0] == pytest.approx(
        0.46, abs=0.04
    )


def test_a_window_that_just_holds_is_missed_half_of_the_time() -> None:
    promise = visit(2, window=(0, 720), required=True)
    problem = night([visit(1), promise])
    plan = planted(problem, [[("1", 0), ("2", 0)]])
    found = drive_often(problem, plan, drives=4000)
    assert found.missed["2"] == pytest.approx(0.45, abs=0.05)
    assert found.on_time == pytest.approx(1 - found.missed["2"])


def test_the_break_and_waiting_absorb_delays() -> None:
    problem = night([visit(1), visit(2, window=(3000, 9000))])
    plan = planted(problem, [[("1", 0), ("2", 0)]])
    assert drive_often(problem, plan).on_time == 1.0


def test_a_buffer_is_found_that_holds() -> None:
    zones = [visit(p, 10) for p in range(1, 7)]
    problem = night(zones, [shift(closes=6 * 600 + 12 * 60)])
    tight = drive_often(problem, planner(problem))
    plan, found, buffer = plan_with_buffer(problem, planner, share=0.95)
    assert tight.on_time < 0.6
    assert found.on_time >= 0.95
    assert buffer > 0
    assert plan.value == 50
