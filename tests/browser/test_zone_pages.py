"""A coordinator looks at a zone, at the coverage, and brings contacts in; nobody else is asked."""

import pytest

from data.access import Role, Viewer
from data.contact_columns import ContactMapping
from data.contact_import import save_mapping
from data.roads import load_network
from data.settings import load
from data.store import Store
from geo.night import Night
from screens.names import zone_name
from tests.browser.test_night import AFTERNOON, ENTRANCES, the_map, violations
from tests.screens.conftest import EVENING
from tests.screens.contact_files import as_csv, at_places, in_zones, on_road_far_from

pytestmark = pytest.mark.browser

COORDINATOR = Viewer(Role.COORDINATOR)
LOOKS = [("desktop", "light"), ("desktop", "dark"), ("phone", "light"), ("phone", "dark")]


@pytest.fixture
def kept(program):
    """The program's own database, beside it."""
    store = Store.open(load(home=program.home), lambda: EVENING)
    yield store
    store.close()


def entered(program, visitor, page):
    program.at(AFTERNOON)
    person = visitor()
    person.press(ENTRANCES[0])
    person.open(page)
    return person


def readable(person, name):
    """Everyone can read the page, in both sizes, by day and by night."""
    for size, scheme in LOOKS:
        person.look_as(size, scheme)
        assert violations(person.page) == [], (size, scheme)
        assert fits(person.page), (size, scheme)
        person.picture(f"{name}-{size}-{scheme}")


def pick(person, label, text):
    """Choose in a list by typing."""
    person.page.get_by_role("combobox", name=label).click()
    person.page.keyboard.type(text)
    person.page.wait_for_timeout(300)
    person.page.keyboard.press("Enter")
    person.page.wait_for_timeout(300)
    person.settled()


def fits(page):
    return page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_zone_can_be_read_by_everyone(program, visitor, kept):
    person = entered(program, visitor, "Zone")
    code = kept.last_visits(COORDINATOR).popitem()[0]
    pick(person, "Zona", zone_name(code))
    person.page.get_by_text("Presenze per giorno e ora").wait_for()
    for closed in person.page.get_by_test_id("stExpander").all():
        closed.locator("summary").click()
    person.settled()
    readable(person, "zone-one")


def test_the_map_stays_when_another_zone_is_chosen(program, visitor, kept):
    person = entered(program, visitor, "Zone")
    frame = person.page.frames[1]
    frame.evaluate("window.here = 'the same'")
    for code in list(kept.last_visits(COORDINATOR))[:2]:
        pick(person, "Zona", zone_name(code))
    assert person.page.frames[1].evaluate("window.here") == "the same"


def test_coverage_can_be_read_by_everyone(program, visitor):
    person = entered(program, visitor, "Copertura")
    person.page.get_by_text("La copertura in tabella").click()
    person.settled()
    assert (
        person.page.locator(".p-week").count() == 13 * person.page.locator("table tbody tr").count()
    )
    readable(person, "coverage")


def test_contacts_come_in_and_a_proposal_is_looked_at(program, visitor, kept):
    save_mapping(kept, COORDINATOR, "arcobaleno", ContactMapping())
    zones, today = kept.zones(COORDINATOR), Night.of(EVENING).date
    place = on_road_far_from(load_network(program.home), zones)
    data = as_csv([*in_zones(zones[:20], today), *at_places([place], today)])
    person = entered(program, visitor, "Dati")
    pick(person, "Organizzazione", "arcobaleno")
    person.page.locator("input[type=file]").set_input_files(
        {"name": "contatti.csv", "mimeType": "text/csv", "buffer": data}
    )
    person.settled()
    person.press("Prova: non si scrive niente")
    person.page.get_by_text("16 registrazioni non sono vicine").wait_for()
    assert violations(person.page) == []
    person.press("Cerca zone in questo file")
    person.page.get_by_role("heading", name="Proposte per le zone").wait_for()
    person.settled()
    assert the_map(person.page).locator("canvas").count() >= 1
    person.page.get_by_role("heading", name="Proposte per le zone").scroll_into_view_if_needed()
    readable(person, "proposals")


def test_a_refused_file_shows_no_value_in_the_browser(program, visitor, kept):
    save_mapping(kept, COORDINATOR, "arcobaleno", ContactMapping())
    zones, today = kept.zones(COORDINATOR), Night.of(EVENING).date
    rows = [list(row) for row in in_zones(zones[:5], today)]
    rows[3][5] = "canarino@esempio.it"
    person = entered(program, visitor, "Dati")
    pick(person, "Organizzazione", "arcobaleno")
    person.page.locator("input[type=file]").set_input_files(
        {"name": "contatti.csv", "mimeType": "text/csv", "buffer": as_csv(rows)}
    )
    person.settled()
    person.press("Prova: non si scrive niente")
    person.page.get_by_text("Il file è rifiutato").wait_for()
    assert "canarino" not in person.page.content()
    assert "canarino" not in program.log.read_text(encoding="utf-8")
    assert violations(person.page) == []
