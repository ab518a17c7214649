"""What an event of a crew may carry: told apart from what a phone might send instead."""

from __future__ import annotations

import re
from enum import StrEnum

from routing.progress import CrewEvent, EventKind, SkipReason, Weather

IDENTIFIER = re.compile(r"[A-Za-z0-9-]{8,64}")
_REPORT = {"kilometres": 2000}
"""Numbers of a closed night, with the most that can be meant."""


def values_right(event: CrewEvent) -> bool:
    """Whether an event says what its kind must say, and of a closed night nothing else."""
    values = event.values
    match event.kind:
        case EventKind.SKIPPED:
            return one_of(values.get("reason"), SkipReason)
        case EventKind.AMENDED | EventKind.UNDONE:
            return bool(IDENTIFIER.fullmatch(str(values.get("event", ""))))
        case EventKind.ORDERED:
            stops = values.get("stops")
            return isinstance(stops, list) and all(isinstance(stop, str) for stop in stops)
        case EventKind.CONFIRMED:
            return type(values.get("version")) is int
        case EventKind.CLOSED:
            numbers = all(
                type(values.get(name, 0)) in (int, float) and 0 <= values.get(name, 0) <= most
                for name, most in _REPORT.items()
            )
            strangers = set(values) - {*_REPORT, "weather"}
            return numbers and not strangers and one_of(values.get("weather", "clear"), Weather)
    return True


def one_of(value: object, codes: type[StrEnum]) -> bool:
    """Whether a value is a code; what comes from a phone may be anything, a list too."""
    return isinstance(value, str) and value in set(codes)
