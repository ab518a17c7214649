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
from geo.handovers import STAGE, Stage
from geo.month_facts import FUNNEL, Figure
from geo.privacy import Cell, Published
from layers.marks import Mark
from layers.palette import Palette
from layers.shades import shades
from screens.html import muted, table

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
    """What the colours of the choropleth of a month say."""
    return place_legend(t, palette, t("Contacts in the month"))


def place_legend(t: Texts, palette: Palette, title: str) -> Markup:
    """What the colours of a choropleth say; `title`: what is counted."""
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
    return Markup('<p class="p-legend"><b>{}</b> {}</p>').format(title, Markup().join(items))


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


def shown(t: Texts, count: int | None, least: int, masked: int = 1) -> str:
    """A figure, or from where on it would be one. Of two that are `masked` in a table one may
    be no small one."""
    if count is None:
        return t("not shown") if masked == 2 else t("under {least}", least=least)
    return t.number(count, 0)


def totals(t: Texts, one: Published) -> list[tuple[str, str]]:
    """The regional totals; a sum of which no place is shown is none."""
    return [
        (t.word(figure), t.number(count, 0) if count else "–")
        for figure, count in one.totals.items()
    ]


def funnel(t: Texts, one: Published, *, places: bool = True) -> Markup:
    """From contact to first assistance as the handovers count it (`geo.handovers`), and what
    that is; nothing where there is no such table. `places`: of those shown alone."""
    kept = one.table(FUNNEL)
    if kept is None:
        return Markup()
    counts = {key[-1]: count for key, count in kept.rows}
    masked = sum(count is None for count in counts.values())
    rows = []
    for stage in Stage:
        codes = [who.value for who, where in STAGE.items() if where is stage]
        for code in ("met", *codes) if stage is Stage.EMERSIONE else codes:
            said = shown(t, counts.get(code), kept.least, masked)
            rows.append((t.word(stage).capitalize(), table_name(t, FUNNEL, (code,)), said))
    header = (t("Step"), t("Persons"), t("Count"))
    said = t(
        "Persons talked to, and persons whom crews and desks counted as handed over to a service "
        "at the same time. Nobody is followed: a step may be larger than the one above it."
    )
    if places:
        said += " " + t("Of the places shown, without those reached by phone or indoors.")
    title = subject_name(t, FUNNEL)
    return table(title, header, rows, numeric=frozenset({2})) + muted(said)


def region_tables(t: Texts, one: Published) -> None:
    """The region's tables by attribute, side by side."""
    attribute_tables(t, one, t("Count"), but=FUNNEL)


def attribute_tables(t: Texts, one: Published, counted: str, *, but: str) -> None:
    """The tables of a release side by side, `but` for one. `counted`: what their numbers are."""
    columns = st.columns(2, gap="medium")
    split = [each for each in one.tables if each.subject != but]
    for index, each in enumerate(split):
        masked = sum(count is None for _key, count in each.rows)
        rows = [
            (table_name(t, each.subject, key), shown(t, count, each.least, masked))
            for key, count in each.rows
        ]
        with columns[index % 2]:
            name = subject_name(t, each.subject)
            st.html(table(name, (name, counted), rows, numeric=frozenset({1})))


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


def downloads(t: Texts, releases: Sequence[Release], key: str, *, but: str = "") -> None:
    """A button for each kind of file `but` one; a file is made when it is asked for."""
    writers: Mapping[str, Callable[..., bytes]] = {**WRITERS, "pdf": as_pdf}
    with st.container(horizontal=True, gap="small"):
        for ending, kind in TYPES.items():
            if ending == but:
                continue
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
