"""What crews say is kept once whatever happens, and becomes records, effort and visits."""

import random
from dataclasses import replace
from datetime import timedelta

import pytest
import shapely
from sqlalchemy import func, select

from data.access import Action, Role, Viewer
from data.contact_import import contact_frame, effort_frame
from data.models import ContactEntryRow, CrewEventRow, ItineraryRow
from data.night_report import night_report
from data.planning import night_outings
from data.replanning import accept, propose
from data.retention import run
from data.roads import load_network
from data.running import record, running
from geo.errors import ProssimaError
from geo.night import Night
from routing.itinerary import Itinerary, Leg
from routing.problem import Kind
from routing.progress import EventKind, StopState
from routing.promises import Promise
from tests.nights import COORDINATOR, NIGHT, Clock, Crew


@pytest.fixture
def unit(store):
    """The unit with most stops tonight."""
    shown = store.published(COORDINATOR, NIGHT)
    return max(
        shown, key=lambda code: len(running(store, COORDINATOR, NIGHT, code).itinerary.stops)
    )


@pytest.fixture
def crew(unit):
    return Viewer(Role.OPERATOR, unit=unit)


def code(call, *given, **named) -> str:
    with pytest.raises(ProssimaError) as refused:
        call(*given, **named)
    return refused.value.code


def tonight(store):
    contacts = contact_frame(store, COORDINATOR)
    return contacts[contacts["night"].dt.date == NIGHT.date]


def test_what_is_left_of_the_kits_is_what_the_rest_of_the_night_has(store, clock, unit, crew):
    before = running(store, crew, NIGHT, unit).itinerary
    outing = next(o for o in night_outings(store, COORDINATOR, NIGHT) if o.unit.code == unit)
    with store.writing(COORDINATOR, Action.PUBLISH_PLANS) as session:
        row = session.get(ItineraryRow, (NIGHT.date, unit))
        stops = [{**stop, "kits": 4} for stop in row.document["stops"]]
        row.document = {**row.document, "kits": 4 * len(stops), "stops": stops}
    taken = replace(outing, unit=replace(outing.unit, kits=9))
    store.save_outing(COORDINATOR, taken)
    phone = Crew("phone", clock)
    clock.moment = before.stops[0].begin
    said = [phone.says(kind, before.stops[0].key) for kind in (EventKind.ARRIVED, EventKind.LEFT)]
    record(store, crew, NIGHT, unit, said)
    found = propose(store, crew, load_network(store.settings().home), NIGHT, unit, iterations=50)
    # Nine were on board and four are handed out: the rest of the night has five.
    rest = [stop.kits for stop in found.itinerary.stops[1:]]
    assert found.itinerary.stops[0].kits == 4
    assert rest
    assert None not in rest
    assert sum(rest) <= 5
    freely = replace(outing, unit=replace(outing.unit, kits=None))
    store.save_outing(COORDINATOR, freely)
    found = propose(store, crew, load_network(store.settings().home), NIGHT, unit, iterations=50)
    assert {stop.kits for stop in found.itinerary.stops[1:]} == {None}


def test_a_night_said_step_by_step(store, clock, unit, crew):
    phone = Crew("phone", clock)
    first, second, third = running(store, crew, NIGHT, unit).itinerary.stops[:3]
    zone = first.zone

    def say(kind, stop=None, /, **values):
        event = phone.says(kind, stop, **values)
        done = record(store, crew, NIGHT, unit, [event])
        assert done.kept == (event.id,)
        return event.id

    say(EventKind.ARRIVED, first.key)
    contact = say(EventKind.TALLY, first.key, kind="contattata", gender="donna")
    again = say(EventKind.TALLY, first.key, kind="contattata", gender="donna")
    say(EventKind.AMENDED, event=contact, macro_area="africa_occ", materials_profilattici=3)
    say(EventKind.UNDONE, event=again)
    say(EventKind.TALLY, first.key, kind="osservata", persons=4, requests=["ascolto"])
    clock.forward(25)
    say(EventKind.LEFT, first.key)
    say(EventKind.SKIPPED, second.key, reason="police")

    now = running(store, crew, NIGHT, unit).progress
    assert [each.state for each in now.stops[:2]] == [StopState.DONE, StopState.SKIPPED]
    assert now.ahead[0].stop.key == third.key
    assert [tally.values.get("persons", 1) for tally in now.tallies] == [1, 4]

    kept = tonight(store)
    assert kept["persons"].tolist() == [1, 4]
    assert kept["zone"].unique().tolist() == [zone]
    assert kept.iloc[0][["macro_area", "gender", "hour"]].tolist() == ["africa_occ", "donna", 21]
    assert kept.iloc[0]["materials_profilattici"] == 3
    assert kept.iloc[1]["requests_ascolto"]
    effort = effort_frame(store, COORDINATOR)
    assert effort.loc[effort["night"].dt.date == NIGHT.date, "hours"].sum() == pytest.approx(
        25 / 60
    )
    assert store.last_visits(COORDINATOR)[zone] == NIGHT.date


