"""A running program and a browser that may talk to nobody else."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from datetime import date
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from data.access import Role, Viewer
from data.demo import generate
from data.releases import publish
from data.roads import load_network
from data.settings import load
from data.store import Store
from geo.municipalities import municipalities
from geo.night import Night
from tests.screens.conftest import EVENING

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
SCREENSHOTS = ROOT / "var" / "screenshots"
MONTH = date(2026, 3, 1)
"""Published, so that municipalities and the network have figures to look at."""

LOOPBACK = {"localhost", "127.0.0.1", "::1"}
SIZES = {"desktop": (1440, 900), "phone": (360, 740)}
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def chromium_path():
    """Debian's Chromium, or another that the environment names."""
    return os.environ.get("PROSSIMA_CHROMIUM") or shutil.which("chromium")


class Program:
    """The server as a process of its own, with a clock that the test sets."""

    def __init__(self, folder, **environment):
        self.home, self.clock = folder / "home", folder / "clock"
        self.log, self.environment = folder / "server.log", environment
        self.published = False
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://localhost:{self.port}"
        self.at(EVENING.isoformat())

    def filled(self):
        """The same, with the demo region in it."""
        store = Store.open(load(home=self.home), lambda: EVENING)
        region = generate(load_network(self.home), municipalities(), Night.of(EVENING).date)
        store.fill(Viewer(Role.COORDINATOR), region)
        publish(store, Viewer(Role.COORDINATOR), MONTH)
        store.close()
        return self

    def at(self, moment):
        """Set the clock."""
        self.clock.write_text(moment, encoding="utf-8")

    @contextmanager
    def running(self):
        """The program answers in here."""
        command = [sys.executable, str(HERE / "serve.py"), str(self.port), str(self.clock)]
        environment = {
            **os.environ,
            "PROSSIMA_HOME": str(self.home),
            "PROSSIMA_PLANNER_SECONDS": "2",
            **self.environment,
        }
        with self.log.open("wb") as log:
            process = subprocess.Popen(
                command, env=environment, stdout=log, stderr=subprocess.STDOUT, cwd=ROOT
            )
        try:
            self._wait(process)
            yield self
        finally:
            process.terminate()
            process.wait(timeout=20)

    def _wait(self, process):
        for _ in range(240):
            if process.poll() is not None:
                break
            try:
                urllib.request.urlopen(f"{self.url}/_stcore/health", timeout=1).close()
            except OSError:
                time.sleep(0.25)
            else:
                return
        raise RuntimeError(self.log.read_text(encoding="utf-8"))


@pytest.fixture(scope="package")
def program(tmp_path_factory):
    """The demo region, served."""
    with Program(tmp_path_factory.mktemp("browser")).filled().running() as served:
        yield served


@pytest.fixture(scope="package")
def launcher():
    """Starts browsers; without one these tests are skipped. It has an event loop that runs: it
    ends with these tests, for others have their own."""
    path = chromium_path()
    if path is None:
        pytest.skip("no Chromium: apt-get install chromium, or name one in PROSSIMA_CHROMIUM")
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as running:
        yield partial(running.chromium.launch, executable_path=path, args=FLAGS)


@pytest.fixture
def chromium(launcher):
    """A browser of this test's own: one that crashes takes no other test with it."""
    browser = launcher()
    yield browser
    browser.close()


STILL = 5
"""Looks in a row, 60 ms apart, at which a page that is drawn must not have changed."""

DRAWN = """() => {
    const app = document.querySelector("[data-test-script-state]")
    const main = document.querySelector("[data-testid=stMain]")
    return [app?.dataset.testScriptState, document.getElementsByTagName("*").length,
            main?.scrollHeight, document.getAnimations().length]
}"""
"""What changes while Streamlit draws: script, elements, height, and what fades in or out."""


