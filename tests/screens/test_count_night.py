"""The page of the count night: decided by the weather, planned, handed out, seen, published."""

from datetime import timedelta

import pytest

from data import counts
from data.access import Role, Viewer
from data.count_entries import CountState
from data.releases import releases
from geo.night import Night
from screens import session
from tests.screens.conftest import COORDINATOR, EVENING, said


@pytest.fixture
def hurried(monkeypatch):
    monkeypatch.setenv("PROSSIMA_COUNT_SECONDS", "4")


def test_a_count_is_planned_held_and_read_by_its_crews(hurried, visit, clock):
    app = visit(COORDINATOR, "mappatura")
    assert not app.exception
    assert "da decidere" in said(app) or "Da pianificare" in said(app)
    app.multiselect(key="count_provinces").set_value(["047"]).run()
    app.button(key="count_plan").click().run()
    app.session_state[session.KEY].count_work.wait()
    app.run()
    assert not app.error
    words = said(app)
    assert "Basta un&#39;équipe" in words
    assert "ogni zona è contata da uno solo" in words
    app.button(key="count_keep").click().run()
    assert not app.error
    store = session.store()
    count = counts.counts(store, COORDINATOR)[0]
    assert {zone[:3] for zone in count.owners} == {"047"}
    assert "La previsione si può inserire da" in said(app)

    clock.moment = count.opens - timedelta(hours=3)
    app.run()
    app.number_input(key="count_rain").set_value(0.3)
    app.button(key="FormSubmitter:count_weather-Decidi con questa previsione").click().run()
    assert "Servono sia la pioggia sia il vento" in app.error[0].value
    app.number_input(key="count_wind").set_value(12.0)
    app.button(key="FormSubmitter:count_weather-Decidi con questa previsione").click().run()
    assert counts.count_of(store, COORDINATOR, count.id).state is CountState.HELD
    app.button(key="count_publish").click().run()
    assert "ogni équipe legge il proprio itinerario" in said(app)

    # The crew on its phone: persons seen, and nobody.
    (unit,) = store.published(COORDINATOR, count.night)
    clock.moment = count.opens + timedelta(minutes=30)
    crew = visit(Viewer(Role.OPERATOR, unit=unit), "itinerario")
    assert not crew.exception
    assert "nessuno viene avvicinato" in said(crew)
    assert not [one for one in crew.button if one.key == "propose"]
    crew.button(key="arrived").click().run()
    crew.button(key="count-donna").click().run()
    crew.button(key="persons+").click().run()
    crew.button(key="left").click().run()
    crew.button(key="nobody").click().run()
    found = counts.result(store, COORDINATOR, count.id)
    assert (found.at_least, found.passed) == (2, 2)
    # The afternoon after, the same form is still there; a day later it is not.
    clock.moment = count.entry_until - timedelta(hours=6)
    late = visit(Viewer(Role.OPERATOR, unit=unit), "itinerario")
    assert "si può ancora inserire fino a" in said(late)
    clock.moment = count.entry_until + timedelta(hours=1)
    gone = visit(Viewer(Role.OPERATOR, unit=unit), "itinerario")
    assert not [one for one in gone.button if one.key == "nobody"]


def test_too_few_crews_are_told_how_many_are_needed(hurried, visit):
    app = visit(COORDINATOR, "mappatura")
    app.text_input(key="count_closes").set_value("21:40").run()
    app.multiselect(key="count_provinces").set_value(["050"]).run()
    app.button(key="count_plan").click().run()
    app.session_state[session.KEY].count_work.wait()
    app.run()
    assert "équipe" in app.error[0].value
    assert "Mandate più équipe" in app.error[0].value


def test_the_count_of_the_past_shows_its_totals_and_publishes_them(visit):
    app = visit(COORDINATOR, "mappatura")
    past = counts.counts(session.store(), COORDINATOR)[-1]
    chosen = next(one for one in app.get("button_group") if one.key.startswith("count-"))
    chosen.set_value(past.id).run()
    assert not app.exception
    words = said(app)
    for expected in (
        "Persone viste, almeno",
        "intervallo al 95 %",
        "Inserimenti chiusi il",
        "Inseriti da due équipe e contati una volta",
    ):
        assert expected in words
    assert Night.of(EVENING) - past.night == 33
    app.button_group(key=f"count_view-{past.id}").set_value(True).run()
    assert "Non mostrati, e perché" in said(app)
    app.button(key="count_release").click().run()
    assert not app.error
    assert "con il numero 1 del registro" in said(app)
    (one,) = releases(session.store(), COORDINATOR, "count")
    codes = {zone.code for zone in session.store().zones(COORDINATOR)}
    assert not any(code in str(one.published.to_dict()) for code in codes)


def test_the_page_is_for_the_network_coordination(visit):
    for viewer in (
        Viewer(Role.OPERATOR, unit="LU1"),
        Viewer(Role.COORDINATOR, organisation="Associazione dimostrativa Serchio"),
    ):
        app = visit(viewer, "mappatura")
        assert "Notte di mappatura" not in [title.value for title in app.title]
