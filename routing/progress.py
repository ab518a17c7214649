"""How a running night stands: what a crew has said of it, made into the state of its stops.

What a crew says comes as events, each with an identifier that its maker gave it: from the
page, or from phones that had no signal. They come in any order and may come twice, so
that the state depends on the set of them alone. Within one source they are ordered by
their sequence, never by the clock of the phone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Any

from geo.handovers import Receiver
from routing.itinerary import Itinerary, ItineraryStop

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


class EventKind(StrEnum):
    """What a crew can say."""

    ARRIVED = "arrived"
    LEFT = "left"
    SKIPPED = "skipped"
    TALLY = "tally"
    AMENDED = "amended"
    UNDONE = "undone"
    ORDERED = "ordered"
    CONFIRMED = "confirmed"
    CLOSED = "closed"
    CHECKED_IN = "checked_in"
    HANDED = "handed"


class SkipReason(StrEnum):
    """Why a crew did not make a visit."""

    NOBODY = "nobody"
    UNSAFE = "unsafe"
    POLICE = "police"
    OTHER = "other"
    CALLED_OFF = "called_off"


CREW_REASONS = tuple(reason for reason in SkipReason if reason is not SkipReason.CALLED_OFF)
"""What a crew can give as its reason; a visit is called off by who asked for it."""

OFFICE = "office"
"""Source of what is said of a crew's night for it: no sign that the crew is well."""


class Weather(StrEnum):
    """The night's weather, for what it does to whom one meets."""

    CLEAR = "clear"
    CLOUDY = "cloudy"
    RAIN = "rain"
    COLD = "cold"
    WIND = "wind"
    FOG = "fog"


@dataclass(frozen=True)
class CrewEvent:
    """Something that a crew said, once.

    `id`: made where it was said, at most 64 letters, figures and hyphens. `source`: the
    phone or page; `sequence`: its own count. `at`: when, aware; None where no clock was
    right. `stop`: key of the visit, a zone's code where it is of no route. `values`: by
    kind: `reason` (skipped), a contact's fields (tally), `event` and fields (amended),
    `event` (undone), `stops` (ordered), `version` (confirmed), the report (closed),
    nothing (checked in), `receiver` (handed: one person, `geo.handovers.Receiver`).
    """

    id: str
    kind: EventKind
    source: str
    sequence: int
    at: datetime | None = None
    stop: str | None = None
    values: Mapping[str, Any] = field(default_factory=dict)


class StopState(StrEnum):
    """Where a crew is with a stop."""

    AHEAD = "ahead"
    HERE = "here"
    DONE = "done"
    SKIPPED = "skipped"


@dataclass(frozen=True)
class StopProgress:
    """A stop of the itinerary and how it stands; `arrived` and `left` as the crew said."""

    stop: ItineraryStop
    state: StopState
    arrived: datetime | None = None
    left: datetime | None = None
    reason: SkipReason | None = None


@dataclass(frozen=True)
class Tally:
    """A contact as it was counted: the event that began it, its stop, when, its fields."""

    id: str
    stop: str
    at: datetime | None
    values: Mapping[str, Any]


@dataclass(frozen=True)
class Handed:
    """One person whom the crew handed over at a stop: the event that says it, and to whom."""

    id: str
    stop: str
    receiver: Receiver


@dataclass(frozen=True)
class Stay:
    """The time a crew was at a stop: from when to when, each None where it is not known."""

    stop: str
    arrived: datetime | None
    left: datetime | None


