"""Walks from a parked van: one stop of the van, several zones on foot, and back to the van.

A walk is one way of making several visits: the van parks at the first, the crew goes on to
the next ones on foot without waiting in between, and returns to the van before it drives
off. So for the search it is one more option: at the first visit's place, in the window in
which every visit begins in its own, as long as services and footways together.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise, product
from typing import TypeAlias

from geo.errors import InputError
from routing.problem import Option, Problem, Shift, Visit
from routing.suitability import suits

VAN, FOOT = "van", "foot"

Made: TypeAlias = tuple[str, int]
"""A visit's key and the index of one of its options."""

Choice: TypeAlias = tuple[str, "int | tuple[Made, ...]"]
"""What a stop of a unit does: one visit by one option, or (of a van) a walk: the key of the
visit where it parks, and everything that is made from there, that visit first."""

LONGEST = 4
"""Visits of a walk at most."""

NEAREST = 5
"""Visits that a walk may go on to from each: the nearest."""

MOST_WALKS = 1_000
"""The search weighs every option again and again: more would slow it."""


@dataclass(frozen=True)
class Footway:
    """A way on foot: seconds and metres."""

    seconds: int
    metres: int


def made_by(choice: Choice) -> tuple[Made, ...]:
    """The visits that a choice makes, each with its option."""
    key, index = choice
    return ((key, index),) if isinstance(index, int) else index


def visits_made(choices: Iterable[Choice]) -> list[str]:
    """The keys of the visits that choices make, in their order."""
    return [key for choice in choices for key, _ in made_by(choice)]


def footways(problem: Problem, walk: tuple[Made, ...]) -> list[Footway]:
    """The ways of a walk: to each visit after the first, and back to the van."""
    travel = problem.travel[FOOT]
    places = [problem.visit(key).place for key, _ in walk]
    return [
        Footway(int(travel.seconds[a, b]), int(travel.metres[a, b]))
        for a, b in pairwise([*places, places[0]])
    ]


def option_of(problem: Problem, choice: Choice) -> Option:
    """The option of a choice; that of a walk lasts until the crew is back at the van.

    Raises InputError `unknown` for a walk that cannot be made without waiting.
    """
    key, index = choice
    if isinstance(index, int):
        return problem.visit(key).options[index]
    found = _walk_option(problem, index)
    if found is None:
        raise InputError("unknown", field=f"walk from {key}", got=index)
    return found


def _walk_option(problem: Problem, walk: tuple[Made, ...]) -> Option | None:
    """A walk as one option; None where no begin suits all of its visits."""
    options = [problem.visit(key).options[index] for key, index in walk]
    opens, closes, passed = options[0].opens, options[0].closes, 0
    for option, way in zip(options, footways(problem, walk), strict=True):
        opens, closes = max(opens, option.opens - passed), min(closes, option.closes - passed)
        passed += option.service + way.seconds
    if opens > closes:
        return None
    return Option(opens, closes, passed, sum(o.value for o in options), options[0].night)


def may_walk(problem: Problem, walk: tuple[Made, ...], shift: Shift) -> bool:
    """Whether the shift's crew may leave its van for the walk and suits all of its visits."""
    visits = [problem.visit(key) for key, _ in walk]
    ways = footways(problem, walk)
    return (
        shift.mode == VAN
        and shift.walking is not None
        and max(way.seconds for way in ways) <= shift.walking
        and all(suits(visit, shift) for visit in visits)
    )


def walks_of(problem: Problem) -> tuple[Choice, ...]:
    """The walks that are worth a look, the shortest first: of those of the same visits by the
    same options from the same van, the ones that no other outdoes. Only a single night has walks.
    """
    ranges = [shift.walking or 0 for shift in problem.shifts if shift.mode == VAN]
    if problem.nights > 1 or FOOT not in problem.travel or not any(ranges):
        return ()
    near = _near_on_foot(problem, max(ranges))
    best: dict[object, list[tuple[Option, tuple[Made, ...]]]] = {}
    for visits in _sequences(problem, near):
        for indices in product(*(range(len(visit.options)) for visit in visits)):
            walk = tuple((v.key, index) for v, index in zip(visits, indices, strict=True))
            whole = _walk_option(problem, walk)
            if whole is not None:
                rivals = best.setdefault((walk[0], frozenset(walk)), [])
                if not any(_no_worse(rival, whole) for rival, _ in rivals):
                    rivals[:] = [pair for pair in rivals if not _no_worse(whole, pair[0])]
                    rivals.append((whole, walk))
    walks = [pair for rivals in best.values() for pair in rivals]
    walks.sort(key=lambda pair: pair[0].service)
    return tuple((walk[0][0], walk) for _, walk in walks[:MOST_WALKS])


def _no_worse(one: Option, other: Option) -> bool:
    """Whether a walk of the same visits is as short and can begin whenever the other can."""
    return one.service <= other.service and one.opens <= other.opens and one.closes >= other.closes


def _near_on_foot(problem: Problem, most: int) -> dict[str, list[Visit]]:
    """For each visit that people are reached at on foot, the nearest others of them."""
    seconds = problem.travel[FOOT].seconds
    walked = [visit for visit in problem.visits if FOOT in visit.modes and visit.options]
    near = {}
    for visit in walked:
        legs = [(int(seconds[visit.place, v.place]), v) for v in walked if v is not visit]
        within = sorted((pair for pair in legs if pair[0] <= most), key=lambda pair: pair[0])
        near[visit.key] = [other for _, other in within[:NEAREST]]
    return near


def _sequences(problem: Problem, near: dict[str, list[Visit]]) -> Iterator[list[Visit]]:
    """Visits in the order of a walk that begins where a van can park and leads back in range."""
    begun = [[problem.visit(key)] for key in near if VAN in problem.visit(key).modes]
    while begun:
        walk = begun.pop()
        if len(walk) > 1:
            yield walk
        if len(walk) < LONGEST:
            onward = [visit for visit in near[walk[-1].key] if visit not in walk]
            begun += [[*walk, visit] for visit in onward]
