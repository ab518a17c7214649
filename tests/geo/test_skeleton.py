from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from geo.crs import project
from geo.errors import InputError
from geo.municipalities import municipalities, municipality_of
from geo.network import RoadNetwork
from geo.skeleton import (
    KINDS,
    PLACE_COLUMNS,
    ROAD_CLASSES,
    ROAD_COLUMNS,
    STEPS,
    Section,
    components,
    findings,
    network_from_tables,
    sections,
    tables,
)
from geo.snapping import snap
from geo.speeds import CLASSES
from geo.travel import matrix

ROOT = Path(__file__).resolve().parents[2]
PACKAGED = ROOT / "data" / "tuscany"
TOWN_PAIRS = Path(__file__).with_name("town_pairs.csv")

PLACES = {"A": (11.0, 43.5), "B": (11.1, 43.5), "C": (11.1, 43.6), "D": (11.2, 43.6)}


def places(extra: dict[str, tuple[float, float]] | None = None) -> pd.DataFrame:
    rows = [(name, "locality", "SI", *xy) for name, xy in (PLACES | (extra or {})).items()]
    return pd.DataFrame(rows, columns=list(PLACE_COLUMNS))


def roads(*courses: str, **columns: object) -> pd.DataFrame:
    row = {
        "ref": "SP1",
        "name": "Via del Piano",
        "class": "provincial",
        "factor": np.nan,
        "speed": np.nan,
    }
    return pd.DataFrame([row | columns | {"course": course} for course in courses])[
        list(ROAD_COLUMNS)
    ]


def metres(*lonlat: tuple[float, float]) -> float:
    return float(np.hypot(*np.diff(project(np.array(lonlat)), axis=0).T).sum())


class TestCourses:
    def test_two_places_next_to_each_other_are_a_section(self) -> None:
        first, second = sections(places(), roads("A > B > C"))
        assert (first.start, first.end, second.start, second.end) == ("A", "B", "B", "C")
        assert first.label == "SP1 Via del Piano"

    def test_bends_belong_to_the_section_between_their_places(self) -> None:
        first, second = sections(places(), roads("A > (11.03 43.51) (11.06 43.49) > B > C"))
        np.testing.assert_array_equal(
            first.digitised, [PLACES["A"], (11.03, 43.51), (11.06, 43.49), PLACES["B"]]
        )
        np.testing.assert_array_equal(second.digitised, [PLACES["B"], PLACES["C"]])

    def test_the_line_runs_through_every_digitised_point_and_ends_at_the_places(self) -> None:
        (part,) = sections(places(), roads("A > (11.03 43.51) (11.06 43.49) > B"))
        assert len(part.lonlat) == 3 * STEPS + 1
        np.testing.assert_allclose(part.lonlat[::STEPS], part.digitised, atol=1e-9)
        assert tuple(part.lonlat[0]) == PLACES["A"]
        assert tuple(part.lonlat[-1]) == PLACES["B"]

    def test_the_line_leaves_the_digitised_one_only_a_little(self) -> None:
        (part,) = sections(places(), roads("A > (11.05 43.52) > (11.055 43.52) > B"))
        drawn, digitised = metres(*part.lonlat), metres(*part.digitised)
        assert digitised <= drawn < 1.06 * digitised

    @pytest.mark.parametrize(
        ("columns", "factor", "kmh"),
        [
            ({}, ROAD_CLASSES["provincial"].factor, ROAD_CLASSES["provincial"].kmh),
            ({"factor": 1.5}, 1.5, ROAD_CLASSES["provincial"].kmh),
            ({"speed": 60.0}, ROAD_CLASSES["provincial"].factor, 60.0),
        ],
    )
    def test_length_and_time_follow_from_factor_and_speed(
        self, columns: dict[str, float], factor: float, kmh: float
    ) -> None:
        (part,) = sections(places(), roads("A > B", **columns))
        assert part.metres == pytest.approx(factor * metres(PLACES["A"], PLACES["B"]))
        assert part.seconds == pytest.approx(part.metres / kmh * 3.6)

    @pytest.mark.parametrize(
        ("course", "code"),
        [
            ("A > Z", "skeleton_place_unknown"),
            ("A", "skeleton_course_unreadable"),
            ("A > (11.05 43.51)", "skeleton_course_unreadable"),
            ("(11.05 43.51) > B", "skeleton_course_unreadable"),
            ("A > > B", "skeleton_course_unreadable"),
            ("A > (11.05, 43.51) > B", "skeleton_course_unreadable"),
            ("A > 11.05 43.51) > B", "skeleton_course_unreadable"),
        ],
    )
    def test_what_cannot_be_read_is_refused(self, course: str, code: str) -> None:
        with pytest.raises(InputError) as refused:
            sections(places(), roads(course))
        assert refused.value.code == code
        assert refused.value.fields["road"] == "Via del Piano"

    def test_an_unknown_class_is_refused(self) -> None:
        with pytest.raises(InputError, match="skeleton_class_unknown"):
            sections(places(), roads("A > B", **{"class": "path"}))

    def test_a_place_named_twice_is_refused(self) -> None:
        twice = pd.concat([places(), places().head(1)])
        with pytest.raises(InputError, match="skeleton_place_twice"):
            sections(twice, roads("A > B"))


