"""Rows and what they stand for: one pair of functions for each kept thing."""

from __future__ import annotations

from dataclasses import asdict, fields, replace
from typing import Any

import shapely

from data.models import DeskRow, FreePlacesRow, OutingRow, PromiseRow, UnitRow, ZoneRow
from geo.contacts import OutingKind
from geo.desks import Desk
from geo.free_places import FreePlaces
from geo.night import Night
from geo.zones import Access, PlaceType, PresenceWindow, Zone
from routing.problem import Kind
from routing.promises import Promise
from routing.units import Base, Crew, Member, Outing, Pause, Role, Unit


def zone_row(zone: Zone) -> ZoneRow:
    """A zone in use as its row; geometry as little-endian WKB, EPSG:4326."""
    return ZoneRow(
        **_plain(zone, zone)
        | {
            "place_type": zone.place_type.value,
            "geometry": shapely.to_wkb(zone.geometry, byte_order=1),
            "windows": [
                {"opens": w.opens, "closes": w.closes, "weekdays": sorted(w.weekdays)}
                for w in zone.windows
            ],
            "access": zone.access.value,
            "languages": sorted(zone.languages),
            "archived": None,
        }
    )


def zone_of(row: ZoneRow) -> Zone:
    """The zone that a row holds."""
    return Zone(
        **_plain(Zone, row)
        | {
            "place_type": PlaceType(row.place_type),
            "geometry": shapely.from_wkb(row.geometry),
            "windows": tuple(
                PresenceWindow(w["opens"], w["closes"], frozenset(w["weekdays"]))
                for w in row.windows
            ),
            "access": Access(row.access),
            "languages": frozenset(row.languages),
        }
    )


def unit_row(unit: Unit) -> UnitRow:
    """A unit as its row."""
    return UnitRow(
        **_plain(unit, unit)
        | {
            "territory": list(unit.territory),
            "mode": unit.mode.value,
            "start": asdict(unit.start),
            "end": asdict(unit.end),
            "crew": _crew_document(unit.crew),
            "weekdays": sorted(unit.weekdays),
            "pause": asdict(unit.pause) if unit.pause else None,
        }
    )


def unit_of(row: UnitRow) -> Unit:
    """The unit that a row holds."""
    return Unit(
        **_plain(Unit, row)
        | {
            "territory": tuple(row.territory),
            "mode": Access(row.mode),
            "start": Base(**row.start),
            "end": Base(**row.end),
            "crew": _crew(row.crew),
            "weekdays": frozenset(row.weekdays),
            "pause": Pause(**row.pause) if row.pause else None,
        }
    )


def outing_row(outing: Outing) -> OutingRow:
    """An outing that differs from the unit's usual shift, as its row."""
    return OutingRow(
        night=outing.night.date,
        unit=outing.unit.code,
        opens=outing.opens,
        closes=outing.closes,
        crew=_crew_document(outing.unit.crew),
        kits=outing.unit.kits,
        kind=outing.kind.value,
    )


def outing_of(row: OutingRow, unit: Unit) -> Outing:
    """The outing that a row holds; its unit carries tonight's crew and kits."""
    tonight = replace(unit, crew=_crew(row.crew), kits=row.kits)
    return Outing(Night(row.night), tonight, row.opens, row.closes, OutingKind(row.kind))


def promise_row(promise: Promise) -> PromiseRow:
    """A promise as its row."""
    return PromiseRow(
        **_plain(promise, promise)
        | {
            "kind": promise.kind.value,
            "languages": sorted(promise.languages),
            "place": asdict(promise.place) if promise.place else None,
        }
    )


def promise_of(row: PromiseRow) -> Promise:
    """The promise that a row holds."""
    return Promise(
        **_plain(Promise, row)
        | {
            "kind": Kind(row.kind),
            "languages": frozenset(row.languages),
            "place": Base(**row.place) if row.place else None,
        }
    )


def desk_row(desk: Desk) -> DeskRow:
    """A desk as its row."""
    return DeskRow(**_plain(desk, desk) | {"languages": sorted(desk.languages)})


def desk_of(row: DeskRow) -> Desk:
    """The desk that a row holds."""
    return Desk(**_plain(Desk, row) | {"languages": frozenset(row.languages)})


def _plain(kind: Any, holder: object) -> dict[str, Any]:
    """The values that `holder` has for the fields of a dataclass, which are columns too."""
    return {field.name: getattr(holder, field.name) for field in fields(kind)}


def _crew(document: list[Any]) -> Crew:
    return Crew(tuple(Member(Role(m["role"]), frozenset(m["languages"])) for m in document))


def _crew_document(crew: Crew) -> list[Any]:
    return [{"role": m.role.value, "languages": sorted(m.languages)} for m in crew.members]


def free_places_row(places: FreePlaces) -> FreePlacesRow:
    """The row of free places."""
    return FreePlacesRow(
        area=places.area.value,
        target=places.target.value,
        free=places.free.value,
        emergency=places.emergency,
        call=places.call,
        entered=places.entered,
    )
