"""The coordinator's week and scenarios in a browser: the page stays free while they are planned."""

import pytest

from tests.browser.test_night import violations

pytestmark = pytest.mark.browser


def test_a_week_and_a_scenario_are_planned_beside_the_page(program, visitor):
    coordinator = visitor("desktop", "light")
    page = coordinator.page
    coordinator.press("Entra come coordinamento")
    coordinator.open("Settimana")
    page.get_by_role("button", name="Pianifica la settimana").click()
    page.get_by_text("Ricerca dei giri").wait_for(timeout=60_000)
    # Another page opens while the search goes on, and the search is still there afterwards.
    coordinator.open("E se")
    page.get_by_role("heading", name="E se…?").wait_for()
    coordinator.open("Settimana")
    page.get_by_role("button", name="Ferma qui").click()
    page.get_by_text("Copertura notte per notte").wait_for(timeout=60_000)
    coordinator.settled()
    coordinator.picture("week")
    assert violations(page) == []

    coordinator.open("Monitoraggio")
    page.get_by_text("Come si muovono le zone").first.wait_for()
    page.get_by_role("radio", name="province").first.click()
    coordinator.settled()
    page.get_by_text("I mesi in tabella").first.click()
    assert violations(page) == []

    coordinator.open("E se")
    coordinator.press("Aggiungi")
    page.get_by_role("button", name="Confronta", exact=True).click()
    page.get_by_text("Zona per zona").wait_for(timeout=120_000)
    coordinator.settled()
    coordinator.picture("what-if")
    assert page.locator("table", has_text="A: senza").count() == 1
    assert violations(page) == []
