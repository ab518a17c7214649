"""Sensitive places from OpenStreetMap, along with the roads, or from a table.

What comes with an import of the roads takes the place of what was known, unless the source
names none: an extract of roads alone takes nothing away.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, cast

import osmium
import pandas as pd
import shapely

from data.access import Role, Viewer
from data.conflicts import save_sensitive
from data.contact_columns import normal
from data.contact_files import Cells, read_sheets
from data.roads_report import Servers
from data.store import Store
from geo.errors import InputError
from geo.sensitive import COLUMNS, TAGS, Sensitive, kind_of

OSM = (".osm.pbf", ".pbf", ".osm", ".osm.gz", ".osm.bz2")
"""Endings of OpenStreetMap's own files."""

IMPORTER = Viewer(Role.COORDINATOR)
"""Who keeps what comes with the roads: public data, brought in by whoever may import them."""

_PLACED = frozenset({"kind", "tipo", "lon", "lat"})


def read_sensitive(path: Path) -> pd.DataFrame:
    """The frame of `geo.sensitive` from an OpenStreetMap file or a CSV with kind, lon, lat.

    Raises InputError `sensitive_row` (row), `places_columns`, `network_source_broken` for an
    OpenStreetMap file that is none, and those of opening a file.
    """
    if path.name.lower().endswith(OSM):
        return _from_osm(path)
    sheet = read_sheets(path.name, path.read_bytes(), lambda header: normal(header) in _PLACED)[0]
    columns = {normal(c.header): c for c in sheet.columns}
    kinds = columns.get("kind") or columns.get("tipo")
    if kinds is None or (missing := {"lon", "lat"} - columns.keys()):
        raise InputError("places_columns", missing=["kind"] if kinds is None else sorted(missing))
    rows = []
    for number in range(len(sheet)):
        lon, lat = (_degrees(_cell(columns[axis], number)) for axis in ("lon", "lat"))
        kind = normal(_cell(kinds, number))
        if kind not in list(Sensitive) or lon is None or lat is None or not _near(lon, lat):
            raise InputError("sensitive_row", row=int(kinds.rows[number]))
        rows.append((kind, lon, lat))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def bring_along(
    store: Store, source: Path | str, home: Path, servers: Servers | None = None
) -> int | None:
    """Keep the sensitive places of what the roads were imported from; how many.

    `source` as in `data.roads.import_network`. None where it is not OpenStreetMap's, 0 where it
    names none; then what was known stays. Errors as `read_sensitive` and the download of roads.
    """
    if isinstance(source, Path):
        if not source.name.lower().endswith(OSM):
            return None
        found = _from_osm(source)
    else:
        # osmnx takes seconds to load, and only a download needs it.
        from data.roads_overpass import read_amenities  # noqa: PLC0415

        found = _placed(read_amenities(source, home / "cache" / "osm", servers or Servers()))
    if len(found):
        save_sensitive(store, IMPORTER, found)
    return len(found)


def _from_osm(path: Path) -> pd.DataFrame:
    """Nodes, and areas at a point inside them."""
    shapes = osmium.geom.WKBFactory()
    wanted = osmium.filter.KeyFilter(*TAGS)
    rows: list[tuple[dict[str, str], Any]] = []
    try:
        things = osmium.FileProcessor(path).with_locations().with_areas(wanted).with_filter(wanted)
        for thing in cast(Iterable[Any], things):
            if isinstance(thing, osmium.osm.Node):
                spot = shapely.Point(thing.location.lon, thing.location.lat)
                rows.append((dict(thing.tags), spot))
            elif isinstance(thing, osmium.osm.Area):
                shape = shapely.from_wkb(shapes.create_multipolygon(thing))
                rows.append((dict(thing.tags), shape.representative_point()))
    except (RuntimeError, OSError, UnicodeDecodeError) as error:
        raise InputError("network_source_broken", file=path.name, reason="content") from error
    return _placed(rows)


def _placed(things: Iterable[tuple[dict[str, str], Any]]) -> pd.DataFrame:
    kinds = ((kind_of(tags), spot) for tags, spot in things)
    rows = [(kind.value, spot.x, spot.y) for kind, spot in kinds if kind and _near(spot.x, spot.y)]
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype({"lon": float, "lat": float})


def _near(lon: float, lat: float) -> bool:
    """In or about Tuscany."""
    return 9.5 <= lon <= 12.5 and 42.1 <= lat <= 44.6


def _degrees(text: str) -> float | None:
    try:
        return float(text.strip().replace(",", "."))
    except ValueError:
        return None


def _cell(column: Cells, number: int) -> str:
    return column.texts[column.codes[number]]
