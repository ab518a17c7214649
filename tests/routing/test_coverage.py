"""How zones stand against their targets, told by hand."""

from datetime import date, timedelta

import pandas as pd
import pytest

from geo.night import Night
from routing.coverage import Standing, Week, coverage, standing, weeks_before
from tests.data.samples import ZONES

NIGHT = Night(date(2026, 5, 15))
"""A Friday."""

FIRST, SECOND = ZONES[0], ZONES[1]


def visits(*pairs):
    return pd.DataFrame(pairs, columns=["zone", "night"])


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (0, Standing.ON_TARGET),
        (14, Standing.ON_TARGET),
        (15, Standing.BEHIND),
        (28, Standing.BEHIND),
        (29, Standing.FAR_BEHIND),
        (None, Standing.NEVER),
    ],
)
def test_standing_follows_the_target(days, expected):
    assert standing(days, 14) is expected


def test_weeks_begin_on_mondays_and_the_last_is_the_nights():
    assert weeks_before(NIGHT, 3) == (date(2026, 4, 27), date(2026, 5, 4), date(2026, 5, 11))


def test_a_zone_falls_behind_week_by_week_and_comes_back():
    seen = visits((FIRST.code, date(2026, 4, 7)), (FIRST.code, date(2026, 5, 12)))
    (one,) = coverage([FIRST], seen, NIGHT, weeks_before(NIGHT, 6))
    assert (one.last, one.days, one.due) == (date(2026, 5, 12), 3, date(2026, 5, 26))
    assert one.debt == 3 / FIRST.revisit_days
    assert one.weeks == (
        Week(1, Standing.ON_TARGET),
        Week(0, Standing.ON_TARGET),
        Week(0, Standing.BEHIND),
        Week(0, Standing.BEHIND),
        Week(0, Standing.FAR_BEHIND),
        Week(1, Standing.ON_TARGET),
    )


def test_weeks_before_the_first_visit_know_of_none():
    (one,) = coverage(
        [FIRST], visits((FIRST.code, date(2026, 5, 12))), NIGHT, weeks_before(NIGHT, 2)
    )
    assert [week.standing for week in one.weeks] == [Standing.NEVER, Standing.ON_TARGET]


def test_a_visit_later_than_the_night_is_not_counted():
    (one,) = coverage([FIRST], visits((FIRST.code, NIGHT.date + timedelta(1))), NIGHT)
    assert one.standing is Standing.NEVER
    assert (one.last, one.debt, one.due) == (None, None, None)


def test_two_crews_on_one_night_are_one_visit():
    twice = visits((FIRST.code, NIGHT.date), (FIRST.code, NIGHT.date))
    (one,) = coverage([FIRST], twice, NIGHT, weeks_before(NIGHT, 1))
    assert one.weeks == (Week(1, Standing.ON_TARGET),)


def test_the_deepest_debt_first_and_never_visited_last():
    # The second zone's target is 7 days, the first one's 14.
    seen = visits((FIRST.code, date(2026, 5, 1)), (SECOND.code, date(2026, 5, 5)))
    assert [one.zone for one in coverage([FIRST, SECOND], seen, NIGHT)] == [
        SECOND.code,
        FIRST.code,
    ]
    assert coverage([SECOND, FIRST], seen[:1], NIGHT)[1].zone == SECOND.code


def test_without_any_visit_all_are_never_visited():
    found = coverage(ZONES[:2], visits(), NIGHT, weeks_before(NIGHT, 2))
    assert {one.standing for one in found} == {Standing.NEVER}
