"""A running night planned again: asked for, answered, accepted, and read by the crew.

    answer = propose(store, viewer, network, night, unit, promise=urgent)
    accept(store, viewer, answer)   # the crew reads a new version and must confirm it

The unit starts again from where it last was, for no phone is asked for its position:
the last stop done, as soon as it is free. What is done stays; every promise is kept; what
others drive to is left to them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from data.access import Action, Role, Viewer
from data.models import CrewEventRow, ItineraryRow
from data.planning import night_inputs
from data.records import promise_row
from data.running import RunningNight, permitted, published, running
from data.store import Store
from data.tables import require_zones
from geo.errors import ConflictError, RefusedError
from geo.network import RoadNetwork
from geo.night import MINUTE, Night
from routing.itinerary import Itinerary, ItineraryStop, itinerary
from routing.plan import Plan, Route, Stop
from routing.prepare import NightInputs, Prepared, night_problem
from routing.problem import Problem
from routing.promises import Promise
from routing.replan import replan
from routing.units import Base, Outing

PLANNER = Viewer(Role.COORDINATOR)
"""Who reads zones and presence for a crew's re-planning: of these the crew sees its route."""

SECONDS = 0.8
"""How long a better rest of the night is searched for."""


@dataclass(frozen=True, eq=False)
class Proposal:
    """The rest of a unit's night, planned again and not yet accepted.

    `itinerary`: the whole night, what is done first. `dropped`, `added`: stops that go and
    come; `promised`: the new promise's stop. `later`: seconds that the unit is home later
    (negative: earlier); `metres`: more on the road; `value`: points gained, without the
    promise. `assumed`: no arrival was noted, so the unit is taken to be where its plan has it.
    """

    night: Night
    unit: str
    version: int
    events: int
    itinerary: Itinerary
    dropped: tuple[ItineraryStop, ...]
    added: tuple[ItineraryStop, ...]
    promised: ItineraryStop | None
    later: int
    metres: int
    value: int
    assumed: bool
    promise: Promise | None = None


def propose(
    store: Store,
    viewer: Viewer,
    network: RoadNetwork,
    night: Night,
    unit: str,
    *,
    promise: Promise | None = None,
    known: NightInputs | None = None,
    seconds: float | None = None,
    iterations: int | None = None,
) -> Proposal:
    """What the rest of a unit's night would be, with a new promise or without.

    `known`: what is known of the night, where several units are asked at once
    (`what_is_known`). Nothing is kept. Raises as `data.running.running` and
    `routing.prepare.night_problem` (`shift_over`, `promise_too_late` …), RefusedError
    `count_replan` of a count night, InfeasibleError where a promise cannot be kept.
    """
    permitted(store, viewer, Action.REPLAN, night, unit)
    now = running(store, viewer, night, unit)
    if now.itinerary.counting:
        raise RefusedError("count_replan")
    standing = _standing(now, store.now())
    behind, ahead = standing.behind, standing.ahead
    known = known or what_is_known(store, night, [unit])
    inputs = _rest(store, standing, promise, known)
    chosen = store.settings()
    prepared = night_problem(
        inputs, network, now=store.now(), weights=chosen.need_weights, means=chosen.means
    )
    before = _as_planned(prepared.problem, unit, ahead)
    if seconds is None and iterations is None:
        seconds = SECONDS
    found = replan(prepared.problem, before, {}, seconds=seconds, iterations=iterations)
    rest = Prepared(inputs, found.problem, prepared.sites, prepared.needs, prepared.unplanned)
    whole = _whole(standing, rest, found.plan, network)
    old, new = {stop.key for stop in ahead}, {stop.key for stop in whole.stops}
    fresh = [stop for stop in whole.stops[len(behind) :] if stop.key not in old]
    wanted = promise.key if promise else None
    return Proposal(
        night=night,
        unit=unit,
        version=now.version,
        events=now.progress.events,
        itinerary=whole,
        dropped=tuple(stop for stop in ahead if stop.key not in new),
        added=tuple(stop for stop in fresh if stop.key != wanted),
        promised=next((stop for stop in fresh if stop.key == wanted), None),
        later=night.seconds(whole.home) - night.seconds(now.itinerary.home),
        metres=_metres(whole) - _metres(now.itinerary),
        value=_worth(found.plan, wanted) - _worth(before, wanted),
        assumed=standing.assumed,
        promise=promise,
    )


def accept(store: Store, viewer: Viewer, proposal: Proposal) -> int:
    """Publish a proposal to its crew, with its promise; the itinerary's new version.

    Raises ConflictError `night_moved_on` when the crew has said something, or the itinerary
    was replaced, since the proposal was made: ask again.
    """
    permitted(store, viewer, Action.REPLAN, proposal.night, proposal.unit)
    with store.writing(viewer, Action.REPLAN) as session:
        return accept_in(session, store.now(), proposal)


