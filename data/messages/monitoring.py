# ruff: noqa: E501 (a sentence stands on one line)
"""Sentences and words of the monitoring."""

from __future__ import annotations

MONITORING = {
    "monitoring_zones": "There is no zone yet: there is nothing to watch. Import zones with `prossima zones import`.",
    "monitoring_value": "Column {column}: expected numbers that are not negative.",
    "monitoring_effort": "Nothing can be compared: no hour of looking is known in these months. Import contacts with the times of arrival and departure, or let crews say on the phone when they arrive and leave.",
    "monitoring_months": "Too few months to say how zones move: {got} are known, at least {least} are needed.",
    "monitoring_month_open": "The month is not over yet: choose one that is.",
    "quarter_unreadable": "“{got}” is no quarter: expected one such as 2026-Q3.",
    "quarter_open": "The quarter {quarter} is not over yet: its report can be made from {day} on.",
    "quarter_before": "Nothing is known of the quarter {quarter}: the first month with any hour of looking is {month}.",
    "quarter_unpublished": "No month of the quarter {quarter} has been published: the public report holds nothing but what is published. Publish its months with `prossima release publish`.",
    "weather_future": "The night of {night} has not been yet: nothing was taken.",
}

MOVEMENT_WORDS = {
    ("Movement", "emerging"): "emerging",
    ("Movement", "diminishing"): "diminishing",
    ("Movement", "oscillating"): "oscillating",
    ("Movement", "steady"): "without a clear movement",
    ("Movement", "silent"): "fallen silent",
    ("Movement", "unknown"): "too little effort to say",
    ("Pattern", "new"): "new",
    ("Pattern", "consecutive"): "for several months in a row",
    ("Pattern", "intensifying"): "intensifying",
    ("Pattern", "persistent"): "persistent",
    ("Pattern", "lessening"): "lessening",
    ("Pattern", "sporadic"): "now and then",
    ("Pattern", "alternating"): "now more, now fewer",
    ("Pattern", "historical"): "in the past",
    ("Pattern", "none"): "none",
    ("Side", "more"): "more than elsewhere",
    ("Side", "fewer"): "fewer than elsewhere",
    ("Lack", "few_months"): "looked at in too few months",
    ("Lack", "not_lately"): "nobody has looked in the last three months",
    ("Lack", "few_hours"): "too few hours of looking",
}
