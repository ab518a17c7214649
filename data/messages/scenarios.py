# ruff: noqa: E501 (a sentence stands on one line)
"""Sentences of what-if scenarios and of the region's week."""

from __future__ import annotations

SCENARIOS = {
    "province_without_units": "No unit that goes out works in province {province}: give the two letters of provinces where units work, such as LU,PI.",
    "planning_interrupted": "Interrupted: {count} plans are missing. What was ready is kept.",
}
