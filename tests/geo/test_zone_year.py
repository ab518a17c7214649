"""Months of synthetic contacts with a known truth, from files to zones and their changes."""

import numpy as np
import pytest

from geo.municipalities import municipalities
from geo.road_cells import cut
from geo.zone_proposals import ProposalKind
from tests.geo.streets import streets
from tests.year import Month, Scenario, accepted, play

SCENARIO = Scenario(
    contacts=4000, places=8, moving=1, appearing=1, silent=1, nights=240, apart=1500.0, seed=3
)


@pytest.fixture(scope="module")
def months() -> list[Month]:
    grid = np.array([(x, y) for x in range(0, 8001, 400) for y in range(0, 8001, 400)])
    near = [
        (a, b) for a in range(len(grid)) for b in range(a) if abs(grid[a] - grid[b]).sum() == 400
    ]
    return list(play(cut(streets(grid, near)), municipalities(), SCENARIO))


def test_what_is_there_is_found_and_nothing_else(months):
    assert len(months) == 8
    assert np.mean([month.recall for month in months]) >= 0.9
    assert np.mean([month.precision for month in months]) >= 0.9
    assert months[-1].precision == months[-1].recall == 1.0


def test_every_change_is_proposed_once_it_has_happened(months):
    moved = accepted(months, ProposalKind.MOVED)
    new = [found for found in accepted(months, ProposalKind.NEW) if found[0] > 2]
    silent = accepted(months, ProposalKind.SILENT)
    assert any("appears" in story for _, story in new)
    assert any("falls silent" in story for _, story in silent)
    # A place that moves in the middle of a month is new there, then silent here.
    assert any("moved to" in story for _, story in moved + new)


def test_a_place_that_stays_is_left_alone(months):
    said = [
        (month.number, proposal.kind, story)
        for month in months[2:]
        for proposal, story in month.proposals
        if story.startswith(("stays", "nothing"))
    ]
    assert said == []
