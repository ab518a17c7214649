"""Handovers on a crew's page: into whose hands somebody was brought, one tap each."""

from __future__ import annotations

import streamlit as st

from data import handovers
from geo.errors import ProssimaError
from geo.handovers import Receiver
from screens.html import muted
from screens.night import Crew
from screens.session import store

KEY = "prossima-handover"


def hand_over(crew: Crew, stop: str) -> None:
    """Count a person who was handed over at a stop: three buttons, and the last one back."""
    t = crew.t
    with st.expander(t("Handed over to a service")):
        st.html(muted(t("One tap, one person. Only a number is kept, by month and municipality.")))
        for receiver in Receiver:
            st.button(
                t.word(receiver).capitalize(),
                key=f"handed-{receiver.value}",
                width="stretch",
                on_click=_count,
                args=(crew, stop, receiver),
            )
        last: tuple[str, Receiver] | None = st.session_state.get(KEY)
        if last:
            st.html(muted(t("Counted: {receiver}.", receiver=t.word(last[1]))))
            st.button(
                t("Take back"),
                key="handed-back",
                type="tertiary",
                on_click=_count,
                args=(crew, *last),
                kwargs={"back": True},
            )


def _count(crew: Crew, stop: str, receiver: Receiver, *, back: bool = False) -> None:
    try:
        handovers.count_on_route(
            store(), crew.viewer, crew.night, crew.unit, stop=stop, receiver=receiver, back=back
        )
    except ProssimaError as error:
        st.error(crew.t.sentence(error))
        return
    st.session_state[KEY] = None if back else (stop, receiver)
