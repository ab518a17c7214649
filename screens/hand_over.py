"""Handovers on a crew's page: into whose hands somebody was brought, one tap each."""

from __future__ import annotations

import streamlit as st

from data.running import RunningNight
from geo.handovers import Receiver
from routing.progress import EventKind
from screens.html import muted
from screens.night import Crew


def hand_over(crew: Crew, stands: RunningNight, stop: str) -> None:
    """Count a person who was handed over at a stop: three buttons, and the last one back."""
    t = crew.t
    box = st.expander(t("Handed over to a service"), key="handed", on_change="rerun")
    if not box.open:
        return
    with box:
        st.html(
            muted(
                t(
                    "One tap, one person. The tap is kept seven nights as all taps are, and then "
                    "only a number, by month and municipality."
                )
            )
        )
        for receiver in Receiver:
            crew.button(
                t.word(receiver).capitalize(),
                f"handed-{receiver.value}",
                EventKind.HANDED,
                stop,
                values={"receiver": receiver.value},
            )
        handed = stands.progress.handed
        if handed:
            st.html(muted(t("Counted: {receiver}.", receiver=t.word(handed[-1].receiver))))
            values: dict[str, object] = {"event": handed[-1].id}
            crew.button(t("Take back"), "handed-back", EventKind.UNDONE, values=values)
