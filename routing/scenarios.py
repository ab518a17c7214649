"""What if: the nights as they would be with one unit fewer, fewer hours, another base.

A scenario changes what goes out, never what is known of zones or promised. What can then no
longer be kept is not refused, as for a night that is to be driven, but told as lost.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from geo.errors import InfeasibleError, InputError
from geo.night import MINUTE
from routing.feasible import keep_promises
from routing.plan import Plan
from routing.prepare import NightInputs
from routing.prepare_week import PreparedWeek
from routing.problem import Problem
from routing.units import Base, Crew, Member, Outing, Role


class Kind(StrEnum):
    """What a change does."""

    WITHOUT_UNIT = "without_unit"
    HOURS = "hours"
    WITHOUT_LANGUAGE = "without_language"
    BASE = "base"


@dataclass(frozen=True)
class Change:
    """One thing that would be otherwise.

    `unit`: whom it concerns, "" for all. `minutes`: by how much a shift ends later (negative:
    earlier). `language`: ISO 639-1; its mediators stay at home, and somebody who speaks
    Italian takes their place in the crew. `base`: where the unit starts and ends.
    """

    kind: Kind
    unit: str = ""
    minutes: int = 0
    language: str = ""
    base: Base | None = None


Scenario = tuple[Change, ...]
"""Changes that come together; none is how things are."""


def changed(nights: Sequence[NightInputs], scenario: Scenario) -> tuple[NightInputs, ...]:
    """The nights as they would be; those on which nobody goes out any more are left out.

    Raises InputError `scenario_without_units`, `scenario_changes_nothing` (what it names is
    nobody's) and `scenario_without_hours` (unit: its shift would be over before it begins).
    """
    for number, change in enumerate(scenario):
        before = nights
        nights = [replace(night, outings=_outings(night, change)) for night in nights]
        if all(a.outings == b.outings for a, b in zip(before, nights, strict=True)):
            raise InputError("scenario_changes_nothing", number=number + 1)
    out = tuple(night for night in nights if night.outings)
    if not out:
        raise InputError("scenario_without_units")
    return out


def keepable(problem: Problem, seed: int = 1) -> tuple[Problem, tuple[str, ...]]:
    """The problem with the promises that can be kept, and the keys of those that cannot.

    Of promises that only together are too many, the last named of the smallest set found is
    given up, until the rest can be kept.
    """
    lost: list[str] = []
    while True:
        try:
            keep_promises(problem, seed)
        except InfeasibleError as error:
            match error.code, error.fields:
                case "promise_impossible", {"visit": str(key)}:
                    lost.append(key)
                case "promises_conflict", {"visits": [*keys]}:
                    lost.append(str(keys[-1]))
                case _:
                    raise
            given_up = set(lost)
            visits = tuple(
                replace(visit, required=False) if visit.key in given_up else visit
                for visit in problem.visits
            )
            problem = replace(problem, visits=visits)
        else:
            return problem, tuple(lost)


def lost_with_units(before: PreparedWeek, after: PreparedWeek) -> tuple[str, ...]:
    """Promises of the nights before that take no part in those after: their unit stays home."""
    known = {promise.key for each in before.nights.values() for promise in each.inputs.promises}
    left = {visit.key for visit in after.problem.visits}
    taking_part = {visit.key for visit in before.problem.visits} & known
    return tuple(sorted(taking_part - left))


class Effect(StrEnum):
    """What becomes of a zone's visits."""

    LOST = "lost"
    FEWER = "fewer"
    SAME = "same"
    MORE = "more"
    GAINED = "gained"


def effects(before: Plan, after: Plan) -> Mapping[str, Effect]:
    """What becomes of every visit that either plan makes, by its key."""
    one, other = _times(before), _times(after)
    found = {}
    for key in sorted({*one, *other}):
        was, now = one.get(key, 0), other.get(key, 0)
        if was and now:
            found[key] = Effect.SAME if was == now else Effect.FEWER if now < was else Effect.MORE
        else:
            found[key] = Effect.LOST if was else Effect.GAINED
    return found


def _times(plan: Plan) -> dict[str, int]:
    counted: dict[str, int] = {}
    for route in plan.routes:
        for stop in route.stops:
            counted[stop.visit] = counted.get(stop.visit, 0) + 1
    return counted


def _outings(night: NightInputs, change: Change) -> tuple[Outing, ...]:
    if change.kind is Kind.WITHOUT_UNIT:
        return tuple(one for one in night.outings if one.unit.code != change.unit)
    return tuple(
        _outing(one, change) if change.unit in ("", one.unit.code) else one for one in night.outings
    )


def _outing(one: Outing, change: Change) -> Outing:
    if change.kind is Kind.HOURS:
        closes = one.closes + change.minutes * MINUTE
        if closes <= one.opens:
            raise InputError("scenario_without_hours", unit=one.unit.name)
        return replace(one, closes=min(closes, one.night.length))
    if change.kind is Kind.WITHOUT_LANGUAGE:
        members = tuple(_without(member, change.language) for member in one.unit.crew.members)
        return replace(one, unit=replace(one.unit, crew=Crew(members)))
    if change.base is None:
        raise InputError("empty", field="scenario.base")
    return replace(one, unit=replace(one.unit, start=change.base, end=change.base))


def _without(member: Member, language: str) -> Member:
    if member.role is Role.MEDIATOR and language in member.languages:
        return Member(Role.OPERATOR)
    return member
