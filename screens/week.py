"""Week: plan several nights together, see the coverage debt sink, move visits, publish."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

import streamlit as st
from markupsafe import Markup

from data.access import Role, Viewer
from data.messages import N_
from data.narrow import of_week
from data.plan_words import progress_said
from data.texts import Texts
from data.weeks import NIGHTS, prepared_week, publish_night, week_inputs
from geo.errors import InfeasibleError
from geo.night import Night, nights
from layers.palette import Sign, signs
from layers.shades import themed
from routing.coverage import Standing
from routing.move import Moved, move
from routing.planner import Progress
from routing.prepare_week import week_quotas, why
from routing.problem import Kind
from routing.week import plan_week
from screens.background import Said, following
from screens.html import badge, figures, muted, notice, state, table
from screens.monitoring_focus import narrow_notice
from screens.names import Named, zone_name, zone_title
from screens.pictures import legend, style
from screens.session import Week, allowed, network, now, palette, session, store, texts
from screens.week_picture import ZoneWeek, nights_picture, zone_weeks
from screens.work import Work, begin

ROLES = frozenset({Role.COORDINATOR})
AHEAD = 21
"""Nights from tonight on with which a week can begin."""

WHY = {
    "never": N_("never visited"),
    "far_behind": N_("far behind its target"),
    "behind": N_("behind its target"),
    "due": N_("due before the week ends"),
    "thin": N_("little is known of it"),
    "value": N_("people are expected"),
    "promise": N_("promised"),
}


def page() -> None:
    """The coordinator's page."""
    viewer = allowed(*ROLES)
    t = texts()
    style()
    st.title(t("Week"))
    known = {unit.code: unit.name for unit in store().units(viewer)}
    if not known:
        st.html(
            notice(t("There is no unit yet: import your own with “prossima units import FILE”."))
        )
        return
    tonight = Night.coming(now())
    when, who, act = st.columns((5, 13, 4), gap="medium", vertical_alignment="bottom")
    first = when.selectbox(
        t("First night"),
        list(nights(tonight, AHEAD)),
        format_func=lambda night: t.date(night, "full"),
        key="week_first",
    )
    units = who.pills(
        t("Units of the week"),
        list(known),
        selection_mode="multi",
        wrap=True,
        default=list(known),
        format_func=known.__getitem__,
        key="week_units",
    )
    asked = act.button(
        t("Plan the week"), type="primary", key="week_plan", disabled=not units, width="stretch"
    )
    if asked:
        _stop()
        session().week_work = _begin(viewer, first, units)
    if not _over(t):
        return
    week = session().week
    if week is None or week.prepared.first != first:
        st.html(
            notice(
                t(
                    "Seven nights are planned together: every zone in its turn, a second visit "
                    "only after a part of its target, the usual times where people rely on them. "
                    "Each unit goes out on its own nights."
                )
            )
        )
        return
    _shown(t, viewer, week, known)


def _begin(viewer: Viewer, first: Night, units: Sequence[str]) -> Work[Week]:
    """Load what is known, compute: beside this session, which goes on meanwhile."""
    known, roads = store(), network()
    settings = known.settings()

    def plan(tell: Callable[[object], bool]) -> Week:
        tell(None)
        inputs = week_inputs(known, viewer, first, NIGHTS, units)
        prepared = prepared_week(known, viewer, roads, inputs, first=first)
        found = plan_week(
            prepared.problem,
            quotas=week_quotas(prepared, settings.week_weights),
            seconds=settings.week_seconds,
            seed=settings.planner_seed,
            progress=tell,
        )
        return Week(prepared, found.plan, found.reached)

    return begin(plan)


def _stop() -> None:
    work = session().week_work
    if work is not None:
        work.stop()
    session().week_work = None


def _over(t: Texts) -> bool:
    """Whether no week is being planned; what was found stays in this session until published.

    A search that is stopped brings the best week that it had found.
    """
    work = session().week_work
    if work is None:
        return True
    try:
        if following(work, partial(_said, t, store().settings().week_seconds), "week"):
            return False
    except Exception:
        session().week_work = None
        raise
    session().week, session().week_work = work.result, None
    return True


