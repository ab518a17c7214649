"""Desks: where and when somebody listens, which opens next, and in which languages."""

from __future__ import annotations

from dataclasses import replace

import shapely
import streamlit as st

from data.access import Action, Role, Viewer, may
from data.texts import Texts
from geo.desks import Desk, next_desks
from geo.errors import ProssimaError
from geo.municipalities import municipalities
from geo.opening import Opening
from layers.desks import desks as desks_layer
from layers.marks import Mark
from screens.desk_words import opening_words
from screens.html import muted, table
from screens.maps import show
from screens.names import hours, language_name, municipality_name
from screens.session import allowed, now, palette, store, texts

ROLES = frozenset({Role.COORDINATOR, Role.OPERATOR, Role.HOTLINE})
LANGUAGES = ("it", "en", "fr", "es", "pt", "ro", "sq", "bg", "uk", "ru", "ar", "zh", "pl", "hu")
"""Languages offered first (ISO 639-1)."""


def page() -> None:
    """All listening desks, the one that opens next first."""
    viewer = allowed(*ROLES)
    t, colours = texts(), palette()
    st.title(t("Desks"))
    every = store().desks(viewer)
    choice, _ = st.columns((5, 7))
    language = choice.selectbox(
        t("Language"),
        sorted({code for desk in every for code in desk.languages}),
        index=None,
        format_func=lambda code: language_name(t, code),
        placeholder=t("any"),
        key="desk-language",
    )
    wanted = frozenset({language} if language else ())
    coming = next_desks(every, now(), wanted)
    left, right = st.columns((5, 7), gap="medium")
    with left:
        marks = [
            Mark(shapely.Point(desk.lon, desk.lat), desk.name, (desk.name, hours(t, desk)))
            for desk, _ in coming
        ]
        label = t("Map of the listening desks; the table says the same")
        show("desks", label, (desks_layer(marks, colours),), colours, height=520)
    with right:
        st.html(_table(t, coming))
        closed = [desk.name for desk in every if desk.opening(now()) is None]
        if closed:
            st.html(muted(t("They do not open again: {desks}.", desks=tuple(closed))))
        if may(viewer, Action.WRITE_DESKS):
            _edit(t, viewer, {desk.code: desk for desk in every})


def _table(t: Texts, coming: tuple[tuple[Desk, Opening], ...]) -> str:
    header = (t("Desk"), t("Next open"), t("Where"), t("Hours"), t("Languages"), t("Who is there"))
    rows = [
        (
            desk.name,
            opening_words(t, opening, now()),
            ", ".join(filter(None, (desk.address, municipality_name(desk.municipality)))),
            hours(t, desk),
            ", ".join(language_name(t, code) for code in sorted(desk.languages)),
            _present(t, desk),
        )
        for desk, opening in coming
    ]
    return table(t("Listening desks, the one that opens next first"), header, rows, tall=True)


def _present(t: Texts, desk: Desk) -> str:
    there = [t("outreach worker")] * desk.operator + [t("mediator")] * desk.mediator
    kind = t("itinerant") if desk.itinerant else t("fixed")
    return f"{kind} · {t.list(there)}" if there else kind


def _edit(t: Texts, viewer: Viewer, known: dict[str, Desk]) -> None:
    """Add a desk, or change one; its code stays."""
    with st.expander(t("Add or change a desk")):
        code = st.selectbox(
            t("Desk"),
            list(known),
            index=None,
            format_func=lambda code: known[code].name,
            placeholder=t("a new one"),
            key="desk-chosen",
        )
        old = known.get(code) if code else None
        with st.form(f"desk-{code or 'new'}", border=False):
            if desk := _fields(t, old):
                _save(t, viewer, desk, known)


def _fields(t: Texts, old: Desk | None) -> dict[str, object] | None:
    """What the form holds, once it is sent."""
    key = f"desk-{old.code if old else 'new'}"
    names = municipalities().set_index("istat")["name"].sort_values()
    codes = list(names.index)
    left, right = st.columns(2)
    code = old.code if old else left.text_input(t("Code"), key=f"{key}-code", max_chars=12)
    values: dict[str, object] = {"code": code.strip()}
    values["name"] = right.text_input(
        t("Name"), old.name if old else "", key=f"{key}-name", max_chars=80
    )
    values["municipality"] = left.selectbox(
        t("Municipality"),
        codes,
        index=codes.index(old.municipality) if old else 0,
        format_func=names.get,
        key=f"{key}-place",
    )
    values["address"] = right.text_input(
        t("Address"), old.address if old else "", key=f"{key}-address", max_chars=120
    )
    values["opening_hours"] = st.text_input(
        t("Opening hours"),
        old.opening_hours if old else "",
        key=f"{key}-hours",
        placeholder="Mo,We 09:00-13:00; PH off",
        help=t("In OpenStreetMap's syntax: Mo Tu We Th Fr Sa Su, PH for holidays."),
    )
    spoken = sorted({*LANGUAGES, *(old.languages if old else ())})
    values["languages"] = frozenset(
        st.pills(
            t("Languages"),
            spoken,
            selection_mode="multi",
            wrap=True,
            default=sorted(old.languages) if old else ["it"],
            format_func=lambda code: language_name(t, code),
            key=f"{key}-languages",
        )
        or ()
    )
    one, two, three = st.columns(3)
    values["itinerant"] = one.checkbox(
        t("itinerant"), old.itinerant if old else False, key=f"{key}-itinerant"
    )
    values["operator"] = two.checkbox(
        t("operator always there"), old.operator if old else True, key=f"{key}-operator"
    )
    values["mediator"] = three.checkbox(
        t("mediator always there"), old.mediator if old else True, key=f"{key}-mediator"
    )
    return values if st.form_submit_button(t("Save"), type="primary", key=f"{key}-save") else None


def _save(t: Texts, viewer: Viewer, values: dict[str, object], known: dict[str, Desk]) -> None:
    try:
        desk = _desk(values, known)
        store().save_desks(viewer, [desk])
    except ProssimaError as error:
        st.error(t.sentence(error))
        return
    st.toast(t("Saved."))
    st.rerun()


def _desk(values: dict[str, object], known: dict[str, Desk]) -> Desk:
    """The desk of a form; a new one, or one that moves, stands at a point of its municipality."""
    old = known.get(str(values["code"]))
    if old and old.municipality == values["municipality"]:
        return replace(old, **values)  # type: ignore[arg-type]
    frame = municipalities().set_index("istat")
    spot = frame.loc[str(values["municipality"])].geometry.representative_point()
    return Desk(lon=spot.x, lat=spot.y, synthetic=store().synthetic(), **values)  # type: ignore[arg-type]
