"""A municipality's whole session, every byte of it searched for a place that must not be there."""

import urllib.error
import urllib.request
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pandas as pd
import pytest
import shapely

from data import municipal, releases
from data.access import Role, Viewer
from data.artefacts import search
from data.settings import load
from data.store import Store
from geo.canaries import canaries
from tests.browser.conftest import Program, Visitor
from tests.screens.conftest import EVENING

pytestmark = pytest.mark.browser

COORDINATOR = Viewer(Role.COORDINATOR)
FILES = {"CSV", "XLSX", "GeoJSON", "GeoPackage", "PDF", "JSON"}


class Listener:
    """Everything that a window receives, sends and downloads, by name."""

    def __init__(self, person):
        self.person, self.heard, self.links = person, {}, set()
        page = person.page
        page.context.on("request", self._request)
        page.on("websocket", self._socket)
        page.reload()
        person.settled()

    def _request(self, request):
        self.links.add(request.url)
        self.heard[f"request {len(self.heard)}"] = f"{request.url} {request.post_data}".encode()

    def _socket(self, socket):
        for event in ("framereceived", "framesent"):
            socket.on(event, self._frame)

    def _frame(self, frame):
        data = frame.encode() if isinstance(frame, str) else frame
        self.heard[f"frame {len(self.heard)}"] = data

    def download(self, name):
        with self.person.page.expect_download(timeout=60_000) as waiting:
            self.person.page.get_by_role("button", name=name, exact=True).click()
        got = waiting.value
        self.heard[got.suggested_filename] = got.path().read_bytes()

    def all(self):
        """What was heard, and every file that the window fetched, fetched again: a browser may
        have let go of a body, and waits for one that never ends."""
        for link in sorted(self.links):
            if link.startswith(("http://localhost", "http://127.0.0.1")) and "/media/" not in link:
                try:
                    with urllib.request.urlopen(link, timeout=10) as answer:
                        self.heard[f"body of {link}"] = answer.read(30_000_000)
                except OSError:
                    continue  # a stream, or a page that is not there
        return self.heard


@pytest.fixture(scope="module")
def planted(program):
    """A zone that lies on no road, with contacts of last month, and that month published.

    Returns the municipality whose district is shown, and the canaries.
    """
    store = Store.open(load(home=program.home), lambda: EVENING)
    month = (EVENING.date().replace(day=1) - timedelta(1)).replace(day=1)
    old = next(iter(store.zones(COORDINATOR)))
    x, y = 11.412345678, 43.298765432
    line = shapely.LineString([(x, y), (x + 0.0123456789, y + 0.0023456789)])
    zone = replace(old, code="052033-71", municipality="052033", geometry=line)
    store.save_zones(COORDINATOR, [zone])
    nights = [(month + timedelta(3 * n), zone.code, "contattata", 4) for n in range(5)]
    frame = pd.DataFrame(nights, columns=["night", "zone", "kind", "count"])
    store.save_contacts(COORDINATOR, frame)
    released = releases.publish(store, COORDINATOR, month).published
    shown = released.cell_of("052033") or released.cells[0]
    store.close()
    return shown.members[0], canaries(np.array(line.coords)), zone.code


WRONG = ("/niente", "/media/niente.pdf", "/_stcore/niente", "/component/niente/x.js", "/%00")
"""Addresses of which there is nothing."""


def answered(link):
    """What the server says to an address, whether it likes it or not."""
    try:
        with urllib.request.urlopen(link, timeout=10) as answer:
            return answer.read()
    except urllib.error.HTTPError as error:
        return str(error.headers).encode() + error.read()


def found(heard, wanted):
    return {name for name, data in heard.items() if search(name, data, wanted).traces}


def test_nothing_a_municipality_receives_or_downloads_holds_a_place(program, visitor, planted):
    municipality, wanted, code = planted
    program.at(EVENING.isoformat())
    person = visitor()
    listener = Listener(person)
    page = person.page
    names = pd.read_csv("data/tuscany/districts.csv", dtype=str).set_index("istat")["municipality"]
    box = page.get_by_label("Il vostro comune").first
    box.click()
    box.fill(names[municipality])
    page.wait_for_timeout(400)
    page.keyboard.press("Enter")
    person.settled()
    person.press("Entra come comune")
    page.get_by_text("I mesi a confronto").wait_for()
    person.picture("municipality-figures")
    for button in sorted(FILES):
        listener.download(button)
    person.open("Inizio")
    person.open("Segnalazioni")
    page.get_by_text("Dati di un mese").first.wait_for()
    person.picture("municipality-reports")
    person.open("Comune")
    # Another territory cannot be asked for by the address.
    page.goto(f"{program.url}/comune?municipality=048017&month=2026-03")
    person.settled()
    page.goto(f"{program.url}/pubblicazioni")
    person.settled()
    person.troubles.clear()  # there is no such page for who is not signed in
    heard = listener.all()
    heard |= {f"error {path}": answered(f"{program.url}{path}") for path in WRONG}
    files = [name for name in heard if name.startswith("prossima-")]
    assert len(files) == len(FILES)
    assert all(municipality in name for name in files)
    assert sum(name.startswith("frame") for name in heard) > 20
    heard["server.log"] = program.log.read_bytes()
    assert found(heard, wanted) == set()
    assert not [name for name, data in heard.items() if code.encode() in data]
    assert not any(search(name, heard[name], wanted).meta for name in files)


def test_the_search_hears_what_a_coordinator_is_sent(program, visitor, planted):
    # Otherwise the silence above would mean nothing.
    _municipality, wanted, _code = planted
    person = visitor()
    listener = Listener(person)
    person.press("Entra come coordinamento")
    person.open("Territorio")
    heard = listener.all()
    assert any(name.startswith("frame") for name in found(heard, wanted))


def test_the_municipal_installation_has_no_page_of_presence(program, chromium, tmp_path):
    there = Program(tmp_path, PROSSIMA_PROFILE="municipality")
    store = Store.open(
        load(home=program.home, municipal_url=f"sqlite:///{there.home / 'municipal.db'}"),
        lambda: EVENING,
    )
    there.home.mkdir()
    municipal.push(store, COORDINATOR)
    store.close()
    with there.running():
        person = Visitor(chromium.new_context(locale="it-IT"), there)
        assert not person.page.get_by_role("button", name="Entra come coordinamento").count()
        person.press("Entra come rete")
        names = {*person.page.locator(".st-key-bar a").all_inner_texts()}
        assert names == {
            "Inizio", "Monitoraggio", "Regione", "Rete stradale", "Accessi", "Registro",
        }  # fmt: skip
        for path in ("zone", "copertura", "monitoraggio"):
            person.page.goto(f"{there.url}/{path}")
            person.page.get_by_role("heading", level=1).wait_for()
            person.settled()
            title = person.page.get_by_role("heading", level=1).first.inner_text()
            assert title not in {"Zone", "Copertura", "Monitoraggio"}
