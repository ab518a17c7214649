"""The signed links, and a server that is killed between tap and answer."""

import html
import http.client
import json
import os
import random
import shutil
import signal
import socket
import threading
import time

import pytest
import uvicorn
from sqlalchemy import func, select
from starlette.applications import Starlette
from starlette.testclient import TestClient

import data.settings
import screens.session
from data.contact_import import contact_frame
from data.models import CrewEventRow
from data.pack_links import SECRET, opened, signed
from data.running import running
from geo.errors import MissingError
from screens import phone_routes as phone_routes_module
from screens.phone_routes import Pace, phone_routes
from tests.nights import COORDINATOR, NIGHT, Clock, filled

KILLS = 100


@pytest.fixture(scope="module")
def published_home(tmp_path_factory):
    home = tmp_path_factory.mktemp("phones") / "home"
    filled(home, Clock(), ("LU1", "FI1")).close()
    return home


@pytest.fixture
def clock():
    chosen = Clock()
    chosen.set("21:30")
    return chosen


@pytest.fixture
def kept(published_home, home, clock, monkeypatch):
    """The store that the routes use, on a copy of the night."""
    shutil.copytree(published_home, home)
    monkeypatch.setattr(screens.session, "clock", clock)
    data.settings.settings.cache_clear()
    screens.session._store.clear()
    yield screens.session.store()
    screens.session.store().close()
    screens.session._store.clear()
    data.settings.settings.cache_clear()


@pytest.fixture
def phone(kept):
    return TestClient(Starlette(routes=phone_routes()))


def document(number, clock, stop, **changes):
    event = {
        "id": f"phone-test-{number}", "kind": "tally", "stop": stop, "sequence": number,
        "at": clock().timestamp() * 1000, "values": {"kind": "contattata", "gender": "donna"},
    }  # fmt: skip
    whole = {
        "kind": "prossima-night", "format": 1, "night": NIGHT.date.isoformat(), "unit": "LU1",
        "source": "phone-test", "opened": None, "built": None,
        "sent": clock().timestamp() * 1000, "events": [event],
    }  # fmt: skip
    return whole | changes


def test_a_link_opens_its_night_until_it_expires_and_no_other(phone, home, clock, kept):
    link = f"/giro/{signed(home, NIGHT, 'LU1')}"
    stands = running(kept, COORDINATOR, NIGHT, "LU1")
    answer = phone.get(link)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert "default-src 'none'" in html.unescape(answer.text)
    for name, start in (("pdf", b"%PDF"), ("gpx", b"<?xml"), ("ics", b"BEGIN:VCALENDAR")):
        assert phone.get(f"{link}/giro.{name}").content.startswith(start)
    rng = random.Random(5)
    for _ in range(40):
        at = rng.randrange(len("/giro/"), len(link))
        letter = rng.choice("abcXYZ019_-")
        if letter != link[at]:
            changed = link[:at] + letter + link[at + 1 :]
            assert phone.get(changed).status_code == 404, changed
            assert phone.post(changed, json=document(1, clock, "x")).status_code == 404
    other = signed(home, NIGHT, "FI1")
    assert phone.post(f"/giro/{other}", json=document(1, clock, "x")).status_code == 404
    clock.moment = stands.itinerary.expires_at
    assert phone.get(link).status_code == 410
    # What was counted comes in until noon.
    late = phone.post(link, json=document(1, clock, stands.itinerary.stops[0].key))
    assert late.json()["kept"] == ["phone-test-1"]
    clock.set("11:59")
    clock.forward(1)
    assert phone.post(link, json=document(2, clock, "x")).status_code == 410


def test_a_link_that_is_opened_again_and_again_has_to_wait(phone, home, monkeypatch):
    monkeypatch.setattr(phone_routes_module, "MADE", Pace(2))
    monkeypatch.setattr(phone_routes_module, "MERGED", Pace(1))
    link, other = (f"/giro/{signed(home, NIGHT, unit)}" for unit in ("LU1", "FI1"))
    codes = [phone.get(f"{link}/giro.ics").status_code for _ in range(3)]
    assert codes == [200, 200, 429]
    assert phone.get(f"{other}/giro.ics").status_code == 200
    assert [phone.post(link, content=b"{").status_code for _ in range(2)] == [400, 429]
    assert phone.get(f"{link}/giro.ics").headers["retry-after"] == "60"


