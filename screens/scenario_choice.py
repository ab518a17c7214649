"""Put scenarios together: one change after the other, several scenarios side by side."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from data.messages import N_
from data.named_places import named_places
from data.texts import Texts
from routing.scenarios import Change, Kind, Scenario
from routing.units import Role, Unit
from screens.html import muted
from screens.names import language_name
from screens.scenario_words import letter, named, scenario_name
from screens.session import session

MOST = 9
"""Scenarios that are compared at once."""

OWN = -1
"""In place of a scenario's number: a new one."""

STEPS = (-120, -90, -60, -30, 30, 60)
"""Minutes by which a shift may end earlier or later."""

KINDS = {
    Kind.WITHOUT_UNIT: N_("One unit fewer"),
    Kind.HOURS: N_("Other hours"),
    Kind.WITHOUT_LANGUAGE: N_("A language is missing"),
    Kind.BASE: N_("Another base"),
}


def choose(t: Texts, units: Sequence[Unit]) -> None:
    """The scenarios there are, and one change more for a new one or for one of them."""
    trials, names = session().trials, {unit.code: unit.name for unit in units}
    kind = st.segmented_control(
        t("What if"),
        list(KINDS),
        format_func=lambda one: t(KINDS[one]),
        default=Kind.WITHOUT_UNIT,
        required=True,
        key="scenario_kind",
    )
    short = [
        t(
            "together with {letter}: {name}",
            letter=letter(number),
            name=scenario_name(t, one, names),
        )
        for number, one in enumerate(trials.scenarios)
    ]
    # The next change is one of a scenario of its own again, until it is said otherwise.
    added = st.session_state.pop("scenario_added", False)
    if added or st.session_state.get("scenario_target") not in range(OWN, len(short)):
        st.session_state["scenario_target"] = OWN
    what, where, act = st.columns((6, 5, 3), gap="medium", vertical_alignment="bottom")
    with what:
        change = _change(t, kind, units)
    with where:
        target = st.selectbox(
            t("In"),
            list(range(OWN, len(short))),
            format_func=lambda one: t("a scenario of its own") if one == OWN else short[one],
            key="scenario_target",
        )
    full = len(trials.scenarios) >= MOST and target == OWN
    asked = act.button(
        t("Add"), key="scenario_add", disabled=change is None or full, width="stretch"
    )
    if asked and change is not None:
        trials.scenarios = _with(trials.scenarios, change, target)
        st.session_state["scenario_added"] = True
        st.rerun()
    if kind is Kind.WITHOUT_LANGUAGE:
        text = t("Its mediators stay at home; somebody who speaks Italian takes their place.")
        st.html(muted(text))
    for number, name in enumerate(named(t, trials.scenarios, names)):
        with st.container(horizontal=True, vertical_alignment="center", key=f"scenario-{number}"):
            st.markdown(name)
            if st.button(t("Take back"), key=f"scenario_drop-{number}", type="tertiary"):
                kept = [one for place, one in enumerate(trials.scenarios) if place != number]
                trials.scenarios = tuple(kept)
                st.rerun()


def _with(scenarios: tuple[Scenario, ...], change: Change, target: int) -> tuple[Scenario, ...]:
    """The scenarios with one change more, in a new one or in that of a number."""
    if target == OWN:
        return (*scenarios, (change,))
    return tuple(
        (*one, change) if number == target and change not in one else one
        for number, one in enumerate(scenarios)
    )


def _change(t: Texts, kind: Kind, units: Sequence[Unit]) -> Change | None:
    """The change that is being described; None while something is missing."""
    names = {unit.code: unit.name for unit in units}
    if kind is Kind.WITHOUT_LANGUAGE:
        spoken = mediators(units)
        language = st.selectbox(
            t("Language"),
            sorted(spoken),
            format_func=lambda code: f"{language_name(t, code)} ({t.list(spoken[code])})",
            key="scenario_language",
        )
        return None if language is None else Change(kind, language=language)
    everyone = [""] if kind is Kind.HOURS else []
    one, other = st.columns((1, 1), gap="small") if kind is not Kind.WITHOUT_UNIT else (st, st)
    unit = one.selectbox(
        t("Unit"),
        [*everyone, *names],
        format_func=lambda code: names.get(code) or t("every unit"),
        key=f"scenario_unit-{kind.value}",
    )
    if unit is None or kind is Kind.WITHOUT_UNIT:
        return None if unit is None else Change(kind, unit)
    if kind is Kind.HOURS:
        minutes = other.selectbox(
            t("The shift ends"),
            STEPS,
            index=STEPS.index(-60),
            format_func=lambda m: (
                t("{count} min earlier", count=-m) if m < 0 else t("{count} min later", count=m)
            ),
            key="scenario_minutes",
        )
        return Change(kind, unit, minutes=minutes)
    places = named_places()
    place = other.selectbox(
        t("From"),
        list(places),
        index=None,
        placeholder=t("Municipality or hamlet"),
        format_func=lambda name: f"{name} ({places[name][0]})",
        key="scenario_place",
    )
    return None if place is None else Change(kind, unit, base=places[place][1])


def mediators(units: Sequence[Unit]) -> dict[str, list[str]]:
    """Languages other than Italian that a mediator speaks, with the units they go out with."""
    found: dict[str, list[str]] = {}
    for unit in units:
        for member in unit.crew.members:
            if member.role is Role.MEDIATOR:
                for language in member.languages - {"it"}:
                    known = found.setdefault(language, [])
                    if unit.name not in known:
                        known.append(unit.name)
    return found
