"""The displacement watch as a table: what ordinances did here and next door."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from data.conflict_words import change_words
from data.texts import Texts
from geo.displacement import Displacement
from geo.ordinances import Ordinance
from screens.html import muted, notice, table

MOST = 5
"""Neighbours of an order's place that are shown."""


def watch_section(
    t: Texts,
    watched: Sequence[tuple[Ordinance, Displacement]],
    names: Mapping[str, str],
) -> None:
    """Reports before and after each ordinance; a fall here beside a rise next door is one thing."""
    st.subheader(t("Displacement watch"), anchor=False)
    if not watched:
        st.html(muted(t("No ordinance of the last year has reports round it.")))
        return
    for one, seen in watched:
        if seen.observed:
            st.html(
                notice(
                    t(
                        "After the ordinance {code} reports fell here and rose next door: the "
                        "conflict has moved, it has not ended.",
                        code=one.code,
                    ),
                    "warning",
                )
            )
    st.html(
        table(
            t("Reports of 90 days before and after, here and next door"),
            (t("Ordinance"), t("Place"), t("Before"), t("After"), t("Change beside elsewhere")),
            [
                (
                    f"{one.code} · {t.date(one.start, 'short')}",
                    t("{place} (here)", place=names[change.place])
                    if change is seen.here
                    else names[change.place],
                    str(change.before),
                    str(change.after),
                    change_words(t, change),
                )
                for one, seen in watched
                for change in (seen.here, *seen.next_door[:MOST])
            ],
            numeric=frozenset({2, 3}),
        )
    )
