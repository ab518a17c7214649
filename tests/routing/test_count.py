"""The count night passes every zone."""

from __future__ import annotations

import pytest

from geo.errors import InfeasibleError
from routing.count import earliest_return, fewest_crews
from routing.plan import check
from tests.routing.problems import night, shift, visit


def test_fewest_crews_and_its_proof() -> None:
    """Six zones of ten minutes; a shift of 50 minutes holds four of them."""
    zones = [visit(1, key=f"z{number}") for number in range(6)]
    problem = night(zones, [shift(name, closes=3000) for name in "abcd"])
    found = fewest_crews(problem, iterations=600)
    assert found.crews == 2
    assert found.fewest_proven
    assert len(found.plan.served) == 6


def test_earliest_return_shares_the_zones() -> None:
    zones = [visit(1, key=f"z{number}") for number in range(4)]
    problem = night(zones, [shift("a"), shift("b")])
    found = earliest_return(problem, iterations=600)
    assert found.last_return == 60 + 2 * 600 + 60
    assert [len(route.stops) for route in found.plan.routes] == [2, 2]


def test_too_many_zones_are_refused() -> None:
    zones = [visit(1, key=f"z{number}") for number in range(6)]
    with pytest.raises(InfeasibleError, match="promises_conflict"):
        fewest_crews(night(zones, [shift(closes=3000)]), iterations=600)


def test_count_plans_keep_every_rule() -> None:
    problem = night([visit(p) for p in range(1, 6)], [shift("a"), shift("b")])
    found = fewest_crews(problem, iterations=300)
    assert found.crews == 1
    assert {v.rule for v in check(problem, found.plan)} == set()
