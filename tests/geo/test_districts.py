"""Districts are public, fixed, of neighbours, and the packaged table is what the maker makes."""

import pandas as pd
import pytest
import shapely

from data.districts import TABLE, districts
from geo.crs import to_metric
from geo.districts import LEAST_PEOPLE, make_districts, read_districts
from geo.errors import InputError
from geo.municipalities import municipalities

ISLANDS = {"049004", "053012"}
"""Capraia Isola and Isola del Giglio touch no other municipality."""


@pytest.fixture(scope="module")
def region():
    return municipalities()


def test_the_packaged_table_is_what_the_maker_makes(region):
    pd.testing.assert_frame_equal(pd.read_csv(TABLE, dtype=str), make_districts(region))


def test_a_district_is_of_one_province_has_people_enough_and_hangs_together(region):
    found = districts()
    shapes = to_metric(region).set_index("istat").geometry
    people = region.set_index("istat")["population"]
    assert set(found.of) == set(region["istat"])
    apart = []
    for district in found.seats:
        members = found.members(district)
        assert len({code[:3] for code in members}) == 1
        assert people[[*members]].sum() >= LEAST_PEOPLE
        main = [code for code in members if code not in ISLANDS]
        whole = shapely.union_all(shapely.buffer(shapes[main].to_numpy(), 1.0))
        # Elba lies off Piombino: its shores do not meet, and what meets is on each side whole.
        apart += [district] * (
            len([part for part in shapely.get_parts(whole) if part.area > 5e7]) - 1
        )
    assert apart == ["LI-02"]


def test_the_fingerprint_tells_any_change(region):
    table = pd.read_csv(TABLE, dtype=str)
    before = read_districts(table, region).fingerprint
    same = read_districts(table.sample(frac=1, random_state=1), region)
    assert same.fingerprint == before == districts().fingerprint
    moved = table.copy()
    moved.loc[moved["istat"] == "050026", "district"] = "PI-05"
    assert read_districts(moved, region).fingerprint != before


@pytest.mark.parametrize("wrong", ["missing", "twice", "province"])
def test_a_wrong_table_is_refused(region, wrong):
    table = pd.read_csv(TABLE, dtype=str)
    if wrong == "missing":
        table = table.iloc[1:]
    elif wrong == "twice":
        table = pd.concat([table, table.iloc[:1]])
    else:
        table.loc[table["istat"] == "050026", "district"] = "LU-01"
    with pytest.raises(InputError, match="districts_wrong"):
        read_districts(table, region)