@dataclass(frozen=True)
class Progress:
    """A unit's night as it stands.

    `stops` in the order of the crew, those behind it first. `reasons` for what was skipped,
    by key, stops that the itinerary no longer has among them. `confirmed`: version of the
    itinerary that the crew has confirmed. `report`: what it said when it closed the night.
    """

    stops: tuple[StopProgress, ...]
    tallies: tuple[Tally, ...]
    reasons: Mapping[str, SkipReason]
    confirmed: int
    report: Mapping[str, Any] | None
    events: int
    handed: tuple[Handed, ...] = ()

    @property
    def behind(self) -> tuple[StopProgress, ...]:
        """The stops made, or being made, in order."""
        return tuple(s for s in self.stops if s.state in (StopState.DONE, StopState.HERE))

    @property
    def here(self) -> StopProgress | None:
        """The stop where the crew is."""
        return next((stop for stop in self.stops if stop.state is StopState.HERE), None)

    @property
    def ahead(self) -> tuple[StopProgress, ...]:
        """The stops to come, in order."""
        return tuple(stop for stop in self.stops if stop.state is StopState.AHEAD)

    @property
    def skipped(self) -> tuple[StopProgress, ...]:
        """The stops that are not made."""
        return tuple(stop for stop in self.stops if stop.state is StopState.SKIPPED)

    def stop(self, key: str) -> StopProgress | None:
        """A stop by its key; None where the itinerary has none."""
        return next((each for each in self.stops if each.stop.key == key), None)

    @property
    def last(self) -> Tally | None:
        """The contact counted last."""
        return self.tallies[-1] if self.tallies else None


def in_order(events: Iterable[CrewEvent]) -> list[CrewEvent]:
    """Each event once, by time; those of one source by their sequence whatever their clock.

    An event without a time stands beside the one of its source before it.
    """
    sources: dict[str, list[CrewEvent]] = {}
    for event in {event.id: event for event in events}.values():
        sources.setdefault(event.source, []).append(event)
    placed = []
    for source, said in sources.items():
        latest = LONG_AGO
        for event in sorted(said, key=lambda event: (event.sequence, event.id)):
            latest = max(latest, event.at or LONG_AGO)
            placed.append(((latest, source, event.sequence, event.id), event))
    return [event for _, event in sorted(placed, key=lambda pair: pair[0])]


def standing_events(events: Iterable[CrewEvent]) -> list[CrewEvent]:
    """The events in order without those taken back; taking back is never taken back."""
    ordered = in_order(events)
    undone = {e.values.get("event") for e in ordered if e.kind is EventKind.UNDONE}
    return [e for e in ordered if e.kind is not EventKind.UNDONE and e.id not in undone]


def progress(itinerary: Itinerary, events: Iterable[CrewEvent]) -> Progress:
    """How the night of an itinerary stands after these events, whatever their order.

    A stop that was skipped and then reached counts as reached. Who arrives somewhere, or
    counts on leaving, has left where it was before.
    """
    events = list(events)
    said = standing_events(events)
    arrived, left, skipped, order = _stops_said(said)
    stops = [_stop(stop, arrived, left, skipped) for stop in itinerary.stops]
    made = [stop for stop in stops if stop.state in (StopState.HERE, StopState.DONE)]
    place = {key: number for number, key in enumerate(dict.fromkeys([*arrived, *left]))}
    made.sort(key=lambda each: place[each.stop.key])
    # Only the latest arrival can be where the crew is.
    made = [
        *(_left(each, following) for each, following in pairwise(made)),
        *made[-1:],
    ]
    gone = [stop for stop in stops if stop.state is StopState.SKIPPED]
    ahead = [stop for stop in stops if stop.state is StopState.AHEAD]
    wanted = {key: number for number, key in enumerate(order)}
    # What the crew's order does not name stays where the itinerary has it.
    ahead.sort(key=lambda each: wanted.get(each.stop.key, len(wanted)))
    report = [e for e in said if e.kind is EventKind.CLOSED]
    versions = [int(e.values["version"]) for e in said if e.kind is EventKind.CONFIRMED]
    return Progress(
        stops=(*made, *gone, *ahead),
        tallies=tuple(tallies(said)),
        reasons={key: why for key, why in skipped.items() if key not in {**arrived, **left}},
        confirmed=max(versions, default=0),
        report=report[-1].values if report else None,
        events=len({event.id for event in events}),
        handed=tuple(handed(said)),
    )


