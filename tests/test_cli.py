"""The terminal: what it answers, what it refuses and how it ends, in both languages."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from datetime import UTC, date, datetime
from pathlib import Path

import gpxpy
import pytest

import cli
from data import imports
from data import settings as table
from data.access import Role, Viewer
from data.settings import load
from data.settings_page import markdown
from data.store import Store
from geo.night import Night
from tests import plan_reader
from tests.data.samples import UNITS, ZONES

ROOT = Path(__file__).resolve().parent.parent
COORDINATOR = Viewer(Role.COORDINATOR)


@pytest.fixture(autouse=True)
def fresh():
    """Settings are read once a process; a test is like a process."""
    table.settings.cache_clear()
    yield
    table.settings.cache_clear()


@pytest.fixture
def run(capfd):
    """Run a command; (exit code, standard output, standard error)."""

    def call(*arguments: object) -> tuple[int, str, str]:
        capfd.readouterr()
        try:
            cli.main([str(argument) for argument in arguments])
            code = 0
        except SystemExit as ended:
            code = int(ended.code or 0)
        return (code, *capfd.readouterr())

    return call


@pytest.fixture(scope="session")
def demo_home(tmp_path_factory):
    """A home with the demo region, made once by the command itself."""
    folder = tmp_path_factory.mktemp("demo") / "home"
    done = subprocess.run(
        [sys.executable, "-m", "cli", "demo"],
        cwd=ROOT, env={**os.environ, "PROSSIMA_HOME": str(folder)}, check=False,
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""
    assert "120 zone, 9 unità" in done.stderr
    return folder


@pytest.fixture
def demo(demo_home, home):
    """A copy of the demo region in this test's home."""
    shutil.copytree(demo_home, home)
    return home


def test_a_plan_that_an_independent_reader_can_check(demo, run):
    code, out, err = run("plan", "--night", "tomorrow", "--seconds", 2, "--json")
    assert code == 0, err
    plan = json.loads(out)
    assert list(plan_reader.findings(plan)) == []
    assert plan["synthetic"] is True
    assert len(plan["zones"]) == 120
    assert sum(len(route["itinerary"]["stops"]) for route in plan["routes"]) > 20
    assert plan["left_out"]


def test_a_plan_for_people(demo, run):
    code, out, err = run("plan", "--night", "domani", "--units", "LU1, PI1", "--seconds", 1)
    assert code == 0, err
    assert "Unità Serchio" in out
    assert "Restano fuori" in out
    assert "Unità Castagno" not in out
    assert "Dati sintetici" in err


def test_the_routes_as_gpx_and_geojson_and_to_a_file(demo, tmp_path, run):
    chosen = ("plan", "--night", "tomorrow", "--units", "LU1", "--seconds", 1)
    code, out, _ = run(*chosen, "--gpx")
    assert code == 0
    assert [track.name for track in gpxpy.parse(out).tracks] == ["LU1"]
    code, out, _ = run(*chosen, "--geojson")
    assert code == 0
    assert {f["properties"]["unit"] for f in json.loads(out)["features"]} == {"LU1"}
    code, out, _ = run(*chosen, "--json", "--output", tmp_path / "plan.json")
    assert (code, out) == (0, "")
    assert list(plan_reader.findings(json.loads((tmp_path / "plan.json").read_text()))) == []


def test_a_decision_is_kept(demo, run):
    store = Store.open(load())
    night = Night.of(datetime.now(UTC)) + 1
    zones = {z.code: z for z in store.zones(COORDINATOR) if z.province_code == "046"}
    store.close()
    open_then = [
        code for code, zone in zones.items()
        if any(night.weekday in window.weekdays for window in zone.windows)
    ]  # fmt: skip
    skipped = open_then[0]
    chosen = ("--night", "tomorrow", "--units", "LU1", "--seconds", 1, "--json")
    code, out, err = run("plan", *chosen, "--skip", skipped)
    assert code == 0, err
    reasons = {one["visit"]: one["reason"] for one in json.loads(out)["left_out"]}
    assert reasons[skipped] == "zone_excluded"


