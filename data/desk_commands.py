"""The terminal's commands for listening desks (`cli` adds them)."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from data import imports
from data.access import Role, Viewer
from data.messages import N_
from data.settings import settings
from data.store import Store
from data.texts import Texts

TERMINAL = Viewer(Role.COORDINATOR)

desks_app = typer.Typer(
    help=N_("Listening desks: where and when somebody listens."),
    no_args_is_help=True,
    add_completion=False,
)


@desks_app.command("import")
def desks_import(
    file: Annotated[Path, typer.Argument(help=N_("File to read: CSV, GeoJSON or GeoPackage."))],
) -> None:
    """Add listening desks and change those with the same code."""
    desks = imports.read_desks(file)
    with _opened() as store:
        store.save_desks(TERMINAL, desks)
    t = Texts(settings().language)
    said = t.plural("{count} desk imported.", "{count} desks imported.", len(desks))
    sys.stderr.write(f"{said}\n")


@desks_app.command("export")
def desks_export(
    file: Annotated[Path, typer.Argument(help=N_("File to write; its ending says the kind."))],
) -> None:
    """Write all listening desks to a file."""
    with _opened() as store:
        imports.write_desks(file, store.desks(TERMINAL))


@contextmanager
def _opened() -> Iterator[Store]:
    store = Store.open(settings())
    try:
        yield store
    finally:
        store.close()
