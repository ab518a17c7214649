"""Every rule finds its planted violation, and nothing else is found in a good plan."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from geo.errors import InfeasibleError, InputError
from routing.plan import Plan, Route, check, verified
from routing.planner import plan_night
from routing.problem import Break, Option, Problem, Shift, Visit
from routing.rules import RULES
from tests.routing.problems import line, night, planted, shift, visit

Planted = tuple[Problem, Plan]


def good() -> Planted:
    """Two stops a minute and two from base, a break between them, a second unit."""
    pause = Break(500, 900, 300)
    shifts = (
        shift("u", pause=pause, driving=600, metres=9000, materials=5, languages=frozenset({"it"})),
        shift("v", opens=100),
    )
    problem = night([visit(1, materials=2), visit(2, 20, materials=3), visit(3, 5)], shifts)
    return problem, planted(problem, [[("1", 0), ("2", 0)], [("3", 0)]])


def with_problem(change: Callable[[Problem], Problem]) -> Planted:
    problem, plan = good()
    return change(problem), plan


def with_shift(**changes: object) -> Planted:
    return with_problem(
        lambda p: replace(p, shifts=(replace(p.shifts[0], **changes), *p.shifts[1:]))  # type: ignore[arg-type]
    )


def with_visit(**changes: object) -> Planted:
    return with_problem(
        lambda p: replace(p, visits=(replace(p.visits[0], **changes), *p.visits[1:]))  # type: ignore[arg-type]
    )


def with_route(**changes: object) -> Planted:
    problem, plan = good()
    return problem, replace(plan, routes=(replace(plan.routes[0], **changes), *plan.routes[1:]))  # type: ignore[arg-type]


def with_stop(index: int = 0, **changes: object) -> Planted:
    stops = list(good()[1].routes[0].stops)
    stops[index] = replace(stops[index], **changes)  # type: ignore[arg-type]
    return with_route(stops=tuple(stops))


def two_nights(most: int, spacing: int, same_night: bool = False) -> Planted:
    """One zone visited on night 0 and again on night 0 or 1."""
    options = tuple(Option(0, 7200, 600, 10, n) for n in (0, 1))
    zone = Visit("1", 1, options, most=most, spacing=spacing)
    shifts = (shift("u"), shift("v"), shift("u", night=1))
    problem = Problem((zone,), shifts, line(2), nights=2)
    second: list[list[tuple[str, int]]] = [[], [("1", 1)]]
    return problem, planted(problem, [[("1", 0)], *(second[::-1] if same_night else second)])


def one_route_twice() -> Planted:
    problem, plan = good()
    return problem, replace(plan, routes=(*plan.routes, plan.routes[0]))


def of_another_night() -> Planted:
    problem, plan = two_nights(most=2, spacing=1)
    shifted = replace(plan.routes[0], stops=(replace(plan.routes[0].stops[0], option=1),))
    return problem, replace(plan, routes=(shifted, plan.routes[1]))


VIOLATIONS: dict[str, Callable[[], Planted]] = {
    "one_route_a_shift": one_route_twice,
    "option_is_of_that_night": of_another_night,
    "once_a_night": lambda: two_nights(most=2, spacing=1, same_night=True),
    "not_too_often": lambda: two_nights(most=1, spacing=1),
    "nights_are_spaced": lambda: two_nights(most=2, spacing=2),
    "required_are_made": lambda: with_problem(
        lambda p: replace(p, visits=(*p.visits, visit(1, key="9", required=True)))
    ),
    "crew_speaks_a_language": lambda: with_visit(languages=frozenset({"ro"})),
    "crew_has_the_skills": lambda: with_visit(skills=frozenset({"mediatore"})),
    "crew_is_not_alone": lambda: with_shift(crew=1),
    "mode_fits": lambda: with_visit(modes=frozenset({"foot"})),
    "unit_may_come": lambda: with_visit(never=frozenset({"u"})),
    "discretion_is_kept": lambda: with_problem(
        lambda p: replace(
            p,
            visits=(replace(p.visits[0], discreet=True), *p.visits[1:]),
            shifts=(replace(p.shifts[0], discreet=False), *p.shifts[1:]),
        )
    ),
    "materials_suffice": lambda: with_shift(materials=4),
    "service_begins_in_its_window": lambda: with_visit(options=(Option(0, 30, 600, 10),)),
    "service_lasts_its_time": lambda: with_visit(options=(Option(0, 36_000, 601, 10),)),
    "legs_match_the_matrices": lambda: with_stop(metres=999),
    "clock_adds_up": lambda: with_stop(arrival=59),
    "shift_is_kept": lambda: with_shift(closes=1700),
    "break_is_taken": lambda: with_route(pause=2001),
    "driving_is_limited": lambda: with_shift(driving=239),
    "metres_are_limited": lambda: with_shift(metres=3999),
    "locked_come_first": lambda: with_shift(locked=(("2", 0),)),
    "value_adds_up": lambda: with_stop(value=11),
    "walks_are_short": lambda: with_stop(walk=1),
}


def test_a_good_plan_breaks_no_rule() -> None:
    problem, plan = good()
    assert check(problem, plan) == ()
    assert verified(problem, plan) is plan


def test_every_rule_has_a_planted_violation() -> None:
    assert {rule.__name__ for rule in RULES} == set(VIOLATIONS)


@pytest.mark.parametrize("rule", VIOLATIONS)
def test_planted_violation_is_found(rule: str) -> None:
    problem, plan = VIOLATIONS[rule]()
    assert rule in {violation.rule for violation in check(problem, plan)}
    with pytest.raises(InfeasibleError, match="plan_breaks_rules"):
        verified(problem, plan)


def test_unknown_names_are_found_first() -> None:
    problem, plan = good()
    stranger = replace(plan.routes[0], unit="x")
    assert {v.rule for v in check(problem, replace(plan, routes=(stranger,)))} == {"names_exist"}


def test_unit_only_and_fixed_elsewhere() -> None:
    problem, plan = with_visit(only=frozenset({"v"}))
    assert {v.rule for v in check(problem, plan)} == {"unit_may_come"}


def test_missing_break_and_break_that_is_not_due() -> None:
    problem, plan = with_route(pause=None, pause_before=None)
    rules = {v.rule for v in check(problem, plan)}
    assert rules == {"break_is_taken"}
    early = shift(pause=Break(2000, 3000, 300))
    unbroken = night([visit(1)], [early])
    assert check(unbroken, planted(unbroken, [[("1", 0)]])) == ()


def test_bound_below_value_is_found() -> None:
    problem, plan = good()
    assert {v.rule for v in check(problem, replace(plan, bound=plan.value - 1))} == {
        "value_adds_up"
    }


def test_repeated_visit_earns_less() -> None:
    problem, plan = two_nights(most=2, spacing=1)
    assert sorted(s.value for r in plan.routes for s in r.stops) == [6, 10]
    assert check(problem, plan) == ()
    assert plan_night(problem, iterations=100).value == 16


def test_a_plan_survives_being_written_down() -> None:
    _, plan = good()
    assert Plan.from_dict(plan.to_dict()) == plan
    with pytest.raises(InputError, match="plan_format"):
        Plan.from_dict({"format": 99})
    with pytest.raises(InputError, match="plan_unreadable"):
        Plan.from_dict({"format": 1, "routes": [{}]})


def test_gap_says_how_much_better_is_possible() -> None:
    assert Plan((), 100, 103).gap == pytest.approx(0.03)
    assert Plan((), 100).gap is None
    empty = Route("u", 0, (), 0, 0, 0, 0)
    assert (empty.driving, empty.metres, empty.value) == (0, 0, 0)


def test_shift_key() -> None:
    assert Shift("u", 0, 0, 0, 1, night=3).key == ("u", 3)
