"""Plan a night: promises first, then search, choose, timetable, check.

>>> plan = plan_night(problem, seconds=5)                     # doctest: +SKIP
>>> plan = plan_night(problem, iterations=5_000, seed=1)      # the same on every machine
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import wait as wait_for
from dataclasses import dataclass, replace
from functools import cache, partial

import numpy as np

from routing.anneal import Annealer, Heat, Heats, Sequences
from routing.bound import bound
from routing.choose import Chosen, Effort, choose
from routing.covering import fewest_by_covering
from routing.exchange import cheapest_exchanges, least_shortage, least_shortages
from routing.feasible import keep_promises
from routing.instance import Compiled, compiled
from routing.kernel import forget_old_kernels
from routing.plan import Plan, verified
from routing.problem import Break, Option, Problem, Shift, Travel, Visit
from routing.relaxed_walks import round_seconds
from routing.rows import Quota
from routing.schedule import plan_of, sequences_of
from routing.stopping import Cancelled, FirstOf, MaxIterations, MaxSeconds, Stopping

DEFAULT_SECONDS = 5.0
SEARCHES = 2
"""Searches side by side, each with its own seed and core; their routes share one choice."""

CHOICE_SHARE, CHOICE_MOST = 0.10, 2.0
BOUND_SHARE, BOUND_MOST = 0.07, 3.0
"""Shares of the seconds that the choice and the bound may take, and seconds at most."""

ROUND_SHARE = 0.20
"""A bound that needs more than its share for its first round has it up to this share of the
seconds; one that needs still more is not worked out, and the search has its time."""

AFTERWARDS = 1e-5
"""Seconds a way of making a visit that timetable, check and filling up take, with a margin."""

LATE_SHARE = 0.03
"""A bound that begins so much of the seconds too late still has the time kept for it."""

LEAST_CHOICE = 0.02
"""With fewer seconds left the choice is left out: the best search's routes are the plan's."""

LOOK_SECONDS = 0.1
NIGHT = (
    Heat(1.0, 0.05, 0.2),
    Heat(1.0, 0.05, 0.4, anew=True),
    Heat(1.0, 0.05, 0.6, anew=True),
    Heat(0.3, 0.05),
)
"""In each search three short heats from the start, and a fourth from the best routes of them:
that seldom ends in a bad valley, as one long heat may (Lin 2013). All end warmer than a week's, for
a plan that has one second has no iterations to lose in the cold."""


@dataclass(frozen=True)
class Progress:
    """How far a plan has come. `value`: points so far; `bound`: what no plan exceeds, while it
    is proven; `phase`: search, choice or bound."""

    elapsed: float
    iterations: int
    value: int
    bound: int | None
    phase: str


Listener = Callable[[Progress], bool | None]
"""Is told of the progress; returning False cancels, and the best plan so far is given."""


@cache
def compile_kernel() -> None:
    """Compile the search kernel, or load it from disk; half a minute the first time.

    Set-up calls it, so that no user waits for it.
    """
    forget_old_kernels()
    minute = Travel(np.full((2, 2), 60), np.full((2, 2), 1000))
    visits = (Visit("a", 1, (Option(0, 3600, 60, 1),)), Visit("b", 1, (Option(0, 3600, 60, 2),)))
    rested = Shift("v", 0, 0, 0, 3600, pause=Break(0, 3600, 60), walking=60)
    shifts = (Shift("u", 0, 0, 0, 3600), rested)
    problem = Problem(visits, shifts, {"van": minute, "foot": minute})
    search = Annealer.from_start(compiled(problem), seed=1)
    search.run(MaxIterations(10))
    search.fill()
    bound(search.compiled, value=0.0)
    fewest_by_covering(problem)
    both = np.arange(2)
    cheapest_exchanges(search.compiled.instance, search.state.routes, both)
    least_shortages(search.compiled.instance, search.state.routes, both)
    least_shortage(search.compiled.instance, search.state.routes, 0, 0)


def plan_night(
    problem: Problem,
    *,
    seconds: float | None = None,
    iterations: int | None = None,
    seed: int = 1,
    progress: Listener | None = None,
    start: Plan | None = None,
    searches: int = SEARCHES,
    timer: Callable[[], float] = time.perf_counter,
) -> Plan:
    """The best plan found in `seconds` (default 5), or in `iterations` of each search.

    With `iterations` alone the plan depends on problem and seed only. `progress` is
    called ten times a second while it searches; `start` is a plan of this problem to go on
    from; `timer` measures the seconds (benchmarks count processor time). Raises
    InfeasibleError when a promise cannot be kept (see `routing.feasible`).
    """
    compile_kernel()
    if seconds is None and iterations is None:
        seconds = DEFAULT_SECONDS
    clock = Clock(seconds, iterations, progress, timer)
    if len(problem.shifts) == 1:
        clock.choice_most = 0.0  # one route: the best that was met is the choice
    first = sequences_of(problem, start) if start else keep_promises(problem, seed, clock.late)
    arrays = compiled(problem)
    clock.keep_for_end(arrays)
    clock.keep_for_bound(round_seconds(arrays))
    finished = explore(arrays, [seed + 1000 * k for k in range(searches)], first, clock)
    found = best_of(arrays, finished, seed, clock)
    plan = plan_of(problem, fill_up(arrays, found.routes))
    plan = with_bound(arrays, plan, found, clock)
    return verified(problem, plan)


def explore(
    arrays: Compiled, seeds: Sequence[int], start: Sequences, clock: Clock, heats: Heats = NIGHT
) -> list[Annealer]:
    """Searches with different seeds side by side, until the clock or the listener says stop."""
    searches = [Annealer.from_start(arrays, seed, start) for seed in seeds]
    if not arrays.choices or not arrays.shifts:
        return searches
    # Compiled code holds no lock, so threads use the cores; this one looks on.
    with ThreadPoolExecutor(len(searches)) as pool:
        running = [pool.submit(search.run, clock.stopping(), heats) for search in searches]
        try:
            while wait_for(running, timeout=LOOK_SECONDS).not_done:
                clock.tell("search", searches)
        except BaseException:
            clock.cancelled.cancel()
            raise
    for finished in running:
        finished.result()
    return searches


def best_of(
    arrays: Compiled,
    searches: Sequence[Annealer],
    seed: int,
    clock: Clock,
    quotas: Sequence[Quota] = (),
) -> Chosen:
    """The best routes that all searches have met, chosen together; the best search's at worst."""
    best = max(searches, key=lambda search: search.best_points).best
    clock.tell("choice", searches)
    seconds = clock.for_choice()
    late = seconds is not None and seconds < LEAST_CHOICE
    if clock.cancelled.asked or clock.choice_most == 0.0 or late:
        return Chosen(best, None)
    pools = [search.state.pool for search in searches]
    return choose(arrays, pools, best, Effort(seconds, seed=seed), quotas)


