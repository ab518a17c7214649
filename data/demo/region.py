"""The demo region as a whole: what `generate` makes, and how."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import geopandas as gpd
import numpy as np
import pandas as pd

from data.demo.conflicts import DemoConflicts, conflicts_of
from data.demo.counts import DemoCount, counts_of
from data.demo.fieldwork import (
    DAYS,
    contacts_of,
    outings_before,
    parts_of,
    presence_of,
    zones_known,
)
from data.demo.mediation_day import with_mediation_day
from data.demo.movements import (
    NOTHING,
    DemoMonths,
    looked_at,
    months_of,
    presence_now,
    stories_of,
    thinned,
)
from data.demo.passages import free_places_of, handovers_of
from data.demo.people import records_of
from data.demo.services import base, desks, units
from data.demo.year import YEAR, stops_before
from data.demo.zones import invented_zones
from geo.crs import project
from geo.desks import Desk
from geo.free_places import FreePlaces
from geo.handovers import Handover
from geo.network import RoadNetwork
from geo.night import HOUR, Night
from geo.zones import Access, Zone
from routing.problem import Kind
from routing.promises import Promise
from routing.units import Base, Unit, outing

SEED = 1
NIGHTS_OF_PROMISES = 7
"""Nights from today for which something has been promised."""

NEAREST = 4
"""An appointment is in one of so many zones that lie nearest to the unit's base."""


@dataclass(frozen=True, eq=False)
class DemoRegion:
    """An invented region. `synthetic` is always true, of the whole and of every part.

    `presence`: frame as in `geo.presence`. `visits`: columns `night` (date), `zone`;
    `contacts`: `night`, `zone`, `kind`, `count`; both of the 90 nights before `today`.
    `records`, `effort`: the whole records of the year before `today`, frames of `geo.contacts`
    and `geo.effort` with the column `unit` besides.
    `promises`: of the nights from `today` on. `months`: what the monitoring has besides.
    """

    today: date
    seed: int
    zones: tuple[Zone, ...]
    units: tuple[Unit, ...]
    desks: tuple[Desk, ...]
    presence: pd.DataFrame
    visits: pd.DataFrame
    contacts: pd.DataFrame
    records: pd.DataFrame
    effort: pd.DataFrame
    promises: tuple[Promise, ...]
    conflicts: DemoConflicts
    handovers: tuple[Handover, ...]
    free_places: tuple[FreePlaces, ...]
    months: DemoMonths = NOTHING
    counts: tuple[DemoCount, ...] = ()
    synthetic: bool = True

    @property
    def last_visits(self) -> dict[str, date]:
        """The night of each zone's last visit; zones never visited are left out."""
        return self.visits.groupby("zone")["night"].max().to_dict()

    def promises_on(self, night: Night) -> tuple[Promise, ...]:
        """What has been promised for a night."""
        return tuple(promise for promise in self.promises if promise.night == night.date)


def generate(
    network: RoadNetwork, municipalities: gpd.GeoDataFrame, today: date, seed: int = SEED
) -> DemoRegion:
    """The demo region on a network of Tuscany; equal arguments give an equal region.

    `municipalities` as `geo.municipalities.municipalities` gives them; `today`: the
    service date that the year of field work ends before. Raises InputError
    `demo_network` (province, missing) where the network has no room for a province's zones.
    """
    # What is added takes a further child at the end, so that what there was stays the same.
    places, looks, work, words, years, people, quarrels, passages, moves, counting = (
        np.random.default_rng(child) for child in np.random.SeedSequence(seed).spawn(10)
    )
    teams = units()
    zones = invented_zones(network, municipalities, teams, places)
    presence = presence_of(zones, looks)
    stops = outings_before(today, teams, zones_known(zones, work), presence, work)
    since = stops["zone"].unique()
    earlier = stops_before(today, teams, zones, presence, years, since=since)
    year = pd.concat([earlier, stops])
    contacts, effort = records_of(year, zones, teams, presence, people)
    handed = handovers_of(contacts, passages)
    stories = stories_of(effort, contacts, moves)
    days = (today - timedelta(YEAR), today)
    months = months_of(effort, contacts, zones, stories, days=days, rng=moves)
    contacts = thinned(contacts, stories, today, moves)
    return DemoRegion(
        today=today,
        seed=seed,
        zones=zones,
        units=teams,
        desks=desks(),
        presence=looked_at(presence_now(parts_of(presence, stops), stories), effort, days[0]),
        visits=stops[["night", "zone"]],
        contacts=contacts_of(contacts, today - timedelta(DAYS)),
        records=contacts,
        effort=effort,
        promises=_promises(today, teams, zones, words),
        conflicts=with_mediation_day(
            conflicts_of(municipalities, zones, today, quarrels), municipalities, teams, today
        ),
        handovers=handed,
        free_places=free_places_of(today, passages),
        months=months,
        counts=counts_of(today, zones, teams, presence, counting),
    )


def _promises(
    today: date, teams: Sequence[Unit], zones: Sequence[Zone], rng: np.random.Generator
) -> tuple[Promise, ...]:
    """Two a night, of different units on duty: an appointment and a hotline request."""
    found = []
    for offset in range(NIGHTS_OF_PROMISES):
        night = Night(today) + offset
        duty = [unit for unit in teams if night.weekday in unit.weekdays]
        first, second = rng.choice(len(duty), 2, replace=False)
        found.append(_appointment(night, duty[first], zones, rng))
        found.append(_hotline_request(night, duty[second]))
    return tuple(found)


def _appointment(
    night: Night, unit: Unit, zones: Sequence[Zone], rng: np.random.Generator
) -> Promise:
    """After an hour and a half of the shift, in a zone near the unit's base."""
    near = sorted((zone for zone in zones if _suits(unit, zone)), key=_metres_from(unit.start))
    zone = near[rng.integers(min(NEAREST, len(near)))]
    opens = outing(unit, night).opens + HOUR + HOUR // 2
    return Promise(
        key=f"A-{night.date:%m%d}",
        night=night.date,
        kind=Kind.APPOINTMENT,
        opens=night.clock(opens),
        closes=night.clock(opens + HOUR // 2),
        minutes=15,
        zone=zone.code,
        unit=unit.code,
        languages=zone.languages,
        synthetic=True,
    )


def _hotline_request(night: Night, unit: Unit) -> Promise:
    """A call passed on by the hotline: come to the town of the base, any time for two hours."""
    opens = outing(unit, night).opens + HOUR // 2
    seat = unit.start.name.removeprefix("Base di ")
    spot = base(seat)
    return Promise(
        key=f"N-{night.date:%m%d}",
        night=night.date,
        kind=Kind.HOTLINE,
        opens=night.clock(opens),
        closes=night.clock(opens + 2 * HOUR),
        minutes=20,
        place=Base(f"Piazza di {seat}", spot.lon, spot.lat),
        unit=unit.code,
        synthetic=True,
    )


def _suits(unit: Unit, zone: Zone) -> bool:
    """Whether a unit could meet somebody in a zone."""
    return (
        zone.province_code in unit.territory
        and (unit.mode is Access.VAN or zone.access is Access.FOOT)
        and (not zone.languages or bool(zone.languages & unit.crew.languages))
    )


def _metres_from(base: Base) -> Callable[[Zone], float]:
    """Metres as the crow flies from a base to a zone."""

    def metres(zone: Zone) -> float:
        ends = project(np.array([zone.stopping_place(), (base.lon, base.lat)]))
        return float(np.hypot(*(ends[0] - ends[1])))

    return metres
