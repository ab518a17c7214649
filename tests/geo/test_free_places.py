"""A free place says whom to call and never where it is."""

import dataclasses
from datetime import UTC, date, datetime

import pytest

from geo.errors import InputError
from geo.free_places import Free, FreePlaces, Target, WideArea
from geo.handovers import MOST, Handover, Receiver

NOW = datetime(2026, 5, 15, 18, tzinfo=UTC)
PLACES = FreePlaces(WideArea.CENTRO, Target.DONNE, Free.ONE, False, "+39 055 1234567", NOW)


@pytest.mark.parametrize(
    "call", ["via Roma 1", "", "800 600 500, Casa Aurora", "055\n123456", "0" * 40]
)
def test_only_a_telephone_number_is_taken(call):
    with pytest.raises(InputError) as refused:
        dataclasses.replace(PLACES, call=call)
    assert refused.value.code == "places_call"
    assert not refused.value.fields


def test_a_moment_without_time_zone_is_refused():
    with pytest.raises(InputError):
        dataclasses.replace(PLACES, entered=NOW.replace(tzinfo=None))


@pytest.mark.parametrize("persons", [0, -1, MOST + 1])
def test_a_slip_of_the_finger_is_no_handover(persons):
    with pytest.raises(InputError) as refused:
        Handover(date(2026, 5, 1), "046017", Receiver.SPORTELLO, persons)
    assert refused.value.code == "handover_count"


def test_a_handover_has_a_month_and_no_day():
    with pytest.raises(InputError) as refused:
        Handover(date(2026, 5, 15), "046017", Receiver.SPORTELLO)
    assert refused.value.code == "handover_month"
