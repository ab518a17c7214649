"""A crew's night for the phone's calendar: when to be where is in it, why is not."""

from __future__ import annotations

from datetime import UTC, datetime

from icalendar import Calendar, Event

from data.texts import Texts
from routing.itinerary import Itinerary


def as_ics(itinerary: Itinerary, t: Texts, made: datetime) -> bytes:
    """The night as iCalendar (RFC 5545): the outing and its stops, titles that say nothing.

    Every entry is private and free of places, for calendars are shared and synchronised.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//Prossima//IT")
    calendar.add("version", "2.0")
    spans = [(t("Shift"), itinerary.departure, itinerary.home)]
    spans += [
        (t("Stop {number}", number=number), stop.begin, stop.departure)
        for number, stop in enumerate(itinerary.stops, start=1)
    ]
    for number, (title, begins, ends) in enumerate(spans):
        event = Event()
        event.add("uid", f"{itinerary.night}-{itinerary.unit}-{number}@prossima")
        event.add("dtstamp", made.astimezone(UTC))
        event.add("dtstart", begins.astimezone(UTC))
        event.add("dtend", ends.astimezone(UTC))
        event.add("summary", title)
        event.add("class", "PRIVATE")
        event.add("transp", "OPAQUE")
        calendar.add_component(event)
    return bytes(calendar.to_ical())
