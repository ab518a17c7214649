"""The terminal's commands for releases, and for attacking any set of published files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import numpy as np
import shapely
import typer
from rich.table import Table

from data import municipal, releases
from data.access import Role, Viewer
from data.attack import Line, attack
from data.messages import N_
from data.release_files import WRITERS, file_name, of_contacts
from data.release_reading import published_in
from data.release_report import as_pdf
from data.release_words import ATTACKS, LEDGER, RULES, measured, place_name
from data.releases import month_name, parse_month
from data.sheets import beside
from data.terminal import TERMINAL, answer, group, listing, opened, say, texts
from data.texts import Texts
from geo.canaries import canaries
from geo.errors import MissingError
from geo.month_facts import Figure
from geo.privacy import Cell

ALL_WRITERS = {**WRITERS, "pdf": as_pdf}

release_app = group(
    N_("Releases: figures of a month by municipality, published once and for good.")
)
attack_app = typer.Typer()

Month = Annotated[str, typer.Argument(help=N_("A month such as 2026-03."))]


@release_app.command("preview")
def release_preview(month: Month) -> None:
    """Say what would be published of a month, what is masked and why; write nothing."""
    t = texts()
    with opened() as store:
        found = releases.preview(store, TERMINAL, parse_month(month))
    table = listing(t("Place"), *(t.word(figure) for figure in Figure), t("Why not"))
    for one in found.placed:
        if not one.facts.figures[Figure.CONTACTS]:
            continue
        cell = found.published.cell_of(one.members[0])
        counts = [
            "–" if cell is None or cell.figures.get(figure) is None else str(cell.figures[figure])
            for figure in Figure
        ]
        name = place_name(t, Cell(one.key, one.members, {}))
        table.add_row(name, *counts, t.list(t(RULES[rule]) for rule in one.broken))
    answer(table)
    if found.release:
        say(t("Published already as number {number}.", number=found.release.number))
    if found.changed:
        say(t("Records have arrived since: they never change what was published."))


@release_app.command("publish")
def release_publish(
    month: Month,
    noisy: Annotated[
        bool, typer.Option("--noisy", help=N_("With discrete Laplace noise instead of rules."))
    ] = False,
) -> None:
    """Publish a month for good; one that is published already stays as it is."""
    t = texts()
    with opened() as store:
        release = releases.publish(store, TERMINAL, parse_month(month), noisy=noisy)
    say(
        t(
            "{month} is published as number {number}: {cells} places shown. Seal: {seal}",
            month=month_name(release.month),
            number=release.number,
            cells=len(release.published.cells),
            seal=release.seal,
        )
    )


@release_app.command("ledger")
def release_ledger() -> None:
    """List every release by number, with its seal."""
    t = texts()
    with opened() as store:
        found = releases.ledger(store, TERMINAL)
    heads = t("Number"), t("Month"), t("What"), t("Made"), t("Places"), t("Seal")
    table = listing(*heads)
    for one in found:
        made = f"{one.made:%Y-%m-%d %H:%M} UTC"
        what, places = t(LEDGER[one.subject]), str(len(one.published.cells))
        table.add_row(str(one.number), month_name(one.month), what, made, places, one.seal)
    answer(table)


@release_app.command("verify")
def release_verify(
    head: Annotated[
        str | None, typer.Option("--head", help=N_("A seal noted earlier, to hold against it."))
    ] = None,
) -> None:
    """Check the ledger and print its head, to note where nobody here can change it."""
    t = texts()
    with opened() as store:
        found = releases.verify(store, TERMINAL, head)
    typer.echo(found.head)
    if not found.whole:
        say(t("The ledger is broken at number {number}.", number=found.broken))
        raise typer.Exit(1)
    say(t.plural("{count} release, whole.", "{count} releases, whole.", found.rows))


@release_app.command("push")
def release_push() -> None:
    """Copy new releases to the municipalities' database; nothing comes back."""
    t = texts()
    with opened() as store:
        count = municipal.push(store, TERMINAL)
    say(t.plural("{count} release was copied.", "{count} releases were copied.", count))


@release_app.command("collect")
def release_collect() -> None:
    """Take over the conflict reports that municipalities entered in their database."""
    t = texts()
    with opened() as store:
        taken, left = municipal.collect(store, TERMINAL)
    say(t.plural("{count} report taken over.", "{count} reports taken over.", taken))
    if left:
        say(
            t.plural(
                "{count} stays there: its neighbourhood is none of those known here.",
                "{count} stay there: their neighbourhoods are none of those known here.",
                left,
            )
        )


@release_app.command("export")
def release_export(
    folder: Annotated[Path, typer.Argument(help=N_("Folder to write into."))],
    municipality: Annotated[
        str | None, typer.Option("--municipality", help=N_("ISTAT code: its own part only."))
    ] = None,
) -> None:
    """Write all releases as JSON, CSV, XLSX, GeoJSON, GeoPackage and PDF."""
    t = texts()
    viewer = TERMINAL
    if municipality is not None:
        viewer = Viewer(Role.MUNICIPALITY, municipality=municipality)
    with opened() as store:
        found = releases.releases(store, viewer, *releases.EVERY)
    if not found:
        raise MissingError("release_none")
    # The report as a document is that of the months.
    for ending, write in (ALL_WRITERS if of_contacts(found) else WRITERS).items():
        name = file_name(found, ending)
        with beside(folder / name) as target:
            target.write_bytes(write(found, t))
        typer.echo(name)


@attack_app.command("attack")
def attack_files(
    files: Annotated[list[Path], typer.Argument(help=N_("Published files of any kind."))],
) -> None:
    """Attack published files: intervals, repeats, singling out, traces of places, meta data."""
    t = texts()
    data = {}
    for file in files:
        if not file.is_file():
            raise MissingError("file_missing", file=file.name)
        data[str(file)] = file.read_bytes()
    with opened() as store:
        shapes = [zone.geometry for zone in store.zones(TERMINAL)]
    spots = np.vstack([np.empty((0, 2)), *map(shapely.get_coordinates, shapes)])
    found = [one for name, content in data.items() for one in published_in(name, content)]
    lines = attack(found, {Path(name).name: each for name, each in data.items()}, canaries(spots))
    answer(attack_table(lines, t))
    if not all(line.passed for line in lines):
        raise typer.Exit(1)


def attack_table(lines: Sequence[Line], t: Texts) -> Table:
    """The report for the terminal."""
    table = listing(t("Attack"), t("Tried on"), t("Found"), t("Measured"), t("Result"))
    for line in lines:
        result = t("passed") if line.passed else t("FAILED")
        table.add_row(
            t(ATTACKS[line.attack]), str(line.checked), str(line.found), measured(t, line), result
        )
    return table
