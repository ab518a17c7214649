"""The pages of handovers and free places: what they show, count and refuse."""

from datetime import date, timedelta

from data import free_places, handovers
from geo.handovers import Receiver
from screens.session import store
from tests.screens.conftest import COORDINATOR, said

MONTH = date(2026, 5, 1)


def counted(municipality, receiver):
    frame = handovers.monthly(store(), COORDINATOR, MONTH)
    own = frame[(frame["municipality"] == municipality) & (frame["receiver"] == receiver)]
    return int(own["persons"].sum())


def test_a_handover_is_counted_and_taken_back(visit):
    app = visit(COORDINATOR, "passaggi")
    assert not app.exception
    assert "Emersione" in said(app)
    before = counted("046017", "programma")
    app.button_group(key="handover-receiver").select(Receiver.PROGRAMMA)
    app.selectbox(key="handover-place").select("046017")
    app.number_input(key="handover-persons").set_value(2)
    app.button(key="handover-count").click().run()
    assert not app.error
    assert counted("046017", "programma") == before + 2
    app.selectbox(key="handover-place").select("046017")
    app.button_group(key="handover-receiver").select(Receiver.PROGRAMMA)
    app.number_input(key="handover-persons").set_value(20)
    app.button(key="handover-back").click().run()
    assert "non è cambiato nulla" in app.error[0].value
    assert counted("046017", "programma") == before + 2


def test_free_places_name_no_place_and_say_that_they_are_old(visit, clock):
    app = visit(COORDINATOR, "posti")
    assert not app.exception
    assert "dato vecchio" in said(app)
    app.text_input(key="places-call").input("via Roma 1, Lucca")
    app.button(key="places-save").click().run()
    assert "numero di telefono" in app.error[0].value
    assert "via Roma" not in app.error[0].value
    app.text_input(key="places-call").input("800 600 500")
    app.button(key="places-save").click().run()
    assert not app.error
    kept = free_places.free_places(store(), COORDINATOR)
    (new,) = [one for one in kept if one.entered == clock.moment]
    assert (new.call, new.free) == ("800 600 500", "0")
    clock.moment += timedelta(days=2)
    assert new.stale(clock.moment)
