"""Why a visit was left out and what it would cost to make it; how full every unit is.

A visit that nobody could make even alone is explained by what bars it. For the others
the routes of the plan are tried: what time is missing where it comes nearest to fitting,
and which stops one unit would have to leave out for it: the cheapest string of stops of one
route, driving there or on foot from a parked van. A new search may find something cheaper
still, so the loss stated is the most that taking the visit costs, not the least.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from routing.anneal import Annealer
from routing.exchange import (
    Exchanges,
    Shortage,
    cheapest_exchanges,
    least_shortage,
    least_shortages,
)
from routing.feasible import impossible_alone
from routing.instance import NEVER, Compiled, compiled
from routing.plan import Plan, Route
from routing.problem import Problem, Shift, Visit
from routing.routes import Routes
from routing.schedule import sequences_of
from routing.walks import made_by, option_of, visits_made

MINUTE = 60


@dataclass(frozen=True)
class LeftOut:
    """A visit that the plan does not make. `reason`: a code; `fields` fill its sentence.

    Reasons are those of `routing.feasible.impossible_alone`, and of units that could come:
    `no_value` (worth nothing), `room_left` (unit: a better plan exists), `promises_first`,
    `worth_more` (so does the exchange named make a better one), `no_time_left`, `worth_less`,
    `driving_limit`, `metres_limit`, `materials_limit`; where a walk from a van is cheapest
    `walk_left`, `walk_gains`, `walk_costs` and `walk_shortens` (nothing is left out, but what
    the van parks for is made in a way worth less).
    Where units could come the fields hold the price: `unit`, `value` of the visit,
    `dropped` visits and the points `lost` with them, `needs` and `left` in minutes, or
    `over`, by which a limit would be exceeded (minutes, kilometres, kits); of a walk `parked`,
    the visit from which it is walked, and the `value` of all that it makes besides.
    """

    visit: str
    reason: str
    fields: Mapping[str, object]


@dataclass(frozen=True)
class Load:
    """How full a unit's shift is; seconds and metres. Limits that do not exist leave None.

    `slack`: from coming home to the end of the shift.
    """

    unit: str
    night: int
    stops: int
    value: int
    shift: int
    driving: int
    serving: int
    walking: int
    resting: int
    waiting: int
    slack: int
    metres: int
    driving_left: int | None
    metres_left: int | None

    @property
    def share(self) -> float:
        """Share of the shift that is used."""
        return 1.0 - self.slack / self.shift if self.shift else 0.0


@dataclass(frozen=True)
class Explanation:
    """What a plan leaves out and why, its loads, and how much better any plan could be."""

    left_out: tuple[LeftOut, ...]
    loads: tuple[Load, ...]
    value: int
    bound: int | None
    gap: float | None


def explain(problem: Problem, plan: Plan) -> Explanation:
    """Explain a plan of the problem. The plan must be feasible (`routing.plan.check`)."""
    missing = [visit for visit in problem.visits if visit.key not in plan.served]
    barred = {visit.key: _barred(problem, visit) for visit in missing}
    priced = [visit for visit in missing if barred[visit.key] is None]
    trial = _Trial.of(problem, plan, priced) if priced else None
    return Explanation(
        left_out=tuple(
            _explain_one(problem, trial, visit)
            if trial and visit.key in trial.options
            else LeftOut(visit.key, barred[visit.key] or "no_shift", {})
            for visit in missing
        ),
        loads=tuple(_load(shift, plan.route(*shift.key)) for shift in problem.shifts),
        value=plan.value,
        bound=plan.bound,
        gap=plan.gap,
    )


def _barred(problem: Problem, visit: Visit) -> str | None:
    """Why the visit has no price: nobody can make it, or it is worth nothing."""
    if reason := impossible_alone(problem, visit):
        return reason
    return "no_value" if all(option.value == 0 for option in visit.options) else None


@dataclass(frozen=True, eq=False)
class _Trial:
    """The plan's routes as the kernel holds them, and what every option would take there."""

    compiled: Compiled
    routes: Routes
    options: Mapping[str, list[int]]  # of visits left out: their own, then walks
    row: Mapping[int, int]  # of an option in what follows
    exchanges: Exchanges
    shortages: tuple[NDArray[np.int64], ...]  # needs, left, shift
    served: frozenset[str]

    @classmethod
    def of(cls, problem: Problem, plan: Plan, visits: Sequence[Visit]) -> _Trial:
        arrays = compiled(problem)
        routes = Annealer.from_start(arrays, 1, sequences_of(problem, plan)).state.routes
        walks: dict[int, list[int]] = defaultdict(list)
        for walk, option in arrays.members.tolist():
            walks[option].append(walk)
        options = {}
        for visit in visits:
            own = [arrays.number[visit.key, index] for index in range(len(visit.options))]
            options[visit.key] = [*own, *(walk for option in own for walk in walks[option])]
        asked = np.unique(np.array([o for each in options.values() for o in each], np.int64))
        return cls(
            arrays,
            routes,
            options,
            {option: row for row, option in enumerate(asked.tolist())},
            cheapest_exchanges(arrays.instance, routes, asked),
            least_shortages(arrays.instance, routes, asked),
            plan.served,
        )

    def pairings(self, visit: Visit) -> list[tuple[int, int]]:
        """Options of the visit alone with the shifts that may serve them."""
        allowed = self.compiled.instance.allowed
        own = self.options[visit.key][: len(visit.options)]
        return [(o, k) for o in own for k in range(len(self.compiled.shifts)) if allowed[o, k]]

    def shortage(self, option: int, shift: int) -> Shortage:
        return Shortage(*least_shortage(self.compiled.instance, self.routes, option, shift))

    def nearest_to_fitting(self, visit: Visit) -> tuple[int, int, int]:
        """Seconds needed and left where the visit alone comes nearest to fitting; by whom."""
        rows = [self.row[option] for option in self.options[visit.key][: len(visit.options)]]
        found = [tuple(int(column[row]) for column in self.shortages) for row in rows]
        needs, left, by = min(
            (one for one in found if one[2] >= 0), key=lambda one: one[0] - one[1]
        )
        return needs, left, by

    def price(self, option: int) -> _Price:
        """What it would take to make the option."""
        row = self.row[option]
        shift, first = int(self.exchanges.shift[row]), int(self.exchanges.first[row])
        stops = self.routes.position["option"][shift, first : first + self.exchanges.dropped[row]]
        choice, problem = self.compiled.choices[option], self.compiled.problem
        made = made_by(choice)
        gained = sum(problem.visit(k).options[i].value for k, i in made if k not in self.served)
        again = option_of(problem, choice).value - gained
        gone = visits_made(self.compiled.choices[stop] for stop in stops)
        dropped = tuple(key for key in gone if key not in dict(made))
        parked = choice[0] if len(made) > 1 else None
        return _Price(shift, gained, float(self.exchanges.lost[row]) - again, dropped, parked)


