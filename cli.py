"""Prossima from a terminal: the same calls as the screens, without Streamlit.

The answer goes to standard output, everything else to standard error. Exit codes: 0 done,
1 refused (the sentence says why and what to do), 2 the command was given wrongly.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress as Bar
from rich.progress import SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from data import exports, imports, serving
from data import settings as table
from data.access import Role, Viewer
from data.access_commands import access_app, accounts_app, audit_app
from data.backup_commands import backup_app
from data.browser import open_when_ready
from data.conflict_commands import conflicts_app
from data.contact_commands import contacts_app, retention_app
from data.count_commands import count_app
from data.database_commands import db_app
from data.demo import SEED, generate
from data.desk_commands import desks_app
from data.exports_text import network_table, plan_tables
from data.messages import N_
from data.planning import night_inputs
from data.plans import PlanRecord
from data.presence_commands import presence_app
from data.release_commands import attack_app, release_app
from data.releases import publish_due
from data.roads import Servers, import_network, load_network, network_info
from data.roads_cache import remembered_matrices
from data.store import Store
from data.texts import Texts
from data.week_commands import week_app
from geo.errors import ConflictError, ProssimaError
from geo.municipalities import municipalities
from geo.night import Night
from routing.explain import explain
from routing.planner import compile_kernel, plan_night
from routing.prepare import NightInputs, night_problem
from routing.refusals import told_in_words
from screens.night_commands import night_app

HELP = N_("Show this message and exit.")
"""Typer's own words for --help."""

TERMINAL = Viewer(Role.COORDINATOR)
"""Who has the terminal has the files: the same rights as the coordinator."""

PHASES = {
    "ways": N_("reading roads:"),
    "nodes": N_("reading places:"),
    "edges": N_("reading sections:"),
    "download": N_("downloading:"),
    "joining": N_("joining roads:"),
}

errors = Console(stderr=True, highlight=False)
answers = Console(highlight=False, width=None if sys.stdout.isatty() else 140)


def _group(words: str) -> typer.Typer:
    return typer.Typer(
        help=words, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False
    )


app = _group(N_("Plan the nights of street units. All state lies under PROSSIMA_HOME."))
network_app = _group(N_("The road network that crews drive on."))
zones_app = _group(N_("Zones: anonymised stretches of at least 500 metres."))
units_app = _group(N_("Street units, their crews and shifts."))
app.add_typer(network_app, name="network")
app.add_typer(zones_app, name="zones")
app.add_typer(units_app, name="units")
app.add_typer(presence_app, name="presence")
app.add_typer(desks_app, name="desks")
app.add_typer(contacts_app, name="contacts")
app.add_typer(retention_app, name="retention")
app.add_typer(release_app, name="release")
app.add_typer(conflicts_app, name="conflicts")
app.registered_commands += attack_app.registered_commands
app.registered_commands += week_app.registered_commands + count_app.registered_commands
app.add_typer(night_app, name="night")
app.add_typer(db_app, name="db")
app.add_typer(access_app, name="access")
app.add_typer(accounts_app, name="accounts")
app.add_typer(audit_app, name="audit")
app.add_typer(backup_app, name="backup")

Given = Annotated[Path, typer.Argument(help=N_("File to read: CSV, GeoJSON or GeoPackage."))]
Wanted = Annotated[Path, typer.Argument(help=N_("File to write; its ending says the kind."))]
Replace = Annotated[bool, typer.Option("--replace", help=N_("Remove what is not in the file."))]


def _option(words: str, *names: str) -> Any:
    return typer.Option(*names, help=words)


@cache
def texts() -> Texts:
    """The words in the language of the settings."""
    return Texts(table.settings().language)


@contextmanager
def opened() -> Iterator[Store]:
    """The store of this installation."""
    store = Store.open(table.settings())
    try:
        yield store
    finally:
        store.close()


def say(sentence: str) -> None:
    """Tell the person at the terminal; standard output stays the answer's."""
    errors.print(sentence, markup=False)


