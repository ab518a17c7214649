"""The guard against the feedback loop: where minutes go, and a warning when a plan is narrow."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from math import isnan

import numpy as np
import streamlit as st

from data.monitoring import Monitored
from data.monitoring_words import percent
from data.narrow import narrow_said
from data.texts import Texts
from geo.focus import TOP, Narrowness
from geo.monitoring import trend
from layers.palette import Palette
from screens.html import muted, notice, table
from screens.monitoring_pictures import draw, lines_chart
from screens.names import zone_name


def focus_section(t: Texts, found: Monitored, colours: Palette) -> None:
    """Shares of the minutes month by month, planned exploration and what came of it."""
    st.subheader(t("Where crews look"), anchor=False)
    rows = found.focus
    tau, p = trend(rows["top"].to_numpy())
    if p <= 0.05 and tau > 0:
        st.html(
            notice(
                t(
                    "The minutes gather in ever fewer zones: what is not looked at stays unknown, "
                    "and the next plan follows what is known."
                ),
                "warning",
            )
        )
    last = rows.iloc[-1]
    if not isnan(last["exploring"]) and last["exploring"] == 0:
        st.html(
            notice(
                t("In {month} no minute went to zones that were little known.",
                  month=t.month(last["month"])),
                "warning",
            )
        )  # fmt: skip
    names = (
        t("minutes in the top fifth of the zones"),
        t("zones that nobody looked at"),
        t("minutes in zones little known before"),
    )
    series = dict(zip(names, (rows["top"], rows["unseen"], rows["exploring"]), strict=True))
    said = t("Shares by month: {names}. The table says the same.", names=t.list(names))
    draw(
        lines_chart(t, rows["month"], series, colours, title=t("Share"), rule=TOP),
        colours,
        said,
    )
    st.html(
        muted(
            t(
                "The dashed line: the fifth that the top fifth of the zones would have if all were "
                "looked at alike. Little known: less than a quarter of the median zone’s hours in "
                "the six months before."
            )
        )
    )
    explored = found.explored.set_index("month") if len(found.explored) else None
    with st.expander(t("Where crews look, as a table")):
        st.html(
            table(
                t("Where crews look, month by month"),
                (
                    t("Month"),
                    t("Hours looked"),
                    *(name[:1].upper() + name[1:] for name in names),
                    t("Exploration planned"),
                    t("of it driven"),
                ),
                [
                    (
                        t.month(row.month),
                        t.number(row.hours),
                        percent(t, row.top),
                        percent(t, row.unseen),
                        percent(t, row.exploring),
                        *_explored(t, explored, row.month),
                    )
                    for row in rows.itertuples()
                ],
                numeric=frozenset(range(1, 7)),
                tall=True,
            )
        )
    _exploration(t, found, colours)


def _explored(t: Texts, explored, month: date) -> tuple[str, str]:  # type: ignore[no-untyped-def]
    if explored is None or month not in explored.index:
        return "–", "–"
    one = explored.loc[month]
    if not one["planned"]:
        return "–", "–"
    driven = percent(t, one["made"] / one["exploring"]) if one["exploring"] else "–"
    return percent(t, one["exploring"] / one["planned"]), driven


def _exploration(t: Texts, found: Monitored, colours: Palette) -> None:
    """Of the minutes planned, how many explore; and how many of these were driven."""
    rows = found.explored
    if rows.empty:
        st.html(
            muted(
                t(
                    "No plan has been published yet: what was planned for little-known zones, and "
                    "what of it was driven, is told from the first on."
                )
            )
        )
        return
    planned, exploring, made = (
        float(rows[name].sum()) for name in ("planned", "exploring", "made")
    )
    st.html(
        muted(
            t(
                "Exploration: {share} of the minutes of published plans are in zones little is "
                "known of; {driven} of these were driven.",
                share=percent(t, exploring / planned if planned else np.nan),
                driven=percent(t, made / exploring if exploring else np.nan),
            )
        )
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = (
            rows["exploring"] / rows["planned"],
            rows["made"] / rows["planned"],
        )
    names = (t("exploration planned"), t("exploration driven"))
    draw(
        lines_chart(
            t,
            rows["month"],
            dict(zip(names, shares, strict=True)),
            colours,
            title=t("Share of the minutes planned"),
        ),
        colours,
        t("Exploration planned and driven, month by month; the table above says the same."),
    )


def narrow_notice(t: Texts, found: Narrowness, last_visit: Mapping[str, date]) -> None:
    """Warn that a plan goes only where crews have been, and name where it could go instead."""
    if said := narrow_said(t, found, last_visit, zone_name):
        st.html(notice(said, "warning"))
