"""Zones: how each stands, what is known of it, what a visit is worth; edit and archive."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import folium
import streamlit as st

from data.access import Action, Role, Viewer
from data.texts import Texts
from geo.night import Night, nights
from geo.zones import Zone
from layers.coverage import chosen, coverage
from layers.marks import Mark
from layers.shades import themed
from routing.coverage import Coverage
from screens import hotspots
from screens.html import figures, notice
from screens.maps import show
from screens.names import zone_title
from screens.pictures import legend, style
from screens.session import allowed, now, palette, store, texts
from screens.standing import counts, covered, last, province_picker, since
from screens.zone_detail import Known, card, facts, hours, need, parts, visits
from screens.zone_edit import archive, bring_back, edit

ROLES = frozenset({Role.COORDINATOR})
HEIGHT = 520
ROUND = 0.045
"""Degrees round a chosen zone that the map shows, so that one knows where it lies."""

AHEAD = 7
"""Nights whose need can be looked at, from tonight on."""


def page() -> None:
    """The coordinator's page of all zones, and of one."""
    viewer = allowed(*ROLES, needs=Action.READ_ZONES)
    t, colours = texts(), palette()
    style()
    st.title(t("Zones"))
    zones = {zone.code: zone for zone in store().zones(viewer)}
    if not zones:
        text = t(
            "There is no zone yet: import your own with “prossima zones import FILE”, or look for "
            "zones in a file of contacts on the page “Data”."
        )
        st.html(notice(text))
        bring_back(t, viewer)
        return
    tonight = Night.coming(now())
    where, which, when = st.columns((4, 7, 4), gap="medium", vertical_alignment="bottom")
    with where:
        province = province_picker(t, zones.values(), "zone_province")
    here = {code: zone for code, zone in zones.items() if province in (None, zone.province_code)}
    found = covered(viewer, here.values(), tonight)
    with which:
        code = _pick(t, here, found)
    with when:
        night: Night = st.selectbox(
            t("Need on the night of"),
            list(nights(tonight, AHEAD)),
            format_func=lambda one: t.date(one, "full"),
            key="zone_night",
            disabled=code is None,
        )
    known = _known(viewer, here[code], found) if code else None
    left, right = st.columns((7, 6), gap="medium")
    with left:
        _map(t, here, found, known, hotspots.chosen_layer(t, viewer, here, colours))
        st.html(legend(t, themed().standing))
        hotspots.switch(t, viewer, here)
    with right:
        if known is None:
            st.html(figures((t.word(one), str(count)) for one, count in counts(found).items()))
            st.html(facts(t, here, found, colours))
        else:
            st.html(card(t, known, colours))
            need(t, known, night, store().settings().need_weights)
    if known is not None:
        hours(t, known, night, colours)
        parts(t, known, night)
        past, change = st.columns((6, 7), gap="medium")
        with past:
            visits(t, known, _met(viewer, known.zone.code))
        with change:
            st.subheader(t("Keep up to date"), anchor=False)
            edit(t, viewer, known.zone, _languages(viewer, here))
            archive(t, viewer, known.zone)
        with st.expander(t("All zones as a table")):
            st.html(facts(t, here, found, colours))
    bring_back(t, viewer)


def _pick(t: Texts, zones: Mapping[str, Zone], found: tuple[Coverage, ...]) -> str | None:
    """One zone, or none for the view of all; the most behind stand first."""
    codes = [one.zone for one in found]
    if st.session_state.get("zone_chosen") not in (None, *codes):
        st.session_state["zone_chosen"] = None  # it lies in another province, or is archived
    picked: str | None = st.selectbox(
        t("Zone"),
        [None, *codes],
        format_func=lambda code: zone_title(t, zones[code]) if code else t("all on the map"),
        key="zone_chosen",
    )
    return picked


def _known(viewer: Viewer, zone: Zone, found: tuple[Coverage, ...]) -> Known:
    presence, visits = store().presence(viewer), store().visits(viewer)
    return Known(
        zone,
        next(one for one in found if one.zone == zone.code),
        presence[presence["zone"] == zone.code],
        tuple(visits.loc[visits["zone"] == zone.code, "night"]),
    )


def _map(
    t: Texts,
    zones: Mapping[str, Zone],
    found: tuple[Coverage, ...],
    known: Known | None,
    below: list[folium.GeoJson],
) -> None:
    """All zones by their standing over the layers `below`, the chosen one marked."""
    colours = palette()
    marks = [(_mark(t, zones[one.zone], one), one.standing.value) for one in found]
    layers = [*below, coverage(marks, colours)]
    if known:
        layers.append(chosen(_mark(t, known.zone, known.coverage), colours))
    show(
        "zones",
        t("Map of the zones; the table beside it says the same"),
        layers,
        colours,
        view=[known.zone.geometry.buffer(ROUND)]
        if known
        else [zone.geometry for zone in zones.values()],
        height=HEIGHT,
    )


def _mark(t: Texts, zone: Zone, one: Coverage) -> Mark:
    title = zone_title(t, zone)
    return Mark(
        zone.geometry,
        f"{title}: {t.word(one.standing)}",
        (title, t.word(one.standing), since(t, one), f"{t('Last visit')}: {last(t, one)}"),
    )


def _met(viewer: Viewer, code: str) -> dict[date, int]:
    """Persons counted in a zone by night, of the contacts that are still kept."""
    contacts = store().contacts(viewer)
    here = contacts[contacts["zone"] == code]
    counted: dict[Any, int] = here.groupby("night")["count"].sum().to_dict()
    return counted


def _languages(viewer: Viewer, zones: Mapping[str, Zone]) -> list[str]:
    """The languages that crews speak or zones ask for."""
    spoken = {
        language
        for unit in store().units(viewer)
        for member in unit.crew.members
        for language in member.languages
    }
    return sorted(spoken.union(*(zone.languages for zone in zones.values())))
