"""Plans keep every rule, are as good as the best, and are the same every time."""

from __future__ import annotations

import threading
import time
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from data.plan_words import PHASES
from geo.errors import InfeasibleError
from routing.anneal import FIRST_STEP, Annealer
from routing.bound import bound
from routing.instance import compiled
from routing.plan import check
from routing.planner import Clock, Progress, plan_night
from routing.problem import UNREACHABLE, Break, Option, Problem, Travel, Visit
from routing.stopping import MaxSeconds
from tests.routing.problems import brute_force, night, problems, shift, visit

SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]


@given(problem=problems())
@settings(max_examples=60, deadline=None, suppress_health_check=SLOW)
def test_every_plan_keeps_every_rule(problem: Problem) -> None:
    plan = plan_night(problem, iterations=300)
    assert check(problem, plan) == ()


@given(problem=problems(most_visits=4, most_shifts=2, metric=True))
@settings(max_examples=60, deadline=None, suppress_health_check=SLOW, derandomize=True)
def test_small_nights_are_planned_best_and_the_bound_holds(problem: Problem) -> None:
    best = brute_force(problem)
    plan = plan_night(problem, iterations=1500)
    assert plan.value == best
    assert plan.bound is not None
    assert plan.bound >= best


@given(problem=problems(nights=3))
@settings(max_examples=25, deadline=None, suppress_health_check=SLOW)
def test_weeks_keep_every_rule_too(problem: Problem) -> None:
    plan = plan_night(problem, iterations=300)
    assert check(problem, plan) == ()
    assert plan.bound is not None
    assert plan.bound >= plan.value


def test_the_bound_knows_ways_that_take_no_time() -> None:
    """Two zones at one corner: the second is near to the first, and far from the base."""
    seconds = np.array([[0, 60, 900], [60, 0, 0], [900, 0, 0]])
    problem = night([visit(1), visit(2)], [shift(closes=2200)])
    problem = replace(problem, travel={"van": Travel(seconds, seconds)})
    plan = plan_night(problem, iterations=200)
    assert plan.value == 20
    assert bound(compiled(problem), value=0.0) >= 20


def test_same_seed_same_plan() -> None:
    numbers = np.random.default_rng(3)
    visits = [visit(p, int(numbers.integers(1, 50)), service=300) for p in range(1, 30)]
    problem = night(visits, [shift("a"), shift("b", closes=5000)])
    first = plan_night(problem, iterations=300, seed=5)
    assert first == plan_night(problem, iterations=300, seed=5)


@pytest.mark.parametrize("shifts", [(), (shift(),)])
def test_nothing_to_do(shifts: tuple) -> None:
    problem = Problem((), shifts, {"van": Travel(np.zeros((1, 1), int), np.zeros((1, 1), int))})
    plan = plan_night(problem, iterations=10)
    assert plan.routes == ()
    assert plan.value == 0


def test_no_unit_plans_nothing() -> None:
    problem = replace(night([visit(1)]), shifts=())
    assert plan_night(problem, iterations=10).value == 0


def test_one_zone() -> None:
    plan = plan_night(night([visit(1, value=7)]), iterations=20)
    (route,) = plan.routes
    assert plan.value == plan.bound == 7
    assert (route.departure, route.home, route.metres) == (0, 720, 2000)


def test_unit_leaves_its_base_no_earlier_than_it_must() -> None:
    plan = plan_night(night([visit(2, window=(3600, 7200))]), iterations=20)
    assert plan.routes[0].departure == 3600 - 120


def test_places_at_one_spot_are_all_visited() -> None:
    zones = [visit(1, key=f"z{number}", service=0) for number in range(5)]
    assert len(plan_night(night(zones), iterations=50).served) == 5


def test_two_thousand_zones_are_planned() -> None:
    numbers = np.random.default_rng(4)
    at = numbers.integers(0, 7200, (2001, 2))
    apart = np.abs(at[:, None] - at[None]).sum(axis=-1)
    zones = [visit(p, int(numbers.integers(1, 50)), service=300) for p in range(1, 2001)]
    shifts = [shift(f"u{k}", closes=14_400) for k in range(6)]
    problem = Problem(tuple(zones), tuple(shifts), {"van": Travel(apart, apart)})
    plan = plan_night(problem, iterations=5)
    assert check(problem, plan) == ()
    assert all(plan.route(each.unit) for each in shifts)


def test_unreachable_zone_is_left_out() -> None:
    far = np.array([[0, 60, UNREACHABLE], [60, 0, UNREACHABLE], [UNREACHABLE, UNREACHABLE, 0]])
    problem = replace(night([visit(1), visit(2)]), travel={"van": Travel(far, far)})
    assert plan_night(problem, iterations=50).served == {"1"}


def test_one_way_roads_are_respected() -> None:
    seconds = np.array([[0, 60, 120], [120, 0, 60], [60, 120, 0]])
    problem = replace(
        night([visit(1), visit(2)], [shift(closes=1400)]), travel={"van": Travel(seconds, seconds)}
    )
    (route,) = plan_night(problem, iterations=100).routes
    assert [stop.visit for stop in route.stops] == ["1", "2"]


