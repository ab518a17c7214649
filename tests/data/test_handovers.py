"""Handovers are counted by month and never by person; crews that give no sign are missed."""

from datetime import date, timedelta

import pytest

from data import handovers, hotline
from data.access import Role, Viewer
from data.check_ins import check_in_of, check_ins
from data.free_places import free_places, say
from data.roads import load_network
from data.running import record, running
from geo.errors import ProssimaError
from geo.free_places import Free, FreePlaces, Target, WideArea
from geo.handovers import Handover, Receiver, Stage
from routing.progress import CrewEvent, EventKind
from tests.data.test_hotline import request
from tests.nights import COORDINATOR, NIGHT, Clock, Crew

MONTH = date(2026, 5, 1)
LUCCA, PISA = "046017", "050026"


@pytest.fixture
def clock():
    return Clock()


def code(call, *given, **named):
    with pytest.raises(ProssimaError) as refused:
        call(*given, **named)
    return refused.value.code


def counted(store, viewer=COORDINATOR, municipality=None):
    frame = handovers.monthly(store, viewer, MONTH)
    if municipality:
        frame = frame[frame["municipality"] == municipality]
    return frame.groupby("receiver")["persons"].sum().to_dict()


def test_counts_add_up_by_month_and_go_back(store):
    before = counted(store, municipality=LUCCA).get("sportello", 0)
    handovers.count(store, COORDINATOR, Handover(MONTH, LUCCA, Receiver.SPORTELLO, 3))
    handovers.count(store, COORDINATOR, Handover(MONTH, LUCCA, Receiver.SPORTELLO))
    assert counted(store, municipality=LUCCA)["sportello"] == before + 4
    handovers.count(store, COORDINATOR, Handover(MONTH, LUCCA, Receiver.SPORTELLO, 4), back=True)
    assert counted(store, municipality=LUCCA).get("sportello", 0) == before


def test_what_cannot_be_is_refused_and_changes_nothing(store):
    before = counted(store)
    future = Handover(date(2026, 6, 1), LUCCA, Receiver.SPORTELLO)
    assert code(handovers.count, store, COORDINATOR, future) == "handover_future"
    abroad = Handover(MONTH, "001272", Receiver.SPORTELLO)
    assert code(handovers.count, store, COORDINATOR, abroad) == "municipality_unknown"
    many = Handover(MONTH, "052009", Receiver.PROGRAMMA, 20)
    assert code(handovers.count, store, COORDINATOR, many, back=True) == "handover_none"
    assert counted(store) == before


def test_a_crew_counts_at_its_stops_once_and_takes_back(store, clock):
    clock.set("22:30")
    itinerary = store.published_itinerary(COORDINATOR, NIGHT, "LU1")
    stop = next(each for each in itinerary.stops if each.zone)
    crew, place, phone = Viewer(Role.OPERATOR, unit="LU1"), stop.zone[:6], Crew("phone", clock)
    before = counted(store, municipality=place).get("programma", 0)

    def says(kind, at=None, /, **values):
        event = phone.says(kind, at, **values)
        # The answer was lost: the phone says it again, and the whole night once more.
        for _ in range(2):
            done = record(store, crew, NIGHT, "LU1", [event])
        assert done.known == (event.id,)
        return event

    def now():
        return counted(store, municipality=place).get("programma", 0) - before

    first = says(EventKind.HANDED, stop.key, receiver="programma")
    assert now() == 1
    second = says(EventKind.HANDED, stop.key, receiver="programma")
    assert now() == 2
    says(EventKind.UNDONE, event=second.id)
    assert now() == 1
    (handed,) = running(store, crew, NIGHT, "LU1").progress.handed
    assert (handed.id, handed.receiver) == (first.id, Receiver.PROGRAMMA)
    # Its organisation's coordinator sees what its unit counted and nothing else.
    organisation = next(u.organisation for u in store.units(COORDINATOR) if u.code == "LU1")
    own = Viewer(Role.COORDINATOR, organisation=organisation)
    assert counted(store, own) == {"programma": 1}
    assert counted(store, Viewer(Role.COORDINATOR, organisation="nobody")) == {}
    assert code(handovers.monthly, store, crew) == "not_allowed"
    # What the coordination takes back, the crew may still take back: nothing falls below zero.
    handovers.count(store, own, Handover(MONTH, place, Receiver.PROGRAMMA), back=True)
    says(EventKind.UNDONE, event=first.id)
    assert counted(store, own) == {}
    for values in (
        {"receiver": "nobody"},
        {"receiver": ["programma"]},
        {},
        {"receiver": "programma", "name": "x"},
    ):
        wrong = phone.says(EventKind.HANDED, stop.key, **values)
        ((_, error),) = record(store, crew, NIGHT, "LU1", [wrong]).refused
        assert error.code == "event_wrong"
    ((_, error),) = record(
        store, crew, NIGHT, "LU1", [phone.says(EventKind.HANDED, "nowhere", receiver="sportello")]
    ).refused
    assert error.code == "event_zone_unknown"
    assert code(record, store, crew, NIGHT, "PI1", [first]) == "itinerary_foreign"


