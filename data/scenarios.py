"""Scenarios beside the plan of record: gathered from the store, planned at once, compared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from data.access import Viewer
from data.planning import night_inputs
from data.plans import PlanRecord, PlanState
from data.roads_cache import remembered_matrices
from data.store import Store
from data.weeks import prepared_week, week_inputs
from geo.errors import ConflictError, ProssimaError
from geo.network import RoadNetwork
from geo.night import Night, nights
from routing.plan import Plan, verified
from routing.planner import SEARCHES
from routing.prepare import NightInputs, Prepared, night_problem
from routing.prepare_week import PreparedWeek, week_quotas
from routing.region import Listener, Look, Task, Workers, plan_all
from routing.scenarios import (
    Effect,
    Scenario,
    changed,
    effects,
    keepable,
    lost_with_units,
)
from routing.schedule import plan_of, sequences_of

AS_IT_IS: Scenario = ()


@dataclass(frozen=True, eq=False)
class Outcome:
    """What a scenario brings. `lost`: keys of promises that are not kept. `plan`: None where it
    was refused (`error` says why) or not planned any more."""

    scenario: Scenario
    plan: Plan | None
    lost: tuple[str, ...] = ()
    error: ProssimaError | None = None


@dataclass(frozen=True, eq=False)
class Comparison:
    """Scenarios beside how things are.

    `prepared`: the nights as they are. `record`: the plan of record, where there is one: it is
    only read. `now`: how the nights would be planned today, with the same effort as the
    scenarios, of which `outcomes` tells in their order.
    """

    prepared: PreparedWeek
    record: Plan | None
    now: Outcome
    outcomes: tuple[Outcome, ...]

    def became(self, plan: Plan) -> dict[str, Effect]:
        """What becomes of the zones in a plan, against how they would be planned as it is: with
        the same effort and from the same data, so that only the change makes the difference."""
        if self.now.plan is None:
            return {}
        zones = {zone.code for one in self.prepared.nights.values() for zone in one.inputs.zones}
        found = effects(self.now.plan, plan)
        return {key: effect for key, effect in found.items() if key in zones}


def plan_of_record(store: Store, viewer: Viewer, night: Night) -> PlanRecord | None:
    """A night's plan: the published one, else the newest draft."""
    records = store.plans(viewer, night)
    published = [one for one in records if one.state is PlanState.PUBLISHED]
    return next(iter([*published, *records]), None)


def units_of(*records: PlanRecord) -> tuple[str, ...]:
    """Codes of the units that plans were made for."""
    return tuple(sorted({unit["code"] for one in records for unit in one.document["units"]}))


def records_of(store: Store, viewer: Viewer, first: Night, count: int) -> Mapping[int, PlanRecord]:
    """The plans of record of several nights, by their number from the first; none of a night
    that has no plan."""
    found = {night - first: plan_of_record(store, viewer, night) for night in nights(first, count)}
    return {number: record for number, record in found.items() if record is not None}


def plan_together(records: Mapping[int, PlanRecord]) -> Plan:
    """The plans of several nights as one, their routes on the nights of their numbers. Values
    are those of each night alone, which does not know of the others; so a bound is none of all."""
    if {*records} == {0}:
        return records[0].plan
    routes = [
        replace(route, night=number)
        for number, record in sorted(records.items())
        for route in record.plan.routes
    ]
    return Plan(tuple(routes), sum(record.plan.value for record in records.values()))


def record_again(
    store: Store, viewer: Viewer, network: RoadNetwork, record: PlanRecord
) -> tuple[Prepared, Plan]:
    """A plan of record on what is known now: its night's problem, and its routes in it.

    Raises ConflictError `record_outdated` (night) where it can no longer be driven as it is.
    """
    settings = store.settings()
    outdated = ConflictError("record_outdated", night=record.night)
    try:
        prepared = night_problem(
            night_inputs(store, viewer, record.night, units_of(record)),
            network,
            now=store.now(),
            weights=settings.need_weights,
            means=settings.means,
            measure=remembered_matrices(settings.home),
        )
        sequences = sequences_of(prepared.problem, record.plan)
        plan = verified(prepared.problem, plan_of(prepared.problem, sequences))
    except (ProssimaError, ValueError, IndexError) as error:
        raise outdated from error
    if plan.served != record.plan.served:
        raise outdated
    return prepared, plan


