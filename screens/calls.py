"""Whom a crew calls, one tap each."""

from __future__ import annotations

import streamlit as st

from data.settings import Settings
from data.texts import Texts
from screens.numbers import numbers


def call_links(t: Texts, settings: Settings) -> None:
    """A large link to each number."""
    for name, number in numbers(t, settings):
        st.link_button(f"{name}: {number}", f"tel:{number.replace(' ', '')}", width="stretch")
