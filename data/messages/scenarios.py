# ruff: noqa: E501 (a sentence stands on one line)
"""Sentences of what-if scenarios and of the region's week."""

from __future__ import annotations

SCENARIOS = {
    "record_outdated": "The plan of {night} can no longer be driven as it stands: zones, promises or hours have changed since, or the night is under way. Plan it again.",
    "scenario_without_units": "Nobody would go out any more: leave at least one unit in the scenario.",
    "scenario_changes_nothing": "Change {number} of the scenario changes nothing on these nights: nobody of whom it speaks goes out.",
    "scenario_without_hours": "The shift of {unit} would be over before it begins: take fewer minutes away.",
    "scenario_unreadable": "A scenario cannot say {got}: expected parts such as without=LU1, less=60, less=LU1:60, more=60, language=sq or base=LU1:Altopascio, joined by commas.",
    "place_not_named": "No place of the network is called {got}: give the name of a municipality or a hamlet of Tuscany.",
    "province_without_units": "No unit that goes out works in province {province}: give the two letters of provinces where units work, such as LU,PI.",
    "planning_interrupted": "Interrupted: {count} plans are missing. What was ready is kept.",
}
