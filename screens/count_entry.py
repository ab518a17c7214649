"""A count night that is over and still entered: what was seen is taken for 24 hours."""

from __future__ import annotations

import streamlit as st

from data.access import Action, Viewer, may
from data.counts import counts
from data.running import running
from data.texts import Texts
from geo.errors import ProssimaError
from geo.night import Night
from screens.session import now, store


def late_count(t: Texts, viewer: Viewer, unit: str | None, tonight: Night) -> tuple[Night, ...]:
    """The count night that a unit still enters, where it has nothing to drive or asks for it."""
    this = Night.of(now())
    for night in (this, this + -1):
        if unit is None or night == tonight or not _open(viewer, night, unit):
            continue
        try:
            running(store(), viewer, tonight, unit)
        except ProssimaError:
            return (night,)
        asked = st.toggle(
            t("Enter what was seen on the count of {night}", night=night), key="late_count"
        )
        return (night,) if asked else ()
    return ()


def counted_units(viewer: Viewer) -> list[str]:
    """The units of count nights that are over and still entered, for the coordination."""
    if not may(viewer, Action.READ_COUNTS):
        return []
    this = Night.of(now())
    late = [
        one.night
        for one in counts(store(), viewer)
        if one.night in (this, this + -1) and one.opens <= now() < one.entry_until
    ]
    return [unit for night in late for unit in store().published(viewer, night)]


def _open(viewer: Viewer, night: Night, unit: str) -> bool:
    try:
        stands = running(store(), viewer, night, unit)
    except ProssimaError:
        return False
    counting = stands.itinerary.counting
    return counting is not None and stands.expired and now() < counting.until
