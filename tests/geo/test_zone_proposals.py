"""What clusters say about zones."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
import shapely

from geo.errors import InputError
from geo.municipalities import municipalities
from geo.road_cells import cut
from geo.zone_detection import detect
from geo.zone_proposals import ProposalKind, ProposalRules, empty_runs, propose
from geo.zones import PlaceType, PresenceWindow, Zone
from tests.geo.streets import along, contacts, lonlat, river, straight

REGION = municipalities()
ISTAT = "048017"
"""Municipality that ORIGIN lies in."""


def zone(number: int, start: float, end: float, y: float = 0.0) -> Zone:
    line = shapely.LineString(lonlat([(start, y), (end, y)]))
    window = (PresenceWindow("22:00", "02:00"),)
    return Zone(f"{ISTAT}-{number:02d}", ISTAT, PlaceType.VIALE, line, window)


def visits(**met: list[int]) -> pd.DataFrame:
    """Contacts met on successive nights, by zone `z01`, `z02` …"""
    rows = [
        (f"{ISTAT}-{name[1:]}", date(2026, 4, 1) + timedelta(night), count)
        for name, counts in met.items()
        for night, count in enumerate(counts)
    ]
    return pd.DataFrame(rows, columns=["zone", "night", "contacts"])


def proposed(spots, zones, looked=None, network=None, **more):
    cells = cut(network or straight())
    clusters = detect(cells, contacts(spots)).clusters
    return propose(cells, clusters, zones, visits() if looked is None else looked, REGION, **more)


def test_a_cluster_without_a_zone_is_new_and_gets_the_next_free_number():
    (one,) = proposed(along(4000, 4600, 30), [zone(7, 500, 1100)], taken=frozenset({f"{ISTAT}-09"}))
    assert (one.kind, one.zones) == (ProposalKind.NEW, ())
    (found,) = one.stretches
    assert (found.code, found.municipality) == (f"{ISTAT}-10", ISTAT)
    assert (found.contacts, found.nights) == (30, 5)
    assert one.fields == {"contacts": 30, "nights": 5, "near": None}


def test_two_new_clusters_get_two_numbers_the_larger_first():
    spots = np.concatenate([along(500, 900, 20), along(4000, 4600, 30)])
    codes = {p.stretches[0].contacts: p.stretches[0].code for p in proposed(spots, [])}
    assert codes == {30: f"{ISTAT}-01", 20: f"{ISTAT}-02"}


def test_a_zone_that_holds_its_cluster_stays():
    assert proposed(along(1000, 1600, 40), [zone(1, 950, 1650)], visits(z01=[4] * 10)) == ()


def test_a_zone_whose_contacts_lie_beside_it_has_moved_and_keeps_its_code():
    (one,) = proposed(along(1500, 2300, 60), [zone(1, 1000, 1600)])
    assert (one.kind, one.zones) == (ProposalKind.MOVED, (f"{ISTAT}-01",))
    assert one.stretches[0].code == f"{ISTAT}-01"
    assert 0.3 < one.fields["inside"] < 0.5


def test_a_zone_that_met_nobody_beside_a_cluster_without_one_has_moved():
    looked = visits(z01=[3, 4, 0, 0])
    (one,) = proposed(along(2600, 3200, 40), [zone(1, 1000, 1600)], looked)
    assert (one.kind, one.zones) == (ProposalKind.MOVED, (f"{ISTAT}-01",))
    assert one.fields == {"metres": pytest.approx(1300, abs=30), "inside": 0.0}


def test_where_nobody_looked_nothing_has_moved():
    spots = along(2600, 3200, 40)
    for looked in (visits(), visits(z01=[3, 4, 2])):
        (one,) = proposed(spots, [zone(1, 1000, 1600)], looked)
        assert (one.kind, one.fields["near"]) == (ProposalKind.NEW, f"{ISTAT}-01")


def test_what_is_too_far_has_not_moved():
    looked = visits(z01=[3, 4, 0, 0])
    (one,) = proposed(along(4600, 5200, 40), [zone(1, 1000, 1600)], looked)
    assert (one.kind, one.fields["near"]) == (ProposalKind.NEW, None)


def test_a_zone_with_two_clusters_is_split_and_the_larger_keeps_the_code():
    spots = np.concatenate([along(500, 1000, 30), along(1900, 2400, 50)])
    (one,) = proposed(spots, [zone(3, 500, 2400)])
    assert (one.kind, one.zones) == (ProposalKind.SPLIT, (f"{ISTAT}-03",))
    assert [(s.code, s.contacts) for s in one.stretches] == [
        (f"{ISTAT}-03", 50),
        (f"{ISTAT}-04", 30),
    ]


def test_two_zones_in_one_cluster_are_merged_and_the_fuller_goes_on():
    (one,) = proposed(along(500, 1900, 100), [zone(1, 500, 1050), zone(2, 1150, 1900)])
    assert (one.kind, one.zones) == (ProposalKind.MERGED, (f"{ISTAT}-02", f"{ISTAT}-01"))
    assert [s.code for s in one.stretches] == [f"{ISTAT}-02"]


def test_the_other_bank_is_a_zone_of_its_own():
    found = proposed(along(1000, 1600, 40, y=120), [zone(1, 1000, 1600)], network=river())
    assert [p.kind for p in found] == [ProposalKind.NEW]


@pytest.mark.parametrize(
    ("met", "silent"),
    [
        ([4, 3, 5, 2, 4, 0, 0, 0, 0], True),
        ([4, 3, 5, 2, 4, 0, 0, 0], False),  # too few visits
        ([4, 0, 0, 1, 0, 0, 2, 0, 0, 0, 0], False),  # often nobody anyway
        ([0, 0, 0, 0, 0], False),  # by chance in one of six
        ([0] * 20, True),
        ([], False),  # nobody went
        ([4, 4, 4, 4], False),  # nobody went since
    ],
)
def test_a_zone_is_silent_only_where_crews_looked_and_met_nobody(met, silent):
    found = proposed(np.empty((0, 2)), [zone(1, 1000, 1600)], visits(z01=met))
    assert [p.kind for p in found] == [ProposalKind.SILENT] * silent
    if silent:
        run = empty_runs(visits(z01=met))[f"{ISTAT}-01"]
        assert found[0].fields == {"visits": run.visits, "chance": round(run.chance, 4)}
        assert found[0].stretches == ()


def test_the_chance_of_an_empty_run_is_that_of_the_rule_of_succession():
    # 3 of 4 met somebody; then misses at 2/6, 3/7, 4/8.
    run = empty_runs(visits(z01=[1, 0, 2, 3, 0, 0, 0]))[f"{ISTAT}-01"]
    assert run.visits == 3
    assert run.chance == pytest.approx(2 / 6 * 3 / 7 * 4 / 8)


def test_two_crews_in_one_night_are_one_look():
    looked = pd.concat([visits(z01=[1, 1, 0]), visits(z01=[0, 0, 2])])
    assert empty_runs(looked)[f"{ISTAT}-01"].visits == 0


def test_a_cluster_outside_every_municipality_is_nobodys():
    cells = cut(straight())
    clusters = detect(cells, contacts(along(1000, 1600, 40))).clusters
    elsewhere = REGION[REGION["province"] == "GR"]
    assert propose(cells, clusters, [], visits(), elsewhere) == ()


def test_numbers_are_spent_after_999():
    with pytest.raises(InputError, match="zone_codes_spent"):
        proposed(along(1000, 1600, 40), [], taken=frozenset({f"{ISTAT}-999"}))


def test_a_rule_out_of_range_is_named():
    with pytest.raises(InputError) as caught:
        ProposalRules(chance=1.0)
    assert caught.value.fields == {"rule": "chance", "got": 1.0}
