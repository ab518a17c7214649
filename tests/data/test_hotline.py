"""A request is answered by the units that could come, accepted once, and closed."""

import dataclasses
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from data import hotline
from data.access import Action, Role, Viewer
from data.calling_off import Effect
from data.hotline_changes import change, withdraw
from data.models import AuditRow, HotlineMonthRow, HotlineRequestRow
from data.replanning import propose
from data.retention import run
from data.roads import load_network
from data.running import record, running
from geo.contacts import Request
from geo.errors import InputError, ProssimaError
from geo.night import Night
from routing.progress import EventKind, SkipReason
from routing.requests import HotlineRequest, RequestOutcome, Urgency
from tests.nights import COORDINATOR, NIGHT
from tests.nights import Crew as Phone

UNITS = ("FI1", "LU1", "PI1")


@pytest.fixture
def network(home):
    return load_network(home)


def request(municipality="046017", opens="22:30", closes="00:30", key="NV-1", **more):
    return HotlineRequest(
        key=key,
        night=NIGHT.date,
        municipality=municipality,
        kind=Request.ASCOLTO,
        urgency=Urgency.TONIGHT,
        opens=opens,
        closes=closes,
        synthetic=True,
        **more,
    )


def code(call, *given, **named):
    with pytest.raises(ProssimaError) as refused:
        call(*given, **named)
    return refused.value.code


def asked(store, **more):
    made = request(**more)
    hotline.enter(store, COORDINATOR, made)
    return made


def test_the_nearest_units_answer_with_arrival_and_cost_and_one_accepts(store, network):
    made = asked(store)
    told = []
    answers = hotline.answer(
        store, COORDINATOR, network, made, lambda done, of: told.append((done, of))
    )
    assert told[-1][0] == told[-1][1] == len(answers)
    able = [answer for answer in answers if answer.proposal]
    assert able
    assert [one.arrival for one in able] == sorted(one.arrival for one in able)
    for answer in able:
        stop = answer.proposal.promised
        assert stop.key == made.key
        opens, closes = NIGHT.parse_clock(made.opens), NIGHT.parse_clock(made.closes)
        assert opens <= NIGHT.seconds(stop.begin) <= closes
    best = able[0]
    hotline.accept(store, COORDINATOR, made, best)
    now = running(store, COORDINATOR, NIGHT, best.unit)
    assert made.key in {stop.key for stop in now.itinerary.stops}
    assert now.to_confirm
    (standing,) = hotline.requests(store, COORDINATOR, NIGHT)
    assert (standing.unit, standing.outcome, standing.open) == (best.unit, None, False)
    assert made.key in {promise.key for promise in store.promises(COORDINATOR, NIGHT)}


def test_two_coordinators_accept_and_the_second_is_told(store, network):
    made = asked(store)
    answers = [a for a in hotline.answer(store, COORDINATOR, network, made) if a.proposal]
    hotline.accept(store, COORDINATOR, made, answers[0])
    before = running(store, COORDINATOR, NIGHT, answers[-1].unit).version
    assert code(hotline.accept, store, COORDINATOR, made, answers[-1]) == "request_taken"
    assert running(store, COORDINATOR, NIGHT, answers[-1].unit).version == before


def test_a_night_that_moved_on_changes_nothing(store, network):
    first, second = asked(store), asked(store, key="NV-2")
    one = hotline.answer(store, COORDINATOR, network, first)[0]
    two = next(a for a in hotline.answer(store, COORDINATOR, network, second) if a.unit == one.unit)
    hotline.accept(store, COORDINATOR, first, one)
    assert code(hotline.accept, store, COORDINATOR, second, two) == "night_moved_on"
    standings = {s.request.key: s.open for s in hotline.requests(store, COORDINATOR, NIGHT)}
    assert standings == {"NV-1": False, "NV-2": True}


def test_who_cannot_come_says_why(store, network):
    made = asked(store, municipality="053011", opens="22:00", closes="22:25", language="bg")
    answers = hotline.answer(store, COORDINATOR, network, made)
    assert all(answer.error or answer.proposal is None for answer in answers)
    assert all(answer.error for answer in answers if answer.unit in UNITS)
    refused = next(answer for answer in answers if answer.error)
    assert code(hotline.accept, store, COORDINATOR, made, refused) == refused.error.code
    assert hotline.requests(store, COORDINATOR, NIGHT)[0].open


