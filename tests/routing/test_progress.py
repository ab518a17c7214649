"""The state of a running night depends on the set of what was said, not on how it came."""

import random
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.zones import Access
from routing.itinerary import Itinerary, ItineraryStop, Leg
from routing.problem import Kind
from routing.progress import (
    CrewEvent,
    EventKind,
    SkipReason,
    StopState,
    clock_error,
    in_order,
    progress,
    stays,
)
from tests.nights import NIGHT

BEGIN = NIGHT.at(NIGHT.parse_clock("21:00"))
LEG = Leg(600, 5000, ("SP1",), ((11.0, 43.0), (11.1, 43.1)))


def stop(number: int) -> ItineraryStop:
    arrival = BEGIN + timedelta(minutes=25 * number)
    return ItineraryStop(
        key=f"046017-{number:02d}", kind=Kind.ZONE, zone=f"046017-{number:02d}", place=None,
        arrival=arrival, begin=arrival, departure=arrival + timedelta(minutes=15), leg=LEG,
        access=Access.VAN, shortened=False, discreet=False, languages=(), mediator=False,
    )  # fmt: skip


ITINERARY = Itinerary(
    night=NIGHT, unit="LU1", unit_name="Unità", mode=Access.VAN, start="Base", departure=BEGIN,
    stops=tuple(stop(number) for number in range(1, 5)), pause=None, way_home=LEG,
    home=BEGIN + timedelta(hours=3), end="Base", expires_at=BEGIN + timedelta(hours=6),
    synthetic=True,
)  # fmt: skip
KEYS = [each.key for each in ITINERARY.stops]


def said(kind, key=None, minute=0, *, source="page", sequence=None, **values):
    at = None if minute is None else BEGIN + timedelta(minutes=minute)
    number = sequence if sequence is not None else minute or 0
    return CrewEvent(f"{source}-{kind}-{key}-{number}", kind, source, number, at, key, values)


def states(*events):
    return {each.stop.key[-2:]: each.state.value for each in progress(ITINERARY, events).stops}


def test_a_stop_is_ahead_then_here_then_done():
    arrived, left = said(EventKind.ARRIVED, KEYS[0], 5), said(EventKind.LEFT, KEYS[0], 20)
    assert states() == dict.fromkeys(("01", "02", "03", "04"), "ahead")
    assert states(arrived)["01"] == "here"
    assert states(left, arrived)["01"] == "done"


def test_who_arrives_elsewhere_has_left_where_it_was():
    events = [said(EventKind.ARRIVED, KEYS[0], 5), said(EventKind.ARRIVED, KEYS[1], 60)]
    now = progress(ITINERARY, events)
    assert [each.state for each in now.stops[:2]] == [StopState.DONE, StopState.HERE]
    # It stayed no longer than the visit usually lasts.
    assert stays(events, now)[0].left == BEGIN + timedelta(minutes=20)


def test_a_stop_skipped_and_then_reached_counts_as_reached():
    skipped = said(EventKind.SKIPPED, KEYS[2], 3, reason="unsafe")
    assert states(skipped)["03"] == "skipped"
    assert progress(ITINERARY, [skipped]).reasons == {KEYS[2]: SkipReason.UNSAFE}
    reached = said(EventKind.ARRIVED, KEYS[2], 9)
    assert states(skipped, reached)["03"] == "here"
    assert progress(ITINERARY, [skipped, reached]).reasons == {}


def test_the_crews_order_holds_for_what_is_ahead_and_can_be_taken_back():
    order = said(EventKind.ORDERED, None, 2, stops=[KEYS[3], KEYS[1]])
    ahead = [each.stop.key for each in progress(ITINERARY, [order]).ahead]
    assert ahead == [KEYS[3], KEYS[1], KEYS[0], KEYS[2]]
    back = said(EventKind.UNDONE, None, 3, event=order.id)
    assert [each.stop.key for each in progress(ITINERARY, [order, back]).ahead] == KEYS


def test_a_phone_is_followed_by_its_sequence_not_by_its_clock():
    """Its clock jumped back three hours between two entries."""
    first = said(EventKind.TALLY, KEYS[0], 60, source="phone", sequence=1)
    second = said(EventKind.TALLY, KEYS[0], -120, source="phone", sequence=2)
    unknown = said(EventKind.TALLY, KEYS[0], None, source="phone", sequence=3)
    later = said(EventKind.TALLY, KEYS[0], 90)
    assert in_order([later, unknown, second, first]) == [first, second, unknown, later]


EVENTS = st.lists(
    st.builds(
        lambda kind, key, minute, source, sequence, other: said(
            kind,
            None if kind in (EventKind.UNDONE, EventKind.AMENDED) else key,
            minute,
            source=source,
            sequence=sequence,
            **{
                EventKind.SKIPPED: {"reason": "other"},
                EventKind.ORDERED: {"stops": [KEYS[sequence % 4]]},
                EventKind.CONFIRMED: {"version": sequence},
                EventKind.AMENDED: {"event": other, "persons": sequence + 1},
                EventKind.UNDONE: {"event": other},
                EventKind.HANDED: {"receiver": "sportello"},
            }.get(kind, {}),
        ),
        st.sampled_from(EventKind),
        st.sampled_from(KEYS),
        st.one_of(st.none(), st.integers(-300, 300)),
        st.sampled_from(["page", "one", "two"]),
        st.integers(0, 8),
        st.sampled_from(
            [f"one-{kind}-{KEYS[0]}-{n}" for kind in ("tally", "left") for n in (1, 2)]
        ),
    ),
    max_size=14,
)


@settings(max_examples=120, deadline=None)
@given(EVENTS, st.randoms(use_true_random=False))
def test_neither_order_nor_repetition_of_what_comes_back_matters(events, rng: random.Random):
    events = list({event.id: event for event in events}.values())
    shuffled = events + rng.sample(events, len(events) // 2)
    rng.shuffle(shuffled)
    now = progress(ITINERARY, events)
    assert progress(ITINERARY, shuffled) == now
    assert sorted(each.stop.key for each in now.stops) == KEYS
    assert len([each for each in now.stops if each.state is StopState.HERE]) <= 1


@pytest.mark.parametrize("wrong", [-7200, -600, 0, 600, 7200])
@pytest.mark.parametrize(("opened_late", "sent_late"), [(2, 3), (60, 30), (900, 900)])
def test_a_phones_clock_is_corrected_no_more_than_the_evidence_demands(
    wrong, opened_late, sent_late
):
    error = timedelta(seconds=wrong)
    opened = error + timedelta(seconds=opened_late)
    sent = error - timedelta(seconds=sent_late)
    found = clock_error(opened, sent)
    assert abs(found) <= abs(error)
    if abs(wrong) == 7200:  # wrong by hours is found, but for what passed unseen
        assert abs(found - error) <= timedelta(seconds=max(opened_late, sent_late))
    if wrong == 0:
        assert found == timedelta(0)
