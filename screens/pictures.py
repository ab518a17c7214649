"""Pictures made of cells: presence by weekday and hour, coverage by zone and week.

The hours are a table with shaded cells, read as any table. The weeks are a picture, with a
table of the same content beside it. Colour is never the only sign: cells carry figures.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import isnan
from pathlib import Path

import streamlit as st
from markupsafe import Markup

from data.texts import Texts
from geo.presence import Expected
from layers.shades import Shade, themed
from routing.coverage import Coverage, Standing, Week

MARKS = {Standing.BEHIND: "!", Standing.FAR_BEHIND: "!!"}
"""What stands in a week without a visit, beside the colour."""

STYLE = Path(__file__).with_name("zones.css")


def style() -> None:
    """The style of the pages on zones, contacts and coverage."""
    st.html(STYLE)


@dataclass(frozen=True)
class Hours:
    """Presence of one zone: by (weekday, wall-clock hour). `visited`: those of its windows;
    `unlooked`: those in which nobody ever looked, so that what is expected is borrowed."""

    expected: Mapping[tuple[int, int], Expected]
    visited: frozenset[tuple[int, int]]
    unlooked: frozenset[tuple[int, int]] = frozenset()

    @property
    def hours(self) -> list[int]:
        """The wall-clock hours that anything is known of, from noon to noon."""
        known = {hour for _, hour in (*self.expected, *self.visited)}
        return sorted(known, key=lambda hour: (hour - 12) % 24)


def hours_table(t: Texts, caption: str, hours: Hours, tonight: int) -> Markup:
    """Weekdays down, hours across; a cell shows what to expect and the interval round it.

    `tonight`: the weekday whose row is marked. Hours outside the zone's windows are muted.
    """
    colours = themed()
    most = max((one.expected for one in hours.expected.values()), default=0.0)
    head = Markup().join(Markup('<th scope="col">{:02d}</th>').format(hour) for hour in hours.hours)
    rows = Markup().join(
        Markup('<tr{}><th scope="row">{}</th>{}</tr>').format(
            Markup(' class="p-now"') if weekday == tonight else Markup(),
            t.weekday(weekday),
            Markup().join(
                _hour(t, hours, (weekday, hour), most, colours.of) for hour in hours.hours
            ),
        )
        for weekday in range(7)
    )
    return Markup(
        '<div class="p-scroll p-plain" tabindex="0" role="region" aria-label="{0}">'
        '<table class="p-heat"><caption>{0}</caption><thead><tr><td></td>{1}</tr></thead>'
        "<tbody>{2}</tbody></table></div>"
    ).format(caption, head, rows)


def _hour(t, hours, key, most, shade_of) -> Markup:  # type: ignore[no-untyped-def]
    one = hours.expected.get(key)
    shade: Shade = shade_of(one.expected if one else 0.0, most)
    if one is None:
        return Markup('<td style="background:{};color:{}">–</td>').format(shade.colour, shade.ink)
    if key in hours.unlooked:
        said = t("unknown: nobody has looked in this hour; borrowed from elsewhere")
        span = Markup()
        if not isnan(one.low):
            between = f"{t.number(one.low, 1)}–{t.number(one.high, 1)}"
            span = Markup("<small>{}</small>").format(between)
        return Markup('<td class="p-unlooked" title="{}">?{}</td>').format(said, span)
    between = Markup()
    if not isnan(one.low):  # of a part of the persons there is no interval
        between = Markup("<small>{}–{}</small>").format(t.number(one.low, 1), t.number(one.high, 1))
    return Markup('<td{} style="background:{};color:{}">{}{}</td>').format(
        Markup() if key in hours.visited else Markup(' class="p-outside"'),
        shade.colour,
        shade.ink,
        t.number(one.expected, 1),
        between,
    )


def weeks_picture(
    t: Texts,
    description: str,
    rows: Sequence[tuple[str, Coverage]],
    mondays: Sequence[date],
) -> Markup:
    """A column a week and a row a zone, coloured by the standing at the week's end.

    `rows`: name and coverage with as many weeks as there are `mondays`. A cell shows the
    visits of its week. Above stand the zones by standing, week by week.
    """
    colours = themed().weeks
    head = Markup().join(
        Markup("<span>{}</span>").format(t.date(monday, "short")[:5]) for monday in mondays
    )
    lines = Markup().join(
        Markup('<div class="p-week-name">{}</div>{}').format(
            name,
            Markup().join(
                _week(t, week, monday, colours[week.standing.value])
                for week, monday in zip(one.weeks, mondays, strict=True)
            ),
        )
        for name, one in rows
    )
    return Markup(
        '<div class="p-weeks-box" tabindex="0" role="region" aria-label="{0}">'
        '<div class="p-weeks" style="--weeks:{1}" role="img" aria-label="{0}">'
        '<div class="p-week-name"></div>{2}<div class="p-week-name p-week-head"></div>'
        '<div class="p-week-heads">{3}</div>{4}</div></div>'
    ).format(description, len(mondays), _stacks(t, rows, mondays), head, lines)


def _week(t: Texts, week: Week, monday: date, shade: Shade) -> Markup:
    label = t(
        "week of {day}: {visits}, {standing}",
        day=monday,
        visits=t.plural("{count} visit", "{count} visits", week.visits),
        standing=week.standing,
    )
    return Markup(
        '<span class="p-week p-{}" style="background:{};color:{}" title="{}">{}</span>'
    ).format(
        week.standing.value,
        shade.colour,
        shade.ink,
        label,
        week.visits or MARKS.get(week.standing, ""),
    )


def _stacks(t: Texts, rows: Sequence[tuple[str, Coverage]], mondays: Sequence[date]) -> Markup:
    colours = themed().weeks
    columns = []
    for number in range(len(mondays)):
        standings = [one.weeks[number].standing for _, one in rows]
        parts = Markup().join(
            Markup(
                '<i class="p-{}" style="height:{:.2f}%;background:{}" title="{}: {}"></i>'
            ).format(
                standing.value,
                100 * standings.count(standing) / len(standings),
                colours[standing.value].colour,
                t.word(standing),
                standings.count(standing),
            )
            for standing in reversed(Standing)
            if standing in standings
        )
        columns.append(Markup('<span class="p-stack">{}</span>').format(parts))
    return Markup().join(columns)


def legend(t: Texts, colours: Mapping[str, Shade]) -> Markup:
    """What the colours of the standings say, on a map or in the weeks."""
    items = Markup().join(
        Markup('<span><i class="p-{}" style="background:{};color:{}">{}</i> {}</span>').format(
            standing.value,
            colours[standing.value].colour,
            colours[standing.value].ink,
            MARKS.get(standing, ""),
            t.word(standing),
        )
        for standing in Standing
    )
    return Markup('<p class="p-legend">{}</p>').format(items)
