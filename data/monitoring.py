"""What the monitoring rests on, gathered from the store: records kept, and monthly totals.

    found = monitored(store, viewer, network)               # up to the last month that is over
    found = monitored(store, viewer, network, last=month)   # up to an earlier one

For coordinators: zones are in it. What leaves is a release (`data.releases`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from sqlalchemy import select
from sqlalchemy.orm import Session

from data import zones as kept_zones
from data.access import Action, Viewer
from data.contacts import by_code, read_with_entry
from data.models import (
    EffortMonthRow,
    PlaceZoneMonthRow,
    PlannedVisitRow,
    RegionMonthRow,
    VisitRow,
    ZoneTieRow,
)
from data.roads_cache import remembered_matrices
from data.store import Store
from data.weather import bad_nights
from geo.contacts import Known, charted
from geo.emerging import ZoneMovement, movements
from geo.errors import InputError, RefusedError
from geo.focus import focus
from geo.monitoring import Cube, Levels, cube_of, levels
from geo.network import RoadNetwork
from geo.night import Night
from geo.quarter import months_until
from geo.weather import WeatherEffect, factors, weather_effect
from geo.zones import Zone
from routing.sites import Site, place_sites

MONTHS = 36
"""Months that are looked back at."""

NEAR = 3000
"""Metres along the roads within which zones are neighbours."""

_REACH = 900
"""Seconds of driving beyond which no neighbour is looked for."""

KNOWN = ("month", "new", "known", "unsaid")
"""Columns of `Monitored.known`: persons by whether they were known before."""

EXPLORED = ("month", "planned", "exploring", "made")
"""Columns of `Monitored.explored`: minutes of published visits, of those to thinly observed
zones, and of these where the crew then was."""


@dataclass(frozen=True, eq=False)
class Monitored:
    """Everything that the page and the report show.

    `zones` in use by code; `cube` with its `levels`; `moves`: of every row of the cube, empty
    where `refused` says why nothing can be said; `focus`: frame of `geo.focus`; `known`,
    `explored`: columns `KNOWN`, `EXPLORED`; `left_out`: persons met in months without an
    hour in their zone, who cannot be compared.
    """

    zones: Mapping[str, Zone]
    cube: Cube
    levels: Levels
    moves: tuple[ZoneMovement, ...]
    refused: InputError | None
    weather: WeatherEffect
    focus: pd.DataFrame
    known: pd.DataFrame
    explored: pd.DataFrame
    left_out: int


def last_month(store: Store) -> date:
    """The first day of the last month that is over."""
    today = Night.of(store.now()).date
    return months_until(today, 2)[0]


def monitored(
    store: Store,
    viewer: Viewer,
    network: RoadNetwork,
    *,
    last: date | None = None,
    count: int = MONTHS,
) -> Monitored:
    """What is known of at most `count` months until `last` (a first day), which must be over.

    Raises RefusedError `monitoring_month_open`, and InputError as `geo.monitoring.cube_of`.
    """
    until = last_month(store)
    if last and last > until:
        raise RefusedError("monitoring_month_open")
    span = months_until(last or until, count)
    with store.reading(viewer, Action.READ_CONTACTS) as session:
        zones = {zone.code: zone for zone in kept_zones.in_use(session)}
        contacts, effort = read_with_entry(session, since=span[0])
        known = _known(session, contacts, span)
        met = charted(contacts)
        met = met[met["zone"] != ""]
        persons = _sums(session, met, PlaceZoneMonthRow, "persons", "contacts")
        hours = _sums(session, effort, EffortMonthRow, "hours", "hours")
        months = _begun(hours, span)
        bad = bad_nights(session, months[0])
        visits = _visits(session, months[0])
        planned = _planned(session, months[0], visits)
        ties = [
            (row.zone, row.other)
            for row in session.scalars(select(ZoneTieRow).where(ZoneTieRow.day >= months[0]))
        ]

    def cube(weather: pd.DataFrame | None = None) -> Cube:
        return cube_of(persons, hours, [*zones], months, weather=weather, ties=ties)

    plain = cube()
    effect = weather_effect(_looks(met, effort, bad), levels(plain).scatter)
    whole = cube(factors(_weathers(visits, bad), effect))
    near = neighbours(store, [zones[code] for code in whole.zones], network)
    refused: InputError | None = None
    moves: tuple[ZoneMovement, ...] = ()
    try:
        moves = movements(whole, near)
    except InputError as error:
        refused = error
    counted = persons[persons["month"].isin(months)]["persons"].sum()
    return Monitored(
        zones=zones,
        cube=whole,
        levels=levels(whole),
        moves=moves,
        refused=refused,
        weather=effect,
        focus=focus(whole, len(zones)),
        known=known[known["month"].isin(months)].reset_index(drop=True),
        explored=planned,
        left_out=int(counted - whole.persons.sum()),
    )


def neighbours(
    store: Store, zones: Sequence[Zone], network: RoadNetwork
) -> dict[str, tuple[str, ...]]:
    """For each zone those within `NEAR` metres along the roads, either way."""
    sites = [Site(zone.code, *zone.stopping_place(), frozenset({"van"})) for zone in zones]
    measure = remembered_matrices(store.settings().home)
    found = place_sites(network, sites, {"van": _REACH}, measure)
    metres = found.travel["van"].metres
    near = (metres <= NEAR) | (metres.T <= NEAR)
    return {
        one.key: tuple(other.key for other, joined in zip(sites, row, strict=True) if joined)
        for one, row in zip(sites, near, strict=True)
    }


def _firsts(nights: pd.Series) -> list[date]:
    """The first day of each night's month."""
    which, values = pd.factorize(nights)
    firsts = [pd.Timestamp(value).date().replace(day=1) for value in values]
    return [firsts[index] for index in which]


