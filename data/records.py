"""Rows and what they stand for: one pair of functions for each kept thing."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

import shapely

from data.models import OutingRow, UnitRow, ZoneRow
from geo.night import Night
from geo.zones import Access, PlaceType, PresenceWindow, Zone
from routing.units import Base, Crew, Member, Outing, Pause, Role, Unit


def zone_row(zone: Zone) -> ZoneRow:
    """A zone as its row; geometry as little-endian WKB, EPSG:4326."""
    return ZoneRow(
        code=zone.code,
        municipality=zone.municipality,
        place_type=zone.place_type.value,
        geometry=shapely.to_wkb(zone.geometry, byte_order=1),
        windows=[
            {"opens": w.opens, "closes": w.closes, "weekdays": sorted(w.weekdays)}
            for w in zone.windows
        ],
        service_minutes=zone.service_minutes,
        shortest_minutes=zone.shortest_minutes,
        access=zone.access.value,
        languages=sorted(zone.languages),
        mediator=zone.mediator,
        discreet=zone.discreet,
        revisit_days=zone.revisit_days,
        synthetic=zone.synthetic,
    )


def zone_of(row: ZoneRow) -> Zone:
    """The zone that a row holds."""
    return Zone(
        code=row.code,
        municipality=row.municipality,
        place_type=PlaceType(row.place_type),
        geometry=shapely.from_wkb(row.geometry),
        windows=tuple(
            PresenceWindow(w["opens"], w["closes"], frozenset(w["weekdays"])) for w in row.windows
        ),
        service_minutes=row.service_minutes,
        shortest_minutes=row.shortest_minutes,
        access=Access(row.access),
        languages=frozenset(row.languages),
        mediator=row.mediator,
        discreet=row.discreet,
        revisit_days=row.revisit_days,
        synthetic=row.synthetic,
    )


def unit_row(unit: Unit) -> UnitRow:
    """A unit as its row."""
    return UnitRow(
        code=unit.code,
        name=unit.name,
        organisation=unit.organisation,
        territory=list(unit.territory),
        mode=unit.mode.value,
        start=asdict(unit.start),
        end=asdict(unit.end),
        shift_opens=unit.shift_opens,
        shift_closes=unit.shift_closes,
        crew=_crew_document(unit.crew),
        weekdays=sorted(unit.weekdays),
        pause=asdict(unit.pause) if unit.pause else None,
        driving_minutes=unit.driving_minutes,
        kilometres=unit.kilometres,
        synthetic=unit.synthetic,
    )


def unit_of(row: UnitRow) -> Unit:
    """The unit that a row holds."""
    return Unit(
        code=row.code,
        name=row.name,
        organisation=row.organisation,
        territory=tuple(row.territory),
        mode=Access(row.mode),
        start=Base(**row.start),
        end=Base(**row.end),
        shift_opens=row.shift_opens,
        shift_closes=row.shift_closes,
        crew=_crew(row.crew),
        weekdays=frozenset(row.weekdays),
        pause=Pause(**row.pause) if row.pause else None,
        driving_minutes=row.driving_minutes,
        kilometres=row.kilometres,
        synthetic=row.synthetic,
    )


def outing_row(outing: Outing) -> OutingRow:
    """An outing that differs from the unit's usual shift, as its row."""
    return OutingRow(
        night=outing.night.date,
        unit=outing.unit.code,
        opens=outing.opens,
        closes=outing.closes,
        crew=_crew_document(outing.unit.crew),
    )


def outing_of(row: OutingRow, unit: Unit) -> Outing:
    """The outing that a row holds; its unit carries tonight's crew."""
    return Outing(Night(row.night), replace(unit, crew=_crew(row.crew)), row.opens, row.closes)


def _crew(document: list[Any]) -> Crew:
    return Crew(tuple(Member(Role(m["role"]), frozenset(m["languages"])) for m in document))


def _crew_document(crew: Crew) -> list[Any]:
    return [{"role": m.role.value, "languages": sorted(m.languages)} for m in crew.members]
