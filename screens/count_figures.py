"""The official totals of count nights for who reads releases: a municipality, the network."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from data import releases
from data.access import Viewer
from data.count_files import estimated
from data.count_pictures import describe_nights, nights_picture
from data.release_pictures import map_picture
from data.release_words import member_names, municipality_name, place_name
from data.releases import Release
from data.texts import Texts
from geo.month_facts import Figure
from geo.privacy import ESTIMATE, Published
from layers.palette import Palette
from screens.choose import choose
from screens.html import figures, muted, notice, table
from screens.release_figures import (
    attribute_tables,
    colours_of,
    downloads,
    drawn,
    method_note,
    place_legend,
)
from screens.session import store


def section(t: Texts, viewer: Viewer, colours: Palette, *, files: bool = True) -> None:
    """What count nights saw: of a municipality its own and the region, of the network the
    region alone. `files`: offer them here, where they are not in another set of files."""
    nights = releases.releases(store(), viewer, releases.COUNT)
    municipality = viewer.municipality
    st.subheader(t("Count nights"), anchor=False)
    st.html(
        muted(
            t(
                "On a count night crews pass every zone within a few hours and count who is seen; "
                "nobody is approached. These are persons seen, not contacts: not to be added to "
                "or compared with the months."
            )
        )
    )
    if not nights:
        st.html(notice(t("No count night has been published yet.")))
        return
    latest = [*reversed(nights)]
    chosen = latest[0]
    if len(latest) > 1:
        chosen = choose(t("Count night of"), latest, lambda one: t.month(one.month), "count_month")
    one = chosen.published
    st.html(figures(_headline(t, one, municipality)))
    if municipality is not None:
        st.html(_hidden(t, one, municipality))
    left, right = st.columns(2, gap="large")
    with left:
        _pictures(t, nights, one, municipality, colours)
    with right:
        st.html(_table(t, latest, municipality))
        st.html(
            muted(
                t(
                    "Rounded to {step}; Tuscany is the sum of the places shown. “Not shown” does "
                    "not mean that nobody was there.",
                    step=one.rules.step,
                )
            )
        )
    with st.expander(t("Tables of the region and how these figures are made")):
        attribute_tables(t, one, t("Persons seen"), but=ESTIMATE)
        st.html(method_note(t, nights))
    if files:
        # The report as a document is that of the months.
        downloads(t, nights, f"count_{t.language}", but="pdf")


def _headline(t: Texts, one: Published, municipality: str | None) -> list[tuple[str, str]]:
    pairs = []
    if municipality is not None:
        cell = one.cell_of(municipality)
        seen = None if cell is None else cell.figures.get(Figure.CONTACTS)
        here = (
            t("Persons seen, together")
            if cell and len(cell.members) > 1
            else t("Persons seen here")
        )
        pairs.append((here, t("not shown") if seen is None else t.number(seen, 0)))
    total = one.totals.get(Figure.CONTACTS)
    pairs.append(
        (t("Persons seen in Tuscany, in the places shown"), t.number(total, 0) if total else "–")
    )
    if (told := estimated(one)) is not None:
        low, middle, high = told
        pairs += [
            (t("There, estimated"), t.number(middle, 0)),
            (t("95 % interval"), f"{t.number(low, 0)}–{t.number(high, 0)}"),
        ]
    return pairs


def _hidden(t: Texts, one: Published, municipality: str) -> str:
    """Why there is no figure, or whom it is of besides; nothing where it is its own."""
    cell = one.cell_of(municipality)
    if cell is None:
        return notice(
            t(
                "Of the count night of {month} nothing is shown of this municipality nor of its "
                "district: that happens where few persons were seen, where nobody was, where they "
                "were in few zones, or where a figure would say too much. It cannot be told which.",
                month=t.month(one.month),
            )
        )
    if len(cell.members) == 1:
        return ""
    return notice(
        t(
            "Shown together with others of its district, because alone it would say too much: "
            "{places}.",
            places=t.list(member_names(cell)),
        )
    )


def _pictures(
    t: Texts,
    nights: Sequence[Release],
    one: Published,
    municipality: str | None,
    colours: Palette,
) -> None:
    paint = colours_of(colours)
    said = describe_nights(t, nights, municipality)
    if municipality is not None and one.cells:
        title = t("Persons seen by place, {month}", month=t.month(one.month))
        picture = map_picture(t, one, paint, around=municipality, title=title, width=420)
        st.html(drawn(picture, f"{title}. {said}"))
        st.html(place_legend(t, colours, t("Persons seen")))
    st.html(drawn(nights_picture(t, nights, municipality, paint, title=said), said))
    note = (
        t("The stroke is the interval of how many there were, the dot the estimate.")
        if municipality is None
        else t("The stroke on a bar is the span that rounding leaves open.")
    )
    st.html(muted(note))


def _table(t: Texts, latest: Sequence[Release], municipality: str | None) -> str:
    header = (
        t("Count night of"),
        t("Place"),
        t("Persons seen"),
        t("There, estimated"),
        t("95 % interval"),
    )
    rows = []
    for line in latest:
        one, month = line.published, t.month(line.month)
        if municipality is not None:
            cell = one.cell_of(municipality)
            seen = None if cell is None else cell.figures.get(Figure.CONTACTS)
            place = municipality_name(municipality) if cell is None else place_name(t, cell)
            rows.append(
                (month, place, t("not shown") if seen is None else t.number(seen, 0), "–", "–")
            )
        total, told = one.totals.get(Figure.CONTACTS), estimated(one)
        rows.append(
            (
                month,
                t("Tuscany, what is shown"),
                t.number(total, 0) if total else t("not shown"),
                t.number(told[1], 0) if told else t("not told"),
                f"{t.number(told[0], 0)}–{t.number(told[2], 0)}" if told else "–",
            )
        )
    return table(
        t("Persons seen on count nights"), header, rows, numeric=frozenset({2, 3, 4}), tall=True
    )
