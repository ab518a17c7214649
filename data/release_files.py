"""Releases as files: JSON, CSV, XLSX, GeoJSON and GeoPackage, and read back from any of them.

Each takes releases as a viewer got them (`data.releases`), so that a municipality's file
holds its own territory and the regional totals. The long table (`COLUMNS`) is the same in
CSV and XLSX: one published number a row, empty where it is not shown. The maps (GeoJSON,
GeoPackage) hold a feature for each place, month and subject. Nothing in a file tells who made
it or when.
"""

from __future__ import annotations

import csv
import io
import json
import re
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import geopandas as gpd
import pyogrio
import shapely
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from data.artefacts import EPOCH, FORMULA
from data.count_files import count_nights, count_rows, figure_code
from data.release_words import figure_name, place_name, subject_name, table_name
from data.releases import Release, month_name
from data.texts import Texts
from geo.crs import GEOGRAPHIC
from geo.month_facts import Figure
from geo.municipalities import municipalities, simplified
from geo.privacy import Cell, Kind, Published
from geo.release_tables import REGION

COLUMNS = (
    "territory", "month", "kind", "part", "place", "municipalities", "figure", "count", "step",
    "least", "name", "label",
)  # fmt: skip
"""`territory`: ISTAT code of whom the file is for, empty for the region; `part`: `cell`,
`total` or a table's subject; `place`: an ISTAT code or a district, empty for the region;
`municipalities`: ISTAT codes; `count`: empty where it is not shown; `least`: the smallest true
count that is shown;
`name`, `label`: for people."""

_SAME_TIME = datetime(*EPOCH[:3], tzinfo=UTC)
_GPKG_TIME = f"{_SAME_TIME:%Y-%m-%dT%H:%M:%S.000Z}"


def as_json(releases: Sequence[Release], _t: Texts) -> bytes:
    """The releases as they stand in the ledger, with their numbers and seals."""
    lines = [
        {
            "number": one.number,
            "seal": one.seal,
            "made": one.made.isoformat(),
            "subject": one.subject,
            "published": one.published.to_dict(),
        }
        for one in releases
    ]
    return json.dumps({"releases": lines}, ensure_ascii=False, indent=1).encode()


def as_csv(releases: Sequence[Release], t: Texts) -> bytes:
    """The long table, UTF-8 with its mark and divided by `;` as spreadsheets open it."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";")
    writer.writerow(COLUMNS)
    writer.writerows([_safe(cell) for cell in row] for row in rows_of(releases, t))
    return text.getvalue().encode("utf-8-sig")


def year_csv(year: Published, t: Texts) -> bytes:
    """The yearly totals of the region as CSV: list, code, count (empty where it is not
    shown), and both in words."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";")
    writer.writerow(("list", "code", "count", "list_name", "code_name"))
    for table in year.tables:
        for key, count in table.rows:
            names = subject_name(t, table.subject), table_name(t, table.subject, key)
            writer.writerow([table.subject, " ".join(key), count, *map(_safe, names)])
    return text.getvalue().encode("utf-8-sig")


def as_xlsx(releases: Sequence[Release], t: Texts) -> bytes:
    """A sheet to read (places by month), one with the long table, one with the method."""
    book = Workbook()
    book.properties.creator = "Prossima"
    book.remove(book.worksheets[0])
    figures = [*Figure]
    heads = [t("Month"), t("Place"), *(t.word(figure) for figure in figures)]
    body = [
        [
            month_name(one.month),
            place_name(t, cell),
            *(_shown(cell.figures.get(f), one.published, f, t) for f in figures),
        ]
        for one in of_contacts(releases)
        for cell in one.published.cells
    ]
    _sheet(book, t("Figures"), heads, body)
    if told := [*told_by_place(releases, t)]:
        heads = [t("Month"), t("Table"), t("Place"), t("Name"), t("Count")]
        _sheet(book, t("Reports and mediation"), heads, told)
    if counted := [*count_rows(releases, t)]:
        _sheet(book, t("Count nights"), [t("Month"), t("Place"), t("Name"), t("Count")], counted)
    _sheet(book, t("Data"), COLUMNS, rows_of(releases, t))
    _sheet(book, t("Method"), [t("Method")], [[line] for line in method(releases, t)])
    made = io.BytesIO()
    book.save(made)
    return _still(made.getvalue())


def as_geojson(releases: Sequence[Release], t: Texts) -> bytes:
    """One feature a place, month and subject (EPSG:4326), with its figures as properties."""
    features = [
        {
            "type": "Feature",
            "properties": properties,
            "geometry": json.loads(shapely.to_geojson(shapely.set_precision(shape, 1e-5))),
        }
        for properties, shape in _features(releases, t)
    ]
    return json.dumps(
        {"type": "FeatureCollection", "features": features}, ensure_ascii=False
    ).encode()


