"""A plan laid out: figures, map beside the units' stops, timeline, and who stays behind."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st
from markupsafe import Markup

from layers.routes import routes
from layers.stops import bases, stops
from layers.zones import left_out, zones
from routing.itinerary import Itinerary
from screens.charts import loads, timeline
from screens.html import badge, table
from screens.maps import show
from screens.names import stop_name
from screens.plans import Shown, leg_text, stop_tags

HEIGHT = 620
"""Pixels of the map and of the list beside it."""


def board(shown: Shown) -> None:
    """The whole plan of a night."""
    t = shown.t
    left, right = st.columns((8, 5), gap="medium")
    with left:
        _map(shown)
    with right, st.container(height=HEIGHT, border=False, key="units"):
        for code in shown.units:
            st.html(_card(shown, code))
    st.subheader(t("Through the night"), anchor=False)
    st.html(
        timeline(
            shown.record.night, shown.lanes(), t("Timeline of the units; the table says the same")
        )
    )
    with st.expander(t("The plan as a table")):
        st.html(_table(shown))
    _left_out(shown)


def _map(shown: Shown) -> None:
    t, colours = shown.t, shown.palette
    ways = shown.route_marks()
    show(
        "plan",
        t("Map of the plan; the lists beside and below say the same"),
        (
            left_out(shown.left_out_marks(), colours),
            zones(shown.zone_marks(), colours),
            routes(ways, colours),
            bases(shown.base_marks(), colours),
            stops(shown.stop_marks()),
        ),
        colours,
        view=[mark.geometry for mark in ways] or [mark.geometry for mark in shown.base_marks()],
        height=HEIGHT,
    )


def _card(shown: Shown, code: str) -> Markup:
    t, sign, unit = shown.t, shown.signs[code], shown.units[code]
    itinerary = shown.itineraries.get(code)
    if itinerary is None:
        body = Markup('<p class="p-muted">{}</p>').format(
            t("Stays at its base: no visit is worth the way.")
        )
    else:
        body = _stops(shown, itinerary)
    return Markup('<section class="p-card"><h3>{} {}</h3>{}</section>').format(
        badge(sign), unit["name"], body
    )


def _stops(shown: Shown, itinerary: Itinerary) -> Markup:
    t, sign = shown.t, shown.signs[itinerary.unit]
    rows = Markup().join(
        Markup("<li><time>{}</time><span>{}</span><div>{}<small>{}</small></div></li>").format(
            t.clock(stop.begin),
            badge(sign, number),
            stop_name(t, stop),
            " · ".join([leg_text(t, stop.leg, 2), *stop_tags(t, stop)[1:]]),
        )
        for number, stop in enumerate(itinerary.stops, start=1)
    )
    out = t(
        "Leaves {base} at {departure}, back at {home}",
        base=itinerary.start,
        departure=t.clock(itinerary.departure),
        home=t.clock(itinerary.home),
    )
    return Markup('<p class="p-muted">{}</p>{}<ol class="p-stops">{}</ol>').format(
        out, loads(sign, shown.loads(itinerary.unit)), rows
    )


def _table(shown: Shown) -> Markup:
    t = shown.t
    header = (
        t("Stop"),
        t("Unit"),
        t("Place"),
        t("Arrival"),
        t("Departure"),
        t("Drive"),
        t("Length"),
        t("Roads"),
        t("To know"),
    )
    rows: list[Sequence[object]] = []
    for code, itinerary in shown.itineraries.items():
        sign = shown.signs[code]
        rows += [
            (
                badge(sign, number),
                itinerary.unit_name,
                stop_name(t, stop),
                t.clock(stop.arrival),
                t.clock(stop.departure),
                t.minutes(stop.leg.seconds),
                t.kilometres(stop.leg.metres),
                ", ".join(stop.leg.roads),
                ", ".join(stop_tags(t, stop)),
            )
            for number, stop in enumerate(itinerary.stops, start=1)
        ]
        home = itinerary.way_home
        rows.append(
            (
                badge(sign),
                itinerary.unit_name,
                itinerary.end,
                t.clock(itinerary.home),
                "",
                t.minutes(home.seconds),
                t.kilometres(home.metres),
                ", ".join(home.roads),
                t("back at base"),
            )
        )
    return table(t("All stops of the night"), header, rows, numeric=frozenset({3, 4, 5, 6}))


def _left_out(shown: Shown) -> None:
    t = shown.t
    near = shown.near_left_out
    far = len(shown.left_out) - len(near)
    st.subheader(t("Zones left behind tonight, and why"), anchor=False)
    if near:
        st.html(
            table(
                t("Zones left out, with the reason"),
                (t("Zone"), t("Why")),
                [(shown.named.visit(key), sentence) for key, sentence in near],
                tall=True,
            )
        )
    else:
        st.html(
            Markup('<p class="p-lead">{}</p>').format(
                t("None: every zone of these units is visited.")
            )
        )
    if far:
        st.caption(
            t.plural(
                "{count} more zone lies outside the territory of these units.",
                "{count} more zones lie outside the territory of these units.",
                far,
            )
        )
