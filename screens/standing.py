"""How a zone stands against its target, in words and with its colour."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

import pandas as pd
import streamlit as st
from markupsafe import Markup

from data.access import Viewer
from data.texts import Texts
from geo.municipalities import municipalities
from geo.night import Night
from geo.zones import Zone
from layers.shades import themed
from routing.coverage import Coverage, Standing, coverage
from screens.session import store


def covered(
    viewer: Viewer, zones: Iterable[Zone], night: Night, mondays: Sequence[date] = ()
) -> tuple[Coverage, ...]:
    """How zones stand before a night, the most behind first: its own visits are still to come."""
    visits = store().visits(viewer)
    past = pd.to_datetime(visits["night"]) < pd.Timestamp(night.date)
    return coverage(tuple(zones), visits[past.to_numpy()], night, mondays)


def pill(t: Texts, one: Standing) -> Markup:
    """The word of a standing on its colour."""
    shade = themed().standing[one.value]
    return Markup(
        '<span class="p-standing p-standing-{}" style="background:{};color:{}">{}</span>'
    ).format(one.value, shade.colour, shade.ink, t.word(one))


def since(t: Texts, one: Coverage) -> str:
    """`23 days since the last visit, target 14`."""
    if one.days is None:
        return t("never visited; target {target} days", target=one.target)
    return t.plural(
        "{count} day since the last visit, target {target}",
        "{count} days since the last visit, target {target}",
        one.days,
        target=one.target,
    )


def debt(t: Texts, one: Coverage) -> str:
    """Days since the last visit over the target; a dash when there was none."""
    return "–" if one.debt is None else t.number(one.debt, 2)


def last(t: Texts, one: Coverage) -> str:
    """The night of the last visit; a dash when there was none."""
    return "–" if one.last is None else t.date(one.last, "medium")


def province_picker(t: Texts, zones: Iterable[Zone], key: str) -> str | None:
    """A choice of one province that has zones (ISTAT code); None is all of them."""
    names = dict(municipalities()[["province_istat", "province_name"]].itertuples(index=False))
    have = sorted({zone.province_code for zone in zones}, key=lambda code: names.get(code, code))
    chosen: str | None = st.selectbox(
        t("Province"),
        [None, *have],
        format_func=lambda code: names.get(code, code) if code else t("all provinces"),
        key=key,
    )
    return chosen


def counts(found: Iterable[Coverage]) -> dict[Standing, int]:
    """How many zones stand how, in the order of `Standing`."""
    standings = [one.standing for one in found]
    return {standing: standings.count(standing) for standing in Standing}
