"""The running night: what crews say is kept once, and what it comes to is shown.

    record(store, viewer, night, unit, events)   # keeps what is new, says what became of each
    running(store, viewer, night, unit)          # the itinerary in force and how it stands

Every event has an identifier made where it was said: kept in one transaction, it may be
sent again by whoever got no answer. Records, effort and visits follow from the events in
the same transaction (`data.tallies`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from data import count_entries, handovers
from data import tallies as kept_tallies
from data.access import Action, Scope, Viewer, scope
from data.contacts import mark_for_scrub
from data.event_checks import checked, timed
from data.models import CrewEventRow, ItineraryRow, UnitRow
from data.store import Store
from data.weather import keep_weather
from geo.errors import MissingError, ProssimaError, RefusedError
from geo.night import Night
from geo.zones import CODE
from routing.itinerary import Itinerary, Leg
from routing.progress import (
    OFFICE,
    CrewEvent,
    EventKind,
    Progress,
    Weather,
    handed,
    progress,
    standing_events,
    stays,
)

EVENT_NIGHTS = 7
"""Nights after which events are deleted: by then no phone still has them."""

_COUNTED = (EventKind.TALLY, EventKind.AMENDED, EventKind.HANDED)


@dataclass(frozen=True)
class RunningNight:
    """A unit's night: the `itinerary` in force, its `version`, what the last re-planning
    changed (`changes`, None where it was published whole), and how it stands.

    `heard`: when the server had the crew's latest word, None where it has said nothing.
    `expired`: the shift is long over; the ways are left out, what was missed can be entered
    until noon.
    """

    itinerary: Itinerary
    version: int
    changes: Mapping[str, Any] | None
    published: datetime
    progress: Progress
    heard: datetime | None
    expired: bool

    @property
    def to_confirm(self) -> bool:
        """Whether the crew has still to confirm that it has seen what changed."""
        return self.changes is not None and self.progress.confirmed < self.version


@dataclass(frozen=True)
class Recorded:
    """What became of the events sent, by identifier.

    `kept` now; `known` before; `off_route` of those kept: at a zone that the itinerary does
    not have; `refused`, with the error that says why: the others are kept all the same.
    `night`: how it stands with them, so that nobody has to ask again.
    """

    kept: tuple[str, ...]
    known: tuple[str, ...]
    off_route: tuple[str, ...]
    refused: tuple[tuple[str, ProssimaError], ...]
    night: RunningNight


def running(store: Store, viewer: Viewer, night: Night, unit: str) -> RunningNight:
    """How a unit's night stands.

    An operator reads that of the own unit until the noon after, of a count night until its
    entries close: RefusedError
    `itinerary_foreign`, `itinerary_not_tonight`; MissingError `itinerary_missing`.
    """
    permitted(store, viewer, Action.READ_ITINERARY, night, unit)
    with store.reading(viewer, Action.READ_ITINERARY) as session:
        row = published(session, night, unit)
        events, heard = events_of(session, night, unit), heard_of(session, night, unit)
    itinerary = Itinerary.from_dict(row.document)
    return _running(row, itinerary, events, heard, now=store.now(), viewer=viewer)


def record(
    store: Store, viewer: Viewer, night: Night, unit: str, events: Iterable[CrewEvent]
) -> Recorded:
    """Keep what a crew says, each event once, in one transaction.

    Raises as `running`, RefusedError `night_over` after the noon that ends the night (for
    the coordination: EVENT_NIGHTS later), `count_entry_late` (night, until) 24 hours after a
    count night for everyone, ConflictError `outing_closed`. What is wrong with
    one event (InputError `event_wrong`, `tally_value`, MissingError `event_zone_unknown`)
    does not keep the others out.
    """
    events = list(events)
    permitted(store, viewer, Action.RECORD_NIGHT, night, unit)
    now = store.now()
    with store.writing(viewer, Action.RECORD_NIGHT) as session:
        forget(session, Night.of(now))
        row, itinerary = _open(session, viewer, night, unit, now)
        return _keep(session, row, itinerary, events, now=now, viewer=viewer)


def forget(session: Session, today: Night) -> None:
    """Delete the events of nights that nobody adds to any more."""
    oldest = (today + -EVENT_NIGHTS).date
    gone = session.execute(delete(CrewEventRow).where(CrewEventRow.night < oldest))
    if gone.rowcount:  # type: ignore[attr-defined]
        mark_for_scrub(session)


def published(session: Session, night: Night, unit: str) -> ItineraryRow:
    """The row of the itinerary in force; MissingError `itinerary_missing`."""
    row = session.get(ItineraryRow, (night.date, unit))
    if row is None:
        raise MissingError("itinerary_missing", night=night, unit=unit)
    return row


def events_of(session: Session, night: Night, unit: str) -> list[CrewEvent]:
    """All that the crew has said of a night, as it came."""
    it = CrewEventRow  # its columns alone: a page reads them after each tap
    asked = select(it.id, it.kind, it.source, it.sequence, it.at, it.stop, it.document)
    chosen = asked.where(it.night == night.date, it.unit == unit).order_by(it.number)
    return [CrewEvent(row.id, EventKind(row.kind), *row[2:]) for row in session.execute(chosen)]


def heard_of(session: Session, night: Night, unit: str) -> datetime | None:
    """When the crew's latest word came, by the server's clock: a phone's may be wrong, and what
    it had kept to itself was no sign."""
    it = CrewEventRow
    own = (it.night == night.date, it.unit == unit, it.source != OFFICE)
    return session.scalar(select(func.max(it.received)).where(*own))


def permitted(store: Store, viewer: Viewer, action: Action, night: Night, unit: str) -> None:
    """Refuse who may not do this with that unit's night: a crew has its own, tonight."""
    if scope(viewer, action) is not Scope.OWN_UNIT_TONIGHT:
        return
    now = store.now()
    if unit != viewer.unit:
        raise RefusedError("itinerary_foreign")
    if night in (Night.of(now), Night.coming(now)):
        return
    with store.reading(viewer, Action.READ_ITINERARY) as session:
        row = session.get(ItineraryRow, (night.date, unit))
    counting = Itinerary.from_dict(row.document).counting if row else None
    if counting is None or (now >= counting.until and action is not Action.RECORD_NIGHT):
        raise RefusedError("itinerary_not_tonight", night=night)
    if now >= counting.until:
        raise RefusedError("count_entry_late", night=night, until=counting.until)


