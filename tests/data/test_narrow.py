"""A narrow plan is said to be so, wherever it is shown."""

from datetime import date, timedelta

import pytest

from data.narrow import MOST_NAMED, narrow_said, of_plan
from data.texts import Texts
from geo.focus import narrowness

NIGHT = date(2026, 5, 15)
LATELY = NIGHT - timedelta(7)


@pytest.mark.parametrize("language", ["it", "en"])
def test_the_warning_names_first_what_was_never_visited_and_counts_the_rest(language):
    long_ago = {f"OLD-{n}": NIGHT - timedelta(300 + n) for n in range(8)}
    visits = {"A": LATELY, "B": LATELY, **long_ago}
    possible = ["A", "B", "NEVER", *long_ago]
    found = narrowness({"A": 20, "B": 30}, possible, visits, NIGHT)
    said = narrow_said(Texts(language), found, visits)
    named = [code for code in found.open if code in said]
    assert len(named) == MOST_NAMED
    assert said.index("NEVER") < said.index("OLD-7") < said.index("OLD-6")
    assert str(len(found.open) - MOST_NAMED) in said


def test_a_plan_that_goes_elsewhere_is_not_warned_of():
    found = narrowness({"A": 20, "NEVER": 20}, ["A", "NEVER"], {"A": LATELY}, NIGHT)
    assert narrow_said(Texts("it"), found, {"A": LATELY}) == ""


def test_nothing_planned_is_not_narrow():
    document = {"night": str(NIGHT), "routes": [], "visits": []}
    assert not of_plan(document, {}).narrow
