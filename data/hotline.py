"""Hotline requests: entered, answered by the units that could come, accepted, closed.

enter(store, viewer, request)
answers = answer(store, viewer, network, request)   # who comes first, at what cost
accept(store, viewer, request, answers[0])          # a promise in the running night
close(store, viewer, request.key, RequestOutcome.MET)

`data.hotline_changes` changes and withdraws them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from data.access import Action, Viewer, may
from data.calling_off import call_off, told
from data.contacts import mark_for_scrub
from data.models import HotlineMonthRow, HotlineRequestRow, ItineraryRow, PromiseRow
from data.planning import night_outings
from data.records import promise_row
from data.replanning import Proposal, accept_in, propose, what_is_known
from data.roads import PACKAGED
from data.store import Store
from geo.contacts import Request
from geo.errors import ConflictError, InputError, MissingError, ProssimaError
from geo.municipalities import municipalities
from geo.network import RoadNetwork
from geo.night import Night
from geo.skeleton import tables
from routing.itinerary import Itinerary
from routing.requests import NOBODY_WAITS, HotlineRequest, RequestOutcome, Urgency
from routing.units import Base

BEST = 3
"""How many units are offered."""

SEARCH = 0.3
"""Seconds that each unit's night is planned again for."""


@dataclass(frozen=True)
class Standing:
    """A request with what became of it: the `unit` that accepted, the `outcome` it ended with.

    `arrival`: when that unit is there by its itinerary as it stands, None where there is none.
    `told`: of a request that was called off under way, whether the crew has confirmed that it
    has seen it; None where no crew was on its way.
    """

    request: HotlineRequest
    entered: datetime
    unit: str | None
    outcome: RequestOutcome | None
    arrival: datetime | None = None
    told: bool | None = None

    @property
    def open(self) -> bool:
        """Whether nobody has accepted it, and it has not ended."""
        return self.unit is None and self.outcome is None


@dataclass(frozen=True)
class Answer:
    """What one unit says: its night with the request in it (`proposal`), or why not (`error`).

    Both are None for a unit that no itinerary is published for: the request goes into its plan.
    """

    unit: str
    name: str
    proposal: Proposal | None = None
    error: ProssimaError | None = None

    @property
    def arrival(self) -> datetime | None:
        """When the unit would be there."""
        stop = self.proposal.promised if self.proposal else None
        return stop.arrival if stop else None


def enter(store: Store, viewer: Viewer, request: HotlineRequest) -> None:
    """Keep a new request.

    Raises InputError `request_past` (its hours are over), `municipality_unknown`,
    ConflictError `request_twice` (key).
    """
    refuse_past(request, store.now())
    with store.writing(viewer, Action.ENTER_REQUESTS) as session:
        if session.get(HotlineRequestRow, request.key):
            raise ConflictError("request_twice", request=request.key)
        session.add(request_as_row(request, store.now()))


def refuse_past(request: HotlineRequest, now: datetime) -> None:
    """Raise InputError `request_past`, `municipality_unknown` for what nobody can go to."""
    seat_of(request.municipality)
    night = Night(request.night)
    if night.seconds(now) > night.parse_clock(request.closes):
        raise InputError("request_past", closes=request.closes, night=night)


def requests(store: Store, viewer: Viewer, since: Night) -> tuple[Standing, ...]:
    """The requests of a night and those after it, the newest first.

    Who may read no itinerary reads when a unit arrives, and not which.
    """
    whole = may(viewer, Action.READ_PLANS)
    with store.reading(viewer, Action.READ_REQUESTS) as session:
        rows = session.scalars(
            select(HotlineRequestRow)
            .where(HotlineRequestRow.night >= since.date)
            .order_by(HotlineRequestRow.entered.desc(), HotlineRequestRow.key)
        )
        found = [
            replace(standing(row), arrival=_arrival(session, row), told=told(session, row.key))
            for row in rows
        ]
    return tuple(found if whole else (replace(one, unit=one.unit and "") for one in found))


def new_key(store: Store, viewer: Viewer, night: Night) -> str:
    """The next free name of a request: `NV-0515-3`, the night and a number."""
    return free_key(night, {each.request.key for each in requests(store, viewer, night)})


def free_key(night: Night, taken: Collection[str]) -> str:
    """A name of a request of a night that none of those `taken` has."""
    names = (f"NV-{night.date:%m%d}-{number}" for number in range(1, 1000))
    return next(name for name in names if name not in taken)


def answer(
    store: Store,
    viewer: Viewer,
    network: RoadNetwork,
    request: HotlineRequest,
    progress: Callable[[int, int], None] | None = None,
    *,
    units: Collection[str] | None = None,
) -> tuple[Answer, ...]:
    """What every unit of that night (or those of `units`, by code) says: those that can come
    first, by arrival; then those not yet published; last those that cannot, with the reason."""
    night, seat = Night(request.night), seat_of(request.municipality)
    outings = night_outings(store, viewer, night, units)
    published = store.published(viewer, night)
    out = [each.unit.code for each in outings if each.unit.code in published]
    known = what_is_known(store, night, out) if out else None
    found = []
    for number, outing in enumerate(outings, start=1):
        unit = outing.unit
        try:
            proposal = None
            if unit.code in published:
                promise = request.promise(seat, unit.code)
                proposal = propose(
                    store, viewer, network, night, unit.code,
                    promise=promise, known=known, seconds=SEARCH,
                )  # fmt: skip
            elif request.language and request.language not in unit.crew.languages:
                raise InputError("request_language", unit=unit.name)
            found.append(Answer(unit.code, unit.name, proposal))
        except ProssimaError as error:
            found.append(Answer(unit.code, unit.name, None, error))
        if progress:
            progress(number, len(outings))
    return tuple(sorted(found, key=_order))