def _sums(session: Session, live: pd.DataFrame, table, name: str, column: str) -> pd.DataFrame:  # type: ignore[no-untyped-def]
    """Sums by `zone` and `month`, of what is kept and of what has become totals."""
    rows = live[["zone", name]].assign(month=_firsts(live["night"]))
    asked = select(table.zone, table.month, getattr(table, column))
    folded = pd.DataFrame(session.execute(asked).all(), columns=["zone", "month", name])
    parts = pd.concat([part for part in (rows, folded) if len(part)] or [rows])
    return parts.groupby(["zone", "month"], as_index=False)[name].sum()


def _begun(hours: pd.DataFrame, span: tuple[date, ...]) -> tuple[date, ...]:
    """The months from the first in which any crew looked. InputError `monitoring_effort`."""
    seen = [month for month in hours["month"] if month in span]
    if not seen:
        raise InputError("monitoring_effort")
    return span[span.index(min(seen)) :]


def _looks(
    met: pd.DataFrame, effort: pd.DataFrame, bad: Mapping[tuple[date, str], bool]
) -> pd.DataFrame:
    """Persons and hours of the nights still kept, by zone and night, where the weather is known."""
    keys = ["zone", "night"]
    spent = effort.groupby(keys)["hours"].sum()
    persons = met.groupby(keys)["persons"].sum().reindex(spent.index, fill_value=0)
    looks = pd.DataFrame({"hours": spent, "persons": persons}).reset_index()
    weather = [
        bad.get((night.date(), zone[:3]))
        for zone, night in zip(looks["zone"], looks["night"], strict=True)
    ]
    looks = looks.assign(bad=pd.Series(weather, dtype=object))
    looks = looks[looks["bad"].notna()]
    return looks.assign(bad=looks["bad"].astype(bool))


def _visits(session: Session, since: date) -> pd.DataFrame:
    asked = select(VisitRow.zone, VisitRow.night).where(VisitRow.night >= since)
    return pd.DataFrame(session.execute(asked).all(), columns=["zone", "night"])


def _weathers(visits: pd.DataFrame, bad: Mapping[tuple[date, str], bool]) -> pd.DataFrame:
    pairs = zip(visits["night"], visits["zone"], strict=True)
    weather = pd.Series([bad.get((night, zone[:3])) for night, zone in pairs], dtype=object)
    return pd.DataFrame({"zone": visits["zone"], "month": _firsts(visits["night"]), "bad": weather})


def _known(session: Session, contacts: pd.DataFrame, span: tuple[date, ...]) -> pd.DataFrame:
    """Persons by month and whether they were known before, of every kind of contact."""
    live = by_code(contacts.assign(month=_firsts(contacts["night"]))).reset_index()
    live = live[live["field"] == "known"][["month", "code", "sum"]]
    asked = select(RegionMonthRow.month, RegionMonthRow.code, RegionMonthRow.persons).where(
        RegionMonthRow.field == "known", RegionMonthRow.month >= span[0]
    )
    folded = pd.DataFrame(session.execute(asked).all(), columns=["month", "code", "sum"])
    rows = pd.concat([live, folded])
    table = rows.pivot_table(index="month", columns="code", values="sum", aggfunc="sum")
    table = table.reindex(columns=[Known.NUOVO, Known.GIA_NOTO, Known.NR]).fillna(0)
    return table.astype(np.int64).reset_index().set_axis(list(KNOWN), axis=1)


def _planned(session: Session, since: date, visits: pd.DataFrame) -> pd.DataFrame:
    """Minutes that published itineraries had in thinly observed zones, and what came of them."""
    names = ("night", "zone", "minutes", "thin")
    asked = select(*(getattr(PlannedVisitRow, name) for name in names))
    rows = pd.DataFrame(
        session.execute(asked.where(PlannedVisitRow.night >= since)).all(), columns=list(names)
    )
    if rows.empty:
        return pd.DataFrame(columns=list(EXPLORED))
    seen = set(zip(visits["zone"], visits["night"], strict=True))
    made = [pair in seen for pair in zip(rows["zone"], rows["night"], strict=True)]
    exploring = rows["minutes"].where(rows["thin"], 0)
    rows = rows.assign(
        month=_firsts(rows["night"]),
        planned=rows["minutes"],
        exploring=exploring,
        made=exploring.where(made, 0),
    )
    return rows.groupby("month", as_index=False)[["planned", "exploring", "made"]].sum()
