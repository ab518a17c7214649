"""Why a visit was left out and what it would cost to make it; how full every unit is.

A visit that nobody could make even alone is explained by what bars it. For the others
the routes of the plan are tried: what time is missing where it comes nearest to fitting,
and which stops one unit would have to leave out for it (the cheapest string of stops of
one route; a new search may find something cheaper still, so the loss stated is the most
that taking the visit costs, not the least).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from routing.anneal import Annealer
from routing.exchange import Exchange, Shortage, cheapest_exchange, least_shortage
from routing.feasible import impossible_alone
from routing.instance import NEVER, Compiled, compiled
from routing.plan import Plan, Route
from routing.problem import Problem, Shift, Visit
from routing.schedule import sequences_of
from routing.walks import option_of, visits_made

MINUTE = 60


@dataclass(frozen=True)
class LeftOut:
    """A visit that the plan does not make. `reason`: a code; `fields` fill its sentence.

    Reasons are those of `routing.feasible.impossible_alone`, and of units that could come:
    `no_value` (worth nothing), `room_left` (unit: a better plan exists), `promises_first`,
    `no_time_left`, `worth_less`, `driving_limit`, `metres_limit`, `materials_limit`.
    Where units could come the fields hold the price: `unit`, `value` of the visit,
    `dropped` visits and the points `lost` with them, `needs` and `left` in minutes, or
    `over`, by which a limit would be exceeded (minutes, kilometres, kits).
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
    trial = _Trial.of(problem, plan) if missing and problem.shifts else None
    return Explanation(
        left_out=tuple(_explain_one(problem, trial, visit) for visit in missing),
        loads=tuple(_load(shift, plan.route(*shift.key)) for shift in problem.shifts),
        value=plan.value,
        bound=plan.bound,
        gap=plan.gap,
    )


@dataclass(frozen=True, eq=False)
class _Trial:
    """The plan's routes as the kernel holds them."""

    compiled: Compiled
    annealer: Annealer

    @classmethod
    def of(cls, problem: Problem, plan: Plan) -> _Trial:
        arrays = compiled(problem)
        return cls(arrays, Annealer.from_start(arrays, 1, sequences_of(problem, plan)))

    def pairings(self, visit: Visit) -> list[tuple[int, int]]:
        """Options of the visit with the shifts that may serve them."""
        options = [self.compiled.number[visit.key, index] for index in range(len(visit.options))]
        allowed = self.compiled.instance.allowed
        return [(o, k) for o in options for k in range(len(self.compiled.shifts)) if allowed[o, k]]

    def exchange(self, option: int, shift: int) -> Exchange:
        instance, routes = self.compiled.instance, self.annealer.search.routes
        return Exchange(*cheapest_exchange(instance, routes, option, shift))

    def shortage(self, option: int, shift: int) -> Shortage:
        instance, routes = self.compiled.instance, self.annealer.search.routes
        return Shortage(*least_shortage(instance, routes, option, shift))

    def dropped(self, shift: int, exchange: Exchange) -> tuple[str, ...]:
        """Keys of the visits that an exchange drops."""
        row = self.annealer.search.routes.position["option"][shift]
        stops = row[exchange.first : exchange.first + exchange.dropped]
        return tuple(visits_made(self.compiled.choices[option] for option in stops))


def _explain_one(problem: Problem, trial: _Trial | None, visit: Visit) -> LeftOut:
    reason = impossible_alone(problem, visit)
    if reason is not None or trial is None:
        return LeftOut(visit.key, reason or "no_shift", {})
    if all(option.value == 0 for option in visit.options):
        return LeftOut(visit.key, "no_value", {})
    pairings = trial.pairings(visit)
    exchanges = [(trial.exchange(option, shift), option, shift) for option, shift in pairings]
    shortages = [(trial.shortage(option, shift), shift) for option, shift in pairings]
    shortage, short_unit = min(shortages, key=lambda pair: pair[0].needs - pair[0].left)
    points = {
        option: option_of(problem, trial.compiled.choices[option]).value for option, _ in pairings
    }
    exchange, option, by_whom = min(exchanges, key=lambda one: one[0].lost - points[one[1]])
    if exchange.lost == float("inf"):
        return LeftOut(visit.key, "promises_first", {})
    shift = trial.compiled.shifts[by_whom]
    fields: dict[str, object] = {
        "unit": shift.unit,
        "value": points[option],
        "dropped": trial.dropped(by_whom, exchange),
        "lost": round(exchange.lost),
    }
    if exchange.dropped == 0:
        return LeftOut(visit.key, "room_left", fields)
    if shortage.needs >= NEVER or shortage.needs <= shortage.left:
        over = _limit_exceeded(problem, trial, visit, pairings)
        return (
            LeftOut(visit.key, over[0], fields | over[1])
            if over
            else LeftOut(visit.key, "worth_less", fields)
        )
    fields |= {
        "needs": -(-shortage.needs // MINUTE),
        "left": shortage.left // MINUTE,
        "there": trial.compiled.shifts[short_unit].unit,
    }
    return LeftOut(visit.key, "worth_less" if exchange.dropped == 1 else "no_time_left", fields)


def _limit_exceeded(
    problem: Problem, trial: _Trial, visit: Visit, pairings: list[tuple[int, int]]
) -> tuple[str, dict[str, object]] | None:
    """The limit that bars the visit where time would allow it, and by how much."""
    routes = trial.annealer.search.routes
    for option, number in pairings:
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
