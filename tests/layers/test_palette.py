"""Colours are readable, and units are told apart without seeing colour."""

import itertools

import numpy as np
import pytest

from layers.palette import DARK, DASHES, LIGHT, signs

PALETTES = [LIGHT, DARK]

# Machado, Oliveira & Fernandes (2009), severity 1.0, on linear RGB, row by row.
BLINDNESS = {
    "protanopia": "0.152286 1.052583 -0.204868 0.114503 0.786281 0.099216 "
    "-0.003882 -0.048116 1.051998",
    "deuteranopia": "0.367322 0.860646 -0.227968 0.280085 0.672501 0.047413 "
    "-0.011820 0.042940 0.968881",
    "tritanopia": "1.255528 -0.076749 -0.178779 -0.078411 0.930809 0.147602 "
    "0.004733 0.691367 0.303900",
    "none": "1 0 0 0 1 0 0 0 1",
}


def linear(colour):
    value = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


def contrast(one, other):
    a, b = sorted((float(linear(c) @ [0.2126, 0.7152, 0.0722]) for c in (one, other)), reverse=True)
    return (a + 0.05) / (b + 0.05)


def lab(rgb):
    matrix = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    xyz = np.clip(matrix @ np.clip(rgb, 0, 1), 0, None) / [0.9505, 1.0, 1.089]
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def test_contrast_knows_black_on_white():
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)


@pytest.mark.parametrize("palette", PALETTES, ids=lambda p: p.name)
def test_what_is_written_can_be_read(palette):
    written = [(palette.unit_ink, colour) for colour in palette.units]
    written += [(colour, palette.card) for colour in palette.units]
    written += [(palette.place, palette.land), (palette.capital, palette.land)]
    written += [(palette.ink, palette.card)]
    assert min(contrast(ink, ground) for ink, ground in written) >= 4.5


@pytest.mark.parametrize("palette", PALETTES, ids=lambda p: p.name)
def test_lines_stand_out_from_the_land(palette):
    lines = [*palette.units, palette.left_out, palette.zone]
    assert min(contrast(line, palette.land) for line in lines) >= 3


@pytest.mark.parametrize("palette", PALETTES, ids=lambda p: p.name)
@pytest.mark.parametrize("kind", BLINDNESS)
def test_units_keep_apart_under_colour_blindness(palette, kind):
    filtered = np.array(BLINDNESS[kind].split(), float).reshape(3, 3)
    seen = [lab(filtered @ linear(colour)) for colour in palette.units]

    def closest(count):
        return min(np.linalg.norm(a - b) for a, b in itertools.combinations(seen[:count], 2))

    assert closest(5) >= 25
    assert closest(9) >= 12


def test_signs_differ_in_letter_and_dash_as_well_as_in_colour():
    found = signs(tuple(f"U{i}" for i in range(9)), LIGHT)
    assert [sign.letter for sign in found.values()] == list("ABCDEFGHI")
    assert len({sign.colour for sign in found.values()}) == 9
    assert len({sign.dash for sign in found.values()}) == len(DASHES) == 9


def test_many_units_keep_their_own_letter():
    found = signs(tuple(f"U{i}" for i in range(60)), DARK)
    assert len({sign.letter for sign in found.values()}) == 60
    assert found["U26"].letter == "A2"