def test_a_unit_without_an_itinerary_takes_it_into_its_plan(store, network):
    made = asked(store)
    answer = next(
        a for a in hotline.answer(store, COORDINATOR, network, made) if not (a.proposal or a.error)
    )
    hotline.accept(store, COORDINATOR, made, answer)
    (promise,) = [p for p in store.promises(COORDINATOR, NIGHT) if p.key == made.key]
    assert promise.unit == answer.unit
    assert promise.place.name == "Lucca"
    hotline.close(store, COORDINATOR, made.key, RequestOutcome.WITHDRAWN)
    assert made.key not in {p.key for p in store.promises(COORDINATOR, NIGHT)}


@pytest.mark.parametrize(
    ("opens", "closes"),
    [("23:00", "22:00"), ("22:00", "22:10"), ("ieri", "22:00"), ("13:00", "36:00")],
)
def test_hours_that_are_none_are_refused(opens, closes):
    with pytest.raises(InputError, match="request_window"):
        request(opens=opens, closes=closes)


def test_what_is_past_unknown_or_there_already_is_refused(store):
    assert code(asked, store, opens="20:00", closes="21:00") == "request_past"
    assert code(asked, store, municipality="999999") == "municipality_unknown"
    asked(store)
    assert code(asked, store) == "request_twice"
    assert code(hotline.close, store, COORDINATOR, "NV-9", RequestOutcome.MET) == "request_missing"
    assert hotline.new_key(store, COORDINATOR, NIGHT) not in {"NV-1"}


def test_requests_become_monthly_totals(store, clock):
    asked(store)
    asked(store, key="NV-2")
    hotline.close(store, COORDINATOR, "NV-2", RequestOutcome.MET)
    clock.moment += timedelta(days=store.settings().contact_days + 2)
    run(store, COORDINATOR)
    with store.reading() as session:
        assert session.scalar(select(func.count(HotlineRequestRow.key))) == 0
        totals = {row.outcome: row.requests for row in session.scalars(select(HotlineMonthRow))}
    assert totals == {"": 1, "incontro": 1}
    assert Night.of(clock()).date > NIGHT.date


def test_a_caller_who_waits_no_more_is_withdrawn_and_the_crew_on_its_way_is_told(store, network):
    caller = Viewer(Role.HOTLINE)
    made = asked(store)
    best = hotline.answer(store, COORDINATOR, network, made, units=["LU1"])[0]
    hotline.accept(store, COORDINATOR, made, best)
    asked(store, key="NV-2")
    before = running(store, COORDINATOR, NIGHT, "LU1")
    assert withdraw(store, caller, made.key) is Effect.CREW
    now = running(store, COORDINATOR, NIGHT, "LU1")
    assert (now.version, now.to_confirm, now.heard) == (before.version + 1, True, None)
    assert now.itinerary == before.itinerary
    assert now.progress.stop(made.key).reason is SkipReason.CALLED_OFF
    # What was new and is called off before it was confirmed is told once.
    assert [one["key"] for one in now.changes["called_off"]] == [made.key]
    assert now.changes["promised"] == []
    assert made.key not in {p.key for p in store.promises(COORDINATOR, NIGHT)}
    told = lambda: {s.request.key: s.told for s in hotline.requests(store, caller, NIGHT)}  # noqa: E731
    assert told() == {made.key: False, "NV-2": None}
    confirm = Phone("phone", store.now).says(EventKind.CONFIRMED, version=now.version)
    record(store, Viewer(Role.OPERATOR, unit="LU1"), NIGHT, "LU1", [confirm])
    assert told()[made.key] is True
    assert code(withdraw, store, caller, made.key) == "request_over"
    with store.reading(Viewer(Role.NETWORK), Action.READ_AUDIT) as session:
        rows = session.scalars(select(AuditRow).where(AuditRow.action == "requests.change"))
        assert [row.role for row in rows] == ["hotline"]
    # The rest is planned again without it, and a crew's own phone cannot call anything off.
    again = propose(store, COORDINATOR, network, NIGHT, "LU1", iterations=50)
    assert made.key not in {stop.key for stop in again.itinerary.stops}
    stop = now.itinerary.stops[0].key
    forged = Phone("forger", store.now)
    for event in (
        forged.says(EventKind.SKIPPED, stop, reason="called_off"),
        dataclasses.replace(forged.says(EventKind.ARRIVED, stop), source="office"),
    ):
        answered = record(store, COORDINATOR, NIGHT, "LU1", [event])
        assert [error.code for _, error in answered.refused] == ["event_wrong"]


