"""The terminal's commands for presence (`cli` adds them)."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from data import fieldwork, imports
from data.messages import N_
from data.terminal import TERMINAL, group, opened, say, texts
from geo.night import Night

presence_app = group(N_("Expected presence by zone, weekday and hour."))


@presence_app.command("import")
def presence_import(
    file: Annotated[Path, typer.Argument(help=N_("File to read: CSV, GeoJSON or GeoPackage."))],
) -> None:
    """Read presence, in place of what was known."""
    frame = imports.read_presence(file)
    with opened() as store:
        store.save_presence(TERMINAL, frame)
    say(texts().plural("{count} hour imported.", "{count} hours imported.", len(frame)))


@presence_app.command("export")
def presence_export(
    file: Annotated[Path, typer.Argument(help=N_("File to write; its ending says the kind."))],
) -> None:
    """Write the presence of all zones to a file."""
    with opened() as store:
        imports.write_presence(file, store.presence(TERMINAL))


@presence_app.command("estimate")
def presence_estimate() -> None:
    """Estimate presence from contacts and the hours spent looking, in place of what was known."""
    with opened() as store:
        found = fieldwork.estimate(store, TERMINAL, Night.coming(store.now()))
    zones = found.frame["zone"].nunique()
    say(texts().plural("Estimated for {count} zone.", "Estimated for {count} zones.", zones))
