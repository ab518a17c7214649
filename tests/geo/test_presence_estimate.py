"""Presence from field work with a known truth."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from scipy.stats import nbinom

from geo.contacts import AgeClass
from geo.effort import COLUMNS as EFFORT
from geo.effort import validate_effort
from geo.errors import InputError
from geo.night import Night
from geo.presence import COLUMNS, PARTS, Expected, validate_presence
from geo.presence_estimate import USUAL_VISIT, estimate_presence
from routing.need import NeedWeights, need
from tests.fieldwork import HOURS, contact_frame, fieldwork, persons, truth

NIGHT = Night(date(2026, 5, 4))
FIRST, SECOND, UNKNOWN = "048017-01", "048017-02", "048017-03"
ZONES = {FIRST: 0.25, SECOND: 0.25, UNKNOWN: 0.25}


def ago(nights: int) -> date:
    return NIGHT.date - timedelta(nights)


def worked(*rows: tuple[str, int, int | None, int | None, float]):
    """Contacts and effort of (zone, nights ago, hour, persons or None, hours or 0)."""
    met = [
        (ago(days), zone, hour, "contattata", count) for zone, days, hour, count, _ in rows if count
    ]
    spent = [(ago(days), zone, hour, hours) for zone, days, hour, _, hours in rows if hours]
    return contact_frame(met), validate_effort(pd.DataFrame(spent, columns=list(EFFORT)))


def at(frame: pd.DataFrame, zone: str, hour: int = 22, weekday: int = 0) -> pd.Series:
    rows = frame[(frame["zone"] == zone) & (frame["hour"] == hour)]
    return rows[rows["weekday"] == weekday].iloc[0]


def steady(zone: str, count: int | None, looks: int = 12, hours: float = 0.5):
    """One look a week at 22, always with the same number of persons."""
    return [(zone, 7 * (i + 1), 22, count, hours) for i in range(looks)]


def estimated(*rows, zones=ZONES, **more):
    return estimate_presence(*worked(*rows), zones, NIGHT, **more)


def test_the_frame_is_a_presence_frame_told_apart_by_kind():
    found = estimated(*steady(FIRST, 4), *steady(SECOND, 1)).frame
    assert list(found.columns) == [*COLUMNS, *PARTS, "effort"]
    valid = validate_presence(found)
    assert list(valid.columns) == [*COLUMNS, *PARTS, "effort"]
    pd.testing.assert_frame_equal(found[list(valid.columns)], valid, check_dtype=False)
    assert np.allclose(found[list(PARTS)].sum(axis=1), found["expected"])
    assert len(found) == 3 * 7 * 1


def test_what_is_met_often_is_expected():
    found = estimated(*steady(FIRST, 4), *steady(SECOND, 1)).frame
    # 4 persons in half an hour are 2 in a usual visit of a quarter.
    assert at(found, FIRST)["expected"] == pytest.approx(2.0, abs=0.5)
    assert at(found, SECOND)["expected"] == pytest.approx(0.5, abs=0.2)
    assert at(found, FIRST)["low"] > at(found, SECOND)["expected"]


def test_a_zone_where_nobody_looked_borrows_and_is_uncertain():
    found = estimated(*steady(FIRST, 4), *steady(SECOND, 1)).frame
    known, unknown = at(found, FIRST), at(found, UNKNOWN)
    assert at(found, SECOND)["expected"] < unknown["expected"] < known["expected"]
    width = [(row["high"] - row["low"]) / row["expected"] for row in (known, unknown)]
    assert width[1] > 2 * width[0]
    assert unknown["effort"] == 0


def test_it_borrows_from_its_own_province_first():
    north = [("045010-01", 4), ("045010-02", 5), ("045010-03", 4)]
    south = [("053011-01", 1), ("053011-02", 1), ("053011-03", 1)]
    rows = [row for zone, count in north + south for row in steady(zone, count)]
    zones = dict.fromkeys([z for z, _ in north + south] + ["045010-09", "053011-09"], 0.25)
    found = estimated(*rows, zones=zones).frame
    assert at(found, "045010-09")["expected"] > 2 * at(found, "053011-09")["expected"]


def test_looking_and_meeting_nobody_is_knowledge():
    empty = estimated(*steady(FIRST, 4), *steady(SECOND, None)).frame
    assert at(empty, SECOND)["expected"] < 0.3 * at(empty, UNKNOWN)["expected"]
    assert at(empty, SECOND)["high"] < at(empty, UNKNOWN)["high"]


def test_more_looks_make_it_narrower():
    def width(looks: int) -> float:
        row = at(estimated(*steady(FIRST, 4, looks), *steady(SECOND, 2, 12)).frame, FIRST)
        return (row["high"] - row["low"]) / row["expected"]

    assert width(12) < width(4) < width(1)


def test_what_is_old_counts_less():
    change = [(FIRST, 5 * i + 3, 22, 6 if i < 6 else 1, 0.5) for i in range(30)]
    lately, always = (
        at(estimated(*change, *steady(SECOND, 2), half_life=life).frame, FIRST)["expected"]
        for life in (14, 10_000)
    )
    assert lately > 1.4 * always


def test_a_visit_twice_as_long_meets_twice_as_many():
    rows = [*steady(FIRST, 4), *steady(SECOND, 1)]
    usual = estimated(*rows).frame
    long = estimated(*rows, zones=ZONES | {FIRST: 0.5}).frame
    terms = ["expected", "low", "high"]
    assert np.allclose(
        at(long, FIRST)[terms].astype(float), 2 * at(usual, FIRST)[terms].astype(float)
    )
    assert np.allclose(
        at(long, SECOND)[terms].astype(float), at(usual, SECOND)[terms].astype(float)
    )


def test_kinds_are_told_apart():
    contacts, effort = worked(*steady(FIRST, 4), *steady(SECOND, 1))
    turned = contacts["kind"].where(contacts["zone"] == FIRST, "non_avvicinabile")
    contacts["kind"] = pd.Categorical(turned, categories=contacts["kind"].cat.categories)
    found = estimate_presence(contacts, effort, ZONES, NIGHT).frame
    assert at(found, FIRST)["contacted"] > 0.85 * at(found, FIRST)["expected"]
    second = at(found, SECOND)
    assert second["unapproachable"] > second["contacted"] > second["seen"]


def test_apparent_minors_indoor_contacts_and_other_zones_are_no_part_of_it():
    contacts, effort = worked(*steady(FIRST, 4), *steady(SECOND, 1))
    plain = estimate_presence(contacts, effort, ZONES, NIGHT).frame
    more, more_effort = worked(*steady("048017-09", 50), *steady(FIRST, 30), *steady(SECOND, 30))
    minors = more.copy()
    minors["age_class"] = pd.Categorical(
        [AgeClass.APPARENTE_MINORE] * len(more), categories=more["age_class"].cat.categories
    )
    indoor = more.copy()
    indoor["kind"] = pd.Categorical(
        ["telefonico_indoor"] * len(more), categories=more["kind"].cat.categories
    )
    elsewhere = more[more["zone"] == "048017-09"]
    both = pd.concat([contacts, minors, indoor, elsewhere])
    effort = pd.concat([effort, more_effort[more_effort["zone"] == "048017-09"]])
    pd.testing.assert_frame_equal(estimate_presence(both, effort, ZONES, NIGHT).frame, plain)


def test_what_happened_that_night_or_later_is_not_known_yet():
    rows = [*steady(FIRST, 4), *steady(SECOND, 1)]
    plain = estimated(*rows).frame
    later = estimated(*rows, (FIRST, 0, 22, 40, 0.5), (SECOND, -3, 22, 40, 0.5)).frame
    pd.testing.assert_frame_equal(later, plain)


def test_a_contact_without_effort_tells_of_a_visit():
    found = estimated(*steady(FIRST, 4), (SECOND, 3, 22, 2, 0))
    assert (found.assumed, found.unplaced) == (1, 0)
    day = Night(ago(3)).weekday
    assert at(found.frame, SECOND, weekday=day)["effort"] == pytest.approx(
        USUAL_VISIT * 2 ** (-3 / 60)
    )


def test_a_contact_without_hour_is_laid_in_the_longest_hour_of_the_visit():
    looked = [(FIRST, 3, 21, None, 0.2), (FIRST, 3, 22, None, 0.8)]
    _, effort = worked(*looked)
    met = contact_frame([(ago(3), FIRST, None, "contattata", 5)])
    by_hour = contact_frame([(ago(3), FIRST, 22, "contattata", 5)])
    first, second = (estimate_presence(each, effort, ZONES, NIGHT) for each in (met, by_hour))
    pd.testing.assert_frame_equal(first.frame, second.frame)
    lost = contact_frame([(ago(3), SECOND, None, "contattata", 5)])
    assert estimate_presence(lost, effort, ZONES, NIGHT).unplaced == 1


def test_without_any_visit_there_is_nothing_to_estimate():
    contacts, effort = worked(*steady(FIRST, 4))
    with pytest.raises(InputError, match="presence_no_effort"):
        estimate_presence(contacts, effort, {UNKNOWN: 0.25}, NIGHT)
    with pytest.raises(InputError, match="presence_half_life"):
        estimate_presence(contacts, effort, ZONES, NIGHT, half_life=0)


def test_fewer_met_by_the_same_effort_is_never_worth_more():
    """From the records to the points of the plan: falling presence earns no reward."""
    others = [row for i in range(4, 9) for row in steady(f"048017-0{i}", 2)]
    zones = ZONES | {f"048017-0{i}": 0.25 for i in range(4, 9)}
    values = []
    for count in (8, 4, 2, 1, None):
        row = at(estimated(*steady(FIRST, count), *others, zones=zones).frame, FIRST)
        known = Expected(row["expected"], row["low"], row["high"])
        worth = need(
            FIRST,
            NIGHT,
            (36_000, 39_600),
            expected=known,
            last_visit=ago(7),
            target=7,
            weights=NeedWeights(),
        )
        values.append(worth.value)
    assert values == sorted(values, reverse=True)
    assert len(set(values)) == 5


@pytest.mark.parametrize("drift", [0.0, 0.03])
def test_nine_of_ten_intervals_hold_the_truth(drift):
    """Rates between 85 and 95 %; nights by the randomised PIT of a discrete forecast
    (Czado, Gneiting & Held 2009, doi:10.1111/j.1541-0420.2009.01191.x)."""
    rates, nights = [], []
    for seed in range(4):
        rng = np.random.default_rng(seed)
        known = truth(rng)
        contacts, effort, level = fieldwork(known, NIGHT, rng, drift=drift)
        found = estimate_presence(contacts, effort, dict.fromkeys(known.zones, 0.25), NIGHT)
        frame = found.frame
        zone = np.searchsorted(known.zones, frame["zone"])
        hour = np.argmax(frame["hour"].to_numpy()[:, None] == HOURS, axis=1)
        rate = known.rate[zone, frame["weekday"], hour] * level[zone] * 0.25
        rates.append(((frame["low"] <= rate) & (rate <= frame["high"])).mean())
        met = persons(known, rng, rate)
        size = 1 / ((1 + 1 / found.shape) * (1 + 1 / found.shapes.night) - 1)
        odds = size / (size + frame["expected"].to_numpy())
        below, upto = nbinom.cdf(met - 1, size, odds), nbinom.cdf(met, size, odds)
        place = below + rng.random(len(met)) * (upto - below)
        nights.append(((place >= 0.05) & (place <= 0.95)).mean())
        low, high = found.one_night()
        # Whole persons: an interval of at least 90 % holds somewhat more.
        assert ((low <= met) & (met <= high)).mean() >= 0.9
    assert 0.85 <= np.mean(rates) <= 0.95
    assert 0.85 <= np.mean(nights) <= 0.95


def test_the_estimate_comes_nearer_to_the_truth_than_plain_means():
    rng = np.random.default_rng(11)
    known = truth(rng)
    contacts, effort, level = fieldwork(known, NIGHT, rng)
    frame = estimate_presence(contacts, effort, dict.fromkeys(known.zones, 1.0), NIGHT).frame
    zone = np.searchsorted(known.zones, frame["zone"])
    hour = np.argmax(frame["hour"].to_numpy()[:, None] == HOURS, axis=1)
    rate = known.rate[zone, frame["weekday"], hour] * level[zone]
    persons_ = contacts.groupby("zone")["persons"].sum()
    hours = effort.groupby("zone")["hours"].sum()
    plain = (persons_ / hours).reindex(known.zones).fillna(persons_.sum() / hours.sum()).to_numpy()
    ours = np.abs(frame["expected"] - rate).mean()
    assert ours < 0.75 * np.abs(plain[zone] - rate).mean()