def test_publishing_hands_the_itinerary_to_the_crew_once(demo, run):
    chosen = ("plan", "--night", "tonight", "--units", "LU1", "--seconds", 1, "--json")
    store = Store.open(load())
    lucca = next(unit for unit in store.units(COORDINATOR) if unit.code == "LU1")
    night = Night.coming(datetime.now(UTC))
    if datetime.now(UTC) >= night.at(night.parse_clock(lucca.shift_opens)):
        chosen = ("plan", "--night", "tomorrow", *chosen[3:])
        night += 1
    assert run(*chosen, "--publish")[0] == 0
    itinerary = store.published_itinerary(COORDINATOR, night, "LU1")
    assert itinerary.unit == "LU1"
    assert itinerary.synthetic
    code, _, err = run(*chosen, "--publish")
    assert code == 1
    assert "un altro piano" in err
    assert run(*chosen, "--publish", "--replace")[0] == 0
    assert len(store.plans(COORDINATOR, night)) == 2
    store.close()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("plan", "--night", "2020-01-01"), "1 gennaio 2020 è passata"),
        (("plan", "--night", "soon"), "«soon» non è una notte"),
        (("plan", "--night", "tomorrow", "--units", "XX9"), "XX9 non è conosciuta"),
        (("plan", "--night", "tomorrow", "--skip", "048017-99"), "048017-99 non è conosciuta"),
        (("zones", "import", "nowhere.csv"), "nowhere.csv non esiste"),
        (("network", "import", "nowhere.graphml"), "nowhere.graphml non esiste"),
        (("settings", "--set", "planner_seconds=soon"), "PROSSIMA_PLANNER_SECONDS"),
        (("settings", "--set", "home=x"), "home non si può cambiare"),
    ],
)
def test_a_refusal_is_one_sentence_and_exit_code_1(demo, run, arguments, said):
    code, out, err = run(*arguments)
    assert (code, out) == (1, "")
    assert said in " ".join(err.split())
    assert "Traceback" not in err


@pytest.mark.parametrize(
    "arguments",
    [
        ("plan",),
        ("plan", "--night"),
        ("fly",),
        ("plan", "--night", "tomorrow", "--json", "--gpx"),
        ("plan", "--night", "tomorrow", "--output", "plan.txt"),
        ("network", "import"),
        ("settings", "--set", "nothing"),
    ],
)
def test_a_wrong_command_is_exit_code_2(run, arguments):
    code, out, err = run(*arguments)
    assert code == 2
    assert out == ""
    assert err


def test_an_empty_database_says_what_to_do(run):
    code, _, err = run("plan", "--night", "tomorrow")
    assert code == 1
    assert "prossima demo" in " ".join(err.split())


def test_demo_leaves_what_is_there_when_told_to(demo, run):
    store = Store.open(load())
    before = store.revision()
    assert run("demo", "--if-empty") == (0, "", "")
    assert store.revision() == before
    store.close()


def test_demo_never_replaces_real_data(home, run):
    store = Store.open(load())
    store.save_zones(COORDINATOR, ZONES)
    code, _, err = run("demo")
    assert code == 1
    assert "dati veri" in " ".join(err.split())
    assert store.zones(COORDINATOR) == ZONES
    store.close()


def test_zones_and_units_go_in_and_come_out(tmp_path, run):
    imports.write_zones(tmp_path / "zones.csv", ZONES)
    imports.write_units(tmp_path / "units.csv", UNITS)
    code, out, err = run("zones", "import", tmp_path / "zones.csv")
    assert (code, out) == (0, "")
    assert "3 zone importate" in err
    assert run("units", "import", tmp_path / "units.csv")[0] == 0
    assert run("zones", "export", tmp_path / "out.geojson") == (0, "", "")
    assert run("units", "export", tmp_path / "out.gpkg") == (0, "", "")
    assert imports.read_zones(tmp_path / "out.geojson") == ZONES
    assert imports.read_units(tmp_path / "out.gpkg") == UNITS


