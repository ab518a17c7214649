"""When a desk opens next, holidays and the clock change included."""

from datetime import UTC, datetime

import pytest

from geo.desks import Desk, next_by_language, next_desks
from geo.errors import InputError
from geo.night import ROME
from geo.opening import next_opening, parsed


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=ROME)


@pytest.mark.parametrize(
    ("hours", "moment", "opens", "closes"),
    [
        ("Mo,We 09:00-13:00", "2026-12-07 08:00", "2026-12-07 09:00", "2026-12-07 13:00"),
        ("Mo,We 09:00-13:00", "2026-12-07 10:00", "2026-12-07 10:00", "2026-12-07 13:00"),
        # The Immaculate Conception is a holiday of Italy, a Tuesday in 2026.
        ("Tu 09:00-13:00; PH off", "2026-12-07 08:00", "2026-12-15 09:00", "2026-12-15 13:00"),
        ("Fr 22:00-02:00", "2026-12-11 23:30", "2026-12-11 23:30", "2026-12-12 02:00"),
        # The clocks go back at 03:00 on 25 October 2026: five hours by the wall, six in all.
        ("Sa 23:00-04:00", "2026-10-24 20:00", "2026-10-24 23:00", "2026-10-25 04:00"),
    ],
)
def test_the_next_opening(hours, moment, opens, closes):
    found = next_opening(hours, at(moment))
    assert found is not None
    assert (found.opens, found.closes) == (at(opens), at(closes))


def test_a_moment_of_another_time_zone_is_the_same_moment():
    found = next_opening("Mo 09:00-13:00", datetime(2026, 12, 7, 8, 30, tzinfo=UTC))
    assert found is not None
    assert found.opens == at("2026-12-07 09:30")


def test_a_desk_that_is_always_open_never_closes_and_one_that_is_shut_never_opens():
    always = next_opening("24/7", at("2026-12-07 08:00"))
    assert always is not None
    assert always.closes is None
    assert next_opening("off", at("2026-12-07 08:00")) is None


@pytest.mark.parametrize(("text", "position"), [("Mo 25-99 foo", 4), ("Mo 09:00-13:00; Tux 9", 19)])
def test_hours_that_cannot_be_read_say_where(text, position):
    with pytest.raises(InputError) as caught:
        parsed(text)
    assert caught.value.code == "opening_hours"
    assert caught.value.fields["position"] == position


def test_a_time_without_its_zone_is_refused():
    with pytest.raises(InputError, match="datetime_naive"):
        next_opening("24/7", datetime(2026, 12, 7, 8))


def desk(code, hours, languages="it", **more):
    return Desk(code, code, "048017", 11.2, 43.7, hours, frozenset(languages.split()), **more)


def test_the_desk_that_opens_first_and_speaks_the_language():
    desks = [desk("A", "We 09:00-13:00", "it ro"), desk("B", "Tu 09:00-13:00"), desk("C", "off")]
    monday = at("2026-11-30 08:00")
    assert [one.code for one, _ in next_desks(desks, monday)] == ["B", "A"]
    assert [one.code for one, _ in next_desks(desks, monday, frozenset({"ro"}))] == ["A"]


@pytest.mark.parametrize("missing", ["operator", "mediator"])
def test_an_itinerant_desk_does_not_go_out_without_both(missing):
    with pytest.raises(InputError, match="desk_crew"):
        desk("A", "24/7", itinerant=True, **{missing: False})
    assert desk("A", "24/7", **{missing: False})


def test_a_desk_without_a_name_is_refused():
    with pytest.raises(InputError, match="desk_empty"):
        Desk("A", " ", "048017", 11.2, 43.7, "24/7", frozenset({"it"}))


def test_each_language_has_the_desk_that_opens_next_in_it():
    early = desk("A", "Tu 09:00-13:00", "it ro")
    late = desk("B", "We 09:00-13:00", "it ro en")
    found = next_by_language((late, early), at("2026-12-14 08:00"), frozenset({"ro", "en", "bg"}))
    assert [(one.code, spoken) for one, _, spoken in found] == [
        ("A", frozenset({"ro"})),
        ("B", frozenset({"en"})),
    ]
