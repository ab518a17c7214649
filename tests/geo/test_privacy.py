"""What leaves keeps every rule, whatever the facts are."""

import dataclasses
import json
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import InputError
from geo.month_facts import ATTRIBUTES, NOTHING, Figure, PlaceFacts, combined
from geo.privacy import (
    Kind,
    Published,
    part_of,
    publish_counts,
    publish_month,
    publish_noisy,
    publish_tables,
    restored,
    totals_of,
)
from geo.release_rules import Rule, Rules, Threshold, broken, rounded, zoning
from geo.release_tables import REGION
from tests.geo.facts import MONTH, place, places

CODES = tuple(f"0500{n:02d}" for n in range(1, 9))
DISTRICTS = {code: f"PI-0{1 + n // 3}" for n, code in enumerate(CODES)}
RULES = Rules()

months = st.fixed_dictionaries({}, optional={code: places(code) for code in CODES})


def published(facts, rules=RULES):
    return publish_month(MONTH, facts, DISTRICTS, rules, fingerprint="d", synthetic=True)


def shown_alone():
    return place("050001", [(1, 1, 6), (2, 2, 5), (3, 3, 5)])


def test_a_place_that_keeps_every_rule_is_shown_rounded():
    release = published({"050001": shown_alone()})
    (cell,) = release.cells
    assert (cell.key, cell.members) == ("050001", ("050001",))
    assert cell.figures[Figure.CONTACTS] == 15
    assert cell.figures[Figure.FIRST_CONTACTS] is None
    assert release.masked == CODES[1:]


@pytest.mark.parametrize(
    ("cells", "rule"),
    [
        ([(1, 1, 3), (1, 2, 3), (3, 3, 3)], Rule.FEW_CONTACTS),
        ([(1, 1, 4), (2, 2, 4), (3, 3, 4)], Rule.FEW_PERSONS),
        ([(1, 1, 6), (2, 2, 6)], Rule.FEW_ZONES),
        ([(1, 1, 9), (2, 2, 5), (3, 3, 3)], Rule.ONE_ZONE),
    ],
)
def test_each_rule_alone_masks(cells, rule):
    facts = place("050001", cells)
    assert broken(facts, RULES) == (rule,)
    assert published({"050001": facts}).cells == ()


def test_who_cannot_be_shown_alone_joins_the_district_without_those_that_can():
    small = place("050002", [(1, 1, 6), (2, 2, 3)]), place("050003", [(1, 1, 3), (5, 2, 4)])
    release = published(dict(zip(CODES, (shown_alone(), *small), strict=False)))
    alone, district = release.cells
    assert alone.members == ("050001",)
    assert (district.key, district.members) == ("PI-01", ("050002", "050003"))
    assert district.figures[Figure.CONTACTS] == 15
    assert release.totals[Figure.CONTACTS] == 30


def test_a_neighbour_with_nobody_adds_nothing():
    # Else the district would be the municipality under another name.
    few = place("050002", [(1, 1, 9)])
    assert published({"050002": few}).cells == published({"050002": few, "050003": NOTHING}).cells


@given(months)
def test_every_municipality_lies_in_one_cell_and_every_cell_keeps_the_rules(facts):
    release = published(facts)
    members = [code for cell in release.cells for code in cell.members]
    assert sorted([*members, *release.masked]) == sorted(CODES)
    for cell in release.cells:
        exact = combined(facts[code] for code in cell.members if code in facts)
        assert broken(exact, RULES) == ()
        for figure, count in cell.figures.items():
            truth = exact.figures[figure]
            if count is None:
                assert truth < RULES.least(figure)
            else:
                assert count % 5 == 0
                assert abs(count - truth) <= 2
                assert truth >= RULES.least(figure)