def _open(
    session: Session, viewer: Viewer, night: Night, unit: str, now: datetime
) -> tuple[ItineraryRow, Itinerary]:
    """The itinerary of a night that can still be added to."""
    row = session.get(ItineraryRow, (night.date, unit))
    itinerary = Itinerary.from_dict(row.document) if row else None
    counting = itinerary.counting if itinerary else None
    if counting is not None and now >= counting.until:
        raise RefusedError("count_entry_late", night=night, until=counting.until)
    if counting is None and now >= night.end + timedelta(days=_late(viewer)):
        raise RefusedError("night_over", night=night)
    if row is None or itinerary is None:
        raise MissingError("itinerary_missing", night=night, unit=unit)
    return row, itinerary


def _late(viewer: Viewer) -> int:
    own = scope(viewer, Action.RECORD_NIGHT) is Scope.OWN_UNIT_TONIGHT
    return 0 if own else EVENT_NIGHTS - 1


def _running(
    row: ItineraryRow,
    itinerary: Itinerary,
    events: list[CrewEvent],
    heard: datetime | None,
    *,
    now: datetime,
    viewer: Viewer,
) -> RunningNight:
    own = scope(viewer, Action.READ_ITINERARY) is Scope.OWN_UNIT_TONIGHT
    expired = now >= row.expires
    if expired and own:
        itinerary = _without_ways(itinerary)
    return RunningNight(
        itinerary,
        row.version,
        row.changes,
        row.published,
        progress(itinerary, events),
        heard,
        expired,
    )


def _without_ways(itinerary: Itinerary) -> Itinerary:
    """The codes and times alone: the ways are for the shift."""

    def bare(leg: Leg) -> Leg:
        return replace(leg, roads=(), line=())

    stops = tuple(replace(stop, leg=bare(stop.leg)) for stop in itinerary.stops)
    return replace(itinerary, stops=stops, way_home=bare(itinerary.way_home))


