"""A plan and a road network as tables for the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rich import box
from rich.console import RenderableType
from rich.table import Table

from data.messages import N_
from data.roads_report import ImportReport
from data.texts import Texts
from geo.night import MINUTE
from routing.itinerary import Itinerary, Leg
from routing.problem import Kind

SOURCES = {
    "schematic": N_("schematic network of the program"),
    "osm": N_("OpenStreetMap"),
    "graphml": N_("OpenStreetMap (GraphML of osmnx)"),
    "iternet": N_("road graph of the Region of Tuscany (ITERNET)"),
}
FAR = "zone_outside_territory"
"""A reason that is only counted: nobody expects these zones tonight."""


def plan_tables(document: Mapping[str, Any], t: Texts) -> Iterator[RenderableType]:
    """One table a unit, then the zones left out with their reasons.

    `document`: as `data.exports.plan_document` writes it.
    """
    for route in document["routes"]:
        yield _route_table(Itinerary.from_dict(route["itinerary"]), t)
    left_out = _table(t("Left out"), t("Stop"), t("Reason"))
    near = [one for one in document["left_out"] if one["reason"] != FAR]
    for one in near:
        left_out.add_row(one["visit"], t.code(one["reason"], **one["fields"]))
    yield left_out
    if far := len(document["left_out"]) - len(near):
        yield t.plural(
            "{count} more zone lies outside the territory of these units.",
            "{count} more zones lie outside the territory of these units.",
            far,
        )


def network_table(report: ImportReport, t: Texts) -> RenderableType:
    """What a road network is, and what its import left out."""
    rows = Table.grid(padding=(0, 2))
    rows.add_row(t("name"), report.name)
    rows.add_row(t("source"), t(SOURCES[report.source]))
    rows.add_row(t("licence"), report.licence)
    rows.add_row(t("places"), t.number(report.nodes))
    rows.add_row(t("sections"), t.number(report.edges))
    rows.add_row(t("length"), t.kilometres(report.kilometres * 1000))
    rows.add_row(t("sections with a name"), f"{t.number(100 * report.named, 0)} %")
    if report.dropped_parts:
        parts = t.plural("{count} part", "{count} parts", report.dropped_parts)
        length = t.kilometres(report.dropped_kilometres * 1000)
        rows.add_row(t("left out, cut off from the rest"), f"{parts}, {length}")
    return rows


def _route_table(itinerary: Itinerary, t: Texts) -> Table:
    stops = t.plural("{count} stop", "{count} stops", len(itinerary.stops))
    driving = t.minutes(itinerary.driving_minutes * MINUTE)
    length = t.kilometres(itinerary.kilometres * 1000)
    rows = _table(
        f"{itinerary.unit} {itinerary.unit_name} · {stops} · {driving} · {length}",
        *(t("Arrival"), t("Leaving"), t("Stop"), t("Drive"), t("Length"), t("Roads")),
    )
    for stop in itinerary.stops:
        name = stop.zone or stop.place or stop.key
        if stop.kind is not Kind.ZONE:
            name = f"{name} ({t.word(stop.kind)})"
        way = _way(stop.leg, t)
        rows.add_row(t.clock(stop.arrival), t.clock(stop.departure), name, *way)
    rows.add_row(t.clock(itinerary.home), "", itinerary.end, *_way(itinerary.way_home, t))
    return rows


def _way(leg: Leg, t: Texts) -> tuple[str, str, str]:
    roads = ", ".join(leg.roads)
    if leg.walk:
        on_foot = t("{time} on foot", time=t.minutes(leg.walk))
        roads = ", ".join(part for part in (on_foot, roads) if part)
    return t.minutes(leg.seconds), t.kilometres(leg.metres), roads


def _table(title: str, *columns: str) -> Table:
    return Table(*columns, title=title, title_justify="left", box=box.SIMPLE)
