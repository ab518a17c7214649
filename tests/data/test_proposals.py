"""Proposals that stay: kept, found again, decided on once, and gone when their time is over."""

from datetime import UTC, datetime, timedelta

import pytest
import shapely.affinity

from data import proposals, retention
from data.access import Role, Viewer
from data.proposals import ProposalState
from data.settings import load
from data.store import Store
from geo.errors import ConflictError, RefusedError
from geo.zone_changes import ZoneChange, ZoneDetails
from geo.zone_proposals import Proposal, ProposalKind, Stretch
from geo.zones import PlaceType, PresenceWindow, extent
from tests.data.samples import ZONES

COORDINATOR = Viewer(Role.COORDINATOR)
FIRST, SECOND = ZONES[:2]
DETAILS = ZoneDetails(PlaceType.VIALE, (PresenceWindow("21:00", "02:00"),))
PLACE = shapely.LineString([(11.2, 43.79), (11.21, 43.79)])
FIGURES = {"contacts": 16, "nights": 9, "near": None}


def begins(code="048017-40", geometry=PLACE, **figures):
    fields = FIGURES | figures
    stretch = Stretch(code, code[:6], geometry, fields["contacts"], fields["nights"])
    return Proposal(ProposalKind.NEW, (), (stretch,), fields)


def silent(zone):
    return Proposal(ProposalKind.SILENT, (zone.code,), (), {"visits": 6, "chance": 0.01})


def moved(zone):
    stretch = Stretch(zone.code, zone.municipality, PLACE, 20, 8)
    return Proposal(ProposalKind.MOVED, (zone.code,), (stretch,), {"metres": 400.0, "inside": 0.2})


class Clock:
    moment = datetime(2026, 5, 15, 19, 0, tzinfo=UTC)

    def __call__(self):
        return self.moment


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def store(home, database_url, clock):
    store = Store.open(load(home=home, database_url=database_url), clock)
    store.save_zones(COORDINATOR, ZONES)
    yield store
    store.close()


def waiting(store, viewer=COORDINATOR):
    return [one.proposal for one in proposals.still_open(store, viewer)]


def number(store, place=0):
    return proposals.still_open(store, COORDINATOR)[place].number


def test_what_is_kept_comes_back_as_it_was(store):
    wanted = [begins(), moved(FIRST), silent(SECOND)]
    proposals.keep(store, COORDINATOR, wanted)
    assert waiting(store) == wanted
    assert all(extent(part.geometry) >= 500 for one in waiting(store) for part in one.stretches)
    assert proposals.codes(store, COORDINATOR) == {"048017-40", FIRST.code}


def test_accepting_changes_the_zones_and_says_who_decided(store):
    proposals.keep(store, COORDINATOR, [begins()])
    proposals.decide(store, COORDINATOR, number(store), DETAILS)
    assert "048017-40" in {zone.code for zone in store.zones(COORDINATOR)}
    (done,) = proposals.decisions(store, COORDINATOR)
    assert (done.state, done.role) == (ProposalState.ACCEPTED, Role.COORDINATOR)
    assert done.decided == store.now()
    assert waiting(store) == []


def test_a_decision_falls_once(store):
    proposals.keep(store, COORDINATOR, [begins()])
    wanted = number(store)
    proposals.decide(store, COORDINATOR, wanted)
    with pytest.raises(ConflictError) as refused:
        proposals.decide(store, COORDINATOR, wanted, DETAILS)
    assert refused.value.code == "proposal_decided"
    assert store.zones(COORDINATOR) == ZONES


def test_a_change_that_cannot_be_leaves_the_proposal_open(store):
    proposals.keep(store, COORDINATOR, [begins(code=FIRST.code)])
    with pytest.raises(ConflictError) as refused:
        proposals.decide(store, COORDINATOR, number(store), DETAILS)
    assert refused.value.code == "zone_taken"
    assert len(waiting(store)) == 1
    assert proposals.decisions(store, COORDINATOR) == ()


def test_looking_again_keeps_one_proposal_and_its_code(store):
    proposals.keep(store, COORDINATOR, [begins(), silent(FIRST)])
    beside = shapely.affinity.translate(PLACE, 0.002)
    again = begins(code="048017-41", geometry=beside, contacts=20)
    proposals.keep(store, COORDINATOR, [again, silent(FIRST)])
    new, still = waiting(store)
    assert (new.stretches[0].code, new.fields["contacts"]) == ("048017-40", 20)
    assert still == silent(FIRST)


def test_what_was_refused_comes_back_on_other_figures_alone(store):
    proposals.keep(store, COORDINATOR, [begins()])
    proposals.decide(store, COORDINATOR, number(store))
    proposals.keep(store, COORDINATOR, [begins()])
    assert waiting(store) == []
    proposals.keep(store, COORDINATOR, [begins(contacts=30)])
    assert len(waiting(store)) == 1


def test_a_zone_that_changes_takes_the_other_proposals_on_it_along(store):
    proposals.keep(store, COORDINATOR, [moved(FIRST), silent(FIRST), silent(SECOND)])
    proposals.decide(store, COORDINATOR, number(store), DETAILS)
    assert waiting(store) == [silent(SECOND)]
    store.change_zones(COORDINATOR, ZoneChange(archived=frozenset({SECOND.code})))
    assert waiting(store) == []
    store.save_zones(COORDINATOR, [SECOND])
    assert waiting(store) == []


def test_they_expire_with_the_contact_records(store, clock):
    proposals.keep(store, COORDINATOR, [begins(), silent(FIRST)])
    proposals.decide(store, COORDINATOR, number(store, 1))
    clock.moment += timedelta(days=store.settings().contact_days)
    assert len(waiting(store)) == 1
    clock.moment += timedelta(days=1)
    assert waiting(store) == []
    try:
        retention.run(store, COORDINATOR)
    except ConflictError as waits:  # the rows are gone; the files are for who owns the tables
        assert waits.code == "retention_owner"
    clock.moment -= timedelta(days=1)
    assert waiting(store) == []
    assert proposals.decisions(store, COORDINATOR) == ()


def test_an_organisation_sees_what_its_own_files_led_to_and_decides_nothing(store):
    own, other = (Viewer(Role.COORDINATOR, organisation=name) for name in ("Uno", "Due"))
    proposals.keep(store, own, [begins()])
    assert waiting(store, own) == waiting(store) == [begins()]
    assert waiting(store, other) == []
    with pytest.raises(RefusedError):
        proposals.decide(store, own, number(store), DETAILS)


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.MUNICIPALITY, Role.NETWORK])
def test_only_coordinators_may(store, role):
    viewer = Viewer(role, unit="A", municipality="048017")
    for call in (
        lambda: proposals.keep(store, viewer, [begins()]),
        lambda: proposals.still_open(store, viewer),
        lambda: proposals.decisions(store, viewer),
        lambda: proposals.decide(store, viewer, 1),
    ):
        with pytest.raises(RefusedError):
            call()
