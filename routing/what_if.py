"""What one more hour, one more unit, one more language would bring: planned, not guessed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from routing.plan import Plan
from routing.planner import plan_night
from routing.problem import LATEST, Problem, Shift
from routing.suitability import copy_of, open_to_copies

HOUR = 3600
ITERATIONS = 2_000


@dataclass(frozen=True)
class WhatIf:
    """One change and the plan that it allows. `change`: hour, unit or language; `unit`: whom
    it concerns (the unit copied, the crew joined), "" for all; `added`: visits gained."""

    change: str
    unit: str
    language: str
    gain: int
    added: tuple[str, ...]
    plan: Plan


CHANGES = ("hour", "unit", "language")

Teller = Callable[[int, int], bool | None]
"""Is told how many of how many changes are tried; False ends it with those."""


def what_if(
    problem: Problem,
    plan: Plan,
    *,
    iterations: int = ITERATIONS,
    seed: int = 1,
    progress: Teller | None = None,
) -> tuple[WhatIf, ...]:
    """The best of each kind of change, the most useful first.

    Every change is planned from the given plan on, so none can seem to do harm; part of a
    gain may be the planner's second look, which `one_more_look` measures.
    """
    variants = [one for change in CHANGES for one in _variants(problem, plan, change)]
    best: dict[str, WhatIf] = {}
    for number, variant in enumerate(variants):
        if progress and progress(number, len(variants)) is False:
            break
        tried = _planned(problem, plan, variant, iterations, seed)
        if variant.change not in best or tried.gain > best[variant.change].gain:
            best[variant.change] = tried
    return tuple(sorted(best.values(), key=lambda one: -one.gain))


def one_more_look(
    problem: Problem, plan: Plan, *, iterations: int = ITERATIONS, seed: int = 1
) -> int:
    """Points that planning on gains without any change."""
    return plan_night(problem, iterations=iterations, seed=seed, start=plan).value - plan.value


@dataclass(frozen=True)
class _Variant:
    change: str
    unit: str
    language: str
    problem: Problem


def _variants(problem: Problem, plan: Plan, change: str) -> Iterator[_Variant]:
    shifts = problem.shifts
    if change == "hour":
        longer = tuple(replace(s, closes=min(LATEST, s.closes + HOUR)) for s in shifts)
        yield _Variant("hour", "", "", replace(problem, shifts=longer))
    elif change == "unit":
        for shift in _distinct(shifts):
            copy = replace(shift, unit=copy_of(shift.unit, 1), locked=())
            visits = tuple(open_to_copies(visit, [shift.unit], 1) for visit in problem.visits)
            more = replace(problem, shifts=(*shifts, copy), visits=visits)
            yield _Variant("unit", shift.unit, "", more)
    else:
        asked = [v.languages for v in problem.visits if v.key not in plan.served]
        for language in sorted(frozenset().union(*asked)):
            for index, shift in enumerate(shifts):
                if language not in shift.languages:
                    joined = replace(shift, languages=shift.languages | {language})
                    changed = (*shifts[:index], joined, *shifts[index + 1 :])
                    changed_problem = replace(problem, shifts=changed)
                    yield _Variant("language", shift.unit, language, changed_problem)


def _distinct(shifts: Sequence[Shift]) -> list[Shift]:
    """One of each kind of shift: copies of equal ones would gain the same."""
    return list({replace(shift, unit="any", locked=()): shift for shift in shifts}.values())


def _planned(problem: Problem, plan: Plan, variant: _Variant, iterations: int, seed: int) -> WhatIf:
    better = plan_night(variant.problem, iterations=iterations, seed=seed, start=plan)
    added = tuple(sorted(better.served - plan.served))
    gain = better.value - plan.value
    return WhatIf(variant.change, variant.unit, variant.language, gain, added, better)
