"""A request is answered by the units that could come, accepted once, and closed."""

import dataclasses
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from data import hotline
from data.access import Role, Viewer
from data.models import HotlineMonthRow, HotlineRequestRow
from data.retention import run
from data.roads import load_network
from data.running import running
from geo.contacts import Request
from geo.errors import InputError, ProssimaError
from geo.night import Night
from routing.requests import HotlineRequest, RequestOutcome, Urgency
from tests.nights import COORDINATOR, NIGHT

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
