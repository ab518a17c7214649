"""The page of coverage: the picture of the weeks says what the table says."""

import re
from datetime import timedelta
from html import unescape

import pytest

from data.texts import Texts
from geo.night import Night
from routing.coverage import Standing, coverage, weeks_before
from screens import session
from screens.coverage import WEEKS
from screens.names import zone_name
from tests.screens.conftest import COORDINATOR, EVENING, said

NIGHT = Night.of(EVENING)


def found():
    store = session.store()
    visits = store.visits(COORDINATOR)
    visits = visits[visits["night"] < NIGHT.date]
    return coverage(store.zones(COORDINATOR), visits, NIGHT, weeks_before(NIGHT, WEEKS))


def picture(app):
    return re.findall(r'class="p-week p-(\w+)"[^>]*>([^<]*)<', said(app))


@pytest.mark.parametrize("language", ["it", "en"])
def test_every_zone_and_week_stands_in_the_picture(visit, language):
    app = visit(COORDINATOR, "copertura", language)
    assert not app.exception
    marks = {Standing.BEHIND: "!", Standing.FAR_BEHIND: "!!"}
    expected = [
        (week.standing.value, str(week.visits or marks.get(week.standing, "")))
        for one in found()
        for week in one.weeks
    ]
    assert picture(app) == expected
    assert len(expected) == WEEKS * len(found())


def test_the_table_says_the_same(visit):
    app = visit(COORDINATOR, "copertura")
    rows = re.findall(r'<th scope="row">(.*?)</tr>', unescape(said(app)))
    assert len(rows) == len(found())
    for row, one in zip(rows, found(), strict=True):
        assert row.startswith(zone_name(one.zone))
        assert Texts("it").word(one.standing) in row
        visits = sum(week.visits for week in one.weeks)
        assert f'<td class="p-number">{visits}</td>' in row


def test_only_zones_that_are_behind_are_shown_on_demand(visit):
    app = visit(COORDINATOR, "copertura")
    app.toggle(key="coverage_late").set_value(True).run()
    late = [one for one in found() if one.standing is not Standing.ON_TARGET]
    assert 0 < len(late) < len(found())
    assert len(picture(app)) == WEEKS * len(late)


def test_a_province_counts_its_own_zones(visit):
    app = visit(COORDINATOR, "copertura")
    app.selectbox(key="coverage_province").select("100").run()
    own = [one for one in found() if one.zone.startswith("100")]
    assert len(picture(app)) == WEEKS * len(own)


def named(visit, zone, msgid):
    """What the page says under a heading about the zones of a province."""
    app = visit(COORDINATOR, "copertura")
    app.selectbox(key="coverage_province").select(zone[:3]).run()
    line = re.search(rf"{Texts('it')(msgid)}</dt><dd>(.*?)</dd>", unescape(said(app)))
    return line[1] if line else ""


def test_who_falls_behind_is_named_before_and_after(visit, clock):
    # One whose last day is no Sunday: the day after is in the same week.
    soon = next(
        one for one in found() if one.due and one.due >= NIGHT.date and Night(one.due).weekday < 6
    )
    name, day = zone_name(soon.zone), soon.due
    clock.set(f"{day.isoformat()}T20:00:00+02:00")
    assert name in named(visit, soon.zone, "Must be visited within three nights")
    assert name not in named(visit, soon.zone, "Fell behind this week")
    clock.set(f"{(day + timedelta(1)).isoformat()}T20:00:00+02:00")
    assert name not in named(visit, soon.zone, "Must be visited within three nights")
    assert name in named(visit, soon.zone, "Fell behind this week")


def test_coverage_counts_no_person(visit):
    """Nothing of presence or contacts is read: it would tempt to call fewer a success."""
    app = visit(COORDINATOR, "copertura")
    before = said(app)
    presence = session.store().presence(COORDINATOR)
    session.store().save_presence(COORDINATOR, presence.iloc[:0])
    assert picture(visit(COORDINATOR, "copertura")) == re.findall(
        r'class="p-week p-(\w+)"[^>]*>([^<]*)<', before
    )
