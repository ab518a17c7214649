"""The desks that a crew can name tonight: which opens next, for each language it speaks."""

from __future__ import annotations

import streamlit as st
from markupsafe import Markup

from data.crews import referral_desks
from screens.desk_words import desk_items
from screens.html import muted
from screens.names import language_name
from screens.night import Crew
from screens.session import now, store


def next_desk(crew: Crew) -> None:
    """Name, time, place and languages of each, the soonest first."""
    t = crew.t
    wanted, found = referral_desks(store(), crew.viewer, crew.night, crew.unit)
    st.html(
        Markup('<h2>{}</h2><ol class="p-stops p-desks">{}</ol>').format(
            t("The desk that opens next"), desk_items(t, found, now())
        )
        if found
        else muted(t("No desk opens again in a language of this crew."))
    )
    missing = wanted.difference(*(languages for _, _, languages in found))
    if found and missing:
        names = t.list(language_name(t, code) for code in sorted(missing))
        st.html(muted(t("No desk speaks: {languages}.", languages=names)))
