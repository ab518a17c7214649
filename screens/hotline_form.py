"""What a hotline request asks for, in a form: codes and hours, no word of one's own."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TypedDict

import streamlit as st

from data.texts import Texts
from geo.contacts import Request
from geo.municipalities import municipalities
from geo.night import Night
from routing.requests import HotlineRequest, Urgency
from screens.desks import LANGUAGES
from screens.names import language_name


class Asked(TypedDict):
    """The fields of a `HotlineRequest` that are entered."""

    night: date
    municipality: str
    kind: Request
    urgency: Urgency
    opens: str
    closes: str
    language: str | None
    mediator: bool


def asked_for(
    t: Texts, key: str, ahead: Iterable[Night], known: HotlineRequest | None = None
) -> Asked | None:
    """The form, filled in as `known` where there is one; what it says once it is sent whole."""
    names = municipalities().set_index("istat")["name"].sort_values()
    places, kinds, coming = list(names.index), list(Request), list(ahead)
    spoken = sorted(LANGUAGES, key=lambda code: language_name(t, code))
    with st.form(key, border=False, clear_on_submit=known is None):
        place = st.selectbox(
            t("Municipality"),
            places,
            places.index(known.municipality) if known else None,
            format_func=names.get,
            key=f"{key}-place",
        )
        kind = st.selectbox(
            t("What is asked for"),
            kinds,
            kinds.index(known.kind) if known else None,
            format_func=t.word,
            key=f"{key}-kind",
        )
        urgency = st.segmented_control(
            t("How soon"),
            list(Urgency),
            format_func=t.word,
            default=known.urgency if known else Urgency.TONIGHT,
            required=True,
            key=f"{key}-urgency",
        )
        night = st.selectbox(
            t("Night"),
            coming,
            coming.index(Night(known.night)) if known else 0,
            format_func=lambda night: t.date(night, "full"),
            key=f"{key}-night",
        )
        one, two = st.columns(2)
        opens = one.text_input(
            t("Waits from"), known.opens if known else "22:00", key=f"{key}-opens", max_chars=5
        )
        closes = two.text_input(
            t("until"), known.closes if known else "23:30", key=f"{key}-closes", max_chars=5
        )
        language = st.selectbox(
            t("Language"),
            spoken,
            spoken.index(known.language) if known and known.language else None,
            format_func=lambda code: language_name(t, code),
            placeholder=t("any"),
            key=f"{key}-language",
        )
        mediator = st.checkbox(
            t("with mediator"), known.mediator if known else False, key=f"{key}-mediator"
        )
        label = t("Keep the changes") if known else t("Enter the request")
        if not st.form_submit_button(label, type="primary", key=f"{key}-enter", width="stretch"):
            return None
    if not (place and kind):
        st.error(t("Choose the municipality and what is asked for."))
        return None
    return {
        "night": night.date,
        "municipality": place,
        "kind": kind,
        "urgency": urgency,
        "opens": opens,
        "closes": closes,
        "language": language,
        "mediator": mediator,
    }
