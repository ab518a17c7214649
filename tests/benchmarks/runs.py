"""One run of an engine, as the benchmarks print it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from routing.plan import Plan

OURS = "ours"


@dataclass(frozen=True)
class Run:
    """One engine on one instance; `cpu_s` is processor time, which a busy machine leaves
    as it is."""

    instance: str
    vehicles: int
    engine: str
    seconds: float
    seed: int
    profit: int
    routes: list[list[str]]
    wall_s: float
    cpu_s: float
    bound: int | None

    @classmethod
    def of(
        cls,
        instance: str,
        engine: str,
        seconds: float,
        seed: int,
        plan: Plan,
        vehicles: int,
        took: Sequence[float],
    ) -> Run:
        """A verified plan as a run; `took`: wall and processor seconds."""
        wall, cpu = (round(each, 3) for each in took)
        routes = [[stop.visit for stop in route.stops] for route in plan.routes]
        return cls(
            instance, vehicles, engine, seconds, seed, plan.value, routes, wall, cpu, plan.bound
        )

    def line(self) -> dict[str, Any]:
        """What `--json` prints of it."""
        names = ("instance", "vehicles", "engine", "seconds", "seed", "profit", "routes")
        names += ("wall_s", "bound")
        return {name: getattr(self, name) for name in names}
