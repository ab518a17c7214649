"""The terminal's commands for listening desks (`cli` adds them)."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from data import imports
from data.messages import N_
from data.terminal import TERMINAL, group, opened, say, texts

desks_app = group(N_("Listening desks: where and when somebody listens."))


@desks_app.command("import")
def desks_import(
    file: Annotated[Path, typer.Argument(help=N_("File to read: CSV, GeoJSON or GeoPackage."))],
) -> None:
    """Add listening desks and change those with the same code."""
    desks = imports.read_desks(file)
    with opened() as store:
        store.save_desks(TERMINAL, desks)
    t = texts()
    say(t.plural("{count} desk imported.", "{count} desks imported.", len(desks)))


@desks_app.command("export")
def desks_export(
    file: Annotated[Path, typer.Argument(help=N_("File to write; its ending says the kind."))],
) -> None:
    """Write all listening desks to a file."""
    with opened() as store:
        imports.write_desks(file, store.desks(TERMINAL))