def test_the_calendar_says_nothing_of_places(phone, home, kept):
    text = phone.get(f"/giro/{signed(home, NIGHT, 'LU1')}/giro.ics").text
    stops = running(kept, COORDINATOR, NIGHT, "LU1").itinerary.stops
    assert text.count("BEGIN:VEVENT") == text.count("CLASS:PRIVATE") == len(stops) + 1
    assert "LOCATION" not in text
    assert not any(stop.key in text or (stop.place or "?") in text for stop in stops)


def test_the_secret_is_the_owners_alone_and_each_installation_has_its_own(home, tmp_path):
    token = signed(home, NIGHT, "LU1")
    assert opened(home, token) == (NIGHT, "LU1")
    assert (home / SECRET).stat().st_mode & 0o777 == 0o600
    with pytest.raises(MissingError):
        opened(tmp_path / "other", token)


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"kind":"prossima-night","format":1}'])
def test_what_is_no_pack_is_refused_in_a_word(phone, home, body):
    answer = phone.post(f"/giro/{signed(home, NIGHT, 'LU1')}", content=body)
    assert answer.status_code == 400
    assert answer.json() == {"error": "return_unreadable"}


class Server:
    """The routes in a process that is forked from this one, so that it starts at once."""

    def __init__(self, store):
        self.store, self.pid = store, 0
        self.socket = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self.socket.getsockname()[1]
        self.lock = threading.Lock()

    def start(self):
        self.pid = os.fork()
        if self.pid:
            return
        # Whatever happens in here, the child never comes back to the tests.
        try:
            self.store.engine.dispose(close=False)
            config = uvicorn.Config(
                Starlette(routes=phone_routes()), log_level="critical", lifespan="off"
            )
            uvicorn.Server(config).run(sockets=[self.socket])
        finally:
            os._exit(0)

    def kill(self):
        with self.lock:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
            self.start()


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_no_contact_is_lost_or_doubled_when_the_server_is_killed(kept, home, clock):
    """SIGKILL between tap and answer, again and again; the phone sends anew until answered."""
    link = f"/giro/{signed(home, NIGHT, 'LU1')}"
    stop = running(kept, COORDINATOR, NIGHT, "LU1").itinerary.stops[0]
    before = len(contact_frame(kept, COORDINATOR))
    kept.engine.dispose()
    server = Server(kept)
    server.start()
    rng, unanswered, takes = random.Random(1), 0, 0.03
    try:
        for number in range(1, KILLS + 1):
            # Within about the time that an answer takes on this machine.
            killer = threading.Timer(rng.uniform(0, 1.5 * takes), server.kill)
            killer.start()
            said = None
            while said is None:
                asked = time.perf_counter()
                try:
                    said = tapped(server.port, link, document(number, clock, stop.key))
                    takes += 0.2 * (time.perf_counter() - asked - takes)
                except (OSError, http.client.HTTPException):
                    unanswered += 1
                    time.sleep(0.005)
            assert said["kept"] + said["known"] == [f"phone-test-{number}"]
            killer.join()
    finally:
        with server.lock:
            os.kill(server.pid, signal.SIGKILL)
            os.waitpid(server.pid, 0)
    contacts = contact_frame(kept, COORDINATOR)
    assert len(contacts) - before == KILLS
    with kept.reading(COORDINATOR, None) as session:
        assert session.scalar(select(func.count(CrewEventRow.id))) == KILLS
    assert unanswered > KILLS / 10, "the server was hardly ever killed in time"


def tapped(port, link, document):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request("POST", link, json.dumps(document))
        answer = connection.getresponse()
        assert answer.status == 200
        return json.loads(answer.read())
    finally:
        connection.close()
