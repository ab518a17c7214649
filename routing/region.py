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
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import Any, Protocol

from geo.errors import InputError, ProssimaError
from routing.planner import Listener as Teller
from routing.planner import Progress, compile_kernel
from routing.problem import Problem
from routing.rows import Quota
from routing.week import WeekPlan, plan_week

ATTEMPTS = 3
"""Times that a task is begun at most when the process that plans it dies."""

LOOK_SECONDS = 0.2
"""How often one looks how far the tasks have come."""


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


Look = Callable[[Mapping[str, Progress]], bool | None]
"""Is told several times a second how far the tasks under way have come, by name, where that
is known (on a cluster it is not); False gives up."""


class Workers(Protocol):
    """Who plans the tasks."""

    def run(self, tasks: Sequence[Task], look: Look | None = None) -> Iterator[Done]:
        """What becomes of each task, in the order in which they are ready.

        When `look` gives up the tasks under way end, and nothing more is told of them.
        """
        ...


Listener = Callable[[Done, int, int], bool | None]
"""Is told of every task that is ready, and how many of how many are; False gives up."""


def plan_all(
    tasks: Sequence[Task],
    workers: Workers,
    progress: Listener | None = None,
    look: Look | None = None,
) -> Mapping[str, Done]:
    """Plan every task; those that cannot be planned carry their error.

    The result is in the order of the tasks; it lacks those that were not ready when
    `progress` or `look` gave up. Raises InputError `task_twice` (task) and what the workers
    raise; what was ready by then has been told to `progress`.
    """
    names = [task.name for task in tasks]
    for name in names:
        if names.count(name) > 1:
            raise InputError("task_twice", task=name)
    ready: dict[str, Done] = {}
    with closing(workers.run(tasks, look)) as running:  # type: ignore[type-var]
        for done in running:
            ready[done.name] = done
            if progress and progress(done, len(ready), len(tasks)) is False:
                break
    return {name: ready[name] for name in names if name in ready}


def plan_task(task: Task, teller: Teller | None = None) -> Done:
    """Plan one task where this runs; one search, for the other cores have their own tasks."""
    try:
        week = plan_week(
            task.problem,
            quotas=task.quotas,
            seconds=task.seconds,
            iterations=task.iterations,
            seed=task.seed,
            progress=teller,
            searches=1,
        )
    except ProssimaError as error:
        return Done(task.name, None, error)
    return Done(task.name, week)


@dataclass(frozen=True)
class Here:
    """One task after the other in this process."""

    def run(self, tasks: Sequence[Task], look: Look | None = None) -> Iterator[Done]:
        """As `Workers.run`."""
        given_up = []

        for task in tasks:

            def tell(progress: Progress, name: str = task.name) -> bool:
                if look and look({name: progress}) is False:
                    given_up.append(name)
                return not given_up

            done = plan_task(task, tell)
            if given_up:
                return
            yield done


@dataclass(frozen=True)
class Processes:
    """Processes of this machine, as many as it has cores.

    A process that dies takes its task with it: the task is begun again, ATTEMPTS times in
    all. Raises InputError `workers_lost` when that is not enough.
    """

    count: int = field(default_factory=lambda: os.cpu_count() or 1)

    def run(self, tasks: Sequence[Task], look: Look | None = None) -> Iterator[Done]:
        """As `Workers.run`."""
        compile_kernel()  # once, here, and not in every process
        waiting = {task.name: task for task in tasks}
        for _ in range(ATTEMPTS):
            try:
                for done in self._some(list(waiting.values()), look):
                    del waiting[done.name]
                    yield done
            except BrokenProcessPool:
                continue
            return
        raise InputError("workers_lost", count=len(waiting))

    def _some(self, tasks: Sequence[Task], look: Look | None) -> Iterator[Done]:
        # Spawned, not forked: the solvers' threads do not survive a fork.
        context = multiprocessing.get_context("spawn")
        board = _Board.of(context, len(tasks))
        pool = ProcessPoolExecutor(
            min(self.count, max(len(tasks), 1)),
            mp_context=context,
            initializer=_remember,
            initargs=(board,),
        )
        try:
            running = {pool.submit(_plan_told, row, task) for row, task in enumerate(tasks)}
            while running:
                over, running = wait(running, LOOK_SECONDS, FIRST_COMPLETED)
                for future in over:
                    yield future.result()
                if look and look(board.read([task.name for task in tasks])) is False:
                    return
        finally:
            board.over.value = 1
            pool.shutdown(wait=False, cancel_futures=True)


@dataclass(frozen=True)
class _Board:
    """Memory that processes share without locks, for one that is killed may hold none.

    `told`: elapsed seconds, iterations and value of each task, one row after the other (no
    seconds: not begun, negative: done); `over`: whether the work is given up.
    """

    told: Any
    over: Any

    @classmethod
    def of(cls, context: Any, tasks: int) -> _Board:
        return cls(context.RawArray("d", 3 * tasks), context.RawValue("b", 0))

    def write(self, row: int, elapsed: float, iterations: float, value: float) -> None:
        self.told[3 * row : 3 * row + 3] = [elapsed, iterations, value]

    def read(self, names: Sequence[str]) -> dict[str, Progress]:
        """The tasks under way."""
        found = {}
        for row, name in enumerate(names):
            elapsed, iterations, value = self.told[3 * row : 3 * row + 3]
            if elapsed > 0:
                found[name] = Progress(elapsed, int(iterations), int(value), None, "search")
        return found


_boards: list[_Board] = []
"""In a process that plans for another: where it tells how far it has come."""


def _remember(board: _Board) -> None:
    _boards[:] = [board]


def _plan_told(row: int, task: Task) -> Done:
    """`plan_task` in a process of `Processes`."""
    (board,) = _boards

    def tell(progress: Progress) -> bool:
        board.write(row, max(progress.elapsed, 0.001), progress.iterations, progress.value)
        return not board.over.value

    try:
        return plan_task(task, tell)
    finally:
        board.write(row, -1.0, 0, 0)


@dataclass(frozen=True)
class Cluster:
    """A `dask.distributed` cluster that exists already, by the address of its scheduler.

    The cluster itself begins anew what a lost worker was planning. Its workers need
    Prossima installed, of the same version; a task under way tells nothing until it is done,
    and one that is given up goes on where it runs. Raises InputError `cluster_missing` (the
    package `distributed` is not installed: extra `cluster`), `cluster_unreachable`
    (address) or `cluster_lost` (count of tasks that were not ready).
    """

    address: str
    patience: float = 10.0
    """Seconds to wait for the scheduler to answer."""

    def run(self, tasks: Sequence[Task], look: Look | None = None) -> Iterator[Done]:
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
                completed = ready(futures)
                while waiting:
                    for future in completed.next_batch(block=False):
                        yield future.result()
                        waiting -= 1
                    if client.status != "running":
                        raise InputError("cluster_lost", count=waiting)
                    if look and look({}) is False:
                        client.cancel(futures)
                        return
                    time.sleep(LOOK_SECONDS)
            except (ProssimaError, GeneratorExit):
                raise
            except Exception as error:  # dask has many ways to say that nobody answers
                raise InputError("cluster_lost", count=waiting) from error