def accept_in(session: Session, now: datetime, proposal: Proposal) -> int:
    """`accept` inside a transaction that has asked for the right to."""
    row = published(session, proposal.night, proposal.unit)
    if (row.version, _events(session, proposal)) != (proposal.version, proposal.events):
        raise ConflictError("night_moved_on")
    if proposal.promise:
        require_zones(session, filter(None, [proposal.promise.zone]))
        session.merge(promise_row(replace(proposal.promise, unit=proposal.unit)))
    planned = (row.changes or {}).get("planned", len(row.document["stops"]))
    row.document = proposal.itinerary.to_dict()
    row.version += 1
    row.published = now
    row.changes = _changes(proposal, planned)
    return row.version


def free(now: RunningNight, moment: int) -> int:
    """When a unit is free to go on, in seconds from noon: now, or when its visit ends."""
    night, here = now.itinerary.night, now.progress.here
    if here is None:
        return moment
    usual = (here.stop.departure - here.stop.begin).total_seconds()
    arrived = night.seconds(here.arrived) if here.arrived else moment
    return max(moment, arrived + int(usual))


def named(stops: Iterable[ItineraryStop]) -> list[dict[str, object]]:
    """Stops as a change keeps them, in plain values."""
    return [
        {"key": stop.key, "zone": stop.zone, "place": stop.place, "kind": stop.kind.value}
        for stop in stops
    ]


def _events(session: Session, proposal: Proposal) -> int:
    counted = select(func.count(CrewEventRow.id)).where(
        CrewEventRow.night == proposal.night.date, CrewEventRow.unit == proposal.unit
    )
    return session.scalar(counted) or 0


def _changes(proposal: Proposal, planned: int) -> dict[str, object]:
    """What the crew is told, in plain values: keys and zones, and what it costs."""

    promised = [proposal.promised] if proposal.promised else []
    return {
        "planned": planned,
        "dropped": named(proposal.dropped),
        "added": named(proposal.added),
        "promised": named(promised),
        "later": proposal.later,
        "metres": proposal.metres,
    }


@dataclass(frozen=True)
class _Standing:
    """A running night at a moment: the stops behind the crew, and those ahead in its order.

    `assumed`: the crew has noted nothing and is taken to be where its plan has it.
    """

    now: RunningNight
    moment: datetime
    behind: tuple[ItineraryStop, ...]
    ahead: tuple[ItineraryStop, ...]
    assumed: bool

    @property
    def itinerary(self) -> Itinerary:
        return self.now.itinerary


def _standing(now: RunningNight, moment: datetime) -> _Standing:
    said = now.progress
    ahead = tuple(each.stop for each in said.ahead)
    if said.behind or said.skipped or moment <= now.itinerary.departure:
        behind = tuple(each.stop for each in said.behind)
        return _Standing(now, moment, behind, ahead, assumed=False)
    begun = tuple(stop for stop in ahead if stop.begin <= moment)
    return _Standing(now, moment, begun, ahead[len(begun) :], assumed=True)


def what_is_known(store: Store, night: Night, units: Iterable[str]) -> NightInputs:
    """All that is known of a night, for some of its units to be planned again one by one."""
    return night_inputs(store, PLANNER, night, units)


def _rest(
    store: Store, standing: _Standing, promise: Promise | None, inputs: NightInputs
) -> NightInputs:
    """What is still to be planned: this unit from where it is free, without what others do."""
    night, unit = standing.itinerary.night, standing.itinerary.unit
    gone = [*standing.behind, *(each.stop for each in standing.now.progress.skipped)]
    taken = _of_others(store, night, unit) | {stop.zone for stop in gone if stop.zone}
    ours = {stop.key for stop in standing.ahead}
    (outing,) = (each for each in inputs.outings if each.unit.code == unit)
    kept = [p for p in inputs.promises if p.key in ours and (not promise or p.key != promise.key)]
    kept += [promise] if promise else []
    return replace(
        inputs,
        outings=(_going_on(outing, standing),),
        promises=tuple(replace(each, unit=unit) for each in kept),
        excluded=frozenset(taken & {each.code for each in inputs.zones}),
    )


def _of_others(store: Store, night: Night, unit: str) -> set[str]:
    chosen = select(ItineraryRow).where(ItineraryRow.night == night.date, ItineraryRow.unit != unit)
    with store.reading(PLANNER, Action.READ_PLANS) as session:
        rows = list(session.scalars(chosen))
    return {stop["zone"] for row in rows for stop in row.document["stops"] if stop["zone"]}


