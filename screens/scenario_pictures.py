"""How the zones stand after each scenario, as a picture: a bar each, parts by standing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import pandas as pd
import streamlit as st

from data.texts import Texts
from layers.palette import Palette
from layers.shades import shades
from routing.coverage import Standing

Picture = alt.LayerChart | alt.FacetChart

STEP = 34
"""Pixels of a bar with the space below it."""

AXIS = 52
"""Pixels of the axis below the bars."""


def standings_chart(
    t: Texts, rows: Sequence[tuple[str, Mapping[Standing, int]]], colours: Palette
) -> Picture:
    """`rows`: what a bar is called, and zones by standing."""
    looks, order = shades(colours).weeks, list(reversed(Standing))
    frame = pd.DataFrame(
        [
            {"name": name, "standing": t.word(one), "zones": counts.get(one, 0), "order": place}
            for name, counts in rows
            for place, one in enumerate(order)
        ]
    )
    names = [name for name, _ in rows]
    base = alt.Chart(frame).encode(
        y=alt.Y("name:N", sort=names, title=None, axis=alt.Axis(labelLimit=260, labelPadding=8)),
        x=alt.X("zones:Q", stack="zero", title=t("Zones"), axis=alt.Axis(tickMinStep=1)),
        order=alt.Order("order:Q"),
    )
    bars = base.mark_bar(stroke=colours.place, strokeWidth=0.6).encode(
        color=alt.Color(
            "standing:N",
            title=None,
            sort=[t.word(one) for one in order],
            scale=alt.Scale(
                domain=[t.word(one) for one in order],
                range=[looks[one.value].colour for one in order],
            ),
            legend=None,
        ),
        tooltip=["name:N", "standing:N", "zones:Q"],
    )
    figures = (
        base.transform_filter("datum.zones > 0")
        .transform_stack(
            stack="zones", as_=["begin", "end"], groupby=["name"],
            sort=[alt.SortField("order")],
        )
        .transform_calculate(middle="(datum.begin + datum.end) / 2")
        .mark_text(baseline="middle", font="Inter", fontSize=12)
        .encode(
            x=alt.X("middle:Q"),
            text="zones:Q",
            color=alt.Color(
                "standing:N",
                scale=alt.Scale(
                    domain=[t.word(one) for one in order],
                    range=[looks[one.value].ink for one in order],
                ),
                legend=None,
            ),
        )
    )  # fmt: skip
    return alt.layer(bars, figures).resolve_scale(color="independent")


def draw(chart: Picture, rows: int, colours: Palette, description: str) -> None:
    """Show a chart in the page's colours; `description` is what a screen reader says."""
    text: dict[str, Any] = {
        "labelColor": colours.ink, "titleColor": colours.ink, "labelFont": "Inter",
        "titleFont": "Inter", "titleFontWeight": 500, "labelFontSize": 12,
    }  # fmt: skip
    lines: dict[str, Any] = {
        "gridColor": colours.line, "domainColor": colours.line, "tickColor": colours.line,
    }  # fmt: skip
    height = STEP * rows + AXIS
    shown = (
        chart.properties(description=description, height=height, background="transparent")
        .configure_axis(**text, **lines)
        .configure_view(strokeWidth=0)
    )
    st.altair_chart(shown, width="stretch", theme=None)


def shares_chart(t: Texts, rows: Sequence[tuple[str, float]], colours: Palette) -> Picture:
    """A bar from 0 to 100 per cent for each name, with its figure."""
    frame = pd.DataFrame(
        [
            {"name": name, "share": 100 * share, "text": f"{t.number(100 * share)} %"}
            for name, share in rows
        ]
    )
    base = alt.Chart(frame).encode(
        y=alt.Y("name:N", sort=[name for name, _ in rows], title=None,
                axis=alt.Axis(labelLimit=220, labelPadding=8)),
        x=alt.X("share:Q", title=t("Share of the drives, %"), scale=alt.Scale(domain=[0, 100])),
    )  # fmt: skip
    bars = base.mark_bar(color=colours.units[0], height={"band": 0.6})
    figures = base.mark_text(align="left", dx=5, font="Inter", fontSize=12, color=colours.ink)
    return alt.layer(bars, figures.encode(text="text:N"))
