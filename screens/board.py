"""A plan laid out: figures, map beside the units' stops, timeline, and who stays behind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import shapely
import streamlit as st
from markupsafe import Markup

from data.texts import Texts
from geo.zones import Zone
from layers.marks import Mark
from layers.palette import Palette
from layers.palette import signs as signs_of
from layers.routes import routes
from layers.stops import bases, stops
from layers.zones import left_out, zones
from routing.itinerary import Itinerary
from routing.units import Unit
from screens.charts import loads, timeline
from screens.html import badge, notice, table
from screens.kits import kits_to_take
from screens.maps import show
from screens.names import stop_name, zone_title
from screens.plans import Shown, leg_text, stop_tags

HEIGHT = 620
"""Pixels of the map and of the list beside it."""


def board(shown: Shown) -> None:
    """The whole plan of a night."""
    t = shown.t
    left, right = st.columns((8, 5), gap="medium")
    with left:
        _map(shown)
    with right:
        cards = Markup().join(_card(shown, code) for code in shown.units)
        st.html(
            Markup(
                '<div class="p-cards" style="--p-height:{}px" tabindex="0" role="region" '
                'aria-label="{}">{}</div>'
            ).format(HEIGHT, t("The units and their stops"), cards)
        )
    st.subheader(t("Through the night"), anchor=False)
    st.html(
        timeline(
            shown.record.night, shown.lanes(), t("Timeline of the units; the table says the same")
        )
    )
    with st.expander(t("The plan as a table")):
        st.html(_table(shown))
    _left_out(shown)


def preview(t: Texts, units: Sequence[Unit], known: Mapping[str, Zone], colours: Palette) -> None:
    """The zones in the territory of some units, before anything is planned."""
    signs = signs_of(tuple(unit.code for unit in units), colours)
    near = {
        unit.code: [zone for zone in known.values() if zone.province_code in unit.territory]
        for unit in units
    }
    every = {zone.code: zone for found in near.values() for zone in found}
    left, right = st.columns((8, 5), gap="medium")
    with left:
        bases_of = [
            Mark(
                shapely.Point(unit.start.lon, unit.start.lat),
                f"{unit.name}: {unit.start.name}",
                sign=signs[unit.code],
            )
            for unit in units
        ]
        show(
            "plan",
            t("Map of the zones that these units can reach; the list beside counts them"),
            (
                left_out([Mark(z.geometry, zone_title(t, z)) for z in every.values()], colours),
                bases(bases_of, colours),
            ),
            colours,
            view=[mark.geometry for mark in bases_of] + [z.geometry for z in every.values()],
            height=HEIGHT,
        )
    with right:
        st.html(notice(t("No plan for this night yet. Planning takes a few seconds.")))
        st.html(
            table(
                t("The units that go out, and the zones in their territory"),
                (t("Unit"), t("Shift"), t("How"), t("Zones")),
                [
                    (
                        Markup("{} {}").format(badge(signs[unit.code]), unit.name),
                        f"{unit.shift_opens}–{unit.shift_closes}",
                        t.word(unit.mode),
                        str(len(near[unit.code])),
                    )
                    for unit in units
                ],
                numeric=frozenset({3}),
            )
        )


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
    if (kits := kits_to_take(t, itinerary)) is not None:
        out = f"{out} · {kits}"
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


def _points(t: Texts, points: int | None) -> str:
    return "–" if points is None else t.number(points, 0)


def _left_out(shown: Shown) -> None:
    t = shown.t
    near = shown.near_left_out
    far = len(shown.left_out) - len(near)
    st.subheader(t("Zones left behind tonight, and why"), anchor=False)
    if near:
        st.html(
            table(
                t("Zones left out, with the reason"),
                (t("Zone"), t("Cost"), t("Why")),
                [
                    (shown.named.visit(key), _points(t, shown.costs.get(key)), sentence)
                    for key, sentence in near
                ],
                numeric=frozenset({1}),
                tall=True,
            )
        )
        st.caption(
            t(
                "Cost: the points that the plan would lose, at most, if the zone were visited in "
                "any case. That is decided above, under “Decide on single zones”."
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
