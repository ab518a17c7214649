"""The options of a zone on a night: when it can be visited, for how long, for what value."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import numpy as np
from numpy.typing import NDArray

from geo.errors import InputError
from geo.night import HOUR, MINUTE, Night
from geo.presence import mean_between
from geo.windows import window_on
from geo.zones import Zone
from routing.need import Need, NeedWeights, need, shortened_value
from routing.problem import Option

EVEN = 1.6
"""Hours whose presence differs by less than this factor are one option of a window."""

Hours = NDArray[np.float64]


def tonight(zone: Zone, night: Night) -> list[tuple[int, int]]:
    """The zone's presence windows of the night's weekday, in seconds from noon.

    Raises InputError `zone_window_reversed` naming the zone.
    """
    found = []
    for window in zone.windows:
        if night.weekday in window.weekdays:
            try:
                found.append(window_on(night, window.opens, window.closes))
            except InputError as error:
                raise InputError(
                    "zone_window_reversed", zone=zone.code, **_clocks(error)
                ) from error
    return [window for window in found if window]


def _clocks(error: InputError) -> dict[str, object]:
    if error.code != "window_reversed":
        raise error
    return {name: error.fields[name] for name in ("opens", "closes")}


def zone_options(
    zone: Zone,
    night: Night,
    hours: Hours,
    last_visit: date | None,
    weights: NeedWeights,
) -> tuple[tuple[Option, Need], ...]:
    """Every way of visiting a zone on a night, with its need; some may be worth nothing.

    `hours`: (24, 3) presence by wall-clock hour as `geo.presence.by_hour` gives. A window
    is cut where presence changes much, since value depends on the hour; a visit that may be
    shortened has a second option for part of the value.
    """
    found = []
    for window in tonight(zone, night):
        for run in even_runs(hours, night, *window):
            wanted = need(
                zone.code,
                night,
                run,
                expected=mean_between(hours, night, *run),
                last_visit=last_visit,
                target=zone.revisit_days,
                weights=weights,
            )
            found += [(option, wanted) for option in _lengths(zone, wanted, weights)]
    return tuple(found)


def _lengths(zone: Zone, wanted: Need, weights: NeedWeights) -> Iterator[Option]:
    """The usual visit, and the shortened one where the zone allows it."""
    usual, shortest = zone.service_minutes, zone.shortest_minutes
    yield Option(wanted.opens, wanted.closes, usual * MINUTE, wanted.value)
    if shortest is not None and shortest < usual:
        value = shortened_value(wanted.value, shortest, usual, weights)
        yield Option(wanted.opens, wanted.closes, shortest * MINUTE, value)


def even_runs(hours: Hours, night: Night, opens: int, closes: int) -> Iterator[tuple[int, int]]:
    """A window cut at full hours so that presence in each part is even (see EVEN)."""
    start, low, high = opens, np.inf, 0.0
    for begins in (opens, *range((opens // HOUR + 1) * HOUR, closes, HOUR)):
        persons = float(hours[night.at(begins).hour, 0])
        if begins > start and max(high, persons) > EVEN * min(low, persons):
            yield start, begins
            start, low, high = begins, np.inf, 0.0
        low, high = min(low, persons), max(high, persons)
    yield start, closes
