"""Mediation cases on the page: by state, what was done, and the next step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import partial

import streamlit as st
from markupsafe import Markup

from data import mediation
from data.access import Viewer
from data.mediation import Kept
from data.mediation_letter import letter
from data.texts import Texts
from geo.conflicts import Theme
from geo.mediation import (
    CaseAction,
    CaseState,
    Harm,
    MediationAction,
    MediationCase,
    Outcome,
    Participant,
    acted,
    advanced,
    ended,
)
from geo.ordinances import Ordinance
from screens.case_picture import legend, year_picture
from screens.choose import by_name, choose
from screens.html import figures, muted, notice, table
from screens.release_figures import drawn
from screens.session import palette, store

CHECK = timedelta(days=14)
"""Days to the next date that a form proposes."""


def cases_section(
    t: Texts,
    viewer: Viewer,
    kept: Sequence[Kept],
    waiting: Sequence[MediationCase],
    *,
    names: Mapping[str, str],
    orders: Sequence[Ordinance],
    today: date,
) -> None:
    """Cases by state, the year as a picture, those due, one case with its next step."""
    st.subheader(t("Mediation cases"), anchor=False)
    if said := st.session_state.pop("case_said", None):
        st.success(said)
    if waiting:
        due = t.list(
            f"{one.key} ({t.date(one.next_date, 'short')})" for one in waiting if one.next_date
        )
        st.html(notice(t("A date has come for: {cases}.", cases=due), "warning"))
    states = [one.case.state for one in kept]
    st.html(figures((t.word(state), str(states.count(state))) for state in CaseState))
    if kept:
        _year(t, kept, orders, names, today)
        _list(t, kept, names)
        _one(t, viewer, kept, names, today)
    _new(t, viewer, names, today)


def _year(
    t: Texts,
    kept: Sequence[Kept],
    orders: Sequence[Ordinance],
    names: Mapping[str, str],
    today: date,
) -> None:
    cases = [one.case for one in kept]
    picture = year_picture(t, cases, orders, names=names, today=today, palette=palette())
    said = t("The year of mediation; the tables of cases and ordinances say the same")
    wide = Markup(
        '<div class="p-scroll p-year" tabindex="0" role="region" aria-label="{}">{}</div>'
    )
    st.html(wide.format(t("The year of mediation"), drawn(picture, said)))
    st.html(muted(legend(t)))


def _list(t: Texts, kept: Sequence[Kept], names: Mapping[str, str]) -> None:
    st.html(
        table(
            t("Cases, the newest first"),
            (t("Case"), t("Place"), t("What about"), t("State"), t("Next date"), t("Outcome")),
            [
                (
                    one.key,
                    names.get(one.place, "–"),
                    t.list(map(t.word, one.themes)),
                    t.word(one.state),
                    t.date(one.next_date, "short") if one.next_date else "–",
                    t.word(one.outcome) if one.outcome else "–",
                )
                for one in (each.case for each in kept)
            ],
            stacked=True,
        )
    )


def _one(
    t: Texts, viewer: Viewer, kept: Sequence[Kept], names: Mapping[str, str], today: date
) -> None:
    keys = {one.case.key: one for one in kept}

    def title(key: str) -> str:
        return f"{key} · {names.get(keys[key].case.place, '–')}"

    key = choose(t("Case"), list(keys), title, "case_chosen")
    chosen = keys[key]
    case = chosen.case
    steps = [(t("opened"), "–", case.opened)]
    steps += [
        (t.word(a.kind), t.list(map(t.word, a.with_whom)) or "–", a.day) for a in case.actions
    ]
    if case.closed and case.outcome:
        harm = t("Harm: {harm}", harm=t.word(case.harm))
        steps.append((t("closed: {outcome}", outcome=t.word(case.outcome)), harm, case.closed))
    elif case.next_date:
        steps.append((t("next date"), "–", case.next_date))
    st.html(
        table(
            t("Timeline of the case {case}", case=case.key),
            (t("Day"), t("What"), t("With whom")),
            [(t.date(day), what, who) for what, who, day in steps],
        )
    )
    if case.state is CaseState.CLOSED:
        st.download_button(
            t("Letter with the outcome (PDF)"),
            data=partial(letter, store(), viewer, case.key),
            file_name="prossima-esito.pdf",
            mime="application/pdf",
            key=f"letter-{case.key}",
            on_click="ignore",
        )
        return
    act, step, visit, end = st.tabs(
        [t("Write down an action"), t("Next step"), t("Plan a visit"), t("Close the case")]
    )
    with act:
        _act(t, viewer, chosen, today)
    with step:
        _step(t, viewer, chosen, today)
    with visit:
        _visit(t, viewer, chosen, today)
    with end:
        _end(t, viewer, chosen, today)


def _act(t: Texts, viewer: Viewer, kept: Kept, today: date) -> None:
    with st.form(f"act-{kept.case.key}", border=False):
        kind = choose(t("Action"), list(MediationAction), t.word, "act_kind")
        who = st.multiselect(t("With whom"), list(Participant), format_func=t.word)
        day = st.date_input(t("Day"), today, max_value=today)
        if st.form_submit_button(t("Keep the action")):
            action = CaseAction(day, kind, tuple(who))
            mediation.change(store(), viewer, kept, lambda case: acted(case, action, today))
            _done(t("The action is kept."))


def _step(t: Texts, viewer: Viewer, kept: Kept, today: date) -> None:
    order = list(CaseState)
    following = order[order.index(kept.case.state) + 1]
    if following is CaseState.CLOSED:
        st.html(notice(t("The case is at its check: what follows is closing it, with an outcome.")))
        return
    with st.form(f"step-{kept.case.key}", border=False):
        day = st.date_input(t("Next date"), today + CHECK, min_value=today)
        if st.form_submit_button(t("Go on to: {state}", state=t.word(following))):
            mediation.change(store(), viewer, kept, lambda case: advanced(case, day))
            _done(t("The case has gone on."))


def _visit(t: Texts, viewer: Viewer, kept: Kept, today: date) -> None:
    said = store().settings()
    with st.form(f"visit-{kept.case.key}", border=False):
        first, second, third = st.columns(3)
        day = first.date_input(t("Day"), today, min_value=today)
        opens = second.text_input(t("Begin at the earliest"), said.mediation_opens)
        closes = third.text_input(t("Begin at the latest"), said.mediation_closes)
        if st.form_submit_button(t("Promise the visit")):
            promise = mediation.plan_visit(store(), viewer, kept, day, opens=opens, closes=closes)
            _done(
                t(
                    "Promised for {day}, between {opens} and {closes}: the planner sends a crew "
                    "with a mediator.",
                    day=t.date(day, "full"),
                    opens=promise.opens,
                    closes=promise.closes,
                )
            )


def _end(t: Texts, viewer: Viewer, kept: Kept, today: date) -> None:
    with st.form(f"end-{kept.case.key}", border=False):
        outcome = choose(t("Outcome"), list(Outcome), t.word, "end_outcome")
        harm = choose(t("Harm observed"), list(Harm), t.word, "end_harm")
        if st.form_submit_button(t("Close the case")):
            mediation.change(store(), viewer, kept, lambda case: ended(case, outcome, harm, today))
            _done(t("The case is closed."))


def _new(t: Texts, viewer: Viewer, names: Mapping[str, str], today: date) -> None:
    with st.expander(t("Open a case")), st.form("case", border=False):
        key = st.text_input(t("Key"), max_chars=20, key="case_key")
        place = choose(t("Place"), by_name(names), names.__getitem__, "case_place")
        offered = [theme for theme in Theme if theme is not Theme.ASSAULT]
        themes = st.multiselect(t("What about"), offered, format_func=t.word, key="case_themes")
        if st.form_submit_button(t("Open the case")):
            mediation.add_case(
                store(),
                viewer,
                MediationCase(
                    key=key.strip(),
                    place=place,
                    themes=tuple(themes),
                    opened=today,
                    next_date=today + CHECK,
                    synthetic=store().synthetic(),
                ),
            )
            _done(t("The case is open."))


def _done(text: str) -> None:
    st.session_state["case_said"] = text
    st.rerun()
