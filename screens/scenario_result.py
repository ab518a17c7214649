"""What scenarios bring, side by side: figures, the zones' standing, and zone by zone on a map."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import streamlit as st
from markupsafe import Markup

from data.scenarios import Comparison, Outcome
from data.texts import Texts
from geo.night import Night
from layers.effects import STANDING
from layers.effects import effects as effects_layer
from layers.marks import Mark
from layers.palette import Palette
from layers.shades import shades, themed
from routing.coverage import Standing
from routing.plan import Plan
from routing.scenarios import Effect
from screens.html import muted, notice, table
from screens.maps import show
from screens.names import zone_title
from screens.pictures import legend
from screens.scenario_pictures import draw, standings_chart
from screens.scenario_words import EFFECTS, letter, scenario_name
from screens.standing import pill
from screens.week_picture import ZoneWeek, zone_weeks

HEIGHT = 460
CHANGED = (Effect.LOST, Effect.FEWER, Effect.GAINED, Effect.MORE)


def result(
    t: Texts,
    found: Comparison,
    units: Mapping[str, str],
    promises: Mapping[str, str],
    colours: Palette,
) -> None:
    """Everything that a comparison says. `units`, `promises`: names by code and key."""
    st.html(_table(t, found, units, promises))
    st.html(
        muted(
            t(
                "Zones lost and gained are told against how these nights would be planned today as "
                "they are, with the same effort. The plan of record stands beside and stays as it "
                "is: nothing here is kept."
            )
        )
    )
    for number, one in enumerate(found.outcomes):
        if one.error is not None:
            st.html(notice(f"{letter(number)}: {t.sentence(one.error)}", "open"))
    _standings(t, found, units, colours)
    planned = [number for number, one in enumerate(found.outcomes) if one.plan is not None]
    if not planned or found.now.plan is None:
        return
    st.subheader(t("Zone by zone"), anchor=False)
    chosen = st.segmented_control(
        t("Scenario"),
        planned,
        format_func=letter,
        default=planned[0],
        required=True,
        key="scenario_shown",
    )
    if chosen not in planned:
        chosen = planned[0]
    st.html(muted(f"{letter(chosen)}: {scenario_name(t, found.outcomes[chosen].scenario, units)}"))
    _zones(t, found, found.outcomes[chosen], colours)


def _table(
    t: Texts, found: Comparison, units: Mapping[str, str], promises: Mapping[str, str]
) -> Markup:
    header = (
        t("Scenario"), t("Value"), t("Difference"), t("Visits"), t("Zones visited"),
        t("Zones lost"), t("Zones gained"), t("On the road"), t("Promises lost"),
    )  # fmt: skip
    rows: list[Sequence[object]] = []
    if found.record is not None:
        shown = _figures(t, found, found.record)
        if found.prepared.count > 1:
            # Each of its nights was weighed alone: its points are not those of the week.
            shown = ("–", "–", *shown[2:])
        rows.append((t("Plan of record"), *shown, "–"))
    rows.append((t("As it is, planned today"), *_outcome(t, found, found.now, promises)))
    for number, one in enumerate(found.outcomes):
        name = f"{letter(number)}: {scenario_name(t, one.scenario, units)}"
        rows.append((name, *_outcome(t, found, one, promises)))
    caption = t("Scenarios beside how things are")
    return table(caption, header, rows, numeric=frozenset(range(1, 8)), stacked=True)


def _outcome(
    t: Texts, found: Comparison, one: Outcome, promises: Mapping[str, str]
) -> tuple[object, ...]:
    if one.plan is None:
        return (*["–"] * 7, t("not planned"))
    lost = t.list(promises.get(key, key) for key in one.lost) or "–"
    return (*_figures(t, found, one.plan), lost)


def _figures(t: Texts, found: Comparison, plan: Plan) -> tuple[object, ...]:
    became = Counter(found.became(plan).values())
    now = found.now.plan.value if found.now.plan else plan.value
    return (
        t.number(plan.value, 0),
        _signed(t, plan.value - now, now),
        t.number(sum(len(route.stops) for route in plan.routes), 0),
        t.number(became.total() - became[Effect.LOST], 0),
        t.number(became[Effect.LOST], 0),
        t.number(became[Effect.GAINED], 0),
        t.minutes(sum(route.driving for route in plan.routes)),
    )


def _signed(t: Texts, points: int, of: int) -> str:
    if not points or not of:
        return "–"
    return f"{'+' if points > 0 else '−'}{t.number(100 * abs(points) / of)} %"


def _standings(t: Texts, found: Comparison, units: Mapping[str, str], colours: Palette) -> None:
    """The zones by standing when the last night is over, a bar for each plan."""
    plans = [(t("as it is"), found.now.plan)]
    if found.record is not None:
        plans.insert(0, (t("plan of record"), found.record))
    plans += [(letter(number), one.plan) for number, one in enumerate(found.outcomes)]
    rows = [(name, _counted(found, plan)) for name, plan in plans if plan is not None]
    st.subheader(t("Coverage after each scenario"), anchor=False)
    st.html(legend(t, themed().weeks))
    description = t(
        "Zones by standing after the last night, a bar for each plan. The table below says the "
        "same."
    )
    draw(standings_chart(t, rows, colours), len(rows), colours, description)
    with st.expander(t("Coverage as a table")):
        order = list(Standing)
        st.html(
            table(
                t("Zones by standing after the last night"),
                (t("Plan"), *(t.word(one) for one in order)),
                [(name, *(str(counts.get(one, 0)) for one in order)) for name, counts in rows],
                numeric=frozenset(range(1, 1 + len(order))),
            )
        )


def _counted(found: Comparison, plan: Plan) -> Mapping[Standing, int]:
    return Counter(one.standings[-1] for one in zone_weeks(found.prepared, plan))


def _zones(t: Texts, found: Comparison, one: Outcome, colours: Palette) -> None:
    """The map of what becomes of the zones, and the table of those whose visits change."""
    if one.plan is None or found.now.plan is None:
        return
    became = found.became(one.plan)
    before = {each.zone.code: each for each in zone_weeks(found.prepared, found.now.plan)}
    after = {each.zone.code: each for each in zone_weeks(found.prepared, one.plan)}
    record = (
        {each.zone.code: each for each in zone_weeks(found.prepared, found.record)}
        if found.record
        else {}
    )
    seen = {code: effect for code, effect in became.items() if code in after}
    left, right = st.columns((5, 9), gap="medium")
    with left:
        marks = [
            (
                Mark(
                    after[code].zone.geometry,
                    f"{zone_title(t, after[code].zone)}: {t(EFFECTS[effect])}",
                    (zone_title(t, after[code].zone), t(EFFECTS[effect])),
                ),
                effect.value,
            )
            for code, effect in seen.items()
        ]
        show(
            "scenario",
            t("Map of what becomes of the zones; the table beside it says the same"),
            [effects_layer(marks, colours)],
            colours,
            view=[mark.geometry for mark, _ in marks],
            height=HEIGHT,
        )
        st.html(_legend(t, colours))
    with right:
        rows = [
            (
                zone_title(t, after[code].zone),
                t(EFFECTS[effect]),
                _times(t, found, record.get(code)),
                _times(t, found, before.get(code)),
                _times(t, found, after[code]),
                pill(t, after[code].standings[-1]),
            )
            for wanted in CHANGED
            for code, effect in seen.items()
            if effect is wanted
        ]
        if not rows:
            st.html(notice(t("Every zone is visited as often as now."), "good"))
            return
        header = (
            t("Zone"), t("What changes"), t("Plan of record"), t("As it is"),
            t("In the scenario"), t("Standing then"),
        )  # fmt: skip
        st.html(table(t("Zones whose visits change"), header, rows, tall=True, stacked=True))
        same = sum(effect is Effect.SAME for effect in seen.values())
        st.html(
            muted(
                t.plural(
                    "{count} more zone is visited as often as now.",
                    "{count} more zones are visited as often as now.",
                    same,
                )
            )
        )


def _times(t: Texts, found: Comparison, one: ZoneWeek | None) -> str:
    """Who comes when: `LU1 22:15`, with the day where there are several nights."""
    if one is None or not one.visits:
        return "–"
    return ", ".join(
        f"{_day(t, found, found.prepared.first + number)}{unit} "
        f"{(found.prepared.first + number).clock(begin)}"
        for number, (unit, begin) in sorted(one.visits.items())
    )


def _day(t: Texts, found: Comparison, night: Night) -> str:
    return f"{t.weekday(night.weekday)} " if found.prepared.count > 1 else ""


def _legend(t: Texts, colours: Palette) -> Markup:
    looks = shades(colours).standing
    items = Markup().join(
        Markup('<span><i style="background:{};border:1px solid {}"></i> {}</span>').format(
            looks[STANDING[one.value]].colour, looks[STANDING[one.value]].ink, t(EFFECTS[one])
        )
        for one in Effect
    )
    return Markup('<p class="p-legend">{}</p>').format(items)