def _going_on(outing: Outing, standing: _Standing) -> Outing:
    """The outing from here on, with what is left of its hours, limits and break."""
    night, unit, whole = outing.night, outing.unit, standing.itinerary
    moment, behind = night.seconds(standing.moment), standing.behind
    if not behind and moment <= night.seconds(whole.departure):
        return outing
    if not standing.assumed:
        moment = free(standing.now, moment)
    elif behind:
        moment = max(moment, night.seconds(behind[-1].departure))
    moment += _back(whole, behind)
    if moment >= outing.closes:
        raise RefusedError("replan_too_late", unit=unit.name, closes=night.clock(outing.closes))
    minutes = _left(unit.driving_minutes, sum(stop.leg.drive for stop in behind) / MINUTE, 1)
    length = sum(stop.leg.driven_metres for stop in behind)
    kits = _left(unit.kits, sum(stop.kits or 0 for stop in behind), 0)
    rested = whole.pause is not None and whole.pause.ends <= standing.moment
    going_on = replace(
        unit,
        start=_place(whole, behind) if behind else unit.start,
        pause=None if rested else unit.pause,
        driving_minutes=minutes if minutes is None else int(minutes),
        kilometres=_left(unit.kilometres, length / 1000, 0.1),
        kits=kits if kits is None else int(kits),
    )
    return replace(outing, unit=going_on, opens=max(outing.opens, moment))


def _back(whole: Itinerary, behind: Sequence[ItineraryStop]) -> int:
    """Seconds on foot to the van, for a crew that has left it parked to walk to its last stop.

    The way on from there says how long they are; at the latest the way home does.
    """
    if not behind or not behind[-1].on_foot:
        return 0
    ahead = whole.stops[whole.stops.index(behind[-1]) + 1 :]
    return next((stop.leg.walk for stop in ahead if not stop.on_foot), whole.way_home.walk)


def _left(limit: float | None, used: float, least: float) -> float | None:
    """What is left of a limit; at least a little, for a unit may always go home."""
    return None if limit is None else max(limit - used, least)


def _place(whole: Itinerary, behind: Sequence[ItineraryStop]) -> Base:
    """Where on the road the van stands: the end of its way to the last stop it drove to."""
    ends = [stop.leg.line[-1] for stop in behind if stop.leg.line and not stop.on_foot]
    begins = [leg.line[0] for leg in whole.legs if leg.line]
    lon, lat = ends[-1] if ends else begins[0] if begins else (0.0, 0.0)
    return Base(behind[-1].key if behind else whole.start, lon, lat)


def _as_planned(problem: Problem, unit: str, ahead: Iterable[ItineraryStop]) -> Plan:
    """What the crew would do without re-planning, for the planner to start from."""
    stops = []
    for each in ahead:
        visit = problem.visit_by_key.get(each.key)
        if visit is None or not visit.options:
            continue
        service = int((each.departure - each.begin).total_seconds())
        fits = [k for k, option in enumerate(visit.options) if option.service == service]
        option = fits[0] if fits else 0
        value = visit.options[option].value
        stops.append(Stop(each.key, option, 0, 0, 0, 0, 0, value, on_foot=each.on_foot))
    shift = problem.shift_by_key[unit, 0]
    route = Route(unit, 0, tuple(stops), shift.opens, shift.opens, 0, 0)
    return Plan((route,), route.value)


def _whole(standing: _Standing, rest: Prepared, plan: Plan, network: RoadNetwork) -> Itinerary:
    """The itinerary of the whole night: what is behind as it was, then the rest as it is now."""
    old, behind = standing.itinerary, standing.behind
    route = plan.route(old.unit)
    if route is None:
        shift = rest.problem.shift_by_key[old.unit, 0]
        travel = rest.problem.travel[shift.mode]
        seconds = int(travel.seconds[shift.start, shift.end])
        metres = int(travel.metres[shift.start, shift.end])
        route = Route(old.unit, 0, (), shift.opens, shift.opens + seconds, seconds, metres)
    new = itinerary(rest, route, network)
    pause = new.pause and replace(new.pause, before=new.pause.before + len(behind))
    if old.pause is not None and old.pause.ends <= standing.moment:
        pause = old.pause
    return replace(
        new,
        start=old.start,
        departure=old.departure if behind else new.departure,
        stops=(*behind, *new.stops),
        pause=pause,
        expires_at=max(old.expires_at, new.expires_at),
    )


def _metres(whole: Itinerary) -> int:
    return sum(leg.metres for leg in whole.legs)


def _worth(plan: Plan, without: str | None) -> int:
    return sum(stop.value for route in plan.routes for stop in route.stops if stop.visit != without)
