"""A contact file as contact records in memory: validated, placed in zones, or refused.

    sheets -> one table -> the allow-list of columns -> cells -> nights, places, records

What is wrong is gathered, so that whoever made the file can put all of it right at once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import PurePath

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data import kobo
from data.cells import Expected, Got, read_yes, whole
from data.contact_cells import Column, Refusals, Wanted, code_of, codes_of, one_of, optional
from data.contact_columns import (
    MATERIALS,
    OPTIONS,
    ContactMapping,
    Metadata,
    Target,
    kind_of_header,
    normal,
    resolve,
)
from data.contact_files import Cells, Sheet, read_sheets
from data.contact_places import lonlat_of, nearest_zones, zones_along_roads
from data.contact_times import Times, seconds_of, times_by_date, times_by_moment
from geo.contacts import (
    ANY_OF,
    COUNTS,
    MOST_MATERIALS,
    MOST_PERSONS,
    ONE_OF,
    ContactKind,
    LocatedContacts,
    OutingKind,
    located,
    validate_contacts,
)
from geo.effort import COLUMNS as EFFORT
from geo.effort import effort_of_visits, validate_effort
from geo.errors import InputError
from geo.road_cells import RoadCells
from geo.zones import Zone

TEMPLATE_SHEETS = frozenset({"codici", "codes", "istruzioni", "instructions"})
"""Sheets of our own template that hold no record."""

DAYS = ("night", "date", "moment")


@dataclass(frozen=True, eq=False, repr=False)
class Known:
    """What a file is read against: the closed lists, and the day on which it is read.

    `near_m`: metres within which a coordinate belongs to a zone; `far_m`: metres beyond
    which it is taken for a mistake. `cells`: gives the roads along which the metres are meant,
    asked only where a coordinate has to find its zone; None means as the crow flies.
    `former`: codes of zones no longer in use, which a row may name but no coordinate finds.
    """

    organisation: str
    zones: Sequence[Zone]
    units: Sequence[str]
    mapping: ContactMapping
    today: date
    near_m: float
    far_m: float
    former: Sequence[str] = ()
    cells: Callable[[], RoadCells | None] = lambda: None


@dataclass(frozen=True, eq=False, repr=False)
class Reading:
    """What a file holds; it lives in memory alone and shows no value when it is printed.

    `contacts`: a contact frame of n records (zone `""` where none is near); `unit` (n,)
    unit code or `""`; `row` (n,) row number in the file; `lonlat` (n, 2) degrees, NaN for
    none. `effort`: an effort frame with the column `unit` besides; `visits`: night, zone and
    unit of every place where the crew was, whomever it met. `crow`: records that no road
    told a zone of, which have the nearest as the crow flies. With any refusal all are empty.
    """

    rows: int
    refusals: Refusals
    contacts: pd.DataFrame
    unit: NDArray[np.object_]
    row: NDArray[np.int32]
    lonlat: NDArray[np.float64]
    effort: pd.DataFrame
    visits: pd.DataFrame
    crow: int = 0

    @property
    def unplaced(self) -> NDArray[np.bool_]:
        """(n,) records with a coordinate that lies near no zone."""
        return (self.contacts["zone"] == "").to_numpy() & np.isfinite(self.lonlat[:, 0])

    def located(self) -> LocatedContacts:
        """The records with their coordinates, to look for zones in; never to be written."""
        return located(self.contacts, self.lonlat)

    def __reduce__(self) -> str:
        raise TypeError("what was read of a contact file is never written")


def read_contacts(name: str, data: bytes, known: Known) -> Reading:
    """Read a file. What is wrong in it stands in `refusals`; a file that cannot be opened
    raises what `read_sheets` and `data.kobo` raise."""
    mapping, refusals = known.mapping, Refusals()
    sheets = read_sheets(name, data, lambda header: resolve(header, mapping) is not None)
    columns = _columns(_table(sheets, mapping), mapping, refusals)
    rows = max((len(cells.codes) for cells in columns.values()), default=0)
    if columns and not rows:
        raise InputError("file_empty", file=f"*{PurePath(name).suffix.lower()}")
    if not _complete(columns, refusals):
        return _nothing(rows, refusals)
    frame = _Records(columns, rows, known, refusals)
    reading = frame.reading()
    return _nothing(rows, refusals) if refusals.count else reading


def _table(sheets: Sequence[Sheet], mapping: ContactMapping) -> tuple[Cells, ...]:
    """The one table that a file's sheets make."""
    first = sheets[0]
    if kobo.is_export(first):
        return tuple(kobo.answers(kobo.joined(sheets), mapping))
    for sheet in sheets[1:]:
        if normal(sheet.name) not in TEMPLATE_SHEETS:
            raise InputError("contact_sheet", sheet=sheet.number)
    return first.columns