@dataclass(frozen=True)
class _Price:
    """What one way of making a visit takes: `lost` points, infinite where promises forbid it."""

    shift: int
    value: int
    lost: float
    dropped: tuple[str, ...]
    parked: str | None

    @property
    def reason(self) -> str | None:
        """What the price itself says; None where time and limits must be looked at."""
        walks = self.parked is not None
        if not self.dropped:
            return ("walk_shortens" if self.lost > 0 else "walk_left") if walks else "room_left"
        if self.lost < self.value:
            return "walk_gains" if walks else "worth_more"
        return "walk_costs" if walks else None


def _explain_one(problem: Problem, trial: _Trial, visit: Visit) -> LeftOut:
    prices = [trial.price(option) for option in trial.options[visit.key]]
    price = min(prices, key=lambda one: one.lost - one.value)
    if price.lost == float("inf"):
        return LeftOut(visit.key, "promises_first", {})
    fields: dict[str, object] = {
        "unit": trial.compiled.shifts[price.shift].unit,
        "value": price.value,
        "dropped": price.dropped,
        "lost": round(price.lost),
    }
    if price.parked is not None:
        fields["parked"] = price.parked
    if price.reason:
        return LeftOut(visit.key, price.reason, fields)
    needs, left, by = trial.nearest_to_fitting(visit)
    if needs >= NEVER or needs <= left:
        over = _limit_exceeded(problem, trial, visit)
        return (
            LeftOut(visit.key, over[0], fields | over[1])
            if over
            else LeftOut(visit.key, "worth_less", fields)
        )
    fields |= {
        "needs": -(-needs // MINUTE),
        "left": left // MINUTE,
        "there": trial.compiled.shifts[by].unit,
    }
    one_stop = len(price.dropped) == 1
    return LeftOut(visit.key, "worth_less" if one_stop else "no_time_left", fields)


def _limit_exceeded(
    problem: Problem, trial: _Trial, visit: Visit
) -> tuple[str, dict[str, object]] | None:
    """The limit that bars the visit where time would allow it, and by how much."""
    routes = trial.routes
    for option, number in trial.pairings(visit):
        shortage, shift = trial.shortage(option, number), trial.compiled.shifts[number]
        if shortage.needs > shortage.left:
            continue
        travel, row = problem.travel[shift.mode], routes.position["place"][number]
        before, after = row[shortage.position - 1], row[shortage.position]
        driving, metres = (
            int(table[before, visit.place] + table[visit.place, after] - table[before, after])
            + int(routes.route[sums][number])
            for table, sums in ((travel.seconds, "driving"), (travel.metres, "metres"))
        )
        kits = int(routes.route["materials"][number]) + visit.materials
        if shift.driving is not None and driving > shift.driving:
            over = -(-(driving - shift.driving) // MINUTE)
            return "driving_limit", {"unit": shift.unit, "over": over}
        if shift.metres is not None and metres > shift.metres:
            return "metres_limit", {"unit": shift.unit, "over": -(-(metres - shift.metres) // 1000)}
        if shift.materials is not None and kits > shift.materials:
            return "materials_limit", {"unit": shift.unit, "over": kits - shift.materials}
    return None


def _load(shift: Shift, route: Route | None) -> Load:
    length = shift.closes - shift.opens
    if route is None:
        route = Route(shift.unit, shift.night, (), shift.opens, shift.opens, 0, 0)
    serving = sum(stop.departure - stop.begin for stop in route.stops)
    resting = shift.pause.length if shift.pause and route.pause is not None else 0
    away = route.home - route.departure
    return Load(
        unit=shift.unit,
        night=shift.night,
        stops=len(route.stops),
        value=route.value,
        shift=length,
        driving=route.driving,
        serving=serving,
        walking=route.walking,
        resting=resting,
        waiting=away - route.driving - route.walking - serving - resting,
        slack=shift.closes - route.home if route.stops else length,
        metres=route.metres,
        driving_left=None if shift.driving is None else shift.driving - route.driving,
        metres_left=None if shift.metres is None else shift.metres - route.metres,
    )
