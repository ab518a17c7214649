"""Files of conflict reports (CSV, XLSX).

A file is taken whole or refused whole. Columns come from an allow-list; a value
that is no code refuses the file with column and row and is never repeated. A coordinate
or a street finds the neighbourhood, in memory, and is dropped.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

import geopandas as gpd

from data.access import Viewer
from data.conflict_streets import streets_of
from data.conflicts import add_reports, places
from data.contact_columns import normal
from data.contact_files import Sheet, read_sheets
from data.roads import load_network
from data.store import Store
from geo.conflicts import Band, Channel, ConflictReport, Reporter, Theme, episodes, frame_of
from geo.errors import InputError
from geo.neighbourhoods import place_of
from geo.network import RoadNetwork
from geo.night import Night
from geo.streets import Streets

NAMES = {
    "data": "day",
    "day": "day",
    "fascia": "band",
    "band": "band",
    "tema": "theme",
    "theme": "theme",
    "intensita": "intensity",
    "intensity": "intensity",
    "canale": "channel",
    "channel": "channel",
    "segnalante": "reporter",
    "reporter": "reporter",
    "ripetuta": "repeated",
    "repeated": "repeated",
    "luogo": "place",
    "place": "place",
    "comune": "municipality",
    "municipality": "municipality",
    "quartiere": "neighbourhood",
    "neighbourhood": "neighbourhood",
    "via": "street",
    "indirizzo": "street",
    "street": "street",
    "address": "street",
    "lon": "lon",
    "lat": "lat",
}
"""Columns of a file of reports, in Italian and English, without accents and capitals."""

NEEDED = ("day", "theme", "intensity", "channel", "reporter")
_CODES: dict[str, type[StrEnum]] = {
    "band": Band, "theme": Theme, "channel": Channel, "reporter": Reporter,
}  # fmt: skip
_ITALIAN = {name: word for word, name in reversed(NAMES.items())}
_YES, _NO = {"si", "sì", "yes", "1", "x", "true", "vero"}, {"no", "0", "", "false", "falso"}
_DATES = ("%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "%Y-%m-%d %H:%M:%S")


@dataclass(frozen=True)
class ReportsRead:
    """What a file brings: `reports`, of them `episodes` told apart; `folded` were the same
    complaint again on one day by one type of reporter, and count once. `coarsened`: rows of
    which an address gave the neighbourhood and was let go."""

    reports: tuple[ConflictReport, ...]
    episodes: int
    coarsened: int = 0

    @property
    def folded(self) -> int:
        """Reports that count for nothing more than another."""
        return len(self.reports) - self.episodes


def read_reports(
    name: str,
    data: bytes,
    frame: gpd.GeoDataFrame,
    today: date,
    *,
    roads: Callable[[], RoadNetwork],
    synthetic: bool = False,
) -> ReportsRead:
    """The reports of a file, by the places of `frame`; `roads` where it names streets.

    Raises InputError `report_column`, `report_missing_column`, `report_cell`, `report_day`,
    `report_future`, `report_outside`, `report_street`, `report_intensity`, and those of
    opening a file.
    """
    sheet = read_sheets(name, data, lambda header: _column(header) is not None)[0]
    columns = _columns(sheet)
    known = streets_of(frame, roads()) if "street" in columns else None
    finder = _Finder(frame, known)
    found = []
    for number in range(len(sheet)):
        cells = {key: column[number] for key, column in columns.items() if key != "row"}
        found.append(_report(cells, int(columns["row"][number]), finder, today, synthetic))
    told = len(episodes(frame_of(tuple(found)))) if found else 0
    return ReportsRead(tuple(found), told, finder.coarsened)


def import_reports(
    store: Store,
    viewer: Viewer,
    name: str,
    data: bytes,
    *,
    dry_run: bool = False,
    synthetic: bool = False,
) -> ReportsRead:
    """Keep what a file brings, whole; a dry run writes nothing. Errors as `read_reports`."""
    today = Night.of(store.now()).date
    read = read_reports(
        name,
        data,
        places(store, viewer),
        today,
        roads=lambda: load_network(store.settings().home),
        synthetic=synthetic,
    )
    if not dry_run:
        add_reports(store, viewer, read.reports, synthetic=synthetic)
    return read


def _column(header: str) -> str | None:
    return NAMES.get(normal(header))


def _columns(sheet: Sheet) -> dict[str, Sequence[str]]:
    expected = [*dict.fromkeys(_ITALIAN.values())]
    found: dict[str, Sequence[str]] = {}
    for column in sheet.columns:
        name = _column(column.header)
        if name is None:
            raise InputError("report_column", column=column.place, expected=expected)
        found[name] = [column.texts[code] for code in column.codes]
    missing = [_ITALIAN[name] for name in NEEDED if name not in found]
    if not (found.keys() & {"place", "municipality"} or {"lon", "lat"} <= found.keys()):
        missing.append(_ITALIAN["place"])
    if missing:
        raise InputError("report_missing_column", missing=missing, expected=expected)
    found["row"] = [str(row) for row in sheet.columns[0].rows]
    return found


class _Finder:
    """Places by code, by municipality and name or street, and by coordinate."""

    def __init__(self, frame: gpd.GeoDataFrame, streets: Streets | None) -> None:
        self.frame, self.streets, self.coarsened = frame, streets, 0
        self.codes = set(frame["code"])
        names = zip(frame["municipality"], frame["name"].map(normal), strict=True)
        self.named = dict(zip(names, frame["code"], strict=True))
        towns = frame["municipality"].value_counts()
        self.single = {
            row.municipality: row.code for row in frame.itertuples() if towns[row.municipality] == 1
        }

    def find(self, cells: dict[str, str], row: int) -> str | None:
        """The place that a row names, None for none. InputError `report_street` (row)."""
        if code := cells.get("place", "").strip():
            return code if code in self.codes else None
        town = cells.get("municipality", "").strip().zfill(6)
        if name := cells.get("neighbourhood", "").strip():
            return self.named.get((town, normal(name)))
        lon, lat = _degrees(cells.get("lon", "")), _degrees(cells.get("lat", ""))
        if lon is not None and lat is not None:
            return place_of(self.frame, lon, lat)
        if self.streets and (street := cells.get("street", "").strip()):
            place = self.streets.place(town, street)
            if place is None:
                raise InputError("report_street", row=row)
            self.coarsened += 1
            return place
        return self.single.get(town)


def _degrees(text: str) -> float | None:
    try:
        return float(text.strip().replace(",", "."))
    except ValueError:
        return None


def _report(
    cells: dict[str, str], row: int, finder: _Finder, today: date, synthetic: bool
) -> ConflictReport:
    codes = {}
    for name, codelist in _CODES.items():
        said = normal(cells.get(name, "")) or ("nr" if name == "band" else "")
        if said not in list(codelist):
            raise InputError(
                "report_cell", column=_ITALIAN[name], row=row, expected=[c.value for c in codelist]
            )
        codes[name] = codelist(said)
    intensity = cells["intensity"].strip()
    if intensity not in {"1", "2", "3", "4", "5", "1.0", "2.0", "3.0", "4.0", "5.0"}:
        raise InputError(
            "report_cell", column=_ITALIAN["intensity"], row=row, expected=["1", "2", "3", "4", "5"]
        )
    repeated = cells.get("repeated", "").strip().lower()
    if repeated not in _YES | _NO:
        raise InputError("report_cell", column=_ITALIAN["repeated"], row=row, expected=["si", "no"])
    day = _day(cells["day"], row)
    if day > today:
        raise InputError("report_future", row=row)
    place = finder.find(cells, row)
    if place is None:
        raise InputError("report_outside", row=row)
    return ConflictReport(
        place=place,
        day=day,
        band=Band(codes["band"]),
        theme=Theme(codes["theme"]),
        intensity=int(float(intensity)),
        channel=Channel(codes["channel"]),
        reporter=Reporter(codes["reporter"]),
        repeated=repeated in _YES,
        synthetic=synthetic,
    )


def _day(text: str, row: int) -> date:
    for form in _DATES:
        try:
            return datetime.strptime(text.strip(), form).date()  # noqa: DTZ007 (a day, no moment)
        except ValueError:
            continue
    raise InputError("report_day", row=row)
