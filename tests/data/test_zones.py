"""Zones that change, end and come back in the store."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from data.access import Role, Viewer
from data.settings import load
from data.store import Store
from geo.errors import ConflictError, RefusedError
from geo.night import Night
from geo.zone_changes import ZoneChange
from routing.problem import Kind
from routing.promises import Promise
from tests.data.samples import ZONES, line

COORDINATOR = Viewer(Role.COORDINATOR)
NOW = datetime(2026, 5, 15, 19, 0, tzinfo=UTC)
FIRST, SECOND = ZONES[0], ZONES[1]


@pytest.fixture
def store(database_url):
    store = Store.open(load(database_url=database_url), lambda: NOW)
    store.save_zones(COORDINATOR, [FIRST, SECOND])
    yield store
    store.close()


def codes(store):
    return [zone.code for zone in store.zones(COORDINATOR)]


def refused(store, change):
    before = (store.zones(COORDINATOR), store.archived_zones(COORDINATOR))
    with pytest.raises(ConflictError) as error:
        store.change_zones(COORDINATOR, change)
    assert (store.zones(COORDINATOR), store.archived_zones(COORDINATOR)) == before
    return error.value.code


def archived(*some):
    return ZoneChange(archived=frozenset(some))


def test_an_archived_zone_is_out_of_use_and_remembered(store):
    store.save_visits(COORDINATOR, [(FIRST.code, date(2026, 5, 1))])
    store.change_zones(COORDINATOR, archived(FIRST.code))
    assert codes(store) == [SECOND.code]
    assert store.archived_zones(COORDINATOR) == ((FIRST, date(2026, 5, 15)),)
    assert store.last_visits(COORDINATOR) == {FIRST.code: date(2026, 5, 1)}


def test_saving_an_archived_zone_takes_it_into_use_again(store):
    store.change_zones(COORDINATOR, archived(FIRST.code))
    store.save_zones(COORDINATOR, [FIRST])
    assert codes(store) == [FIRST.code, SECOND.code]
    assert store.archived_zones(COORDINATOR) == ()


def test_a_code_never_comes_back_for_another_place(store):
    store.change_zones(COORDINATOR, archived(FIRST.code))
    again = replace(FIRST, geometry=line(700_000))
    change = ZoneChange(saved=(again,), new=frozenset({FIRST.code}))
    assert refused(store, change) == "zone_taken"


def test_what_is_archived_cannot_be_changed(store):
    store.change_zones(COORDINATOR, archived(FIRST.code))
    assert refused(store, ZoneChange(saved=(FIRST,))) == "zone_archived"
    assert refused(store, archived(FIRST.code, SECOND.code)) == "zone_archived"


def promise(night):
    return Promise("A-1", night, Kind.APPOINTMENT, "22:00", "23:00", 20, zone=FIRST.code)


def test_a_zone_with_a_coming_promise_is_not_archived(store):
    store.save_promise(COORDINATOR, promise(date(2026, 5, 15)))
    assert refused(store, archived(FIRST.code)) == "zone_promised"


def test_a_promise_of_the_past_does_not_hold_a_zone(store):
    store.save_promise(COORDINATOR, promise(date(2026, 5, 14)))
    store.change_zones(COORDINATOR, archived(FIRST.code))
    assert codes(store) == [SECOND.code]


def test_a_zone_that_absorbs_another_takes_over_its_visits_and_promises(store):
    store.save_visits(
        COORDINATOR,
        [
            (FIRST.code, date(2026, 5, 1)),
            (FIRST.code, date(2026, 5, 10)),
            (SECOND.code, date(2026, 5, 1)),
        ],
    )
    store.save_promise(COORDINATOR, promise(date(2026, 5, 15)))
    whole = replace(SECOND, geometry=line(700_000))
    store.change_zones(
        COORDINATOR,
        ZoneChange(
            saved=(whole,),
            archived=frozenset({FIRST.code}),
            absorbed={FIRST.code: SECOND.code},
        ),
    )
    assert store.zones(COORDINATOR) == (whole,)
    assert store.visits(COORDINATOR).to_dict("list") == {
        "zone": [SECOND.code] * 2,
        "night": [date(2026, 5, 1), date(2026, 5, 10)],
    }
    (kept,) = store.promises(COORDINATOR, Night(date(2026, 5, 15)))
    assert kept.zone == SECOND.code


def test_visits_since_a_night(store):
    store.save_visits(
        COORDINATOR, [(FIRST.code, date(2026, 5, 1)), (SECOND.code, date(2026, 5, 9))]
    )
    assert list(store.visits(COORDINATOR, date(2026, 5, 2))["zone"]) == [SECOND.code]


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.MUNICIPALITY, Role.NETWORK])
def test_only_the_coordinator_sees_and_changes_zones(store, role):
    viewer = Viewer(role, unit="A", municipality="048017")
    for call in (
        lambda: store.visits(viewer),
        lambda: store.archived_zones(viewer),
        lambda: store.change_zones(viewer, archived(FIRST.code)),
    ):
        with pytest.raises(RefusedError):
            call()
