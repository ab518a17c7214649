"""No plan has fewer crews than the covering proves, and where it can it proves the number."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import assume, given, settings

from routing.count import fewest_crews
from routing.count_bound import counted
from routing.covering import fewest_by_covering
from routing.instance import compiled
from routing.pricing import best_routes, empty_paper
from routing.problem import Problem
from routing.relaxed_walks import NO_TOLLS, relaxed_walks
from tests.routing.problems import brute_force, crews_that_are_enough, night, problems, shift, visit


def parted() -> Problem:
    """Two units with a shift for four zones, each with five zones of its own."""
    zones = [
        replace(visit(1, key=f"{unit}{number}"), only=frozenset({unit, unit * 2, unit * 3}))
        for unit in "ab"
        for number in range(5)
    ]
    return counted(night(zones, [shift(unit * n, closes=3000) for unit in "ab" for n in (1, 2, 3)]))


def test_each_part_needs_whole_crews() -> None:
    """Ten zones would fill two crews and a half; five and five need two each."""
    assert fewest_by_covering(parted()) == 4


def test_the_proof_says_what_holds_when_it_is_stopped() -> None:
    assert fewest_by_covering(parted(), stopped=lambda: True) == 2
    assert fewest_by_covering(parted(), seconds=0.0) == 2


def test_begun_routes_are_left_to_the_other_bound() -> None:
    problem = night([visit(1), visit(2)], [shift(locked=(("1", 0),))])
    assert fewest_by_covering(counted(problem)) == 1
    assert fewest_by_covering(counted(night([]))) == 0


def test_crews_of_each_kind_are_tried_where_the_relaxation_mixes_them() -> None:
    """Two triangles, each crew passes two of three zones: half of every crew would do, so the
    relaxation needs three, but two are needed a triangle. One crew may go to either, not both."""
    crews = ("ab", "bc", "ca", "de", "ef", "fd", "x")
    either = {"a": (0, 100), "d": (0, 100)}
    zones = [
        replace(
            visit(1, key=zone, window=either.get(zone, (0, 36_000))),
            only=frozenset(
                crew for crew in crews if zone in crew or (crew == "x" and zone in either)
            ),
        )
        for zone in "abcdef"
    ]
    problem = counted(night(zones, [shift(crew, closes=3000) for crew in crews]))
    assert fewest_by_covering(problem) == 4
    assert fewest_crews(problem, iterations=300).crews == 4


@given(problem=problems(most_visits=4, most_shifts=3, metric=True))
@settings(max_examples=60, deadline=None, derandomize=True)
def test_no_choice_of_fewer_crews_makes_every_visit(problem: Problem) -> None:
    alike_worth = counted(problem)
    enough = crews_that_are_enough(alike_worth)
    assume(enough)
    assert fewest_by_covering(alike_worth) <= min(enough)


@given(problem=problems(most_visits=4, most_shifts=1))
@settings(max_examples=100, deadline=None, derandomize=True)
def test_no_route_is_worth_more_than_pricing_says(problem: Problem) -> None:
    problem = replace(
        problem,
        visits=tuple(replace(one, required=False) for one in problem.visits),
        shifts=tuple(replace(one, walking=None, locked=()) for one in problem.shifts),
    )
    arrays = compiled(problem)
    walks = relaxed_walks(arrays)
    assume(walks is not None)
    instance = arrays.instance
    values = np.array([float(o.value) for one in problem.visits for o in one.options])
    near = np.full((len(problem.visits), 1), 2 ** len(problem.visits) - 1, dtype=np.uint64)
    drive = walks.drive[int(instance.shift["mode"][0])]
    worth, count = best_routes(
        instance, 0, drive, walks.start[0], values, NO_TOLLS, near,
        int(instance.shift["driving_limit"][0]), walks.step, 0.0,
        empty_paper(20_000, len(problem.visits)),
    )  # fmt: skip
    best = brute_force(problem)
    assert worth >= best
    assert (count > 0) == (worth > 0.0)
    limits = problem.shifts[0].metres, problem.shifts[0].materials, problem.shifts[0].driving
    if limits == (None, None, None) and np.array_equal(drive, problem.travel["van"].seconds):
        assert worth == best
