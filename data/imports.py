"""Zones, units and presence from files, and back.

One table for each says the columns: how a cell is read, written, and what stands for an
empty one. A file is taken whole or refused whole: the first wrong row is named with its
column, what was expected, what kind of thing came, and how many more rows are wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pandas as pd
import shapely

from data import cells
from data.cells import Unreadable, kind_of
from data.sheets import Row, Sheet, read_sheet, write_sheet
from geo.desks import Desk
from geo.errors import InputError
from geo.municipalities import municipalities
from geo.network import RoadNetwork
from geo.presence import validate_presence
from geo.snapping import check_coordinates, snap
from geo.zones import Access, PlaceType, Zone
from routing.progress import Weather
from routing.units import Base, Unit

Thing = TypeVar("Thing")


@dataclass(frozen=True)
class Column:
    """How a column is read and written; `empty` stands for an empty cell.

    A column that is not `needed` may be left out of the file altogether.
    """

    read: Callable[[str], Any]
    write: Callable[[Any], str] = str
    needed: bool = False
    empty: Any = None


GEOMETRY = "geometry"
ZONES: Mapping[str, Column] = {
    "code": Column(cells.read_text, needed=True),
    "municipality": Column(cells.read_municipality, needed=True),
    "place_type": Column(cells.choice(PlaceType), needed=True),
    "windows": Column(cells.read_windows, cells.write_windows, needed=True),
    "service_minutes": Column(cells.whole(1, 240), empty=15),
    "shortest_minutes": Column(cells.whole(1, 240)),
    "access": Column(cells.choice(Access), empty=Access.VAN),
    "languages": Column(
        cells.read_languages, lambda codes: cells.write_joined(sorted(codes)), empty=frozenset()
    ),
    "mediator": Column(cells.read_yes, cells.write_yes, empty=False),
    "discreet": Column(cells.read_yes, cells.write_yes, empty=False),
    "revisit_days": Column(cells.whole(1, 365), empty=14),
    "synthetic": Column(cells.read_yes, cells.write_yes, empty=False),
    GEOMETRY: Column(cells.read_geometry, cells.write_geometry, needed=True),
}
_LON, _LAT = cells.number(-180, 180), cells.number(-180, 180)
UNITS: Mapping[str, Column] = {
    "code": Column(cells.read_text, needed=True),
    "name": Column(cells.read_text, needed=True),
    "organisation": Column(cells.read_text, needed=True),
    "territory": Column(cells.read_provinces, cells.write_joined, needed=True),
    "mode": Column(cells.choice(Access), empty=Access.VAN),
    "start_name": Column(cells.read_text, needed=True),
    "start_lon": Column(_LON, needed=True),
    "start_lat": Column(_LAT, needed=True),
    "end_name": Column(cells.read_text),
    "end_lon": Column(_LON),
    "end_lat": Column(_LAT),
    "shift_opens": Column(cells.read_clock, needed=True),
    "shift_closes": Column(cells.read_clock, needed=True),
    "crew": Column(cells.read_crew, cells.write_crew, needed=True),
    "weekdays": Column(cells.read_weekdays, cells.write_weekdays, empty=frozenset(range(7))),
    "pause": Column(cells.read_pause, cells.write_pause),
    "driving_minutes": Column(cells.whole(1, 1440)),
    "kilometres": Column(cells.number(1, 999)),
    "unmarked": Column(cells.read_yes, cells.write_yes, empty=True),
    "kits": Column(cells.whole(0, 9999)),
    "synthetic": Column(cells.read_yes, cells.write_yes, empty=False),
}
DESKS: Mapping[str, Column] = {
    "code": Column(cells.read_text, needed=True),
    "name": Column(cells.read_text, needed=True),
    "municipality": Column(cells.read_municipality, needed=True),
    "address": Column(cells.read_text, empty=""),
    "lon": Column(_LON, needed=True),
    "lat": Column(_LAT, needed=True),
    "opening_hours": Column(cells.read_text, needed=True),
    "languages": Column(
        cells.read_languages, lambda codes: cells.write_joined(sorted(codes)), needed=True
    ),
    "itinerant": Column(cells.read_yes, cells.write_yes, empty=False),
    "operator": Column(cells.read_yes, cells.write_yes, empty=True),
    "mediator": Column(cells.read_yes, cells.write_yes, empty=True),
    "synthetic": Column(cells.read_yes, cells.write_yes, empty=False),
}
PRESENCE: Mapping[str, Column] = {
    "zone": Column(cells.read_text, needed=True),
    "weekday": Column(cells.whole(0, 6), needed=True),
    "hour": Column(cells.whole(0, 23), needed=True),
    "expected": Column(cells.number(0, 999), needed=True),
    "low": Column(cells.number(0, 999), needed=True),
    "high": Column(cells.number(0, 999), needed=True),
}
WEATHER: Mapping[str, Column] = {
    "night": Column(cells.read_day, needed=True),
    "province": Column(cells.read_province, needed=True),
    "weather": Column(cells.choice(Weather), needed=True),
}


def read_zones(path: Path) -> tuple[Zone, ...]:
    """The zones of a CSV (geometry as WKT, EPSG:4326), GeoJSON or GeoPackage file.

    Raises what `read_sheet` raises and InputError: `column_missing`, `column_unknown`,
    `cell_unreadable` (row, column, expected, got), `code_twice`, `municipality_unknown`,
    `coordinates_swapped`, `coordinates_invalid`, and those of `Zone`, each with its row.
    """
    known = set(municipalities()["istat"])

    def zone(values: dict[str, Any]) -> Zone:
        if values["municipality"] not in known:
            raise InputError("municipality_unknown", got=values["municipality"])
        check_coordinates(shapely.get_coordinates(values[GEOMETRY]))
        return Zone(**values)

    return _read(path, ZONES, zone, lambda one: one.code)


def read_units(path: Path) -> tuple[Unit, ...]:
    """The units of a CSV, GeoJSON or GeoPackage file. Errors as `read_zones`.

    Without an end, a unit returns to where it started.
    """

    def unit(values: dict[str, Any]) -> Unit:
        start = Base(*(values.pop(f"start_{part}") for part in ("name", "lon", "lat")))
        end = [values.pop(f"end_{part}") for part in ("name", "lon", "lat")]
        if any(part is not None for part in end) and None in end:
            raise InputError("unit_end", unit=values["code"])
        bases = (start, start if end[0] is None else Base(*end))
        check_coordinates([(base.lon, base.lat) for base in bases])
        return Unit(start=bases[0], end=bases[1], **values)

    return _read(path, UNITS, unit, lambda one: one.code)


def read_desks(path: Path) -> tuple[Desk, ...]:
    """The listening desks of a CSV, GeoJSON or GeoPackage file.

    Errors as `read_zones`, and those of `Desk`.
    """
    known = set(municipalities()["istat"])

    def desk(values: dict[str, Any]) -> Desk:
        if values["municipality"] not in known:
            raise InputError("municipality_unknown", got=values["municipality"])
        check_coordinates([(values["lon"], values["lat"])])
        return Desk(**values)

    return _read(path, DESKS, desk, lambda one: one.code)


def read_presence(path: Path) -> pd.DataFrame:
    """A presence frame (columns of `geo.presence`) from a CSV file."""
    rows = _read(path, PRESENCE, dict, lambda one: (one["zone"], one["weekday"], one["hour"]))
    return validate_presence(pd.DataFrame(rows, columns=list(PRESENCE)))


def read_weather(path: Path) -> tuple[tuple[date, str, Weather], ...]:
    """The weather of nights by province from a CSV file: night, province, weather."""

    def line(values: dict[str, Any]) -> tuple[date, str, Weather]:
        return values["night"], values["province"], values["weather"]

    return _read(path, WEATHER, line, lambda one: one[:2])


def write_zones(path: Path, zones: Iterable[Zone]) -> None:
    """Write zones so that `read_zones` gives them back exactly."""
    _write(path, ZONES, [({name: getattr(z, name) for name in ZONES}, z.geometry) for z in zones])


def write_units(path: Path, units: Iterable[Unit]) -> None:
    """Write units so that `read_units` gives them back exactly."""
    _write(path, UNITS, [(_unit_values(u), shapely.Point(u.start.lon, u.start.lat)) for u in units])


def write_desks(path: Path, desks: Iterable[Desk]) -> None:
    """Write listening desks so that `read_desks` gives them back exactly."""
    _write(
        path,
        DESKS,
        [({n: getattr(d, n) for n in DESKS}, shapely.Point(d.lon, d.lat)) for d in desks],
    )


def write_presence(path: Path, frame: pd.DataFrame) -> None:
    """Write a presence frame so that `read_presence` gives it back exactly."""
    _write(path, PRESENCE, [(values, None) for values in frame.to_dict("records")])


def off_network(zones: Sequence[Zone], network: RoadNetwork) -> dict[str, int]:
    """Metres to the nearest road of each zone that lies on no road of the network.

    A crew cannot be sent to such a zone; another network may know its road.
    """
    off = {}
    for zone in zones:
        try:
            snap(network, np.array([zone.stopping_place()]), zone.access.value)
        except InputError as error:
            if error.code != "place_off_network":
                raise
            off[zone.code] = int(str(error.fields["metres"]))
    return off


def _unit_values(unit: Unit) -> dict[str, Any]:
    ends = {
        f"{where}_{part}": getattr(getattr(unit, where), part)
        for where in ("start", "end")
        for part in ("name", "lon", "lat")
    }
    return ends | {name: getattr(unit, name) for name in UNITS if name not in ends}


def _read(
    path: Path,
    columns: Mapping[str, Column],
    make: Callable[[dict[str, Any]], Thing],
    key: Callable[[Thing], object],
) -> tuple[Thing, ...]:
    """Every row made into a thing, or the first error, with how many more rows are wrong."""
    sheet = read_sheet(path, columns)
    _check_columns(sheet, columns)
    things: list[Thing] = []
    wrong: list[InputError] = []
    seen: set[object] = set()
    for row in sheet.rows:
        try:
            thing = make(_values(row, columns))
            if key(thing) in seen:
                raise InputError("code_twice")
            seen.add(key(thing))
            things.append(thing)
        except InputError as error:
            fields = {name: value for name, value in error.fields.items() if name != "index"}
            wrong.append(InputError(error.code, **fields | {"row": row.number}))
    if wrong:
        raise InputError(wrong[0].code, **wrong[0].fields, others=len(wrong) - 1)
    if not things:
        raise InputError("file_empty", file=path.name)
    return tuple(things)


def _check_columns(sheet: Sheet, columns: Mapping[str, Column]) -> None:
    shapes = {GEOMETRY} if sheet.rows and sheet.rows[0].geometry is not None else set()
    for name, column in columns.items():
        if column.needed and name not in {*sheet.columns, *shapes}:
            raise InputError("column_missing", column=name, expected=", ".join(columns))
    for name in sheet.columns:
        if name not in columns:
            raise InputError("column_unknown", column=name, expected=", ".join(columns))


def _values(row: Row, columns: Mapping[str, Column]) -> dict[str, Any]:
    return {name: _value(row, name, column) for name, column in columns.items()}


def _value(row: Row, name: str, column: Column) -> Any:
    text = row.cells.get(name, "")
    try:
        if name == GEOMETRY and row.geometry is not None:
            return cells.sound(row.geometry)
        if not text.strip() and not column.needed:
            return column.empty
        return column.read(text)
    except Unreadable as error:
        got = error.got or kind_of(text)
        raise InputError(
            "cell_unreadable", column=name, expected=error.expected, got=got, **error.limits
        ) from error


def _write(
    path: Path,
    columns: Mapping[str, Column],
    things: Iterable[tuple[dict[str, Any], shapely.Geometry | None]],
) -> None:
    rows = [
        Row(
            number,
            {
                name: "" if values[name] is None else column.write(values[name])
                for name, column in columns.items()
            },
            shape,
        )
        for number, (values, shape) in enumerate(things, start=2)
    ]
    geographic = path.suffix.lower() not in (".csv", ".tsv", ".txt")
    names = [name for name in columns if name != GEOMETRY or not geographic]
    write_sheet(path, names, rows)
