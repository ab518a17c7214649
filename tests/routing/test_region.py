"""Tasks come out alike wherever they are planned, and whoever dies on the way."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import signal
from dataclasses import replace

import pytest

from geo.errors import InfeasibleError, InputError
from routing.plan import check
from routing.problem import Option, Problem, Visit
from routing.region import Cluster, Done, Here, Processes, Task, plan_all
from tests.routing.problems import line, shift

NIGHTS = 2


def province(number: int, iterations: int = 300) -> Task:
    """Eight zones on a line, each worth another sum in each province; two nights."""
    visits = tuple(
        Visit(
            str(place), place,
            tuple(Option(0, 3600, 600, 10 + place * number % 7, night) for night in range(NIGHTS)),
        )
        for place in range(1, 9)
    )  # fmt: skip
    shifts = tuple(shift("u", closes=3600, night=night) for night in range(NIGHTS))
    problem = Problem(visits, shifts, line(9), nights=NIGHTS)
    return Task(f"{number:03}", problem, iterations=iterations)


def impossible() -> Task:
    """A promise that no unit can keep in its shift."""
    task = province(1)
    visits = tuple(
        replace(visit, required=True, options=(Option(0, 3600, 7200, 1, 0),))
        for visit in task.problem.visits[:1]
    )
    return replace(task, name="impossible", problem=replace(task.problem, visits=visits))


TASKS = [province(number) for number in (45, 46, 47, 48)]


@pytest.fixture(scope="module")
def here() -> dict[str, Done]:
    return dict(plan_all(TASKS, Here()))


def test_every_task_has_a_plan_that_keeps_the_rules(here):
    assert list(here) == [task.name for task in TASKS]
    for task in TASKS:
        week = here[task.name].week
        assert week is not None
        assert check(task.problem, week.plan) == ()
        assert week.plan.value > 0


def test_processes_plan_the_same_and_tell_of_each(here):
    told = []

    def listen(done, ready, of):
        told.append((done.name, ready, of))
        return True

    found = plan_all([*TASKS, impossible()], Processes(2), listen)
    assert {name: done.week for name, done in found.items() if done.week} == {
        name: done.week for name, done in here.items()
    }
    error = found["impossible"].error
    assert isinstance(error, InfeasibleError)
    assert error.code == "promise_impossible"
    assert [ready for _, ready, _ in told] == [1, 2, 3, 4, 5]
    assert {of for _, _, of in told} == {5}


def test_a_process_that_is_killed_takes_no_plan_with_it(here):
    killed = []

    def kill_one(*_):
        if not killed:
            killed.append(multiprocessing.active_children()[0].pid)
            os.kill(killed[0], signal.SIGKILL)

    found = plan_all(TASKS, Processes(2), kill_one)
    assert killed
    assert {name: done.week for name, done in found.items()} == {
        name: done.week for name, done in here.items()
    }


def test_processes_tell_how_far_they_are_and_end_when_nobody_wants_more():
    endless = [province(number, iterations=100_000_000) for number in (45, 46)]
    told = []

    def look(under_way):
        told.append(dict(under_way))
        return len(under_way) < 2 or min(one.iterations for one in under_way.values()) == 0

    assert plan_all(endless, Processes(2), look=look) == {}
    assert set(told[-1]) == {"045", "046"}
    assert all(one.value > 0 and one.elapsed > 0 for one in told[-1].values())


def test_giving_up_keeps_what_is_ready():
    found = plan_all(TASKS, Here(), lambda _done, ready, _of: ready < 2)
    assert list(found) == ["045", "046"]


def test_two_tasks_of_one_name_are_refused():
    with pytest.raises(InputError, match="task_twice"):
        plan_all([TASKS[0], TASKS[0]], Here())


def test_an_error_travels_with_its_fields():
    error = InputError("task_twice", task="045")
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), again.code, again.fields) == (InputError, "task_twice", {"task": "045"})


@pytest.fixture
def cluster():
    """Two dask workers in processes of their own, on this machine only."""
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, host="127.0.0.1", dashboard_address=None
    ) as running:
        yield running


def test_a_cluster_plans_the_same_though_a_worker_dies(here, cluster):
    killed = []

    def kill_one(*_):
        if not killed:
            worker = next(iter(cluster.workers.values()))
            killed.append(worker.process.process.pid)
            os.kill(killed[0], signal.SIGKILL)

    found = plan_all(TASKS, Cluster(cluster.scheduler_address), kill_one)
    assert killed
    assert {name: done.week for name, done in found.items()} == {
        name: done.week for name, done in here.items()
    }


def test_a_cluster_that_vanishes_is_said_to_be_lost(cluster):
    slow = [province(number, iterations=200_000) for number in (45, 46, 47, 48)]

    def vanish(*_):
        cluster.close()

    quick = province(49)
    with pytest.raises(InputError) as caught:
        plan_all([quick, *slow], Cluster(cluster.scheduler_address), vanish)
    assert caught.value.code == "cluster_lost"
    assert caught.value.fields["count"] > 0


def test_a_scheduler_that_does_not_answer():
    pytest.importorskip("distributed")
    with pytest.raises(InputError) as caught:
        plan_all(TASKS, Cluster("tcp://127.0.0.1:9", patience=1.0))
    assert caught.value.code == "cluster_unreachable"
