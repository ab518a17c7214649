"""The quarterly report, made when it is asked for."""

from __future__ import annotations

from functools import partial

import streamlit as st

from data.access import Viewer
from data.monitoring_parts import quarter_name
from data.monitoring_public import public_report
from data.monitoring_report import internal_report, last_quarter
from data.texts import Texts
from geo.errors import ProssimaError
from geo.quarter import Quarter
from screens.choose import choose
from screens.html import muted, notice
from screens.session import network, store

QUARTERS = 8
"""Quarters back that a report can be made of."""


def report_section(t: Texts, viewer: Viewer) -> None:
    """Choose a quarter, and take its report away."""
    st.subheader(t("Quarterly report"), anchor=False)
    which, internal, public = st.columns((4, 5, 5), gap="medium", vertical_alignment="bottom")
    with which:
        quarter = _quarter(t)
    with internal:
        _offer(
            t,
            t("Make the coordination’s report"),
            f"prossima-{quarter}-interno.pdf",
            "monitoring_internal",
            partial(internal_report, store(), viewer, network(), quarter, t),
        )
    if viewer.whole:
        with public:
            _offer_public(t, viewer, quarter)
    st.html(
        muted(
            t(
                "The coordination’s report names zones and stays with the coordination. The one "
                "that may leave holds published months of the region and nothing else."
            )
        )
    )


def public_section(t: Texts, viewer: Viewer) -> None:
    """The report that may leave alone."""
    st.subheader(t("Quarterly report"), anchor=False)
    which, make = st.columns((4, 10), gap="medium", vertical_alignment="bottom")
    with which:
        quarter = _quarter(t)
    with make:
        _offer_public(t, viewer, quarter)
    st.html(muted(t("It holds published months of the region and nothing else.")))


def _quarter(t: Texts) -> Quarter:
    """The quarter that is chosen, the last whole one first."""
    last = last_quarter(store())
    return choose(
        t("Quarter"),
        [last + -n for n in range(QUARTERS)],
        partial(quarter_name, t),
        "monitoring_quarter",
    )


def _offer_public(t: Texts, viewer: Viewer, quarter: Quarter) -> None:
    _offer(
        t,
        t("Make the report that may leave"),
        f"prossima-{quarter}.pdf",
        "monitoring_public",
        partial(public_report, store(), viewer, quarter, t),
    )


def _offer(t: Texts, label: str, name: str, key: str, make) -> None:  # type: ignore[no-untyped-def]
    """A report is made when it is asked for, and then offered."""
    if not st.button(label, key=f"{key}_make"):
        return
    try:
        with st.spinner(t("Making the report")):
            made: bytes = make()
    except ProssimaError as error:
        st.html(notice(t.sentence(error), "warning"))
        return
    st.download_button(
        t("Download {name}", name=name),
        data=made,
        file_name=name,
        mime="application/pdf",
        key=f"{key}_take",
        on_click="ignore",
    )
