"""The count night: every zone is passed, by the fewest crews or with the earliest return.

Searches with fewer and fewer crews (or shorter and shorter shifts) fill a pool of routes;
CP-SAT chooses among them (`routing.cover`); a Lagrangian bound says how few crews, or how
early a return, no plan can go below (`routing.count_bound`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import wait as wait_for
from dataclasses import dataclass, field, replace

from geo.errors import InfeasibleError
from routing.anneal import Annealer, Sequences
from routing.choose import Columns, Effort, gather
from routing.count_bound import (
    POINTS,
    alike,
    counted,
    fewest_possible,
    soonest_possible,
    value_of_all,
)
from routing.count_limits import CountLimits, CountListener
from routing.cover import earliest_routes, fewest_routes
from routing.covering import fewest_by_covering
from routing.feasible import impossible_alone
from routing.instance import Compiled, compiled
from routing.plan import Plan, verified
from routing.planner import LOOK_SECONDS, compile_kernel
from routing.problem import Problem, Shift
from routing.schedule import plan_of
from routing.stopping import FirstOf, MaxIterations, MaxSeconds, Stopping, TargetValue
from routing.suitability import copy_of, open_to_copies
from routing.walks import Choice

ITERATIONS = 6_000
PRECISION = 60
CHOICE_SHARE = 0.15
MOST_COLUMNS = 12_000
MOST_MORE = 40
"""Crews that are tried besides those on duty, to say how many a count needs."""

Decision = Callable[[Compiled, Columns, Effort], Sequences | None]


@dataclass(frozen=True)
class CountNight:
    """A plan that passes every zone.

    `crews` go out, and no plan does with fewer than `fewest_possible`. The last unit is home
    at `last_return`, and no plan of all crews has it home before `soonest_possible` (seconds
    from noon).
    """

    plan: Plan
    crews: int
    fewest_possible: int
    last_return: int
    soonest_possible: int
    stopped: bool = False
    """Someone stopped the search: nothing is proven."""

    @property
    def fewest_proven(self) -> bool:
        """Whether fewer crews are impossible."""
        return self.crews == self.fewest_possible


def fewest_crews(
    problem: Problem,
    *,
    seconds: float | None = None,
    iterations: int = ITERATIONS,
    seed: int = 1,
    progress: CountListener | None = None,
    free: Problem | None = None,
) -> CountNight:
    """Every zone with as few crews as are found.

    `iterations`: of each search; `seconds`: of everything, none by default; `free`: the
    problem that the bound is of, where the given one is a narrower one. Raises InfeasibleError
    `promise_impossible` (visit, reason) for a zone that nobody can pass, and `crews_too_few`
    (crews, needed, least) when no plan of those on duty is found that passes every zone:
    `needed` would, the others like them, and fewer than `least` cannot; or
    `crews_far_too_few` (crews, tried); `count_stopped` when `progress` stopped it too early.
    """
    compile_kernel()  # the first time takes long, which is no search
    night = _Counting.of(problem, CountLimits(seconds, iterations, seed, progress))
    found = night.routes_of_all()
    if found is None:
        raise night.too_few()
    least = night.least(free or problem, _crews(found))
    found = night.spare_crews(found, least)
    least = night.proven(free or problem, least, _crews(found))
    return night.result(found, fewest=least)


def earliest_return(
    problem: Problem,
    *,
    seconds: float | None = None,
    iterations: int = ITERATIONS,
    seed: int = 1,
    progress: CountListener | None = None,
    free: Problem | None = None,
) -> CountNight:
    """Every zone by all crews, the last of them home as early as is found.

    Arguments and errors as of `fewest_crews`.
    """
    compile_kernel()  # the first time takes long, which is no search
    night = _Counting.of(problem, CountLimits(seconds, iterations, seed, progress))
    found = night.routes_of_all()
    if found is None:
        raise night.too_few()
    found = night.hurry(found)
    soonest = night.soonest(free or problem, night.last_return(found))
    return night.result(found, soonest=soonest)


@dataclass(eq=False)
class _Counting:
    """The searches of one count and the routes that they have met.

    `problem`: the `given` one with every visit worth the same. Every search is of the same
    visits, so an option has the same number in each.
    """

    given: Problem
    problem: Problem
    arrays: Compiled
    limits: CountLimits
    on_duty: int
    columns: dict[tuple[int, frozenset[int]], tuple[int, ...]] = field(default_factory=dict)
    known: tuple[int | None, int | None] = (None, None)

    @classmethod
    def of(cls, problem: Problem, limits: CountLimits, on_duty: int = 0) -> _Counting:
        """`on_duty`: the first so many crews go out anyway; only the others are spared."""
        limits.tell(0, len(problem.visits), None, None)
        for visit in problem.visits:
            reason = impossible_alone(problem, visit)
            if reason is not None:
                raise InfeasibleError("promise_impossible", visit=visit.key, reason=reason)
        everything = counted(problem)
        return cls(problem, everything, compiled(everything), limits, on_duty)

    def share(self) -> float | None:
        """Seconds for a choice or a bound."""
        left = self.limits.left()
        return None if left is None else max(0.2, CHOICE_SHARE * left)

    def routes_of_all(self) -> Sequences | None:
        """Every zone by all crews; None when no search and no choice finds that."""
        found = self.search(self.problem.shifts)
        return self.met(found or self.choose(self.fewest))

    def met(self, routes: Sequences | None) -> Sequences | None:
        """The same; whoever looks on is told what they come to."""
        if routes is not None:
            self.known = self.crews(routes) + self.on_duty, self.last_return(routes)
            self.tell(len(self.problem.visits))
        return routes

    def tell(self, passed: int) -> None:
        self.limits.tell(passed, len(self.problem.visits), *self.known)

    def least(self, free: Problem, crews: int) -> int:
        """The fewest crews that could do; 1 when there is no time to prove more."""
        self.limits.phase = "bound"
        if self.asked():
            return 1
        return fewest_possible(free, crews, self.share(), self.routes_met(), self.asked)

    def proven(self, free: Problem, least: int, crews: int) -> int:
        """What the seconds that the search has left prove besides."""
        self.limits.phase = "bound"
        if least >= crews or self.limits.seconds is None or self.limits.late() or self.asked():
            return least
        left = self.limits.left()
        proof = fewest_by_covering(counted(free), self.routes_met(), left, self.asked)
        return min(crews, max(least, proof))

    def routes_met(self) -> Columns:
        return tuple((shift, options) for (shift, _), options in self.columns.items())

    def asked(self) -> bool:
        """Tell of the progress; whether someone wants it to stop."""
        self.tell(0)
        return self.limits.cancelled.asked

    def soonest(self, free: Problem, last_return: int) -> int:
        """Before when nobody could be back."""
        self.limits.phase = "bound"
        self.tell(0)
        if self.limits.cancelled.asked:
            return min(shift.opens for shift in free.shifts)
        return soonest_possible(free, last_return, self.share())

    def fewest(self, arrays: Compiled, columns: Columns, effort: Effort) -> Sequences | None:
        """The fewest of the routes met, besides those on duty."""
        return fewest_routes(arrays, columns, effort, self.on_duty)

    def crews(self, routes: Sequences) -> int:
        """Crews that go out, besides those on duty."""
        return sum(bool(route) for route in routes[self.on_duty :])

    def spare_crews(self, routes: Sequences, fewest: int) -> Sequences:
        """Fewer and fewer crews: one stays at home, or the routes met are combined anew."""
        self.limits.phase = "fewer"
        best = self.better(routes, self.choose(self.fewest), self.crews)
        spared = True
        while (
            spared and self.crews(best) > max(0, fewest - self.on_duty) and not self.limits.late()
        ):
            spared = False
            for shifts in self._one_fewer(best):
                found = self.search(shifts)
                better = self.better(best, found or self.choose(self.fewest), self.crews)
                if self.crews(better) < self.crews(best):
                    best, spared = better, True
                    self.met(best)
                    break
        return best

    def hurry(self, routes: Sequences) -> Sequences:
        """Home earlier and earlier, by halving between what is found and what is not."""
        self.limits.phase = "earlier"
        best = self.better(routes, self.choose(earliest_routes), self.last_return)
        early, late = min(shift.opens for shift in self.problem.shifts), self.last_return(best)
        while late - early > PRECISION and not self.limits.late():
            middle = (early + late) // 2
            found = self.search([home_by(shift, middle) for shift in self.problem.shifts])
            if found is None:
                early = middle
            best = self.better(best, found, self.last_return)
            late = self.last_return(best)
            self.met(best)
        return self.better(best, self.choose(earliest_routes), self.last_return)

    def search(self, shifts: Sequence[Shift]) -> Sequences | None:
        """Routes of these shifts through every zone; None when not found. Fills the pool."""
        number = {shift.key: index for index, shift in enumerate(self.problem.shifts)}
        few = replace(self.problem, shifts=tuple(shifts))
        annealer = Annealer.from_start(compiled(few), self.limits.seed)
        limits: list[Stopping] = [
            MaxIterations(self.limits.iterations),
            TargetValue(value_of_all(few)),
            self.limits.cancelled,
        ]
        if (left := self.limits.left()) is not None:
            limits.append(MaxSeconds(left))
        # Compiled code holds no lock: this thread looks on.
        with ThreadPoolExecutor(1) as pool:
            running = pool.submit(annealer.run, FirstOf(*limits))
            try:
                while wait_for([running], timeout=LOOK_SECONDS).not_done:
                    self.tell(int(annealer.best_points // POINTS))
            except BaseException:
                self.limits.cancelled.cancel()
                raise
        running.result()
        for by, options in gather(annealer.compiled, [annealer.state.pool], annealer.best):
            driver = number[shifts[by].key]
            self.columns[driver, frozenset(options)] = options
        if annealer.best_points < value_of_all(few):
            return None
        routes: list[tuple[Choice, ...]] = [shift.locked for shift in self.problem.shifts]
        for shift, route in zip(shifts, annealer.best, strict=True):
            routes[number[shift.key]] = route
        return tuple(routes)

    def choose(self, decision: Decision) -> Sequences | None:
        """The best combination of routes met; None when they do not pass every zone."""
        newest = list(self.columns.items())[-MOST_COLUMNS:]
        columns = tuple((shift, options) for (shift, _), options in newest)
        return decision(self.arrays, columns, Effort(self.share(), seed=self.limits.seed))

    def better(
        self, one: Sequences, other: Sequences | None, cost: Callable[[Sequences], int]
    ) -> Sequences:
        return one if other is None or cost(other) >= cost(one) else other

    def last_return(self, routes: Sequences) -> int:
        """When the last unit is home."""
        return _last_return(plan_of(self.problem, routes))

    def result(
        self, routes: Sequences, fewest: int | None = None, soonest: int | None = None
    ) -> CountNight:
        plan = verified(self.given, plan_of(self.given, routes))
        return CountNight(
            plan=plan,
            crews=len(plan.routes),
            fewest_possible=1 if fewest is None else fewest,
            last_return=_last_return(plan),
            soonest_possible=min(shift.opens for shift in self.problem.shifts)
            if soonest is None
            else soonest,
            stopped=self.limits.cancelled.asked,
        )

    def _one_fewer(self, routes: Sequences) -> list[list[Shift]]:
        """The crews that go out without one of them, the least busy first; of crews that are
        alike one is enough."""
        numbers = range(len(routes))
        out = [number for number in numbers if routes[number] or number < self.on_duty]
        spare = [number for number in out if number >= self.on_duty]
        without: dict[Shift, list[Shift]] = {}
        for number in sorted(spare, key=lambda each: len(routes[each])):
            others = [self.problem.shifts[other] for other in out if other != number]
            without.setdefault(alike(self.problem.shifts[number]), others)
        return list(without.values())

    def too_few(self) -> InfeasibleError:
        """How many crews pass every zone: those on duty and the fewest others like them."""
        if self.limits.cancelled.asked:
            return InfeasibleError("count_stopped")
        return _too_few(self.given, self.limits.more())


def home_by(shift: Shift, moment: int) -> Shift:
    """The shift, over at that moment."""
    return replace(shift, closes=max(shift.opens, min(shift.closes, moment)))


def _too_few(problem: Problem, limits: CountLimits) -> InfeasibleError:
    shifts, crews = list(problem.shifts), len(problem.shifts)
    kinds = list({alike(shift): shift for shift in shifts}.values())
    for extra in range(1, MOST_MORE // max(1, len(kinds)) + 1):
        shifts += [replace(kind, unit=copy_of(kind.unit, extra), locked=()) for kind in kinds]
        units = [kind.unit for kind in kinds]
        visits = tuple(open_to_copies(visit, units, extra) for visit in problem.visits)
        more = replace(problem, shifts=tuple(shifts), visits=visits)
        night = _Counting.of(more, limits, on_duty=crews)
        found = night.routes_of_all()
        if limits.cancelled.asked:
            return InfeasibleError("count_stopped")
        if found is not None:
            least = night.least(more, crews + night.crews(found))
            needed = crews + night.crews(night.spare_crews(found, least))
            return InfeasibleError("crews_too_few", crews=crews, needed=needed, least=least)
    return InfeasibleError("crews_far_too_few", crews=crews, tried=len(shifts))


def _crews(routes: Sequences) -> int:
    return sum(bool(route) for route in routes)


def _last_return(plan: Plan) -> int:
    return max((route.home for route in plan.routes), default=0)
