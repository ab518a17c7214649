"""Hotline: requests without a name and without an exact place, and the units that could come."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import streamlit as st

from data import hotline, hotline_changes
from data.access import Action, Role, Viewer, may
from data.hotline import Answer, Standing
from data.texts import Texts
from geo.errors import ProssimaError
from geo.night import Night, nights
from routing.requests import SAID, HotlineRequest
from screens.beside import beside
from screens.hotline_form import asked_for
from screens.hotline_words import offer_words, waits
from screens.html import muted, notice, state, table
from screens.names import language_name, municipality_name
from screens.session import allowed, network, now, session, store, texts

ROLES = frozenset({Role.COORDINATOR, Role.HOTLINE})
AHEAD = 7
"""Nights that a request may be for."""


def page() -> None:
    """Enter a request on the left; on the right those that are open, and those that ended."""
    viewer = allowed(*ROLES)
    t = texts()
    st.title(t("Hotline"))
    numbers = store().settings()
    st.html(
        muted(
            t(
                "Regional hotline {regional} · national hotline {national}. A request holds codes "
                "alone: no name, no number, no exact place.",
                regional=numbers.hotline_regional,
                national=numbers.hotline_national,
            )
        )
    )
    entry, shown = beside(t("A new request"), first=True)
    with entry:
        _form(t, viewer)
    with shown:
        every = hotline.requests(store(), viewer, Night.of(now()))
        waiting = [one for one in every if one.outcome is None]
        ended = [one for one in every if one.outcome]
        _called_off(t, viewer, ended)
        st.subheader(t("Open requests"), anchor=False)
        if not waiting:
            st.html(muted(t("No request is open.")))
        for standing in waiting:
            _card(t, viewer, standing)
        _ended(t, ended)


def _form(t: Texts, viewer: Viewer) -> None:
    asked = asked_for(t, "request", nights(Night.coming(now()), AHEAD))
    if asked is None:
        return
    try:
        key = hotline.new_key(store(), viewer, Night(asked["night"]))
        request = HotlineRequest(key=key, synthetic=store().synthetic(), **asked)
        hotline.enter(store(), viewer, request)
    except ProssimaError as error:
        st.error(t.sentence(error))
    else:
        st.rerun()


def _change(t: Texts, viewer: Viewer, standing: Standing) -> None:
    """The same form, filled in; what a change means for a crew stands above it."""
    request = standing.request
    with st.popover(t("Change the request"), width="stretch"):
        if not standing.open:
            words = t(
                "A unit has accepted it. Where place, night, hours, language or mediator change, "
                "its crew is told that nobody waits there, and the request is open again."
            )
            st.html(notice(words))
        tonight = Night.coming(now())
        ahead = dict.fromkeys((Night(request.night), *nights(tonight, AHEAD)))
        asked = asked_for(t, f"change-{request.key}", ahead, request)
        if asked is None:
            return
        try:
            changed = replace(request, **asked)
            hotline_changes.change(store(), viewer, changed)
        except ProssimaError as error:
            st.error(t.sentence(error))
        else:
            st.rerun()


def _withdraw(t: Texts, viewer: Viewer, standing: Standing) -> None:
    """For who answers the telephone: who coordinates says how a request ended."""
    with st.popover(t("Withdraw"), width="stretch"):
        if standing.open:
            words = t("Nobody has accepted it: it ends as withdrawn.")
        else:
            words = t(
                "A unit has accepted it. If it is not there yet, its page says at once that nobody "
                "waits; here you see when the crew has confirmed that it has read it."
            )
        st.html(muted(words))
        if not st.button(
            t("Withdraw the request"), key=f"withdraw-{standing.request.key}", width="stretch"
        ):
            return
        try:
            hotline_changes.withdraw(store(), viewer, standing.request.key)
        except ProssimaError as error:
            st.error(t.sentence(error))
        else:
            st.rerun()


def _card(t: Texts, viewer: Viewer, standing: Standing) -> None:
    """One request: what is asked for, who could come, how it ended."""
    request = standing.request
    with st.container(border=True):
        st.markdown(f"**{municipality_name(request.municipality)} · {t.word(request.kind)}**")
        asked = [
            t.date(Night(request.night), "full"),
            waits(t, request),
            t.word(request.urgency),
            *([language_name(t, request.language)] if request.language else []),
            *([t("with mediator")] if request.mediator else []),
        ]
        st.html(muted(" · ".join(asked)))
        if standing.open:
            st.html(state(t("Nobody has accepted it yet."), "open"))
        else:
            st.html(state(_accepted(t, viewer, standing), "good"))
        coordinates = may(viewer, Action.WRITE_PROMISES)
        if coordinates and standing.open:
            _answers(t, viewer, request)
        with st.container(horizontal=True, key=f"acts-{request.key}"):
            _change(t, viewer, standing)
            if coordinates:
                _ending(t, viewer, request)
            else:
                _withdraw(t, viewer, standing)


def _accepted(t: Texts, viewer: Viewer, standing: Standing) -> str:
    """Who comes and when; to the hotline, when alone."""
    who = t("Accepted by a unit.")
    if may(viewer, Action.READ_UNITS):
        who = t("Accepted by {unit}.", unit=_who(t, viewer, standing.unit or ""))
    if standing.arrival is None:
        return who
    return " ".join((who, t("There at {time}.", time=t.clock(standing.arrival))))


def _who(t: Texts, viewer: Viewer, unit: str) -> str:
    """A unit by its name, for who may know it."""
    if not may(viewer, Action.READ_UNITS):
        return t("the crew")
    return {each.code: each.name for each in store().units(viewer)}.get(unit, unit)


def _answers(t: Texts, viewer: Viewer, request: HotlineRequest) -> None:
    """The units that could come, the first first, each with what it would give up."""
    held = session().answers
    if st.button(t("Who could come?"), key=f"ask-{request.key}"):
        with st.spinner(t("Each unit's night is planned again …")):
            held[request] = hotline.answer(store(), viewer, network(), request)
    answers = held.get(request)
    if answers is None:
        return
    for answer in [one for one in answers if one.error is None][: hotline.BEST]:
        text, button = st.columns((7, 2), vertical_alignment="center")
        text.html(muted(f"{answer.name}: {offer_words(t, answer)}"))
        if button.button(t("Accept"), key=f"accept-{request.key}-{answer.unit}", width="stretch"):
            _accept(t, viewer, request, answer)
    refusals = [(one.name, t.sentence(one.error)) for one in answers if one.error]
    if refusals:
        with st.expander(t("Who cannot come, and why")):
            st.html(table(t("Units that cannot come"), (t("Unit"), t("Why")), refusals))


def _accept(t: Texts, viewer: Viewer, request: HotlineRequest, answer: Answer) -> None:
    try:
        hotline.accept(store(), viewer, request, answer)
    except ProssimaError as error:
        st.error(t.sentence(error))
    else:
        session().answers.pop(request, None)
        st.rerun()


def _ending(t: Texts, viewer: Viewer, request: HotlineRequest) -> None:
    with st.popover(t("How it ended"), width="stretch"):
        for outcome in SAID:
            key = f"end-{request.key}-{outcome.value}"
            if st.button(t.word(outcome), key=key, width="stretch"):
                hotline.close(store(), viewer, request.key, outcome)
                session().answers.pop(request, None)
                st.rerun()


def _called_off(t: Texts, viewer: Viewer, ended: Iterable[Standing]) -> None:
    """Crews that may still be driving to where nobody waits: they are called."""
    for one in ended:
        if one.told is not False:
            continue
        place, who = municipality_name(one.request.municipality), _who(t, viewer, one.unit or "")
        text = t(
            "{place}: called off, and {unit} has not confirmed yet that it has read it. Whoever "
            "coordinates calls the crew.",
            place=place,
            unit=who,
        )
        st.html(notice(text, "warning"))


def _ended(t: Texts, ended: list[Standing]) -> None:
    if not ended:
        return
    st.subheader(t("Ended"), anchor=False)
    rows = [
        (
            municipality_name(one.request.municipality),
            t.word(one.request.kind),
            t.date(Night(one.request.night), "short"),
            _end(t, one),
        )
        for one in ended
    ]
    header = (t("Municipality"), t("What is asked for"), t("Night"), t("How it ended"))
    st.html(table(t("Requests that have ended"), header, rows))


def _end(t: Texts, one: Standing) -> str:
    """How a request ended, and what its crew knows of it."""
    assert one.outcome is not None
    word = t.word(one.outcome)
    if one.told is None:
        return word
    knows = t("the crew knows") if one.told else t("the crew has not confirmed yet")
    return f"{word}; {knows}"
