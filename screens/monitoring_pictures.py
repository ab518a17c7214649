"""The monitoring's pictures: lines with their intervals, shares, and zones by month.

Each says what it shows to who cannot see it, and stands beside a table of the same figures.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import altair as alt
import numpy as np
import pandas as pd
import streamlit as st
from markupsafe import Markup

from data.texts import Texts
from geo.monitoring import Cube
from layers.movements import SIGNS, movement_shades
from layers.palette import Palette
from layers.shades import Shade, shades, themed

HEIGHT = 240
NAMED = 12
"""Months that have room for their names side by side."""

WIDE = 32
"""Letters of three names that a phone has room for in a row."""

FEW = 12
"""Months under which a bar would be as broad as a wall."""

Picture = alt.Chart | alt.LayerChart | alt.FacetChart


def draw(chart: Picture, colours: Palette, description: str) -> None:
    """Show a chart in the page's colours; `description` is what a screen reader says."""
    plain = chart.properties(description=description, height=HEIGHT, background="transparent")
    axis: dict[str, Any] = {
        "labelColor": colours.ink,
        "titleColor": colours.ink,
        "gridColor": colours.line,
        "domainColor": colours.line,
        "tickColor": colours.line,
        "labelFont": "Inter",
        "titleFont": "Inter",
        "titleFontWeight": 500,
    }
    legend = {key: value for key, value in axis.items() if key.startswith(("label", "title"))}
    shown = plain.configure_axis(**axis).configure_legend(**legend).configure_view(strokeWidth=0)
    st.altair_chart(shown, width="stretch", theme=None)


def level_chart(t: Texts, months: pd.DataFrame, colours: Palette) -> Picture:
    """Persons an hour with the interval round them; months without an hour leave a gap.

    `months`: rows of `geo.monitoring.by_area` of one area.
    """
    rows = pd.DataFrame(
        {
            "month": _labels(t, months["month"]),
            "level": months["level"],
            "low": months["low"],
            "high": months["high"],
        }
    )
    colour = colours.units[0]
    base = alt.Chart(rows).encode(x=_x(t, rows["month"]))
    band = base.mark_area(opacity=0.22, color=colour).encode(
        y=alt.Y("low:Q", title=t("Persons an hour of looking")), y2="high:Q"
    )
    line = base.mark_line(color=colour, strokeWidth=2.5, point={"size": 45, "color": colour})
    return alt.layer(band, line.encode(y="level:Q"))


def lines_chart(
    t: Texts,
    months: Sequence[date],
    series: Mapping[str, Sequence[float]],
    colours: Palette,
    *,
    title: str,
    rule: float | None = None,
    percent: bool = True,
) -> Picture:
    """One line a series, each with its dash and symbol; `rule`: a level to compare with."""
    names = list(series)
    labels = _labels(t, months)
    rows = pd.DataFrame(
        [
            (label, name, value)
            for name in names
            for label, value in zip(labels, series[name], strict=True)
        ],
        columns=["month", "series", "value"],
    )
    scale = alt.Scale(domain=names, range=list(colours.units[: len(names)]))
    axis = alt.Axis(format="%") if percent else alt.Axis()
    base = alt.Chart(rows).encode(
        x=_x(t, labels),
        y=alt.Y("value:Q", title=title, axis=axis, scale=alt.Scale(zero=True)),
        color=alt.Color("series:N", scale=scale, title=None, legend=_legend(names)),
    )
    dash = alt.StrokeDash("series:N", scale=alt.Scale(domain=names), title=None, legend=None)
    shape = alt.Shape("series:N", scale=alt.Scale(domain=names), title=None, legend=None)
    parts = [
        base.mark_line(strokeWidth=2.5).encode(strokeDash=dash),
        base.mark_point(filled=True, size=55).encode(shape=shape),
    ]
    if rule is not None:
        level = alt.Chart(pd.DataFrame({"value": [rule]}))
        parts.append(level.mark_rule(color=colours.ink, strokeDash=[4, 4]).encode(y="value:Q"))
    return alt.layer(*parts)


