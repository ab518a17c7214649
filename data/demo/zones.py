"""The invented zones: 120 stretches of road over the ten provinces."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import islice

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray

from data.demo.places import may_be, may_lie
from data.demo.services import UNKNOWN_LANGUAGE
from data.demo.stretches import Roads, Stretch, allowed_roads, draw
from geo.crs import project
from geo.errors import InputError
from geo.network import RoadNetwork
from geo.speeds import CLASSES
from geo.zones import Access, PlaceType, PresenceWindow, Zone, middle
from routing.units import Base, Unit

ZONES_BY_PROVINCE = {
    "045": 8,
    "046": 13,
    "047": 9,
    "048": 18,
    "049": 10,
    "050": 13,
    "051": 14,
    "052": 16,
    "053": 12,
    "100": 7,
}
"""How many zones lie in each province (ISTAT code): 120."""

WALKING_ZONES = 6
"""Zones of a province with a unit on foot that lie round its base."""

WALKING_RANGE = 2500.0
"""Metres as the crow flies from such a base."""

SIZES = {Access.VAN: ((600.0, 1500.0), 900.0), Access.FOOT: ((520.0, 700.0), 350.0)}
"""Least and most metres that a zone is long, and least metres between two middles."""

CATCHMENT = 10_000.0
"""Metres from a van's base over which zones thin out by e: crews know what lies near."""

PATIENCE = 3000
"""Stretches drawn for one province before the network is called too small."""

_WEEK = frozenset(range(7))
_WORKDAYS = frozenset(range(4))
_WEEKEND = frozenset({4, 5, 6})

WINDOWS: tuple[tuple[float, tuple[PresenceWindow, ...]], ...] = (
    (0.28, (PresenceWindow("20:30", "23:30"),)),
    (0.24, (PresenceWindow("21:00", "02:30"),)),
    (0.16, (PresenceWindow("22:30", "02:00"),)),
    (0.14, (PresenceWindow("20:30", "22:00"), PresenceWindow("23:30", "02:00"))),
    (
        0.10,
        (PresenceWindow("20:30", "23:00", _WORKDAYS), PresenceWindow("22:00", "03:00", _WEEKEND)),
    ),
    (0.08, (PresenceWindow("22:00", "01:30", _WEEKEND),)),
)
"""Presence windows and the share of zones that have them."""

OUTSIDE_SHIFTS = (PresenceWindow("14:30", "18:00"),)
"""Windows of the zones that no unit's shift meets."""

LANGUAGES = ("en", "en fr", "ro", "es", "es pt", "sq", "sq ro")
PLACES = {
    "primary": (PlaceType.PROVINCIALE, PlaceType.PIAZZOLA),
    "secondary": (PlaceType.PROVINCIALE, PlaceType.PIAZZOLA),
    "tertiary": (PlaceType.PROVINCIALE, PlaceType.AREA_INDUSTRIALE),
    "unclassified": (PlaceType.AREA_INDUSTRIALE, PlaceType.VIALE),
}


@dataclass(frozen=True)
class _Site:
    """A stretch that will be a zone, and how it is reached."""

    stretch: Stretch
    access: Access


def invented_zones(
    network: RoadNetwork,
    municipalities: gpd.GeoDataFrame,
    units: tuple[Unit, ...],
    rng: np.random.Generator,
) -> tuple[Zone, ...]:
    """All zones by code. InputError `demo_network` names a province without room for its own."""
    roads = allowed_roads(network, municipalities, may_lie, may_be)
    count: Counter[str] = Counter()
    zones = []
    for province in ZONES_BY_PROVINCE:
        sites = _sites(province, roads, municipalities, units, rng)
        for rank, site in enumerate(sites):
            municipality = site.stretch.municipality
            count[municipality] += 1
            code = f"{municipality}-{count[municipality]:02d}"
            zones.append(_zone(code, site, rank, rng))
    return tuple(sorted(zones, key=lambda zone: zone.code))


