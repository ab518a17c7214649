"""The terminal's commands for zones and units (`cli` adds them)."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from data import imports
from data.messages import N_
from data.roads import load_network
from data.settings import settings
from data.terminal import TERMINAL, group, opened, option, say, texts

zones_app = group(N_("Zones: anonymised stretches of at least 500 metres."))
units_app = group(N_("Street units, their crews and shifts."))

Given = Annotated[Path, typer.Argument(help=N_("File to read: CSV, GeoJSON or GeoPackage."))]
Wanted = Annotated[Path, typer.Argument(help=N_("File to write; its ending says the kind."))]
Replace = Annotated[bool, option(N_("Remove what is not in the file."), "--replace")]


@zones_app.command("import")
def zones_import(file: Given, replace: Replace = False) -> None:
    """Read zones; the file is taken whole or refused whole."""
    t = texts()
    zones = imports.read_zones(file)
    with opened() as store:
        store.save_zones(TERMINAL, zones, replace=replace)
    say(t.plural("{count} zone imported.", "{count} zones imported.", len(zones)))
    off = imports.off_network(zones, load_network(settings().home))
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
