"""Free places: how many, for whom, in which wide area, whom to call; never where."""

from __future__ import annotations

import streamlit as st
from markupsafe import Markup

from data import free_places as kept
from data.access import Action, Role, Viewer, may
from data.texts import Texts
from geo.errors import ProssimaError
from geo.free_places import Free, FreePlaces, Target, WideArea
from screens.beside import beside
from screens.html import muted, table
from screens.session import allowed, now, store, texts

ROLES = frozenset({Role.COORDINATOR, Role.OPERATOR, Role.HOTLINE})


def page() -> None:
    """A table of areas and targets; below it a new entry."""
    viewer = allowed(*ROLES, needs=Action.READ_FREE_PLACES)
    t = texts()
    st.title(t("Free places"))
    st.html(
        muted(
            t(
                "What the protection programmes last said. No address, no municipality and no "
                "house is ever written down here: whoever needs a place calls the number."
            )
        )
    )
    said = _table(t, kept.free_places(store(), viewer))
    if may(viewer, Action.WRITE_FREE_PLACES):
        entry, shown = beside(t("What a programme says"))
        shown.html(said)
        with entry:
            _form(t, viewer)
    else:
        st.html(said)


def _table(t: Texts, said: tuple[FreePlaces, ...]) -> Markup:
    known = {(one.target, one.area): one for one in said}
    header = (t("For whom"), *(t.word(area) for area in WideArea))
    rows = [
        (t.word(target).capitalize(), *(_cell(t, known.get((target, area))) for area in WideArea))
        for target in Target
    ]
    return table(t("Free places by wide area"), header, rows, stacked=True)


def _cell(t: Texts, one: FreePlaces | None) -> Markup:
    if one is None:
        return Markup('<span class="p-muted">{}</span>').format(t("not known"))
    moment = now()
    when = t("{day}, {time}", day=t.date(one.entered.date(), "short"), time=t.clock(one.entered))
    parts = [Markup('<strong class="p-free p-free-{}">{}</strong>').format(one.free.name, one.free)]
    if one.emergency and one.free is not Free.NONE:
        parts.append(Markup("<div>{}</div>").format(t("also in an emergency")))
    link = Markup('<a href="tel:{}">{}</a>').format(one.call.replace(" ", ""), one.call)
    parts.append(Markup("<div>{}</div>").format(link))
    if one.stale(moment):
        when = t("{when}: too old, call first", when=when)
        parts.append(Markup('<div class="p-stale">{}</div>').format(when))
    else:
        parts.append(Markup('<div class="p-muted">{}</div>').format(when))
    return Markup("<div>{}</div>").format(Markup().join(parts))


def _form(t: Texts, viewer: Viewer) -> None:
    with st.form("places", border=False):
        area = st.segmented_control(
            t("Wide area"),
            list(WideArea),
            format_func=t.word,
            default=WideArea.CENTRO,
            required=True,
            key="places-area",
        )
        target = st.segmented_control(
            t("For whom"),
            list(Target),
            format_func=t.word,
            default=Target.DONNE,
            required=True,
            key="places-target",
        )
        free = st.segmented_control(
            t("Free"),
            list(Free),
            format_func=lambda free: free.value,
            default=Free.NONE,
            required=True,
            key="places-free",
        )
        emergency = st.checkbox(t("also in an emergency"), key="places-emergency")
        call = st.text_input(
            t("Number to call"),
            store().settings().hotline_regional,
            max_chars=20,
            key="places-call",
        )
        if not st.form_submit_button(t("Save"), type="primary", key="places-save"):
            return
    try:
        kept.say(store(), viewer, FreePlaces(area, target, free, emergency, call.strip(), now()))
    except ProssimaError as error:
        st.error(t.sentence(error))
    else:
        st.rerun()
