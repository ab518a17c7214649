"""Coverage: which zones fall behind, week by week. It tells of the crews' work alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import streamlit as st
from markupsafe import Markup

from data.access import Action, Role
from data.texts import Texts
from geo.night import Night
from geo.zones import Zone
from layers.palette import Palette
from layers.shades import themed
from routing.coverage import Coverage, Standing, weeks_before
from screens.html import figures, muted, notice, table
from screens.names import zone_name, zone_title
from screens.pictures import legend, style, weeks_picture
from screens.session import allowed, now, palette, store, texts
from screens.standing import counts, covered, debt, last, pill, province_picker

ROLES = frozenset({Role.COORDINATOR})
WEEKS = 13
"""A quarter of a year: as long as the longest target is often missed."""

SOON = 3
"""Nights ahead of which a zone is named as due."""

MOST_NAMED = 8


def page() -> None:
    """The coordinator's page."""
    viewer = allowed(*ROLES, needs=Action.READ_ZONES)
    t, colours = texts(), palette()
    style()
    st.title(t("Coverage"))
    every = store().zones(viewer)
    if not every:
        st.html(notice(t("There is no zone yet: coverage is told of zones.")))
        return
    where, only = st.columns((4, 9), gap="medium", vertical_alignment="bottom")
    with where:
        province = province_picker(t, every, "coverage_province")
    late = only.toggle(t("Only zones that are behind"), key="coverage_late")
    zones = {one.code: one for one in every if province in (None, one.province_code)}
    tonight = Night.coming(now())
    mondays = weeks_before(tonight, WEEKS)
    found = covered(viewer, zones.values(), tonight, mondays)
    st.html(figures((t.word(one), str(count)) for one, count in counts(found).items()))
    _news(t, found, tonight)
    shown = [one for one in found if not late or one.standing is not Standing.ON_TARGET]
    if not shown:
        st.html(notice(t("No zone is behind."), "good"))
        return
    st.subheader(t("Week by week"), anchor=False)
    st.html(legend(t, themed().weeks))
    st.html(
        weeks_picture(
            t,
            t(
                "Zones by week, the most behind first: the colour is the standing at the week's "
                "end, the figure the visits in it. The table below says the same."
            ),
            [(zone_title(t, zones[one.zone]), one) for one in shown],
            mondays,
        )
    )
    st.html(
        muted(
            t(
                "Above: the share of these zones by standing at the end of each week. A zone is "
                "behind when more days have passed since its last visit than its target, far "
                "behind after twice as many. Nobody is counted here: coverage tells of the "
                "crews' work."
            )
        )
    )
    with st.expander(t("Coverage as a table")):
        st.html(_table(t, zones, shown, mondays, colours))


def _news(t: Texts, found: Sequence[Coverage], tonight: Night) -> None:
    """Who fell behind since the week before, and who will within a few nights."""
    week = tonight.date - timedelta(days=tonight.weekday)
    fallen = [
        one for one in found if one.due and week <= one.due + timedelta(days=1) <= tonight.date
    ]
    due = [
        one
        for one in found
        if one.due and tonight.date <= one.due < tonight.date + timedelta(days=SOON)
    ]
    lines = []
    if fallen:
        lines.append((t("Fell behind this week"), _names(t, fallen)))
    if due:
        lines.append((t("Must be visited within three nights"), _names(t, due)))
    if lines:
        rows = Markup().join(Markup("<dt>{}</dt><dd>{}</dd>").format(*line) for line in lines)
        st.html(Markup('<dl class="p-facts">{}</dl>').format(rows))


def _names(t: Texts, some: Sequence[Coverage]) -> str:
    names = [zone_name(one.zone) for one in some[:MOST_NAMED]]
    if more := len(some) - len(names):
        names.append(t.plural("{count} more", "{count} more", more))
    return t.list(names)


def _table(
    t: Texts,
    zones: Mapping[str, Zone],
    shown: Sequence[Coverage],
    mondays: Sequence[date],
    colours: Palette,
) -> Markup:
    header = (
        t("Zone"),
        t("Standing"),
        t("Last visit"),
        t("Days"),
        t("Target"),
        t("Coverage debt"),
        t("Visits in {count} weeks", count=len(mondays)),
        t("Weeks that ended behind"),
    )
    rows = [
        (
            zone_title(t, zones[one.zone]),
            pill(t, one.standing),
            last(t, one),
            "–" if one.days is None else t.number(one.days, 0),
            t.number(one.target, 0),
            debt(t, one),
            t.number(sum(week.visits for week in one.weeks), 0),
            _late(t, one, mondays),
        )
        for one in shown
    ]
    return table(
        t("Zones by coverage, the most behind first"),
        header,
        rows,
        numeric=frozenset({3, 4, 5, 6}),
        tall=True,
    )


def _late(t: Texts, one: Coverage, mondays: Sequence[date]) -> str:
    """The weeks, by their Monday, at whose end the zone was not on target."""
    late = [
        t.date(monday, "short")[:5]
        for week, monday in zip(one.weeks, mondays, strict=True)
        if week.standing is not Standing.ON_TARGET
    ]
    return ", ".join(late) or "–"
