"""Counting on a count night: one tap a person seen, and nothing that asks for a word."""

from __future__ import annotations

from enum import StrEnum

import streamlit as st

from data.settings import Settings
from geo.contacts import AgeClass, ContactKind, Gender, MacroArea
from routing.progress import EventKind, Progress, StopState
from screens.html import muted, notice
from screens.night import Crew
from screens.tally import choice, described, minor, persons_of, same_as_last, values_of

SAME = ("kind", "gender", "macro_area", "age_class", "persons")
"""What "same as the last" repeats."""


def seen(crew: Crew, stands: Progress, stop: str, settings: Settings) -> None:
    """Count who is seen at a stop; nobody is a count as well."""
    t = crew.t
    here = [each for each in stands.tallies if each.stop == stop]
    st.subheader(t("Persons seen"))
    st.html(
        muted(
            t(
                "Seen in passing: nobody is approached, nothing is asked. On each pass everybody "
                "counts anew."
            )
        )
    )
    with st.container(horizontal=True, key="tally_kinds"):
        for gender in Gender:
            crew.button(
                t.word(gender).capitalize(),
                f"count-{gender}",
                EventKind.TALLY,
                stop,
                primary=gender is Gender.DONNA,
                values={"kind": ContactKind.OSSERVATA.value, "gender": gender.value},
            )
    last = here[-1] if here else None
    with st.container(horizontal=True, key="tally_again"):
        same_as_last(crew, stands, stop, SAME)
        if last:
            crew.button(t("Undo the last"), "undo", EventKind.UNDONE, values={"event": last.id})
        else:
            crew.button(t("Passed: nobody seen"), "nobody", EventKind.LEFT, stop)
    _standing(crew, stands, stop, sum(int(values_of(each)["persons"]) for each in here))
    if last is None:
        return
    values = values_of(last)
    st.html(muted(t("The last one: {what}", what=described(t, values))))
    persons_of(crew, last, int(values["persons"]))
    lists: tuple[tuple[str, str, type[StrEnum]], ...] = (
        ("macro_area", t("Part of the world"), MacroArea),
        ("age_class", t("Perceived age"), AgeClass),
    )
    for name, label, codes in lists:
        choice(crew, last, name, label, codes)
    if values["age_class"] == AgeClass.APPARENTE_MINORE:
        minor(t, settings)


def _standing(crew: Crew, stands: Progress, stop: str, persons: int) -> None:
    """What stands of this pass: a number, nobody, or nothing yet, which is not nobody."""
    t, known = crew.t, stands.stop(stop)
    passed = known is not None and known.state in (StopState.HERE, StopState.DONE)
    if persons:
        words = t.plural("{count} person counted here.", "{count} persons counted here.", persons)
    elif passed:
        words = t("Passed, nobody seen.")
    else:
        words = t("Not passed yet.")
    st.html(notice(words, "good" if persons or passed else "info"))