def test_events_merge_once_in_any_order(store, clock, unit, crew):
    """Two phones at one stop, without signal for hours: the same night comes of it."""
    first, second = running(store, crew, NIGHT, unit).itinerary.stops[:2]
    one, two = Crew("one", clock), Crew("two", clock)
    events = [one.says(EventKind.ARRIVED, first.key), two.says(EventKind.ARRIVED, first.key)]
    for phone in (one, two, one):
        events.append(phone.says(EventKind.TALLY, first.key, gender="donna"))
        clock.forward(3)
    events.append(one.says(EventKind.AMENDED, event=events[2].id, persons=2))
    events.append(two.says(EventKind.UNDONE, event=events[3].id))
    events += [one.says(EventKind.LEFT, first.key), one.says(EventKind.ARRIVED, second.key)]
    rng = random.Random(7)
    seen = []
    for _ in range(3):
        shuffled = [*events, *rng.sample(events, 4)]
        rng.shuffle(shuffled)
        for start in range(0, len(shuffled), 3):
            record(store, crew, NIGHT, unit, shuffled[start : start + 3])
        kept = tonight(store).sort_values("persons")
        seen.append((kept["persons"].tolist(), len(effort_frame(store, COORDINATOR))))
        shown = running(store, crew, NIGHT, unit).progress
        assert [tally.id for tally in shown.tallies] == [events[2].id, events[4].id]
    assert seen == [seen[0]] * 3
    assert seen[0][0] == [1, 2]
    with store.reading(COORDINATOR, None) as session:
        assert session.scalar(select(func.count(CrewEventRow.id))) == len(events)
        entries = select(ContactEntryRow).where(ContactEntryRow.night == NIGHT.date)
        assert len(session.scalars(entries).all()) == 1


def test_what_is_wrong_with_one_event_does_not_keep_the_others_out(store, clock, unit, crew):
    phone = Crew("phone", clock)
    stops = running(store, crew, NIGHT, unit).itinerary.stops
    elsewhere = next(
        zone.code
        for zone in store.zones(COORDINATOR)
        if zone.code not in {stop.zone for stop in stops}
    )
    good = phone.says(EventKind.TALLY, stops[0].key)
    off = phone.says(EventKind.TALLY, elsewhere)
    nowhere = phone.says(EventKind.TALLY, "099999-01")
    odd = phone.says(EventKind.TALLY, stops[0].key, persons=0)
    named = phone.says(EventKind.TALLY, stops[0].key, name="x")
    done = record(store, crew, NIGHT, unit, [good, off, nowhere, odd, named])
    assert done.kept == (good.id, off.id)
    assert done.off_route == (off.id,)
    assert {event: error.code for event, error in done.refused} == {
        nowhere.id: "event_zone_unknown",
        odd.id: "tally_value",
        named.id: "tally_value",
    }
    assert set(tonight(store)["zone"]) == {stops[0].zone, elsewhere}
    assert record(store, crew, NIGHT, unit, [good]).known == (good.id,)


def test_what_a_crew_counts_joins_the_outing_that_a_file_has_brought(store, clock, unit, crew):
    """Under whichever key the file came: one unit's night is one outing."""
    with store.writing(COORDINATOR, Action.WRITE_CONTACTS) as session:
        session.add(
            ContactEntryRow(organisation="altra", unit=unit, night=NIGHT.date, closed=False)
        )
    stop = running(store, crew, NIGHT, unit).itinerary.stops[0]
    record(store, crew, NIGHT, unit, [Crew("phone", clock).says(EventKind.TALLY, stop.key)])
    assert set(tonight(store)["organisation"]) == {"altra"}


def test_a_wrong_clock_gives_no_hour_and_no_effort(store, clock, unit, crew):
    first = running(store, crew, NIGHT, unit).itinerary.stops[0]
    ahead = Clock(clock() + timedelta(hours=5))
    phone = Crew("phone", ahead)
    said = [phone.says(EventKind.ARRIVED, first.key), phone.says(EventKind.TALLY, first.key)]
    ahead.forward(20)
    said.append(phone.says(EventKind.LEFT, first.key))
    record(store, crew, NIGHT, unit, said)
    assert tonight(store)["hour"].isna().all()
    assert not (effort_frame(store, COORDINATOR)["night"].dt.date == NIGHT.date).any()
    assert running(store, crew, NIGHT, unit).progress.stops[0].state is StopState.DONE