def test_what_a_crew_can_go_on_with_is_changed_and_the_rest_entered_anew(store, network):
    caller = Viewer(Role.HOTLINE)
    made = asked(store)
    wider = dataclasses.replace(made, closes="01:00", urgency=Urgency.NOW)
    assert change(store, caller, wider) == (wider, Effect.NONE)
    stale = hotline.answer(store, COORDINATOR, network, made, units=["LU1"])[0]
    assert code(hotline.accept, store, COORDINATOR, made, stale) == "request_changed"
    best = hotline.answer(store, COORDINATOR, network, wider, units=["LU1"])[0]
    hotline.accept(store, COORDINATOR, wider, best)
    version = running(store, COORDINATOR, NIGHT, "LU1").version
    other_kind = dataclasses.replace(wider, kind=next(k for k in Request if k is not wider.kind))
    assert change(store, caller, other_kind) == (other_kind, Effect.NONE)
    assert running(store, COORDINATOR, NIGHT, "LU1").version == version
    later = dataclasses.replace(other_kind, opens="23:30")
    kept, effect = change(store, caller, later)
    assert effect is Effect.CREW
    assert kept == dataclasses.replace(later, key=kept.key) != later
    stands = {s.request.key: (s.open, s.outcome) for s in hotline.requests(store, caller, NIGHT)}
    assert stands == {made.key: (False, RequestOutcome.REPLACED), kept.key: (True, None)}
    best = hotline.answer(store, COORDINATOR, network, kept, units=["LU1"])[0]
    hotline.accept(store, COORDINATOR, kept, best)
    crew, phone = Viewer(Role.OPERATOR, unit="LU1"), Phone("phone", store.now)
    arrived = phone.says(EventKind.ARRIVED, kept.key)
    record(store, crew, NIGHT, "LU1", [arrived])
    moved = dataclasses.replace(kept, municipality="053011")
    assert code(change, store, caller, moved) == "request_there"
    # A coordinator of the organisation reads no request, and counts a handover at it all the same.
    own = Viewer(Role.COORDINATOR, organisation=organisation(store, "LU1"))
    given = phone.says(EventKind.HANDED, kept.key, receiver="sanitario")
    assert record(store, own, NIGHT, "LU1", [given]).kept == (given.id,)
    assert withdraw(store, caller, kept.key) is Effect.THERE
    assert code(change, store, caller, request(closes="20:00", opens="19:00")) == "request_past"
    assert code(withdraw, store, own, made.key) == "not_allowed"


def organisation(store, unit):
    return next(each.organisation for each in store.units(COORDINATOR) if each.code == unit)


def test_a_request_holds_codes_alone():
    texts = {f.name for f in dataclasses.fields(HotlineRequest) if f.type in ("str", "str | None")}
    assert texts == {"key", "municipality", "opens", "closes", "language"}


def test_the_hotline_reads_when_somebody_comes_and_neither_who_nor_where_else(store, network):
    caller = Viewer(Role.HOTLINE)
    made = request()
    hotline.enter(store, caller, made)
    (standing,) = hotline.requests(store, caller, NIGHT)
    assert (standing.request, standing.open, standing.arrival) == (made, True, None)
    best = hotline.answer(store, COORDINATOR, network, made)[0]
    hotline.accept(store, COORDINATOR, made, best)
    (seen,) = hotline.requests(store, caller, NIGHT)
    (known,) = hotline.requests(store, COORDINATOR, NIGHT)
    assert known.unit == best.unit
    assert (seen.open, seen.unit, seen.arrival) == (False, "", best.arrival)
    for refused in (
        lambda: hotline.answer(store, caller, network, made),
        lambda: hotline.accept(store, caller, made, best),
        lambda: hotline.close(store, caller, made.key, RequestOutcome.MET),
        lambda: store.zones(caller),
        lambda: running(store, caller, NIGHT, best.unit),
        lambda: store.published(caller, NIGHT),
    ):
        assert code(refused) == "not_allowed"
