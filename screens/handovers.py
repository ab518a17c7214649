"""Handovers: the funnel of the last months, what it is made of, and an entry."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pandas as pd
import streamlit as st
from markupsafe import Markup

from data import handovers
from data.access import Action, Role, Viewer
from data.texts import Texts
from geo.errors import ProssimaError
from geo.handovers import MOST, Handover, Receiver, Step
from geo.municipalities import municipalities
from geo.night import Night
from screens.html import muted, table
from screens.names import municipality_name
from screens.session import allowed, now, store, texts

ROLES = frozenset({Role.COORDINATOR})
MONTHS = 12
"""Months that the funnel covers."""


def page() -> None:
    """The funnel and its table on the left, an entry on the right, the months below."""
    viewer = allowed(*ROLES, needs=Action.READ_CONTACTS)
    t = texts()
    st.title(t("Handovers"))
    months = _months()
    steps = handovers.funnel_since(store(), viewer, months[-1])
    left, right = st.columns((6, 5), gap="large")
    with left:
        st.subheader(t("From contact to first assistance"), anchor=False)
        st.html(
            muted(
                t(
                    "{first} to {last}. Passages are counted, nobody is followed: a step may be "
                    "larger than the one above it.",
                    first=t.month(months[-1]),
                    last=t.month(months[0]),
                )
            )
        )
        st.html(
            muted(
                t(
                    "Releases hold the same by month: of the places shown, rounded, and without "
                    "those reached by phone or indoors."
                )
            )
        )
        st.html(funnel_picture(t, steps))
        st.html(_steps(t, steps))
    with right:
        _form(t, viewer, months)
    _by_month(t, viewer, months[-1])


def funnel_picture(t: Texts, steps: Sequence[Step]) -> Markup:
    """Three bars on one scale; the table beside says the same."""
    most = max(1, *(step.persons for step in steps))
    bars = Markup().join(
        Markup(
            '<div class="p-step"><span class="p-step-name">{}</span>'
            '<span class="p-step-bar" style="width:{:.1f}%"></span>'
            '<strong class="p-step-count">{}</strong></div>'
        ).format(
            t.word(step.stage).capitalize(),
            max(0.6, 78 * step.persons / most),
            t.number(step.persons, 0),
        )
        for step in steps
    )
    return Markup('<div class="p-funnel" aria-hidden="true">{}</div>').format(bars)


def _steps(t: Texts, steps: Sequence[Step]) -> Markup:
    rows: list[tuple[str, str, str]] = []
    for step in steps:
        name = t.word(step.stage).capitalize()
        if step.met:
            rows.append((name, t("met on the street"), t.number(step.met, 0)))
        rows += [
            (name, t.word(who), t.number(persons, 0)) for who, persons in step.received.items()
        ]
    header = (t("Step"), t("Persons"), t("Count"))
    return table(t("The funnel in figures"), header, rows, numeric=frozenset({2}))


def _by_month(t: Texts, viewer: Viewer, since: date) -> None:
    frame = handovers.monthly(store(), viewer, since)
    if frame.empty:
        st.html(muted(t("Nothing has been counted yet.")))
        return
    counts = frame.pivot_table(
        index=["month", "municipality"], columns="receiver", values="persons", aggfunc="sum"
    ).fillna(0)
    rows = [
        (
            t.month(month),
            municipality_name(municipality),
            *(t.number(int(row.get(who.value, 0)), 0) for who in Receiver),
        )
        for (month, municipality), row in counts.sort_index(ascending=[False, True]).iterrows()
    ]
    header = (t("Month"), t("Municipality"), *(t.word(who).capitalize() for who in Receiver))
    numeric = frozenset({2, 3, 4})
    st.html(_months_picture(t, frame.groupby("month")["persons"].sum()))
    st.html(table(t("Persons handed over"), header, rows, numeric=numeric, tall=True, stacked=True))


def _months_picture(t: Texts, persons: pd.Series) -> Markup:
    """A bar for each month, the newest first; the table below says the same by municipality."""
    most = max(1, int(persons.max()))
    bars = Markup().join(
        Markup(
            '<div class="p-month"><span>{}</span><span class="p-step-bar" style="width:{:.1f}%">'
            "</span><strong>{}</strong></div>"
        ).format(t.month(month), max(0.6, 100 * count / most), t.number(int(count), 0))
        for month, count in persons.sort_index(ascending=False).items()
    )
    return Markup('<div class="p-months" aria-hidden="true">{}</div>').format(bars)


def _form(t: Texts, viewer: Viewer, months: Sequence[date]) -> None:
    names = municipalities().set_index("istat")["name"].sort_values()
    st.subheader(t("Count a handover"), anchor=False)
    with st.form("handover", border=False, clear_on_submit=True):
        receiver = st.segmented_control(
            t("Into whose hands"),
            list(Receiver),
            format_func=lambda who: t.word(who).capitalize(),
            default=Receiver.SPORTELLO,
            required=True,
            key="handover-receiver",
        )
        one, two, three = st.columns((4, 3, 2))
        place = one.selectbox(
            t("Municipality"), list(names.index), None, format_func=names.get, key="handover-place"
        )
        month = two.selectbox(t("Month"), list(months), format_func=t.month, key="handover-month")
        persons = three.number_input(t("Persons"), 1, MOST, 1, key="handover-persons")
        plus, minus = st.columns(2)
        added = plus.form_submit_button(
            t("Count it"), type="primary", key="handover-count", width="stretch"
        )
        taken = minus.form_submit_button(t("Take away"), key="handover-back", width="stretch")
    if not (added or taken):
        return
    if not place:
        st.error(t("Choose the municipality."))
        return
    try:
        handover = Handover(month, place, receiver, int(persons))
        handovers.count(store(), viewer, handover, back=taken)
    except ProssimaError as error:
        st.error(t.sentence(error))
    else:
        st.rerun()


def _months() -> list[date]:
    """First days of the last months, the newest first."""
    this = Night.of(now()).date.replace(day=1)
    found = [this]
    while len(found) < MONTHS:
        year, month = divmod(found[-1].year * 12 + found[-1].month - 2, 12)
        found.append(date(year, month + 1, 1))
    return found