@dataclass(frozen=True, eq=False)
class _Ready:
    scenario: Scenario
    week: PreparedWeek
    lost: tuple[str, ...]
    task: Task


def compare(
    store: Store,
    viewer: Viewer,
    network: RoadNetwork,
    when: tuple[Night, int],
    scenarios: Sequence[Scenario],
    *,
    workers: Workers,
    units: Iterable[str] | None = None,
    record: Plan | None = None,
    seconds: float | None = None,
    iterations: int | None = None,
    progress: Listener | None = None,
    look: Look | None = None,
) -> Comparison:
    """Plan how things are and every scenario, several at once; nothing is kept.

    `when`: the first night, and how many. `units`: codes of those that go out as things are, None
    for all on duty. `record`: the plan of record, its nights counted from the first. `seconds`
    and `iterations` of each; without either, what the settings give a night or a week. A
    scenario that is refused carries its error, one that `look` gave up has no plan. Raises
    what the preparation of the nights as they are raises.
    """
    first, count = when
    given = week_inputs(store, viewer, first, count, units)
    if seconds is None and iterations is None:
        chosen = store.settings()
        seconds = chosen.week_seconds if count > 1 else SEARCHES * chosen.planner_seconds
    prepare = _Preparing(store, viewer, network, first, count)
    effort = Task("", prepare.week(given).problem, seconds=seconds, iterations=iterations)
    as_it_is = prepare.ready(AS_IT_IS, given, "0", effort)
    ready: dict[str, _Ready] = {"0": as_it_is}
    refused: dict[str, ProssimaError] = {}
    for number, scenario in enumerate(scenarios, start=1):
        try:
            ready[str(number)] = prepare.ready(scenario, given, str(number), effort)
        except ProssimaError as error:
            refused[str(number)] = error
    done = plan_all([one.task for one in ready.values()], workers, progress, look)
    outcomes = []
    for number, scenario in enumerate((AS_IT_IS, *scenarios)):
        name = str(number)
        one, found = ready.get(name), done.get(name)
        if one is None:
            outcomes.append(Outcome(scenario, None, error=refused[name]))
            continue
        plan = found.week.plan if found and found.week else None
        gone = lost_with_units(as_it_is.week, one.week)
        why = found.error if found else None
        outcomes.append(Outcome(scenario, plan, tuple(sorted({*one.lost, *gone})), why))
    return Comparison(as_it_is.week, record, outcomes[0], tuple(outcomes[1:]))


@dataclass(frozen=True, eq=False)
class _Preparing:
    store: Store
    viewer: Viewer
    network: RoadNetwork
    first: Night
    count: int

    def week(self, given: Sequence[NightInputs]) -> PreparedWeek:
        return prepared_week(
            self.store,
            self.viewer,
            self.network,
            given,
            first=self.first,
            count=self.count,
            # A single night is weighed as the page of the night does: it knows no usual times.
            usual=self.count > 1,
        )

    def ready(
        self, scenario: Scenario, given: Sequence[NightInputs], name: str, effort: Task
    ) -> _Ready:
        settings = self.store.settings()
        week = self.week(changed(given, scenario))
        problem, lost = keepable(week.problem, settings.planner_seed)
        quotas = week_quotas(week, settings.week_weights) if self.count > 1 else ()
        task = replace(
            effort, name=name, problem=problem, quotas=quotas, seed=settings.planner_seed
        )
        return _Ready(scenario, week, lost, task)
