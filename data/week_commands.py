"""The terminal's commands for a week (`cli` adds them)."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable
from typing import Annotated

import typer
from rich import box
from rich.table import Table

from data.messages import N_
from data.narrow import narrow_said, of_week
from data.plan_words import progress_said
from data.roads import load_network
from data.terminal import TERMINAL, answer, codes, opened, say, texts
from data.texts import Texts
from data.weeks import NIGHTS, prepared_week, publish_night, save_night, week_inputs
from geo.errors import ConflictError
from geo.night import Night
from routing.plan import Plan
from routing.planner import Progress
from routing.prepare_week import PreparedWeek, week_quotas
from routing.week import plan_week

EACH = 2.0
"""Seconds between two lines on how the search goes."""


week_app = typer.Typer()


@week_app.command()
def week(
    *,
    first: Annotated[
        str, typer.Option("--from", help=N_("First night: tonight, tomorrow or a date."))
    ] = "tonight",
    count: Annotated[int, typer.Option("--nights", min=1, max=28, help=N_("How many nights."))] = (
        NIGHTS
    ),
    units: Annotated[
        str | None,
        typer.Option(help=N_("Units to plan for, joined by commas; without it all of them.")),
    ] = None,
    seconds: Annotated[
        float | None, typer.Option(help=N_("Seconds to search; without it those of the settings."))
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help=N_("Print the week as JSON."))] = False,
    keep: Annotated[
        bool, typer.Option("--keep", help=N_("Keep every night as a draft of its own."))
    ] = False,
    publish: Annotated[
        bool, typer.Option("--publish", help=N_("Keep every night and hand it to the crews."))
    ] = False,
    replacing: Annotated[
        bool,
        typer.Option("--replace", help=N_("With --publish: also where a crew has an itinerary.")),
    ] = False,
) -> None:
    """Plan several nights together and print who goes where on which night."""
    t = texts()
    with opened() as store:
        chosen = store.settings()
        begin = Night.parse(first, store.now())
        chosen_units = codes(units)
        inputs = week_inputs(store, TERMINAL, begin, count, chosen_units)
        if publish and not replacing:
            for each in inputs:
                taken = set(store.published(TERMINAL, each.night))
                for outing in each.outings:
                    if outing.unit.code in taken:
                        raise ConflictError(
                            "unit_published", unit=outing.unit.code, night=each.night
                        )
        network = load_network(chosen.home)
        prepared = prepared_week(store, TERMINAL, network, inputs, first=begin, count=count)
        quotas = week_quotas(prepared, chosen.week_weights)
        found = plan_week(
            prepared.problem,
            quotas=quotas,
            seconds=seconds or chosen.week_seconds,
            seed=chosen.planner_seed,
            progress=_progress(t),
        )
        if keep or publish:
            for number in _driven(found.plan):
                if publish:
                    publish_night(
                        store,
                        TERMINAL,
                        prepared,
                        found.plan,
                        number=number,
                        network=network,
                        replacing=replacing,
                    )
                else:
                    save_night(
                        store, TERMINAL, prepared, found.plan, number=number, network=network
                    )
        visited = store.last_visits(TERMINAL, before=begin)
        warning = narrow_said(t, of_week(prepared, found.plan, visited), visited)
        if store.synthetic():
            say(t("Synthetic data: an invented region, no real person, place or crew."))
    if warning:
        say(warning)
    if as_json:
        document = {**week_document(prepared, found.plan), "worth": found.worth}
        typer.echo(json.dumps(document, ensure_ascii=False, indent=1))
        return
    answer(_table(t, prepared, found.plan))
    due = [steps for name, steps in found.reached.items() if name.startswith("due ")]
    answer(
        t(
            "{visits} visits to {zones} zones; {kept} of {due} zones that are due are visited.",
            visits=sum(len(route.stops) for route in found.plan.routes),
            zones=len(found.plan.served),
            kept=sum(reached for reached, _ in due),
            due=len(due),
        )
    )


def week_document(week: PreparedWeek, plan: Plan) -> dict[str, object]:
    """The week in plain values: per night and unit the zones in order, with their times."""
    return {
        "kind": "prossima-week",
        "format": 1,
        "synthetic": any(
            outing.unit.synthetic for each in week.nights.values() for outing in each.inputs.outings
        ),
        "first": str(week.first),
        "nights": week.count,
        "value": plan.value,
        "bound": plan.bound,
        "routes": [
            {
                "night": str(week.first + route.night),
                "unit": route.unit,
                "stops": [
                    {
                        "visit": stop.visit,
                        "begin": (week.first + route.night).at(stop.begin).isoformat(),
                        "departure": (week.first + route.night).at(stop.departure).isoformat(),
                        "value": stop.value,
                    }
                    for stop in route.stops
                ],
                "home": (week.first + route.night).at(route.home).isoformat(),
                "kilometres": round(route.metres / 1000, 1),
            }
            for route in sorted(plan.routes, key=lambda one: (one.night, one.unit))
        ],
    }


def _driven(plan: Plan) -> list[int]:
    return sorted({route.night for route in plan.routes})


def _table(t: Texts, week: PreparedWeek, plan: Plan) -> Table:
    """Zones down, nights across; a cell names the unit and the time."""
    cells: dict[str, dict[int, str]] = defaultdict(dict)
    for route in plan.routes:
        night = week.first + route.night
        for stop in route.stops:
            cells[stop.visit][route.night] = f"{route.unit} {night.clock(stop.begin)}"
    days = [t.date(week.first + number, "short")[:5] for number in range(week.count)]
    rows = Table(t("Zone"), *days, box=box.SIMPLE)
    for visit, made in sorted(cells.items()):
        rows.add_row(visit, *(made.get(number, "") for number in range(week.count)))
    return rows


def _progress(t: Texts) -> Callable[[Progress], None]:
    """A line now and then on standard error with the best value so far."""
    last = [-EACH]

    def tell(progress: Progress) -> None:
        if progress.elapsed - last[0] >= EACH:
            last[0] = progress.elapsed
            say(progress_said(t, progress))

    return tell
