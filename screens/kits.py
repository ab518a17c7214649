"""Kits on board: how many each unit takes along on a night, where they are counted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import streamlit as st

from data.access import Viewer
from data.planning import night_outings
from data.texts import Texts
from geo.night import Night
from routing.itinerary import Itinerary
from screens.session import store

MOST = 9999


def kits_on_board(t: Texts, viewer: Viewer, night: Night, units: Iterable[str]) -> None:
    """A number for each unit that goes out, kept for that night as soon as it is entered."""
    st.caption(
        t(
            "Kits on board: a unit goes to no more people than it has kits for. "
            "Empty: they are not counted."
        )
    )
    for outing in night_outings(store(), viewer, night, units):
        unit = outing.unit
        entered = st.number_input(
            unit.name,
            min_value=0,
            max_value=MOST,
            value=unit.kits,
            step=1,
            placeholder=t("not counted"),
            key=f"kits-{night}-{unit.code}",
        )
        if entered != unit.kits:
            store().save_outing(viewer, replace(outing, unit=replace(unit, kits=entered)))


def kits_to_take(t: Texts, itinerary: Itinerary) -> str | None:
    """What a crew takes along, in a sentence; None where its kits are not counted."""
    if itinerary.kits is None:
        return None
    return t.plural("{count} kit to take along", "{count} kits to take along", itinerary.kits)