def test_a_wrong_file_changes_nothing(tmp_path, run):
    imports.write_zones(tmp_path / "zones.csv", ZONES)
    text = (tmp_path / "zones.csv").read_text(encoding="utf-8-sig").replace("pineta", "bosco")
    (tmp_path / "wrong.csv").write_text(text, encoding="utf-8")
    code, _, err = run("zones", "import", tmp_path / "wrong.csv")
    assert code == 1
    assert "Riga 3, colonna place_type" in " ".join(err.split())
    assert "bosco" not in err
    store = Store.open(load())
    assert store.zones(COORDINATOR) == ()
    store.close()


def test_presence_goes_in_and_comes_out(demo, tmp_path, run):
    assert run("presence", "export", tmp_path / "presence.csv")[0] == 0
    before = imports.read_presence(tmp_path / "presence.csv")
    assert run("presence", "import", tmp_path / "presence.csv")[0] == 0
    store = Store.open(load())
    assert store.presence(COORDINATOR).equals(before)
    store.close()


def test_the_network_in_use(run):
    code, out, _ = run("network", "info")
    assert code == 0
    assert "rete schematica" in out


def test_settings_are_shown_and_changed(run):
    assert run("settings", "--markdown")[1] == markdown()
    assert run("settings", "--set", "planner_seconds=2,5")[0] == 1
    code, out, _ = run("settings", "--set", "planner_seconds=2.5")
    assert code == 0
    assert "2.5" in out


def test_the_services_answer_and_refuse_in_a_sentence(run, demo):
    code, before, _ = run("handovers", "list", "--since", "2026-01")
    assert code == 0
    assert "Emersione" in before
    month = f"{datetime.now(UTC):%Y-%m}"
    assert run("handovers", "count", month, "046017", "programma", "--persons", 2)[0] == 0
    after = run("handovers", "list", "--since", month)[1]
    assert re.search(r"Lucca +programma di protezione +[2-9]", after)
    assert run("handovers", "count", month, "046017", "programma", "--persons", 2, "--back")[0] == 0
    code, out, err = run("handovers", "count", month, "046017", "programma", "--persons", 200)
    assert (code, out) == (1, "")
    assert "da 1 a 20" in err
    assert run("places", "say", "centro", "trans", "2+", "--call", "800 111 222")[0] == 0
    assert re.search(r"persone trans +2\+ .*800 111 222", run("places", "list")[1])
    code, _, err = run("places", "say", "centro", "trans", "1", "--call", "via Roma 1")
    assert code == 1
    assert "numero di telefono" in err
    assert "via Roma" not in err
    assert run("places", "say", "centro", "trans", "9", "--call", "800 111 222")[0] == 2
    code, out, _ = run("desks", "next", "--language", "ro")
    assert code == 0
    assert "rumeno" in out
    assert "Nessuno sportello" in run("desks", "next", "--language", "eo")[1]


def commands(group, path=()):
    for name, below in group.commands.items():
        yield (*path, name)
        if hasattr(below, "commands"):
            yield from commands(below, (*path, name))


@pytest.mark.parametrize("path", [(), *commands(cli.typer.main.get_command(cli.app))], ids=str)
def test_help_is_in_the_language_of_the_settings(monkeypatch, run, path):
    said = {}
    for language, word in (("it", "Mostra questo messaggio"), ("en", "Show this message")):
        monkeypatch.setenv("PROSSIMA_LANGUAGE", language)
        table.settings.cache_clear()
        code, said[language], _ = run(*path, "--help")
        assert code == 0
        assert word in re.sub(r"[│\s]+", " ", said[language])  # however its lines are broken
    assert said["it"] != said["en"]


def test_a_wrong_environment_is_one_sentence(monkeypatch, run):
    monkeypatch.setenv("PROSSIMA_LANGUAGE", "fr")
    code, _, err = run("settings")
    assert code == 1
    assert "PROSSIMA_LANGUAGE" in err


