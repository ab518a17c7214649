"""The terminal's commands for the road network (`cli` adds them)."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from data.conflict_words import brought_along
from data.exports_text import network_table
from data.messages import N_
from data.roads import Servers, import_network, network_info
from data.sensitive_places import bring_along
from data.settings import settings
from data.terminal import answer, group, opened, option, progress, say, texts

PHASES = {
    "ways": N_("reading roads:"),
    "nodes": N_("reading places:"),
    "edges": N_("reading sections:"),
    "download": N_("downloading:"),
    "joining": N_("joining roads:"),
}

network_app = group(N_("The road network that crews drive on."))


@network_app.command("info")
def network_show() -> None:
    """What the road network in use is."""
    answer(network_table(network_info(settings().home), texts()))


@network_app.command("import")
def network_import(
    file: Annotated[
        Path | None,
        typer.Argument(help=N_(".osm.pbf, .osm, GraphML of osmnx, or the region's ITERNET graph.")),
    ] = None,
    place: Annotated[
        str | None, option(N_("Download this place from OpenStreetMap instead."), "--place")
    ] = None,
) -> None:
    """Take the roads of a file or of OpenStreetMap into use."""
    t = texts()
    if (file is None) == (place is None):
        raise typer.BadParameter(t("Give either a file or a place."))
    chosen = settings()
    source = file or place or ""
    servers = Servers(chosen.overpass_url, chosen.nominatim_url)
    with progress() as tell:
        report = import_network(
            source,
            chosen.home,
            progress=lambda phase, count: tell(f"{t(PHASES[phase])} {t.number(count)}"),
            servers=servers,
        )
    answer(network_table(report, t))
    with opened() as store:
        count = bring_along(store, source, chosen.home, servers)
    if (words := brought_along(t, count)) is not None:
        say(words)
