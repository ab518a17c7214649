"""The terminal's command for a count night (`cli` adds it)."""

from __future__ import annotations

from typing import Annotated

import typer

from data import exports
from data.exports_text import plan_tables
from data.messages import N_
from data.planning import night_inputs
from data.plans import PlanRecord
from data.roads import load_network
from data.roads_cache import remembered_matrices
from data.terminal import TERMINAL, answer, codes, opened, option, say, texts
from geo.errors import InfeasibleError
from geo.night import Night
from routing.count import ITERATIONS, earliest_return, fewest_crews
from routing.feasible import impossible_alone
from routing.prepare import night_problem
from routing.prepare_count import count_inputs

count_app = typer.Typer()


@count_app.command()
def count(
    *,
    night: Annotated[str, option(N_("tonight, tomorrow or a date such as 2026-05-03."))],
    opens: Annotated[str, option(N_("When the first zone may be passed."), "--from")] = "21:00",
    closes: Annotated[str, option(N_("When the last zone may be passed."), "--until")] = "03:00",
    minutes: Annotated[int, option(N_("Minutes that a pass takes."))] = 5,
    units: Annotated[
        str | None, option(N_("Units that go out, joined by commas; without it all on duty."))
    ] = None,
    skip: Annotated[str, option(N_("Zones to leave out, joined by commas."))] = "",
    earliest: Annotated[
        bool,
        option(N_("All units go out and the last is home as early as can be."), "--earliest"),
    ] = False,
    iterations: Annotated[int, option(N_("Steps of each search."))] = ITERATIONS,
    as_json: Annotated[bool, option(N_("Print the whole plan as JSON."), "--json")] = False,
    keep: Annotated[bool, option(N_("Keep the plan as a draft of that night."), "--keep")] = False,
) -> None:
    """Plan a count night: every zone is passed once, by as few crews as are found."""
    t = texts()
    with opened() as store:
        chosen, now = store.settings(), store.now()
        network = load_network(chosen.home)
        given = night_inputs(
            store, TERMINAL, Night.parse(night, now), codes(units), excluded=codes(skip) or ()
        )
        prepared = night_problem(
            count_inputs(given, opens=opens, closes=closes, minutes=minutes),
            network,
            now=now,
            weights=chosen.need_weights,
            means=chosen.means,
            measure=remembered_matrices(chosen.home),
        )
        visits = prepared.problem.visits
        nobody = [v.key for v in visits if impossible_alone(prepared.problem, v) is not None]
        if nobody:
            raise InfeasibleError("count_impossible", zones=nobody, skip=",".join(nobody))
        plan_all = earliest_return if earliest else fewest_crews
        found = plan_all(prepared.problem, iterations=iterations, seed=chosen.planner_seed)
        document = exports.plan_document(prepared, found.plan, prepared.unplanned, network)
        if keep:
            store.save_plan(TERMINAL, PlanRecord(prepared.night, document))
    if document["synthetic"]:
        say(t("Synthetic data: an invented region, no real person, place or crew."))
    if as_json:
        typer.echo(exports.as_json(document, t.code), nl=False)
        return
    answer(*plan_tables(document, t))
    answer(
        t(
            "{zones} zones, {crews} crews; no plan does with fewer than {least}. The last is "
            "home at {home}; with all of them not before {soonest}.",
            zones=len(found.plan.served),
            crews=found.crews,
            least=found.fewest_possible,
            home=prepared.night.clock(found.last_return),
            soonest=prepared.night.clock(found.soonest_possible),
        )
    )
