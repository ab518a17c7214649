"""Pieces that the pages on published figures share: colours, legend, tables, downloads."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial

import streamlit as st
from markupsafe import Markup

from data.attack import Line
from data.release_files import WRITERS, file_name, method, shape_of
from data.release_pictures import Colours, class_names, step_of
from data.release_report import as_pdf
from data.release_words import (
    ATTACKS,
    measured,
    member_names,
    place_name,
    subject_name,
    table_name,
)
from data.releases import Release
from data.texts import Texts
from geo.month_facts import Figure
from geo.privacy import Cell, Published
from layers.marks import Mark
from layers.palette import Palette
from layers.shades import shades
from screens.html import table

TYPES = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "geojson": "application/geo+json",
    "gpkg": "application/geopackage+sqlite3",
    "pdf": "application/pdf",
    "json": "application/json",
}
"""Kinds of download, in the order of their buttons."""


def colours_of(palette: Palette) -> Colours:
    """The colours of pictures in the theme that the browser shows."""
    steps = shades(palette).heat[1:]
    return Colours(
        steps=tuple(step.colour for step in steps),
        inks=tuple(step.ink for step in steps),
        land=palette.land,
        line=palette.line,
        ink=palette.ink,
        quiet=palette.place,
        span=palette.units[1],
    )


def drawn(picture: Markup, said: str) -> Markup:
    """A picture (SVG) for a page, with what it says for who cannot see it."""
    data = base64.b64encode(str(picture).encode()).decode()
    wide = re.search(r'viewBox="0 0 ([\d.]+) ', picture)
    return Markup(
        '<img class="p-picture" style="max-width:{}px" alt="{}" src="data:image/svg+xml;base64,{}">'
    ).format(wide[1] if wide else "720", said, data)


def legend(t: Texts, palette: Palette) -> Markup:
    """What the colours of a choropleth say."""
    colours = colours_of(palette)
    items = [
        Markup('<span><i style="background:{}"></i> {}</span>').format(colour, name)
        for colour, name in zip(colours.steps, class_names(t), strict=True)
    ]
    items.append(
        Markup('<span><i style="border:1.5px dashed;border-radius:4px"></i> {}</span>').format(
            t("not shown")
        )
    )
    return Markup('<p class="p-legend"><b>{}</b> {}</p>').format(
        t("Contacts in the month"), Markup().join(items)
    )


def marks(t: Texts, cells: Sequence[Cell]) -> list[tuple[Mark, int | None]]:
    """The cells of a release as a choropleth draws them."""
    found = []
    for cell in cells:
        count = cell.figures.get(Figure.CONTACTS)
        name = place_name(t, cell)
        said = t("not shown") if count is None else t("{count} contacts", count=count)
        lines = (name, said, *([t.list(member_names(cell))] if len(cell.members) > 1 else []))
        mark = Mark(shape_of(cell), f"{name}: {said}", lines)
        found.append((mark, None if count is None else step_of(count)))
    return found


def shown(t: Texts, count: int | None, least: int) -> str:
    """A figure, or from where on it would be one."""
    return t("under {least}", least=least) if count is None else t.number(count, 0)


def totals(t: Texts, one: Published) -> list[tuple[str, str]]:
    """The regional totals; a sum of which no place is shown is none."""
    return [
        (t.word(figure), t.number(count, 0) if count else "–")
        for figure, count in one.totals.items()
    ]


def funnel(t: Texts, one: Published) -> Markup:
    """From contact to first assistance, counted and never followed by person."""
    identified = one.table("identified")
    steps = [
        (t("Emergence: contacts"), one.totals.get(Figure.CONTACTS) or None, one.rules.contacts)
    ]
    if identified is not None:
        ((_key, count),) = identified.rows
        name = t("Identification: with a sign of exploitation, or who asked for a way out")
        steps.append((name, count, identified.least))
    name = t("First assistance: persons referred or accompanied")
    steps.append((name, one.totals.get(Figure.REFERRALS) or None, one.rules.category))
    rows = [(name, shown(t, count, least)) for name, count, least in steps]
    header = (t("From contact to first assistance"), t("Count"))
    return table(header[0], header, rows, numeric=frozenset({1}))


def region_tables(t: Texts, one: Published) -> None:
    """The region's tables by attribute, side by side."""
    columns = st.columns(2, gap="medium")
    split = [each for each in one.tables if each.subject != "identified"]
    for index, each in enumerate(split):
        rows = [
            (table_name(t, each.subject, key), shown(t, count, each.least))
            for key, count in each.rows
        ]
        with columns[index % 2]:
            name = subject_name(t, each.subject)
            st.html(table(name, (name, t("Count")), rows, numeric=frozenset({1})))


def attack_report(t: Texts, lines: Sequence[Line]) -> Markup:
    """The lines of an attack report as a table."""
    rows = [
        (
            t(ATTACKS[line.attack]) + (f" · {said}" if (said := measured(t, line)) else ""),
            t.number(line.checked, 0),
            t.number(line.found, 0),
            t("passed") if line.passed else t("FAILED"),
        )
        for line in lines
    ]
    header = (t("Attack"), t("Tried on"), t("Found"), t("Result"))
    report = table(t("Attack report"), header, rows, numeric=frozenset({1, 2}))
    return Markup('<div class="p-wrap">{}</div>').format(report)


def downloads(t: Texts, releases: Sequence[Release], key: str) -> None:
    """A button for each kind of file; a file is made when it is asked for."""
    writers: Mapping[str, Callable[..., bytes]] = {**WRITERS, "pdf": as_pdf}
    with st.container(horizontal=True, gap="small"):
        for ending, kind in TYPES.items():
            st.download_button(
                {"gpkg": "GeoPackage", "geojson": "GeoJSON"}.get(ending, ending.upper()),
                data=partial(writers[ending], releases, t),
                file_name=file_name(releases, ending),
                mime=kind,
                key=f"{key}_{ending}",
                on_click="ignore",
            )


def seal(text: str) -> Markup:
    """A seal of the ledger, to copy; it breaks where the window ends."""
    return Markup('<p class="p-seal"><code>{}</code></p>').format(text)


def method_note(t: Texts, releases: Sequence[Release]) -> Markup:
    """How the figures are made, in paragraphs."""
    lines = Markup().join(Markup("<p>{}</p>").format(line) for line in method(releases, t))
    return Markup('<div class="p-prose">{}</div>').format(lines)
