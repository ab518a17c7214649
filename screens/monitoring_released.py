"""Monitoring for the network: how the region moves, from published months and nothing else."""

from __future__ import annotations

import streamlit as st

from data import releases
from data.access import Action, Role
from data.release_pictures import describe, trend_picture
from screens.html import muted, table
from screens.monitoring_region import published_section
from screens.monitoring_report import public_section
from screens.pictures import style
from screens.release_figures import colours_of, drawn, totals
from screens.session import allowed, palette, store, texts

ROLES = frozenset({Role.NETWORK})


def page() -> None:
    """The network's page."""
    viewer = allowed(*ROLES, needs=Action.READ_RELEASES)
    t, colours = texts(), palette()
    style()
    st.title(t("Monitoring"))
    st.html(
        muted(
            t(
                "How the phenomenon moves in the whole region, from published months alone: "
                "rounded, small ones masked, of no place. Contacts stand beside outings, because "
                "a count says something only beside the effort. Fewer are never a success."
            )
        )
    )
    lines = releases.releases(store(), viewer)
    if not lines:
        st.html(muted(t("Nothing has been published yet.")))
        return
    st.subheader(t("Month by month"), anchor=False)
    said = describe(t, lines, None)
    st.html(drawn(trend_picture(t, lines, None, colours_of(colours), title=said), said))
    with st.expander(t("The months as a table")):
        rows = [
            (t.month(one.month), *(value for _name, value in totals(t, one.published)))
            for one in reversed(lines)
        ]
        header = (t("Month"), *(t.word(figure) for figure in lines[-1].published.totals))
        numeric = frozenset(range(1, len(header)))
        st.html(table(t("Regional totals"), header, rows, numeric=numeric, tall=True))
    published_section(t, lines, colours)
    public_section(t, viewer)
