"""The displacement watch on the page: what fell here and what rose next door, together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from data.access import Viewer
from data.displacement_watch import Watched, watched
from data.displacement_words import cause_words, watch_head, watch_row
from data.texts import Texts
from geo.night import Night
from screens.html import muted, notice, table
from screens.session import network, now, store

SHOWN = 12
"""Causes that the table holds; what moved next door comes first."""


def watch_of(viewer: Viewer) -> tuple[Watched, ...]:
    """What the watch says today: worked out once, whichever page shows it."""
    today = Night.of(now()).date
    return _cached(viewer.role, viewer.organisation, store().revision(), today)


@st.cache_resource(max_entries=2, show_spinner=False)
def _cached(role, organisation, revision, today):  # type: ignore[no-untyped-def]
    """By role and reach, revision of the data and day, which is all that it depends on."""
    return watched(store(), Viewer(role, organisation=organisation), network())


def watch_section(t: Texts, found: Sequence[Watched], names: Mapping[str, str]) -> None:
    """Every ordinance and action of the last year with its change here and next door."""
    st.subheader(t("Displacement watch"), anchor=False)
    if not found:
        st.html(muted(t("No ordinance or action of the last year has reports round it.")))
        return
    for one in found:
        if one.seen.observed:
            words = t(
                "{cause}: reports fell here and rose next door. The conflict has moved, it has "
                "not ended.",
                cause=cause_words(t, one.cause),
            )
            st.html(notice(words, "warning"))
    st.html(
        table(
            t("Reports of 90 days before and after, here and next door"),
            watch_head(t),
            [watch_row(t, one, names) for one in found[:SHOWN]],
            stacked=True,
        )
    )
    st.html(
        muted(
            t(
                "The change is beside what happened elsewhere in the province, with its 95 % "
                "interval. Fewer reports here alone are no success."
            )
        )
    )
