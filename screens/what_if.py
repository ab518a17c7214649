"""What if: scenarios beside the plan, what one more would bring, and how well the plan holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

import streamlit as st

from data.access import Action, Role, Viewer
from data.messages import N_
from data.plans import PlanRecord
from data.scenarios import (
    Comparison,
    compare,
    plan_of_record,
    plan_together,
    records_of,
    units_of,
)
from data.texts import Texts
from data.weeks import NIGHTS
from geo.errors import ProssimaError
from geo.night import Night, nights
from routing.plan import Plan
from routing.planner import Progress
from routing.region import Processes
from routing.scenarios import Scenario
from routing.units import Unit
from screens import scenario_choice
from screens.background import Said, following
from screens.html import muted, notice
from screens.names import zone_name
from screens.pictures import style
from screens.plan_trials import holds, one_more
from screens.scenario_ready import new_base, of_record, ready, zones_of
from screens.scenario_result import result
from screens.session import allowed, network, now, palette, session, store, texts
from screens.work import Work, begin

ROLES = frozenset({Role.COORDINATOR})
AHEAD = 14
"""Nights from tonight on."""

SCENARIOS, MORE, HOLDS = "scenarios", "more", "holds"
VIEWS = {
    SCENARIOS: N_("Compare scenarios"),
    MORE: N_("What one more would bring"),
    HOLDS: N_("How well the plan holds"),
}


def page() -> None:
    """The coordinator's page."""
    viewer = allowed(*ROLES, needs=Action.READ_PLANS)
    t = texts()
    style()
    st.title(t("What if …?"))
    every = {unit.code: unit for unit in store().units(viewer)}
    if not every:
        st.html(
            notice(t("There is no unit yet: import your own with “prossima units import FILE”."))
        )
        return
    view = st.segmented_control(
        t("What to look at"),
        list(VIEWS),
        format_func=lambda one: t(VIEWS[one]),
        default=SCENARIOS,
        required=True,
        key="what_if_view",
        label_visibility="collapsed",
    )
    when, span = st.columns((5, 8), gap="medium", vertical_alignment="bottom")
    night: Night = when.selectbox(
        t("Night") if view != SCENARIOS else t("First night"),
        list(nights(Night.coming(now()), AHEAD)),
        format_func=lambda one: t.date(one, "full"),
        key="what_if_night",
    )
    if view != SCENARIOS:
        record = plan_of_record(store(), viewer, night)
        if record is None:
            st.html(notice(t("There is no plan of this night yet: plan it on the page Tonight.")))
            return
        (one_more if view == MORE else holds)(t, viewer, record)
        return
    count = span.segmented_control(
        t("How long"),
        (1, NIGHTS),
        format_func=lambda one: t("this night alone") if one == 1 else t("seven nights"),
        default=1,
        required=True,
        key="what_if_count",
    )
    _scenarios(t, viewer, (night, count or 1), every)


def _scenarios(
    t: Texts, viewer: Viewer, when: tuple[Night, int], every: Mapping[str, Unit]
) -> None:
    """Put scenarios together, plan them beside the session, show what they bring."""
    stands = _reference(viewer, when)
    codes = stands.units
    units = [unit for code, unit in every.items() if codes is None or code in codes]
    st.html(muted(_beside(t, when, stands, units)))
    trials = session().trials
    found = trials.compared
    if found is not None and (found.prepared.first, found.prepared.count) != when:
        found = None
    under_way = trials.comparing is not None
    if found is None and not under_way and not trials.scenarios:
        of_record(t, viewer, when[0], stands.records, units)
    ready(t, units, new_base(units, store().zones(viewer), zones_of(stands.records)))
    scenario_choice.choose(t, units)
    asked = st.button(t("Compare"), type="primary", key="compare", disabled=not trials.scenarios)
    if asked:
        if trials.comparing is not None:
            trials.comparing.stop()
        trials.comparing = _begin(viewer, when, trials.scenarios, stands)
    if not _over(t):
        return
    found = trials.compared
    if found is None or (found.prepared.first, found.prepared.count) != when:
        return
    names = {code: unit.name for code, unit in every.items()}
    result(t, found, names, _promises(t, viewer, when), palette())


