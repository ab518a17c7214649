"""Prossima from a terminal: the same calls as the screens, without Streamlit.

The answer goes to standard output, everything else to standard error. Exit codes: 0 done,
1 refused (the sentence says why and what to do), 2 the command was given wrongly.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from data import count_releases, exports, serving
from data import settings as table
from data.access_commands import access_app, accounts_app, audit_app
from data.backup_commands import backup_app, restore_app
from data.browser import open_when_ready
from data.conflict_commands import conflicts_app
from data.contact_commands import contacts_app, retention_app
from data.count_commands import count_app, counts_app
from data.database_commands import db_app
from data.demo import SEED, generate
from data.desk_commands import desks_app
from data.exports_text import plan_tables
from data.messages import N_
from data.monitoring_commands import monitoring_app
from data.narrow import narrow_said, of_plan
from data.network_commands import network_app
from data.planning import night_inputs
from data.plans import PlanRecord
from data.presence_commands import presence_app
from data.region_commands import region_app
from data.release_commands import attack_app, release_app
from data.releases import publish_due
from data.roads import load_network
from data.roads_cache import remembered_matrices
from data.settings_page import markdown
from data.store import Store
from data.terminal import TERMINAL, answer, codes, group, opened, option, progress, say, texts
from data.texts import Texts
from data.week_commands import week_app
from data.what_if_commands import what_if_app
from data.zone_commands import units_app, zones_app
from geo.errors import ConflictError, ProssimaError
from geo.municipalities import municipalities
from geo.night import Night
from routing.explain import explain
from routing.planner import compile_kernel, plan_night
from routing.prepare import NightInputs, night_problem
from routing.refusals import told_in_words
from screens.hotline_commands import hotline_app
from screens.night_commands import night_app
from screens.service_commands import handovers_app, places_app

HELP = N_("Show this message and exit.")
"""Typer's own words for --help."""

app = group(N_("Plan the nights of street units. All state lies under PROSSIMA_HOME."))
app.add_typer(network_app, name="network")
app.add_typer(zones_app, name="zones")
app.add_typer(units_app, name="units")
app.add_typer(presence_app, name="presence")
app.add_typer(desks_app, name="desks")
app.add_typer(handovers_app, name="handovers")
app.add_typer(places_app, name="places")
app.add_typer(contacts_app, name="contacts")
app.add_typer(retention_app, name="retention")
app.add_typer(region_app, name="region")
app.add_typer(release_app, name="release")
app.add_typer(conflicts_app, name="conflicts")
app.registered_commands += attack_app.registered_commands
app.registered_commands += week_app.registered_commands + count_app.registered_commands
app.registered_commands += monitoring_app.registered_commands
app.add_typer(counts_app, name="counts")
app.registered_commands += what_if_app.registered_commands
app.add_typer(night_app, name="night")
app.add_typer(hotline_app, name="hotline")
app.add_typer(db_app, name="db")
app.add_typer(access_app, name="access")
app.add_typer(accounts_app, name="accounts")
app.add_typer(audit_app, name="audit")
app.add_typer(backup_app, name="backup")
app.registered_commands += restore_app.registered_commands


@app.command()
def demo(
    seed: Annotated[int, option(N_("Seed of all that is invented."))] = SEED,
    if_empty: Annotated[
        bool, option(N_("Do nothing where there is something."), "--if-empty")
    ] = False,
) -> None:
    """Fill the database with an invented region to try the program on."""
    t = texts()
    with opened() as store:
        if if_empty and not store.empty():
            return
        today = Night.coming(datetime.now(UTC)).date
        network = load_network(table.settings().home)
        region = generate(network, municipalities(), today, seed)
        store.fill(TERMINAL, region)
        publish_due(store, TERMINAL)
        count_releases.publish_due(store, TERMINAL)
    zones = t.plural("{count} zone", "{count} zones", len(region.zones))
    units = t.plural("{count} unit", "{count} units", len(region.units))
    say(
        t(
            "The demo region is ready: {zones}, {units}. All of it is invented.",
            zones=zones,
            units=units,
        )
    )