@given(months)
def test_totals_and_tables_say_nothing_that_the_cells_do_not(facts):
    release = published(facts)
    for figure, total in release.totals.items():
        assert total == sum(cell.figures[figure] or 0 for cell in release.cells)
    shown = [code for cell in release.cells for code in cell.members]
    others = {code: one for code, one in facts.items() if code in shown}
    assert release.tables == published(others).tables
    for table in release.tables:
        assert {key for (key,), _count in table.rows} == set(ATTRIBUTES[table.subject])
        masked = [count for _key, count in table.rows if count is None]
        assert len(masked) != 1 or len(table.rows) == 1
        assert all(count is None or count >= 10 for _key, count in table.rows)


@given(months)
def test_a_municipality_sees_its_own_cell_and_the_totals(facts):
    release = published(facts)
    for code in CODES:
        part = part_of(release, code)
        assert part.totals == release.totals
        assert all(code in cell.members for cell in part.cells)
        assert bool(part.cells) != (part.masked == (code,))
        assert len(part.cells) <= 1


@given(months)
def test_a_stored_release_is_read_back_as_it_was(facts):
    release = published(facts)
    assert restored(json.loads(json.dumps(release.to_dict()))) == release


@given(places(), places("050002"))
def test_together_is_the_sum_and_the_largest_night_is_of_the_whole(one, other):
    both = combined([one, other])
    assert both.figures[Figure.CONTACTS] == sum(both.nights.values()) == sum(both.zones.values())
    assert both.most_on_a_night >= max(one.most_on_a_night, other.most_on_a_night)
    expired = PlaceFacts(both.figures, {}, both.zones, both.most_on_a_night, {}, whole=False)
    assert broken(expired, RULES) == broken(both, RULES)


def three_shown(**changes):
    """Three municipalities that are shown alone, each with 16 women and 10 men."""
    visits = [(1, 1, 9), (2, 2, 9), (3, 3, 8)]
    attributes = {("gender", "donna"): 16, ("gender", "uomo"): 10}
    return {
        code: dataclasses.replace(place(code, visits), attributes=attributes, **changes)
        for code in CODES[:3]
    }


def test_the_regions_tables_are_of_the_region():
    facts = three_shown()
    table = published(facts).table("gender")
    assert dict(table.rows) == {("donna",): 50, ("uomo",): 30, ("trans",): None, ("nr",): None}
    # Of two places, or of one that is most of the region, the table would be a place's own.
    assert published({code: facts[code] for code in CODES[:2]}).tables == ()
    large = place(CODES[3], [(night, zone, 9) for night in range(4) for zone in (1, 2, 3)])
    assert published({**facts, CODES[3]: large}).tables == ()


def test_no_table_where_records_have_already_become_totals():
    assert published(three_shown()).tables
    assert published(three_shown(whole=False)).tables == ()


@given(st.integers(0, 10_000), st.sampled_from([1, 5, 10]))
def test_rounding_goes_to_the_nearest_step(count, step):
    assert rounded(count, step) % step == 0
    assert abs(rounded(count, step) - count) <= step / 2


@given(
    st.dictionaries(st.tuples(st.text(max_size=3), st.text(max_size=3)), st.integers(0, 40)),
    st.integers(3, 12),
)
def test_a_table_of_counts_masks_what_is_few_and_never_one_alone(counts, least):
    release = publish_tables(
        {"reports": (("area", "theme"), counts)},
        month=MONTH,
        place="050026",
        synthetic=True,
        threshold=Threshold(least),
    )
    (table,) = release.tables
    masked = {key for key, count in table.rows if count is None}
    assert {key for key, count in counts.items() if count < least} <= masked
    assert len(masked) != 1 or len(counts) == 1
    assert table.total == sum(count for _key, count in table.rows if count is not None)


def counts_of(towns, **chosen):
    return publish_counts(
        "reports", towns, DISTRICTS, name="theme", codes="abcd", month=MONTH,
        fingerprint="f", synthetic=True, **chosen,
    )  # fmt: skip