def stays(events: Iterable[CrewEvent], of: Progress) -> list[Stay]:
    """Where the crew has been: the stops of its route, and places of no route."""
    arrived, left, _skipped, _order = _stops_said(standing_events(events))
    route = {each.stop.key for each in of.stops}
    found = [Stay(each.stop.key, each.arrived, each.left) for each in of.behind]
    return found + [
        Stay(key, arrived.get(key), left.get(key))
        for key in dict.fromkeys([*arrived, *left])
        if key not in route
    ]


def tallies(said: Iterable[CrewEvent]) -> list[Tally]:
    """The contacts counted in these events (in order, none taken back), as amended last."""
    said = list(said)
    amended: dict[str, dict[str, Any]] = {}
    for event in said:
        if event.kind is EventKind.AMENDED:
            values = {key: v for key, v in event.values.items() if key != "event"}
            amended.setdefault(str(event.values["event"]), {}).update(values)
    return [
        Tally(event.id, event.stop or "", event.at, {**event.values, **amended.get(event.id, {})})
        for event in said
        if event.kind is EventKind.TALLY
    ]


def handed(said: Iterable[CrewEvent]) -> list[Handed]:
    """The handovers in these events (in order, none taken back)."""
    return [
        Handed(event.id, event.stop or "", Receiver(event.values["receiver"]))
        for event in said
        if event.kind is EventKind.HANDED
    ]


def clock_error(
    opened: timedelta | None, sent: timedelta, tolerance: timedelta = timedelta(minutes=5)
) -> timedelta:
    """How much a phone's clock is ahead of the server's, as little as the evidence demands.

    `opened`: the phone's clock when it first opened the pack less the server's when it made
    it: never less than the error, for time had passed. `sent`: the phone's clock when it
    wrote what it gives back less the server's when that came: never more than the error.
    """
    least = sent
    most = opened if opened is not None and opened >= sent else None
    if least > tolerance:
        return least
    if most is not None and most < -tolerance:
        return most
    return timedelta(0)


def _stops_said(
    said: Iterable[CrewEvent],
) -> tuple[
    dict[str, datetime | None], dict[str, datetime | None], dict[str, SkipReason], list[str]
]:
    """First arrival, last leaving and reason of skipping by stop, and the order wanted last."""
    arrived: dict[str, datetime | None] = {}
    left: dict[str, datetime | None] = {}
    skipped: dict[str, SkipReason] = {}
    order: list[str] = []
    for event in said:
        match event.kind:
            case EventKind.ARRIVED if event.stop:
                arrived.setdefault(event.stop, event.at)
            case EventKind.LEFT if event.stop:
                left[event.stop] = event.at
            case EventKind.SKIPPED if event.stop:
                skipped[event.stop] = SkipReason(event.values["reason"])
            case EventKind.ORDERED:
                order = [str(key) for key in event.values["stops"]]
    return arrived, left, skipped, order


def _stop(
    stop: ItineraryStop,
    arrived: Mapping[str, datetime | None],
    left: Mapping[str, datetime | None],
    skipped: Mapping[str, SkipReason],
) -> StopProgress:
    key = stop.key
    if key in left:
        return StopProgress(stop, StopState.DONE, arrived.get(key), left[key])
    if key in arrived:
        return StopProgress(stop, StopState.HERE, arrived[key])
    if key in skipped:
        return StopProgress(stop, StopState.SKIPPED, reason=skipped[key])
    return StopProgress(stop, StopState.AHEAD)


def _left(each: StopProgress, following: StopProgress) -> StopProgress:
    """A stop that must have been left, for the crew arrived at another."""
    if each.state is StopState.DONE:
        return each
    left = None
    if following.arrived and each.arrived and following.arrived > each.arrived:
        left = min(following.arrived, each.arrived + (each.stop.departure - each.stop.begin))
    return StopProgress(each.stop, StopState.DONE, each.arrived, left)