def _sites(
    province: str,
    roads: Roads,
    municipalities: gpd.GeoDataFrame,
    units: tuple[Unit, ...],
    rng: np.random.Generator,
) -> list[_Site]:
    """The province's zones: one on an island if it has any, those on foot, the others."""
    inside = np.char.startswith(roads.municipality, province)
    mainland = roads.component == 0
    weight = roads.weight * np.exp(-_to_bases(province, roads, units) / CATCHMENT)
    sites: list[_Site] = []

    def add(
        number: int,
        access: Access,
        begin: NDArray[np.bool_],
        fits: Callable[[Stretch], bool] = lambda _: True,
    ) -> None:
        metres, spacing = SIZES[access]
        missing = number
        drawn = draw(roads, begin * weight, metres, municipalities, rng)
        for stretch in islice(drawn, PATIENCE):
            if missing == 0:
                return
            here = stretch.municipality.startswith(province)
            if here and fits(stretch) and _apart(stretch, sites, spacing):
                sites.append(_Site(stretch, access))
                missing -= 1
        if missing:
            raise InputError("demo_network", province=province, missing=missing)

    for unit in units:
        if unit.mode is Access.FOOT and province in unit.territory:
            walk = partial(_within_walk, unit.start)
            add(
                WALKING_ZONES, Access.FOOT, inside & mainland & _begin_near(roads, unit.start), walk
            )
    if (inside & ~mainland).any():
        add(1, Access.VAN, inside & ~mainland)
    add(ZONES_BY_PROVINCE[province] - len(sites), Access.VAN, inside & mainland)
    return sites


def _to_bases(province: str, roads: Roads, units: tuple[Unit, ...]) -> NDArray[np.float64]:
    """(e,) metres as the crow flies to the nearest base of a van that works in a province."""
    vans = [unit for unit in units if unit.mode is Access.VAN and province in unit.territory]
    return np.min([_metres(unit.start, roads.lonlat) for unit in vans], axis=0)


def _begin_near(roads: Roads, base: Base) -> NDArray[np.bool_]:
    """Mask (e,) of the roads with an end within walking range of a base."""
    network = roads.network
    ends = (node[roads.edge] for node in (network.edge_from, network.edge_to))
    near = [
        _metres(base, np.column_stack([network.node_lon[end], network.node_lat[end]]))
        < WALKING_RANGE
        for end in ends
    ]
    return near[0] | near[1]


def _within_walk(base: Base, stretch: Stretch) -> bool:
    return bool(_metres(base, np.array([middle(stretch.line)]))[0] < WALKING_RANGE)


def _metres(base: Base, lonlat: NDArray[np.float64]) -> NDArray[np.float64]:
    """(k,) metres as the crow flies from a base to (k, 2) places."""
    return np.hypot(*(project(lonlat) - project(np.array([[base.lon, base.lat]]))).T)


def _apart(stretch: Stretch, sites: list[_Site], spacing: float) -> bool:
    if not sites:
        return True
    spots = np.array([middle(site.stretch.line) for site in sites])
    centre = project(np.array([middle(stretch.line)]))
    return bool((np.hypot(*(project(spots) - centre).T) >= spacing).all())


def _zone(code: str, site: _Site, rank: int, rng: np.random.Generator) -> Zone:
    """A zone with attributes drawn at random; `rank` in its province.

    The last zones drawn for a province are those that nobody can serve: one is met by no
    shift, in the larger provinces another asks for a language that no crew speaks.
    """
    shares, choices = zip(*WINDOWS, strict=True)
    windows = choices[rng.choice(len(choices), p=shares)]
    languages = rng.choice(LANGUAGES) if rng.random() < 0.25 else ""
    province = site.stretch.municipality[:3]
    from_last = ZONES_BY_PROVINCE[province] - 1 - rank
    if from_last == 0:
        windows, languages = OUTSIDE_SHIFTS, ""
    elif from_last == 1:
        languages = UNKNOWN_LANGUAGE
    service = int(rng.choice([10, 15, 20], p=[0.3, 0.4, 0.3]))
    place = PLACES[CLASSES[site.stretch.road_class]]
    return Zone(
        code=code,
        municipality=site.stretch.municipality,
        place_type=PlaceType.VIALE if site.access is Access.FOOT else place[rng.integers(2)],
        geometry=site.stretch.line,
        windows=windows,
        service_minutes=service,
        shortest_minutes=service // 2 if rng.random() < 0.5 else None,
        access=site.access,
        languages=frozenset(languages.split()),
        mediator=bool(rng.random() < 0.12),
        discreet=bool(rng.random() < 0.2),
        revisit_days=int(rng.choice([7, 14, 28], p=[0.25, 0.5, 0.25])),
        synthetic=True,
    )