def test_a_handover_at_a_hotline_request_counts_in_its_municipality(store, clock):
    clock.set("22:30")
    made = request("046017", opens="23:00", closes="02:00")
    hotline.enter(store, COORDINATOR, made)
    answers = hotline.answer(store, COORDINATOR, load_network(store.settings().home), made)
    hotline.accept(store, COORDINATOR, made, answers[0])
    crew, phone = Viewer(Role.OPERATOR, unit=answers[0].unit), Crew("phone", clock)
    before = counted(store, municipality=LUCCA).get("sanitario", 0)
    event = phone.says(EventKind.HANDED, made.key, receiver="sanitario")
    assert record(store, crew, NIGHT, answers[0].unit, [event]).kept
    assert counted(store, municipality=LUCCA)["sanitario"] == before + 1


def test_the_funnel_sets_the_months_side_by_side(store):
    first, second, third = handovers.funnel_since(store, COORDINATOR, MONTH)
    counts = counted(store)
    assert [step.stage for step in (first, second, third)] == list(Stage)
    assert first.persons == first.met > 0
    assert second.persons == counts.get("sportello", 0)
    assert third.persons == counts.get("programma", 0)
    assert handovers.funnel_since(store, COORDINATOR, date(2025, 6, 1))[0].met > first.met


def test_no_more_is_kept_of_a_handover_than_a_number(store):
    columns = {column.name for column in handovers.HandoverRow.__table__.columns}
    assert columns == {"month", "municipality", "receiver", "organisation", "persons"}


def test_free_places_replace_each_other_and_grow_old(store, clock):
    places = FreePlaces(WideArea.CENTRO, Target.DONNE, Free.MORE, True, "800 600 500", clock())
    say(store, COORDINATOR, places)
    say(store, COORDINATOR, places)
    (kept,) = [p for p in free_places(store, COORDINATOR) if p == places]
    assert not kept.stale(clock())
    assert kept.stale(clock() + timedelta(hours=24))
    own = Viewer(Role.COORDINATOR, organisation="an organisation")
    for passes_on in (own, Viewer(Role.OPERATOR, unit="LU1"), Viewer(Role.HOTLINE)):
        assert kept in free_places(store, passes_on)
        assert code(say, store, passes_on, places) == "not_allowed"
    assert code(free_places, store, Viewer(Role.MUNICIPALITY, municipality=LUCCA)) == "not_allowed"


def due(store, clock, unit="LU1"):
    heard = {one.unit: one.check_in for one in check_ins(store, COORDINATOR, NIGHT)}
    assert heard[unit] == check_in_of(
        running(store, Viewer(Role.OPERATOR, unit=unit), NIGHT, unit),
        store.settings().check_in_minutes,
        clock(),
    )
    return heard[unit].due


def test_a_crew_is_waited_for_from_its_departure_until_it_closes(store, clock):
    out = store.published_itinerary(COORDINATOR, NIGHT, "LU1").departure
    hour = timedelta(hours=1)
    assert due(store, clock) is None
    clock.moment = out
    assert due(store, clock) == out + hour
    crew, mine = Crew("phone", clock), Viewer(Role.OPERATOR, unit="LU1")
    clock.moment = out + hour + timedelta(minutes=5)
    assert check_in_of(running(store, mine, NIGHT, "LU1"), 60, clock()).missed(clock())
    record(store, mine, NIGHT, "LU1", [crew.says(EventKind.CHECKED_IN)])
    assert due(store, clock) == clock() + hour
    assert due(store, clock, "PI1") != due(store, clock)
    record(store, mine, NIGHT, "LU1", [crew.says(EventKind.CLOSED)])
    assert due(store, clock) is None


def test_a_sign_is_a_sign_whatever_the_phones_clock_and_holds_no_text(store, clock):
    clock.moment = store.published_itinerary(COORDINATOR, NIGHT, "LU1").departure
    mine = Viewer(Role.OPERATOR, unit="LU1")
    late = clock() - timedelta(hours=5)
    sign = CrewEvent("phone-event-1", EventKind.CHECKED_IN, "phone", 1, late)
    record(store, mine, NIGHT, "LU1", [sign])
    assert due(store, clock) == clock() + timedelta(hours=1)
    words = CrewEvent("phone-event-2", EventKind.CHECKED_IN, "phone", 2, late, None, {"say": "x"})
    ((_, error),) = record(store, mine, NIGHT, "LU1", [words]).refused
    assert error.code == "event_wrong"


def test_nobody_is_reminded_where_the_setting_says_so(store, clock):
    clock.moment = store.published_itinerary(COORDINATOR, NIGHT, "LU1").departure
    store.save_setting(COORDINATOR, "check_in_minutes", "0")
    assert due(store, clock) is None