@app.command()
def plan(
    *,
    night: Annotated[str, option(N_("tonight, tomorrow or a date such as 2026-05-03."))],
    units: Annotated[
        str | None, option(N_("Units that go out, joined by commas; without it all on duty."))
    ] = None,
    visit: Annotated[str, option(N_("Zones to visit in any case, joined by commas."))] = "",
    skip: Annotated[str, option(N_("Zones to leave out, joined by commas."))] = "",
    seconds: Annotated[
        float | None, option(N_("Seconds to search; without it those of the settings."))
    ] = None,
    as_json: Annotated[bool, option(N_("Print the whole plan as JSON."), "--json")] = False,
    geojson: Annotated[bool, option(N_("Print the routes as GeoJSON."), "--geojson")] = False,
    gpx: Annotated[bool, option(N_("Print the routes as GPX."), "--gpx")] = False,
    output: Annotated[
        Path | None, option(N_("Write that to a file instead of printing it."), "--output")
    ] = None,
    publish: Annotated[
        bool, option(N_("Keep the plan and hand the itineraries to the crews."), "--publish")
    ] = False,
    replacing: Annotated[
        bool, option(N_("With --publish: also where a crew has an itinerary."), "--replace")
    ] = False,
) -> None:
    """Plan the routes of a night and print them."""
    t = texts()
    if as_json + geojson + gpx > 1:
        raise typer.BadParameter(t("Choose one of --json, --geojson and --gpx."))
    if output and not (as_json or geojson or gpx):
        raise typer.BadParameter(t("--output needs --json, --geojson or --gpx."))
    with opened() as store:
        now, chosen = datetime.now(UTC), store.settings()
        inputs = night_inputs(
            store,
            TERMINAL,
            Night.parse(night, now),
            codes(units),
            forced=codes(visit) or (),
            excluded=codes(skip) or (),
        )
        if publish and not replacing:
            _refuse_published(store, inputs)
        network = load_network(chosen.home)
        prepared = night_problem(
            inputs,
            network,
            now=now,
            weights=chosen.need_weights,
            means=chosen.means,
            measure=remembered_matrices(chosen.home),
        )
        with progress() as tell, told_in_words(prepared):
            found = plan_night(
                prepared.problem,
                seconds=seconds or chosen.planner_seconds,
                seed=chosen.planner_seed,
                progress=lambda so_far: tell(
                    t("Searching for routes: value {value}", value=so_far.value)
                ),
            )
        reasons: list[exports.Reasoned] = [*prepared.unplanned]
        reasons += explain(prepared.problem, found).left_out
        document = exports.plan_document(prepared, found, reasons, network)
        visited = store.last_visits(TERMINAL, before=inputs.night)
        warning = narrow_said(t, of_plan(document, visited), visited)
        if publish:
            saved = store.save_plan(TERMINAL, PlanRecord(inputs.night, document))
            store.publish(TERMINAL, saved, replacing=replacing)
    if document["synthetic"]:
        say(t("Synthetic data: an invented region, no real person, place or crew."))
    if warning:
        say(warning)
    if as_json or geojson or gpx:
        write = exports.as_geojson if geojson else exports.as_gpx
        body = exports.as_json(document, t.code) if as_json else write(document)
        if output:
            exports.write_text(output, body)
        else:
            typer.echo(body, nl=False)
        return
    answer(*plan_tables(document, t))


def _refuse_published(store: Store, inputs: NightInputs) -> None:
    """Before anything is computed: no crew has an itinerary already."""
    published = store.published(TERMINAL, inputs.night)
    for outing in inputs.outings:
        if outing.unit.code in published:
            raise ConflictError("unit_published", unit=outing.unit.code, night=inputs.night)


@app.command()
def serve(
    port: Annotated[int | None, option(N_("Port; without it that of the settings."))] = None,
    profile: Annotated[
        str | None, option(N_("municipality: for the municipalities alone."))
    ] = None,
) -> None:
    """Open the program in the browser."""
    chosen = table.load(**serving.chosen(port, profile))
    link, options = serving.prepare(chosen)
    os.environ[f"{table.PREFIX}PROFILE"] = chosen.profile
    page = str(Path(__file__).with_name("app.py"))
    open_when_ready(link)
    say(link)
    arguments = [sys.executable, "-m", "streamlit", "run", page, *options]
    os.execv(sys.executable, arguments)  # noqa: S606 (this program, which stays one process)


@app.command()
def settings(
    as_markdown: Annotated[
        bool, option(N_("Print their documentation as Markdown."), "--markdown")
    ] = False,
    change: Annotated[str | None, option(N_("Change one: name=value."), "--set")] = None,
) -> None:
    """Show all settings, or change one in the database."""
    t = texts()
    if as_markdown:
        typer.echo(markdown(), nl=False)
        return
    with opened() as store:
        if change is not None:
            name, equals, value = change.partition("=")
            if not equals:
                raise typer.BadParameter(t("Expected name=value."))
            store.save_setting(TERMINAL, name.strip().lower(), value.strip())
        in_force = store.settings()
    rows = Table.grid(padding=(0, 2))
    for name in table.Settings.model_fields:
        rows.add_row(name, str(getattr(in_force, name) or ""))
    answer(rows)


@app.command("compile")
def compile_search() -> None:
    """Compile the search once, so that nobody waits for it later."""
    say(texts()("Compiling the search (once, about half a minute) ..."))
    compile_kernel()


def localised(command: Any, t: Texts) -> Any:
    """A command with its help, and that of all below it, in a language."""
    context = typer.Context(command)
    command.help = command.help and t(command.help)
    for param in command.get_params(context):
        if param.help:
            param.help = t(param.help)
        argument = param.param_type_name == "argument"
        param.rich_help_panel = t(N_("Arguments")) if argument else t(N_("Options"))
    for below in getattr(command, "commands", {}).values():
        below.rich_help_panel = t(N_("Commands"))
        localised(below, t)
    return command


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command; our refusals end in a sentence and exit code 1."""
    try:
        localised(typer.main.get_command(app), texts())(arguments, prog_name="prossima")
    except ProssimaError as error:
        language = texts() if error.code != "setting_wrong" else Texts("it")
        say(language.sentence(error))
        sys.exit(1)


if __name__ == "__main__":
    main()
