"""The page of the week: planned, shown, moved by hand and published night by night."""

import re

import pytest

from data.access import Role, Viewer
from screens import session
from tests.screens.conftest import COORDINATOR, said


@pytest.fixture
def planned(visit, monkeypatch):
    monkeypatch.setenv("PROSSIMA_WEEK_SECONDS", "2")
    session.settings.cache_clear()
    app = visit(COORDINATOR, "settimana")
    app.pills(key="week_units").set_value(["LU1", "PI1"])
    app.run()
    app.button(key="week_plan").click().run()
    # The page is there before the week is: it tells how the search goes and can be left.
    work = app.session_state[session.KEY].week_work
    assert not work.over
    assert app.button(key="stop-week")
    work.wait()
    app.run()
    assert not app.exception
    assert not app.error
    return app


def test_a_week_is_planned_moved_and_published(planned):
    app = planned
    week = app.session_state[session.KEY].week
    words = said(app)
    assert "Copertura notte per notte" in words
    badges = len(re.findall(r'class="p-week [^>]*><b class="p-badge"', words))
    zones = {zone.code for zone in session.store().zones(COORDINATOR)}
    visits = {(s.visit, r.night) for r in week.plan.routes for s in r.stops if s.visit in zones}
    assert badges == len(visits) > 0
    behind = re.search(r"<dd>(\d+) → (\d+)</dd>", words)
    assert int(behind[2]) < int(behind[1])

    before = week.plan
    app.button(key="move_try").click().run()
    if app.error:  # that unit cannot make it: said in a sentence, nothing has changed
        assert "non si può spostare" in app.error[0].value
    else:
        assert app.session_state[session.KEY].week.plan == before
        assert "punti" in said(app)
        moved = app.session_state[session.KEY].week.moved
        app.button(key="move_do").click().run()
        assert app.session_state[session.KEY].week.plan == moved.plan

    week = app.session_state[session.KEY].week
    number = min(route.night for route in week.plan.routes)
    app.button(key=f"publish-{number}").click().run()
    assert not app.exception
    assert not app.error
    night = week.prepared.first + number
    units = {route.unit for route in week.plan.routes if route.night == number}
    store = session.store()
    assert set(store.published(COORDINATOR, night)) == units
    unit = min(units)
    itinerary = store.published(COORDINATOR, night)
    assert itinerary[unit] == app.session_state[session.KEY].week.published[number]
    stops = store.plans(COORDINATOR, night)[0].itineraries[unit].stops
    assert [stop.key for stop in stops] == [
        stop.visit for stop in week.plan.route(unit, number).stops
    ]


def test_the_page_is_for_coordinators(visit):
    app = visit(Viewer(Role.OPERATOR, unit="LU1"), "settimana")
    assert "Settimana" not in [title.value for title in app.title]