class TestFindings:
    def kinds(self, *courses: str, **extra: tuple[float, float]) -> list[str]:
        return [found.kind for found in findings(sections(places(extra), roads(*courses)))]

    def test_clean_roads_have_none(self) -> None:
        assert self.kinds("A > (11.04 43.51) > B > C", "C > D") == []

    def test_a_bend_that_jumps_backwards(self) -> None:
        assert self.kinds("A > (11.06 43.50) (11.03 43.501) (11.08 43.502) > B") == ["backwards"]

    def test_a_digit_slipped(self) -> None:
        assert "detour" in self.kinds("A > (11.05 44.50) > B")

    def test_a_section_too_long(self) -> None:
        assert self.kinds("A > E", E=(11.4, 43.5)) == ["long"]

    def test_a_section_written_twice(self) -> None:
        assert self.kinds("A > B > C", "B > A") == ["repeated"]

    def test_a_section_from_a_place_to_itself(self) -> None:
        assert self.kinds("A > (11.02 43.52) (11.04 43.5) > A") == ["loop"]


def test_components_are_what_roads_join() -> None:
    parts = sections(places(), roads("A > B > C"))
    assert components(PLACES, parts) == (frozenset("ABC"), frozenset("D"))


class TestTables:
    def write(self, folder: Path) -> None:
        places().to_csv(folder / "places_x.csv", index=False)
        roads("A > B").to_csv(folder / "roads_x.csv", index=False)

    def test_parts_are_read_together(self, tmp_path: Path) -> None:
        self.write(tmp_path)
        roads("C > D", speed=70).to_csv(tmp_path / "roads_y.csv", index=False)
        found, ways = tables(tmp_path)
        assert list(found["place"]) == list(PLACES)
        assert list(ways["course"]) == ["A > B", "C > D"]
        assert ways["speed"].isna().tolist() == [True, False]

    def test_a_folder_without_tables(self, tmp_path: Path) -> None:
        with pytest.raises(InputError, match="skeleton_tables_missing"):
            tables(tmp_path)

    def test_a_table_without_a_column(self, tmp_path: Path) -> None:
        self.write(tmp_path)
        roads("A > B").drop(columns="course").to_csv(tmp_path / "roads_x.csv", index=False)
        with pytest.raises(InputError, match="skeleton_columns") as refused:
            tables(tmp_path)
        assert refused.value.fields == {"file": "roads_x.csv", "missing": "course"}


def test_a_network_has_every_section_in_both_directions() -> None:
    network = network_from_tables(places(), roads("A > (11.05 43.51) > B > C"))
    assert network.source == "schematic"
    assert (network.nodes, network.edges) == (3, 4)
    np.testing.assert_array_equal(network.edge_from, [0, 1, 1, 2])
    np.testing.assert_array_equal(network.edge_to, [1, 2, 0, 1])
    np.testing.assert_array_equal(network.twin, [2, 3, 0, 1])
    np.testing.assert_array_equal(network.edge_length[:2], network.edge_length[2:])
    assert network.road(0) == "SP1 Via del Piano"
    assert CLASSES[network.edge_class[0]] == "secondary"


def test_the_readme_states_the_classes() -> None:
    rows = (
        line.strip("| \n").split(" | ") for line in (PACKAGED / "README.md").open(encoding="utf-8")
    )
    stated = {row[0]: (float(row[2]), float(row[3])) for row in rows if row[0] in ROAD_CLASSES}
    assert stated == {name: (usual.factor, usual.kmh) for name, usual in ROAD_CLASSES.items()}


