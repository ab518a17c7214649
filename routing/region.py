"""Many plans at once: the weeks of all provinces, or the scenarios of one, as tasks.

    plans = plan_all(tasks, Processes())                       # on this machine
    plans = plan_all(tasks, Cluster("tcp://10.0.0.7:8786"))    # on a dask cluster that exists

A task is a problem with all that its plan depends on, so that it comes out alike wherever
it is planned (with `iterations`; with `seconds` a faster machine searches further). Tasks
know nothing of each other: units stay in their province.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import Protocol

from geo.errors import InputError, ProssimaError
from routing.choose import Quota
from routing.planner import compile_kernel
from routing.problem import Problem
from routing.week import WeekPlan, plan_week

ATTEMPTS = 3
"""Times that a task is begun at most when the process that plans it dies."""


@dataclass(frozen=True, eq=False)
class Task:
    """A week (or a night: a week of one) to plan, by a name of its own.

    `seconds`, `iterations`, `seed`, `quotas` as in `routing.week.plan_week`.
    """

    name: str
    problem: Problem
    quotas: tuple[Quota, ...] = ()
    seconds: float | None = None
    iterations: int | None = None
    seed: int = 1


@dataclass(frozen=True)
class Done:
    """What became of a task: its plan, or the error that says why there is none."""

    name: str
    week: WeekPlan | None
    error: ProssimaError | None = None


class Workers(Protocol):
    """Who plans the tasks."""

    def run(self, tasks: Sequence[Task]) -> Iterator[Done]:
        """What becomes of each task, in the order in which they are ready."""
        ...


Listener = Callable[[Done, int, int], bool | None]
"""Is told of every task that is ready, and how many of how many are; False gives up."""


def plan_all(
    tasks: Sequence[Task], workers: Workers, progress: Listener | None = None
) -> Mapping[str, Done]:
    """Plan every task; those that cannot be planned carry their error.

    The result is in the order of the tasks; it lacks those that were not ready when
    `progress` gave up. Raises InputError `task_twice` (task) and what the workers raise.
    """
    names = [task.name for task in tasks]
    for name in names:
        if names.count(name) > 1:
            raise InputError("task_twice", task=name)
    ready: dict[str, Done] = {}
    running = workers.run(tasks)
    for done in running:
        ready[done.name] = done
        if progress and progress(done, len(ready), len(tasks)) is False:
            break
    return {name: ready[name] for name in names if name in ready}


def plan_task(task: Task) -> Done:
    """Plan one task where this runs; one search, for the other cores have their own tasks."""
    try:
        week = plan_week(
            task.problem,
            quotas=task.quotas,
            seconds=task.seconds,
            iterations=task.iterations,
            seed=task.seed,
            searches=1,
        )
    except ProssimaError as error:
        return Done(task.name, None, error)
    return Done(task.name, week)


@dataclass(frozen=True)
class Here:
    """One task after the other in this process."""

    def run(self, tasks: Sequence[Task]) -> Iterator[Done]:
        """As `Workers.run`."""
        return map(plan_task, tasks)


@dataclass(frozen=True)
class Processes:
    """Processes of this machine, as many as it has cores.

    A process that dies takes its task with it: the task is begun again, ATTEMPTS times in
    all. Raises InputError `workers_lost` when that is not enough.
    """

    count: int = field(default_factory=lambda: os.cpu_count() or 1)

    def run(self, tasks: Sequence[Task]) -> Iterator[Done]:
        """As `Workers.run`."""
        compile_kernel()  # once, here, and not in every process
        waiting = {task.name: task for task in tasks}
        for _ in range(ATTEMPTS):
            try:
                for done in self._some(list(waiting.values())):
                    del waiting[done.name]
                    yield done
            except BrokenProcessPool:
                continue
            return
        raise InputError("workers_lost", count=len(waiting))

    def _some(self, tasks: Sequence[Task]) -> Iterator[Done]:
        # Spawned, not forked: the solvers' threads do not survive a fork.
        context = multiprocessing.get_context("spawn")
        pool = ProcessPoolExecutor(min(self.count, max(len(tasks), 1)), mp_context=context)
        try:
            for future in as_completed([pool.submit(plan_task, task) for task in tasks]):
                yield future.result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


@dataclass(frozen=True)
class Cluster:
    """A `dask.distributed` cluster that exists already, by the address of its scheduler.

    The cluster itself begins anew what a lost worker was planning. Its workers need
    Prossima installed, of the same version. Raises InputError `cluster_missing` (the
    package `distributed` is not installed: extra `cluster`), `cluster_unreachable`
    (address) or `cluster_lost` (count of tasks that were not ready).
    """

    address: str
    patience: float = 10.0
    """Seconds to wait for the scheduler to answer."""

    def run(self, tasks: Sequence[Task]) -> Iterator[Done]:
        """As `Workers.run`."""
        if find_spec("distributed") is None:
            raise InputError("cluster_missing")
        from distributed import Client  # noqa: PLC0415 (an extra: not everyone has it)
        from distributed import as_completed as ready  # noqa: PLC0415

        try:
            client = Client(self.address, timeout=self.patience, set_as_default=False)
        except (OSError, TimeoutError, ValueError) as error:
            raise InputError("cluster_unreachable", address=self.address) from error
        with client, client.as_current():
            waiting = len(tasks)
            futures = client.map(plan_task, tasks, retries=ATTEMPTS - 1, pure=False)
            try:
                for future in ready(futures):
                    yield future.result()
                    waiting -= 1
            except ProssimaError:
                raise
            except Exception as error:  # dask has many ways to say that nobody answers
                raise InputError("cluster_lost", count=waiting) from error
