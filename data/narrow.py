"""How narrow a plan or a week is: whether it only goes where crews have been."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from data.texts import Texts
from geo.focus import Narrowness, narrowness
from geo.night import MINUTE
from routing.itinerary import Itinerary
from routing.plan import Plan
from routing.prepare_week import PreparedWeek
from routing.problem import Kind

MOST_NAMED = 6
"""Zones named in a warning; the others are counted."""


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


def narrow_said(
    t: Texts,
    found: Narrowness,
    last_visits: Mapping[str, date],
    name: Callable[[str], str] = str,
) -> str:
    """Warns that a plan goes only where crews have been, and names where it could go instead,
    what was never visited first; empty where the plan is not narrow."""
    if not found.narrow:
        return ""
    first = sorted(found.open, key=lambda code: (last_visits.get(code, date.min), code))
    names = [name(code) for code in first[:MOST_NAMED]]
    if more := len(first) - len(names):
        names.append(t.plural("{count} more", "{count} more", more))
    return t(
        "This plan only goes where crews have been lately: what nobody looks at stays "
        "unknown. It could also go to {zones}.",
        zones=t.list(names),
    )
