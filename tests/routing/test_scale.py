"""Large problems are prepared quickly, and as the plain definitions say."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from geo.errors import InfeasibleError
from routing.feasible import keep_promises, routes_for
from routing.instance import compiled
from routing.planner import BOUND_SHARE, CHOICE_SHARE, Clock
from routing.problem import Problem, Travel, Visit, part_of
from routing.scale import NEAREST_OPTIONS, scale_of
from routing.suitability import needs_of, suits
from routing.walks import MOST_WALKS, option_of, walks_of
from tests.routing.problems import line, night, shift, visit
from tests.routing.test_walks import one_way_centre


def scattered(count: int, nights: int = 1) -> Problem:
    """Places at random, half of them a second time as another visit; ways of many lengths."""
    numbers = np.random.default_rng(count)
    seconds = numbers.integers(0, 40, (count, count)) * 60
    np.fill_diagonal(seconds, 0)
    visits = []
    for number in range(count + count // 2):
        one = visit(number % count, number % 7, key=f"z{number}")
        options = tuple(replace(one.options[0], night=n) for n in range(number % nights + 1))
        visits.append(replace(one, options=options, materials=number % 2))
    shifts = tuple(shift(night=n, materials=n) for n in range(nights))
    return Problem(tuple(visits), shifts, {"van": Travel(seconds, seconds)}, nights=nights)


@pytest.mark.parametrize("nights", [1, 3])
def test_neighbours_medians_and_pairings_are_what_sorting_and_asking_give(nights: int) -> None:
    problem = scattered(90, nights)
    found, seconds = compiled(problem), problem.travel["van"].seconds
    between = seconds + seconds.T
    scale = scale_of(problem)
    mean = np.mean([o.value for v in problem.visits for o in v.options if o.value])
    assert scale.driving_price == pytest.approx(1e-4 * mean / np.median(seconds[seconds > 0]))
    assert scale.other_night == (np.median(between) / 4 if nights > 1 else 0.0)
    options = found.instance.option[: found.instance.options]
    place, of_night = options["place"], options["night"]
    for option in range(0, len(options), 7):
        away = between[place[option], place] + scale.other_night * (of_night != of_night[option])
        away[option] = np.inf
        order = np.argsort(away, kind="stable")[:NEAREST_OPTIONS]
        assert found.instance.nearest[option].tolist() == order.tolist()
        asked = problem.visits[int(options["visit"][option])]
        expected = [suits(asked, s) and s.night == of_night[option] for s in problem.shifts]
        assert found.instance.allowed[option].tolist() == expected


def test_visits_that_need_the_same_suit_the_same_shifts() -> None:
    """Every change that bars a unit shows in what is compared."""
    changes: list[dict[str, object]] = [
        {"languages": frozenset({"ro"})},
        {"skills": frozenset({"mediatore"})},
        {"modes": frozenset({"foot"})},
        {"never": frozenset({"u"})},
        {"only": frozenset({"x"})},
        {"discreet": True},
        {"materials": 9},
    ]
    unit = shift(materials=3, discreet=False)
    for change in changes:
        barred = replace(visit(1), **change)  # type: ignore[arg-type]
        assert suits(visit(1), unit)
        assert not suits(barred, unit)
        assert needs_of(barred) != needs_of(visit(1))


def test_of_too_many_walks_the_shortest_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = one_way_centre()
    visits = tuple(
        replace(v, options=(*v.options, replace(v.options[0], service=60 * n + 61)))
        for n, v in enumerate(problem.visits)
    )
    problem = replace(problem, visits=visits)
    every = walks_of(problem)
    lasts = [option_of(problem, walk).service for walk in every]
    assert len(every) < MOST_WALKS
    assert lasts == sorted(lasts)
    monkeypatch.setattr("routing.walks.MOST_WALKS", 5)
    assert walks_of(problem) == every[:5]


def test_a_part_of_a_problem_is_planned_as_within_the_whole() -> None:
    problem = scattered(40)
    wanted = list(problem.visits[:30:6])
    part = part_of(problem, {each.key for each in wanted})
    assert part.places < problem.places
    assert len(part.visits) == len(wanted)
    for one, whole in zip(part.visits, wanted, strict=True):
        for other, beyond in zip(part.visits, wanted, strict=True):
            seconds = problem.travel["van"].seconds[whole.place, beyond.place]
            assert part.travel["van"].seconds[one.place, other.place] == seconds
    assert routes_for(problem, wanted, seed=1) == routes_for(part, list(part.visits), seed=1)


def _conflicting(together: int, others: int) -> Problem:
    """Promises at one minute and one van too few, among others that are easily kept."""
    at_once = [visit(1, window=(1800, 1800), key=f"p{n}", required=True) for n in range(together)]
    easy = [visit(1, service=60, key=f"e{n}", required=True) for n in range(others)]
    vans = tuple(shift(f"u{n}") for n in range(together - 1))
    return Problem((*easy[: others // 2], *at_once, *easy[others // 2 :]), vans, line(2))


def test_the_smallest_conflict_is_found_among_many_promises() -> None:
    with pytest.raises(InfeasibleError) as refused:
        keep_promises(_conflicting(5, 12))
    assert refused.value.fields["visits"] == ["p0", "p1", "p2", "p3", "p4"]


def test_a_conflict_is_named_as_far_as_it_is_known_when_time_is_over() -> None:
    with pytest.raises(InfeasibleError) as refused:
        keep_promises(_conflicting(3, 2), late=lambda: True)
    assert len(list(refused.value.fields["visits"])) == 5  # type: ignore[call-overload]


def test_later_phases_have_what_earlier_ones_leave() -> None:
    """Ten seconds: the choice has its share, and less when the search ends late."""
    now = 0.0
    clock = Clock(10.0, timer=lambda: now)
    clock.keep_for_end(compiled(night([visit(1)])))
    kept = BOUND_SHARE * 10 + clock.end_seconds
    now = 5.0
    assert clock.for_choice() == pytest.approx(CHOICE_SHARE * 10)
    now = 10.0 - kept - 0.4
    assert clock.for_choice() == pytest.approx(0.4)
    assert clock.for_bound() == pytest.approx(BOUND_SHARE * 10)
    now = 9.9
    assert clock.for_choice() < 0
    assert not clock.late()
    assert 0 < clock.for_bound() < BOUND_SHARE * 10
    now = 10.5
    assert clock.for_bound() == 0.0
    assert clock.late()
    assert Clock(None, 100).for_choice() is None


def test_an_empty_problem_is_prepared() -> None:
    nobody = Visit("a", 0, ())
    found = compiled(Problem((nobody,), (shift(),), line(1)))
    assert found.instance.nearest.shape == (0, 0)
    assert compiled(Problem((), (), {})).instance.options == 0
