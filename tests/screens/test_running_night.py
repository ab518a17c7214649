"""The crew's page: each tap is kept, what was lost half-way is not lost, a night is closed."""

import pytest

from data.access import Role, Viewer
from data.contact_import import contact_frame
from data.running import record, running
from data.texts import Texts
from geo.errors import ConflictError
from routing.progress import CrewEvent, EventKind
from screens import night, session
from tests.nights import NIGHT
from tests.screens.conftest import COORDINATOR, said
from tests.screens.test_pages import published

OPERATOR = Viewer(Role.OPERATOR, unit="LU1")


def tap(app, label):
    """Tap the button called so; the page may hold several that are."""
    found = [button for button in app.button if button.label == label]
    assert found, [button.label for button in app.button]
    return found[0].click().run()


def kept():
    return session.store()


@pytest.fixture
def page(visit, clock):
    published(visit)
    clock.moment = kept().published_itinerary(COORDINATOR, NIGHT, "LU1").stops[0].begin
    app = visit(OPERATOR, "itinerario")
    assert not app.exception
    return app


def test_three_taps_count_a_contact_and_nothing_has_to_be_saved(page, visit):
    before = len(contact_frame(kept(), COORDINATOR))
    tap(page, "Siamo sul posto")
    tap(page, "Contattata")
    # The page is lost here: the contact is not.
    assert len(contact_frame(kept(), COORDINATOR)) == before + 1
    again = visit(OPERATOR, "itinerario")
    assert "1 persona contata qui." in said(again)
    pills = [group for group in again.button_group if group.label == "Genere percepito"]
    pills[0].set_value("donna").run()
    last = contact_frame(kept(), COORDINATOR).iloc[-1]
    assert (last["gender"], last["kind"]) == ("donna", "contattata")
    tap(again, "Come il precedente")
    assert contact_frame(kept(), COORDINATOR)["gender"].tolist()[-2:] == ["donna", "donna"]
    tap(again, "Annulla l'ultimo")
    assert len(contact_frame(kept(), COORDINATOR)) == before + 1


def test_an_apparent_minor_opens_the_call_procedure(page):
    tap(page, "Siamo sul posto")
    tap(page, "Contattata")
    ages = next(group for group in page.button_group if group.label == "Età percepita")
    ages.set_value("apparente_minore").run()
    assert "prima di tutto telefonare" in said(page)


def test_a_tap_whose_answer_was_lost_counts_once_when_tapped_again(page, monkeypatch):
    """Kept, but the answer never came: the button still carries the same identifier."""
    tap(page, "Siamo sul posto")
    real = night.record

    def lost(*given):
        real(*given)
        raise ConflictError("database_busy")

    before = len(contact_frame(kept(), COORDINATOR))
    monkeypatch.setattr(night, "record", lost)
    tap(page, "Contattata")
    assert Texts("it").code("database_busy") in said(page)
    monkeypatch.setattr(night, "record", real)
    tap(page, "Contattata")
    assert len(contact_frame(kept(), COORDINATOR)) == before + 1


def test_two_of_a_crew_count_at_the_same_stop(page, clock):
    tap(page, "Siamo sul posto")
    stop = running(kept(), COORDINATOR, NIGHT, "LU1").progress.here.stop.key
    other = CrewEvent("phone-b-00001", EventKind.TALLY, "phone-b", 1, clock.moment, stop, {})
    record(kept(), OPERATOR, NIGHT, "LU1", [other])
    tap(page, "Contattata")
    assert "2 persone contate qui." in said(page)


def test_late_entries_without_the_way_and_nothing_after_noon(page, visit, clock):
    clock.set("2026-05-16T11:30:00+02:00")
    late = visit(OPERATOR, "itinerario")
    assert Texts("it").code("itinerary_expired") in said(late)
    assert "Chiudi la notte" in [each.label for each in late.expander]
    assert not late.get("component_instance")
    before = len(contact_frame(kept(), COORDINATOR))
    tap(late, "Osservata")
    assert len(contact_frame(kept(), COORDINATOR)) == before + 1
    clock.set("2026-05-16T12:30:00+02:00")
    assert "Contatti" not in said(visit(OPERATOR, "itinerario"))


def test_the_next_desk_speaks_a_language_of_the_crew(page):
    # A Friday evening: Pistoia opens on the first and third Saturdays and speaks Romanian.
    text = said(page)
    assert "Lo sportello che apre prima" in text
    assert "Sportello di Pistoia: domani 10:00–12:30" in text
    assert "Pistoia · rumeno" in text
