"""Region: yearly totals in the form that national and regional reporting asks for; no rows."""

from __future__ import annotations

from functools import partial

import streamlit as st
from markupsafe import Markup

from data import releases
from data.access import Role, Viewer
from data.release_files import year_csv
from data.release_pictures import describe, trend_picture
from data.texts import Texts
from data.year_totals import year_totals
from geo.night import Night
from screens import count_figures
from screens.html import figures, muted, notice, state, table
from screens.pictures import style
from screens.release_figures import colours_of, drawn, funnel, region_tables, seal, totals
from screens.session import allowed, now, palette, store, texts

ROLES = frozenset({Role.NETWORK})
YEARS = 4


def page() -> None:
    """The network's page."""
    viewer = allowed(*ROLES)
    t = texts()
    style()
    st.title(t("Region"))
    st.html(
        Markup('<p class="p-lead">{}</p>').format(
            t(
                "The year in the form of the national and regional reporting: totals by code list, "
                "each category from {least} on, rounded. No row, no place, no person.",
                least=store().settings().release_category,
            )
        )
    )
    this = Night.of(now()).date.year
    year = st.selectbox(
        t("Year"), range(this, this - YEARS, -1), format_func=str, key="region_year", width=180
    )
    found = year_totals(store(), viewer, year)
    if not found.tables:
        st.html(notice(t("There are no contacts of {year}.", year=str(year))))
    else:
        kinds = found.table("kind")
        total = 0 if kinds is None else kinds.total
        st.html(figures([(t("Contacts in {year}", year=str(year)), t.number(total, 0))]))
        st.html(
            muted(
                t(
                    "All contacts of the region, also of places that no release shows. A contact "
                    "is a person met on a night."
                )
            )
        )
        st.html(funnel(t, found, places=False))
        region_tables(t, found)
        st.download_button(
            t("Download the year as CSV"),
            data=partial(year_csv, found, t),
            file_name=f"prossima-toscana-{year}.csv",
            mime="text/csv",
            key="region_csv",
            on_click="ignore",
        )
    _published(t, viewer)
    count_figures.section(t, viewer, palette())
    _ledger(t, viewer)


def _published(t: Texts, viewer: Viewer) -> None:
    """The regional totals of the months that are published."""
    lines = releases.releases(store(), viewer)
    st.subheader(t("What is published, month by month"), anchor=False)
    if not lines:
        st.html(muted(t("Nothing has been published yet.")))
        return
    said = describe(t, lines, None)
    left, right = st.columns(2, gap="large")
    left.html(drawn(trend_picture(t, lines, None, colours_of(palette()), title=said), said))
    rows = [
        (t.month(one.month), *(said for _name, said in totals(t, one.published)))
        for one in reversed(lines)
    ]
    header = (t("Month"), *(t.word(figure) for figure in lines[-1].published.totals))
    numeric = frozenset(range(1, 6))
    right.html(table(t("Regional totals"), header, rows, numeric=numeric, tall=True))
    st.html(muted(t("The latest month, {month}:", month=t.month(lines[-1].month))))
    st.html(funnel(t, lines[-1].published))


def _ledger(t: Texts, viewer: Viewer) -> None:
    """Whether what is published is as it was written."""
    st.subheader(t("The ledger"), anchor=False)
    verdict = releases.verify(store(), viewer)
    if verdict.whole:
        st.html(state(t("The ledger is whole; its head:"), "good"))
        st.html(seal(verdict.head))
    else:
        st.html(notice(t("The ledger is broken at number {number}.", number=verdict.broken), "bad"))
