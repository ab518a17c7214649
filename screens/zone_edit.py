"""Change what is known of a zone, archive it, take it into use again."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from data.access import Viewer
from data.cells import Unreadable, read_windows, write_windows
from data.texts import Texts
from geo.errors import ProssimaError
from geo.zone_changes import ZoneChange
from geo.zones import Access, PlaceType, PresenceWindow, Zone
from screens.html import muted
from screens.names import language_name, zone_name, zone_title
from screens.session import store

PLACES = tuple(PlaceType)
ACCESS = tuple(Access)
TARGETS = (7, 14, 28)


def edit(t: Texts, viewer: Viewer, zone: Zone, languages: list[str]) -> None:
    """All that a crew must know; where it lies changes by a proposal or an import alone."""
    # The zone is part of each key: another zone's form begins with that zone's values.
    key = f"zone-{zone.code}"
    with st.expander(t("Edit")), st.form(f"{key}-edit", border=False):
        left, right = st.columns(2)
        place_type = left.selectbox(
            t("Kind of place"),
            PLACES,
            index=PLACES.index(zone.place_type),
            format_func=t.word,
            key=f"{key}-place",
        )
        access = right.selectbox(
            t("How to get there"),
            ACCESS,
            index=ACCESS.index(zone.access),
            format_func=t.word,
            key=f"{key}-access",
        )
        hours = windows_field(t, f"{key}-windows", zone.windows)
        left, middle, right = st.columns(3)
        usual = left.number_input(
            t("Minutes of a visit"), 1, 240, zone.service_minutes, key=f"{key}-minutes"
        )
        shortest = middle.number_input(
            t("at least"),
            1,
            240,
            zone.shortest_minutes or zone.service_minutes,
            key=f"{key}-shortest",
            help=t("What a visit may be cut to; the same as above: it is never cut."),
        )
        target = right.selectbox(
            t("Days between visits"),
            TARGETS,
            index=TARGETS.index(zone.revisit_days),
            key=f"{key}-target",
        )
        spoken = st.pills(
            t("Languages, of which the crew speaks one"),
            languages,
            selection_mode="multi",
            wrap=True,
            default=sorted(zone.languages),
            format_func=lambda code: language_name(t, code),
            key=f"{key}-languages",
        )
        mediator = st.checkbox(t("with mediator"), zone.mediator, key=f"{key}-mediator")
        discreet = st.checkbox(
            t("discreet: unmarked units only"), zone.discreet, key=f"{key}-quiet"
        )
        if st.form_submit_button(t("Save"), type="primary", key=f"{key}-save"):
            _save(
                t,
                viewer,
                hours,
                replace_with=lambda windows: replace(
                    zone,
                    place_type=place_type,
                    access=access,
                    windows=windows,
                    service_minutes=int(usual),
                    shortest_minutes=None if shortest == usual else int(shortest),
                    revisit_days=target,
                    languages=frozenset(spoken),
                    mediator=mediator,
                    discreet=discreet,
                ),
            )


def windows_field(t: Texts, key: str, windows: tuple[PresenceWindow, ...]) -> str:
    """A field for the hours of a zone, as `data.cells.read_windows` takes them."""
    return st.text_input(
        t("Hours"),
        write_windows(windows),
        key=key,
        help=t("For instance: mon-fri 21:00-01:00; sat 22:00-03:00. Without days: every night."),
    )


def read_hours(t: Texts, text: str) -> tuple[PresenceWindow, ...] | None:
    """The hours of such a field; None, with a sentence on the page, where it has none."""
    try:
        return read_windows(text)
    except Unreadable as error:
        st.error(t("The hours cannot be read: expected {expected}.", expected=error.expected))
        return None


def _save(t, viewer, hours, replace_with) -> None:  # type: ignore[no-untyped-def]
    windows = read_hours(t, hours)
    if windows is None:
        return
    try:
        store().change_zones(viewer, ZoneChange(saved=(replace_with(windows),)))
    except ProssimaError as error:
        st.error(t.sentence(error))
        return
    st.rerun()


def archive(t: Texts, viewer: Viewer, zone: Zone) -> None:
    """Take a zone out of use, after a second look."""
    with st.popover(t("Archive this zone")):
        st.markdown(
            t(
                "{zone} is no longer planned, listed or estimated. What is known of it stays, its "
                "code is never given to another place, and it can be taken into use again.",
                zone=zone_name(zone.code),
            )
        )
        if st.button(t("Archive"), key=f"archive-{zone.code}"):
            try:
                store().change_zones(viewer, ZoneChange(archived=frozenset({zone.code})))
            except ProssimaError as error:
                st.error(t.sentence(error))
                return
            st.rerun()


def bring_back(t: Texts, viewer: Viewer) -> None:
    """The archived zones, each of which can be taken into use again."""
    gone = {zone.code: (zone, day) for zone, day in store().archived_zones(viewer)}
    if not gone:
        return
    with st.expander(t("Archived zones")):
        st.html(
            muted(t.plural("{count} zone is archived.", "{count} zones are archived.", len(gone)))
        )
        code = st.selectbox(
            t("Archived zone"),
            list(gone),
            format_func=lambda code: (
                f"{zone_title(t, gone[code][0])}, {t('since {day}', day=gone[code][1])}"
            ),
            key="zone_archived",
        )
        if st.button(t("Take into use again"), key="zone_back"):
            store().save_zones(viewer, [gone[code][0]])
            st.rerun()
