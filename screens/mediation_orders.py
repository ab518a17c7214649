"""The form of an ordinance: places, hours, days."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import streamlit as st

from data import conflicts
from data.access import Viewer
from data.texts import Texts
from geo.ordinances import Ordinance
from screens.choose import by_name
from screens.session import store


def order_form(t: Texts, viewer: Viewer, names: Mapping[str, str], today: date) -> None:
    """Add an ordinance, or change the one with the same code."""
    with st.expander(t("Add an ordinance")), st.form("ordinance", border=False):
        code = st.text_input(t("Code"), max_chars=20, key="order_code")
        chosen = st.multiselect(
            t("Places"), by_name(names), format_func=names.__getitem__,
            key="order_places",
        )  # fmt: skip
        first, second, third, fourth = st.columns(4)
        opens = first.text_input(t("From hour"), "21:00", key="order_opens")
        closes = second.text_input(t("To hour"), "06:00", key="order_closes")
        start = third.date_input(t("First day"), today, key="order_start")
        end = fourth.date_input(t("Last day"), None, key="order_end")
        if not st.form_submit_button(t("Save the ordinance")):
            return
        pairs = conflicts.save_ordinance(
            store(),
            viewer,
            Ordinance(
                code=code.strip(),
                municipality=chosen[0][:6] if chosen else "",
                places=tuple(chosen),
                opens=opens,
                closes=closes,
                start=start,
                end=end,
                synthetic=store().synthetic(),
            ),
        )
        others = [one if other == code else other for one, other in pairs]
        if others:
            st.session_state["order_said"] = t(
                "Saved. It overlaps with {codes}: both stay in force.", codes=t.list(others)
            )
        else:
            st.session_state["order_said"] = t("Saved.")
        st.rerun()
    if said := st.session_state.pop("order_said", None):
        st.success(said)
