"""The whole region's week, part by part, from the store and back."""

import json
import shutil

import pytest

import cli
from data import region_commands
from data import settings as table
from data.region_weeks import keep_region, region_week
from data.roads import load_network
from data.settings import load
from data.store import Store
from geo.errors import InputError, MissingError
from routing.region import Here, plan_all
from tests.nights import COORDINATOR, NIGHT, Clock


@pytest.fixture
def store(published_home, home):
    shutil.copytree(published_home, home)
    opened = Store.open(load(home=home), Clock())
    yield opened
    opened.close()


@pytest.fixture
def network(store):
    return load_network(store.settings().home)


def test_the_region_is_planned_in_parts_and_kept_by_nights(store, network):
    assert set(region_week(store, COORDINATOR, network, NIGHT, count=1).parts) == {
        "045+046+047", "048+100", "049+050", "051+052+053",
    }  # fmt: skip
    week = region_week(store, COORDINATOR, network, NIGHT, count=2, provinces=["100", "049"])
    tasks = week.tasks(store, iterations=100)
    sizes = [len(task.problem.visits) * len(task.problem.shifts) for task in tasks]
    assert sizes == sorted(sizes, reverse=True)  # the largest first
    told = []
    done = plan_all(tasks, Here(), look=told.extend)
    assert set(done) == set(week.parts) == set(told)
    before = store.published(COORDINATOR, NIGHT)
    kept = keep_region(store, COORDINATOR, network, week, done.values())
    assert [record.night for record in kept] == [NIGHT, NIGHT + 1]
    for number, record in enumerate(kept):
        routes = {
            (route.unit, tuple(stop.visit for stop in route.stops))
            for one in done.values()
            for route in one.week.plan.routes
            if route.night == number
        }
        assert {(r.unit, tuple(s.visit for s in r.stops)) for r in record.plan.routes} == routes
    assert store.published(COORDINATOR, NIGHT) == before
    # What is only half ready is kept all the same.
    half = keep_region(store, COORDINATOR, network, week, [done["048+100"]])
    assert {route.unit for record in half for route in record.plan.routes} == {"FI1", "PO1"}
    assert keep_region(store, COORDINATOR, network, week, []) == ()


def test_a_province_where_nobody_works(store, network):
    assert set(
        region_week(store, COORDINATOR, network, NIGHT, count=1, provinces=["045"]).parts
    ) == {"045+046+047"}
    with pytest.raises(MissingError) as refused:
        region_week(store, COORDINATOR, network, NIGHT, count=1, provinces=["099"])
    assert refused.value.code == "province_without_units"


def test_the_command_keeps_what_is_ready_when_the_cluster_vanishes(
    store, monkeypatch, capfd, tmp_path
):
    class Vanishing:
        def run(self, tasks, look=None):
            yield next(Here().run(tasks[:1], look))
            raise InputError("cluster_lost", count=len(tasks) - 1)

    night = str(NIGHT.date)
    monkeypatch.setattr(region_commands, "Cluster", lambda address: Vanishing())
    monkeypatch.setattr(Store, "now", lambda _self: Clock()())
    table.settings.cache_clear()
    file = tmp_path / "region.json"
    command = ["region", "plan", "--from", night, "--nights", "1", "--iterations", "50", "--keep"]
    with pytest.raises(SystemExit) as ended:
        cli.main([*command, "--cluster", "tcp://127.0.0.1:1", "--output", str(file)])
    table.settings.cache_clear()
    assert ended.value.code == 1
    said = capfd.readouterr()
    assert "Il cluster non risponde più" in said.err
    assert "--provinces MS,FI,LI" in said.err
    written = json.loads(file.read_text(encoding="utf-8"))
    assert [bool(part["week"]) for part in written["parts"]].count(True) == 1
    assert {part["error"] for part in written["parts"]} == {None, "not_planned"}
    drafts = [p for p in store.plans(COORDINATOR, NIGHT) if p.state.value == "draft"]
    assert {route.unit for route in drafts[0].plan.routes} <= {"AR1", "SI1", "GR1"}