def _said(t: Texts, seconds: float, work: Work[Week]) -> Said:
    if not isinstance(work.said, Progress):
        return Said(t("Measuring the ways between zones"), 0.0)
    return Said(progress_said(t, work.said), work.said.elapsed / seconds)


def _shown(t: Texts, viewer: Viewer, week: Week, units: Mapping[str, str]) -> None:
    found = zone_weeks(week.prepared, week.plan)
    marks = signs(tuple(sorted(units)), palette())
    st.html(figures(_figures(t, week, found)))
    visited = store().last_visits(viewer, before=week.prepared.first)
    narrow_notice(t, of_week(week.prepared, week.plan, visited), visited)
    st.subheader(t("Coverage night by night"), anchor=False)
    st.html(legend(t, themed().weeks))
    st.html(_units(week, units, marks))
    st.html(
        nights_picture(
            t,
            t(
                "Zones by night, the most behind first: the colour is the standing when the "
                "night is over, a letter the unit that comes. The tables below say the same."
            ),
            [(zone_title(t, one.zone), one) for one in found],
            first=week.prepared.first,
            signs=marks,
        )
    )
    st.html(
        muted(t("Above: the share of the zones by standing, before the week and night by night."))
    )
    nights_side, move_side = st.columns((1, 1), gap="large")
    with nights_side:
        _nights(t, viewer, week, units, marks)
    with move_side:
        _move(t, week, units)
    with st.expander(t("Next visit of each zone, and why"), expanded=False):
        st.html(_next_visits(t, week, found, units))


def _figures(t: Texts, week: Week, found: Sequence[ZoneWeek]) -> list[tuple[str, str]]:
    def late(place: int) -> int:
        return sum(one.standings[place] is not Standing.ON_TARGET for one in found)

    regular = {
        (zone, night, option)
        for zone, times in week.prepared.regular.items()
        for night, option in times
    }
    kept = sum(
        (stop.visit, route.night, stop.option) in regular
        for route in week.plan.routes
        for stop in route.stops
    )
    metres = sum(route.metres for route in week.plan.routes)
    return [
        (t("Visits"), t.number(sum(len(route.stops) for route in week.plan.routes), 0)),
        (t("Zones behind, before → after"), f"{late(0)} → {late(-1)}"),
        (
            t("Zones visited"),
            t("{some} of {all}", some=sum(bool(one.visits) for one in found), all=len(found)),
        ),
        (t("At their usual time"), t.number(kept, 0)),
        (t("On the road"), t.kilometres(metres)),
    ]


def _units(week: Week, units: Mapping[str, str], marks: Mapping[str, Sign]) -> Markup:
    out = sorted({route.unit for route in week.plan.routes})
    items = Markup().join(
        Markup("<span>{} {}</span>").format(badge(marks[code]), units[code]) for code in out
    )
    return Markup('<p class="p-legend">{}</p>').format(items)


def _nights(
    t: Texts,
    viewer: Viewer,
    week: Week,
    units: Mapping[str, str],
    marks: Mapping[str, Sign],
) -> None:
    """Every night is published by itself, as an ordinary plan of that night."""
    st.subheader(t("Publish night by night"), anchor=False)
    for number in sorted({route.night for route in week.plan.routes}):
        night = week.prepared.first + number
        routes = [route for route in week.plan.routes if route.night == number]
        stops = t.plural("{count} stop", "{count} stops", sum(len(r.stops) for r in routes))
        published = store().published(viewer, night)
        mine = week.published.get(number)
        done = mine is not None and all(published.get(r.unit) == mine for r in routes)
        replacing = any(r.unit in published for r in routes)
        with st.container(horizontal=True, vertical_alignment="center", key=f"night-{number}"):
            badges = Markup(" ").join(
                Markup('<span title="{}">{}</span>').format(units[r.unit], badge(marks[r.unit]))
                for r in sorted(routes, key=lambda route: route.unit)
            )
            st.html(
                Markup("<div><strong>{}</strong> · {}<br>{}</div>").format(
                    t.date(night, "full"), stops, badges
                )
            )
            if done:
                st.html(state(t("Published"), "good"), width="content")
                continue
            label = t("Publish and replace") if replacing else t("Publish")
            if st.button(label, key=f"publish-{number}"):
                record = publish_night(
                    store(), viewer, week.prepared, week.plan,
 number=number,
 network=network(),
                    replacing=replacing,
                )  # fmt: skip
                published_now = {**week.published, number: record.id or 0}
                session().week = replace(week, published=published_now)
                st.rerun()
    st.html(muted(t("A published night is read by its crews and can be changed on Tonight.")))


