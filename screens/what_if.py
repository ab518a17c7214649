"""What if: scenarios beside the plan, what one more would bring, and how well the plan holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import streamlit as st

from data.access import Action, Role, Viewer
from data.messages import N_
from data.plans import PlanRecord
from data.scenarios import Comparison, compare, plan_of_record, units_of
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
    record = plan_of_record(store(), viewer, night)
    if view != SCENARIOS:
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
    _scenarios(t, viewer, (night, count or 1), every, record)


def _scenarios(
    t: Texts,
    viewer: Viewer,
    when: tuple[Night, int],
    every: Mapping[str, Unit],
    record: PlanRecord | None,
) -> None:
    """Put scenarios together, plan them beside the session, show what they bring."""
    known, codes = _reference(when, record)
    units = [unit for code, unit in every.items() if codes is None or code in codes]
    st.html(muted(_beside(t, when, known is not None, units)))
    scenario_choice.choose(t, units)
    trials = session().trials
    asked = st.button(t("Compare"), type="primary", key="compare", disabled=not trials.scenarios)
    if asked:
        if trials.comparing is not None:
            trials.comparing.stop()
        trials.comparing = _begin(viewer, when, trials.scenarios, units=codes, record=known)
    if not _over(t):
        return
    found = trials.compared
    if found is None or (found.prepared.first, found.prepared.count) != when:
        return
    names = {code: unit.name for code, unit in every.items()}
    result(t, found, names, _promises(t, viewer, when), palette())


def _reference(
    when: tuple[Night, int], record: PlanRecord | None
) -> tuple[Plan | None, tuple[str, ...] | None]:
    """The plan that scenarios stand beside, and codes of the units it was made for."""
    first, count = when
    if count == 1:
        return (record.plan, units_of(record)) if record else (None, None)
    week = session().week
    if week is None or week.prepared.first != first:
        return None, None
    out = {shift.unit for shift in week.prepared.problem.shifts}
    return week.plan, tuple(sorted(out))


def _beside(t: Texts, when: tuple[Night, int], known: bool, units: Sequence[Unit]) -> str:
    names = t.list(unit.name for unit in units)
    if known:
        return t("Beside the plan there is, with the units it was made for: {units}.", units=names)
    if when[1] == 1:
        return t("There is no plan of this night yet: beside how it would be planned today.")
    return t(
        "No week from this night on is planned in this session: beside how it would be planned "
        "today."
    )


def _begin(
    viewer: Viewer,
    when: tuple[Night, int],
    scenarios: tuple[Scenario, ...],
    *,
    units: tuple[str, ...] | None,
    record: Plan | None,
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
            workers=Processes(), units=units, record=record, progress=told, look=look,
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