class Visitor:
    """A person at a browser window, and everything the window asks of anyone."""

    def __init__(self, context, program):
        self.page, self.program = context.new_page(), program
        self.requests, self.troubles = [], []
        context.on("request", lambda request: self.requests.append(request.url))
        self.page.on("websocket", lambda socket: self.requests.append(socket.url))
        self.page.on("pageerror", lambda error: self.troubles.append(str(error)))
        self.page.on("console", self._heard)
        self.page.goto(program.url)
        self.page.get_by_role("heading", level=1).wait_for(timeout=60_000)
        self.settled()

    def _heard(self, message):
        if message.type == "error" or "Content Security Policy" in message.text:
            self.troubles.append(message.text)

    @property
    def strangers(self):
        """Hosts other than this machine that were asked for anything."""
        links = [urlsplit(url) for url in self.requests]
        return {
            link.hostname
            for link in links
            if link.scheme not in {"data", "blob"} and link.hostname not in LOOPBACK
        }

    def settled(self):
        """Wait until the page has been drawn and every map has its shapes."""
        self._at_rest()
        maps = self.page.frames[1:]
        for frame in maps:
            try:
                frame.locator(".place").first.wait_for(state="attached", timeout=30_000)
            except Exception:
                if not frame.is_detached():  # its page has gone, and with it the map
                    raise
        if maps:  # a map that has come may have sent its height, or a choice
            self._at_rest()

    def _begun(self):
        """Wait until the server has taken up what was clicked: a busy one needs a moment."""
        for _ in range(60):
            if self.page.evaluate(DRAWN)[0] != "notRunning":
                return
            self.page.wait_for_timeout(20)

    def _at_rest(self):
        """Wait until no script has run and nothing has moved on the page for a moment."""
        still, before = 0, None
        for _ in range(2000):
            now = self.page.evaluate(DRAWN)
            still = still + 1 if now == before and now[0] == "notRunning" else 0
            if still == STILL:
                return
            before = now
            self.page.wait_for_timeout(60)
        raise TimeoutError("the page is still being drawn")

    def press(self, name):
        """Click the button called so."""
        self.page.get_by_role("button", name=name).first.click()
        self._begun()
        self.settled()

    def open(self, name):
        """Open the page called so, through its section where the role has many pages."""
        link = self.page.get_by_role("link", name=name)
        for section in self.page.locator(".st-key-bar a").all_inner_texts():
            if link.count():
                break
            self._follow(self.page.get_by_role("link", name=section))
        self._follow(link)

    def _follow(self, link):
        link.first.click()
        self._begun()
        self.settled()

    def pages(self):
        """Open the pages of the role one after the other, *Inizio* left out; their names."""
        for section in self.page.locator(".st-key-bar a").all_inner_texts():
            if section == "Inizio":
                continue
            self._follow(self.page.get_by_role("link", name=section, exact=True))
            inside = self.page.locator(".st-key-section a").all_inner_texts()
            for name in inside or [section]:
                if name in inside[1:]:
                    self._follow(self.page.get_by_role("link", name=name, exact=True))
                yield name

    def look_as(self, size, scheme):
        """Go on in a window of another size and by day or by night."""
        width, height = SIZES[size]
        self.page.set_viewport_size({"width": width, "height": height})
        self.page.emulate_media(color_scheme=scheme)
        self.page.wait_for_timeout(100)
        self.settled()

    def picture(self, name):
        """Keep a screenshot for people to look at."""
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=SCREENSHOTS / f"{name}.png")


@pytest.fixture
def visitor(chromium, program):
    """Open a window of a size and colour scheme; at the end nobody else was asked."""
    opened = []

    def come(size="desktop", scheme="light"):
        width, height = SIZES[size]
        context = chromium.new_context(
            viewport={"width": width, "height": height}, color_scheme=scheme, locale="it-IT"
        )
        person = Visitor(context, program)
        opened.append((context, person))
        return person

    yield come
    for context, person in opened:
        context.close()
        assert not person.strangers
        assert not person.troubles