def test_break_is_taken_while_waiting() -> None:
    pause = Break(1000, 3000, 900)
    zones = [visit(1, window=(0, 600)), visit(2, window=(3600, 4000))]
    (route,) = plan_night(night(zones, [shift(pause=pause)]), iterations=100).routes
    assert len(route.stops) == 2
    assert route.pause is not None
    assert 1000 <= route.pause <= 2700


def test_promises_go_before_value() -> None:
    zones = [visit(10, value=1, required=True), visit(1, value=100), visit(2, value=100)]
    plan = plan_night(night(zones, [shift(closes=1800)]), iterations=200)
    assert plan.served == {"10"}


def test_shorter_option_is_taken_where_time_is_short() -> None:
    both = Visit("z", 1, (Option(0, 7200, 3600, 10), Option(0, 7200, 600, 6)))
    plan = plan_night(night([both], [shift(closes=1800)]), iterations=50)
    assert plan.routes[0].stops[0].option == 1
    assert plan.value == 6


def test_impossible_promise_names_its_cause() -> None:
    with pytest.raises(InfeasibleError) as refused:
        plan_night(night([visit(1, required=True, languages=frozenset({"zh"}))]), iterations=10)
    assert refused.value.code == "promise_impossible"
    assert refused.value.fields == {"visit": "1", "reason": "language"}


def test_promises_that_conflict_are_narrowed_to_the_smallest_set() -> None:
    at_once = [visit(p, window=(600, 600), required=True) for p in (1, 2)]
    later = [visit(3, window=(3000, 6000), required=True), visit(4)]
    with pytest.raises(InfeasibleError) as refused:
        plan_night(night([*at_once, *later]), iterations=10)
    assert refused.value.code == "promises_conflict"
    assert set(refused.value.fields["visits"]) == {"1", "2"}  # type: ignore[call-overload]


def test_locked_stops_stay_first() -> None:
    zones = [visit(1, value=5), visit(5, value=1), visit(6, value=5)]
    problem = night(zones, [shift(locked=(("5", 0),))])
    (route,) = plan_night(problem, iterations=100).routes
    assert route.stops[0].visit == "5"
    assert len(route.stops) == 3


def test_whoever_listens_is_told_of_known_phases_by_the_thread_that_plans() -> None:
    numbers = np.random.default_rng(3)
    visits = [visit(p, int(numbers.integers(1, 50)), service=300) for p in range(1, 30)]
    heard = []

    def listen(progress: Progress) -> None:
        heard.append((threading.get_ident(), progress.phase))

    plan_night(night(visits, [shift("a")]), iterations=800, progress=listen)
    threads, phases = zip(*heard, strict=True)
    assert set(threads) == {threading.get_ident()}
    assert {"choice", "bound"} <= set(phases) <= set(PHASES)


def test_listener_can_cancel_and_gets_the_best_so_far() -> None:
    seen: list[Progress] = []

    def stop_at_once(progress: Progress) -> bool:
        seen.append(progress)
        return False

    problem = night([visit(p) for p in range(1, 9)])
    begin = time.perf_counter()
    plan = plan_night(problem, seconds=60, progress=stop_at_once)
    assert check(problem, plan) == ()
    assert plan.bound is None
    assert time.perf_counter() - begin < 30
    assert seen[0].phase == "search"


def test_the_search_looks_at_its_clock_after_every_step() -> None:
    readings = iter([0.0, 0.0, 60.0])  # begun, before the first step, after it
    annealer = Annealer.from_start(compiled(night([visit(p) for p in range(1, 9)])), 1)
    annealer.run(MaxSeconds(1.0, lambda: next(readings)))
    assert annealer.iterations == FIRST_STEP


@pytest.mark.parametrize(("seconds", "left"), [(1.0, 0.83), (10.0, 8.3), (60.0, 55.0)])
def test_the_search_leaves_the_choice_and_the_bound_their_time(seconds: float, left: float) -> None:
    at = [100.0]
    clock = Clock(seconds, timer=lambda: at[0])
    at[0] += 0.5  # what came before the search counts
    stopping = clock.stopping()
    at[0] += left - 0.5
    assert stopping.spent(0, 0.0) == pytest.approx(1.0)


@pytest.mark.parametrize(("round_takes", "left"), [(0.01, 0.07), (0.15, 0.15), (0.3, 0.0)])
def test_a_bound_that_would_take_too_long_is_not_worked_out(round_takes, left) -> None:
    clock = Clock(1.0)
    clock.keep_for_bound(round_takes)
    assert clock.bound_seconds == pytest.approx(left)


def test_without_time_for_a_round_the_bound_is_the_sum_of_all_values() -> None:
    problem = night([visit(p, 5) for p in range(1, 9)], [shift(closes=2000)])
    whole, quick = compiled(problem), 1e-9
    assert bound(whole, 5.0, seconds=quick) == 40
    assert 5 <= bound(whole, 5.0) < 40


def test_going_on_from_a_plan_is_never_worse() -> None:
    numbers = np.random.default_rng(8)
    zones = [visit(p, int(numbers.integers(1, 50))) for p in range(1, 25)]
    problem = night(zones, [shift(closes=5000)])
    plan = plan_night(problem, iterations=5)
    assert plan_night(problem, iterations=50, start=plan).value >= plan.value
