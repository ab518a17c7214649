"""A canary is found however it is written, and a neighbour is not taken for it."""

import struct

import h3
import numpy as np
import pytest
import shapely

from geo.canaries import PROJECTED, Trace, canaries, geohash, traces
from geo.crs import reprojected

LON, LAT = 10.812345678, 43.518765432
SPOT = np.array([[LON, LAT]])
WANTED = canaries(SPOT)


def found(text):
    data = text if isinstance(text, bytes) else text.encode()
    return {*traces(data, WANTED)}


@pytest.mark.parametrize(
    "text",
    [
        f"[{LON:.4f},{LAT:.4f}]",
        f"{LAT:.5f} {LON:.5f}",
        '{"lat": 43.518765, "z": 1.5000, "lon": 10.812345}',
        "10,8123; 43,5187",
        "somewhere at 43.518765",
        f"<circle cx='{LON}'/>",
    ],
)
def test_degrees_with_four_digits_or_more(text):
    assert Trace.DEGREES in found(text)


@pytest.mark.parametrize("system", PROJECTED)
@pytest.mark.parametrize("form", ["{:.0f} {:.0f}", "x={:.2f}&y={:.2f}"])
def test_metres_in_every_system(system, form):
    x, y = reprojected(SPOT, system)[0]
    assert Trace.METRES in found(form.format(x, y))
    assert Trace.METRES in found(form.format(y, x))
    assert Trace.METRES not in found(form.format(x + 30, y))


@pytest.mark.parametrize("order", "<>")
def test_binary_numbers(order):
    assert Trace.BINARY in found(b"\1" + struct.pack(f"{order}d", LAT) + b"\2")
    assert Trace.BINARY in found(struct.pack(f"{order}2f", LON, LAT))
    x, y = reprojected(SPOT, "EPSG:25832")[0]
    assert Trace.BINARY in found(shapely.Point(x, y).wkb)


def test_a_place_of_five_decimals_is_found_as_a_pair_and_not_by_one_number_alone():
    # Public borders are written with five decimals: one of the two may well be equal.
    wanted = canaries(np.array([[10.81234, 43.51876]]))
    assert Trace.BINARY in {*traces(shapely.Point(10.81234, 43.51876).wkb, wanted)}
    assert not {*traces(shapely.Point(10.81234, 43.20001).wkb, wanted)}


def test_cells_and_geohashes():
    for resolution in (7, 9, 15):
        cell = h3.latlng_to_cell(LAT, LON, resolution)
        assert Trace.H3 in found(f"cell {cell.upper()}")
        assert Trace.H3 in found(f'{{"h3": {h3.str_to_int(cell)}}}')
    assert Trace.H3 not in found(h3.latlng_to_cell(LAT, LON, 6))
    assert geohash(LON, LAT).startswith("sp")
    assert geohash(-5.6, 42.6, 5) == "ezs42"
    for length in (5, 8, 12):
        assert Trace.GEOHASH in found(f"/{geohash(LON, LAT, length)}.png")
    assert Trace.GEOHASH not in found(geohash(LON, LAT, 4))


def test_what_is_coarse_or_elsewhere_is_no_trace():
    assert found("10.81 43.52; 10.812 43.519; 50026 10812345 2026-03-02 4351876") == set()
    rng = np.random.default_rng(2)
    others = rng.uniform((10, 42.5), (12, 44.4), (20_000, 2))
    assert found(" ".join(f"{lon:.5f},{lat:.5f}" for lon, lat in others)) == set()
    assert found(rng.bytes(2_000_000)) == set()
