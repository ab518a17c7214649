"""What is known of a week, gathered from the store; its nights kept as ordinary plans."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pandas as pd

from data.access import Action, Viewer, scope
from data.contact_import import contact_frame
from data.exports import Reasoned, plan_document
from data.planning import night_inputs, night_outings
from data.plans import PlanRecord
from data.roads_cache import remembered_matrices
from data.store import Store
from geo.network import RoadNetwork
from geo.night import Night, nights
from routing.explain import explain
from routing.plan import Plan
from routing.prepare import NightInputs
from routing.prepare_week import PreparedWeek, night_plan, usual_times, week_problem

NIGHTS = 7


def week_inputs(
    store: Store,
    viewer: Viewer,
    first: Night,
    count: int = NIGHTS,
    units: Iterable[str] | None = None,
) -> tuple[NightInputs, ...]:
    """The inputs of every night of a week on which a unit goes out, in order.

    `units`: codes of those to plan for, None for all; each takes part on its own weekdays
    and in the outings that were set for single nights. A shift that is over is left out.
    """
    chosen = None if units is None else set(units)
    found = []
    for night in nights(first, count):
        out = [
            each.unit.code
            for each in night_outings(store, viewer, night)
            if (chosen is None or each.unit.code in chosen)
            and each.closes > night.seconds(store.now())
        ]
        if out:
            found.append(night_inputs(store, viewer, night, out))
    return tuple(found)


def prepared_week(
    store: Store,
    viewer: Viewer,
    network: RoadNetwork,
    inputs: Sequence[NightInputs],
    *,
    first: Night,
    count: int = NIGHTS,
    usual: bool = True,
) -> PreparedWeek:
    """The problem of a week by the settings and the clock of the store.

    `inputs`: as of `week_inputs`. `usual`: whether regular times are kept where possible.
    Raises as `routing.prepare_week.week_problem`.
    """
    settings = store.settings()
    return week_problem(
        first,
        count,
        inputs,
        network,
        now=store.now(),
        weights=settings.need_weights,
        means=settings.means,
        week=settings.week_weights,
        usual=regular_times(store, viewer, first) if usual else {},
        measure=remembered_matrices(settings.home),
    )


def regular_times(store: Store, viewer: Viewer, before: Night) -> dict[str, dict[int, str]]:
    """When zones are used to a unit: habits of the last weeks, by zone and weekday."""
    frame = contact_frame(store, viewer)
    rows = frame[["zone", "night", "hour"]].dropna(subset=["zone", "hour"])
    return usual_times(
        (
            (str(zone), pd.Timestamp(day).date(), int(hour))
            for zone, day, hour in rows.itertuples(index=False)
        ),
        before,
    )


def save_night(
    store: Store,
    viewer: Viewer,
    week: PreparedWeek,
    plan: Plan,
    *,
    number: int,
    network: RoadNetwork,
) -> PlanRecord:
    """Keep one night of a week as a draft of its own, as if it had been planned alone."""
    scope(viewer, Action.WRITE_PLANS)
    prepared, own = week.nights[number], night_plan(week, plan, number)
    reasons: list[Reasoned] = [*prepared.unplanned]
    reasons += explain(prepared.problem, own).left_out
    document = plan_document(prepared, own, reasons, network)
    return store.save_plan(viewer, PlanRecord(prepared.night, document))


def publish_night(
    store: Store,
    viewer: Viewer,
    week: PreparedWeek,
    plan: Plan,
    *,
    number: int,
    network: RoadNetwork,
    replacing: bool = False,
) -> PlanRecord:
    """Keep one night of a week and hand its itineraries to the crews.

    Raises ConflictError `unit_published` where a crew has another itinerary already.
    """
    record = save_night(store, viewer, week, plan, number=number, network=network)
    return store.publish(viewer, record, replacing=replacing)
