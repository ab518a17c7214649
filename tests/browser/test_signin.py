"""Four people sign in with a real provider: each reaches the own pages and no other."""

import base64
import os
import subprocess
import sys
import urllib.request
from contextlib import contextmanager
from dataclasses import replace

import pytest
from streamlit.navigation.page import calc_hash
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState

from data import accounts
from data.access import Role, Viewer
from data.accounts import Account
from data.serving import prepare
from data.settings import load
from data.store import Store
from screens.shell import ENTRIES
from tests.browser.conftest import ROOT, Program, Visitor
from tests.provider import CLIENT, SECRET, Provider

pytestmark = pytest.mark.browser

PEOPLE = {
    "carla": Viewer(Role.COORDINATOR),
    "olga": Viewer(Role.OPERATOR, unit="PO1"),
    "marco": Viewer(Role.MUNICIPALITY, municipality="100005"),
    "rita": Viewer(Role.NETWORK),
}
FIRST = "Stanotte, e quel che viene dopo"
REFUSED = "Questa pagina non è per il vostro ruolo."


class Signed(Program):
    """The demo region behind a provider, served as `prossima serve` does, on the real clock."""

    def __init__(self, folder, provider):
        super().__init__(folder)
        self.settings = load(
            home=self.home, port=self.port, oidc_client_id=CLIENT, oidc_client_secret=SECRET,
            oidc_metadata_url=f"{provider.url}/.well-known/openid-configuration",
        )  # fmt: skip
        self.store = Store.open(self.settings)
        self.numbers = {}
        for subject in ("rita", "carla", "olga", "marco"):
            person = PEOPLE[subject]
            account = Account(
                provider.url, subject, subject.title(), person.role, unit=person.unit,
                municipality=person.municipality,
            )  # fmt: skip
            self.numbers[subject] = accounts.save(self.store, PEOPLE["rita"], account).id
        _link, self.options = prepare(self.settings)

    @contextmanager
    def running(self):
        command = [sys.executable, "-m", "streamlit", "run", str(ROOT / "app.py"), *self.options]
        given = {
            name: os.environ.get(name, "") for name in ("PATH", "HOME", "TMPDIR", "VIRTUAL_ENV")
        }
        given |= {
            "PROSSIMA_HOME": str(self.home),
            "PROSSIMA_OIDC_METADATA_URL": self.settings.oidc_metadata_url,
            "PROSSIMA_OIDC_CLIENT_ID": CLIENT,
            "PROSSIMA_OIDC_CLIENT_SECRET": SECRET,
        }
        with self.log.open("wb") as log:
            process = subprocess.Popen(
                command, env=given, stdout=log, stderr=subprocess.STDOUT, cwd=ROOT
            )
        try:
            self._wait(process)
            yield self
        finally:
            process.terminate()
            process.wait(timeout=20)


@pytest.fixture(scope="module")
def provider():
    with Provider([*PEOPLE, "nobody"]) as running:
        yield running


@pytest.fixture(scope="module")
def signed(tmp_path_factory, provider):
    with Signed(tmp_path_factory.mktemp("signed"), provider).running() as served:
        yield served
    served.store.close()


@pytest.fixture
def person(chromium, signed, provider):
    """Someone at a window of their own, signed in as a subject."""
    opened = []

    def come(subject):
        context = chromium.new_context(viewport={"width": 1440, "height": 900}, locale="it-IT")
        context.add_init_script(SOCKETS)
        opened.append(context)
        visitor = Visitor(context, signed)
        sign_in(visitor, subject)
        return visitor

    provider.fault, provider.lasts = None, 3600
    yield come
    for context in opened:
        context.close()


def sign_in(visitor, subject):
    visitor.page.get_by_role("button", name="Entra", exact=True).click()
    visitor.page.get_by_role("link", name=subject).click()
    visitor.page.wait_for_url(f"{visitor.program.url}/**", timeout=30_000)
    visitor.page.get_by_role("heading", level=1).wait_for(timeout=30_000)
    visitor.settled()


SOCKETS = """
window.sockets = [];
window.WebSocket = class extends WebSocket {
    constructor(...given) { super(...given); window.sockets.push(this); }
};
"""
"""Keeps hold of the page's connection, so that a test can speak in the browser's place."""

SAY = """said => window.sockets.findLast(one => one.readyState === 1)
    .send(Uint8Array.from(atob(said), letter => letter.charCodeAt(0)))"""


def force(visitor, path):
    """Ask the server for a page as Streamlit's browser does, past menu and address."""
    state = ClientState(page_script_hash=calc_hash(path))
    said = BackMsg(rerun_script=state).SerializeToString()
    visitor.page.evaluate(SAY, base64.b64encode(said).decode())
    visitor.page.wait_for_timeout(150)
    visitor.settled()


def own(viewer):
    return {entry.path for entry in ENTRIES if entry.open_to(viewer)}


