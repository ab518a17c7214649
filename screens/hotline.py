"""Hotline: requests without a name and without an exact place, and the units that could come."""

from __future__ import annotations

import streamlit as st

from data import hotline
from data.access import Action, Role, Viewer, may
from data.hotline import Answer, Standing
from data.texts import Texts
from geo.contacts import Request
from geo.errors import ProssimaError
from geo.municipalities import municipalities
from geo.night import Night, nights
from routing.requests import HotlineRequest, RequestOutcome, Urgency
from screens.beside import beside
from screens.desks import LANGUAGES
from screens.html import muted, state, table
from screens.names import language_name, municipality_name, zone_name
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
        st.subheader(t("Open requests"), anchor=False)
        if not waiting:
            st.html(muted(t("No request is open.")))
        for standing in waiting:
            _card(t, viewer, standing)
        _ended(t, [one for one in every if one.outcome])


def _form(t: Texts, viewer: Viewer) -> None:
    tonight = Night.coming(now())
    names = municipalities().set_index("istat")["name"].sort_values()
    with st.form("request", border=False, clear_on_submit=True):
        place = st.selectbox(
            t("Municipality"), list(names.index), None, format_func=names.get, key="request-place"
        )
        kind = st.selectbox(
            t("What is asked for"), list(Request), None, format_func=t.word, key="request-kind"
        )
        urgency = st.segmented_control(
            t("How soon"),
            list(Urgency),
            format_func=t.word,
            default=Urgency.TONIGHT,
            required=True,
            key="request-urgency",
        )
        night = st.selectbox(
            t("Night"),
            list(nights(tonight, AHEAD)),
            format_func=lambda night: t.date(night, "full"),
            key="request-night",
        )
        one, two = st.columns(2)
        opens = one.text_input(t("Waits from"), "22:00", key="request-opens", max_chars=5)
        closes = two.text_input(t("until"), "23:30", key="request-closes", max_chars=5)
        language = st.selectbox(
            t("Language"),
            sorted(LANGUAGES, key=lambda code: language_name(t, code)),
            None,
            format_func=lambda code: language_name(t, code),
            placeholder=t("any"),
            key="request-language",
        )
        mediator = st.checkbox(t("with mediator"), key="request-mediator")
        if not st.form_submit_button(t("Enter the request"), type="primary", key="request-enter"):
            return
    if not (place and kind):
        st.error(t("Choose the municipality and what is asked for."))
        return
    try:
        request = HotlineRequest(
            key=hotline.new_key(store(), viewer, night),
            night=night.date,
            municipality=place,
            kind=kind,
            urgency=urgency,
            opens=opens,
            closes=closes,
            language=language,
            mediator=mediator,
            synthetic=store().synthetic(),
        )
        hotline.enter(store(), viewer, request)
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
            "–".join(_clock(t, request, time) for time in (request.opens, request.closes)),
            t.word(request.urgency),
            *([language_name(t, request.language)] if request.language else []),
            *([t("with mediator")] if request.mediator else []),
        ]
        st.html(muted(" · ".join(asked)))
        if standing.open:
            st.html(state(t("Nobody has accepted it yet."), "open"))
        else:
            st.html(state(_accepted(t, viewer, standing), "good"))
        if may(viewer, Action.WRITE_PROMISES):
            if standing.open:
                _answers(t, viewer, request)
            _ending(t, viewer, request.key)


def _clock(t: Texts, request: HotlineRequest, time: str) -> str:
    """A time of the night as a clock shows it: 26:00 is 02:00."""
    night = Night(request.night)
    return t.clock(night.at(night.parse_clock(time)))


def _accepted(t: Texts, viewer: Viewer, standing: Standing) -> str:
    """Who comes and when; to the hotline, when alone."""
    who = t("Accepted by a unit.")
    if may(viewer, Action.READ_UNITS):
        names = {unit.code: unit.name for unit in store().units(viewer)}
        unit = standing.unit or ""
        who = t("Accepted by {unit}.", unit=names.get(unit, unit))
    if standing.arrival is None:
        return who
    return " ".join((who, t("There at {time}.", time=t.clock(standing.arrival))))


def _answers(t: Texts, viewer: Viewer, request: HotlineRequest) -> None:
    """The units that could come, the first first, each with what it would give up."""
    held = session().answers
    if st.button(t("Who could come?"), key=f"ask-{request.key}"):
        with st.spinner(t("Each unit's night is planned again …")):
            held[request.key] = hotline.answer(store(), viewer, network(), request)
    answers = held.get(request.key)
    if answers is None:
        return
    for answer in [one for one in answers if one.error is None][: hotline.BEST]:
        text, button = st.columns((7, 2), vertical_alignment="center")
        text.html(muted(f"{answer.name}: {_said(t, answer)}"))
        if button.button(t("Accept"), key=f"accept-{request.key}-{answer.unit}", width="stretch"):
            _accept(t, viewer, request, answer)
    refusals = [(one.name, t.sentence(one.error)) for one in answers if one.error]
    if refusals:
        with st.expander(t("Who cannot come, and why")):
            st.html(table(t("Units that cannot come"), (t("Unit"), t("Why")), refusals))


def _said(t: Texts, answer: Answer) -> str:
    """`there at 22:40, home 15 min later; gives up Lucca 03`."""
    proposal, arrival = answer.proposal, answer.arrival
    if proposal is None or arrival is None:
        return t("no itinerary is published yet: it goes into the plan")
    parts = [t("there at {time}", time=t.clock(arrival))]
    if proposal.later >= 60:
        parts.append(t("home {minutes} later", minutes=t.minutes(proposal.later)))
    given_up = [(stop.zone and zone_name(stop.zone)) or stop.key for stop in proposal.dropped]
    parts.append(
        t("gives up {stops}", stops=tuple(given_up)) if given_up else t("gives up nothing")
    )
    return ", ".join(parts)


def _accept(t: Texts, viewer: Viewer, request: HotlineRequest, answer: Answer) -> None:
    try:
        hotline.accept(store(), viewer, request, answer)
    except ProssimaError as error:
        st.error(t.sentence(error))
    else:
        session().answers.pop(request.key, None)
        st.rerun()


def _ending(t: Texts, viewer: Viewer, key: str) -> None:
    with st.popover(t("How it ended")):
        for outcome in RequestOutcome:
            if st.button(t.word(outcome), key=f"end-{key}-{outcome.value}", width="stretch"):
                hotline.close(store(), viewer, key, outcome)
                session().answers.pop(key, None)
                st.rerun()


def _ended(t: Texts, ended: list[Standing]) -> None:
    if not ended:
        return
    st.subheader(t("Ended"), anchor=False)
    rows = [
        (
            municipality_name(one.request.municipality),
            t.word(one.request.kind),
            t.date(Night(one.request.night), "short"),
            t.word(one.outcome) if one.outcome else "",
        )
        for one in ended
    ]
    header = (t("Municipality"), t("What is asked for"), t("Night"), t("How it ended"))
    st.html(table(t("Requests that have ended"), header, rows))
