"""What holds for the rules, and what the same attacks find where a rule is weakened."""

import dataclasses
from datetime import date

import numpy as np
import pytest

from data.attack import Attack, figure_lines, noise_line, truth_of
from data.districts import districts
from geo.attacks import (
    Claim,
    Contradiction,
    Interval,
    Unknown,
    claims_of,
    exposed,
    intervals,
)
from geo.month_facts import Figure
from geo.privacy import restored
from geo.release_rules import Rules
from tests.attacks.region import facts, months, records, released

MONTHS = 3
WEAK = Rules(contacts=3, persons=1, zones=1, top_percent=100, category=3, outings=3)


@pytest.fixture(scope="module")
def truth():
    return facts(records(months(MONTHS), np.random.default_rng(7)))


@pytest.fixture(scope="module")
def lawful(truth):
    return released(truth)


@pytest.fixture(scope="module")
def month(truth):
    """The facts of one month alone: a weakness shows in any."""
    return {min(truth): truth[min(truth)]}


def lines(releases, truth):
    return {line.attack: line for line in figure_lines(releases, facts=truth, rules=Rules())}


def with_true_totals(release, facts_of_month):
    """The release as it would be if totals were of all that was met."""
    document = release.to_dict()
    for figure in Figure:
        document["totals"][figure.value] = sum(p.figures[figure] for p in facts_of_month.values())
    return restored(document)


def test_every_line_passes_by_the_rules(lawful, truth):
    found = lines(lawful, truth)
    assert all(line.passed for line in found.values())
    assert found[Attack.INTERVALS].number >= 3
    assert found[Attack.INTERVALS].checked > 1_500
    assert found[Attack.SINGLING_OUT].checked > 100
    # From the outside, without the truth, too.
    assert all(line.passed for line in figure_lines(lawful[:1]))


def test_nine_tenths_of_the_contacts_are_published(lawful, truth):
    met = sum(p.figures[Figure.CONTACTS] for month in truth.values() for p in month.values())
    shown = sum(
        truth[one.month][code].figures[Figure.CONTACTS]
        for one in lawful
        for cell in one.cells
        for code in cell.members
        if code in truth[one.month]
    )
    assert shown / met >= 0.9


def test_a_threshold_of_three_is_found_out(month):
    found = lines(released(month, WEAK), month)
    assert found[Attack.SINGLING_OUT].found > 20
    assert found[Attack.INTERVALS].found > 20


def test_figures_that_are_not_rounded_are_found_out(month):
    found = lines(released(month, dataclasses.replace(Rules(), step=1)), month)
    assert found[Attack.SINGLING_OUT].found > 30


def test_without_rounding_two_masked_categories_are_what_is_left_over():
    month = date(2026, 3, 1)
    cell = Unknown(month, "contacts", ("050026",))
    women, men, trans = (Unknown(month, "gender", (code,)) for code in ("donna", "uomo", "trans"))
    parts = Claim((cell,), 0, 0, (women, men, trans), shown=False)
    exact = [Claim((cell,), 23, 23), Claim((women,), 21, 21), parts]
    assert {one.unknown for one in exposed(intervals(exact))} == {men, trans}
    rounded = [Claim((cell,), 23, 27), Claim((women,), 18, 22), parts]
    assert exposed(intervals(rounded)) == []


def test_true_totals_are_found_out(lawful, truth):
    found = lines([with_true_totals(lawful[0], truth[lawful[0].month])], truth)
    assert found[Attack.SINGLING_OUT].found == 1


def test_true_totals_give_the_only_masked_place_away():
    # One town of four is masked; who knows where the units go subtracts.
    month = date(2026, 3, 1)
    towns = ["050001", "050002", "050003", "050004"]
    shown = [Unknown(month, "contacts", (code,)) for code in towns[:3]]
    masked = Unknown(month, "contacts", (towns[3],))
    claims = [Claim((one,), 20, 20) for one in shown]
    assert masked not in intervals(claims)
    total = Claim((*shown, masked), 64, 64)
    assert intervals([*claims, total])[masked] == Interval(4, 4)
    assert [one.unknown for one in exposed(intervals([*claims, total]))] == [masked]


def test_two_zonings_over_each_other_are_found_out():
    month = date(2026, 3, 1)
    a, b, c = (Unknown(month, "contacts", (code,)) for code in ("050001", "050002", "050003"))
    one_zoning = [Claim((a, b), 13, 17), Claim((c,), 18, 22)]
    assert exposed(intervals(one_zoning)) == []
    both = intervals([*one_zoning, Claim((b, c), 28, 32), Claim((a, b, c), 33, 37)])
    assert both[b] == Interval(6, 14)
    assert both[a] == Interval(1, 9)
    assert [one.unknown for one in exposed(both)] == [a]


def test_a_late_correction_that_is_published_is_found_out(lawful, truth):
    document = lawful[0].to_dict()
    key = document["cells"][0]["key"]
    document["cells"][0]["figures"]["contacts"] += 5
    document["totals"]["contacts"] += 5
    found = lines([*lawful, restored(document)], truth)
    assert key
    assert found[Attack.REPEATS].found >= 2
    assert not found[Attack.INTERVALS].passed
    with pytest.raises(Contradiction):
        intervals(claims_of([lawful[0], restored(document)], sorted(districts().of)))


def test_a_cell_of_other_districts_is_found_out(lawful, truth):
    document = next(one for one in lawful if any(len(c.members) > 1 for c in one.cells)).to_dict()
    joined = next(cell for cell in document["cells"] if len(cell["members"]) > 1)
    stranger = next(c for c in document["cells"] if len(c["members"]) == 1 and c is not joined)
    joined["members"].append(stranger["key"])
    assert lines([restored(document)], truth)[Attack.SINGLING_OUT].found >= 1


def test_noise_is_held_to_its_epsilon(lawful):
    assert noise_line(lawful).checked == 0
    document = lawful[0].to_dict() | {"kind": "noisy", "epsilon": "1", "nights": 8}
    line = noise_line([restored(document)], 40_000)
    assert (line.checked, line.passed) == (1, True)
    assert 0.8 < line.number < 1.1


def test_the_truth_lies_in_every_interval(lawful, truth):
    found = intervals(claims_of(lawful[:1], sorted(districts().of)))
    exact = truth_of(lawful[:1], truth)
    for unknown, interval in found.items():
        assert interval.least <= exact.get(unknown, 0) <= interval.most
