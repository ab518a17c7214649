"""The terminal's commands for count nights (`cli` adds them)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import typer
from rich.table import Table

from data import count_releases, counts, exports
from data.count_entries import CountState, summary_of
from data.count_words import PHASES, bound_said, figures_said, found_said
from data.counts import Count
from data.exports_text import plan_tables
from data.messages import N_
from data.planning import night_inputs
from data.release_words import COUNT_RULES, place_name
from data.roads import load_network
from data.roads_cache import remembered_matrices
from data.store import Store
from data.terminal import (
    TERMINAL,
    answer,
    codes,
    group,
    listing,
    opened,
    option,
    progress,
    say,
    texts,
)
from data.texts import Texts
from geo.count_weather import Forecast, Gate
from geo.errors import MissingError
from geo.month_facts import Figure
from geo.night import Night
from geo.privacy import Cell
from routing.count import ITERATIONS
from routing.count_limits import CountProgress
from routing.count_split import plan_count
from routing.passes import CountTerms
from routing.prepare_count import count_problem

count_app = typer.Typer()
counts_app = group(N_("Count nights: their weather, itineraries, entries and totals."))

When = Annotated[str, typer.Argument(help=N_("Night of the count, such as 2026-05-03."))]


@count_app.command()
def count(
    *,
    night: Annotated[str, option(N_("tonight, tomorrow or a date such as 2026-05-03."))],
    opens: Annotated[str, option(N_("When the first zone may be passed."), "--from")] = "21:00",
    closes: Annotated[str, option(N_("When the last zone may be passed."), "--until")] = "03:00",
    minutes: Annotated[int, option(N_("Minutes that a pass takes."))] = 5,
    passes: Annotated[int, option(N_("How often each zone is passed."))] = 1,
    spacing: Annotated[int, option(N_("Least minutes between two passes of a zone."))] = 60,
    units: Annotated[
        str | None, option(N_("Units that go out, joined by commas; without it all on duty."))
    ] = None,
    skip: Annotated[str, option(N_("Zones to leave out, joined by commas."))] = "",
    earliest: Annotated[
        bool,
        option(N_("All units go out and the last is home as early as can be."), "--earliest"),
    ] = False,
    iterations: Annotated[int, option(N_("Steps of each search."))] = ITERATIONS,
    seconds: Annotated[
        float | None, option(N_("Seconds to search; without it those of the settings."))
    ] = None,
    as_json: Annotated[bool, option(N_("Print the whole plan as JSON."), "--json")] = False,
    keep: Annotated[bool, option(N_("Keep the count night with this plan."), "--keep")] = False,
    reserve: Annotated[
        str | None, option(N_("With --keep: the night it waits for in bad weather."))
    ] = None,
) -> None:
    """Plan a count night: every zone is passed, by as few crews as are found."""
    t = texts()
    with opened() as store, progress() as tell:
        chosen, now = store.settings(), store.now()
        network = load_network(chosen.home)
        prepared = count_problem(
            night_inputs(
                store, TERMINAL, Night.parse(night, now), codes(units), excluded=codes(skip) or ()
            ),
            network,
            CountTerms(opens, closes, minutes, passes, spacing),
            now=now,
            means=chosen.means,
            measure=remembered_matrices(chosen.home),
        )
        found = plan_count(
            prepared,
            earliest=earliest,
            seconds=seconds or chosen.count_seconds,
            iterations=iterations,
            seed=chosen.planner_seed,
            progress=_telling(t, prepared.prepared.night, tell),
        )
        whole = prepared.prepared
        document = exports.plan_document(whole, found.plan, whole.unplanned, network)
        if keep:
            later = None if reserve is None else Night.parse(reserve, now)
            counts.keep(store, TERMINAL, prepared, found, document, reserve=later)
    if document["synthetic"]:
        say(t("Synthetic data: an invented region, no real person, place or crew."))
    if as_json:
        typer.echo(exports.as_json(document, t.code), nl=False)
        return
    answer(*plan_tables(document, t))
    answer(found_said(t, prepared, found), bound_said(t, prepared, found, earliest=earliest))
    if keep:
        say(t("Kept. Enter the forecast in the 24 hours before it, then publish."))


@counts_app.command("list")
def counts_list() -> None:
    """The count nights, the latest first."""
    t = texts()
    table = listing(t("Night"), t("State"), t("Reserve"), t("Zones"), t("Passes"), t("Released"))
    with opened() as store:
        for one in counts.counts(store, TERMINAL):
            table.add_row(
                str(one.night),
                t.word(one.state),
                str(one.reserve or "–"),
                str(len(one.owners) or (one.summary or {}).get("zones", "–")),
                str(one.terms.passes),
                str(one.released or "–"),
            )
    answer(table)


@counts_app.command("weather")
def counts_weather(
    night: When,
    rain: Annotated[float, option(N_("Heaviest rain of the window, mm in an hour."))],
    wind: Annotated[float, option(N_("Strongest gust of the window, km/h."))],
    fog: Annotated[bool, option(N_("Fog is expected."), "--fog")] = False,
) -> None:
    """Enter the forecast: the night is held, or moves to its reserve."""
    t = texts()
    with opened() as store:
        before = _named(store, night)
        after = counts.decide(store, TERMINAL, before.id, Forecast(rain, wind, fog))
    last = after.weather[-1]
    if last.gate is Gate.HELD:
        say(t("The night of {night} is held.", night=before.night))
    elif after.state is CountState.CANCELLED:
        say(t("The night of {night} is not held, and has no reserve.", night=before.night))
    else:
        say(
            t(
                "The night of {night} is not held: it moves to {reserve}, to be planned anew.",
                night=before.night,
                reserve=after.night,
            )
        )


@counts_app.command("publish")
def counts_publish(
    night: When,
    replacing: Annotated[
        bool, option(N_("Also where a crew has an itinerary."), "--replace")
    ] = False,
) -> None:
    """Hand the itineraries of a count that is held to its crews."""
    t = texts()
    with opened() as store:
        record = counts.publish(store, TERMINAL, _named(store, night).id, replacing=replacing)
    count = len(record.itineraries)
    say(t.plural("{count} itinerary handed out.", "{count} itineraries handed out.", count))


@counts_app.command("result")
def counts_result(night: When) -> None:
    """What the crews have seen, as far as it has been entered."""
    t = texts()
    with opened() as store:
        one = _named(store, night)
        if one.summary is not None:
            figures = figures_said(t, one.summary)
        else:
            figures = figures_said(t, summary_of(counts.result(store, TERMINAL, one.id)))
            twice = len(counts.entries(store, TERMINAL, one.id).aside)
            if twice:
                say(
                    t.plural(
                        "{count} pass was entered by two crews and is counted once.",
                        "{count} passes were entered by two crews and are counted once.",
                        twice,
                    )
                )
    table = Table.grid(padding=(0, 2))
    for name, value in figures:
        table.add_row(name, value)
    answer(table)


@counts_app.command("release")
def counts_release(
    night: When,
    publish: Annotated[
        bool, option(N_("Publish it for good; without it nothing is written."), "--publish")
    ] = False,
) -> None:
    """The official totals by territory: what would be published and why not the rest."""
    t = texts()
    with opened() as store:
        number = _named(store, night).id
        release = count_releases.publish(store, TERMINAL, number) if publish else None
        found = count_releases.preview(store, TERMINAL, number)
    table = listing(t("Place"), t("Persons seen"), t("Why not"))
    for one in found.placed:
        if not one.facts.figures[Figure.CONTACTS]:
            continue
        cell = found.published.cell_of(one.members[0])
        shown = cell and cell.figures.get(Figure.CONTACTS)
        name = place_name(t, Cell(one.key, one.members, {}))
        why = t.list(t(COUNT_RULES[rule]) for rule in one.broken)
        table.add_row(name, "–" if shown is None else str(shown), why)
    answer(table)
    if release:
        say(t("Published as number {number} of the ledger.", number=release.number))


def _named(store: Store, night: str) -> Count:
    """The count of a night; MissingError `count_missing`."""
    wanted = Night.parse(night, store.now())
    for one in counts.counts(store, TERMINAL):
        if one.night == wanted:
            return one
    raise MissingError("count_missing")


def _telling(
    t: Texts, night: Night, tell: Callable[[str], None]
) -> Callable[[CountProgress], None]:
    def told(said: CountProgress) -> None:
        words = t(PHASES[said.phase], passed=said.passed, visits=said.visits)
        if said.crews is not None and said.last_return is not None:
            words += " " + t(
                "So far {crews} crews, the last home at {home}.",
                crews=said.crews,
                home=night.clock(said.last_return),
            )
        tell(words)

    return told