@given(
    st.dictionaries(
        st.sampled_from(CODES),
        st.fixed_dictionaries({code: st.integers(0, 12) for code in "abcd"}),
    )
)
@settings(max_examples=40)
def test_counts_lie_in_one_cell_each_and_the_region_is_their_sum(towns):
    release = counts_of(towns)
    assert restored(release.to_dict()) == release
    members = [code for cell in release.cells for code in cell.members]
    assert sorted([*members, *release.masked]) == sorted(DISTRICTS)
    table = release.table("reports")
    assert (table is None) == (release.cells == ())
    sums = dict.fromkeys("abcd", 0)
    for cell in release.cells:
        exact = {code: sum(towns.get(m, {}).get(code, 0) for m in cell.members) for code in "abcd"}
        for code, count in table.of(cell.key).items():
            assert count is None or (exact[code] >= 5 and abs(count - exact[code]) <= 2)
            assert exact[code] >= 5 or count is None
            sums[code] += count or 0
        part = part_of(release, cell.members[0])
        assert part.cells == (cell,)
        assert {key[0] for key, _count in part.table("reports").rows} == {cell.key, REGION}
        if len(cell.members) > 1:
            assert all(max(towns.get(m, {"a": 0}).values()) < 5 for m in cell.members)
    if table is not None:
        assert {code: count or 0 for code, count in table.of(REGION).items()} == sums
        whole = totals_of(release)
        assert {key[0] for key, _count in whole.table("reports").rows} == {REGION}


def test_counts_of_a_place_that_is_nowhere_are_refused():
    with pytest.raises(InputError, match="district_unknown"):
        counts_of({"100005": {"a": 9}})


def test_a_threshold_under_three_is_refused():
    with pytest.raises(InputError, match="threshold_weak"):
        Threshold(least=2)


def test_noise_falls_on_every_district_whatever_was_met():
    draws = iter([-30, 4, 1])
    scales = []

    def noise(scale):
        scales.append(scale)
        return next(draws)

    release = publish_noisy(
        MONTH,
        {"050004": shown_alone()},
        DISTRICTS,
        epsilon=Fraction(1, 2),
        nights=8,
        noise=noise,
        fingerprint="d",
        synthetic=True,
    )
    assert release.kind is Kind.NOISY
    assert [cell.figures[Figure.CONTACTS] for cell in release.cells] == [0, 20, 1]
    assert [cell.key for cell in release.cells] == sorted(set(DISTRICTS.values()))
    assert scales == [Fraction(16)] * 3
    assert restored(release.to_dict()) == release


def test_nobody_else_can_make_one():
    release = published({})
    shown = {name: getattr(release, name) for name in release.__dataclass_fields__}
    with pytest.raises(TypeError):
        Published(**shown)
    with pytest.raises((TypeError, ValueError)):
        dataclasses.replace(release, place="050001")


def test_a_stranger_and_a_broken_file_are_refused():
    with pytest.raises(InputError, match="district_unknown"):
        zoning({"099999": NOTHING}, DISTRICTS, RULES)
    for document in ({}, {**published({}).to_dict(), "rules": {"k": 3}}, {"month": date.max}):
        with pytest.raises(InputError, match="published_unreadable"):
            restored(document)


def test_figures_stand_in_one_order_wherever_they_come_from():
    fresh = published({"050001": shown_alone()})
    stored = json.loads(json.dumps(fresh.to_dict(), sort_keys=True))
    stored["totals"] = dict(reversed(stored["totals"].items()))
    for release in (fresh, restored(stored)):
        assert list(release.totals) == list(Figure)
        assert all(list(cell.figures) == list(Figure) for cell in release.cells)


def test_ten_thousand_cells_are_published_as_ten_are():
    visits = [(1, 1, 9), (2, 2, 9), (3, 3, 8)]
    codes = [f"{n:06d}" for n in range(10_000)]
    districts = {code: f"XX-{n // 50:03d}" for n, code in enumerate(codes)}
    facts = {code: place(code, visits if n % 2 else visits[:1]) for n, code in enumerate(codes)}
    release = publish_month(MONTH, facts, districts, RULES, fingerprint="d", synthetic=True)
    assert len(release.cells) == 5_000 + 200
    assert release.totals[Figure.CONTACTS] == 5_000 * 25 + 200 * 225
    assert restored(release.to_dict()) == release