def bars_chart(
    t: Texts,
    months: Sequence[date],
    series: Mapping[str, Sequence[float]],
    colours: Palette,
    *,
    title: str,
) -> Picture:
    """Stacked bars, the first series at the foot."""
    names = list(series)
    labels = _labels(t, months)
    rows = pd.DataFrame(
        [
            (label, name, order, value)
            for order, name in enumerate(names)
            for label, value in zip(labels, series[name], strict=True)
        ],
        columns=["month", "series", "order", "value"],
    )
    steps = shades(colours).heat
    picked = [steps[4], steps[2], steps[1], steps[3], steps[5], steps[0]]
    scale = alt.Scale(domain=names, range=[picked[n % 6].colour for n in range(len(names))])
    few: dict[str, Any] = {"size": 44} if len(labels) < FEW else {}
    return (
        alt.Chart(rows)
        .mark_bar(stroke=colours.ink, strokeWidth=0.4, **few)
        .encode(
            x=_x(t, labels),
            y=alt.Y("value:Q", title=title),
            color=alt.Color("series:N", scale=scale, title=None, legend=_legend(names)),
            order=alt.Order("order:Q"),
        )
    )


def months_picture(
    t: Texts,
    description: str,
    cube: Cube,
    rows: Sequence[tuple[str, str, str]],
    palette: Palette,
) -> Markup:
    """A row a zone, a column a month: persons an hour of looking, `?` where nobody looked.

    `rows`: zone of the cube, what it is called, and its movement.
    """
    heat, signs = themed(), movement_shades(palette)
    with np.errstate(divide="ignore", invalid="ignore"):
        rates = np.where(cube.looked, cube.persons / cube.exposure, np.nan)
    most = float(np.nanquantile(rates, 0.95)) if np.isfinite(rates).any() else 1.0
    number = {zone: index for index, zone in enumerate(cube.zones)}
    every = max(1, len(cube.months) // NAMED)
    head = Markup().join(
        Markup("<span>{}</span>").format("" if index % every else t.month(month, short=True))
        for index, month in enumerate(cube.months)
    )
    lines = Markup().join(
        Markup(
            '<div class="p-week-name"><i class="p-move" style="background:{};color:{}">{}</i> '
            "{}</div>{}"
        ).format(
            signs[movement].colour,
            signs[movement].ink,
            SIGNS[movement],
            name,
            Markup().join(
                _cell(t, rates[number[zone], index], month, most, heat.of)
                for index, month in enumerate(cube.months)
            ),
        )
        for zone, name, movement in rows
    )
    return Markup(
        '<div class="p-weeks-box" tabindex="0" role="region" aria-label="{0}">'
        '<div class="p-weeks" style="--weeks:{1}" role="img" aria-label="{0}">'
        '<div class="p-week-name p-week-head"></div><div class="p-week-heads">{2}</div>{3}'
        "</div></div>"
    ).format(description, len(cube.months), head, lines)


def _cell(t: Texts, rate: float, month: date, most: float, shade_of) -> Markup:  # type: ignore[no-untyped-def]
    if np.isnan(rate):
        label = t("{month}: unknown, nobody looked", month=t.month(month))
        return Markup('<span class="p-week p-unlooked" title="{}">?</span>').format(label)
    shade: Shade = shade_of(min(rate, most), most)
    label = t("{month}: {rate} persons an hour", month=t.month(month), rate=float(rate))
    return Markup(
        '<span class="p-week" style="background:{};color:{}" title="{}">{}</span>'
    ).format(shade.colour, shade.ink, label, t.number(float(rate), 0))


def movement_legend(t: Texts, words: Mapping[str, str], palette: Palette) -> Markup:
    """What the signs on map and rows say."""
    colours = movement_shades(palette)
    items = Markup().join(
        Markup('<span><i class="p-move" style="background:{};color:{}">{}</i> {}</span>').format(
            colours[kind].colour, colours[kind].ink, SIGNS[kind], word
        )
        for kind, word in words.items()
    )
    unlooked = Markup('<span><i class="p-unlooked">?</i> {}</span>').format(
        t("month in which nobody looked: unknown, not zero")
    )
    return Markup('<p class="p-legend">{}{}</p>').format(items, unlooked)


def _labels(t: Texts, months: Sequence[date] | pd.Series) -> list[str]:
    return [t.month(month, short=True) for month in months]


def _x(t: Texts, labels: Sequence[str] | pd.Series) -> alt.X:
    """Months in their order, as many names as there is room for."""
    every = max(1, len(labels) // 18)
    shown = [label for index, label in enumerate(labels) if index % every == 0]
    axis = alt.Axis(values=shown, labelAngle=-45, labelOverlap=True)
    return alt.X("month:N", sort=list(labels), title=None, axis=axis)


def _legend(names: Sequence[str]) -> alt.Legend:
    """Names side by side where a phone has room for them, else below each other."""
    columns = 3 if sum(map(len, names[:3])) < WIDE else 1
    return alt.Legend(orient="top", labelLimit=400, columns=columns)
