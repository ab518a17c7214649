"""The region over time: new and known, the funnel, attributes as published, displacement."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from math import isnan

import streamlit as st

from data import conflicts, releases
from data.access import Action, Viewer, may
from data.conflict_words import place_names
from data.handovers import funnel_since
from data.monitoring import Monitored
from data.monitoring_words import percent
from data.release_words import SUBJECTS, table_name
from data.releases import Release
from data.texts import Texts
from geo.month_facts import ATTRIBUTES, Figure
from layers.palette import Palette
from screens.choose import choose
from screens.html import muted, table
from screens.mediation_watch import watch_of, watch_section
from screens.monitoring_pictures import bars_chart, draw, lines_chart
from screens.session import store

ATTRIBUTE_LEAST = 3
"""Months published from which on attributes are shown over time."""


def region_section(t: Texts, viewer: Viewer, found: Monitored, colours: Palette) -> None:
    """What is told of the whole region and of no zone."""
    st.subheader(t("New and known"), anchor=False)
    rows = found.known
    if rows.empty:
        st.html(muted(t("No month that is over says who was known before.")))
    else:
        series = {t("new"): rows["new"], t("known before"): rows["known"]}
        said = t("Persons met by month, new and known before; the table says the same.")
        draw(bars_chart(t, rows["month"], series, colours, title=t("Persons")), colours, said)
        with st.expander(t("New and known, as a table")):
            st.html(
                table(
                    t("Persons met, new and known before"),
                    (t("Month"), t("New"), t("Known before"), t("Not said"), t("Share of new")),
                    [
                        (
                            t.month(row.month),
                            t.number(row.new, 0),
                            t.number(row.known, 0),
                            t.number(row.unsaid, 0),
                            percent(
                                t,
                                row.new / (row.new + row.known)
                                if row.new + row.known
                                else float("nan"),
                            ),
                        )
                        for row in rows.itertuples()
                    ],
                    numeric=frozenset(range(1, 5)),
                    tall=True,
                )
            )
    _funnel(t, viewer, found.cube.months)
    if may(viewer, Action.READ_RELEASES):
        published_section(t, releases.releases(store(), viewer), colours)


def _funnel(t: Texts, viewer: Viewer, months: Sequence[date]) -> None:
    since = months[-12:][0]
    st.subheader(t("The funnel"), anchor=False)
    st.html(
        table(
            t("From the street to first assistance"),
            (t("Step"), t("Persons"), t("of them to")),
            [
                (
                    t.word(step.stage),
                    t.number(step.persons, 0),
                    t.list(f"{t.word(who)} {count}" for who, count in step.received.items())
                    if step.received
                    else "–",
                )
                for step in funnel_since(store(), viewer, since)
            ],
            numeric=frozenset({1}),
        )
    )
    st.html(
        muted(
            t(
                "From {month} on. Steps are counted side by side and never followed by person, so "
                "that one may be wider than the one above.",
                month=t.month(since),
            )
        )
    )


def published_section(t: Texts, lines: Sequence[Release], colours: Palette) -> None:
    """Contacts for each outing and attributes of the region, from what is published alone."""
    st.subheader(t("The region as it is published"), anchor=False)
    if len(lines) < ATTRIBUTE_LEAST:
        st.html(
            muted(
                t(
                    "Fewer than three months are published: there is nothing to compare yet.",
                )
            )
        )
        return
    months = [one.month for one in lines]
    totals = [one.published.totals for one in lines]
    rates = [
        one.get(Figure.CONTACTS, 0) / one[Figure.OUTINGS]
        if one.get(Figure.OUTINGS)
        else float("nan")
        for one in totals
    ]
    draw(
        lines_chart(
            t,
            months,
            {t("contacts for each outing"): rates},
            colours,
            title=t("Contacts for each outing"),
            percent=False,
        ),
        colours,
        t("Published contacts for each outing, month by month; the table says the same."),
    )
    subjects = [s for s in ATTRIBUTES if any(one.published.table(s) for one in lines)]
    with st.expander(t("Contacts for each outing, as a table")):
        st.html(
            table(
                t("Published totals of the region"),
                (t("Month"), t("Contacts"), t("Outings"), t("Contacts for each outing")),
                [
                    (
                        t.month(month),
                        t.number(one.get(Figure.CONTACTS, 0), 0),
                        t.number(one.get(Figure.OUTINGS, 0), 0),
                        "–" if isnan(rate) else t.number(rate, 2),
                    )
                    for month, one, rate in zip(months, totals, rates, strict=True)
                ],
                numeric=frozenset({1, 2, 3}),
                tall=True,
            )
        )
    if not subjects:
        return
    subject = choose(t("Attribute"), subjects, lambda one: t(SUBJECTS[one]), "monitoring_subject")
    _attribute(t, lines, subject, colours)


def _attribute(t: Texts, lines: Sequence[Release], subject: str, colours: Palette) -> None:
    """One attribute over the months for each outing: normalised by effort as contacts are."""
    told = [one for one in lines if one.published.table(subject)]
    rows = [dict(one.published.table(subject).rows) for one in told]  # type: ignore[union-attr]
    codes = sorted({key for row in rows for key, count in row.items() if count})
    outings = [one.published.totals.get(Figure.OUTINGS, 0) for one in told]
    series: dict[str, list[float]] = {
        table_name(t, subject, key): [
            (row.get(key) or 0) / count if count else 0.0
            for row, count in zip(rows, outings, strict=True)
        ]
        for key in codes
    }
    months = [one.month for one in told]
    draw(
        bars_chart(t, months, series, colours, title=t("For each outing")),
        colours,
        t("{subject}, for each outing, month by month; the table says the same.",
          subject=t(SUBJECTS[subject])),
    )  # fmt: skip
    with st.expander(t("The attribute as a table")):
        st.html(
            table(
                t(SUBJECTS[subject]),
                (t("Month"), *series),
                [
                    (
                        t.month(month),
                        *("–" if row.get(key) is None else t.number(row[key], 0) for key in codes),
                    )
                    for month, row in zip(months, rows, strict=True)
                ],
                numeric=frozenset(range(1, len(series) + 1)),
                tall=True,
            )
        )
    st.html(
        muted(
            t(
                "Attributes are told of the whole region alone and only as published: rounded, "
                "small categories masked (–), months whose records had expired left out."
            )
        )
    )


def displacement_section(t: Texts, viewer: Viewer) -> None:
    """What ordinances did here and next door, as on the page of mediation."""
    if not may(viewer, Action.READ_CASES):
        return
    moved = watch_of(viewer)
    watch_section(t, moved, place_names(conflicts.places(store(), viewer)))
