"""Two invented count nights: one of the past with all that was entered, one to come."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd

from geo.contacts import AgeClass, Gender, MacroArea
from geo.count import Group, Passing
from geo.count_weather import Forecast
from geo.night import Night
from geo.presence import by_hour
from geo.zones import Access, Zone
from routing.passes import CountTerms
from routing.units import Unit

AGO = 33
"""Nights from the count of the past to today."""

AHEAD = 1
"""Nights from today to the one to come: its forecast can soon be entered."""

LATER = ("048", "052")
"""Provinces that the coming count leaves out: their vans are too few for every zone."""

ISLANDS = ("049003", "049014", "053012")
"""Municipalities that no van of the region reaches on a night."""

SEES = 0.75
"""Share of the people in a zone that one pass sees."""

MISSED = 0.03
"""Share of the passes that were not made."""

GENDERS = {Gender.DONNA: 0.82, Gender.TRANS: 0.14, Gender.UOMO: 0.02, Gender.NR: 0.02}
AREAS = {
    MacroArea.AFRICA_OCC: 0.34, MacroArea.EST_UE: 0.26, MacroArea.EST_NON_UE: 0.14,
    MacroArea.AMERICA_LATINA: 0.1, MacroArea.ASIA: 0.02, MacroArea.ITALIA: 0.04, MacroArea.NR: 0.1,
}  # fmt: skip
AGES = {
    AgeClass.A18_25: 0.33, AgeClass.A26_35: 0.36, AgeClass.A36_50: 0.17, AgeClass.OLTRE_50: 0.02,
    AgeClass.NR: 0.12,
}  # fmt: skip


@dataclass(frozen=True)
class DemoCount:
    """An invented count night. `owners`: organisation by zone; `weather`: forecasts that were
    entered for it; `passings`: what crews entered, nothing for one to come."""

    night: date
    reserve: date | None
    terms: CountTerms
    owners: Mapping[str, str]
    weather: tuple[Forecast, ...] = ()
    passings: tuple[Passing, ...] = ()


def counts_of(
    today: date,
    zones: Sequence[Zone],
    units: Sequence[Unit],
    presence: pd.DataFrame,
    rng: np.random.Generator,
) -> tuple[DemoCount, ...]:
    """A count of two passes that is over, and one that is to be planned."""
    crews = {zone.code: crew for zone in zones if (crew := _crew(zone, units)) is not None}
    past = Night(today - timedelta(AGO))
    hours = by_hour(presence, past.weekday)
    terms = CountTerms(passes=2)
    entered: list[Passing] = []
    for code, unit in sorted(crews.items()):
        there = int(rng.poisson(hours[code][23, 0] if code in hours else 0.0))
        for number in range(1, terms.passes + 1):
            seen = int(rng.binomial(there, SEES))
            groups = _groups(seen, rng)
            if rng.random() >= MISSED:
                entered.append(Passing(code, number, unit.code, unit.organisation, True, groups))
    owners = {code: unit.organisation for code, unit in crews.items()}
    soon = {c: who for c, who in owners.items() if c[:3] not in LATER}
    coming = today + timedelta(AHEAD)
    return (
        DemoCount(
            past.date, past.date + timedelta(7), terms, owners,
            (Forecast(0.2, 18),), (*entered, _twice(entered, units)),
        ),
        DemoCount(coming, coming + timedelta(7), CountTerms(), soon),
    )  # fmt: skip


def _crew(zone: Zone, units: Sequence[Unit]) -> Unit | None:
    """The first van of the zone's province."""
    if zone.municipality in ISLANDS:
        return None
    vans = (unit for unit in units if unit.mode is Access.VAN)
    return next((unit for unit in vans if zone.province_code in unit.territory), None)


def _groups(persons: int, rng: np.random.Generator) -> tuple[Group, ...]:
    drawn: Counter[tuple[Gender, MacroArea, AgeClass]] = Counter()
    for _ in range(persons):
        drawn[_one_of(GENDERS, rng), _one_of(AREAS, rng), _one_of(AGES, rng)] += 1
    return tuple(Group(n, *how) for how, n in sorted(drawn.items()))


def _one_of(shares, rng):  # type: ignore[no-untyped-def]
    names = list(shares)
    return names[int(rng.choice(len(names), p=np.array(list(shares.values()))))]


def _twice(entered: Sequence[Passing], units: Sequence[Unit]) -> Passing:
    """A pass that a second crew entered as well, which the page has to say."""
    first = max(entered, key=lambda one: (one.persons, one.zone))
    other = next(unit for unit in units if unit.organisation != first.organisation)
    return Passing(
        first.zone, first.number, other.code, other.organisation, False, first.groups[:2]
    )
