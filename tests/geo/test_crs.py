import geopandas as gpd
import numpy as np
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo import crs

tuscan = st.tuples(st.floats(9.6, 12.4), st.floats(42.2, 44.5))


@given(tuscan)
def test_projection_there_and_back(lonlat):
    there = crs.project(np.array([lonlat]))
    assert np.allclose(crs.unproject(there), [lonlat], atol=1e-9)


def test_one_kilometre_stays_one_kilometre():
    florence = crs.project(np.array([[11.2558, 43.7696]]))
    east = crs.unproject(florence + np.array([1000.0, 0.0]))
    geodesic = crs.pyproj.Geod(ellps="GRS80")
    _, _, metres = geodesic.inv(11.2558, 43.7696, *east[0])
    assert abs(metres - 1000) < 1


def test_frames_and_geometries_agree():
    line = shapely.LineString([(11.2, 43.7), (11.3, 43.8)])
    frame = crs.declare_geographic(gpd.GeoSeries([line]))
    assert shapely.equals_exact(crs.to_metric(frame).iloc[0], crs.project_geometry(line), 1e-6)
    back = crs.unproject_geometry(crs.project_geometry(line))
    assert shapely.equals_exact(back, line, 1e-9)
    assert shapely.equals_exact(crs.to_geographic(crs.to_metric(frame)).iloc[0], line, 1e-9)


def test_only_latlon_pairs_turn_the_axes_round():
    assert crs.latlon_pairs(shapely.Point(11.25, 43.77)) == [(43.77, 11.25)]