def _columns(
    table: Sequence[Cells], mapping: ContactMapping, refusals: Refusals
) -> dict[str, Cells]:
    """Columns by what they hold (`gender`, `requests/ascolto`); what is not in the list is
    refused by its place, for a header may itself be a value."""
    columns: dict[str, Cells] = {}
    for cells in table:
        if not cells.header and not any(cells.texts):
            continue
        target = resolve(cells.header, mapping)
        if target is None or isinstance(target, Metadata):
            kind = kind_of_header(cells.header)
            refusals.whole("contact_column", row=1, column=cells.place, kind=kind)
        elif str(target) in columns:
            refusals.whole("contact_column_twice", column=cells.place, field=target.field)
        else:
            columns[str(target)] = cells
    return columns


def _complete(columns: Mapping[str, Cells], refusals: Refusals) -> bool:
    """Whether all is there that a record needs."""
    days = [name for name in DAYS if name in columns]
    places = {"zone", "position"} & set(columns) or {"latitude", "longitude"} <= set(columns)
    for missing, name in (
        (not days, "night"),
        ("kind" not in columns, "kind"),
        (not places, "zone"),
        ("date" in columns and "time" not in columns, "time"),
    ):
        if missing:
            refusals.whole("contact_column_missing", column=name)
    if len(days) > 1:
        place = columns[days[1]].place
        refusals.whole("contact_column_twice", column=place, field=days[0])
    return bool(days) and "kind" in columns and bool(places)


