"""Small problems to plan: on a line of places a minute apart, and at random."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import combinations, permutations, product

import numpy as np
from hypothesis import strategies as st

from routing.count_bound import value_of_all
from routing.plan import Plan
from routing.problem import Break, Option, Problem, Shift, Travel, Visit
from routing.schedule import plan_of, timetable
from routing.suitability import suits
from routing.walks import Choice, made_by, may_walk, walks_of

MINUTE = 60


def line(places: int, minute: int = MINUTE) -> dict[str, Travel]:
    """Places along a road, one minute and one kilometre apart; base is place 0."""
    steps = np.abs(np.subtract.outer(np.arange(places), np.arange(places)))
    return {"van": Travel(steps * minute, steps * 1000)}


def visit(
    place: int,
    value: int = 10,
    window: tuple[int, int] = (0, 36_000),
    service: int = 600,
    **more: object,
) -> Visit:
    """A visit with one option, named by its place."""
    option = Option(window[0], window[1], service, value)
    return Visit(str(more.pop("key", place)), place, (option,), **more)  # type: ignore[arg-type]


def shift(unit: str = "u", opens: int = 0, closes: int = 7200, **more: object) -> Shift:
    """A shift from place 0 and back."""
    return Shift(unit, 0, 0, opens, closes, **more)  # type: ignore[arg-type]


def night(visits: Iterable[Visit], shifts: Iterable[Shift] = (), **more: object) -> Problem:
    """A problem on the line."""
    visits = tuple(visits)
    places = 1 + max((v.place for v in visits), default=0)
    given = tuple(shifts) or (shift(),)
    return Problem(visits, given, line(places), **more)  # type: ignore[arg-type]


@st.composite
def problems(
    draw: st.DrawFn,
    most_visits: int = 8,
    most_shifts: int = 3,
    nights: int = 1,
    metric: bool = False,
) -> Problem:
    """Random problems with every feature; matrices are asymmetric, and as roads make them
    (`metric`: no detour is shorter) or not even that."""
    numbers = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    count, shifts = draw(st.integers(0, most_visits)), draw(st.integers(1, most_shifts))
    travel = {
        mode: _matrices(numbers, count + 2, draw(st.booleans()), metric) for mode in ("van", "foot")
    }
    return Problem(
        tuple(_visit(numbers, number, nights) for number in range(count)),
        tuple(_shift(numbers, number, n) for n in range(nights) for number in range(shifts)),
        travel,
        nights=nights,
    )


def brute_force(problem: Problem) -> int:
    """The value of the best plan of a small night: every order, option and assignment."""
    best = 0
    choices = [[None, *_choices(problem, v)] for v in problem.visits]
    for made in product(*choices):
        value = sum(problem.visit(c[1]).options[c[2]].value for c in made if c)
        if value <= best:
            continue
        routes = [[c[1:] for c in made if c and c[0] == k] for k in range(len(problem.shifts))]
        if all(_some_order(problem, s, r) for s, r in zip(problem.shifts, routes, strict=True)):
            best = value
    return best


def crews_that_are_enough(problem: Problem) -> list[int]:
    """Of a counted night the numbers of crews that make every visit, once for each choice of
    them that does; all choices are tried."""
    return [
        number
        for number in range(len(problem.shifts) + 1)
        for few in combinations(problem.shifts, number)
        if brute_force(replace(problem, shifts=few)) == value_of_all(problem)
    ]


def planted(problem: Problem, sequences: Iterable[Iterable[tuple[str, int]]]) -> Plan:
    """A plan that drives just these choices."""
    return plan_of(problem, [tuple(sequence) for sequence in sequences])


def _choices(problem: Problem, v: Visit) -> list[tuple[int, str, int]]:
    return [
        (k, v.key, index)
        for k, s in enumerate(problem.shifts)
        for index in range(len(v.options))
        if suits(v, s)
    ]


def _some_order(problem: Problem, s: Shift, choices: list[tuple[str, int]]) -> bool:
    if not choices:
        return True
    materials = sum(problem.visit(key).materials for key, _ in choices)
    if s.materials is not None and materials > s.materials:
        return False
    for order in _with_walks(problem, s, choices):
        route = timetable(problem, s, order)
        if route is None:
            continue
        within = s.driving is None or route.driving <= s.driving
        if within and (s.metres is None or route.metres <= s.metres):
            return True
    return False


def _with_walks(
    problem: Problem, s: Shift, choices: list[tuple[str, int]]
) -> Iterable[tuple[Choice, ...]]:
    """Every order, each stop driven to or walked to from the one before."""
    walks = {choice for choice in walks_of(problem) if may_walk(problem, made_by(choice), s)}
    for order in permutations(choices):
        for cuts in product((True, False), repeat=len(order) - 1):
            groups = [[order[0]]]
            for choice, cut in zip(order[1:], cuts, strict=True):
                if cut:
                    groups.append([choice])
                else:
                    groups[-1].append(choice)
            made = [g[0] if len(g) == 1 else (g[0][0], tuple(g)) for g in groups]
            if all(choice in walks for choice in made if len(made_by(choice)) > 1):
                yield tuple(made)


def _matrices(numbers: np.random.Generator, places: int, far: bool, metric: bool) -> Travel:
    seconds = numbers.integers(0, 1500, (places, places))
    np.fill_diagonal(seconds, 0)
    if metric:
        for by in range(places):
            seconds = np.minimum(seconds, seconds[:, [by]] + seconds[[by], :])
    if far and places > 2:
        seconds[places - 1, :], seconds[:, places - 1] = 2**30, 2**30
    return Travel(seconds, np.where(seconds >= 2**30, 2**30, seconds * 9))


def _visit(numbers: np.random.Generator, number: int, nights: int) -> Visit:
    options = []
    for _ in range(numbers.integers(1, 4)):
        opens = int(numbers.integers(0, 9000))
        options.append(
            Option(
                opens,
                opens + int(numbers.integers(0, 6000)),
                int(numbers.integers(0, 2400)),
                int(numbers.integers(0, 100)),
                int(numbers.integers(0, nights)),
            )
        )
    some = numbers.random(6) < 0.2
    return Visit(
        f"z{number}",
        number + 1,
        tuple(options),
        languages=frozenset({"ro"}) if some[0] else frozenset(),
        skills=frozenset({"mediatore"}) if some[1] else frozenset(),
        modes=frozenset({"van"}) if some[2] else frozenset({"van", "foot"}),
        discreet=bool(some[3]),
        never=frozenset({"u0"}) if some[4] else frozenset(),
        only=frozenset({"u0", "u1"}) if some[5] else None,
        most=int(numbers.integers(1, 4)),
        spacing=int(numbers.integers(1, 4)),
        materials=int(numbers.integers(0, 4)),
    )


def _shift(numbers: np.random.Generator, number: int, of: int) -> Shift:
    opens = int(numbers.integers(0, 3000))
    pause = opens + int(numbers.integers(1000, 5000))
    some = numbers.random(6) < 0.4
    return Shift(
        f"u{number}",
        0,
        int(numbers.integers(0, 2)),
        opens,
        opens + int(numbers.integers(1000, 12_000)),
        mode="foot" if some[0] else "van",
        languages=frozenset({"it", "ro"}) if some[1] else frozenset({"it"}),
        skills=frozenset({"mediatore"}) if some[2] else frozenset(),
        crew=2 + number,
        pause=Break(pause, pause + int(numbers.integers(0, 2000)), 900) if some[3] else None,
        driving=int(numbers.integers(500, 6000)) if some[4] else None,
        metres=int(numbers.integers(5000, 50_000)) if some[5] else None,
        night=of,
        discreet=bool(some[0]),
        materials=int(numbers.integers(0, 10)) if some[1] else None,
        walking=int(numbers.integers(200, 1500)) if numbers.random() < 0.5 else None,
    )
