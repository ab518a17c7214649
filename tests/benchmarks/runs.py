"""One run of an engine, as the benchmarks print it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
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


class Kept:
    """The runs of a file, one a line; without a file nothing is kept."""

    def __init__(self, path: str | None) -> None:
        self.path = Path(path) if path else None
        lines = (
            self.path.read_text("utf-8").splitlines() if self.path and self.path.exists() else []
        )
        self.runs = {self._key(run): run for run in (Run(**json.loads(line)) for line in lines)}

    def find(
        self, instance: str, vehicles: int, engine: str, seconds: float, seed: int
    ) -> Run | None:
        """The run of these, where it is known."""
        return self.runs.get((instance, vehicles, engine, seconds, seed))

    def add(self, run: Run) -> None:
        """Add a run that is not known yet, at once."""
        if self.path is None or self._key(run) in self.runs:
            return
        self.runs[self._key(run)] = run
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(run)) + "\n")

    @staticmethod
    def _key(run: Run) -> tuple[str, int, str, float, int]:
        return run.instance, run.vehicles, run.engine, run.seconds, run.seed
