"""The terminal's commands for contact files and their retention (`cli` adds them)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from data import contact_import, retention
from data.contact_columns import ContactMapping
from data.contact_report import sentences
from data.contact_template import template
from data.identifiers import Identifier
from data.messages import N_
from data.sheets import beside
from data.terminal import TERMINAL, answer, group, opened, say, texts
from geo.errors import InputError

contacts_app = group(N_("Contact files: anonymous counts and codes, whole or not at all."))
retention_app = group(N_("Contact records that are old enough become monthly totals."))

Organisation = Annotated[
    str,
    typer.Option("--organisation", help=N_("Short word for who made the file: arcobaleno.")),
]


@contacts_app.command("import")
def contacts_import(
    file: Annotated[Path, typer.Argument(help=N_("CSV, XLSX, or an export of KoboToolbox."))],
    organisation: Organisation,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help=N_("Say what would be taken; write nothing."))
    ] = False,
    leave_out: Annotated[
        bool, typer.Option("--leave-out", help=N_("Take the file without what is near no zone."))
    ] = False,
    synthetic: Annotated[
        bool, typer.Option("--synthetic", help=N_("The file is invented, to try the program."))
    ] = False,
) -> None:
    """Read a contact file; it is taken whole or refused whole."""
    given = contact_import.ContactFile.open(file)
    with opened() as store:
        if dry_run:
            report = contact_import.dry_run(store, TERMINAL, given, organisation)
        else:
            report = contact_import.import_contacts(
                store, TERMINAL, given, organisation, leave_out=leave_out, synthetic=synthetic
            )
    say(*sentences(report, texts()))
    if not report.accepted:
        raise typer.Exit(1)


@contacts_app.command("template")
def contacts_template(
    file: Annotated[Path, typer.Argument(help=N_("XLSX workbook to write."))],
) -> None:
    """Write a workbook with drop-downs for the crews to fill in."""
    if file.suffix.lower() != ".xlsx":
        raise InputError("file_kind", got=f"*{file.suffix}", expected=".xlsx")
    with opened() as store:
        zones = [zone.code for zone in store.zones(TERMINAL)]
        units = [unit.code for unit in store.units(TERMINAL)]
    with beside(file) as target:
        target.write_bytes(template(zones, units, texts()))


@contacts_app.command("mapping")
def contacts_mapping(
    organisation: Organisation,
    file: Annotated[
        Path | None, typer.Argument(help=N_("JSON to keep; without it the one kept is printed."))
    ] = None,
) -> None:
    """Keep how an organisation's columns and words are read, or print it."""
    with opened() as store:
        if file is not None:
            chosen = ContactMapping.from_dict(_document(file))
            contact_import.save_mapping(store, TERMINAL, organisation, chosen)
        kept = contact_import.mapping(store, TERMINAL, organisation)
    typer.echo(json.dumps(kept.to_dict(), ensure_ascii=False, indent=1))


@retention_app.command("run")
def retention_run() -> None:
    """Turn records that have expired into monthly totals, and scrub the files."""
    with opened() as store:
        done = retention.run(store, TERMINAL)
    t = texts()
    count = t.plural("{count} record", "{count} records", done.records)
    say(t("{records} of nights before {cutoff} became totals.", records=count, cutoff=done.cutoff))


@retention_app.command("state")
def retention_state() -> None:
    """Say what is kept, since when, and what is due."""
    with opened() as store:
        state = retention.state(store, TERMINAL)
    t = texts()
    answer(
        t(
            "{records} are kept, for {days} days; {due} of them are due.",
            records=t.plural("{count} record", "{count} records", state.records),
            days=state.days,
            due=state.due,
        )
    )
    if state.oldest:
        answer(t("The oldest is of the night of {night}.", night=state.oldest))
    if state.scrub_due:
        answer(t("Deleted records may still stand in the files: run the retention."))


def _document(file: Path) -> dict[str, object]:
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
        if isinstance(document, dict):
            return document
    except (OSError, ValueError):
        pass
    raise InputError("mapping_wrong", field="document", kind=Identifier.TEXT)
