"""Closing the night: what was planned and done, who was met, and what only the crew knows."""

from __future__ import annotations

import streamlit as st

from data.night_report import NightReport, night_report
from data.running import RunningNight
from data.texts import Texts
from routing.progress import EventKind, Weather
from screens.html import figures, muted, notice
from screens.night import Crew


def closing(crew: Crew, stands: RunningNight) -> None:
    """The night's figures, and the form that closes it; it may be closed again until noon."""
    t = crew.t
    closed = stands.progress.report
    if closed is not None:  # outside, for the form folds up when what is above it changes
        st.html(notice(t("The night is closed; what is added now still counts."), "good"))
    box = st.expander(
        t("Close the night"), expanded=stands.expired, key="closing", on_change="rerun"
    )
    if not box.open:
        return
    report = night_report(stands)
    with box:
        st.html(figures(_figures(t, report)))
        for line in _lines(t, report):
            st.html(muted(line))
        with st.form("close_night", border=False):
            weather = st.selectbox(
                t("Weather"),
                list(Weather),
                index=list(Weather).index(Weather(closed["weather"]))
                if closed and "weather" in closed
                else 0,
                format_func=t.word,
                key="weather",
            )
            kilometres = st.number_input(
                t("Kilometres by the van's counter"),
                min_value=0,
                max_value=2000,
                value=int(closed["kilometres"] if closed else report.driven / 1000),
                key="kilometres",
            )
            sent = st.form_submit_button(t("Close the night"), type="primary", width="stretch")
        counting = stands.itinerary.counting
        st.html(
            muted(
                t("Entries are taken until {moment}.", moment=counting.until)
                if counting
                else t("Late entries are taken until noon.")
            )
        )
        chosen = Weather(weather or Weather.CLEAR).value
        if sent and crew.say(EventKind.CLOSED, weather=chosen, kilometres=int(kilometres)):
            st.rerun(scope="fragment")


def _figures(t: Texts, report: NightReport) -> list[tuple[str, str]]:
    pairs = [
        (t("stops planned"), report.planned),
        (t("stops done"), report.done),
        (t("stops skipped"), sum(report.skipped.values())),
        (t("persons contacted"), report.contacted),
        (t("persons seen"), report.seen),
        (t("persons unapproachable"), report.unapproachable),
    ]
    return [(name, str(number)) for name, number in pairs]


def _lines(t: Texts, report: NightReport) -> list[str]:
    lines = []
    if report.skipped:
        why = t.list(f"{t.word(reason)} ({count})" for reason, count in report.skipped.items())
        lines.append(t("Skipped: {reasons}", reasons=why))
    if report.other:
        lines.append(t("By telephone or indoors: {count}", count=report.other))
    if report.materials:
        given = t.list(f"{t.word(kind)} {count}" for kind, count in report.materials.items())
        lines.append(t("Handed out: {materials}", materials=given))
    return lines
