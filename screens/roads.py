"""Road network: what is in use, and how to bring in OpenStreetMap for real work."""

from __future__ import annotations

import streamlit as st
from markupsafe import Markup

from data.access import Action, Role, may
from data.messages import N_
from data.roads import ImportReport, Servers, import_network, network_info
from data.sensitive_places import bring_along
from data.settings import settings
from data.texts import Texts
from screens.html import notice, table
from screens.maps import show
from screens.session import allowed, palette, store, texts

ROLES = frozenset({Role.COORDINATOR, Role.NETWORK})
PHASES = {
    "download": N_("Asking OpenStreetMap's servers"),
    "ways": N_("Reading roads"),
    "nodes": N_("Reading points"),
    "edges": N_("Reading sections"),
    "joining": N_("Joining what can be driven"),
}


def page() -> None:
    """The road network of this installation."""
    viewer = allowed(*ROLES)
    t, colours = texts(), palette()
    st.title(t("Road network"))
    report = network_info(settings().home)
    if report.source == "schematic":
        st.html(
            notice(
                t(
                    "Schematic network: the main roads of Tuscany, drawn by hand. It is enough to "
                    "try the program out; for real nights bring in OpenStreetMap, street by street."
                )
            )
        )
    left, right = st.columns((8, 5), gap="medium")
    with left:
        show("roads", t("Map of the main roads of the network"), (), colours, height=560)
    with right:
        st.html(_facts(t, report))
        if may(viewer, Action.WRITE_SETTINGS):
            _offer(t)


def _facts(t: Texts, report: ImportReport) -> Markup:
    """The network in figures."""
    sources = {
        "schematic": t("schematic, part of the program"),
        "osm": "OpenStreetMap",
        "graphml": t("OpenStreetMap, by way of osmnx"),
        "iternet": t("road graph of the Tuscany Region"),
    }
    rows = [
        (t("Source"), sources.get(report.source, report.source)),
        (t("Area"), report.name),
        (t("Licence"), report.licence),
        (t("Crossings and ends"), t.number(report.nodes, 0)),
        (t("Sections, by direction"), t.number(report.edges, 0)),
        (t("Length, by direction"), t.kilometres(report.kilometres * 1000)),
        (t("Sections with a name"), f"{t.number(100 * report.named, 0)} %"),
    ]
    return table(t("The network in use"), (t("What"), t("Value")), rows)


def _offer(t: Texts) -> None:
    """Import by the name of a place; the network in use stays until all is done."""
    st.subheader(t("Bring in OpenStreetMap"), anchor=False)
    st.html(
        Markup('<p class="p-muted">{}</p>').format(
            t(
                "This asks the public servers of OpenStreetMap once and tells them which place you "
                "are interested in. From a file nobody is asked: the command “prossima network "
                "import FILE” reads .osm.pbf, .graphml and the Region's road graph."
            )
        )
    )
    place = st.text_input(t("Place"), placeholder="Empoli, Italia", key="place")
    if st.button(t("Import the roads"), key="import", disabled=not place):
        with st.status(t("Asking OpenStreetMap's servers")) as status:

            def tell(phase: str, count: int) -> None:
                words = t(PHASES.get(phase, phase))
                status.update(label=f"{words} {t.number(count, 0)}" if count else words)

            chosen = settings()
            servers = Servers(chosen.overpass_url, chosen.nominatim_url)
            import_network(place, chosen.home, tell, servers)
            bring_along(store(), place, chosen.home, servers)
            status.update(label=t("The new network is in use"), state="complete")
        st.rerun()
