"""The attack report: every attack of the table in docs/privacy.md on what is published.

    lines = attack(releases, artefacts)                 # from the outside
    lines = attack(releases, artefacts, facts=facts)    # with the truth, before publishing

Each line says what was tried on how many things, the number that was found, and whether
that passes. What needs the program running (its requests, its files after expiry) is
attacked by the test suite; here it is said of what is at hand.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from math import inf

from data.artefacts import Found, search
from data.districts import districts
from geo.attacks import (
    Contradiction,
    Interval,
    Unknown,
    claims_of,
    contradictions,
    exposed,
    intervals,
    unlawful,
)
from geo.canaries import Canaries
from geo.month_facts import SPLIT, Figure, PlaceFacts
from geo.noise import measured_epsilon
from geo.privacy import Kind, Published
from geo.release_rules import Rules

DRAWS = 200_000
"""Draws of the noise that its audit looks at."""

TOLERANCE = 0.1
"""How much above the epsilon said the measured one may be, by chance of that many draws."""


class Attack(StrEnum):
    """What is tried."""

    INTERVALS = "intervals"
    REPEATS = "repeats"
    SINGLING_OUT = "singling_out"
    CANARIES = "canaries"
    STRANGERS = "strangers"
    METADATA = "metadata"
    FORMULAS = "formulas"
    NOISE = "noise"


@dataclass(frozen=True)
class Line:
    """One attack: `checked` things, `found` wrong; `number`: what was measured (the width of
    the narrowest hidden interval, the epsilon of the noise), None where `found` says all."""

    attack: Attack
    checked: int
    found: int
    number: float | None = None

    @property
    def passed(self) -> bool:
        """Whether the attack came to nothing."""
        return self.found == 0


def attack(
    releases: Sequence[Published],
    artefacts: Mapping[str, bytes],
    canaries: Canaries,
    *,
    facts: Mapping[date, Mapping[str, PlaceFacts]] | None = None,
    rules: Rules | None = None,
    draws: int = DRAWS,
) -> list[Line]:
    """All attacks on releases and on files by name. `facts`: the truth by month, where it is
    known; `rules`: those that the releases are held to, their own for None."""
    return [
        *figure_lines(releases, facts=facts, rules=rules),
        *artefact_lines({name: search(name, data, canaries) for name, data in artefacts.items()}),
        noise_line(releases, draws),
    ]


def figure_lines(
    releases: Sequence[Published],
    *,
    facts: Mapping[date, Mapping[str, PlaceFacts]] | None = None,
    rules: Rules | None = None,
) -> list[Line]:
    """The attacks on figures: intervals, repeats, singling out."""
    by_rules = [one for one in releases if one.kind is not Kind.NOISY]
    nights = [one for one in by_rules if one.kind is Kind.NIGHT]
    others = [one for one in by_rules if one.kind is not Kind.NIGHT]
    months = [one for one in others if one.kind is Kind.MONTH]
    everyone = sorted(districts().of)
    claims = [claims_of(some, everyone) for some in (others, nights)]
    try:
        of_months, of_nights = map(intervals, claims)
        truth = None if facts is None else truth_of(months, facts) | _threshold_only(of_months)
        wrong = [*exposed(of_months, truth), *exposed(of_nights)]
        found = [*of_months.values(), *of_nights.values()]
        widths = [interval.width for interval in found if interval.hidden]
        hidden = Line(Attack.INTERVALS, len(widths), len(wrong), min(widths, default=inf))
    except Contradiction:
        # Whoever sees two answers learns from the difference.
        hidden = Line(Attack.INTERVALS, sum(map(len, claims)), 1)
    unlawfully = sum(
        unlawful(
            one,
            districts().of,
            None if facts is None or one.kind is Kind.NIGHT else facts.get(one.month),
            rules,
        )
        for one in by_rules
    )
    return [
        hidden,
        Line(Attack.REPEATS, len(releases), contradictions(releases)),
        Line(Attack.SINGLING_OUT, sum(map(_places_in, by_rules)), unlawfully),
    ]


def _threshold_only(found: Mapping[Unknown, Interval]) -> dict[Unknown, int]:
    """Complaints and cases, of which the facts of months know nothing: taken at their least."""
    return {one: int(span.least) for one, span in found.items() if len(one.name) > 1}


def _places_in(one: Published) -> int:
    return len(one.cells) + sum(len(table.rows) for table in one.tables if table.by_place)


def artefact_lines(found: Mapping[str, Found]) -> list[Line]:
    """The attacks on files, summed up."""
    each, count = found.values(), len(found)
    return [
        Line(Attack.CANARIES, count, sum(len(one.traces) for one in each)),
        Line(Attack.STRANGERS, count, sum(one.strangers for one in each)),
        Line(Attack.METADATA, count, sum(len(one.meta) for one in each)),
        Line(Attack.FORMULAS, count, sum(one.formulas for one in each)),
    ]


def noise_line(releases: Iterable[Published], draws: int = DRAWS) -> Line:
    """The audit of the noise: the epsilon that its draws show, against the one that is said."""
    noisy = [one for one in releases if one.kind is Kind.NOISY and one.nights]
    said = {(Fraction(one.epsilon), one.nights) for one in noisy if one.epsilon and one.nights}
    wrong, worst = 0, None
    for epsilon, nights in sorted(said):
        measured = measured_epsilon(epsilon, nights, draws)
        worst = measured if worst is None else max(worst, measured)
        wrong += measured > epsilon + TOLERANCE
    return Line(Attack.NOISE, len(noisy), wrong, worst)


def exposed_of(
    release: Published, facts: Mapping[date, Mapping[str, PlaceFacts]]
) -> frozenset[str]:
    """The figures and tables of one release in which a hidden count can be worked out."""
    found = intervals(claims_of([release], sorted(districts().of)))
    return frozenset(one.unknown.figure for one in exposed(found, truth_of([release], facts)))


def truth_of(
    releases: Iterable[Published], facts: Mapping[date, Mapping[str, PlaceFacts]]
) -> dict[Unknown, int]:
    """The exact counts of every municipality and month, and of the categories of tables."""
    truth = {
        Unknown(month, figure, (code,)): place.figures[figure]
        for month, places in facts.items()
        for code, place in places.items()
        for figure in Figure
    }
    for one in releases:
        places = facts.get(one.month, {})
        for table in one.tables:
            figure = SPLIT.get(table.subject, Figure.CONTACTS)
            shown = [cell for cell in one.cells if cell.figures.get(figure) is not None]
            counted = [places[code] for cell in shown for code in cell.members if code in places]
            for key, _count in table.rows:
                unknown = Unknown(one.month, table.subject, key)
                name = (table.subject, " ".join(key))
                truth[unknown] = sum(place.attributes.get(name, 0) for place in counted)
    return truth