def fill_up(arrays: Compiled, routes: Sequences) -> Sequences:
    """The routes with the visits worth something added that still fit, by noisy ratios."""
    if not arrays.choices or not arrays.shifts:
        return routes
    filler = Annealer.from_start(arrays, 1, routes)
    filler.fill()
    return filler.best


def with_bound(
    arrays: Compiled,
    plan: Plan,
    found: Chosen,
    clock: Clock,
    quotas: Sequence[Quota] = (),
) -> Plan:
    """The plan with what no plan can exceed, points of quotas included; without, when cancelled."""
    if clock.cancelled.asked:
        return plan
    prices = found.relaxation.prices if found.relaxation else None
    made = [stop.visit for route in plan.routes for stop in route.stops]
    worth = plan.value + sum(quota.points * quota.reached(made) for quota in quotas)
    asked = partial(clock.tell_and_ask, "bound", worth)
    limit = bound(arrays, worth, prices, clock.for_bound(), quotas, asked)
    return replace(plan, bound=limit)


class Clock:
    """The limits of one plan, and who is told of its progress."""

    def __init__(
        self,
        seconds: float | None,
        iterations: int | None = None,
        listener: Listener | None = None,
        timer: Callable[[], float] = time.perf_counter,
    ) -> None:
        self.timer = timer
        self.choice_most = CHOICE_MOST
        self.bound_seconds = None if seconds is None else min(BOUND_MOST, BOUND_SHARE * seconds)
        self.end_seconds = 0.0
        self.begin = timer()
        self.seconds = seconds
        self.iterations = iterations
        self.listener = listener
        self.cancelled = Cancelled()
        self.iterated = 0

    @property
    def elapsed(self) -> float:
        return self.timer() - self.begin

    def late(self) -> bool:
        """Whether the seconds are over."""
        return self.seconds is not None and self.elapsed >= self.seconds

    def keep_for_end(self, arrays: Compiled) -> None:
        """Keep the time that writing down and checking take: much where there are many visits."""
        self.end_seconds = AFTERWARDS * len(arrays.choices)

    def left_before(self, later: float) -> float:
        """Seconds until what comes later must begin."""
        assert self.seconds is not None
        return self.seconds - later - self.end_seconds - self.elapsed

    def for_choice(self) -> float | None:
        """Seconds of the choice: its share, or less when what went before took longer; None
        where iterations alone are limited."""
        if self.seconds is None:
            return None
        share = min(self.choice_most, CHOICE_SHARE * self.seconds)
        return min(share, self.left_before(self.bound_seconds or 0.0))

    def for_bound(self) -> float | None:
        """Seconds of the bound: those kept for it, or what is left when it begins much later."""
        if self.seconds is None or self.bound_seconds is None:
            return self.bound_seconds
        left = self.left_before(-LATE_SHARE * self.seconds)
        return max(0.0, min(self.bound_seconds, left))

    def keep_for_bound(self, round_takes: float) -> None:
        """Keep enough time for the bound's first round, or none where that would be too much."""
        if self.seconds is not None and self.bound_seconds is not None:
            enough = round_takes <= ROUND_SHARE * self.seconds
            self.bound_seconds = max(self.bound_seconds, round_takes) if enough else 0.0

    def stopping(self) -> Stopping:
        """A criterion for one search: what the later phases leave."""
        limits: list[Stopping] = [self.cancelled]
        if self.iterations is not None:
            limits.append(MaxIterations(self.iterations))
        if self.seconds is not None:
            later = min(self.choice_most, CHOICE_SHARE * self.seconds)
            later += self.bound_seconds or 0.0
            limits.append(MaxSeconds(self.left_before(later), self.timer))
        return FirstOf(*limits)

    def tell(self, phase: str, searches: Sequence[Annealer]) -> None:
        """Report progress of the searches; a listener that returns False cancels."""
        if self.listener is None:
            return
        self.iterated = sum(search.iterations for search in searches)
        self.tell_and_ask(phase, max(round(each.value) for each in searches))

    def tell_and_ask(self, phase: str, value: int, bound: int | None = None) -> bool:
        """Report progress; whether someone wants it to stop."""
        if self.listener is not None:
            said = Progress(self.elapsed, self.iterated, value, bound, phase)
            if self.listener(said) is False:
                self.cancelled.cancel()
        return self.cancelled.asked
