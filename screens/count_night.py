"""Count night (*mappatura*): planned as a whole, held or postponed by the weather, published."""

from __future__ import annotations

import streamlit as st

from data import counts
from data.access import Action, Role, Viewer
from data.count_entries import CountState
from data.counts import Count
from data.texts import Texts
from geo.count_weather import Forecast, Gate
from geo.night import HOUR
from screens.board import board
from screens.count_form import form, planned, split
from screens.count_result import outcome
from screens.html import figures, muted, notice, state, table
from screens.plans import Shown
from screens.session import allowed, now, palette, session, store, texts

ROLES = frozenset({Role.COORDINATOR})
NEW = 0
"""Stands for a count that is not there yet, among the numbers of those that are."""


def page() -> None:
    """The coordinator's page."""
    viewer = allowed(*ROLES, needs=Action.READ_COUNTS)
    t = texts()
    st.title(t("Count night"))
    if not planned(t):
        return
    known = counts.counts(store(), viewer)
    by_number = {one.id: one for one in known}
    wanted = session().count_shown
    numbers = [NEW, *by_number]
    number = st.segmented_control(
        t("Count"),
        numbers,
        format_func=lambda one: _named(t, by_number.get(one)),
        default=wanted if wanted in numbers else next(iter(by_number), NEW),
        required=True,
        key=f"count-{len(known)}-{wanted}",
        label_visibility="collapsed",
    )
    count = by_number.get(number or NEW)
    if count is None:
        form(t, viewer)
    else:
        _shown(t, viewer, count)


def _named(t: Texts, count: Count | None) -> str:
    if count is None:
        return t("Plan a new one")
    return f"{t.date(count.night)} · {t.word(count.state)}"


def _shown(t: Texts, viewer: Viewer, count: Count) -> None:
    plan = counts.plan_of(store(), viewer, count)
    begun = now() >= count.opens
    if begun or count.summary is not None:
        outcome(t, viewer, count)
    if not begun:
        gate, hand_over = st.columns((1, 1), gap="large")
        with gate:
            _gate(t, viewer, count)
        with hand_over:
            _hand_over(t, viewer, count, has_plan=plan is not None)
    elif count.weather:
        _decisions(t, count)
    if plan is None:
        if not begun and count.state is not CountState.CANCELLED:
            st.subheader(t("Plan this night"), anchor=False)
            form(t, viewer, count)
        return
    zones = {zone.code: zone for zone in store().zones(viewer)}
    shown = Shown(plan, zones, {}, palette(), t)
    if not begun:
        st.html(figures(_figures(t, count, shown)))
    st.subheader(t("The plan"), anchor=False)
    units = {code: unit for code, unit in shown.units.items() if code in shown.itineraries}
    organisations = {unit.code: unit.organisation for unit in store().units(viewer)}
    if count.owners:
        split(t, count.owners, {
            code: (organisations.get(code, ""), len(shown.itineraries[code].stops), unit["name"])
            for code, unit in units.items()
        })  # fmt: skip
    board(shown)


def _figures(t: Texts, count: Count, shown: Shown) -> list[tuple[str, str]]:
    homes = [one.home for one in shown.itineraries.values()]
    first, last = count.terms.window(count.night)
    pairs = [
        (t("zones"), t.number(len(count.owners), 0)),
        (t("passes of each"), t.number(count.terms.passes, 0)),
        (t("crews"), t.number(len(homes), 0)),
        (t("window"), f"{count.terms.opens}–{count.terms.closes} ({(last - first) // HOUR} h)"),
        (t("last return"), t.clock(max(homes))),
    ]
    if (least := count.bound.get("crews", 1)) > 1:
        pairs.append((t("crews, at least"), t.number(least, 0)))
    return pairs


def _gate(t: Texts, viewer: Viewer, count: Count) -> None:
    """The forecast is entered here, and the rule says what follows."""
    rule = store().settings().count_rule
    st.subheader(t("Weather"), anchor=False)
    st.html(
        muted(
            t(
                "Held with up to {rain} mm of rain in an hour and gusts of up to {wind} km/h, "
                "without fog; else it waits for its reserve. The rule stands in the settings.",
                rain=t.number(rule.rain, 1),
                wind=t.number(rule.wind, 0),
            )
        )
    )
    _decisions(t, count)
    if count.state is CountState.CANCELLED:
        st.html(notice(t("No night was left for this count: plan it anew on another night.")))
        return
    begins = count.opens - counts.BEFORE
    if now() < begins:
        st.html(notice(t("The forecast can be entered from {moment} on.", moment=begins)))
        return
    with st.form("count_weather", border=True):
        rain, wind, fog = st.columns(3, gap="small", vertical_alignment="bottom")
        heaviest = rain.number_input(
            t("Heaviest rain, mm in an hour"), 0.0, 200.0, None, 0.1, key="count_rain"
        )
        strongest = wind.number_input(
            t("Strongest gust, km/h"), 0.0, 250.0, None, 1.0, key="count_wind"
        )
        foggy = fog.checkbox(t("Fog is expected"), key="count_fog")
        sent = st.form_submit_button(t("Decide by this forecast"), width="stretch")
    if not sent:
        return
    if heaviest is None or strongest is None:
        st.error(t("Rain and wind are both needed: without them the night is not decided."))
        return
    counts.decide(store(), viewer, count.id, Forecast(heaviest, strongest, bool(foggy)))
    session().count_shown = count.id
    st.rerun()


def _decisions(t: Texts, count: Count) -> None:
    """What the gate has said so far, with the numbers it rested on."""
    if not count.weather:
        return
    rows = []
    for one in reversed(count.weather):
        against = t.list(t.word(what) for what in one.rule.against(one.forecast))
        said = t.word(one.gate)
        rows.append(
            (
                t.moment(one.entered),
                t.date(one.night, "short"),
                f"{t.number(one.forecast.rain, 1)} mm",
                f"{t.number(one.forecast.wind, 0)} km/h",
                t("yes") if one.forecast.fog else t("no"),
                said if one.gate is Gate.HELD else f"{said}: {against}",
            )
        )
    header = (t("Entered"), t("Night"), t("Rain"), t("Gusts"), t("Fog"), t("By the rule"))
    st.html(table(t("What the rule has said, the latest first"), header, rows))


def _hand_over(t: Texts, viewer: Viewer, count: Count, *, has_plan: bool) -> None:
    """Publish, or say what is missing; and the way back."""
    st.subheader(t("Itineraries"), anchor=False)
    published = store().published(viewer, count.night)
    done = has_plan and any(plan == count.plan for plan in published.values())
    if count.first != count.night:
        st.html(muted(t("First planned for {night}, moved by the weather.", night=count.first)))
    if count.reserve is not None:
        st.html(muted(t("Reserve: {night}", night=t.date(count.reserve, "full"))))
    if done:
        st.html(state(t("Published: each crew reads its own itinerary."), "good"))
    elif not has_plan:
        st.html(state(t("To be planned for this night."), "open"))
    elif count.state is not CountState.HELD:
        st.html(state(t("A draft: crews get it once the forecast holds the night."), "open"))
    else:
        label = t("Publish and replace") if published else t("Publish the itineraries")
        if st.button(label, type="primary", key="count_publish"):
            counts.publish(store(), viewer, count.id, replacing=bool(published))
            session().count_shown = count.id
            st.rerun()
    with st.popover(t("Take this count back")):
        st.html(muted(t("Its plan stays as a draft; itineraries that crews have are withdrawn.")))
        if st.button(t("Take it back"), key="count_remove"):
            counts.remove(store(), viewer, count.id)
            session().count_shown = None
            st.rerun()