def _keep(
    session: Session,
    row: ItineraryRow,
    itinerary: Itinerary,
    events: list[CrewEvent],
    *,
    now: datetime,
    viewer: Viewer,
) -> Recorded:
    night, unit = itinerary.night, itinerary.unit
    zones = {stop.key: stop.zone for stop in itinerary.stops}
    ids = {event.id for event in events}
    known = set(session.scalars(select(CrewEventRow.id).where(CrewEventRow.id.in_(ids))))
    before = events_of(session, night, unit)
    kept, refused, off_route = [], [], []
    for event in {event.id: event for event in events if event.id not in known}.values():
        try:
            sound = checked(session, timed(event, itinerary, now), zones)
            if itinerary.counting and event.kind in _COUNTED:
                count_entries.refuse_more_than_seen(
                    {k: v for k, v in event.values.items() if k != "event"}
                )
            kept.append(sound)
        except ProssimaError as error:
            refused.append((event.id, error))
            continue
        if event.stop and event.stop not in {stop.key for stop in itinerary.stops}:
            off_route.append(event.id)
    if kept:
        session.add_all(event_row(event, night, unit, now) for event in kept)
        session.flush()
        _follow(session, itinerary, before, kept)
        _keep_weather(session, night, unit, kept)
    return Recorded(
        tuple(event.id for event in kept),
        tuple(event.id for event in events if event.id in known),
        tuple(off_route),
        tuple(refused),
        _running(
            row,
            itinerary,
            [*before, *kept],
            heard_of(session, night, unit),
            now=now,
            viewer=viewer,
        ),
    )


def _keep_weather(session: Session, night: Night, unit: str, new: list[CrewEvent]) -> None:
    """What a crew says of the weather outlives its events: whom one meets depends on it."""
    territory = session.get_one(UnitRow, unit).territory
    for event in new:
        if event.kind is EventKind.CLOSED and "weather" in event.values:
            weather = Weather(str(event.values["weather"]))
            keep_weather(session, [(night.date, province, weather) for province in territory])


def _follow(
    session: Session, itinerary: Itinerary, before: list[CrewEvent], new: list[CrewEvent]
) -> None:
    """Bring records, effort and visits up to what is said now."""
    night, unit, after = itinerary.night, itinerary.unit, [*before, *new]
    zones: dict[str, str | None] = {
        e.stop: e.stop for e in after if e.stop and CODE.fullmatch(e.stop)
    }
    zones |= {stop.key: stop.zone for stop in itinerary.stops}
    now = progress(itinerary, after)
    if itinerary.counting:
        # Who is only seen is no contact, and a zone that is passed has not been visited.
        count_entries.keep_passes(session, itinerary, now, {e.stop for e in after if e.stop})
        return
    touched = {event.id for event in new if event.kind is EventKind.TALLY}
    touched |= {str(e.values["event"]) for e in new if "event" in e.values}
    tallied = {event.id for event in after if event.kind is EventKind.TALLY}
    records = [replace(tally, stop=zones.get(tally.stop) or "") for tally in now.tallies]
    kept_tallies.keep(session, night, unit, records, sorted(touched & tallied))
    moved = {EventKind.ARRIVED, EventKind.LEFT, EventKind.UNDONE}
    if any(event.kind in moved for event in new):
        been = [
            replace(stay, stop=zone) for stay in stays(after, now) if (zone := zones.get(stay.stop))
        ]
        kept_tallies.keep_effort(session, night, unit, been)
    handed_before, handed_now = handed(standing_events(before)), now.handed
    if handed_before or handed_now:
        places = {
            one.stop: handovers.municipality_of(session, zones.get(one.stop), one.stop)
            for one in (*handed_before, *handed_now)
        }
        month = night.date.replace(day=1)
        handovers.follow(
            session, month, unit, places=places, before=handed_before, after=handed_now
        )
    seen = _seen(after, zones)
    kept_tallies.keep_visits(session, night, seen, _seen(before, zones) - seen)


def _seen(events: list[CrewEvent], zones: Mapping[str, str | None]) -> set[str]:
    there = (EventKind.ARRIVED, EventKind.LEFT, EventKind.TALLY)
    said = (e for e in standing_events(events) if e.kind in there)
    return {zone for event in said if (zone := zones.get(event.stop or ""))}


def event_row(event: CrewEvent, night: Night, unit: str, now: datetime) -> CrewEventRow:
    """An event as its row."""
    return CrewEventRow(
        id=event.id,
        night=night.date,
        unit=unit,
        kind=event.kind.value,
        source=event.source,
        sequence=event.sequence,
        at=event.at,
        received=now,
        stop=event.stop,
        document=dict(event.values),
    )
