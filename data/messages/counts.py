# ruff: noqa: E501 (a sentence stands on one line)
"""Sentences of the count night."""

from __future__ import annotations

COUNTS = {
    "count_missing": "There is no such count night.",
    "count_window": "A count from {opens} to {closes} ends before it begins: a night runs from noon to noon.",
    "count_minutes": "A pass of {got} minutes; expected between 1 and 60.",
    "count_passes": "{got} passes of each zone; expected between 1 and {most}.",
    "count_spacing": "{got} minutes between two passes; expected 0 or more.",
    "count_rounds": "The window is too short for {passes} passes, {spacing} minutes apart: each round would last less than {least} minutes. Lengthen the window, or take fewer passes or less time between them.",
    "count_zones_none": "There is no zone to count: none lies in the territory of these crews, or all were left out ({unreachable} out of reach). Choose other crews or zones.",
    "count_stopped": "Stopped before there was a plan that passes every zone: plan again, with more seconds or more crews.",
    "count_reserve": "The reserve of {night} cannot be {reserve}: expected one of the {most} nights after it.",
    "count_entered": "Crews have already entered what they saw on the night of {night}: it stays as it is.",
    "count_forecast_rain": "The forecast says {got} mm of rain in an hour; expected between 0 and {most}.",
    "count_forecast_wind": "The forecast says gusts of {got} km/h; expected between 0 and {most}.",
    "count_weather_early": "The forecast for the night of {night} can be entered from {begins} on: an earlier one says too little.",
    "count_weather_late": "The window of the night of {night} is open: its weather can no longer be decided on.",
    "count_weather_missing": "The night of {night} is not decided yet: enter the forecast first. Without it no itinerary is published.",
    "count_cancelled": "The count of {night} is cancelled: plan it on another night.",
    "count_unplanned": "The count of {night} has no plan yet: plan it first.",
    "count_night_taken": "The reserve {night} has a count of its own already: choose another reserve.",
    "count_expired": "The entries of the night of {night} have expired: only its figures are left.",
    "count_entry_late": "Entries for the count of {night} were taken until {until}, 24 hours after the last pass: nothing can be added any more.",
    "count_seen_only": "On a count night people are only seen: number, perceived gender, part of the world and age, nothing else. The entry was not taken; it is still on the phone.",
    "count_replan": "A count night is not planned again under way: every zone is passed as published, or skipped with its reason.",
    "count_open": "The count of {night} cannot be published before {until}: entries are still taken.",
    "count_nobody": "Nothing was entered of the count of {night}: there is nothing to publish.",
    "count_month_taken": "A count of {month} is published already: one of a month stays.",
}
