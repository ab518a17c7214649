"""The document of a planned night, and what is made of it."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import gpxpy
import numpy as np
import pandas as pd
import pytest
import shapely

from data.exports import _plain, as_geojson, as_gpx, as_json, plan_document, write_text
from data.plans import PlanRecord
from data.texts import Texts
from geo.network import RoadNetwork
from geo.night import Night
from geo.speeds import CLASSES
from routing.explain import explain
from routing.planner import plan_night
from routing.prepare import NightInputs, night_problem
from routing.units import Base, Pause, outing
from tests import plan_reader
from tests.data.samples import UNITS, ZONES, line

NOW = datetime(2026, 11, 20, 17, tzinfo=UTC)
NIGHT = Night.of(NOW)
"""A Friday."""


def network() -> RoadNetwork:
    """One street of eight kilometres past the base and the first two zones."""
    street = shapely.get_coordinates(
        shapely.union_all([line(686_000 + 1000 * n, 4_830_020, 1000) for n in range(8)])
    )
    lonlat = street[np.argsort(street[:, 0])]
    n = len(lonlat)
    there, back = np.arange(n - 1), np.arange(1, n)
    return RoadNetwork.build(
        name="one street", source="schematic", licence="none",
        node_lon=lonlat[:, 0], node_lat=lonlat[:, 1],
        edge_from=[*there, *back], edge_to=[*back, *there],
        edge_class=[CLASSES.index("residential")] * 2 * (n - 1),
        edge_names=["Via Lunga"] * 2 * (n - 1),
    )  # fmt: skip


BASE = Base("Sede", *shapely.get_coordinates(line(688_000, 4_830_020, 1))[0])
UNIT = replace(UNITS[0], start=BASE, end=BASE, pause=Pause("21:00", "23:00", 20))


def presence() -> pd.DataFrame:
    rows = [(z.code, 4, h, 4.0, 2.0, 6.0) for z in ZONES for h in (20, 21, 22, 23, 0, 1)]
    return pd.DataFrame(rows, columns=["zone", "weekday", "hour", "expected", "low", "high"])


@pytest.fixture(scope="module")
def document():
    roads = network()
    inputs = NightInputs(NIGHT, (outing(UNIT, NIGHT),), ZONES, presence())
    prepared = night_problem(inputs, roads, now=NOW)
    plan = plan_night(prepared.problem, iterations=200)
    reasons = (*explain(prepared.problem, plan).left_out, *prepared.unplanned)
    return plan_document(prepared, plan, reasons, roads)


def test_an_independent_reader_agrees(document):
    read = json.loads(as_json(document, Texts("en").code))
    assert list(plan_reader.findings(read)) == []
    assert [route["unit"] for route in read["routes"]] == ["FI-1"]
    assert {one["visit"] for one in read["left_out"]} >= {"052015-01"}
    assert read["synthetic"] is False


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("routes", 0, "itinerary", "home"), "2026-11-21T04:00:00+01:00"),
        (("routes", 0, "itinerary", "departure"), "2026-11-20T18:00:00+01:00"),
        (("routes", 0, "itinerary", "stops", 0, "begin"), "2026-11-20T20:31:00+01:00"),
        (("routes", 0, "itinerary", "stops", 0, "leg", "metres"), 1),
        (("routes", 0, "itinerary", "stops", 0, "leg", "seconds"), 1),
        (("visits", 0, "languages"), ["zh"]),
        (("visits", 0, "skills"), ["sanitario"]),
        (("visits", 0, "only"), ["SI-1"]),
        (("units", 0, "crew"), []),
        (("units", 0, "kilometres"), 0.1),
        (("units", 0, "driving_minutes"), 0.1),
        (("left_out",), []),
        (("plan", "value"), 1),
        (("routes",), []),
    ],
)
def test_the_independent_reader_would_see_a_mistake(document, path, value):
    read = json.loads(as_json(document, Texts("en").code))
    *inside, last = path
    part = read
    for step in inside:
        part = part[step]
    part[last] = value
    assert list(plan_reader.findings(read))


def test_the_document_survives_json(document):
    assert json.loads(as_json(document)) == document
    record = PlanRecord(NIGHT, json.loads(as_json(document)))
    assert json.loads(json.dumps(record.plan.to_dict())) == document["plan"]
    assert record.itineraries["FI-1"].to_dict() == document["routes"][0]["itinerary"]


def test_geojson_has_a_line_for_each_leg_and_a_point_for_each_stop(document):
    read = json.loads(as_geojson(document))
    stops = document["routes"][0]["itinerary"]["stops"]
    points = [f for f in read["features"] if f["geometry"]["type"] == "Point"]
    assert [f["properties"]["visit"] for f in points] == [stop["key"] for stop in stops]
    for feature in read["features"]:
        assert shapely.from_geojson(json.dumps(feature["geometry"])).is_valid
    lines = [f for f in read["features"] if f["geometry"]["type"] == "LineString"]
    assert all(f["properties"]["roads"] == ["Via Lunga"] for f in lines)


def test_gpx_names_stops_by_zone_code_and_nobody(document):
    text = as_gpx(document)
    read = gpxpy.parse(text)
    stops = document["routes"][0]["itinerary"]["stops"]
    assert [point.name.split(": ")[1] for point in read.waypoints] == [s["zone"] for s in stops]
    assert len(read.tracks) == 1
    assert read.author_name is None
    assert "Sede" not in text
    assert "Firenze" not in text


def test_a_file_appears_whole_and_for_its_owner_only(tmp_path):
    write_text(tmp_path / "plan.json", "{}")
    assert (tmp_path / "plan.json").stat().st_mode & 0o077 == 0
    assert [file.name for file in tmp_path.iterdir()] == ["plan.json"]


def test_fields_of_a_reason_become_plain_values():
    fields = {"a": np.int64(3), "b": frozenset({"x", "a"}), "c": NIGHT, "d": ("p", 2)}
    assert _plain(fields) == {"a": 3, "b": ["a", "x"], "c": "2026-11-20", "d": ["p", 2]}
