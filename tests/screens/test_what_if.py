"""The page of scenarios: put together, compared beside the plan, which stays as it is."""

from html import unescape

import pytest

from data import scenarios
from data.access import Role, Viewer
from geo.night import Night
from routing.region import Here
from screens import session, what_if
from tests.screens.conftest import COORDINATOR, EVENING, said

NIGHT = Night.of(EVENING)


@pytest.fixture
def planned(visit, monkeypatch):
    """A night of three units is planned; scenarios are planned in this process."""
    monkeypatch.setattr(what_if, "Processes", Here)
    app = visit(COORDINATOR, "stanotte")
    app.pills(key=f"units-{NIGHT}").set_value(["LU1", "PI1", "PT1"])
    app.button(key="plan").click().run()
    assert not app.exception
    app.session_state[session.KEY].going = "e-se"
    return app.run()


def trials(app):
    return app.session_state[session.KEY].trials


def test_scenarios_stand_beside_the_plan_of_record(planned):
    app = planned
    record = scenarios.plan_of_record(session.store(), COORDINATOR, NIGHT)
    words = said(app)
    assert "Il piano che c'è" in unescape(words)
    assert "Giri del piano che c'è" in unescape(words)
    ready = [one.key for one in app.button if (one.key or "").startswith("scenario_ready-")]
    assert {"scenario_ready-each", "scenario_ready-hour", "scenario_ready-base"} <= {*ready}
    app.button(key="scenario_ready-each").click().run()
    app.button(key="scenario_ready-hour").click().run()
    assert [one[0].unit for one in trials(app).scenarios] == ["LU1", "PI1", "PT1", ""]
    for _ in range(4):
        app.button(key="scenario_drop-0").click().run()
    app.selectbox(key="scenario_unit-without_unit").set_value("PI1")
    app.button(key="scenario_add").click().run()
    app.segmented_control(key="scenario_kind").set_value("without_language").run()
    app.selectbox(key="scenario_language").set_value("sq")
    app.selectbox(key="scenario_target").set_value(0)
    app.button(key="scenario_add").click().run()
    app.segmented_control(key="scenario_kind").set_value("base").run()
    app.selectbox(key="scenario_unit-base").set_value("LU1")
    app.selectbox(key="scenario_place").set_value("Altopascio").run()
    app.button(key="scenario_add").click().run()
    app.segmented_control(key="scenario_kind").set_value("without_unit").run()
    for number, unit in enumerate(("LU1", "PI1", "PT1")):
        app.selectbox(key="scenario_unit-without_unit").set_value(unit)
        if number:
            app.selectbox(key="scenario_target").set_value(2)
        app.button(key="scenario_add").click().run()
    assert [len(one) for one in trials(app).scenarios] == [2, 1, 3]

    app.button(key="compare").click().run()
    assert app.button(key="stop-compare")  # the page is there before the plans are
    trials(app).comparing.wait()
    app.run()
    assert not app.exception
    found, words = trials(app).compared, said(app)
    without, moved, nobody = found.outcomes
    assert found.record == record.plan
    assert not any(route.unit == "PI1" for route in without.plan.routes)
    assert without.plan.value < found.now.plan.value
    lost = [code for code, effect in found.became(without.plan).items() if effect == "lost"]
    assert lost
    lines = [line.value for line in app.markdown]
    assert "A: senza Unità Alabastro e nessuna mediazione in albanese" in lines
    assert without.lost == ("A-0515",)  # promised by the unit that would stay at home
    assert "appuntamento 15" in words.replace("\xa0", " ").lower()
    assert moved.plan is not None
    assert nobody.plan is None
    assert "deve restarne almeno una" in words
    assert "Zone le cui visite cambiano" in words
    assert scenarios.plan_of_record(session.store(), COORDINATOR, NIGHT) == record


def test_a_week_of_record_is_read_from_the_store(planned):
    app = planned
    app.segmented_control(key="what_if_count").set_value(7).run()
    assert not app.exception
    words = unescape(said(app))
    assert "Accanto al piano che c'è" in words
    assert "Senza un piano:" in words  # six of the nights have none, and it says which
    records = scenarios.records_of(session.store(), COORDINATOR, NIGHT, 7)
    together = scenarios.plan_together(records)
    assert {*records} == {0}
    assert together.routes == records[0].plan.routes
    later = scenarios.records_of(session.store(), COORDINATOR, NIGHT + -3, 7)
    assert {route.night for route in scenarios.plan_together(later).routes} == {3}


def test_how_well_the_plan_holds_and_what_one_more_would_bring(planned):
    app = planned
    app.segmented_control(key="what_if_view").set_value("holds").run()
    assert not app.exception
    assert "In orario" in said(app)
    app.button(key="plan_buffer").click().run()
    trials(app).buffer.wait()
    app.run()
    plan, robust, _buffer = trials(app).buffer.result
    assert robust.on_time >= 0.95
    count = len(session.store().plans(COORDINATOR, NIGHT))
    app.button(key="keep_buffer").click().run()
    assert not app.exception
    records = session.store().plans(COORDINATOR, NIGHT)
    assert len(records) == count + 1
    assert records[0].plan.served == plan.served

    app.segmented_control(key="what_if_view").set_value("more").run()
    app.button(key="find_more").click().run()
    trials(app).more.stop()  # what was tried until then is told
    trials(app).more.wait()
    app.run()
    assert not app.exception
    assert "Il meglio di ogni tipo" in said(app)


def test_the_page_is_for_coordinators(visit):
    app = visit(Viewer(Role.OPERATOR, unit="LU1"), "e-se")
    assert "E se…?" not in [title.value for title in app.title]
