"""Walks from a parked van: one stop of the van, several zones on foot, and back to the van.

A walk is one way of making several visits: the van parks at the first, the crew goes on to
the next ones on foot without waiting in between, and returns to the van before it drives
off. So for the search it is one more option: at the first visit's place, in the window in
which every visit begins in its own, as long as services and footways together.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple, TypeAlias

import numpy as np

from geo.errors import InputError
from routing.afoot import NEAREST, Afoot, shortest_walks
from routing.problem import UNREACHABLE, Option, Problem, Shift, Visit
from routing.suitability import suits

VAN, FOOT = "van", "foot"

Made: TypeAlias = tuple[str, int]
"""A visit's key and the index of one of its options."""

Choice: TypeAlias = tuple[str, "int | tuple[Made, ...]"]
"""What a stop of a unit does: one visit by one option, or (of a van) a walk: the key of the
visit where it parks, and everything that is made from there, that visit first."""

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


def longest_way(problem: Problem, walk: tuple[Made, ...]) -> int:
    """Seconds of the longest way on foot of a walk."""
    return max(way.seconds for way in footways(problem, walk))


def walking_range(shift: Shift) -> int:
    """Most seconds of a way on foot from the shift's van; -1 where its crew stays with it."""
    return shift.walking if shift.mode == VAN and shift.walking is not None else -1


def may_walk(problem: Problem, walk: tuple[Made, ...], shift: Shift) -> bool:
    """Whether the shift's crew may leave its van for the walk and suits all of its visits."""
    within = longest_way(problem, walk) <= walking_range(shift)
    return within and all(suits(problem.visit(key), shift) for key, _ in walk)


def walks_of(problem: Problem) -> tuple[Choice, ...]:
    """The walks that are worth a look, the shortest first: of those of the same visits by the
    same options from the same van, the ones that no other outdoes. Only a single night has walks.
    """
    ranges = [shift.walking or 0 for shift in problem.shifts if shift.mode == VAN]
    if problem.nights > 1 or FOOT not in problem.travel or not any(ranges):
        return ()
    visits = [visit for visit in problem.visits if FOOT in visit.modes and visit.options]
    made = [(visit.key, index) for visit in visits for index in range(len(visit.options))]
    found = shortest_walks(_afoot(problem, visits, max(ranges)), MOST_WALKS)
    best: dict[object, list[tuple[_Whole, tuple[Made, ...]]]] = {}
    for options, *whole in zip(*(column.tolist() for column in found), strict=True):
        walk = tuple(made[option] for option in options if option >= 0)
        one = _Whole(*whole)
        rivals = best.setdefault((walk[0], frozenset(walk)), [])
        if not any(rival.no_worse(one) for rival, _ in rivals):
            rivals[:] = [pair for pair in rivals if not one.no_worse(pair[0])]
            rivals.append((one, walk))
    walks = [pair for rivals in best.values() for pair in rivals]
    walks.sort(key=lambda pair: pair[0].service)
    return tuple((walk[0][0], walk) for _, walk in walks[:MOST_WALKS])


class _Whole(NamedTuple):
    """When a walk may begin, and how long it takes."""

    opens: int
    closes: int
    service: int

    def no_worse(self, other: _Whole) -> bool:
        """Of the same visits: whether it is as short and can begin whenever the other can."""
        return (
            self.service <= other.service
            and self.opens <= other.opens
            and self.closes >= other.closes
        )


def _afoot(problem: Problem, visits: list[Visit], most: int) -> Afoot:
    """Visits as arrays; `most`: seconds of the longest way on foot."""
    options = [option for visit in visits for option in visit.options]
    place = np.array([visit.place for visit in visits], dtype=np.int64)
    seconds = problem.travel[FOOT].seconds
    near = np.full((len(visits), NEAREST), -1, dtype=np.int64)
    for number in range(len(visits)):
        legs = seconds[place[number], place]
        legs[number] = UNREACHABLE  # not to itself
        within = np.flatnonzero(legs <= most)
        order = np.argsort(legs[within], kind="stable")[:NEAREST]
        near[number, : len(order)] = within[order]
    return Afoot(
        place=place,
        parks=np.array([VAN in visit.modes for visit in visits], dtype=np.bool_),
        near=near,
        first=np.cumsum([0, *(len(visit.options) for visit in visits)]),
        opens=np.array([option.opens for option in options], dtype=np.int64),
        closes=np.array([option.closes for option in options], dtype=np.int64),
        service=np.array([option.service for option in options], dtype=np.int64),
        seconds=seconds,
    )
