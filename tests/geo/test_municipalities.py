import geopandas as gpd
import numpy as np
import pytest
import shapely

from geo.crs import to_metric
from geo.municipalities import (
    COLUMNS,
    municipalities,
    municipality_of,
    provinces,
    simplified,
)

SEATS = {  # a place near the seat of each: lon, lat
    "048017": (11.2558, 43.7696),  # Firenze
    "046017": (10.5027, 43.8429),  # Lucca
    "053011": (11.1136, 42.7635),  # Grosseto
    "100005": (11.0966, 43.8808),  # Prato
    "045003": (10.0970, 44.0793),  # Carrara
    "049014": (10.3100, 42.8060),  # Portoferraio, on Elba
    "053012": (10.9010, 42.3650),  # Isola del Giglio
}


@pytest.fixture(scope="module")
def frame() -> gpd.GeoDataFrame:
    return municipalities()


@pytest.fixture(scope="module")
def light(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    return simplified(frame)


def test_all_municipalities_with_their_codes(frame):
    assert tuple(frame.columns) == COLUMNS
    assert len(frame) == frame["istat"].nunique() == frame["name"].nunique() == 273
    assert frame["istat"].str.fullmatch(r"\d{6}").all()
    assert (frame["istat"].str[:3] == frame["province_istat"]).all()
    assert frame.crs == "EPSG:4326"
    per_province = frame.groupby("province").size().to_dict()
    assert per_province == {
        "AR": 36, "FI": 41, "GR": 28, "LI": 19, "LU": 33,
        "MS": 17, "PI": 37, "PO": 7, "PT": 20, "SI": 35,
    }  # fmt: skip


def test_population_is_that_of_the_region(frame):
    assert frame["population"].dtype == np.int64
    assert (frame["population"] > 200).all()
    assert 3_600_000 < frame["population"].sum() < 3_700_000
    assert frame.set_index("name")["population"].idxmax() == "Firenze"


def test_boundaries_are_a_coverage_of_the_region(frame):
    metric = to_metric(frame).geometry.to_numpy()
    assert shapely.coverage_is_valid(metric)
    assert shapely.area(metric).sum() / 1e6 == pytest.approx(22_985, rel=0.002)


def test_a_caller_cannot_spoil_the_next_callers_frame(frame):
    changed = municipalities()
    changed.loc[0, "name"] = "?"
    assert municipalities().loc[0, "name"] == frame.loc[0, "name"]


def test_simplified_leaves_no_gap_and_no_overlap(frame, light):
    full, less = to_metric(frame).geometry, to_metric(light).geometry
    assert shapely.is_valid(less.to_numpy()).all()
    assert shapely.coverage_is_valid(less.to_numpy())
    # Inner rings of the union would be gaps between neighbours; the region's own holes stay.
    assert _holes(less) == _holes(full)
    assert less.area.sum() == pytest.approx(full.area.sum(), rel=0.002)
    assert (abs(less.area / full.area - 1) < 0.06).all()
    assert less.count_coordinates().sum() < full.count_coordinates().sum() / 2


def _holes(series: gpd.GeoSeries) -> int:
    union = shapely.coverage_union_all(series.to_numpy())
    return int(shapely.get_num_interior_rings(shapely.get_parts(union)).sum())


def test_simplified_shares_every_border_vertex_in_degrees_too(light):
    assert light.crs == "EPSG:4326"
    assert shapely.coverage_is_valid(light.geometry.to_numpy())


def test_provinces_are_the_sum_of_their_municipalities(frame, light):
    for given in (frame, light):
        ten = provinces(given)
        assert len(ten) == 10
        assert ten["population"].sum() == frame["population"].sum()
        assert to_metric(ten).area.sum() == pytest.approx(to_metric(given).area.sum(), rel=1e-9)
        assert shapely.coverage_is_valid(ten.geometry.to_numpy())


def test_every_place_finds_its_municipality(frame, light):
    for given in (frame, light):
        codes = municipality_of(given, np.array(list(SEATS.values())))
        assert codes.tolist() == list(SEATS)


def test_places_outside_and_none_at_all(frame):
    assert municipality_of(frame, np.array([[9.19, 45.46], [10.0, 43.0]])).tolist() == ["", ""]
    assert municipality_of(frame, np.empty((0, 2))).shape == (0,)


def test_a_place_on_a_border_gets_the_lower_code(frame):
    vertex = shapely.get_coordinates(
        shapely.intersection(
            frame.set_index("name").loc["Firenze", "geometry"],
            frame.set_index("name").loc["Fiesole", "geometry"],
        )
    )[:1]
    assert municipality_of(frame, vertex).tolist() == ["048015"]
    assert municipality_of(frame.iloc[::-1], vertex).tolist() == ["048015"]
