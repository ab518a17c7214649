"""A count night planned as a whole: each zone belongs to one organisation, and is counted once.

With one pass every zone has one visit and so one organisation. With several passes the first
round is planned alone and says whose each zone is; all rounds are then planned so that no
zone changes hands between them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from routing.count import ITERATIONS, CountNight, earliest_return, fewest_crews
from routing.count_limits import CountListener
from routing.passes import number_of, zone_of
from routing.plan import Plan
from routing.prepare_count import PreparedCount
from routing.problem import Problem

FIRST = 0.4
"""Share of the seconds for the first round alone."""


def plan_count(
    count: PreparedCount,
    *,
    earliest: bool = False,
    seconds: float | None = None,
    iterations: int = ITERATIONS,
    seed: int = 1,
    progress: CountListener | None = None,
) -> CountNight:
    """As few crews as are found or, with `earliest`, all of them home as early as is found.

    The bound holds for every split among organisations. Errors as `routing.count.fewest_crews`.
    """
    solve = earliest_return if earliest else fewest_crews
    problem, free = count.prepared.problem, count.prepared.problem
    several = len(set(count.organisations.values())) > 1
    if count.terms.passes > 1 and several:
        first = solve(
            _first_round(problem),
            seconds=None if seconds is None else FIRST * seconds,
            iterations=iterations,
            seed=seed,
            progress=progress,
        )
        if first.stopped:
            # Half a plan would pass each zone once only.
            progress = _stopped
        problem = _kept_apart(problem, whose(first.plan, count.organisations), count.organisations)
        seconds = None if seconds is None else (1 - FIRST) * seconds
    return solve(
        problem, seconds=seconds, iterations=iterations, seed=seed, progress=progress, free=free
    )


def whose(plan: Plan, organisations: Mapping[str, str]) -> dict[str, str]:
    """The organisation that counts each zone of a plan, by zone code."""
    return {
        zone_of(stop.visit): organisations[route.unit]
        for route in plan.routes
        for stop in route.stops
    }


def _first_round(problem: Problem) -> Problem:
    visits = tuple(visit for visit in problem.visits if number_of(visit.key) == 1)
    return replace(problem, visits=visits)


def _kept_apart(
    problem: Problem, owner: Mapping[str, str], organisations: Mapping[str, str]
) -> Problem:
    """Every pass of a zone only by units of the organisation that it belongs to."""
    units: dict[str, set[str]] = {}
    for unit, organisation in organisations.items():
        units.setdefault(organisation, set()).add(unit)
    visits = []
    for visit in problem.visits:
        own = frozenset(units[owner[zone_of(visit.key)]])
        visits.append(replace(visit, only=own if visit.only is None else own & visit.only))
    return replace(problem, visits=tuple(visits))


def _stopped(_progress: object) -> bool:
    return False
