"""The published figures of one municipality: map, months side by side, trend, tables, files."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from data.release_pictures import describe, months_picture, trend_picture
from data.release_words import member_names, place_name
from data.releases import Release
from data.texts import Texts
from geo.month_facts import Figure
from geo.privacy import Published
from layers.palette import Palette
from screens.html import figures, muted, notice, table
from screens.release_figures import (
    colours_of,
    downloads,
    drawn,
    funnel,
    method_note,
    region_tables,
    shown,
    totals,
)
from screens.session import session

LATEST = 12
"""Months that are drawn side by side."""


def chosen_month(t: Texts, releases: Sequence[Release]) -> Release:
    """The release that the reader looks at, at first the latest."""
    months = [one.month for one in reversed(releases)]
    month = st.selectbox(
        t("Month"), months, format_func=t.month, key="municipality_month", width=240
    )
    return next(one for one in releases if one.month == month)


def headline(t: Texts, one: Published, municipality: str) -> None:
    """The figures of the month, and whom they are of."""
    cell = one.cell_of(municipality)
    if cell is None:
        st.html(
            notice(
                t(
                    "For {month} nothing is shown of this municipality nor of its district: that "
                    "happens where few were met, where nobody was, or where a figure would say too "
                    "much. It cannot be told which.",
                    month=t.month(one.month),
                )
            )
        )
        return
    st.html(
        figures(
            (t.word(figure), shown(t, count, one.rules.least(figure)))
            for figure, count in cell.figures.items()
        )
    )
    if len(cell.members) > 1:
        st.html(
            notice(
                t(
                    "Shown together with others of its district, because alone it would say too "
                    "much: {places}.",
                    places=t.list(member_names(cell)),
                )
            )
        )


def over_time(t: Texts, releases: Sequence[Release], municipality: str, palette: Palette) -> None:
    """The months side by side, the trend, and a table of the same."""
    colours = colours_of(palette)
    latest = releases[-LATEST:]
    said = describe(t, latest, municipality)
    left, right = st.columns(2, gap="large")
    with left:
        st.subheader(t("Months side by side"), anchor=False)
        st.html(drawn(months_picture(t, latest, municipality, colours, title=said), said))
    with right:
        st.subheader(t("Month by month"), anchor=False)
        st.html(drawn(trend_picture(t, latest, municipality, colours, title=said), said))
        st.html(
            muted(
                t(
                    "The stroke on a bar is the span that rounding leaves open; a pale bar is the "
                    "figure of the district together; hatched months are not shown."
                )
            )
        )
    header = (t("Month"), t("Place"), *(t.word(figure) for figure in Figure))
    st.html(
        table(
            t("The figures"),
            header,
            [_row(t, one.published, municipality) for one in reversed(releases)],
            numeric=frozenset(range(2, 7)),
            tall=True,
        )
    )


def region(t: Texts, one: Published) -> None:
    """The regional total of the month, and the region's tables."""
    st.subheader(t("Tuscany in {month}", month=t.month(one.month)), anchor=False)
    st.html(figures(totals(t, one)))
    st.html(muted(t("The sum of the places that are shown, not of all that were met.")))
    st.html(funnel(t, one))
    if one.tables:
        with st.expander(t("Tables of the region, of the places shown")):
            region_tables(t, one)


def files(t: Texts, releases: Sequence[Release]) -> None:
    """The same as files, and how it is made."""
    st.subheader(t("Download"), anchor=False)
    st.html(
        muted(
            t(
                "Your territory and the regional totals, all months and count nights; the PDF is "
                "the report with map."
            )
        )
    )
    downloads(t, releases, f"municipality_{session().language}")
    with st.expander(t("How these figures are made")):
        st.html(method_note(t, releases))


def _row(t: Texts, one: Published, municipality: str) -> tuple[str, ...]:
    cell = one.cell_of(municipality)
    if cell is None:
        return (t.month(one.month), "–", *[t("not shown")] * len(Figure))
    counts = (shown(t, cell.figures.get(f), one.rules.least(f)) for f in Figure)
    return (t.month(one.month), place_name(t, cell), *counts)
