"""What each kind of accepted proposal does."""

import pytest

from geo.errors import ConflictError, InputError
from geo.zone_changes import ZoneChange, ZoneDetails, change_of
from geo.zone_proposals import Proposal, ProposalKind, Stretch
from geo.zones import PlaceType, PresenceWindow
from tests.data.samples import ZONES, line

FIRST, SECOND = ZONES[0], ZONES[1]
KNOWN = {FIRST.code: FIRST, SECOND.code: SECOND}
DETAILS = ZoneDetails(PlaceType.VIALE, (PresenceWindow("22:00", "01:00"),), 20, 7)
ELSEWHERE = line(695_000)


def stretch(code, geometry=ELSEWHERE):
    return Stretch(code, code[:6], geometry, contacts=12, nights=4)


def changed(kind, codes, stretches=(), details=DETAILS):
    return change_of(Proposal(kind, codes, stretches), KNOWN, details, synthetic=False)


def test_a_new_zone_is_begun_with_its_details():
    change = changed(ProposalKind.NEW, (), (stretch("048017-09"),))
    (zone,) = change.saved
    assert change.new == {"048017-09"}
    assert not change.archived
    assert (zone.place_type, zone.windows) == (DETAILS.place_type, DETAILS.windows)
    assert (zone.service_minutes, zone.revisit_days, zone.synthetic) == (20, 7, False)
    assert zone.geometry == ELSEWHERE


def test_a_moved_zone_keeps_all_but_its_place():
    change = changed(ProposalKind.MOVED, (SECOND.code,), (stretch(SECOND.code),))
    (zone,) = change.saved
    assert zone.geometry == ELSEWHERE
    assert (zone.code, zone.windows, zone.languages) == (
        SECOND.code,
        SECOND.windows,
        SECOND.languages,
    )
    assert not change.new
    assert change.touched == {SECOND.code}


def test_the_parts_of_a_split_zone_are_as_it_was():
    change = changed(
        ProposalKind.SPLIT, (SECOND.code,), (stretch(SECOND.code), stretch("048017-10"))
    )
    assert change.new == {"048017-10"}
    assert [zone.windows for zone in change.saved] == [SECOND.windows] * 2
    assert change.touched == {SECOND.code, "048017-10"}


def test_of_merged_zones_the_first_goes_on_in_the_place_of_the_others():
    change = changed(ProposalKind.MERGED, (SECOND.code, FIRST.code), (stretch(SECOND.code),))
    assert [zone.code for zone in change.saved] == [SECOND.code]
    assert change.archived == {FIRST.code}
    assert change.absorbed == {FIRST.code: SECOND.code}
    assert not change.new


def test_a_silent_zone_ends():
    assert changed(ProposalKind.SILENT, (FIRST.code,)) == ZoneChange(
        archived=frozenset({FIRST.code})
    )


def test_a_proposal_on_a_zone_that_is_gone_is_outdated():
    with pytest.raises(ConflictError) as refused:
        changed(ProposalKind.SILENT, ("048017-77",))
    assert refused.value.code == "proposal_outdated"


def test_details_that_cannot_be_are_refused():
    with pytest.raises(InputError) as refused:
        changed(
            ProposalKind.NEW,
            (),
            (stretch("048017-09"),),
            ZoneDetails(PlaceType.VIALE, ()),
        )
    assert refused.value.code == "zone_windows"
