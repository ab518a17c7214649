"""What a crew says, checked before it is kept: a phone may send anything at any time of its own."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy.orm import Session

from data import handovers, tallies
from data.models import ZoneRow
from geo.errors import InputError, MissingError
from geo.handovers import Receiver
from routing.itinerary import Itinerary
from routing.passes import zone_of
from routing.progress import CREW_REASONS, OFFICE, CrewEvent, EventKind, Weather

AHEAD = timedelta(minutes=2)
"""How far a clock may be ahead of the server's without being called wrong."""

_ID = re.compile(r"[A-Za-z0-9-]{8,64}")
_WORD = re.compile(r"[A-Za-z0-9-]{1,40}")
_ABOUT_STOP = frozenset(
    {
        EventKind.ARRIVED,
        EventKind.LEFT,
        EventKind.SKIPPED,
        EventKind.TALLY,
        EventKind.HANDED,
    }
)
_REPORT = {"kilometres": 2000}
"""Numbers of a closed night, with the most that can be meant."""


def timed(event: CrewEvent, itinerary: Itinerary, now: datetime) -> CrewEvent:
    """The event without its time where that cannot be: before the night, or to come."""
    at, night = event.at, itinerary.night
    end = itinerary.counting.until if itinerary.counting else night.end
    wrong = at is None or not night.start <= at <= min(now + AHEAD, end)
    return replace(event, at=None if wrong else at)


def checked(session: Session, event: CrewEvent, zones: Mapping[str, str | None]) -> CrewEvent:
    """The event with values that mean something, or what is wrong with it."""
    right = bool(_ID.fullmatch(event.id) and _WORD.fullmatch(event.source))
    right = right and event.source != OFFICE
    right = right and type(event.sequence) is int and event.sequence >= 0
    if event.kind is EventKind.CHECKED_IN:
        right = right and not event.values and event.stop is None
    if event.kind is EventKind.HANDED:
        right = right and _one_of(event.values.get("receiver"), Receiver) and len(event.values) == 1
    if not right or not _values_right(event):
        raise InputError("event_wrong", kind=event.kind.value)
    if event.kind in _ABOUT_STOP:
        known = event.stop in zones or (event.stop and session.get(ZoneRow, zone_of(event.stop)))
        if not known:
            raise MissingError("event_zone_unknown")
    if event.kind is EventKind.HANDED:
        stop = event.stop or ""
        handovers.municipality_of(session, zones.get(stop, stop), stop)
    if event.kind is EventKind.TALLY:
        tallies.checked(event.values)
    if event.kind is EventKind.AMENDED:
        tallies.checked({k: v for k, v in event.values.items() if k != "event"})
    return event


def _values_right(event: CrewEvent) -> bool:
    values = event.values
    match event.kind:
        case EventKind.SKIPPED:
            return _one_of(values.get("reason"), CREW_REASONS)
        case EventKind.AMENDED | EventKind.UNDONE:
            return bool(_ID.fullmatch(str(values.get("event", ""))))
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
            return numbers and not strangers and _one_of(values.get("weather", "clear"), Weather)
    return True


def _one_of(value: object, codes: Iterable[StrEnum]) -> bool:
    """Whether a value is a code; what comes from a phone may be anything, a list too."""
    return isinstance(value, str) and value in set(codes)
