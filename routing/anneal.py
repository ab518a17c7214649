"""One annealed search from start to finish: its heats, and steps between looks at the clock."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np

from geo.errors import InfeasibleError
from routing.chance import generator
from routing.instance import Compiled
from routing.pool import empty_pool
from routing.routes import Routes, empty_routes
from routing.search import Snapshot, State, fill, improve, load
from routing.stopping import Stopping
from routing.walks import Choice

Sequences = tuple[tuple[Choice, ...], ...]
"""For each shift, in the problem's order, the choices that its route makes."""

STEP_SECONDS = 0.02
STEP_ITERATIONS = 200
FIRST_STEP = 5


@dataclass(frozen=True)
class Heat:
    """Cooling from `begin` to `end` (mean points of a visit), until a share of the effort is
    spent; from the start again (`anew`) or from the best routes met so far."""

    begin: float = 1.0
    end: float = 0.01
    until: float = 1.0
    anew: bool = False


Heats = tuple[Heat, ...]

POOL_MARGIN = 0.04
"""Solutions within this share of the best give their routes to the pool."""


@dataclass
class Annealer:
    """A search with a seed. `run` anneals until `stopping` says so."""

    compiled: Compiled
    seed: int
    state: State
    start: Sequences
    iterations: int = 0

    @classmethod
    def from_start(cls, compiled: Compiled, seed: int, start: Sequences | None = None) -> Annealer:
        """A search from the locked stops alone, or from given routes that are feasible."""
        routes = empty_routes(compiled)
        state = State(
            routes=routes,
            current=_snapshot(routes),
            best=_snapshot(routes),
            value=np.full(1, -np.inf),
            pool=empty_pool(compiled),
            chance=generator(seed),
        )
        start = start or tuple(shift.locked for shift in compiled.shifts)
        annealer = cls(compiled, seed, state, start)
        annealer.load(start)
        return annealer

    def load(self, sequences: Sequences) -> None:
        """Go on from these routes. Raises InfeasibleError `route_infeasible`."""
        given = self.state.routes.position["option"].copy()
        length = np.array([len(sequence) for sequence in sequences], dtype=np.int64)
        for shift, sequence in enumerate(sequences):
            end = given[shift, self.state.routes.route["length"][shift] + 1]
            given[shift, 1 : len(sequence) + 1] = [self.compiled.number[c] for c in sequence]
            given[shift, len(sequence) + 1] = end
        failed = load(self.compiled.instance, self.state, given, length)
        if failed >= 0:
            raise InfeasibleError("route_infeasible", unit=self.compiled.shifts[failed].unit)

    def fill(self) -> None:
        """Add every open option that fits, the best ratio of points to time first."""
        fill(self.compiled.instance, self.state)

    @property
    def best_points(self) -> float:
        """Points of the best routes, promises and affinity included."""
        return float(self.state.best.points[0])

    @property
    def best(self) -> Sequences:
        """The best routes met."""
        choices = self.compiled.choices
        stops, length = self.state.best.stops, self.state.best.length
        return tuple(
            tuple(choices[option] for option in stops[shift, 1 : length[shift] + 1])
            for shift in range(len(length))
        )

    @property
    def value(self) -> float:
        """Points of the best routes without those of promises; may be read while it runs."""
        return float(self.state.value[0])

    def run(self, stopping: Stopping, heats: Heats = (Heat(),)) -> None:
        """Anneal, one heat after the other, until the stopping criterion is spent."""
        since = 0.0
        for number, heat in enumerate(heats):
            if number > 0:
                self.load(self.start if heat.anew else self.best)
            self._cool(stopping, heat, since)
            since = heat.until

    def _cool(self, stopping: Stopping, heat: Heat, since: float) -> None:
        """One heat, which begins when the share `since` of the effort is spent.

        Steps have a fixed number of iterations where iterations are limited, so that the
        result does not depend on the machine; else they adapt to the clock.
        """
        scale = self.compiled.mean_points
        step = FIRST_STEP
        while (spent := stopping.spent(self.iterations, self.best_points)) < heat.until:
            left = stopping.left(self.iterations)
            if left is not None:
                step = min(STEP_ITERATIONS, left)
            cooled = max(0.0, spent - since) / (heat.until - since)
            temperature = scale * heat.begin * (heat.end / heat.begin) ** cooled
            margin = POOL_MARGIN * self.value
            begin = time.perf_counter()
            improve(self.compiled.instance, self.state, step, temperature, margin)
            self.iterations += step
            if left is None:
                took = max(1e-6, time.perf_counter() - begin)
                step = int(min(10 * step, max(1, step * STEP_SECONDS / took)))


def _snapshot(routes: Routes) -> Snapshot:
    nothing = np.full(1, -np.inf)
    stops = routes.position["option"].copy()
    return Snapshot(stops, routes.route["length"].copy(), nothing, nothing.copy())
