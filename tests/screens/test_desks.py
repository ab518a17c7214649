"""The desks page: which opens next, in which language; a desk is added and changed."""

import pytest

from data.access import Role, Viewer
from data.texts import Texts
from geo.desks import Desk
from screens.names import hours
from screens.session import store
from tests.screens.conftest import COORDINATOR, said


@pytest.fixture
def desks(visit):
    return visit(COORDINATOR, "sportelli")


def test_every_desk_is_listed_with_its_next_opening(desks):
    assert not desks.exception
    text = said(desks)
    for desk in store().desks(COORDINATOR):
        assert desk.name in text
    assert "itinerante" in text
    # A Friday evening: the next is on Monday.
    assert "lunedì 18 maggio 2026" in text


def test_a_language_leaves_those_that_speak_it(desks):
    language = sorted({code for desk in store().desks(COORDINATOR) for code in desk.languages})[0]
    desks.selectbox(key="desk-language").select(language).run()
    text = said(desks)
    for desk in store().desks(COORDINATOR):
        assert (desk.name in text) == (language in desk.languages)


def test_a_desk_is_changed_and_keeps_its_place(desks):
    old = store().desks(COORDINATOR)[0]
    desks.selectbox(key="desk-chosen").select(old.code).run()
    desks.text_input(key=f"desk-{old.code}-hours").input("Sa 15:00-18:00")
    desks.button(key=f"desk-{old.code}-save").click().run()
    assert not desks.error
    new = store().desks(COORDINATOR)[0]
    assert (new.opening_hours, new.lon, new.lat) == ("Sa 15:00-18:00", old.lon, old.lat)
    assert "domani 15:00–18:00" in said(desks)


def test_hours_that_cannot_be_read_change_nothing(desks):
    old = store().desks(COORDINATOR)[0]
    desks.selectbox(key="desk-chosen").select(old.code).run()
    desks.text_input(key=f"desk-{old.code}-hours").input("Sabato 15-18")
    desks.button(key=f"desk-{old.code}-save").click().run()
    assert "carattere" in desks.error[0].value
    assert store().desks(COORDINATOR)[0] == old


def test_a_new_desk_stands_in_its_municipality(desks):
    desks.text_input(key="desk-new-code").input("S99")
    desks.text_input(key="desk-new-name").input("Sportello nuovo")
    desks.text_input(key="desk-new-hours").input("24/7")
    desks.button(key="desk-new-save").click().run()
    assert not desks.error
    assert "sempre aperto" in said(desks)
    (new,) = [desk for desk in store().desks(COORDINATOR) if desk.code == "S99"]
    assert new.synthetic


def test_a_crew_reads_the_desks_and_changes_none(visit):
    app = visit(Viewer(Role.OPERATOR, unit="U1"), "sportelli")
    assert not app.exception
    assert not [button for button in app.button if (button.key or "").endswith("-save")]


def test_every_other_saturday_is_said_in_words():
    desk = Desk("A", "A", "047014", 10.9, 43.9, "Sa[1,3] 10:00-12:30; PH off", frozenset({"it"}))
    assert hours(Texts("it"), desk) == "1º e 3º sab del mese 10:00–12:30, chiuso nei festivi"
    assert hours(Texts("en"), desk) == "1 and 3 Sat of the month 10:00–12:30, closed on holidays"
