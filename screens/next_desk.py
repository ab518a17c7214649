"""The desks that a crew can name tonight: which opens next, for each language it speaks."""

from __future__ import annotations

import streamlit as st
from markupsafe import Markup

from data.crews import crew_languages
from geo.desks import next_by_language
from screens.desks import opening_words
from screens.html import muted
from screens.names import language_name, municipality_name
from screens.night import Crew
from screens.session import now, store

ITALIAN = frozenset({"it"})
"""What every desk speaks: asked for only where a crew speaks nothing else."""


def next_desk(crew: Crew) -> None:
    """Name, time, place and languages of each, the soonest first."""
    t = crew.t
    spoken = crew_languages(store(), crew.viewer, crew.night, crew.unit)
    wanted = spoken - ITALIAN or spoken
    found = next_by_language(store().desks(crew.viewer), now(), wanted)
    items = [
        Markup("<li><div><strong>{}</strong><small>{} · {}</small></div></li>").format(
            f"{desk.name}: {opening_words(t, opening, now())}",
            ", ".join(filter(None, (desk.address, municipality_name(desk.municipality)))),
            t.list(language_name(t, code) for code in sorted(languages)),
        )
        for desk, opening, languages in found
    ]
    st.html(
        Markup('<h2>{}</h2><ol class="p-stops p-desks">{}</ol>').format(
            t("The desk that opens next"), Markup().join(items)
        )
        if items
        else muted(t("No desk opens again in a language of this crew."))
    )
    missing = wanted.difference(*(languages for _, _, languages in found))
    if items and missing:
        names = t.list(language_name(t, code) for code in sorted(missing))
        st.html(muted(t("No desk speaks: {languages}.", languages=names)))
