"""The rest of the night planned again from the crew's page: asked, answered, confirmed."""

from __future__ import annotations

import streamlit as st

from data.replanning import Proposal, accept, propose
from data.running import RunningNight
from data.texts import Texts
from geo.errors import ProssimaError
from routing.progress import EventKind
from screens.html import muted, notice
from screens.names import stop_name
from screens.night import Crew, said
from screens.rest_words import cost
from screens.session import network, now, session, store


def rest(crew: Crew, stands: RunningNight) -> None:
    """Ask for the rest of the night from here on; nothing changes until it is confirmed."""
    t = crew.t
    st.html(
        muted(
            t(
                "From the last stop done and from now on. What is done stays, promises are kept, "
                "skipped stops do not come back."
            )
        )
    )
    if st.button(t("Work it out"), key="propose", width="stretch"):
        session().proposal = None
        try:
            with st.spinner(t("Planning the rest")):
                session().proposal = propose(store(), crew.viewer, network(), crew.night, crew.unit)
        except ProssimaError as error:
            st.error(t.sentence(error))
    proposal = session().proposal
    if proposal is None or (proposal.unit, proposal.version) != (crew.unit, stands.version):
        return
    _answer(t, proposal)
    st.button(
        t("Go on with this one"),
        key="accept",
        type="primary",
        width="stretch",
        on_click=_accepted,
        args=(crew, proposal),
    )


def _accepted(crew: Crew, proposal: Proposal) -> None:
    session().proposal = None
    try:
        version = accept(store(), crew.viewer, proposal)
    except ProssimaError as error:
        said().trouble = crew.t.sentence(error)
        return
    # Who asked for it has seen it.
    crew.say(EventKind.CONFIRMED, version=version)


def _answer(t: Texts, proposal: Proposal) -> None:
    if proposal.assumed:
        st.html(notice(t("No arrival was noted: the crew is taken to be where its plan has it.")))
    lines = [
        f"{name}: {t.list(stop_name(t, stop) for stop in stops_)}."
        for name, stops_ in ((t("Added"), proposal.added), (t("Left out"), proposal.dropped))
        if stops_
    ]
    if not lines:
        lines = [t("The same stops remain.")]
    st.html(notice(" ".join([*lines, cost(t, proposal.later, proposal.metres)])))
    done = len(proposal.itinerary.stops)
    ahead = [stop for stop in proposal.itinerary.stops if stop.arrival >= now()]
    st.html(
        muted(
            t(
                "{count} stops in all; the next ones: {stops}",
                count=done,
                stops="; ".join(
                    f"{t.clock(stop.begin)} {stop_name(t, stop)}" for stop in ahead[:4]
                ),
            )
        )
    )
