"""Where more is met than effort explains."""

import h3
import numpy as np
import pandas as pd
import pytest
import shapely
from esda.smoothing import Empirical_Bayes
from scipy.stats import norm

from geo.errors import InputError
from geo.hexagons import hexagons_of, outlines, significance, smoothed
from geo.zones import PlaceType, PresenceWindow, Zone
from tests.geo.streets import lonlat

CENTRE = h3.latlng_to_cell(43.77, 11.2, 8)
HEXAGONS = sorted(h3.grid_disk(CENTRE, 8))


def table(rate, hours, seed: int = 1) -> pd.DataFrame:
    met = np.random.default_rng(seed).poisson(rate * hours)
    return pd.DataFrame({"hexagon": HEXAGONS, "contacts": met, "hours": hours})


def hours(seed: int = 2):
    return np.random.default_rng(seed).gamma(2, 5, len(HEXAGONS)) + 0.5


def zone(number: int, geometry: shapely.Geometry) -> Zone:
    window = (PresenceWindow("22:00", "02:00"),)
    return Zone(f"048017-{number:02d}", "048017", PlaceType.VIALE, geometry, window)


def test_a_hot_spot_is_found_where_it_is():
    near = np.array([name in h3.grid_disk(CENTRE, 1) for name in HEXAGONS])
    found = significance(table(np.where(near, 12.0, 3.0), hours()))
    hot = set(found.loc[found["class"] == "hot", "hexagon"])
    assert CENTRE in hot
    assert hot <= set(h3.grid_disk(CENTRE, 2))
    assert found.loc[found["class"] == "hot", "q"].max() <= 0.05


def test_much_effort_alone_is_no_hot_spot():
    near = np.array([name in h3.grid_disk(CENTRE, 1) for name in HEXAGONS])
    spent = np.where(near, 200.0, hours())
    assert (significance(table(3.0, spent))["class"] == "").all()


def test_where_nothing_stands_out_hardly_anything_is_called_hot_or_cold():
    called = [(significance(table(3.0, hours(s), s))["class"] != "").any() for s in range(40)]
    assert np.mean(called) <= 0.15


def test_the_same_question_has_the_same_answer():
    pd.testing.assert_frame_equal(
        significance(table(3.0, hours())), significance(table(3.0, hours()))
    )


def test_everywhere_alike_is_nowhere_hot():
    even = pd.DataFrame({"hexagon": HEXAGONS, "contacts": 6, "hours": 2.0})
    found = significance(even)
    assert (found["z"] == 0).all()
    assert (found["class"] == "").all()


def test_too_few_or_impossible_hexagons_are_refused():
    with pytest.raises(InputError) as caught:
        significance(table(3.0, hours()).head(5))
    assert (caught.value.code, caught.value.fields) == ("hexagons_few", {"got": 5, "least": 20})
    with pytest.raises(InputError, match="hexagon_value"):
        significance(table(3.0, hours()).assign(hours=0.0))


def test_zones_are_laid_into_hexagons_by_their_share():
    line = zone(1, shapely.LineString(lonlat([(0, 0), (3000, 0)])))
    area = zone(2, shapely.box(*lonlat([(0, 2000)])[0], *lonlat([(900, 2700)])[0]))
    contacts = pd.Series({line.code: 40.0, area.code: 8.0, "048017-09": 99.0})
    effort = pd.Series({line.code: 10.0, area.code: 2.0, "048017-09": 99.0})
    found = hexagons_of([line, area], contacts, effort)
    assert found["contacts"].sum() == pytest.approx(48)
    assert found["hours"].sum() == pytest.approx(12)
    assert np.allclose(found["contacts"], 4 * found["hours"])
    assert len(found) > 3
    shapes = outlines(found)
    assert shapes.crs.to_epsg() == 4326
    touched = shapes.intersects(line.geometry) | shapes.intersects(area.geometry)
    assert touched.all()


def test_a_zone_where_nobody_looked_is_left_out():
    line = zone(1, shapely.LineString(lonlat([(0, 0), (3000, 0)])))
    assert hexagons_of([line], pd.Series({line.code: 3.0}), pd.Series(dtype=float)).empty


@pytest.mark.parametrize("resolution", [5, 9, 12])
def test_finer_hexagons_are_refused(resolution):
    with pytest.raises(InputError, match="hexagon_resolution"):
        hexagons_of([], pd.Series(dtype=float), pd.Series(dtype=float), resolution)


def test_smoothed_rates_are_those_of_esda_where_they_differ_by_more_than_chance():
    frame = table(np.random.default_rng(5).gamma(2, 2, len(HEXAGONS)), hours())
    met, spent = frame["contacts"].to_numpy(float), frame["hours"].to_numpy()
    assert np.allclose(smoothed(met, spent), Empirical_Bayes(met, spent).r.ravel())
    assert np.allclose(smoothed(np.full(30, 6.0), np.full(30, 2.0)), 3.0)
    assert np.allclose(smoothed(np.zeros(30), np.full(30, 2.0)), 0.0)


def test_the_normal_approximation_agrees_with_permutations():
    """p values of 4,000 random relabellings of the hexagons, drawn here."""
    frame = table(np.random.default_rng(6).gamma(3, 1, len(HEXAGONS)), hours())
    found = significance(frame)
    rate, rng = found["rate"].to_numpy(), np.random.default_rng(7)
    by_chance, by_norm = [], []
    for row in rng.choice(len(HEXAGONS), 40, replace=False):
        near = [i for i, n in enumerate(HEXAGONS) if n in h3.grid_disk(HEXAGONS[row], 1)]
        drawn = np.array([rng.choice(rate, len(near), replace=False).sum() for _ in range(4000)])
        by_chance.append((drawn >= rate[near].sum()).mean())
        by_norm.append(norm.sf(found["z"][row]))
    assert np.abs(np.subtract(by_chance, by_norm)).max() < 0.05