def test_the_terminal_works_without_streamlit(demo):
    code = (
        "import sys; sys.modules['streamlit'] = None; sys.modules['streamlit_folium'] = None\n"
        "import cli; cli.main(['plan', '--night', 'tomorrow', '--units', 'LU1', '--seconds', '1'])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


def test_serve_listens_on_this_machine_only_and_ends_when_told(demo):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "cli", "serve", "--port", str(port)],
        cwd=demo, env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    try:
        assert _healthy(port)
        listening = Path(f"/proc/{server.pid}/net/tcp")
        if listening.exists():
            wanted = f":{port:04X}"
            rows = [line.split() for line in listening.read_text().splitlines()[1:]]
            local = {row[1] for row in rows if row[1].endswith(wanted) and row[3] == "0A"}
            assert local == {f"0100007F{wanted}"}
    finally:
        server.send_signal(signal.SIGTERM)
        server.communicate(timeout=30)


def _healthy(port: int) -> bool:
    for _ in range(240):
        try:
            address = f"http://127.0.0.1:{port}/_stcore/health"
            with urllib.request.urlopen(address, timeout=5) as answer:
                return answer.status == 200
        except OSError:
            time.sleep(0.5)
    return False


def test_the_demo_is_of_today(demo):
    store = Store.open(load())
    tonight = Night.coming(datetime.now(UTC))
    assert store.promises(COORDINATOR, tonight)
    assert max(store.last_visits(COORDINATOR).values()) < tonight.date
    assert min(store.contacts(COORDINATOR)["night"]) > date(tonight.date.year - 1, 1, 1)
    assert store.synthetic()
    store.close()


def test_a_week_is_planned_and_kept_night_by_night(demo, run):
    chosen = ("week", "--from", "tomorrow", "--units", "LU1", "--seconds", 1, "--json", "--keep")
    code, out, err = run(*chosen)
    assert code == 0, err
    week = json.loads(out)
    assert week["synthetic"] is True
    assert {route["unit"] for route in week["routes"]} == {"LU1"}
    store = Store.open(load())
    try:
        for route in week["routes"]:
            (plan,) = store.plans(COORDINATOR, Night(date.fromisoformat(route["night"])))
            kept = [stop.key for stop in plan.itineraries["LU1"].stops]
            assert kept == [stop["visit"] for stop in route["stops"]]
    finally:
        store.close()


def test_how_zones_move_and_the_quarter_from_the_terminal(demo, tmp_path, run):
    code, out, err = run("monitor", "--json")
    assert code == 0, err
    found = json.loads(out)
    assert (found["kind"], found["synthetic"]) == ("prossima-monitoring", True)
    assert len(found["months"]) == 36
    hours = [
        month
        for zone in found["zones"]
        for month in zip(zone["persons"], zone["hours"], strict=True)
    ]
    assert all((persons is None) == (spent == 0) for persons, spent in hours)
    assert any(spent == 0 for _, spent in hours)  # unknown, and no zero
    code, out, err = run("monitor")
    assert code == 0, err
    assert "emergente" in out
    assert "Dati sintetici" in err
    assert run("monitor", "--months", 3)[0] == 0  # too few to say how zones move, and said so
    assert run("monitor", "--until", "2099-01")[0] == 1
    assert run("monitor", "--until", "gennaio")[0] == 1
    for option in ((), ("--public",)):
        file = tmp_path / f"report{len(option)}.pdf"
        code, out, err = run("report", "--out", file, *option)
        assert (code, out.strip()) == (0, file.name), err
        assert file.read_bytes().startswith(b"%PDF")
        assert ("nomina le zone" in err) == (not option)
        assert file.stat().st_mode & 0o077 == 0
    for quarter in ("2099-Q1", "2020-Q1", "estate"):
        file = tmp_path / "none.pdf"
        code, _out, err = run("report", "--quarter", quarter, "--out", file)
        assert code == 1
        assert err.strip()
        assert not file.exists()
