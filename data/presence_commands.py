"""The terminal's commands for presence (`cli` adds them)."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from data import fieldwork, imports
from data.access import Role, Viewer
from data.messages import N_
from data.settings import settings
from data.store import Store
from data.texts import Texts
from geo.night import Night

TERMINAL = Viewer(Role.COORDINATOR)

presence_app = typer.Typer(
    help=N_("Expected presence by zone, weekday and hour."),
    no_args_is_help=True,
    add_completion=False,
)


@presence_app.command("import")
def presence_import(
    file: Annotated[Path, typer.Argument(help=N_("File to read: CSV, GeoJSON or GeoPackage."))],
) -> None:
    """Read presence, in place of what was known."""
    frame = imports.read_presence(file)
    with _opened() as store:
        store.save_presence(TERMINAL, frame)
    _say(_texts().plural("{count} hour imported.", "{count} hours imported.", len(frame)))


@presence_app.command("export")
def presence_export(
    file: Annotated[Path, typer.Argument(help=N_("File to write; its ending says the kind."))],
) -> None:
    """Write the presence of all zones to a file."""
    with _opened() as store:
        imports.write_presence(file, store.presence(TERMINAL))


@presence_app.command("estimate")
def presence_estimate() -> None:
    """Estimate presence from contacts and the hours spent looking, in place of what was known."""
    with _opened() as store:
        found = fieldwork.estimate(store, TERMINAL, Night.coming(store.now()))
    zones = found.frame["zone"].nunique()
    _say(_texts().plural("Estimated for {count} zone.", "Estimated for {count} zones.", zones))


@contextmanager
def _opened() -> Iterator[Store]:
    store = Store.open(settings())
    try:
        yield store
    finally:
        store.close()


def _texts() -> Texts:
    return Texts(settings().language)


def _say(sentence: str) -> None:
    sys.stderr.write(f"{sentence}\n")
