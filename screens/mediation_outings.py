"""Mediation outings on the page: the days, who goes out, which visits are promised."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import streamlit as st

from data.access import Viewer
from data.mediation_outings import Day, call_off, crew_of, days, set_out
from data.texts import Texts
from geo.night import Night
from routing.promises import Promise
from routing.units import Outing, mediation_outing
from screens.choose import choose
from screens.desks import LANGUAGES
from screens.html import muted, table
from screens.names import language_name
from screens.session import store


def outings_section(t: Texts, viewer: Viewer, today: date) -> None:
    """The days ahead, with the form of a new outing."""
    st.subheader(t("Mediation outings"), anchor=False)
    st.html(
        muted(
            t(
                "By day or in the early evening, with a mediator in the crew. The visits are "
                "planned with the night of the same date and stand on the crew’s itinerary."
            )
        )
    )
    if said := st.session_state.pop("outing_said", None):
        st.success(said)
    found = days(store(), viewer, Night(today))
    if found:
        st.html(
            table(
                t("Days with a mediation outing or visit"),
                (t("Day"), t("Goes out"), t("Visits promised")),
                [_row(t, day) for day in found],
                stacked=True,
            )
        )
    else:
        st.html(muted(t("No mediation outing is set up, and no visit promised.")))
    _new(t, viewer, today)
    _call_off(t, viewer, found)


def _row(t: Texts, day: Day) -> tuple[str, str, str]:
    return (
        t.date(day.night, "full"),
        t.list(_outing(t, one) for one in day.outings)
        or t("nobody yet, unless a unit with a mediator begins its night in time"),
        t.list(_visit(t, one) for one in day.visits) or "–",
    )


def _outing(t: Texts, one: Outing) -> str:
    clock = one.night.clock
    return t(
        "{unit}, {opens}–{closes}",
        unit=one.unit.name,
        opens=clock(one.opens),
        closes=clock(one.closes),
    )


def _visit(t: Texts, one: Promise) -> str:
    where = one.place.name if one.place else one.key
    return t("{place}, {opens}–{closes}", place=where, opens=one.opens, closes=one.closes)


def _new(t: Texts, viewer: Viewer, today: date) -> None:
    units = {unit.code: unit for unit in store().units(viewer)}
    if not units:
        return
    said = store().settings()
    with st.expander(t("Set up a mediation outing")), st.form("outing", border=False):
        unit = choose(t("Unit"), list(units), lambda code: units[code].name, "outing_unit")
        first, second, third = st.columns(3)
        day = first.date_input(
            t("Day"), today + timedelta(days=1), min_value=today, key="outing_day"
        )
        opens = second.text_input(t("From hour"), said.mediation_opens, key="outing_opens")
        closes = third.text_input(t("To hour"), said.mediation_closes, key="outing_closes")
        fourth, fifth = st.columns(2)
        mediators = fourth.number_input(t("Mediators"), 0, 6, 1, key="outing_mediators")
        operators = fifth.number_input(t("Operators"), 0, 6, 1, key="outing_operators")
        spoken = st.multiselect(
            t("Languages of the mediators"),
            sorted(LANGUAGES, key=lambda code: language_name(t, code)),
            format_func=lambda code: language_name(t, code),
            default=["it"],
            key="outing_languages",
        )
        st.caption(t("On that date the unit does not make its usual night."))
        if st.form_submit_button(t("Set up the outing")):
            crew = crew_of(int(mediators), int(operators), spoken)
            made = mediation_outing(replace(units[unit], crew=crew), Night(day), opens, closes)
            set_out(store(), viewer, made)
            _done(t("{outing} on {day}.", outing=_outing(t, made), day=t.date(day, "full")))


def _call_off(t: Texts, viewer: Viewer, found: tuple[Day, ...]) -> None:
    every = [one for day in found for one in day.outings]
    if not every:
        return

    def title(one: Outing) -> str:
        return f"{t.date(one.night, 'short')} · {_outing(t, one)}"

    with st.expander(t("Call an outing off")), st.form("call_off", border=False):
        chosen = choose(t("Outing"), every, title, "outing_off")
        if st.form_submit_button(t("Call it off")):
            call_off(store(), viewer, chosen.unit.code, chosen.night.date)
            _done(t("The outing is called off."))


def _done(text: str) -> None:
    st.session_state["outing_said"] = text
    st.rerun()
