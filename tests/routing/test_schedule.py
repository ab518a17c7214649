"""Timetables: earliest services, late departures, the break where it costs least."""

from __future__ import annotations

import pytest

from routing.problem import Break, Problem, Shift
from routing.schedule import plan_of, sequences_of, timetable
from tests.routing.problems import night, planted, shift, visit


def times(problem: Problem, unit: Shift, *stops: str) -> list[tuple[int, int, int]] | None:
    route = timetable(problem, unit, [(key, 0) for key in stops])
    return route and [(stop.arrival, stop.begin, stop.departure) for stop in route.stops]


def test_drive_wait_serve() -> None:
    problem = night([visit(1), visit(3, window=(2000, 3000))])
    assert times(problem, shift(), "1", "3") == [(60, 60, 660), (780, 2000, 2600)]


def test_too_late_for_a_window_or_for_home() -> None:
    problem = night([visit(1), visit(3, window=(0, 700))])
    assert times(problem, shift(), "1", "3") is None
    assert times(problem, shift(closes=719), "1") is None
    assert times(problem, shift(closes=720), "1") is not None


@pytest.mark.parametrize(
    ("pause", "at", "before", "home"),
    [
        (Break(0, 5000, 300), None, None, 1560),  # home before it must begin: none is due
        (Break(0, 900, 300), 60, 0, 1860),  # on arrival at the first stop
        (Break(700, 900, 300), 780, 1, 1860),  # on arrival at the second
        (Break(661, 700, 300), 661, 1, 1861),  # before driving off: on arrival is too late
        (Break(1300, 1400, 300), 1380, 2, 1860),  # before the way home
    ],
)
def test_where_the_break_lies(pause: Break, at: int | None, before: int | None, home: int) -> None:
    """60 + 600 + 120 + 600 + 180 seconds without a break."""
    problem = night([visit(1), visit(3)])
    route = timetable(problem, shift(pause=pause), [("1", 0), ("3", 0)])
    assert route is not None
    assert (route.pause, route.pause_before, route.home) == (at, before, home)


def test_a_break_that_no_stop_allows() -> None:
    problem = night([visit(1, window=(0, 90), service=2000)])
    assert timetable(problem, shift(pause=Break(100, 200, 60)), [("1", 0)]) is None


def test_sequences_and_plans_are_two_sides() -> None:
    problem = night([visit(1), visit(2)], [shift("u"), shift("v")])
    plan = planted(problem, [[("2", 0), ("1", 0)], []])
    assert sequences_of(problem, plan) == ((("2", 0), ("1", 0)), ())
    assert plan_of(problem, sequences_of(problem, plan)) == plan
    with pytest.raises(ValueError, match="no timetable"):
        planted(night([visit(1)], [shift(closes=1)]), [[("1", 0)]])