def as_gpkg(releases: Sequence[Release], t: Texts) -> bytes:
    """The same features as `as_geojson` in a layer `prossima`."""
    found = [*_features(releases, t)]
    drawn = [shapely.set_precision(shape, 1e-5) for _properties, shape in found]
    frame = gpd.GeoDataFrame([one for one, _shape in found], geometry=drawn, crs=GEOGRAPHIC)
    for name in frame.columns.difference([*_DESCRIBED, "geometry"]):
        frame[name] = frame[name].astype("Int64")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "release.gpkg"
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": _GPKG_TIME})
        try:
            pyogrio.write_dataframe(frame, file, driver="GPKG", layer="prossima")
        finally:
            pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})
        return file.read_bytes()


WRITERS: dict[str, Callable[[Sequence[Release], Texts], bytes]] = {
    "json": as_json,
    "csv": as_csv,
    "xlsx": as_xlsx,
    "geojson": as_geojson,
    "gpkg": as_gpkg,
}
"""The kinds of file by ending; the report as PDF stands in `data.release_report`."""


def of_contacts(releases: Iterable[Release]) -> list[Release]:
    """Those of contacts, by the rules or with noise."""
    return [one for one in releases if one.published.kind in (Kind.MONTH, Kind.NOISY)]


def told_by_place(releases: Iterable[Release], t: Texts) -> Iterator[list[object]]:
    """Reports and cases to read: month, table, place, name, count."""
    region = t("Tuscany, what is shown")
    for release in releases:
        for table in release.published.tables:
            names = {cell.key: place_name(t, cell) for cell in release.published.cells}
            for key, count in table.rows if table.by_place else ():
                yield [
                    month_name(release.month),
                    subject_name(t, table.subject),
                    names.get(key[0], region),
                    table_name(t, table.subject, key),
                    t("not shown") if count is None else count,
                ]


def rows_of(releases: Iterable[Release], t: Texts) -> Iterator[list[object]]:
    """The long table (`COLUMNS`), a published number a row."""
    for release in releases:
        one = release.published
        head, rules = [one.place, month_name(one.month), one.kind.value], one.rules
        region = t("Tuscany, what is shown")
        for cell in one.cells:
            members, name = " ".join(cell.members), place_name(t, cell)
            for figure, count in cell.figures.items():
                said = [count, rules.step, rules.least(figure), name]
                code, label = figure_code(one.kind, figure), figure_name(t, one.kind, figure)
                yield [*head, "cell", cell.key, members, code, *said, label]
        for figure, count in one.totals.items():
            said = [count, rules.step, "", region, figure_name(t, one.kind, figure)]
            yield [*head, "total", "", "", figure_code(one.kind, figure), *said]
        for table in one.tables:
            cells = {cell.key: cell for cell in one.cells} if table.by_place else {}
            for key, count in table.rows:
                place, codes = (key[0], key[1:]) if table.by_place else (REGION, key)
                own = cells.get(place)
                members = " ".join(own.members) if own else ""
                name = place_name(t, own) if own else region
                said = [count, table.step, table.least, name, table_name(t, table.subject, key)]
                yield [*head, table.subject, place, members, " ".join(codes), *said]


def method(releases: Sequence[Release], t: Texts) -> list[str]:
    """How the figures were made and what they do not say, a paragraph a line."""
    lines = []
    if any(one.published.synthetic for one in releases):
        lines.append(t("Synthetic data: an invented region, no real person, place or crew."))
    exact = [one.published for one in releases if one.published.kind is Kind.MONTH]
    noisy = [one.published for one in releases if one.published.epsilon is not None]
    if exact:
        rules = exact[-1].rules
        lines += [
            t(
                "A municipality is shown for a month only where at least {contacts} persons were "
                "met, at least {persons} of them on one night, in at least {zones} zones of which "
                "none has more than {share} % of the contacts. Otherwise it is shown together "
                "with others of its district, and if that is still too little, not at all.",
                contacts=rules.contacts,
                persons=rules.persons,
                zones=rules.zones,
                share=rules.top_percent,
            ),
            t(
                "Counts are rounded to {step}; a total is the sum of what is shown. “Not shown” "
                "does not mean that there was nobody.",
                step=rules.step,
            ),
        ]
    nights = count_nights(releases)
    if nights:
        rules = nights[-1].published.rules
        lines.append(
            t(
                "Count nights: the most persons seen on one pass of each zone, of one window of "
                "one night; nobody is approached. They are shown by the same rules (at least "
                "{contacts} persons seen in at least {zones} zones, none with more than "
                "{share} %), rounded to {step}. They are no contacts and are not to be added to "
                "or compared with those of the month.",
                contacts=rules.contacts,
                zones=rules.zones,
                share=rules.top_percent,
                step=rules.step,
            )
        )
    told = [one.published for one in releases if one.published.kind is Kind.COUNTS]
    if told:
        lines.append(
            t(
                "Reports and mediation cases: counts under {least} are not shown, others are "
                "rounded to {step}; where a municipality has too few it stands together with "
                "others of its district. Assault on persons is no figure. Cases open in the month "
                "stand as they did when it was published. Nothing of it comes from people met.",
                least=told[-1].rules.category,
                step=told[-1].rules.step,
            )
        )
    if noisy:
        lines.append(
            t(
                "Figures with noise: chance has been added to every district so that one "
                "person's month cannot be told from them (epsilon {epsilon} a month, for a "
                "person met on at most {nights} nights). Months add up; one alone is off by a few.",
                epsilon=str(noisy[-1].epsilon),
                nights=noisy[-1].nights,
            )
        )
    if exact or noisy:
        lines.append(
            t(
                "A contact is a person met on a night, not a different person each time. More or "
                "fewer contacts say where crews went as much as where people are: a fall is no "
                "success and a rise no alarm."
            )
        )
    return lines


