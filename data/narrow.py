"""How narrow a plan or a week is: whether it only goes where crews have been."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Any

from geo.focus import Narrowness, narrowness
from geo.night import MINUTE
from routing.itinerary import Itinerary
from routing.plan import Plan
from routing.prepare_week import PreparedWeek
from routing.problem import Kind


def of_plan(document: Mapping[str, Any], last_visits: Mapping[str, date]) -> Narrowness:
    """Of a night's plan as `data.exports.plan_document` writes it.

    `last_visits`: the night of each zone's last visit before; none for those never visited.
    """
    minutes: Counter[str] = Counter()
    for route in document["routes"]:
        for stop in Itinerary.from_dict(route["itinerary"]).stops:
            if stop.zone:
                minutes[stop.zone] += round((stop.departure - stop.begin).total_seconds() / MINUTE)
    zones = [one["key"] for one in document["visits"] if one["kind"] == Kind.ZONE.value]
    night = date.fromisoformat(document["night"])
    return narrowness(minutes, zones, last_visits, night, document.get("thin", ()))


def of_week(week: PreparedWeek, plan: Plan, last_visits: Mapping[str, date]) -> Narrowness:
    """Of a week as it is planned."""
    zones, thin = set(), set()
    for prepared in week.nights.values():
        zones |= set(prepared.needs)
        thin |= {zone for zone, needs in prepared.needs.items() if any(one.thin for one in needs)}
    minutes: Counter[str] = Counter()
    for route in plan.routes:
        for stop in route.stops:
            if stop.visit in zones:
                minutes[stop.visit] += round((stop.departure - stop.begin) / MINUTE)
    return narrowness(minutes, zones, last_visits, week.first.date, thin)
