"""A wrong value is refused where it is given, with the name of its field."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from geo.errors import InputError, MissingError
from routing.problem import EARLIEST, Break, Option, Problem, Shift, Travel, Visit
from tests.routing.problems import line, night, shift, visit

WRONG: dict[str, tuple[Callable[[], object], str, str]] = {
    "negative service": (lambda: Option(0, 1, -5, 1), "out_of_range", "option.service"),
    "NaN value": (lambda: Option(0, 1, 5, float("nan")), "not_whole", "option.value"),  # type: ignore[arg-type]
    "fraction": (lambda: Option(0, 1, 1.5, 1), "not_whole", "option.service"),  # type: ignore[arg-type]
    "true is no number": (lambda: Option(0, 1, True, 1), "not_whole", "option.service"),
    "window reversed": (lambda: Option(10, 9, 1, 1), "window_reversed", "option"),
    "negative time": (lambda: Option(EARLIEST - 1, 9, 1, 1), "out_of_range", "option.opens"),
    "beyond two days": (lambda: Option(0, 172_801, 1, 1), "out_of_range", "option.closes"),
    "night negative": (lambda: Option(0, 1, 1, 1, -1), "out_of_range", "option.night"),
    "key empty": (lambda: Visit("", 0, ()), "empty", "visit.key"),
    "never visited": (lambda: visit(1, most=0), "out_of_range", "visit.most"),
    "break of no length": (lambda: Break(0, 1, 0), "out_of_range", "pause.length"),
    "shift reversed": (lambda: Shift("u", 0, 0, 9, 8), "window_reversed", "shift"),
    "unit empty": (lambda: Shift("", 0, 0, 0, 8), "empty", "shift.unit"),
    "limit negative": (lambda: shift(driving=-1), "out_of_range", "shift.driving"),
    "kits negative": (lambda: visit(1, materials=-1), "out_of_range", "visit.materials"),
    "kits NaN": (lambda: visit(1, materials=float("nan")), "not_whole", "visit.materials"),
    "kits on board negative": (lambda: shift(materials=-1), "out_of_range", "shift.materials"),
    "kits on board NaN": (
        lambda: shift(materials=float("nan")),
        "not_whole",
        "shift.materials",
    ),
    "shift NaN": (lambda: Shift("u", 0, 0, 0, float("nan")), "not_whole", "shift.closes"),  # type: ignore[arg-type]
    "limit NaN": (lambda: shift(metres=float("nan")), "not_whole", "shift.metres"),
    "walk negative": (lambda: shift(walking=-1), "out_of_range", "shift.walking"),
    "matrix not square": (
        lambda: Travel(np.zeros((2, 3), int), np.zeros((2, 3), int)),
        "matrix_shape",
        "travel.seconds",
    ),
    "matrix NaN": (
        lambda: Travel(np.full((2, 2), np.nan), np.zeros((2, 2), int)),  # type: ignore[arg-type]
        "not_whole",
        "travel.seconds",
    ),
    "matrix negative": (
        lambda: Travel(np.zeros((2, 2), int), np.full((2, 2), -1)),
        "out_of_range",
        "travel.metres",
    ),
    "matrices of two sizes": (
        lambda: Travel(np.zeros((2, 2), int), np.zeros((3, 3), int)),
        "matrix_shape",
        "travel.metres",
    ),
    "visit twice": (lambda: night([visit(1), visit(1)]), "twice", "problem.visits"),
    "unit twice": (lambda: night([visit(1)], [shift(), shift()]), "twice", "problem.shifts"),
    "place unknown": (
        lambda: replace(night([visit(1)]), visits=(visit(5),)),
        "unknown",
        "visit 5 place",
    ),
    "mode unknown": (lambda: night([visit(1)], [shift(mode="boat")]), "unknown", "shift u mode"),
    "night unknown": (
        lambda: night([visit(1)], [shift(night=1)]),
        "out_of_range",
        "shift u night",
    ),
    "locked unknown": (
        lambda: night([visit(1)], [shift(locked=(("2", 0),))]),
        "unknown",
        "shift u locked",
    ),
    "diminishing NaN": (
        lambda: night([visit(1)], diminishing=float("nan")),
        "out_of_range",
        "problem.diminishing",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_values_are_refused_with_their_field(case: str) -> None:
    make, code, name = WRONG[case]
    with pytest.raises(InputError) as refused:
        make()
    assert refused.value.code == code
    assert refused.value.fields["field"] == name


def test_locked_stop_of_another_night() -> None:
    option = Option(0, 100, 1, 1, night=1)
    with pytest.raises(InputError, match="locked night"):
        Problem((Visit("1", 1, (option,)),), (shift(locked=(("1", 0),)),), line(2), nights=2)


def test_unknown_visit() -> None:
    with pytest.raises(MissingError, match="visit_missing"):
        night([visit(1)]).visit("7")


def test_further_visits_are_worth_less() -> None:
    problem = night([visit(1)])
    assert [problem.diminished(100, rank) for rank in range(4)] == [100, 60, 36, 22]


def test_matrices_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="read-only"):
        line(3)["van"].seconds[0, 1] = 5
