"""The hotline's page: a request is entered, the units answer, one accepts, it ends."""

from data import hotline
from data.access import Role, Viewer
from geo.contacts import Request
from geo.night import Night
from routing.requests import RequestOutcome
from screens.session import now, store
from tests.screens.conftest import COORDINATOR, said


def requests():
    return hotline.requests(store(), COORDINATOR, Night.of(now()))


def entered(app):
    app.selectbox(key="request-place").select("046017")
    app.selectbox(key="request-kind").select(Request.ASCOLTO)
    app.button(key="request-enter").click().run()
    assert not app.exception
    return app


def test_a_request_is_entered_answered_accepted_and_ends(visit):
    app = entered(visit(COORDINATOR, "numero-verde"))
    (standing,) = requests()
    assert "Lucca · ascolto" in said(app)
    assert "Nessuno l’ha ancora accolta" in said(app)
    key = standing.request.key
    app.button(key=f"ask-{key}").click().run()
    offers = [button for button in app.button if (button.key or "").startswith(f"accept-{key}")]
    assert 0 < len(offers) <= hotline.BEST
    assert "entra nel piano" in said(app)
    offers[0].click().run()
    assert not app.exception
    assert "Accolta da Unità" in said(app)
    assert requests()[0].unit == offers[0].key.rpartition("-")[2]
    app.button(key=f"end-{key}-incontro").click().run()
    assert requests()[0].outcome is RequestOutcome.MET
    assert "Richieste concluse" in said(app)


def test_the_hotline_changes_and_withdraws_what_it_entered(visit):
    caller = Viewer(Role.HOTLINE)
    app = entered(visit(caller, "numero-verde"))
    key = requests()[0].request.key
    app.text_input(key=f"change-{key}-closes").input("01:00")
    app.button(key=f"change-{key}-enter").click().run()
    assert not app.exception
    assert requests()[0].request.closes == "01:00"
    assert "22:00–01:00" in said(app)
    app.button(key=f"withdraw-{key}").click().run()
    assert requests()[0].outcome is RequestOutcome.WITHDRAWN
    assert "Richieste concluse" in said(app)


def test_what_is_missing_is_asked_for(visit):
    app = visit(COORDINATOR, "numero-verde")
    app.button(key="request-enter").click().run()
    assert "Scegliere il comune" in app.error[0].value
    assert requests() == ()


def test_hours_that_are_none_are_said(visit):
    app = visit(COORDINATOR, "numero-verde")
    app.text_input(key="request-opens").input("23:30")
    app.text_input(key="request-closes").input("22:00")
    entered(app)
    assert "nessuno può aspettare" in app.error[0].value
    assert requests() == ()