def accept(store: Store, viewer: Viewer, request: HotlineRequest, chosen: Answer) -> None:
    """Make the request a promise of a unit: in its running night, which its crew then has to
    confirm, or else in the plan still to be made.

    Raises ConflictError `request_taken` when someone accepted or closed it meanwhile,
    `request_changed` when it is no longer what the unit has answered, and
    `night_moved_on` when the unit's night has changed since it answered: ask again.
    """
    with store.writing(viewer, Action.WRITE_PROMISES) as session:
        row = request_row(session, request.key)
        if row.unit or row.outcome:
            raise ConflictError("request_taken", request=request.key)
        if standing(row).request != request:
            raise ConflictError("request_changed", request=request.key)
        if chosen.error:
            raise chosen.error
        row.unit = chosen.unit
        if chosen.proposal:
            accept_in(session, store.now(), chosen.proposal)
        else:
            if session.get(ItineraryRow, (request.night, chosen.unit)):
                raise ConflictError("night_moved_on")
            seat = seat_of(request.municipality)
            session.merge(promise_row(request.promise(seat, chosen.unit)))


def close(store: Store, viewer: Viewer, key: str, outcome: RequestOutcome) -> None:
    """Say how a request ended; one that nobody has driven to yet leaves the plan to come.

    Where nobody waits any more (`NOBODY_WAITS`), a crew on its way is told (`call_off`).
    """
    with store.writing(viewer, Action.WRITE_PROMISES) as session:
        row = request_row(session, key)
        row.outcome = outcome.value
        planned = session.get(ItineraryRow, (row.night, row.unit)) if row.unit else None
        if row.unit and outcome in NOBODY_WAITS:
            call_off(session, store.now(), Night(row.night), row.unit, key)
        elif planned is None:
            session.execute(delete(PromiseRow).where(PromiseRow.key == key))


def fold(session: Session, cutoff: date) -> int:
    """Turn the requests of nights before `cutoff` into monthly totals; how many there were."""
    old = list(session.scalars(select(HotlineRequestRow).where(HotlineRequestRow.night < cutoff)))
    counts = Counter((row.night.replace(day=1), row.kind, row.outcome or "") for row in old)
    for (month, kind, outcome), count in counts.items():
        total = session.get(HotlineMonthRow, (month, kind, outcome))
        if total is None:
            total = HotlineMonthRow(month=month, kind=kind, outcome=outcome, requests=0)
            session.add(total)
        total.requests += count
    session.execute(delete(HotlineRequestRow).where(HotlineRequestRow.night < cutoff))
    if old:
        mark_for_scrub(session)
    return len(old)


def seat_of(municipality: str) -> Base:
    """The spot that a municipality's crew meets at; raises InputError `municipality_unknown`."""
    frame = municipalities().set_index("istat")
    if municipality not in frame.index:
        raise InputError("municipality_unknown", got=municipality)
    name = str(frame.loc[municipality, "name"])
    places, _roads = tables(PACKAGED)
    (seat,) = places[(places["place"] == name) & (places["kind"] == "seat")].itertuples()
    return Base(name, float(seat.lon), float(seat.lat))


def _order(given: Answer) -> tuple[int, float, str]:
    if given.error:
        return (2, 0.0, given.name)
    if given.arrival is None:
        return (1, 0.0, given.name)
    return (0, given.arrival.timestamp(), given.name)


def request_row(session: Session, key: str) -> HotlineRequestRow:
    """The row of a request, held for this transaction; MissingError `request_missing`."""
    row = session.get(HotlineRequestRow, key, with_for_update=True)
    if row is None:
        raise MissingError("request_missing", request=key)
    return row


def _arrival(session: Session, row: HotlineRequestRow) -> datetime | None:
    if row.unit is None or row.outcome:
        return None
    planned = session.get(ItineraryRow, (row.night, row.unit))
    stops = Itinerary.from_dict(planned.document).stops if planned else ()
    return next((stop.arrival for stop in stops if stop.key == row.key), None)


def request_as_row(request: HotlineRequest, now: datetime) -> HotlineRequestRow:
    """A new request as its row."""
    return HotlineRequestRow(
        key=request.key,
        night=request.night,
        municipality=request.municipality,
        kind=request.kind.value,
        urgency=request.urgency.value,
        opens=request.opens,
        closes=request.closes,
        language=request.language,
        mediator=request.mediator,
        synthetic=request.synthetic,
        entered=now,
    )


def standing(row: HotlineRequestRow) -> Standing:
    """A request as its row says it stands."""
    request = HotlineRequest(
        key=row.key,
        night=row.night,
        municipality=row.municipality,
        kind=Request(row.kind),
        urgency=Urgency(row.urgency),
        opens=row.opens,
        closes=row.closes,
        language=row.language,
        mediator=row.mediator,
        synthetic=row.synthetic,
    )
    return Standing(
        request, row.entered, row.unit, RequestOutcome(row.outcome) if row.outcome else None
    )