def shape_of(cell: Cell) -> shapely.Geometry:
    """The territory of a cell, light enough to draw (EPSG:4326)."""
    return shapely.coverage_union_all([shapes()[code] for code in cell.members])


@cache
def shapes() -> dict[str, shapely.Geometry]:
    """The municipalities' territories by ISTAT code, light enough to draw (EPSG:4326)."""
    frame = simplified(municipalities())
    return dict(zip(frame["istat"], frame.geometry, strict=True))


def _features(
    releases: Iterable[Release], t: Texts
) -> Iterator[tuple[dict[str, object], shapely.Geometry]]:
    for release in releases:
        one = release.published
        for cell in one.cells:
            figures: dict[str, int | None] = {
                figure_code(one.kind, figure): count for figure, count in cell.figures.items()
            }
            for table in one.tables:
                figures |= table.of(cell.key) if table.by_place else {}
            described = (
                one.place, month_name(one.month), one.kind.value, release.subject, cell.key,
                " ".join(cell.members), place_name(t, cell), one.rules.step,
                one.rules.least(Figure.CONTACTS) if cell.figures else one.rules.category,
            )  # fmt: skip
            yield dict(zip(_DESCRIBED, described, strict=True)) | figures, shape_of(cell)


_DESCRIBED = (
    "territory", "month", "kind", "subject", "place", "municipalities", "name", "step", "least",
)  # fmt: skip
"""What a feature says of itself, besides its figures by their codes."""


def _shown(count: int | None, one: Published, figure: Figure, t: Texts) -> object:
    """A count, or from where on it would be one."""
    if count is not None:
        return count
    return t("fewer than {least}", least=one.rules.least(figure))


def _sheet(
    book: Workbook, title: str, heads: Sequence[str], rows: Iterable[Sequence[object]]
) -> None:
    sheet = book.create_sheet(title)
    sheet.append([*heads])
    for row in rows:
        sheet.append([_safe(cell) for cell in row])
    for column, head in enumerate(sheet[1], 1):
        head.font, head.fill = Font(bold=True, color="FFFFFF"), _HEAD
        texts = [str(cell.value or "") for cell in sheet[get_column_letter(column)]]
        width = max(map(len, texts)) + 2
        sheet.column_dimensions[get_column_letter(column)].width = min(width, 90)
        for cell in sheet[get_column_letter(column)]:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    sheet.freeze_panes = "A2"


_HEAD = PatternFill("solid", start_color="1F4E79")


def _safe(cell: object) -> object:
    """A text that a spreadsheet would take for a formula is quoted; none is expected."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell


def _still(data: bytes) -> bytes:
    """The same workbook without the moment it was made at."""
    made = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as old,
        zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for entry in old.infolist():
            body = old.read(entry)
            if entry.filename == "docProps/core.xml":
                same = rb"\g<1>%s<" % f"{_SAME_TIME:%Y-%m-%dT%H:%M:%SZ}".encode()
                body = re.sub(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*<", same, body)
            new.writestr(zipfile.ZipInfo(entry.filename, EPOCH), body, zipfile.ZIP_DEFLATED)
    return made.getvalue()


def file_name(releases: Sequence[Release], ending: str) -> str:
    """What a file is called: months and territory."""
    months = sorted({month_name(one.month) for one in releases})
    places = {one.published.place for one in releases}
    place = places.pop() if len(places) == 1 else ""
    span = months[0] if len(months) == 1 else f"{months[0]}_{months[-1]}"
    return f"prossima-{place or 'toscana'}-{span}.{ending}"