def _move(t: Texts, week: Week, units: Mapping[str, str]) -> None:
    """Move one visit to another night or unit; the cost is told before anything changes."""
    st.subheader(t("Move a visit"), anchor=False)
    problem, first = week.prepared.problem, week.prepared.first
    visits = sorted(
        (stop.visit, route.night, route.unit)
        for route in week.plan.routes
        for stop in route.stops
        if problem.visit(stop.visit).kind is Kind.ZONE
    )
    if not visits:
        st.html(muted(t("There is no visit to move.")))
        return

    def said(key: tuple[str, int]) -> str:
        return f"{t.date(first + key[1], 'full')} · {units[key[0]]}"

    which = st.selectbox(
        t("Visit"),
        visits,
        format_func=lambda one: f"{zone_name(one[0])} · {said((one[2], one[1]))}",
        key="move_visit",
    )
    target = st.selectbox(
        t("To"),
        [shift.key for shift in problem.shifts if shift.key != (which[2], which[1])],
        format_func=said,
        key="move_target",
    )
    if target is None:
        return
    if st.button(t("See what it costs"), key="move_try"):
        try:
            moved = move(problem, week.plan, which[0], (which[2], which[1]), target)
        except InfeasibleError as error:
            fields = {"visit": zone_name(which[0]), "unit": units[target[0]]}
            st.error(t.sentence(InfeasibleError(error.code, **fields)))
        else:
            session().week = replace(week, moved=moved, moving=(which, target))
            st.rerun()
    if week.moved is not None and week.moving == (which, target):
        st.html(notice(_cost(t, week.moved)))
        if st.button(t("Move it"), key="move_do", type="primary"):
            published = {
                night: plan
                for night, plan in week.published.items()
                if night not in (which[1], target[1])
            }
            session().week = replace(
                week, plan=week.moved.plan, published=published, moved=None, moving=None
            )
            st.rerun()


def _cost(t: Texts, moved: Moved) -> str:
    named = Named({}, {})
    parts = [
        t("The week loses {points} points", points=moved.points)
        if moved.points >= 0
        else t("The week gains {points} points", points=-moved.points),
        t("{minutes} on the road", minutes=_signed(t, moved.seconds)),
    ]
    if moved.dropped:
        parts.append(
            t("left out that night: {zones}", zones=t.list(map(named.visit, moved.dropped)))
        )
    else:
        parts.append(t("nothing else is left out"))
    return "; ".join(parts) + "."


def _signed(t: Texts, seconds: int) -> str:
    return f"{'+' if seconds >= 0 else '−'}{t.minutes(abs(seconds))}"


def _next_visits(
    t: Texts, week: Week, found: Sequence[ZoneWeek], units: Mapping[str, str]
) -> Markup:
    header = (
        t("Zone"), t("Next visit"), t("Unit"), t("Why"), t("Last visit"), t("Target"),
        t("Debt before"), t("Debt after"),
    )  # fmt: skip
    rows = []
    for one in found:
        visit, unit, reason = "–", "–", "–"
        if one.visits:
            number = min(one.visits)
            night = week.prepared.first + number
            code, begin = one.visits[number]
            visit = f"{t.date(night, 'full')}, {night.clock(begin)}"
            unit, reason = units[code], t(WHY[why(week.prepared, one.zone.code, number)])
        before, after = ("–" if debt is None else t.number(debt, 2) for debt in one.debts)
        rows.append(
            (
                zone_title(t, one.zone), visit, unit, reason,
                "–" if one.last is None else t.date(one.last, "medium"),
                t.number(one.zone.revisit_days, 0), before, after,
            )
        )  # fmt: skip
    return table(
        t("Zones, the most behind before the week first"),
        header,
        rows,
        numeric=frozenset({5, 6, 7}),
        tall=True,
    )