def test_only_the_own_crew_and_only_until_noon(store, clock, unit, crew):
    event = Crew("phone", clock).says(EventKind.CLOSED, kilometres=42.5, weather="rain")
    other = Viewer(Role.OPERATOR, unit="nobody")
    assert code(record, store, other, NIGHT, unit, [event]) == "itinerary_foreign"
    assert code(record, store, Viewer(Role.MUNICIPALITY), NIGHT, unit, [event]) == "not_allowed"
    assert code(running, store, crew, NIGHT + -1, unit) == "itinerary_not_tonight"
    clock.set("11:55")
    late = running(store, crew, NIGHT, unit)
    assert late.expired
    assert not any(leg.line or leg.roads for leg in late.itinerary.legs)
    assert record(store, crew, NIGHT, unit, [event]).kept
    assert running(store, crew, NIGHT, unit).progress.report == {
        "kilometres": 42.5, "weather": "rain"
    }  # fmt: skip
    clock.forward(10)
    assert code(record, store, crew, NIGHT, unit, [event]) == "itinerary_not_tonight"
    assert record(store, COORDINATOR, NIGHT, unit, [event]).known
    clock.forward(60 * 24 * 7)
    assert code(record, store, COORDINATOR, NIGHT, unit, [event]) == "night_over"


def test_events_are_deleted_when_no_phone_has_them_any_more(store, clock, unit, crew):
    first = running(store, crew, NIGHT, unit).itinerary.stops[0]
    record(store, crew, NIGHT, unit, [Crew("phone", clock).says(EventKind.TALLY, first.key)])
    clock.forward(60 * 24 * 8)
    run(store, COORDINATOR)
    with store.reading(COORDINATOR, None) as session:
        assert session.scalar(select(func.count(CrewEventRow.id))) == 0
    assert len(tonight(store)) == 1


def test_an_urgent_promise_is_taken_into_the_running_night(store, clock, unit, crew, home):
    network = load_network(home)
    phone = Crew("phone", clock)
    before = running(store, crew, NIGHT, unit)
    first, second = before.itinerary.stops[:2]
    clock.moment = first.begin
    said = [phone.says(EventKind.ARRIVED, first.key)]
    clock.moment = first.departure
    said += [
        phone.says(EventKind.LEFT, first.key),
        phone.says(EventKind.SKIPPED, second.key, reason="unsafe"),
    ]
    record(store, crew, NIGHT, unit, said)
    shown = {
        stop.zone
        for code_ in store.published(COORDINATOR, NIGHT)
        for stop in running(store, COORDINATOR, NIGHT, code_).itinerary.stops
    }
    lon, lat = first.leg.line[-1]
    free = [zone for zone in store.zones(COORDINATOR) if zone.code not in shown]
    wanted = min(free, key=lambda zone: zone.geometry.distance(shapely.Point(lon, lat))).code
    begins = (clock() + timedelta(minutes=20)).strftime("%H:%M")
    ends = (clock() + timedelta(minutes=110)).strftime("%H:%M")
    urgent = Promise(
        "nv-1", NIGHT.date, Kind.HOTLINE, begins, ends, 15, zone=wanted, synthetic=True
    )

    asked = {"promise": urgent, "iterations": 100}
    answer = propose(store, crew, network, NIGHT, unit, **asked)
    assert answer.promised is not None
    assert answer.promised.zone == wanted
    assert answer.itinerary.stops[0] == first
    assert second.key not in {stop.key for stop in answer.itinerary.stops}
    assert answer.itinerary.stops[1].arrival > clock()
    old = {stop.key for stop in before.itinerary.stops if stop.kind is not Kind.ZONE}
    assert old <= {stop.key for stop in answer.itinerary.stops} | {first.key, second.key}
    others = shown - {stop.zone for stop in before.itinerary.stops}
    assert not others & {stop.zone for stop in answer.itinerary.stops}
    assert running(store, crew, NIGHT, unit).version == 1  # nothing is kept yet
    assert not any(p.key == "nv-1" for p in store.promises(COORDINATOR, NIGHT))

    assert accept(store, crew, answer) == 2
    now = running(store, crew, NIGHT, unit)
    assert now.to_confirm
    assert now.itinerary == answer.itinerary
    assert [one["key"] for one in now.changes["promised"]] == ["nv-1"]
    assert now.changes["planned"] == len(before.itinerary.stops)
    assert now.progress.stops[0].state is StopState.DONE
    assert now.progress.reasons == {second.key: "unsafe"}
    assert any(p.key == "nv-1" and p.unit == unit for p in store.promises(COORDINATOR, NIGHT))
    assert code(accept, store, crew, answer) == "night_moved_on"
    record(store, crew, NIGHT, unit, [phone.says(EventKind.CONFIRMED, version=2)])
    assert not running(store, crew, NIGHT, unit).to_confirm


