"""Counting contacts on the street: one tap counts, the taps that follow say more of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Any

import streamlit as st

from data.settings import Settings
from data.tallies import DEFAULTS
from data.texts import Texts
from geo.contacts import (
    MOST_PERSONS,
    AgeClass,
    ContactKind,
    Gender,
    Known,
    MacroArea,
    Material,
    Referral,
    Request,
    Signal,
)
from routing.progress import EventKind, Progress, Tally
from screens.calls import call_links
from screens.html import muted, notice
from screens.night import Crew

SAME = ("kind", "gender", "macro_area", "age_class", "known", "persons")
"""What "same as the last" repeats; what was asked for or handed out is each person's own."""


def tally(crew: Crew, stands: Progress, stop: str, settings: Settings) -> None:
    """Count at a stop."""
    t = crew.t
    here = [each for each in stands.tallies if each.stop == stop]
    st.subheader(t("Contacts"))
    st.html(
        muted(t("A person is counted once a night at most, by whichever crew meets them first."))
    )
    with st.container(horizontal=True, key="tally_kinds"):
        for kind in ContactKind:
            crew.button(
                t.word(kind).capitalize(),
                f"count-{kind}",
                EventKind.TALLY,
                stop,
                primary=kind is ContactKind.CONTATTATA,
                values={"kind": kind.value},
            )
    last = here[-1] if here else None
    with st.container(horizontal=True, key="tally_again"):
        same_as_last(crew, stands, stop, SAME)
        if last:
            crew.button(t("Undo the last"), "undo", EventKind.UNDONE, values={"event": last.id})
    persons = sum(int(values_of(each)["persons"]) for each in here)
    st.html(
        notice(
            t.plural("{count} person counted here.", "{count} persons counted here.", persons),
            "good" if persons else "info",
        )
    )
    if last:
        _more(crew, last)
        if values_of(last)["age_class"] == AgeClass.APPARENTE_MINORE:
            minor(t, settings)


def same_as_last(crew: Crew, stands: Progress, stop: str, fields: Collection[str]) -> None:
    """Count another with these `fields` of the last one, wherever that was."""
    if stands.last:
        values = {name: value for name, value in values_of(stands.last).items() if name in fields}
        crew.button(crew.t("Same as the last"), "again", EventKind.TALLY, stop, values=values)


def minor(t: Texts, settings: Settings) -> None:
    """What to do when somebody looks under age."""
    st.error(
        t(
            "Apparent minor: call before anything else. Stay together, ask nothing more, promise "
            "nothing. First the coordination; 112 where there is danger. The entry is counted "
            "and never drawn on a map."
        )
    )
    call_links(t, settings)


def _more(crew: Crew, last: Tally) -> None:
    """What can be said of the last contact: each choice is kept as it is tapped."""
    t = crew.t
    values = values_of(last)
    st.html(muted(t("The last one: {what}", what=described(t, values))))
    lists: tuple[tuple[str, str, type[StrEnum]], ...] = (
        ("gender", t("Perceived gender"), Gender),
        ("macro_area", t("Part of the world"), MacroArea),
        ("age_class", t("Perceived age"), AgeClass),
        ("known", t("Known"), Known),
    )
    for name, label, codes in lists:
        choice(crew, last, name, label, codes)
    more = t("Persons, materials, requests, referrals")
    box = st.expander(more, key="tally_more", on_change="rerun")
    if not box.open:
        return
    with box:
        persons_of(crew, last, int(values["persons"]))
        _materials(crew, last, values)
        several: tuple[tuple[str, str, type[StrEnum]], ...] = (
            ("requests", t("Asked for"), Request),
            ("referrals", t("Referred to"), Referral),
            ("signals", t("Prompts for a talk"), Signal),
        )
        for name, label, codes in several:
            choice(crew, last, name, label, codes, several=True)


def choice(
    crew: Crew,
    last: Tally,
    name: str,
    label: str,
    codes: type[StrEnum],
    *,
    several: bool = False,
) -> None:
    """One list of which a code (or several) is tapped, kept as it is tapped."""
    key = f"{name}-{last.id}"

    def amend() -> None:
        chosen = st.session_state[key]
        if not several and chosen is None:
            chosen = "nr"
        crew.say(EventKind.AMENDED, event=last.id, **{name: chosen})

    words = {code.value: crew.t.word(code) for code in codes}
    said = last.values.get(name)
    default = list(said or []) if several else (said if said != "nr" else None)
    options = [code for code in words if code != "nr"]
    st.pills(
        label,
        options,
        selection_mode="multi" if several else "single",
        default=default,
        format_func=words.__getitem__,
        key=key,
        on_change=amend,
    )


def persons_of(crew: Crew, last: Tally, persons: int) -> None:
    """One person more or less in the last contact."""
    t = crew.t
    with st.container(horizontal=True, vertical_alignment="center"):
        for label, number in (("−", persons - 1), ("+", persons + 1)):
            if 1 <= number <= MOST_PERSONS:
                crew.button(
                    t("{sign} 1 person", sign=label),
                    f"persons{label}",
                    EventKind.AMENDED,
                    values={"event": last.id, "persons": number},
                )


def _materials(crew: Crew, last: Tally, values: Mapping[str, Any]) -> None:
    with st.container(horizontal=True, key="tally_materials"):
        for material in Material:
            name = f"materials_{material}"
            count = int(values.get(name, 0))
            label = f"{crew.t.word(material)} {f'× {count}' if count else ''} +".replace("  ", " ")
            crew.button(
                label,
                f"give-{material}",
                EventKind.AMENDED,
                values={"event": last.id, name: count + 1},
            )


def described(t: Texts, values: Mapping[str, Any]) -> str:
    """A contact in a few words."""
    lists = {
        "kind": ContactKind, "gender": Gender, "macro_area": MacroArea,
        "age_class": AgeClass, "known": Known,
    }  # fmt: skip
    parts = [t.word(codes(values[name])) for name, codes in lists.items() if values[name] != "nr"]
    return f"{values['persons']} × {', '.join(parts)}"


def values_of(tally: Tally) -> dict[str, Any]:
    """A contact's fields, those not said as the list has them."""
    return {**DEFAULTS, **tally.values}
