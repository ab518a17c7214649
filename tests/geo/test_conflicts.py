"""Reports, episodes and places: codes alone, once each, never a point."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from geo.conflicts import (
    Band,
    Channel,
    ConflictReport,
    Reporter,
    Theme,
    alerts,
    band_of,
    episodes,
    frame_of,
    validate_reports,
)
from geo.errors import InputError
from geo.municipalities import municipalities
from geo.neighbourhoods import divided, imported, place_of, together

REPORT = ConflictReport(
    "048017-Q1", date(2026, 3, 2), Band.NIGHT, Theme.NOISE, 3, Channel.PHONE, Reporter.RESIDENT
)


def test_a_complaint_sent_fifty_times_is_one_episode_of_the_highest_intensity():
    same = [REPORT] * 48 + [replace(REPORT, intensity=5), replace(REPORT, band=Band.UNKNOWN)]
    other = replace(REPORT, reporter=Reporter.TRADER)
    found = episodes(frame_of([*same, other]))
    assert list(found["times"]) == [1, 50]
    assert list(found["intensity"]) == [3, 5]
    assert set(found["band"]) == {Band.NIGHT}


def test_assault_is_an_alert():
    told = frame_of([REPORT, replace(REPORT, theme=Theme.ASSAULT)])
    assert list(alerts(told)["theme"]) == [Theme.ASSAULT]


@pytest.mark.parametrize("hour", range(24))
def test_every_hour_has_a_band(hour):
    assert band_of(hour) is not Band.UNKNOWN


def test_hours_after_midnight_belong_to_the_night():
    assert [band_of(hour) for hour in (21, 23, 1, 2, 5, 6)] == [
        Band.EVENING, Band.NIGHT, Band.NIGHT, Band.SMALL_HOURS, Band.SMALL_HOURS, Band.MORNING,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("column", "value"), [("theme", "odio"), ("intensity", 6), ("day", "2026-13-01")]
)
def test_what_is_no_code_is_refused_by_column_and_row(column, value):
    frame = frame_of([REPORT, REPORT]).astype(object)
    frame.loc[1, column] = value
    with pytest.raises(InputError) as refused:
        validate_reports(frame)
    assert refused.value.fields == {"column": column, "row": 1}


@pytest.fixture(scope="module")
def towns() -> gpd.GeoDataFrame:
    frame = municipalities()
    return frame[frame["province_istat"] == "100"]


def test_cells_divide_municipalities_and_each_has_one(towns):
    places = divided(towns)
    assert places["code"].is_unique
    assert set(places["municipality"]) == set(towns["istat"])
    assert (places.loc[places["name"] != "", "area"] > 4e6).all()


def test_a_coordinate_becomes_a_place_or_nothing(towns):
    places = divided(towns)
    assert place_of(places, 11.0966, 43.8808).startswith("100005-")
    assert place_of(places, 9.19, 45.46) is None  # 200 km outside


def _square(lon: float, lat: float, size: float = 0.02) -> shapely.Polygon:
    return shapely.box(lon, lat, lon + size, lat + size)


def _own(*rows: tuple[str, str, shapely.Geometry]) -> gpd.GeoDataFrame:
    names = {"code": [r[0] for r in rows], "name": "Q", "municipality": [r[1] for r in rows]}
    return gpd.GeoDataFrame(names, geometry=[r[2] for r in rows], crs="EPSG:4326")


def test_imported_places_take_the_place_of_the_cells_of_their_municipality(towns):
    own = imported(_own(("100005-Q1", "100005", _square(11.08, 43.87))), towns)
    every = together(divided(towns), own)
    assert list(every.loc[every["municipality"] == "100005", "code"]) == ["100005-Q1"]
    assert set(every["municipality"]) == set(towns["istat"])


@pytest.mark.parametrize(
    ("code", "town", "shape", "refusal"),
    [
        ("100005 Q1", "100005", _square(11.08, 43.87), "place_code"),
        ("100005-Q1", "100005", _square(11.08, 43.87, 0.001), "place_small"),
        ("100005-Q1", "100005", shapely.LineString([(11.08, 43.87), (11.1, 43.9)]), "place_small"),
        ("100005-Q1", "100005", _square(10.3, 43.5), "place_foreign"),
    ],
)
def test_a_wrong_neighbourhood_is_refused(towns, code, town, shape, refusal):
    with pytest.raises(InputError) as refused:
        imported(_own((code, town, shape)), towns)
    assert refused.value.code == refusal
    assert refused.value.fields["row"] == 1


def test_a_code_stands_once(towns):
    row = ("100005-Q1", "100005", _square(11.08, 43.87))
    with pytest.raises(InputError, match="place_twice"):
        imported(_own(row, row), towns)


def test_the_frame_keeps_its_types():
    frame = frame_of([REPORT])
    assert frame["day"].dtype == "datetime64[s]"
    pd.testing.assert_frame_equal(frame, validate_reports(frame))
