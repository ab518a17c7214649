"""Reports: a municipality, or the coordinator, reports a conflict; codes alone, no person.

What a municipality reads here of its own reports and cases is a `Published`; nothing of
zones, presence or areas is read.
"""

from __future__ import annotations

import geopandas as gpd
import streamlit as st

from data import conflicts, releases
from data.access import Role, Viewer
from data.conflict_figures import CONFLICTS
from data.conflict_files import import_reports
from data.conflict_streets import streets_of
from data.conflict_words import coarsened_words, place_names
from data.settings import settings
from data.texts import Texts
from geo.conflicts import Band, Channel, ConflictReport, Reporter, Theme
from geo.municipalities import municipalities
from geo.night import Night
from screens.choose import by_name, choose
from screens.conflict_figures import months, tables
from screens.html import muted, notice
from screens.session import allowed, network, now, store, texts

ROLES = frozenset({Role.MUNICIPALITY, Role.COORDINATOR})


def page() -> None:
    """The page of who reports."""
    viewer = allowed(*ROLES)
    t = texts()
    st.title(t("Reports"))
    st.html(
        muted(
            t(
                "A report says what, when and in which neighbourhood: never who reports, an "
                "address, a name or a person in the street. In danger call 112."
            )
        )
    )
    if said := st.session_state.pop("report_said", None):
        st.success(said)
    form, figures = st.columns((1, 1), gap="large")
    with form:
        _form(t, viewer)
        if viewer.role is Role.COORDINATOR:
            _file(t, viewer)
    with figures:
        _figures(t, viewer)


def _town(t: Texts, viewer: Viewer, key: str) -> str:
    if viewer.municipality:
        return viewer.municipality
    names = municipalities().set_index("istat")["name"].to_dict()
    return choose(t("Municipality"), by_name(names), names.__getitem__, key)


def _form(t: Texts, viewer: Viewer) -> None:
    st.subheader(t("New report"), anchor=False)
    town = _town(t, viewer, "report_town")
    places = conflicts.places(store(), viewer)
    names = place_names(places[places["municipality"] == town])
    today = Night.of(now()).date
    _street(t, town, places)
    with st.form("report"):
        place = choose(t("Neighbourhood"), by_name(names), names.__getitem__, "report_place")
        theme = choose(t("What about"), list(Theme), t.word, "report_theme")
        first, second = st.columns(2)
        day = first.date_input(t("Day"), today, max_value=today, key="report_day")
        with second:
            band = choose(t("Hours"), list(Band), t.word, "report_band")
        intensity = st.slider(t("Intensity"), 1, 5, 3, key="report_intensity")
        third, fourth = st.columns(2)
        with third:
            reporter = choose(t("Who reports"), list(Reporter), t.word, "report_who")
        with fourth:
            channel = choose(t("How it came"), list(Channel), t.word, "report_channel")
        repeated = st.checkbox(t("Reported before"), key="report_repeated")
        if st.form_submit_button(t("Send the report"), type="primary"):
            conflicts.add_report(
                store(),
                viewer,
                ConflictReport(place, day, band, theme, intensity, channel, reporter, repeated),
            )
            st.session_state.pop("report_street", None)
            st.session_state["report_said"] = _received(t, theme)
            st.rerun()


def _received(t: Texts, theme: Theme) -> str:
    if settings().profile == "municipality":
        return t(
            "Received. The network takes over the reports at set times: in danger call 112 now."
        )
    if theme is Theme.ASSAULT:
        return t("Received: assault on persons goes to the coordinator as a safety alert.")
    return t("Received. Thank you.")


def _street(t: Texts, town: str, places: gpd.GeoDataFrame) -> None:
    """A street finds its neighbourhood; it is no part of the report."""
    known = streets_of(places, network()).names(town)

    def found() -> None:
        if street := st.session_state.get("report_street"):
            st.session_state["report_place"] = known[street]

    st.selectbox(
        t("Street, to find the neighbourhood"),
        list(known),
        index=None,
        placeholder=t("The street is kept nowhere"),
        key="report_street",
        on_change=found,
    )


def _file(t: Texts, viewer: Viewer) -> None:
    with st.expander(t("From a file")):
        given = st.file_uploader(t("CSV or XLSX of codes"), ("csv", "xlsx"), key="report_file")
        if given is None:
            return
        read = import_reports(store(), viewer, given.name, given.getvalue(), dry_run=True)
        st.html(
            notice(
                t(
                    "{count} reports, of which {folded} repeat another and count once.",
                    count=len(read.reports),
                    folded=read.folded,
                )
            )
        )
        if read.coarsened:
            st.html(muted(coarsened_words(t, read.coarsened)))
        if st.button(t("Keep these reports"), key="report_keep"):
            import_reports(
                store(), viewer, given.name, given.getvalue(), synthetic=store().synthetic()
            )
            st.session_state["report_said"] = t("The reports are kept.")
            st.rerun()


def _figures(t: Texts, viewer: Viewer) -> None:
    """A published month of one municipality: what was frozen, whatever has arrived since."""
    st.subheader(t("Figures of a month"), anchor=False)
    town = _town(t, viewer, "figures_town")
    told = releases.releases(store(), viewer, *CONFLICTS)
    if not told:
        st.html(notice(t("No month has figures to show yet.")))
        return
    month = choose(t("Month"), months(told), t.month, "figures_month")
    tables(t, told, town, month)