@dataclass(frozen=True)
class _Stands:
    """What scenarios stand beside. `plan`: the one of record, None where there is none; `units`:
    codes of those it was made for; `records`: what it was read from, none where it is the week
    in this session."""

    plan: Plan | None = None
    units: tuple[str, ...] | None = None
    records: Mapping[int, PlanRecord] = field(default_factory=dict)


def _reference(viewer: Viewer, when: tuple[Night, int]) -> _Stands:
    """The plans of record of the nights, else the week that was planned in this session."""
    first, count = when
    records = records_of(store(), viewer, first, count)
    if records:
        return _Stands(plan_together(records), units_of(*records.values()), records)
    week = session().week
    if count == 1 or week is None or week.prepared.first != first:
        return _Stands()
    out = {shift.unit for shift in week.prepared.problem.shifts}
    return _Stands(week.plan, tuple(sorted(out)))


def _beside(t: Texts, when: tuple[Night, int], stands: _Stands, units: Sequence[Unit]) -> str:
    first, count = when
    names = t.list(unit.name for unit in units)
    if stands.plan is None:
        if count == 1:
            return t("There is no plan of this night yet: beside how it would be planned today.")
        return t("No night of these is planned yet: beside how they would be planned today.")
    said = t("Beside the plan there is, with the units it was made for: {units}.", units=names)
    without = [one for one in nights(first, count) if one - first not in stands.records]
    if stands.records and without:
        days = t.list(t.date(one, "short")[:5] for one in without)
        said += " " + t("Without a plan of record: {nights}.", nights=days)
    return said


def _begin(
    viewer: Viewer,
    when: tuple[Night, int],
    scenarios: tuple[Scenario, ...],
    stands: _Stands,
) -> Work[Comparison]:
    known, roads = store(), network()

    def run(tell: Callable[[object], bool]) -> Comparison:
        ready = [0]
        tell((0, len(scenarios) + 1, {}))

        def told(_done: object, count: int, of: int) -> bool:
            ready[0] = count
            return tell((count, of, {}))

        def look(under_way: Mapping[str, Progress]) -> bool:
            return tell((ready[0], len(scenarios) + 1, dict(under_way)))

        return compare(
            known, viewer, roads, when, scenarios,
            workers=Processes(), units=stands.units, record=stands.plan, progress=told, look=look,
        )  # fmt: skip

    return begin(run)


def _over(t: Texts) -> bool:
    """Whether nothing is being compared; what is ready by then is shown."""
    trials = session().trials
    work = trials.comparing
    if work is None:
        return True
    settings = store().settings()
    try:
        if following(work, partial(_said, t, settings.week_seconds), "compare"):
            return False
    except ProssimaError:
        trials.comparing = None
        raise
    trials.compared, trials.comparing = work.result, None
    return True


def _said(t: Texts, seconds: float, work: Work[Comparison]) -> Said:
    if not isinstance(work.said, tuple) or not (work.said[0] or work.said[2]):
        return Said(t("Measuring the ways between zones"), 0.0)
    ready, of, under_way = work.said
    begun = sum(min(0.9, one.elapsed / seconds) for one in under_way.values())
    words = t(
        "{ready} of {all} plans are ready, {count} under way",
        ready=ready,
        all=of,
        count=len(under_way),
    )
    return Said(words, (ready + begun) / of)


def _promises(t: Texts, viewer: Viewer, when: tuple[Night, int]) -> dict[str, str]:
    return {
        promise.key: f"{t.word(promise.kind)} {t.date(night, 'short')[:5]}, "
        + (promise.place.name if promise.place else zone_name(promise.zone or ""))
        for night in nights(*when)
        for promise in store().promises(viewer, night)
    }