class _Records:
    """The columns of one table, read into records."""

    def __init__(
        self, columns: Mapping[str, Cells], rows: int, known: Known, refusals: Refusals
    ) -> None:
        self.columns, self.rows, self.known, self.refusals = columns, rows, known, refusals
        self.numbers = columns["kind"].rows
        self.crow = np.zeros(rows, dtype=bool)

    def reading(self) -> Reading:
        """All of it; only good when nothing was refused."""
        times = self._times()
        lonlat, said = lonlat_of(self.columns, self.rows, self.refusals)
        kind = self._codes("kind", ContactKind, None)
        persons, nobody = self._persons(kind)
        indoor = np.asarray(kind == ContactKind.TELEFONICO_INDOOR)
        zone = self._zones(indoor, lonlat, said)
        unit = self._unit()
        values: dict[str, object] = {
            "night": times.night.astype("datetime64[s]"),
            "hour": pd.array(times.hour, dtype="Int8"),
            "zone": zone,
            "organisation": self.known.organisation,
            "persons": persons,
            "kind": kind,
        }
        values["hour"][times.hour < 0] = pd.NA  # type: ignore[index]
        defaults = {"outing": OutingKind.CONTATTO, "place_type": None, "kind": None}
        for name, codes in ONE_OF.items():
            if name != "kind":
                values[name] = self._codes(name, codes, defaults.get(name, "nr"))
        for name in COUNTS:
            if name != "persons":
                values[name] = self._material(name.removeprefix(f"{MATERIALS}_"))
        for name in ANY_OF:
            values |= self._choices(name)
        effort, visits = self._effort(times, np.where(indoor, "", zone), unit)
        if self.refusals.count:
            return _nothing(self.rows, self.refusals)
        met = ~nobody
        frame = pd.DataFrame(values, index=pd.RangeIndex(self.rows))[met]
        return Reading(
            self.rows,
            self.refusals,
            validate_contacts(frame.reset_index(drop=True)),
            unit[met],
            self.numbers[met],
            lonlat[met],
            effort,
            visits,
            int(self.crow[met].sum()),
        )

    def _times(self) -> Times:
        columns, today = self.columns, self.known.today
        if cells := columns.get("moment"):
            return times_by_moment(cells, today, self.refusals)
        calendar = "night" not in columns
        return times_by_date(
            columns["date" if calendar else "night"],
            columns.get("time"),
            calendar=calendar,
            order=self.known.mapping.day_first,
            today=today,
            refusals=self.refusals,
        )

    def _codes(self, name: str, codes: type[StrEnum], empty: str | None) -> pd.Categorical:
        """A column of one code a row; `empty` for an empty cell, None for no code."""
        categories = [code.value for code in codes]
        cells = self.columns.get(name)
        if cells is None:
            number = -1 if empty is None else categories.index(empty)
            return pd.Categorical.from_codes(np.full(self.rows, number), categories)
        reader = code_of(Target(name), codes, self.known.mapping)
        column = Column(cells, name, optional(reader, empty), self.refusals)
        table = [-1 if value is None else categories.index(value) for value in column.values]
        return pd.Categorical.from_codes(np.array(table, dtype=int)[cells.codes], categories)

    def _persons(self, kind: pd.Categorical) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """Persons of each record, and the rows that say a crew was there and met nobody."""
        persons = np.full(self.rows, -1, dtype=np.int64)
        name, right = "persons", np.ones(self.rows, dtype=bool)
        if cells := self.columns.get("persons"):
            reader = optional(whole(0, MOST_PERSONS), -1)
            column = Column(cells, "persons", reader, self.refusals)
            persons, name, right = column.array(np.int64, -1), column.name, column.right
        blank = np.array([not text for text in self.columns["kind"].texts], dtype=bool)
        blank = blank[self.columns["kind"].codes]
        visit = {"arrived", "left"} <= set(self.columns)
        nobody = blank & (persons <= 0) & right & visit
        limits = {"low": 1, "high": MOST_PERSONS}
        group = np.asarray(kind == ContactKind.GRUPPO)
        for wrong, where, expected, got, more in (
            (blank & ~nobody, self._named("kind"), Wanted.CODE, Got.EMPTY,
             {"choices": ", ".join(ContactKind)}),
            (~blank & (persons == 0), name, Expected.WHOLE, Got.NUMBER, limits),
            (group & (persons < 0) & right, name, Expected.WHOLE, Got.EMPTY, limits),
        ):  # fmt: skip
            self.refusals.rows(
                self.numbers[wrong], "cell_unreadable", column=where, expected=expected, got=got,
                **more,
            )  # fmt: skip
        return np.where(persons < 0, 1, persons), nobody

    def _zones(
        self, indoor: NDArray[np.bool_], lonlat: NDArray[np.float64], said: NDArray[np.bool_]
    ) -> NDArray[np.object_]:
        """The zone that a row names, else the nearest to its coordinate, else `""`.

        `said`: the rows that give a coordinate, right or wrong; `indoor`: telephone and
        indoor contacts, which may have neither.
        """
        zones, refusals = self.known.zones, self.refusals
        zone = np.full(self.rows, "", dtype=object)
        right = np.ones(self.rows, dtype=bool)
        if cells := self.columns.get("zone"):
            named = [*(each.code for each in zones), *self.known.former]
            codes = one_of(named, Wanted.ZONE)
            column = Column(cells, "zone", optional(codes, ""), refusals)
            zone, right = column.array(object, ""), column.right
        lost = (zone == "") & right & ~said & ~indoor
        refusals.rows(self.numbers[lost], "contact_nowhere")
        here = (zone == "") & right & np.isfinite(lonlat[:, 0])
        which, metres = nearest_zones(
            np.where(here[:, None], lonlat, np.nan), zones, self.known.far_m
        )
        if len(zones):
            far = here & (which < 0)
            refusals.rows(self.numbers[far], "contact_far_zone", metres=self.known.far_m)
        roads = self.known.cells() if here.any() and len(zones) else None
        if roads:
            place = np.where(here[:, None], lonlat, np.nan)
            crow = which, metres
            which, self.crow = zones_along_roads(place, zones, self.known.near_m, roads, crow)
            near = here & (which >= 0)
        else:
            near = here & (metres <= self.known.near_m)
        zone[near] = np.array([each.code for each in zones], dtype=object)[which[near]]
        return zone

    def _unit(self) -> NDArray[np.object_]:
        cells = self.columns.get("unit")
        if cells is None:
            return np.full(self.rows, "", dtype=object)
        reader = optional(one_of(self.known.units, Wanted.UNIT), "")
        return Column(cells, "unit", reader, self.refusals).array(object, "")

    def _material(self, code: str) -> NDArray[np.int64]:
        cells = self.columns.get(f"{MATERIALS}/{code}")
        if cells is None:
            return np.zeros(self.rows, dtype=np.int64)
        reader = optional(whole(0, MOST_MATERIALS), 0)
        return Column(cells, code, reader, self.refusals).array(np.int64, 0)

    def _choices(self, name: str) -> dict[str, NDArray[np.bool_]]:
        """A boolean column for each code, from one column of codes, one a code, or both."""
        codes = OPTIONS[name]
        chosen = {code: np.zeros(self.rows, dtype=bool) for code in codes}
        if cells := self.columns.get(name):
            reader = codes_of(Target(name), codes, self.known.mapping)
            sets = Column(cells, name, reader, self.refusals).values
            for code in codes:
                table = np.array([code in (found or ()) for found in sets], dtype=bool)
                chosen[code] |= table[cells.codes]
        for code in codes:
            if cells := self.columns.get(f"{name}/{code}"):
                column = Column(cells, f"{name}/{code}", read_yes, self.refusals)
                chosen[code] |= column.array(np.bool_, False)
        return {f"{name}_{code}": values for code, values in chosen.items()}

    def _effort(
        self, times: Times, zone: NDArray[np.object_], unit: NDArray[np.object_]
    ) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Hours spent in each zone, where the file says them, and every visit to one."""
        frame = pd.DataFrame({"night": times.night.astype("datetime64[s]"), "zone": zone})
        frame["unit"] = unit
        placed = frame["zone"] != ""
        visits = frame[placed].drop_duplicates(ignore_index=True)
        spans = [name for name in ("arrived", "left") if name in self.columns]
        if len(spans) == 1:
            self.refusals.whole(
                "contact_column_missing", column=({"arrived", "left"} - {*spans}).pop()
            )
        if len(spans) < 2:
            return _no_effort(), visits
        opens, closes = (
            seconds_of(self.columns[name], name, times.night, self.refusals) for name in spans
        )
        wrong = (opens < 0) != (closes < 0)
        wrong |= (closes >= 0) & (closes <= opens)
        self.refusals.rows(self.numbers[wrong], "contact_visit", column=self._named("left"))
        stays = frame.assign(opens=opens, closes=closes)[placed & (opens >= 0) & ~wrong]
        if self.refusals.count or stays.empty:
            return _no_effort(), visits
        parts = [
            effort_of_visits(rows.reset_index(drop=True)).assign(unit=code)
            for code, rows in stays.drop_duplicates().groupby("unit", sort=True)
        ]
        return pd.concat(parts, ignore_index=True), visits

    def _named(self, name: str) -> str:
        return f"{name} ({self.columns[name].place})"


def _no_effort() -> pd.DataFrame:
    empty = pd.DataFrame({name: [] for name in EFFORT})
    return validate_effort(empty).assign(unit=pd.Series([], dtype="str"))


def _nothing(rows: int, refusals: Refusals) -> Reading:
    empty = pd.DataFrame({"zone": pd.Series([], dtype="str")})
    none = np.zeros(0, dtype=object)
    place, lonlat = np.zeros(0, np.int32), np.zeros((0, 2))
    return Reading(rows, refusals, empty, none, place, lonlat, _no_effort(), empty.copy())
