"""A road to check plans on by hand: eleven nodes in a row, a kilometre and a minute apart.

A zone `n` lies in the middle of the section from node n to n + 1. Twenty kilometres
north of it a second road, of two nodes, is joined to nothing.
"""

from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache

import numpy as np
import pandas as pd
import shapely

from geo.crs import unproject
from geo.network import RoadNetwork
from geo.night import Night
from geo.presence import COLUMNS
from geo.speeds import CLASSES
from geo.zones import Access, PlaceType, PresenceWindow, Zone
from routing.plan import Plan, Route, Stop
from routing.prepare import NightInputs
from routing.problem import Problem
from routing.units import Base, Crew, Member, Pause, Role, Unit, outing

ORIGIN = np.array([620_000.0, 4_855_000.0])
NIGHT = Night(date(2026, 5, 15))  # a Friday
NOW = datetime(2026, 5, 15, 10, 0, tzinfo=UTC)  # noon, local time


def at(kilometres: float, north: float = 0.0) -> tuple[float, float]:
    """Longitude and latitude of a spot along the road."""
    lon, lat = unproject((ORIGIN + 1000 * np.array([kilometres, north]))[None])[0]
    return float(lon), float(lat)


@cache
def street() -> RoadNetwork:
    nodes = np.array([at(km) for km in range(11)] + [at(3, north=20), at(4, north=20)])
    pairs = np.array([(n, n + 1) for n in range(10)] + [(11, 12)])
    both = np.concatenate([pairs, pairs[:, ::-1]])
    names = [f"SP{1 + n // 5}" for n in range(10)] + ["SP9"]
    return RoadNetwork.build(
        name="street",
        source="schematic",
        licence="EUPL-1.2",
        node_lon=nodes[:, 0],
        node_lat=nodes[:, 1],
        edge_from=both[:, 0],
        edge_to=both[:, 1],
        edge_class=np.full(len(both), CLASSES.index("secondary")),
        edge_names=names * 2,
        edge_length=np.full(len(both), 1000.0),
        edge_seconds=np.full(len(both), 60.0),
    )


def zone(number: int, **changes: object) -> Zone:
    """A zone on the section after node `number` (13: on the road that nothing joins)."""
    ends = [at(number + share) for share in (0.2, 0.8)]
    if number == 13:
        ends = [at(3 + share, north=20) for share in (0.2, 0.8)]
    plain = Zone(
        code=f"046017-{number:02d}",
        municipality="046017",
        place_type=PlaceType.PROVINCIALE,
        geometry=shapely.LineString(ends),
        windows=(PresenceWindow("21:00", "23:00"),),
        service_minutes=15,
        synthetic=True,
    )
    return replace(plain, **changes)


CREW = Crew((Member(Role.OPERATOR, frozenset({"it", "en"})), Member(Role.MEDIATOR)))
UNIT = Unit(
    code="LU1",
    name="Unità di prova",
    organisation="Associazione di prova",
    territory=("046",),
    mode=Access.VAN,
    start=Base("Base di prova", *at(0)),
    end=Base("Base di prova", *at(0)),
    shift_opens="20:30",
    shift_closes="01:30",
    crew=CREW,
    pause=Pause("22:00", "23:30", 15),
    driving_minutes=100,
    kilometres=90,
    synthetic=True,
)
WALKERS = replace(UNIT, code="LU2", name="Unità a piedi", mode=Access.FOOT, pause=None)


def presence(*zones: Zone, persons: float = 4.0) -> pd.DataFrame:
    """The same number of persons at every hour from 21 to 1, known exactly."""
    rows = [
        (each.code, weekday, hour, persons, persons, persons)
        for each in zones
        for weekday in range(7)
        for hour in (21, 22, 23, 0, 1)
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def inputs(*zones: Zone, units: tuple[Unit, ...] = (UNIT,), **changes: object) -> NightInputs:
    night = changes.pop("night", NIGHT)
    given = NightInputs(
        night=night,
        outings=tuple(outing(unit, night) for unit in units),
        zones=zones,
        presence=presence(*zones),
    )
    return replace(given, **changes)


def drive(problem: Problem, *keys: str, unit: str = "LU1", pause_after: int | None = None) -> Plan:
    """The plan of one unit that goes to `keys` in order, each as early as it can.

    The pause is taken on departing from stop number `pause_after`, not before it opens.
    """
    shift = problem.shift_by_key[unit, 0]
    travel = problem.travel[shift.mode]
    here, clock, pause, stops = shift.start, shift.opens, None, []
    for index, key in enumerate(keys):
        visit = problem.visit(key)
        leg = int(travel.seconds[here, visit.place]), int(travel.metres[here, visit.place])
        if pause_after == index - 1 and shift.pause:
            pause = max(clock, shift.pause.opens)
            clock = pause + shift.pause.length
        arrival = clock + leg[0]
        ways = enumerate(visit.options)
        option, chosen = next((i, o) for i, o in ways if max(arrival, o.opens) <= o.closes)
        begin = max(arrival, chosen.opens)
        clock, here = begin + chosen.service, visit.place
        stops.append(Stop(key, option, arrival, begin, clock, *leg, chosen.value))
    home = int(travel.seconds[here, shift.end]), int(travel.metres[here, shift.end])
    route = Route(
        unit=unit,
        night=0,
        stops=tuple(stops),
        departure=shift.opens,
        home=clock + home[0],
        drive_home=home[0],
        metres_home=home[1],
        pause=pause,
        pause_before=None if pause is None or pause_after is None else pause_after + 1,
    )
    return Plan((route,), route.value)