def text(visitor):
    return visitor.page.locator("[data-testid=stMain]").inner_text()


TITLES = {"carla": ("zone", "Zone"), "olga": ("posti", "Posti"), "marco": ("comune", "Prato"),
          "rita": ("registro", "Registro")}  # fmt: skip
"""A page of each, and how it begins: that a page can be forced at all."""


@pytest.mark.parametrize("subject", PEOPLE)
def test_a_page_forced_over_the_connection_is_refused_like_any_other(person, subject):
    visitor = person(subject)
    heading, below = visitor.page.get_by_role("heading", level=1), visitor.page.locator("h2, h3")
    mine, (path, begins) = own(PEOPLE[subject]), TITLES[subject]
    force(visitor, path)
    assert heading.inner_text().startswith(begins)
    force(visitor, "inizio")
    start = below.all_inner_texts()
    foreign = [entry.path for entry in ENTRIES if entry.path not in mine]
    # A third each, so that every page is somebody's; all roles and pages: tests/screens.
    for path in foreign[list(PEOPLE).index(subject) % 3 :: 3]:
        force(visitor, path)
        # The server knows no such page for them, and draws the first one.
        assert heading.inner_text() == FIRST, path
        assert below.all_inner_texts() == start, path
        assert REFUSED not in text(visitor)


@pytest.mark.parametrize("subject", PEOPLE)
def test_each_reaches_the_own_pages_and_no_other_by_menu_and_url(person, subject):
    visitor = person(subject)
    menu = visitor.page.locator(".st-key-bar a, .st-key-section a")
    mine = own(PEOPLE[subject])
    found = {link.get_attribute("href").rsplit("/", 1)[-1] or "inizio" for link in menu.all()}
    assert found <= mine
    assert len(found) > 1
    foreign = [entry.path for entry in ENTRIES if entry.path not in mine]
    for path in (*sorted(mine & {"rete", "comune", "itinerario", "stanotte"})[:1], *foreign[:4]):
        visitor.page.goto(f"{visitor.program.url}/{path}")
        visitor.page.get_by_role("heading", level=1).wait_for(timeout=30_000)
        visitor.settled()
        title = visitor.page.get_by_role("heading", level=1).inner_text()
        # A page that is not theirs is not there for them: Streamlit shows the first one.
        assert (title == FIRST) is (path not in mine)
        assert REFUSED not in text(visitor)


def test_who_has_no_account_is_told_what_to_hand_to_the_network(person):
    visitor = person("nobody")
    assert "nobody" in text(visitor)
    assert visitor.page.locator(".st-key-bar a").count() <= 1


def test_a_spoiled_token_or_a_made_up_cookie_lets_nobody_in(chromium, signed, provider):
    context = chromium.new_context(locale="it-IT")
    context.add_cookies([{"name": "_streamlit_user", "value": "2|1:0|forged", "url": signed.url}])
    visitor = Visitor(context, signed)
    entry = visitor.page.get_by_role("button", name="Entra", exact=True)
    for fault in ("forged", "expired", "audience", "issuer", "replayed"):
        provider.fault = fault
        sign_in(visitor, "rita")
        assert entry.is_visible(), fault
        assert "Registro" not in visitor.page.locator(".st-key-bar").inner_text()
    provider.fault = None
    sign_in(visitor, "rita")
    assert "Registro" in visitor.page.locator(".st-key-bar").inner_text()
    context.close()


def test_signing_out_everywhere_and_a_changed_role_end_the_other_window(person, signed, provider):
    first, second = person("marco"), person("marco")
    first.page.get_by_role("button", name="Esci").click()
    first.page.get_by_role("button", name="Su tutti i dispositivi").click()
    first.page.get_by_role("button", name="Entra", exact=True).wait_for(timeout=30_000)
    second.page.goto(f"{signed.url}/comune")
    second.page.get_by_role("button", name="Entra", exact=True).wait_for(timeout=30_000)
    assert second.page.get_by_role("heading", level=1).inner_text() == FIRST
    second.page.wait_for_timeout(1100)  # a token's moment is a whole second
    sign_in(second, "marco")
    account = accounts.known(signed.store, provider.url, "marco")
    operator = replace(account, role=Role.OPERATOR, unit="PO1", municipality=None)
    accounts.save(signed.store, PEOPLE["rita"], operator)
    second.page.get_by_role("link", name="Comune").first.click()
    second.page.get_by_role("button", name="Entra", exact=True).wait_for(timeout=30_000)
    second.settled()
    assert second.page.locator(".st-key-bar a").count() == 0


def test_every_answer_is_kept_from_caches_and_frames(signed):
    with urllib.request.urlopen(signed.url, timeout=10) as answer:
        assert answer.headers["Cache-Control"] == "no-store"
        assert "frame-ancestors 'self'" in answer.headers["Content-Security-Policy"]