@cache
def packaged() -> tuple[pd.DataFrame, pd.DataFrame, tuple[Section, ...], RoadNetwork]:
    where, ways = tables(PACKAGED)
    return where, ways, sections(where, ways), network_from_tables(where, ways)


class TestPackaged:
    """The tables of Tuscany that come with the program."""

    def test_it_is_large_enough(self) -> None:
        where, _, parts, _ = packaged()
        assert len(where) >= 900
        assert len({frozenset((part.start, part.end)) for part in parts}) >= 1300

    def test_nothing_looks_like_a_slip(self) -> None:
        assert findings(packaged()[2]) == ()

    def test_places_are_written_as_agreed(self) -> None:
        where = packaged()[0]
        assert set(where["kind"]) == set(KINDS)
        assert not where["place"].str.contains(r"[,()>]").any()
        assert where["province"].str.fullmatch("[A-Z]{2}").all()

    def test_the_mainland_is_one_and_each_island_too(self) -> None:
        where, _, parts, network = packaged()
        islands = [{"Portoferraio", "Rio"}, {"Isola del Giglio"}, {"Capraia Isola"}]
        mainland, *others = components(where["place"], parts)
        assert len(others) == len(islands)
        assert all(island <= found for island, found in zip(islands, others, strict=True))
        assert {"Pontremoli", "Sestino", "Capalbio", "Piombino"} <= mainland
        assert network.component.max() == len(islands)

    def test_a_motorway_is_entered_by_ramps_only(self) -> None:
        met: dict[str, set[str]] = {}
        for part in packaged()[2]:
            for end in (part.start, part.end):
                met.setdefault(end, set()).add(part.road_class)
        fast = {"motorway", "dual", "ramp"}
        wrong = [p for p, classes in met.items() if "motorway" in classes and not classes <= fast]
        assert wrong == []

    def test_every_municipal_seat_lies_in_its_municipality(self) -> None:
        where = packaged()[0]
        known = municipalities()
        seats = where[where["kind"] == "seat"].set_index("place").sort_index()
        assert list(seats.index) == sorted(known["name"])
        name_of = dict(zip(known["istat"], known["name"], strict=True))
        found = municipality_of(known, seats[["lon", "lat"]].to_numpy(dtype=float))
        assert [name_of.get(code) for code in found] == list(seats.index)
        province_of = dict(zip(known["name"], known["province"], strict=True))
        assert seats["province"].to_dict() == {s: province_of[s] for s in seats.index}


class TestTownPairs:
    """Usual road distances and night times of 40 town pairs, known without the network."""

    @staticmethod
    @cache
    def errors() -> pd.DataFrame:
        pairs = pd.read_csv(TOWN_PAIRS)
        where, _, _, network = packaged()
        towns = sorted({*pairs["start"], *pairs["end"]})
        lonlat = where.set_index("place").loc[towns, ["lon", "lat"]].to_numpy(dtype=float)
        seconds, length = matrix(network, snap(network, lonlat))
        i, j = pairs["start"].map(towns.index), pairs["end"].map(towns.index)
        return pd.DataFrame(
            {
                "pair": pairs["start"] + " - " + pairs["end"],
                "distance": length[i, j] / 1000 / pairs["km"] - 1,
                "time": seconds[i, j] / 60 / pairs["minutes"] - 1,
            }
        )

    def test_there_are_forty_over_all_provinces(self) -> None:
        pairs = pd.read_csv(TOWN_PAIRS)
        assert len(pairs.drop_duplicates(["start", "end"])) == 40
        province = packaged()[0].set_index("place")["province"]
        assert set(province.loc[[*pairs["start"], *pairs["end"]]]) == {
            "MS", "LU", "PT", "PO", "FI", "AR", "PI", "LI", "SI", "GR"
        }  # fmt: skip

    @pytest.mark.parametrize(
        ("column", "each", "mean"), [("distance", 0.10, 0.05), ("time", 0.15, 0.08)]
    )
    def test_the_network_agrees(self, column: str, each: float, mean: float) -> None:
        found = self.errors()
        far = found[found[column].abs() > each]
        assert far.empty, far.to_string()
        assert found[column].abs().mean() < mean