def test_a_crew_that_notes_nothing_is_where_its_plan_has_it(store, clock, unit, crew, home):
    whole = running(store, crew, NIGHT, unit).itinerary
    clock.moment = whole.stops[1].begin
    answer = propose(store, crew, load_network(home), NIGHT, unit, iterations=50)
    assert answer.assumed
    assert answer.itinerary.stops[:2] == whole.stops[:2]
    assert all(stop.begin >= whole.stops[1].departure for stop in answer.itinerary.stops[2:])
    clock.moment = NIGHT.at(NIGHT.seconds(whole.expires_at) - 60)
    late = code(propose, store, crew, load_network(home), NIGHT, unit, iterations=50)
    assert late in {"replan_too_late", "shift_over"}
    clock.set("11:00")
    assert Night.of(clock()) == NIGHT


WALK = 300
"""Seconds on foot from one zone of the cluster to the next, and from the last to the van."""


@pytest.fixture
def walked(store, unit):
    """The unit's night with its second and third stop walked to from the van at the first."""
    with store.writing(COORDINATOR, Action.PUBLISH_PLANS) as session:
        row = session.get(ItineraryRow, (NIGHT.date, unit))
        whole = Itinerary.from_dict(row.document)
        parked, *others = whole.stops[:4]
        moment, stops = parked.departure, [parked]
        for number, stop in enumerate(others):
            leg = Leg(WALK, WALK, (), (), WALK, WALK)
            if number == 2:  # back to the van, then the drive
                leg = replace(
                    stop.leg, seconds=stop.leg.seconds + WALK, walk=WALK, walk_metres=WALK
                )
            arrival = moment + timedelta(seconds=leg.seconds)
            moment = arrival + timedelta(minutes=10)
            stops.append(
                replace(
                    stop, leg=leg, arrival=arrival, begin=arrival, departure=moment,
                    on_foot=number < 2,
                )
            )  # fmt: skip
        row.document = replace(whole, stops=(*stops, *whole.stops[4:])).to_dict()
    return running(store, COORDINATOR, NIGHT, unit).itinerary


def test_a_crew_that_walks_a_cluster_goes_on_from_its_van(store, clock, unit, crew, home, walked):
    """The van stands at the first stop; the crew walks to the second and third, and plans again
    there: it walks back once, and drives from the van."""
    network, phone = load_network(home), Crew("phone", clock)
    parked, one, two, after = walked.stops[:4]
    van = parked.leg.line[-1]

    def on_from(answer, done, earliest):
        new = answer.itinerary.stops[len(done) :]
        assert answer.itinerary.stops[: len(done)] == tuple(done)
        assert new, "somewhere is still time to go"
        assert new[0].leg.line[0] == pytest.approx(van, abs=1e-3)
        waited = (new[0].arrival - earliest).total_seconds() - new[0].leg.seconds
        assert waited == pytest.approx(0, abs=60)

    # Nothing is noted: at the third stop by the plan, and back at the van a walk later.
    clock.moment = two.begin
    answer = propose(store, crew, network, NIGHT, unit, iterations=50)
    assert answer.assumed
    on_from(answer, (parked, one, two), two.departure + timedelta(seconds=WALK))

    # Said stop by stop, with a contact at the one walked to; then planned again and confirmed.
    said = []
    for stop in (parked, one, two):
        clock.moment = stop.begin
        said += [phone.says(EventKind.ARRIVED, stop.key), phone.says(EventKind.TALLY, stop.key)]
        clock.moment = stop.departure
        said.append(phone.says(EventKind.LEFT, stop.key))
    record(store, crew, NIGHT, unit, said)
    stands = running(store, crew, NIGHT, unit)
    assert [each.state for each in stands.progress.stops[:3]] == [StopState.DONE] * 3
    assert set(tonight(store)["zone"]) == {parked.zone, one.zone, two.zone}
    # The way on foot is no kilometre of the van's.
    assert night_report(stands).driven == parked.leg.driven_metres
    answer = propose(store, crew, network, NIGHT, unit, iterations=50)
    assert not answer.assumed
    on_from(answer, (parked, one, two), two.departure + timedelta(seconds=WALK))
    accept(store, crew, answer)
    assert [stop.on_foot for stop in running(store, crew, NIGHT, unit).itinerary.stops[:3]] == [
        False, True, True,
    ]  # fmt: skip
    assert after.leg.walk == WALK