@app.command()
def demo(
    seed: Annotated[int, _option(N_("Seed of all that is invented."))] = SEED,
    if_empty: Annotated[
        bool, _option(N_("Do nothing where there is something."), "--if-empty")
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
    zones = t.plural("{count} zone", "{count} zones", len(region.zones))
    units = t.plural("{count} unit", "{count} units", len(region.units))
    say(
        t(
            "The demo region is ready: {zones}, {units}. All of it is invented.",
            zones=zones,
            units=units,
        )
    )


@network_app.command("info")
def network_show() -> None:
    """What the road network in use is."""
    answers.print(network_table(network_info(table.settings().home), texts()))


@network_app.command("import")
def network_import(
    file: Annotated[
        Path | None,
        typer.Argument(help=N_(".osm.pbf, .osm, GraphML of osmnx, or the region's ITERNET graph.")),
    ] = None,
    place: Annotated[
        str | None, _option(N_("Download this place from OpenStreetMap instead."), "--place")
    ] = None,
) -> None:
    """Take the roads of a file or of OpenStreetMap into use."""
    t = texts()
    if (file is None) == (place is None):
        raise typer.BadParameter(t("Give either a file or a place."))
    chosen = table.settings()
    with _progress() as tell:
        report = import_network(
            file or place or "",
            chosen.home,
            progress=lambda phase, count: tell(f"{t(PHASES[phase])} {t.number(count)}"),
            servers=Servers(chosen.overpass_url, chosen.nominatim_url),
        )
    answers.print(network_table(report, t))


@zones_app.command("import")
def zones_import(file: Given, replace: Replace = False) -> None:
    """Read zones; the file is taken whole or refused whole."""
    t = texts()
    zones = imports.read_zones(file)
    with opened() as store:
        store.save_zones(TERMINAL, zones, replace=replace)
    say(t.plural("{count} zone imported.", "{count} zones imported.", len(zones)))
    off = imports.off_network(zones, load_network(table.settings().home))
    for code, metres in off.items():
        say(
            t(
                "Zone {zone} lies {metres} from every road in use: no crew can be sent there.",
                zone=code,
                metres=metres,
            )
        )


@zones_app.command("export")
def zones_export(file: Wanted) -> None:
    """Write all zones to a file."""
    with opened() as store:
        imports.write_zones(file, store.zones(TERMINAL))


@units_app.command("import")
def units_import(file: Given, replace: Replace = False) -> None:
    """Read units; the file is taken whole or refused whole."""
    units = imports.read_units(file)
    with opened() as store:
        store.save_units(TERMINAL, units, replace=replace)
    say(texts().plural("{count} unit imported.", "{count} units imported.", len(units)))


@units_app.command("export")
def units_export(file: Wanted) -> None:
    """Write all units to a file."""
    with opened() as store:
        imports.write_units(file, store.units(TERMINAL))


def _codes(text: str | None) -> list[str] | None:
    return None if text is None else [code.strip() for code in text.split(",") if code.strip()]


@app.command()
def plan(
    *,
    night: Annotated[str, _option(N_("tonight, tomorrow or a date such as 2026-05-03."))],
    units: Annotated[
        str | None, _option(N_("Units that go out, joined by commas; without it all on duty."))
    ] = None,
    visit: Annotated[str, _option(N_("Zones to visit in any case, joined by commas."))] = "",
    skip: Annotated[str, _option(N_("Zones to leave out, joined by commas."))] = "",
    seconds: Annotated[
        float | None, _option(N_("Seconds to search; without it those of the settings."))
    ] = None,
    as_json: Annotated[bool, _option(N_("Print the whole plan as JSON."), "--json")] = False,
    geojson: Annotated[bool, _option(N_("Print the routes as GeoJSON."), "--geojson")] = False,
    gpx: Annotated[bool, _option(N_("Print the routes as GPX."), "--gpx")] = False,
    output: Annotated[
        Path | None, _option(N_("Write that to a file instead of printing it."), "--output")
    ] = None,
    publish: Annotated[
        bool, _option(N_("Keep the plan and hand the itineraries to the crews."), "--publish")
    ] = False,
    replacing: Annotated[
        bool, _option(N_("With --publish: also where a crew has an itinerary."), "--replace")
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
            _codes(units),
            forced=_codes(visit) or (),
            excluded=_codes(skip) or (),
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
        with _progress() as tell, told_in_words(prepared):
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
        if publish:
            saved = store.save_plan(TERMINAL, PlanRecord(inputs.night, document))
            store.publish(TERMINAL, saved, replacing=replacing)
    if document["synthetic"]:
        say(t("Synthetic data: an invented region, no real person, place or crew."))
    if as_json or geojson or gpx:
        write = exports.as_geojson if geojson else exports.as_gpx
        answer = exports.as_json(document, t.code) if as_json else write(document)
        if output:
            exports.write_text(output, answer)
        else:
            typer.echo(answer, nl=False)
        return
    for each in plan_tables(document, t):
        answers.print(each)


def _refuse_published(store: Store, inputs: NightInputs) -> None:
    """Before anything is computed: no crew has an itinerary already."""
    published = store.published(TERMINAL, inputs.night)
    for outing in inputs.outings:
        if outing.unit.code in published:
            raise ConflictError("unit_published", unit=outing.unit.code, night=inputs.night)


@contextmanager
def _progress() -> Iterator[Callable[[str], None]]:
    """A line on standard error that says what is being done, where a person looks on."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Bar(*columns, console=errors, transient=True) as bar:
        task = bar.add_task("")
        yield lambda words: bar.update(task, description=words)


@app.command()
def serve(
    port: Annotated[int | None, _option(N_("Port; without it that of the settings."))] = None,
    profile: Annotated[
        str | None, _option(N_("municipality: for the municipalities alone."))
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
        bool, _option(N_("Print their documentation as Markdown."), "--markdown")
    ] = False,
    change: Annotated[str | None, _option(N_("Change one: name=value."), "--set")] = None,
) -> None:
    """Show all settings, or change one in the database."""
    t = texts()
    if as_markdown:
        typer.echo(table.markdown(), nl=False)
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
    answers.print(rows)


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
