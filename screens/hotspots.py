"""Where more is met than effort explains: a layer on the map of zones, and its table."""

from __future__ import annotations

from collections.abc import Mapping

import folium
import geopandas as gpd
import shapely
import streamlit as st

from data import fieldwork
from data.access import Viewer
from data.messages import N_
from data.texts import Texts
from geo.errors import InputError, ProssimaError
from geo.zones import Zone
from layers.hotspots import hotspots
from layers.marks import Mark
from layers.palette import Palette
from screens.html import muted, notice, table
from screens.names import zone_name
from screens.session import store

SWITCH = "zones_hotspots"
CLASSES = {
    "hot": N_("more than effort explains"),
    "cold": N_("fewer than effort explains"),
}


def chosen_layer(
    t: Texts, viewer: Viewer, zones: Mapping[str, Zone], colours: Palette
) -> list[folium.GeoJson]:
    """The layer, where it is switched on and enough is known."""
    if not st.session_state.get(SWITCH):
        return []
    try:
        found = _found(viewer)
    except InputError:
        return []  # `switch` says why
    marks = []
    for row in found[found["kind"] != ""].itertuples(index=False):
        title = f"{_zones_in(zones, row.geometry, t)}: {t(CLASSES[row.kind])}"
        lines = (title, t("{rate} persons an hour of looking", rate=row.rate))
        marks.append((Mark(row.geometry, title, lines), row.kind))
    return [hotspots(marks, colours)]


def switch(t: Texts, viewer: Viewer, zones: Mapping[str, Zone]) -> None:
    """Turn the layer on or off; its table, and what it says and does not say."""
    if not st.toggle(t("Show where more is met than effort explains"), key=SWITCH):
        return
    try:
        found = _found(viewer)
    except ProssimaError as error:
        st.html(notice(t.sentence(error)))
        return
    said = found[found["kind"] != ""].sort_values("q")
    if said.empty:
        st.html(notice(t("No place stands out: what is met follows the hours spent looking.")))
        return
    rows = [
        (
            _zones_in(zones, row.geometry, t),
            t(CLASSES[row.kind]),
            t.number(row.rate, 2),
            t.number(row.hours, 1),
            t.number(row.q, 4),
        )
        for row in said.itertuples(index=False)
    ]
    with st.expander(t("Places that stand out, as a table")):
        header = (
            t("Zones"),
            t("Met are"),
            t("Persons an hour"),
            t("Hours looked"),
            t("False discoveries"),
        )
        st.html(
            table(
                t("Hexagons that stand out"), header, rows, numeric=frozenset({2, 3, 4}), tall=True
            )
        )
        st.html(
            muted(
                t(
                    "Hexagons of about 0.7 km² compared with their neighbours (Getis and Ord’s "
                    "Gi*), false discoveries held to 5 %. Fewer met is never a success."
                )
            )
        )


def _found(viewer: Viewer) -> gpd.GeoDataFrame:
    return _cached(viewer.role, store().revision())


@st.cache_resource(max_entries=2, show_spinner=False)
def _cached(role, revision):  # type: ignore[no-untyped-def]
    """By role and revision of the data, which is all that it depends on."""
    # A tuple cannot name a column "class".
    return fieldwork.hotspots(store(), Viewer(role)).rename(columns={"class": "kind"})


def _zones_in(zones: Mapping[str, Zone], shape: shapely.Geometry, t: Texts) -> str:
    """The names of the zones that a hexagon touches."""
    names = [zone_name(code) for code, zone in zones.items() if zone.geometry.intersects(shape)]
    return t.list(names) or t("another province")
