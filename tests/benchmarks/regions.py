"""Invented regions of any size on the schematic roads of Tuscany, from a seed.

Zones lie on roads drawn by lot, whoever lives there: they are for measuring alone, and no map of
them is ever drawn.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
import shapely
import shapely.ops

from geo.crs import project_geometry
from geo.municipalities import municipalities, municipality_of
from geo.network import RoadNetwork
from geo.night import Night, nights
from geo.presence import COLUMNS
from geo.windows import window_on
from geo.zones import MINIMUM_LENGTH, Access, PlaceType, PresenceWindow, Zone
from routing.prepare import NightInputs
from routing.units import Base, Crew, Member, Pause, Role, Unit, outing

FIRST = Night(date(2026, 5, 15))
LANGUAGES = ("en", "ro", "sq", "bg", "es")


def region_week(
    network: RoadNetwork,
    provinces: Sequence[str],
    *,
    units: int,
    zones: int,
    joined: bool = False,
    count: int = 7,
    first: Night = FIRST,
    seed: int = 7,
) -> tuple[NightInputs, ...]:
    """The nights of a week: so many units and zones in each province.

    `joined`: every unit works in all of the provinces, which have `units` and `zones` together.
    """
    chance = np.random.default_rng(seed)
    roads = _roads(network, provinces)
    shares = np.array_split(np.arange(zones), len(provinces)) if joined else None
    made_zones, made_units = [], []
    for number, province in enumerate(provinces):
        wanted = len(shares[number]) if shares else zones
        made_zones += _zones(network, roads[province], wanted, chance)
    for number in range(units if joined else units * len(provinces)):
        province = provinces[number % len(provinces)]
        territory = tuple(provinces) if joined else (province,)
        made_units.append(_unit(number, network, roads[province][0], territory, chance))
    made_zones = _distinct(made_zones)
    presence = _presence(made_zones, chance)
    visited = {
        zone.code: first.date - timedelta(days=int(chance.integers(1, 40)))
        for zone in made_zones
        if chance.random() < 0.9
    }
    found = []
    for night in nights(first, count):
        out = tuple(outing(u, night) for u in made_units if night.weekday in u.weekdays)
        found.append(NightInputs(night, out, tuple(made_zones), presence, visited))
    return tuple(found)


def _roads(network: RoadNetwork, provinces: Sequence[str]) -> dict[str, tuple[np.ndarray, list]]:
    """Nodes of each province, and its edges with the municipality of their middle."""
    frame = municipalities()
    nodes = np.column_stack([network.node_lon, network.node_lat])
    of_node = municipality_of(frame, nodes)
    long = np.flatnonzero(network.edge_length > 1.5 * MINIMUM_LENGTH)
    starts = network.edge_geometry[long]
    middles = (starts + network.edge_geometry[long + 1]) // 2
    of_edge = municipality_of(frame, network.coords[middles])
    return {
        province: (
            np.flatnonzero([code[:3] == province for code in of_node]),
            [
                (edge, code)
                for edge, code in zip(long, of_edge, strict=True)
                if code[:3] == province
            ],
        )
        for province in provinces
    }


def _zones(
    network: RoadNetwork, roads: tuple, count: int, chance: np.random.Generator
) -> list[Zone]:
    found: list[Zone] = []
    while len(found) < count:
        edge, code = roads[1][int(chance.integers(len(roads[1])))]
        line = shapely.LineString(
            network.coords[network.edge_geometry[edge] : network.edge_geometry[edge + 1]]
        )
        length = project_geometry(line).length
        if length < 1.3 * MINIMUM_LENGTH:
            continue  # what is lengthened for windings may be drawn shorter
        share = 1.2 * MINIMUM_LENGTH / length
        at = chance.uniform(0, max(0.0, 1 - share))
        piece = shapely.ops.substring(line, at, min(1.0, at + share), normalized=True)
        opens = int(chance.integers(20, 24))
        closes = (opens + int(chance.integers(2, 5))) % 24
        asked = chance.random() < 0.15
        found.append(
            Zone(
                code=f"{code}-00",
                municipality=code,
                place_type=PlaceType.PROVINCIALE,
                geometry=piece,
                windows=(PresenceWindow(f"{opens:02d}:00", f"{closes:02d}:30"),),
                service_minutes=int(chance.integers(10, 25)),
                shortest_minutes=8,
                languages=frozenset(chance.choice(LANGUAGES, 1)) if asked else frozenset(),
                revisit_days=int(chance.choice((7, 14, 28))),
                synthetic=True,
            )
        )
    return found


def _distinct(zones: Iterable[Zone]) -> list[Zone]:
    counted: dict[str, int] = {}
    found = []
    for zone in zones:
        counted[zone.municipality] = counted.get(zone.municipality, 0) + 1
        code = f"{zone.municipality}-{counted[zone.municipality]:02d}"
        found.append(replace(zone, code=code))
    return found


def _unit(
    number: int,
    network: RoadNetwork,
    nodes: np.ndarray,
    territory: tuple[str, ...],
    chance: np.random.Generator,
) -> Unit:
    node = int(chance.choice(nodes))
    base = Base(f"Base {number}", float(network.node_lon[node]), float(network.node_lat[node]))
    spoken = frozenset(chance.choice(LANGUAGES, 2, replace=False)) | {"it"}
    crew = Crew((Member(Role.OPERATOR), Member(Role.MEDIATOR, spoken)))
    return Unit(
        code=f"U{number:02d}",
        name=f"Unità {number}",
        organisation="Invented",
        territory=territory,
        mode=Access.VAN,
        start=base,
        end=base,
        shift_opens="20:30",
        shift_closes="01:30",
        crew=crew,
        pause=Pause("22:00", "23:30", 15),
        driving_minutes=180,
        synthetic=True,
    )


def _presence(zones: Sequence[Zone], chance: np.random.Generator) -> pd.DataFrame:
    rows = []
    for zone in zones:
        level = float(chance.gamma(2.0, 1.5))
        window = window_on(FIRST, zone.windows[0].opens, zone.windows[0].closes)
        hours = range((window or (0, 0))[0] // 3600, (window or (0, 0))[1] // 3600 + 1)
        for weekday in range(7):
            for hour in hours:
                here = level * float(chance.uniform(0.6, 1.4))
                rows.append((zone.code, weekday, (12 + hour) % 24, here, 0.5 * here, 1.8 * here))
    return pd.DataFrame(rows, columns=list(COLUMNS))
