"""A night of the demo region that is planned, published and under way."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from data.access import Role, Viewer
from data.demo import generate
from data.exports import plan_document
from data.planning import night_inputs
from data.plans import PlanRecord
from data.roads import load_network
from data.settings import load
from data.store import Store
from geo.municipalities import municipalities
from geo.night import Night
from routing.planner import plan_night
from routing.prepare import night_problem
from routing.progress import CrewEvent, EventKind

EVENING = datetime.fromisoformat("2026-05-15T18:30:00+02:00")
NIGHT = Night.of(EVENING)
COORDINATOR = Viewer(Role.COORDINATOR)


class Clock:
    """A clock that stands still until it is set."""

    def __init__(self, moment: datetime = EVENING) -> None:
        self.moment = moment

    def __call__(self) -> datetime:
        return self.moment

    def set(self, clock: str) -> None:
        """Set it to `HH:MM` of the night."""
        self.moment = NIGHT.at(NIGHT.parse_clock(clock))

    def forward(self, minutes: float) -> None:
        self.moment += timedelta(minutes=minutes)


def filled(home, clock: Clock, units: Iterable[str] | None = None, **settings) -> Store:
    """The demo region in a home folder, its night planned in a few iterations and published."""
    store = Store.open(load(home=home, **settings), clock)
    network = load_network(home)
    store.fill(COORDINATOR, generate(network, municipalities(), NIGHT.date))
    inputs = night_inputs(store, COORDINATOR, NIGHT, units)
    prepared = night_problem(inputs, network, now=clock())
    plan = plan_night(prepared.problem, iterations=300, seed=1)
    document = plan_document(prepared, plan, [], network)
    store.publish(COORDINATOR, store.save_plan(COORDINATOR, PlanRecord(NIGHT, document)))
    return store


class Crew:
    """Says what a crew says from one phone: each event with the next number."""

    def __init__(self, source: str, clock: Clock) -> None:
        self.source, self.clock, self.count = source, clock, 0

    def says(self, kind: EventKind, stop: str | None = None, /, **values: object) -> CrewEvent:
        self.count += 1
        name = f"{self.source}-event-{self.count}"
        return CrewEvent(name, kind, self.source, self.count, self.clock(), stop, values)
