"""Off-site contact: a crew says that all is well, the coordination sees who has not."""

from __future__ import annotations

import streamlit as st

from data.access import Viewer
from data.check_ins import check_in_of, check_ins
from data.running import RunningNight
from geo.night import Night
from routing.progress import EventKind
from screens.html import muted
from screens.night import Crew
from screens.session import now, store, texts

REFRESH = 60
"""Seconds after which the coordination's page looks again."""


def say_all_well(crew: Crew, night: RunningNight, every: int) -> None:
    """The crew's: by when it should be heard again, and a button to be heard now."""
    stands = check_in_of(night, every, now())
    if stands.due is None:
        return
    t, missed = crew.t, stands.missed(now())
    if missed:
        text = t(
            "The coordination has been waiting for a sign of yours since {time}.",
            time=t.clock(stands.due),
        )
        st.warning(text)
    else:
        text = t("Check-in by {time}; everything that you enter counts.", time=t.clock(stands.due))
        st.html(muted(text))
    crew.button(t("All is well"), "all-well", EventKind.CHECKED_IN, primary=missed)


@st.fragment(run_every=REFRESH)
def missed_check_ins(viewer: Viewer) -> None:
    """The coordination's: the units that should have been heard of, until they are."""
    t, moment = texts(), now()
    missing = [
        one for one in check_ins(store(), viewer, Night.of(moment)) if one.check_in.missed(moment)
    ]
    for one in missing:
        assert one.check_in.due is not None
        since = t.clock(one.check_in.due)
        if one.check_in.heard is None:
            said = t(
                "{unit} has not been heard of since it left: a sign was due at {time}. Call.",
                unit=one.name,
                time=since,
            )
        else:
            said = t(
                "{unit} was last heard of at {heard}: a sign was due at {time}. Call.",
                unit=one.name,
                heard=t.clock(one.check_in.heard),
                time=since,
            )
        st.error(said)
