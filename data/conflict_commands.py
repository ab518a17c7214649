"""The terminal's commands for conflict reports, areas and mediation (`cli` adds them)."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Annotated

import geopandas as gpd
import typer

from data import conflicts, mediation
from data.conflict_files import import_reports
from data.conflict_words import area_hours, area_reasons, coarsened_words, place_names
from data.contact_import import ContactFile
from data.displacement_watch import watched
from data.displacement_words import watch_head, watch_record, watch_row
from data.mediation_letter import letter
from data.mediation_outings import crew_of, set_out, unit_with
from data.messages import N_
from data.roads import load_network
from data.sensitive_places import read_sensitive
from data.settings import settings
from data.sheets import beside
from data.terminal import TERMINAL, answer, group, listing, opened, say, texts
from geo.crs import to_geographic
from geo.errors import InputError, MissingError
from geo.night import Night
from routing.units import mediation_outing

conflicts_app = group(N_("Conflict reports, the areas they press on, and mediation."))


@conflicts_app.command("import")
def conflicts_import(
    file: Annotated[Path, typer.Argument(help=N_("CSV or XLSX of codes: no names, no remarks."))],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help=N_("Say what would be taken; write nothing."))
    ] = False,
    synthetic: Annotated[
        bool, typer.Option("--synthetic", help=N_("The file is invented, to try the program."))
    ] = False,
) -> None:
    """Read a file of conflict reports; it is taken whole or refused whole."""
    t, given = texts(), ContactFile.open(file)
    with opened() as store:
        read = import_reports(
            store, TERMINAL, given.name, given.data, dry_run=dry_run, synthetic=synthetic
        )
    say(t.plural("{count} report read.", "{count} reports read.", len(read.reports)))
    if read.folded:
        say(
            t(
                "{count} of them are the same complaint again, by one type of reporter on one day: "
                "they count once.",
                count=read.folded,
            )
        )
    if read.coarsened:
        say(coarsened_words(t, read.coarsened))
    say(t("Nothing was written.") if dry_run else t("Kept."))


@conflicts_app.command("places")
def conflicts_places(
    file: Annotated[Path, typer.Argument(help=N_("Polygons: GeoJSON, GeoPackage, shapefile."))],
) -> None:
    """Keep the neighbourhoods or census areas of one or more municipalities."""
    if not file.is_file():
        raise MissingError("file_missing", file=file.name)
    try:
        frame = to_geographic(gpd.read_file(file))
    except Exception as error:
        raise InputError("file_broken", file=f"*{file.suffix}") from error
    with opened() as store:
        count = conflicts.save_places(store, TERMINAL, frame)
    say(texts().plural("{count} neighbourhood kept.", "{count} neighbourhoods kept.", count))


@conflicts_app.command("sensitive")
def conflicts_sensitive(
    file: Annotated[Path, typer.Argument(help=N_("OpenStreetMap file, or CSV of kind, lon, lat."))],
) -> None:
    """Keep schools, health services, places of worship, stations, in place of those known."""
    if not file.is_file():
        raise MissingError("file_missing", file=file.name)
    frame = read_sensitive(file)
    with opened() as store:
        conflicts.save_sensitive(store, TERMINAL, frame)
    say(
        texts().plural(
            "{count} sensitive place kept.", "{count} sensitive places kept.", len(frame)
        )
    )


@conflicts_app.command("areas")
def conflicts_areas(
    as_json: Annotated[bool, typer.Option("--json", help=N_("Answer in JSON."))] = False,
    everything: Annotated[
        bool, typer.Option("--all", help=N_("Also what cannot be said, or may be chance."))
    ] = False,
) -> None:
    """List the conflict areas of today, the surest and most pressing first."""
    t = texts()
    with opened() as store:
        found = conflicts.areas(store, TERMINAL, load_network(settings().home))
        names = place_names(conflicts.places(store, TERMINAL))
    shown = found.areas if everything else found.sure
    if as_json:
        typer.echo(
            json.dumps(
                [
                    {
                        "code": area.code,
                        "places": area.places,
                        "sureness": area.sureness,
                        "priority": round(area.priority, 2),
                        "q": area.q,
                        "reports": area.reports,
                        "themes": dict(area.themes),
                        "bands": area.bands,
                        "weekdays": area.weekdays,
                    }
                    for area in shown
                ],
                indent=1,
            )
        )
        return
    if not shown:
        answer(t("No conflict area: the reports are no more than chance would bring."))
    table = listing(t("Area"), t("How sure"), t("Conflict priority"), t("When"), t("Why"))
    for area in shown:
        table.add_row(
            names[area.code],
            t.word(area.sureness),
            t.number(area.priority),
            area_hours(t, area),
            " ".join(area_reasons(t, area)),
        )
    if shown:
        answer(table)
    if len(found.alerts):
        answer(t("Safety alerts (assault on persons): {count}", count=len(found.alerts)))


@conflicts_app.command("watch")
def conflicts_watch(
    as_json: Annotated[bool, typer.Option("--json", help=N_("Answer in JSON."))] = False,
) -> None:
    """Tell what ordinances and mediation actions of the last year did here and next door."""
    t = texts()
    with opened() as store:
        found = watched(store, TERMINAL, load_network(settings().home))
        names = place_names(conflicts.places(store, TERMINAL))
    if as_json:
        typer.echo(json.dumps([watch_record(one) for one in found], indent=1))
        return
    if not found:
        answer(t("No ordinance or action of the last year has reports round it."))
        return
    table = listing(*watch_head(t))
    for one in found:
        table.add_row(*watch_row(t, one, names))
    answer(table, t("Fewer reports here alone are no success."))


@conflicts_app.command("letter")
def conflicts_letter(
    case: Annotated[str, typer.Argument(help=N_("Key of a closed mediation case."))],
    file: Annotated[Path, typer.Argument(help=N_("PDF to write."))],
) -> None:
    """Write the letter that tells how a case ended, with no presence data."""
    if file.suffix.lower() != ".pdf":
        raise InputError("file_kind", got=f"*{file.suffix}", expected=".pdf")
    with opened() as store:
        made = letter(store, TERMINAL, case)
    t = texts()
    with beside(file) as target:
        target.write_bytes(made)
    say(t("Written."))


@conflicts_app.command("visit")
def conflicts_visit(
    case: Annotated[str, typer.Argument(help=N_("Key of an open mediation case."))],
    day: Annotated[str, typer.Argument(help=N_("Day such as 2026-03-14."))],
    opens: Annotated[str | None, typer.Option(help=N_("Begin at the earliest, HH:MM."))] = None,
    closes: Annotated[str | None, typer.Option(help=N_("Begin at the latest, HH:MM."))] = None,
) -> None:
    """Promise a mediation visit of a case; the planner then plans it with a mediator."""
    try:
        when = date.fromisoformat(day)
    except ValueError as error:
        raise InputError("night_unreadable", got=day) from error
    with opened() as store:
        said = store.settings()
        kept = mediation.case(store, TERMINAL, case)
        promise = mediation.plan_visit(
            store,
            TERMINAL,
            kept,
            when,
            opens=opens or said.mediation_opens,
            closes=closes or said.mediation_closes,
        )
    t = texts()
    say(
        t(
            "Promised: {promise}, {night}, between {opens} and {closes}.",
            promise=promise.key,
            night=promise.night,
            opens=promise.opens,
            closes=promise.closes,
        )
    )


@conflicts_app.command("outing")
def conflicts_outing(
    unit: Annotated[str, typer.Argument(help=N_("Code of the unit that goes out."))],
    day: Annotated[str, typer.Argument(help=N_("Day such as 2026-03-14."))],
    *,
    opens: Annotated[str | None, typer.Option(help=N_("Begins at, HH:MM."))] = None,
    closes: Annotated[str | None, typer.Option(help=N_("Ends at, HH:MM."))] = None,
    mediators: Annotated[int, typer.Option(help=N_("Mediators in the crew."))] = 1,
    operators: Annotated[int, typer.Option(help=N_("Operators in the crew."))] = 1,
    languages: Annotated[str, typer.Option(help=N_("Languages of the mediators: it,ro."))] = "it",
) -> None:
    """Set up a mediation outing of a unit on a day, in place of its shift of that date."""
    try:
        when = date.fromisoformat(day)
    except ValueError as error:
        raise InputError("night_unreadable", got=day) from error
    with opened() as store:
        said = store.settings()
        crew = crew_of(mediators, operators, languages.replace(" ", "").split(","))
        made = mediation_outing(
            unit_with(store, TERMINAL, unit, crew),
            Night(when),
            opens or said.mediation_opens,
            closes or said.mediation_closes,
        )
        set_out(store, TERMINAL, made)
    t = texts()
    say(
        t(
            "{unit} goes out to mediate on {day}, {opens}–{closes}.",
            unit=made.unit.name,
            day=when,
            opens=made.night.clock(made.opens),
            closes=made.night.clock(made.closes),
        )
    )
