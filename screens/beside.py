"""A form of a few fields beside what it adds to."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator


def beside(heading: str, *, first: bool = False) -> tuple[DeltaGenerator, DeltaGenerator]:
    """The place of the form, under its heading, and the place of what is there.

    `first`: on a phone the form stands above; else below.
    """
    sides = st.columns((4, 7) if first else (7, 4), gap="large")
    form, shown = sides if first else reversed(sides)
    form.subheader(heading, anchor=False)
    return form, shown
