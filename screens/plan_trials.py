"""The plan of a night put to the test: what one more of each would bring, how well it holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st

from data.access import Viewer
from data.exports import Reasoned, plan_document
from data.messages import N_
from data.plans import PlanRecord
from data.scenarios import record_again
from data.texts import Texts
from geo.errors import ConflictError
from routing.explain import explain
from routing.plan import Plan
from routing.planner import Progress, plan_night
from routing.prepare import Prepared
from routing.problem import Problem
from routing.robustness import DRIVES, Robustness, drive_often, plan_with_buffer
from routing.what_if import WhatIf, what_if
from screens.background import Said, following
from screens.html import figures, muted, notice, table
from screens.names import Named, language_name
from screens.scenario_pictures import draw, shares_chart
from screens.session import Buffered, network, palette, session, store
from screens.work import Work, begin

SHARE = 0.95
"""Share of the drives in which a plan with a buffer is on time."""

CHANGES = {
    "hour": N_("one more hour for every unit"),
    "unit": N_("one more unit like {unit}"),
    "language": N_("somebody with {language} on {unit}"),
}


def one_more(t: Texts, viewer: Viewer, record: PlanRecord) -> None:
    """What one more hour, unit or language would bring to the plan of a night."""
    again = _again(t, viewer, record)
    if again is None:
        return
    prepared, plan = again
    trials, seed = session().trials, store().settings().planner_seed
    if trials.more_of != _of(record):
        if trials.more is not None:
            trials.more.stop()
        trials.more, trials.more_of = None, _of(record)
    text = t(
        "From the plan of this night on it is planned again with one more hour for all, with one "
        "unit more like each that goes out, and with each language that is missing somewhere."
    )
    st.html(muted(text))
    if trials.more is None:
        if st.button(t("Find out"), type="primary", key="find_more"):
            problem = prepared.problem

            def run(tell: Callable[[object], bool]) -> tuple[WhatIf, ...]:
                return what_if(problem, plan, seed=seed, progress=lambda n, of: tell((n, of)))

            trials.more = begin(run)
            st.rerun()
        return
    if following(trials.more, lambda work: _tried(t, work), "more"):
        return
    found = trials.more.result or ()
    named = _named(t, viewer, record)
    rows = [
        (
            t(CHANGES[one.change],
              unit=named.units.get(one.unit, one.unit), language=language_name(t, one.language)),
            f"+{t.number(one.gain, 0)}" if one.gain > 0 else "0",
            f"{t.number(100 * one.gain / plan.value)} %" if plan.value else "–",
            t.list(named.visit(key) for key in one.added) or "–",
        )
        for one in found
    ]  # fmt: skip
    header = (t("With"), t("Points gained"), t("Of the plan"), t("Zones gained"))
    st.html(table(t("The best of each kind"), header, rows, numeric=frozenset({1, 2})))
    text = t("Part of a gain may come from the second look alone; a few points are no reason.")
    st.html(muted(text))


def _tried(t: Texts, work: Work[tuple[WhatIf, ...]]) -> Said:
    tried, of = work.said if isinstance(work.said, tuple) else (0, 1)
    return Said(t("{some} of {all} tried", some=tried, all=of), tried / of)


def holds(t: Texts, viewer: Viewer, record: PlanRecord) -> None:
    """How the plan holds when roads and talks take longer, and a plan that holds better."""
    again = _again(t, viewer, record)
    if again is None:
        return
    prepared, plan = again
    robust = drive_often(prepared.problem, plan)
    named = _named(t, viewer, record)
    st.html(figures(_figures(t, plan, robust)))
    st.html(
        muted(
            t(
                "The plan is driven {count} times: every way takes its time give or take about "
                "15 %, every visit about 25 %. On time is a night on which every unit is home "
                "in its shift and every promise is kept.",
                count=DRIVES,
            )
        )
    )
    _shown(t, robust, named)
    _with_buffer(t, viewer, record, prepared, named)


def _figures(t: Texts, plan: Plan, robust: Robustness) -> list[tuple[str, str]]:
    return [
        (t("On time"), _percent(t, robust.on_time)),
        (t("Likeliest late return"), _percent(t, max(robust.late_return.values(), default=0.0))),
        (t("Value"), t.number(plan.value, 0)),
        (t("Visits"), t.number(sum(len(route.stops) for route in plan.routes), 0)),
    ]


def _shown(t: Texts, robust: Robustness, named: Named) -> None:
    late = [(named.units.get(unit, unit), p) for (unit, _), p in robust.late_return.items()]
    missed = sorted(
        ((named.visit(key), p) for key, p in robust.missed.items()), key=lambda pair: -pair[1]
    )
    left, right = st.columns((1, 1), gap="large")
    with left:
        st.subheader(t("Home after the end of the shift"), anchor=False)
        _shares(t, late, t("Unit"), t("How often each unit is home late"))
    with right:
        st.subheader(t("Promises and visits missed"), anchor=False)
        if missed:
            _shares(t, missed, t("Visit"), t("How often each promise or visit is missed"))
        else:
            st.html(notice(t("None is missed in any drive."), "good"))


def _shares(t: Texts, rows: list[tuple[str, float]], what: str, caption: str) -> None:
    draw(shares_chart(t, rows, palette()), len(rows), palette(), caption)
    shown = [(name, _percent(t, share)) for name, share in rows]
    with st.expander(t("As a table")):
        st.html(table(caption, (what, t("Share of the drives")), shown, numeric=frozenset({1})))


def _with_buffer(
    t: Texts, viewer: Viewer, record: PlanRecord, prepared: Prepared, named: Named
) -> None:
    """A plan that is on time in 95 of 100 drives, beside; kept as a draft when asked to."""
    trials, settings = session().trials, store().settings()
    if trials.buffer_of != _of(record):
        if trials.buffer is not None:
            trials.buffer.stop()
        trials.buffer, trials.buffer_of = None, _of(record)
    st.subheader(t("A plan with a buffer"), anchor=False)
    if trials.buffer is None:
        text = t("Planned with longer ways and visits, so that it is on time in 95 of 100 drives.")
        st.html(muted(text))
        if st.button(t("Plan with a buffer"), type="primary", key="plan_buffer"):
            problem, seconds, seed = (
                prepared.problem, settings.planner_seconds, settings.planner_seed,
            )  # fmt: skip
            trials.buffer = begin(
                lambda tell: plan_with_buffer(
                    problem, lambda longer: _planner(longer, seconds, seed, tell), share=SHARE
                )
            )
            st.rerun()
        return
    if following(trials.buffer, lambda work: _searched(t, work), "buffer"):
        return
    if trials.buffer.result is None:
        return
    plan, robust, buffer = trials.buffer.result
    st.html(figures([*_figures(t, plan, robust), (t("Buffer"), _percent(t, buffer))]))
    if robust.on_time < SHARE:
        st.html(notice(t("No buffer that was tried holds in 95 of 100 drives."), "open"))
    _shown_less(t, record.plan, plan, named)
    if st.button(t("Keep as a draft"), key="keep_buffer"):
        reasons: list[Reasoned] = [*prepared.unplanned]
        reasons += explain(prepared.problem, plan).left_out
        document = plan_document(prepared, plan, reasons, network())
        session().plan = store().save_plan(viewer, PlanRecord(record.night, document))
        trials.buffer = None
        st.toast(t("Kept: it is the newest draft on the page Tonight."))


def _shown_less(t: Texts, before: Plan, plan: Plan, named: Named) -> None:
    gone = sorted(before.served - plan.served)
    text = (
        t("Left out for it: {zones}.", zones=t.list(map(named.visit, gone)))
        if gone
        else t("It leaves out none of the visits of the plan.")
    )
    st.html(muted(text))


def _planner(problem: Problem, seconds: float, seed: int, tell: Callable[[object], bool]) -> Plan:
    return plan_night(problem, seconds=seconds, seed=seed, progress=tell)


def _searched(t: Texts, work: Work[Buffered]) -> Said:
    value = work.said.value if isinstance(work.said, Progress) else 0
    # How many buffers must be tried is not known before.
    return Said(t("Searching for routes: value {value}", value=value), work.elapsed / 30)


def _again(t: Texts, viewer: Viewer, record: PlanRecord) -> tuple[Prepared, Plan] | None:
    try:
        return record_again(store(), viewer, network(), record)
    except ConflictError as error:
        st.html(notice(t.sentence(error), "open"))
        return None


def _of(record: PlanRecord) -> tuple[int | None, int]:
    return record.id, record.version


def _named(t: Texts, viewer: Viewer, record: PlanRecord) -> Named:
    units: Mapping[str, str] = {u["code"]: u["name"] for u in record.document["units"]}
    promises = {
        one.key: f"{t.word(one.kind)}, "
        + (one.place.name if one.place else Named({}, {}).visit(one.zone or ""))
        for one in store().promises(viewer, record.night)
    }
    return Named(units, promises)


def _percent(t: Texts, share: float) -> str:
    return f"{t.number(100 * share)} %"
