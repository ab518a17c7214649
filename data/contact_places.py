"""Where the contacts of a file were made: coordinates that live in memory, and the zone.

A coordinate serves to find the nearest zone along the roads and, on request, to look for new zones
(`geo.contacts.LocatedContacts`); nothing here writes one, names one or prints one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np
import shapely
from numpy.typing import NDArray

from data.contact_cells import Column, Refusals, Wanted, Wrong, optional
from data.contact_files import Cells
from geo.crs import project, project_geometry
from geo.road_cells import BESIDE, RoadCells
from geo.snapping import TUSCANY
from geo.zone_detection import zones_of_contacts
from geo.zones import Zone

ON_ZONE = 30.0
"""Metres from a zone's own line or area within which one stands on it."""


def lonlat_of(
    columns: Mapping[str, Cells], rows: int, refusals: Refusals
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """(n, 2) degrees in EPSG:4326 from `latitude` and `longitude`, or `position`, NaN for none;
    and (n,) the rows that say anything there.

    Refuses half a coordinate, one that was turned round, and one outside Tuscany.
    """
    lonlat = np.full((rows, 2), np.nan)
    said, unread = np.zeros(rows, dtype=bool), np.zeros(rows, dtype=bool)
    name = ""
    for field, axes, reader in _FIELDS:
        if field not in columns:
            continue
        column = Column(columns[field], field, optional(reader, _NONE), refusals)
        values = [_NONE if value is None else value for value in column.values]
        table = np.array(values, dtype=np.float64).reshape(len(values), -1)[:, : len(axes)]
        read = table[columns[field].codes]
        lonlat[:, axes] = np.where(np.isnan(read), lonlat[:, axes], read)
        said |= np.array([bool(text) for text in columns[field].texts])[columns[field].codes]
        unread |= ~column.right
        name, numbers = column.name, columns[field].rows
    if not name:
        return lonlat, said
    missing = np.isnan(lonlat).sum(axis=1)
    inside, turned = _inside(lonlat), _inside(lonlat[:, ::-1])
    for wrong, code in (
        ((missing == 1) & ~unread, "contact_half_place"),
        ((missing == 0) & ~inside & turned, "contact_place_swapped"),
        ((missing == 0) & ~inside & ~turned, "contact_far"),
    ):
        refusals.rows(numbers[wrong], code, column=name)
    lonlat[(missing > 0) | ~inside] = np.nan
    return lonlat, said


def nearest_zones(
    lonlat: NDArray[np.float64], zones: Sequence[Zone], limit_m: float
) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """(n,) number of the nearest zone within `limit_m`, -1 where there is none, and metres.

    Distance is that to the zone's own line or area in EPSG:25832; of zones equally near
    the first is taken. Metres are NaN where there is no zone or no coordinate.
    """
    which = np.full(len(lonlat), -1, dtype=np.intp)
    metres = np.full(len(lonlat), np.nan)
    known = np.flatnonzero(np.isfinite(lonlat).all(axis=1))
    if len(known) and zones:
        tree = shapely.STRtree([project_geometry(zone.geometry) for zone in zones])
        points = shapely.points(project(lonlat[known]))
        (row, zone), near = tree.query_nearest(
            points, max_distance=limit_m, return_distance=True, all_matches=True
        )
        # Several may be equally near: the last written is the first in the list.
        order = np.argsort(zone, kind="stable")[::-1]
        which[known[row[order]]] = zone[order]
        metres[known[row[order]]] = near[order]
    return which, metres


def zones_along_roads(
    lonlat: NDArray[np.float64],
    zones: Sequence[Zone],
    limit_m: float,
    cells: RoadCells,
    crow: tuple[NDArray[np.intp], NDArray[np.float64]],
) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """(n,) number of the zone that each point belongs to, -1 for none; (n,) where no road told.

    Who stands on a zone belongs to it; else the nearest zone along the roads counts, within
    `limit_m`: the other bank of a river is far. A point, or the zone nearest to it, that lies
    beside no road of the network (one of main roads alone, say) is given as the crow flies.
    `crow`: what `nearest_zones` found.
    """
    which, metres = crow
    near = np.flatnonzero(metres <= limit_m)
    found, unknown = np.full(len(lonlat), -1, dtype=np.intp), np.zeros(len(lonlat), dtype=bool)
    if not len(near):
        return found, unknown
    codes = {zone.code: number for number, zone in enumerate(zones)}
    on_road = _beside_road(cells, zones, np.unique(which[near]))
    spots, back = np.unique(lonlat[near], axis=0, return_inverse=True)
    posts = cells.nearest_posts(spots)[back.ravel()]
    told = (posts >= 0) & on_road[which[near]]
    far = told & (metres[near] > ON_ZONE)
    found[near[~far]] = which[near[~far]]
    unknown[near[~told & (metres[near] > ON_ZONE)]] = True
    if far.any():
        names = zones_of_contacts(cells, zones, lonlat[near[far]], limit_m)
        found[near[far]] = [codes.get(name, -1) for name in names.tolist()]
    return found, unknown


def _beside_road(
    cells: RoadCells, zones: Sequence[Zone], which: NDArray[np.intp]
) -> NDArray[np.bool_]:
    """(z,) whether the middle of each zone lies beside a road; asked of the zones `which`."""
    beside = np.zeros(len(zones), dtype=bool)
    middles = np.array([zones[number].stopping_place() for number in which])
    beside[which] = cells.nearest_posts(middles, BESIDE) >= 0
    return beside


def _degrees(text: str) -> float:
    """Degrees with a decimal point or comma; `43.769` can mean nothing else here."""
    if not _DEGREES.fullmatch(text):
        raise Wrong(Wanted.DEGREES)
    return float(text.replace(",", "."))


def _position(text: str) -> tuple[float, float]:
    """`latitude longitude`, as ODK writes a place, with altitude and accuracy behind."""
    parts = re.split(r"[ ;]+|,(?: +|$)", text)
    if not 2 <= len(parts) <= 4 or not all(map(_METRES.fullmatch, parts[2:])):
        raise Wrong(Wanted.POSITION)
    return _degrees(parts[1]), _degrees(parts[0])


def _inside(lonlat: NDArray[np.float64]) -> NDArray[np.bool_]:
    west, south, east, north = TUSCANY
    lon, lat = lonlat[:, 0], lonlat[:, 1]
    return (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)


_NONE = (np.nan, np.nan)
_DEGREES = re.compile(r"[+-]?\d{1,3}(?:[.,]\d{1,18})?")
_METRES = re.compile(r"-?\d{1,5}(?:\.\d+)?")
_FIELDS = (
    ("position", [0, 1], _position),
    ("longitude", [0], lambda text: (_degrees(text), np.nan)),
    ("latitude", [1], lambda text: (_degrees(text), np.nan)),
)
