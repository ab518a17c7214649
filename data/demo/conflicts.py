"""The invented conflicts of the demo region: four that are planted, and noise around them.

Litter by a school, clients' traffic on a residential road, fear at a station, and one
that an ordinance moved next door; two years of reports, cases in several states. They lie
at invented zones, which stand where nothing real is reported.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.conflicts import Band, Channel, ConflictReport, Reporter, Theme
from geo.crs import project
from geo.mediation import (
    CaseAction,
    CaseState,
    Harm,
    MediationAction,
    MediationCase,
    Outcome,
    Participant,
)
from geo.neighbourhoods import divided, place_of
from geo.ordinances import Ordinance
from geo.sensitive import Sensitive
from geo.zones import Zone
from routing.promises import Promise
from routing.units import Outing

DAYS = 730
NOISE = 320
"""Reports of nothing in particular, where people live."""

ORDERED = 120
"""Days ago that the ordinance began."""


@dataclass(frozen=True)
class _Planted:
    """How a planted conflict is reported: `rate` a month over `days`, hours and voices."""

    theme: Theme
    bands: tuple[Band, ...]
    weekdays: tuple[int, ...]
    reporters: tuple[Reporter, ...]
    rate: float
    days: int


PLANTED = (
    _Planted(
        Theme.LITTER, (Band.MORNING,), (0, 1, 2, 3, 4), (Reporter.SCHOOL, Reporter.RESIDENT), 7, 420
    ),
    _Planted(Theme.TRAFFIC, (Band.NIGHT,), (4, 5), (Reporter.RESIDENT, Reporter.COMMITTEE), 8, 300),
    _Planted(
        Theme.FEAR, (Band.EVENING,), tuple(range(7)), (Reporter.TRADER, Reporter.RESIDENT), 7, 360
    ),
    _Planted(Theme.NOISE, (Band.NIGHT, Band.SMALL_HOURS), (3, 4, 5), (Reporter.RESIDENT,), 9, 500),
)
"""What was planted, the last being the one that the ordinance moves."""


@dataclass(frozen=True, eq=False)
class DemoConflicts:
    """What was invented: everything is flagged synthetic. `planted`: the four places, and the
    one next door that the last moved to; `sensitive`: frame of `geo.sensitive`; `outings` and
    `visits` of mediation."""

    planted: tuple[str, ...]
    reports: tuple[ConflictReport, ...]
    sensitive: pd.DataFrame
    ordinances: tuple[Ordinance, ...]
    cases: tuple[MediationCase, ...]
    outings: tuple[Outing, ...] = ()
    visits: tuple[Promise, ...] = ()


def conflicts_of(
    municipalities: gpd.GeoDataFrame,
    zones: Sequence[Zone],
    today: date,
    rng: np.random.Generator,
) -> DemoConflicts:
    """The conflicts of a region; equal arguments give equal ones."""
    places = divided(municipalities)
    spots = _spots(places, zones, rng)
    next_door = _next_door(places, spots[-1], set(spots))
    reports = []
    for planted, place in zip(PLANTED[:-1], spots, strict=False):
        reports += _reported(planted, place, today, (0, planted.days), rng)
    moved = PLANTED[-1]
    reports += _reported(moved, spots[-1], today, (ORDERED, moved.days), rng)
    reports += _reported(moved, next_door, today, (0, ORDERED), rng)
    reports += _noise(places, municipalities, today, rng)
    return DemoConflicts(
        planted=(*spots, next_door),
        reports=tuple(sorted(reports, key=lambda one: one.day)),
        sensitive=_sensitive(places, spots[0], spots[2], rng),
        ordinances=(
            Ordinance(
                code=f"O-{today.year}-1",
                municipality=spots[-1][:6],
                places=(spots[-1],),
                opens="21:00",
                closes="05:00",
                start=today - timedelta(days=ORDERED),
                synthetic=True,
            ),
        ),
        cases=_cases(spots, today),
    )


def _spots(
    places: gpd.GeoDataFrame, zones: Sequence[Zone], rng: np.random.Generator
) -> tuple[str, ...]:
    """Four places with a zone, in four municipalities."""
    found: dict[str, str] = {}
    for number in rng.permutation(len(zones)):
        place = place_of(places, *zones[number].stopping_place())
        # A municipality with many places, so that one of them can stand out.
        if place and (places["municipality"] == place[:6]).sum() >= 12:
            found.setdefault(place[:6], place)
        if len(found) == len(PLANTED):
            break
    return tuple(found.values())


def _next_door(places: gpd.GeoDataFrame, place: str, taken: set[str]) -> str:
    middles = places.geometry.representative_point()
    xy = project(np.column_stack([middles.x, middles.y]))
    here = int(np.flatnonzero(places["code"] == place)[0])
    order = np.argsort(np.hypot(*(xy - xy[here]).T))
    codes: NDArray[np.str_] = places["code"].to_numpy(dtype=np.str_)
    own = [c for c in codes[order] if c[:6] == place[:6] and c not in taken]
    return str(own[0])


def _reported(
    planted: _Planted, place: str, today: date, ago: tuple[int, int], rng: np.random.Generator
) -> list[ConflictReport]:
    """Reports of one conflict between two numbers of days ago."""
    days = [
        today - timedelta(days=n)
        for n in range(max(1, ago[0]), ago[1])
        if (today - timedelta(days=n)).weekday() in planted.weekdays
    ]
    chance = planted.rate / 30.4 * (ago[1] - ago[0]) / max(1, len(days))
    return [
        ConflictReport(
            place=place,
            day=day,
            band=planted.bands[rng.integers(len(planted.bands))],
            theme=planted.theme,
            intensity=int(rng.integers(3, 6)),
            channel=list(Channel)[rng.integers(4)],
            reporter=planted.reporters[rng.integers(len(planted.reporters))],
            repeated=bool(rng.random() < 0.4),
            synthetic=True,
        )
        for day in days
        if rng.random() < chance
    ]


def _noise(
    places: gpd.GeoDataFrame,
    municipalities: gpd.GeoDataFrame,
    today: date,
    rng: np.random.Generator,
) -> list[ConflictReport]:
    people = municipalities.set_index("istat")["population"]
    share = places["municipality"].map(people / places["municipality"].value_counts())
    where = rng.choice(places["code"].to_numpy(), NOISE, p=(share / share.sum()).to_numpy())
    themes = [theme for theme in Theme if theme is not Theme.ASSAULT]
    found = [
        ConflictReport(
            place=str(place),
            day=today - timedelta(days=int(rng.integers(1, DAYS))),
            band=list(Band)[rng.integers(6)],
            theme=themes[rng.integers(len(themes))],
            intensity=int(rng.integers(1, 4)),
            channel=list(Channel)[rng.integers(4)],
            reporter=list(Reporter)[rng.integers(5)],
            synthetic=True,
        )
        for place in where
    ]
    alert = ConflictReport(
        str(where[0]), today - timedelta(days=3), Band.NIGHT, Theme.ASSAULT, 5,
        Channel.POLICE, Reporter.BODY, synthetic=True,
    )  # fmt: skip
    return [*found, alert]


def _sensitive(
    places: gpd.GeoDataFrame, school: str, station: str, rng: np.random.Generator
) -> pd.DataFrame:
    """A school in one place, a station in another, and others at random."""
    middles = places.geometry.representative_point()
    known = [int(np.flatnonzero(places["code"] == code)[0]) for code in (school, station)]
    others = rng.choice(len(places), 60, replace=False)
    rows = [*known, *others]
    kinds = [Sensitive.SCHOOL, Sensitive.STATION]
    kinds += [list(Sensitive)[rng.integers(3)] for _ in others]
    return pd.DataFrame(
        {
            "kind": [kind.value for kind in kinds],
            "lon": middles.x.to_numpy()[rows],
            "lat": middles.y.to_numpy()[rows],
        }
    )


def _cases(spots: tuple[str, ...], today: date) -> tuple[MediationCase, ...]:
    def ago(days: int) -> date:
        return today - timedelta(days=days)

    listened = CaseAction(ago(90), MediationAction.LISTEN_RESIDENTS, (Participant.RESIDENTS,))
    talked = CaseAction(
        ago(70), MediationAction.TALK_PEOPLE, (Participant.PEOPLE, Participant.MEDIATOR)
    )
    table = CaseAction(
        ago(45), MediationAction.TABLE, (Participant.MUNICIPALITY, Participant.COMMITTEE)
    )
    cleaned = CaseAction(ago(30), MediationAction.CLEANING, (Participant.MUNICIPALITY,))
    school = CaseAction(ago(20), MediationAction.MEETING, (Participant.SCHOOL, Participant.UNIT))
    # Along one road a table for each of its sections: enough for a figure that is published.
    sections = (
        MediationCase(
            f"C-{number}", spots[1], (Theme.TRAFFIC,), ago(150), CaseState.FOLLOW_UP,
            (listened, talked, table), today + timedelta(days=20 + number), synthetic=True,
        )
        for number in range(6, 12)
    )  # fmt: skip
    return (
        MediationCase(
            "C-1", spots[0], (Theme.LITTER,), ago(100), CaseState.MEETING,
            (listened, cleaned, school), ago(2), synthetic=True,
        ),
        MediationCase(
            "C-2", spots[1], (Theme.TRAFFIC, Theme.NOISE), ago(12), CaseState.LISTENING,
            next_date=today + timedelta(days=9), synthetic=True,
        ),
        MediationCase(
            "C-3", spots[2], (Theme.FEAR,), ago(180), CaseState.FOLLOW_UP,
            (listened, talked, table), ago(5), synthetic=True,
        ),
        MediationCase(
            "C-4", spots[3], (Theme.NOISE,), ago(200), CaseState.CLOSED, (listened, talked),
            outcome=Outcome.DISPLACED, harm=Harm.WORSE_PLACE, closed=ago(15), synthetic=True,
        ),
        MediationCase(
            "C-5", spots[1], (Theme.LITTER,), ago(300), CaseState.CLOSED,
            (listened, talked, table, cleaned), outcome=Outcome.AGREEMENT, harm=Harm.NONE,
            closed=ago(25), synthetic=True,
        ),
        *sections,
    )  # fmt: skip
