"""The running night from a terminal: the same calls as the page."""

import json
from contextlib import contextmanager

import pytest
from typer.testing import CliRunner

import data.settings
from data.running import running
from data.settings import load
from data.store import Store
from geo.errors import ProssimaError
from screens import hotline_commands, night_commands
from tests.nights import COORDINATOR, NIGHT, Clock, filled


@pytest.fixture(scope="module")
def home_and_clock(tmp_path_factory):
    home, clock = tmp_path_factory.mktemp("terminal") / "home", Clock()
    filled(home, clock, ("LU1",)).close()
    clock.set("21:30")
    return home, clock


@pytest.fixture
def terminal(home_and_clock, monkeypatch):
    """Run a command on the night; gives its output, and fails where it fails."""
    home, clock = home_and_clock

    @contextmanager
    def opened():
        store = Store.open(load(home=home), clock)
        yield store
        store.close()

    monkeypatch.setenv("PROSSIMA_HOME", str(home))
    data.settings.settings.cache_clear()
    monkeypatch.setattr(night_commands, "opened", opened)
    monkeypatch.setattr(hotline_commands, "opened", opened)

    def run(*arguments, app=night_commands.night_app):
        done = CliRunner().invoke(app, [str(each) for each in arguments])
        if done.exception:
            raise done.exception
        return done.output

    yield run
    data.settings.settings.cache_clear()


def test_a_night_is_packed_given_back_shown_and_planned_again(terminal, home_and_clock, tmp_path):
    home, clock = home_and_clock
    for ending, start in ((".html", b"<!doctype"), (".pdf", b"%PDF"), (".gpx", b"<?xml")):
        file = tmp_path / f"night{ending}"
        terminal("pack", "LU1", file)
        assert file.read_bytes().startswith(start)
        assert file.stat().st_mode & 0o077 == 0
    store = Store.open(load(home=home), clock)
    stops = running(store, COORDINATOR, NIGHT, "LU1").itinerary.stops
    said = {
        "kind": "prossima-night", "format": 1, "night": NIGHT.date.isoformat(), "unit": "LU1",
        "source": "phone-t", "opened": None, "built": None, "sent": clock().timestamp() * 1000,
        "events": [
            {"id": f"phone-t-{n:03d}", "kind": kind, "stop": stops[0].key, "sequence": n,
             "at": clock().timestamp() * 1000, "values": {}}
            for n, kind in enumerate(("arrived", "tally", "tally", "left"))
        ],
    }  # fmt: skip
    back = tmp_path / "back.json"
    back.write_text(json.dumps(said), encoding="utf-8")
    assert "4 registrazioni nuove" in terminal("merge", back)
    assert "0 registrazioni nuove, 4 già note" in terminal("merge", back)
    assert f"1 tappe su {len(stops)} fatte, 0 saltate, 2 persone" in terminal("show")
    answer = terminal("replan", "LU1", "--publish")
    assert "Pubblicato come versione 2" in answer
    assert running(store, COORDINATOR, NIGHT, "LU1").to_confirm
    store.close()


def test_a_hotline_request_is_entered_offered_accepted_changed_and_withdrawn(terminal):
    def hotline(*arguments):
        return terminal(*arguments, app=hotline_commands.hotline_app)

    first, last, *kept = (line.split()[0] for line in [
        hotline("add", "046017", "ascolto", "--from", "23:00", "--to", "01:00"),
        hotline("add", "046017", "ascolto", "--from", "23:30", "--to", "01:30", "--language", "es"),
    ])  # fmt: skip
    offered = json.loads(hotline("offer", first, "--json"))
    assert [one["unit"] for one in offered if one["arrival"]] == ["LU1"]
    assert "Accolta da" in hotline("accept", first, "LU1")
    assert "chiamarla" in hotline("withdraw", first)
    assert hotline("change", last, "--to", "02:00").split()[0] == last
    hotline("close", last, "altro_servizio")
    stands = {one["request"]: one for one in json.loads(hotline("list", "--json"))}
    assert (stands[first]["outcome"], stands[first]["crew_told"]) == ("ritirata", False)
    assert (stands[last]["outcome"], stands[last]["to"]) == ("altro_servizio", "02:00")
    for refused in (("withdraw", first), ("accept", "NV-9", "LU1")):
        with pytest.raises(ProssimaError):
            hotline(*refused)
    with pytest.raises(SystemExit) as wrong:
        hotline("close", last, "forse")
    assert wrong.value.code == 2
    assert not kept
