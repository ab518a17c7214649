"""Shades are readable and keep apart, in both themes."""

import itertools

import numpy as np
import pytest

from layers.palette import DARK, LIGHT
from layers.shades import shades, themed
from routing.coverage import Standing
from tests.layers.test_palette import BLINDNESS, contrast, lab, linear

THEMES = [LIGHT, DARK]


@pytest.mark.parametrize("palette", THEMES, ids=lambda p: p.name)
def test_what_is_written_on_a_shade_can_be_read(palette):
    found = shades(palette)
    for shade in (*found.heat, *found.standing.values(), found.calm):
        assert contrast(shade.colour, shade.ink) >= 4.5, shade


@pytest.mark.parametrize("palette", THEMES, ids=lambda p: p.name)
def test_standings_and_proposals_stand_out_from_the_land(palette):
    found = shades(palette)
    seen = [shade.colour for kind, shade in found.standing.items() if kind != "never"]
    seen += [found.standing["never"].ink, found.chosen, found.proposed]
    assert min(contrast(colour, palette.land) for colour in seen) >= 3


@pytest.mark.parametrize("palette", THEMES, ids=lambda p: p.name)
def test_more_is_further_from_the_page(palette):
    away = [contrast(shade.colour, palette.halo) for shade in shades(palette).heat]
    assert away == sorted(away)
    assert min(b / a for a, b in itertools.pairwise(away)) > 1.05


@pytest.mark.parametrize("palette", THEMES, ids=lambda p: p.name)
@pytest.mark.parametrize("kind", BLINDNESS)
def test_standings_keep_apart_under_colour_blindness(palette, kind):
    filtered = np.array(BLINDNESS[kind].split(), float).reshape(3, 3)
    for kinds in (shades(palette).standing, shades(palette).weeks):
        seen = [lab(filtered @ linear(shade.colour)) for shade in kinds.values()]
        assert min(np.linalg.norm(a - b) for a, b in itertools.combinations(seen, 2)) >= 14


def test_every_standing_has_a_shade():
    for palette in THEMES:
        assert set(shades(palette).standing) == {standing.value for standing in Standing}


def test_both_themes_in_one_are_those_of_each():
    light, dark, both = shades(LIGHT), shades(DARK), themed()
    for one, other, either in zip(
        (*light.heat, *light.weeks.values()), (*dark.heat, *dark.weeks.values()),
        (*both.heat, *both.weeks.values()), strict=True,
    ):  # fmt: skip
        assert either.colour == f"light-dark({one.colour}, {other.colour})"
        assert either.ink == f"light-dark({one.ink}, {other.ink})"


def test_a_value_has_the_step_of_its_share():
    found = shades(LIGHT)
    assert found.of(0, 10) == found.heat[0]
    assert found.of(0.01, 10) == found.heat[1]
    assert found.of(10, 10) == found.heat[-1]
    assert found.of(3, 0) == found.heat[0]
