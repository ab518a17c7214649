"""Need: what a visit to a zone is worth on a night, term by term.

For a zone and a window of hours::

    value = points × (expected + exploration) × debt        whole points, 100 a contact

    expected     persons met by a visit in the window (`geo.presence`)
    exploration  weights.exploration × (high − expected): where little is known, more may
                 be there than expected, and a visit tells (an upper confidence bound:
                 Auer, Cesa-Bianchi & Fischer 2002, doi:10.1023/A:1013689704352)
    debt         days since the last visit ÷ the zone's target of 7, 14 or 28 days,
                 between weights.least and weights.most; weights.most when never visited

Inside a week each further visit to a zone keeps weights.diminishing of the value of the one
before; the planner sees to that (`routing.problem.Problem.diminishing`). A zone is thinly
observed where high − expected exceeds weights.thin × expected; a week sets a quota of
minutes aside for such zones (`routing.week.exploration`).

A visit cut to `shortest` of `usual` minutes keeps (shortest ÷ usual) ^ weights.shortening
of the value: the first minutes are worth most. No term compares presence with that of
an earlier time, and value never falls when presence rises: fewer persons seen is never
counted as success.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from geo.errors import InputError
from geo.night import Night
from geo.presence import Expected


@dataclass(frozen=True)
class NeedWeights:
    """What the terms of the need weigh; defaults are those of the settings table.

    `points` per contact; `exploration`: share of the way from expected to high that
    counts; `least`, `most`: bounds of the coverage debt; `shortening`: exponent between 0
    (a short visit is worth as much) and 1 (worth its minutes); `diminishing`: share of the
    value that each further visit of a week keeps; `thin`: how much wider than the expected
    presence the way to the highest is where a zone is thinly observed. Raises InputError
    `need_weight` naming the weight.
    """

    points: int = 100
    exploration: float = 0.25
    least: float = 0.1
    most: float = 2.0
    shortening: float = 0.6
    diminishing: float = 0.6
    thin: float = 1.0

    def __post_init__(self) -> None:
        sound = {
            "points": self.points >= 1,
            "exploration": 0 <= self.exploration <= 1,
            "least": 0 < self.least <= 1,
            "most": 1 <= self.most <= 10,
            "shortening": 0 <= self.shortening <= 1,
            "diminishing": 0 <= self.diminishing <= 1,
            "thin": self.thin > 0,
        }
        for weight, holds in sound.items():
            if not holds:
                raise InputError("need_weight", weight=weight, got=getattr(self, weight))


@dataclass(frozen=True)
class Need:
    """The need of one zone in one window, with the terms that it is the product of.

    `opens`, `closes`: seconds from the night's noon. `expected`, `exploration`: persons.
    `days` since the last visit, None when never visited; `target` in days; `value`: points;
    `thin`: whether the zone is thinly observed then.
    """

    zone: str
    opens: int
    closes: int
    expected: float
    exploration: float
    days: int | None
    target: int
    debt: float
    value: int
    thin: bool


def coverage_debt(days: int | None, target: int, weights: NeedWeights) -> float:
    """Days since the last visit over the target, within bounds; the most when never visited."""
    if days is None:
        return weights.most
    return min(max(days / target, weights.least), weights.most)


def need(
    zone: str,
    night: Night,
    window: tuple[int, int],
    *,
    expected: Expected,
    last_visit: date | None,
    target: int,
    weights: NeedWeights,
) -> Need:
    """The need of a zone on a night for a full visit that begins in `window` (seconds).

    Raises InputError `visit_after_night` when the last visit is later than the night.
    """
    days = None if last_visit is None else night - Night(last_visit)
    if days is not None and days < 0:
        raise InputError("visit_after_night", zone=zone, night=night)
    debt = coverage_debt(days, target, weights)
    exploration = weights.exploration * (expected.high - expected.expected)
    return Need(
        zone=zone,
        opens=window[0],
        closes=window[1],
        expected=expected.expected,
        exploration=exploration,
        days=days,
        target=target,
        debt=debt,
        value=round(weights.points * (expected.expected + exploration) * debt),
        thin=thinly_observed(expected, weights),
    )


def thinly_observed(expected: Expected, weights: NeedWeights) -> bool:
    """Whether so little is known that a visit is worth making to know more."""
    return expected.high - expected.expected > weights.thin * expected.expected


def shortened_value(value: int, shortest: int, usual: int, weights: NeedWeights) -> int:
    """Points of a visit of `usual` minutes that is cut to `shortest`."""
    return int(value * (shortest / usual) ** weights.shortening)
