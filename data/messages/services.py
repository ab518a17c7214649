"""Sentences of handovers and free places."""

from __future__ import annotations

SERVICES = {
    "handover_count": "{got} persons at once are not possible: expected 1 to {most}.",
    "handover_month": "A handover is counted in a month, not on a day ({got}).",
    "handover_future": "The month has not begun yet: a handover is counted once it has happened.",
    "handover_none": "There is nothing so large to take back in that month: nothing was changed.",
    "handover_stop": "This stop is no longer on the route: count the handover at another.",
    "places_call": "Whom to call is a telephone number and nothing else, such as 800 600 500.",
}
