"""The terminal's commands for the running night (`cli` adds them)."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from data.agenda import as_ics
from data.crews import referral_desks
from data.exports import gpx_of
from data.messages import N_
from data.night_report import night_report
from data.replanning import accept, propose
from data.return_pictures import codes
from data.returns import joined, merge, read
from data.roads import load_network
from data.running import running
from data.settings import settings
from data.sheets import beside
from data.terminal import TERMINAL, answer, group, opened, say, texts
from geo.errors import InputError
from geo.night import Night
from screens.names import stop_name
from screens.pack import pack
from screens.paper import paper
from screens.rest_words import cost
from screens.return_words import taken

ENDINGS = (".html", ".pdf", ".gpx", ".ics")

night_app = group(
    N_("The running night: how it stands, packs for phones, what comes back, re-planning.")
)
NightOption = Annotated[
    str, typer.Option("--night", help=N_("Night: today, tomorrow or an ISO date."))
]
UnitArgument = Annotated[str, typer.Argument(help=N_("Code of the unit."))]


@night_app.command("show")
def night_show(night: NightOption = "tonight") -> None:
    """How the night of every unit stands."""
    t = texts()
    with opened() as store:
        chosen = Night.parse(night, store.now())
        for unit in store.published(TERMINAL, chosen):
            stands = running(store, TERMINAL, chosen, unit)
            report = night_report(stands)
            answer(
                t(
                    "{unit}: {done} of {planned} stops done, {skipped} skipped, {persons} persons "
                    "counted, version {version}",
                    unit=stands.itinerary.unit_name,
                    done=report.done,
                    planned=report.planned,
                    skipped=sum(report.skipped.values()),
                    persons=report.persons,
                    version=stands.version,
                )
            )


@night_app.command("pack")
def night_pack(
    unit: UnitArgument,
    file: Annotated[
        Path, typer.Argument(help=N_("File to write: .html, .pdf, .gpx or .ics by its ending."))
    ],
    night: NightOption = "tonight",
) -> None:
    """Write a unit's night as a file to take along."""
    t = texts()
    with opened() as store:
        stands = running(store, TERMINAL, Night.parse(night, store.now()), unit)
        network, known = load_network(settings().home), store.settings()
        _, desks = referral_desks(store, TERMINAL, stands.itinerary.night, unit)
        match file.suffix.lower():
            case ".html":
                body = pack(stands, network, known, t, store.now(), desks=desks).html.encode()
            case ".pdf":
                body = paper(stands.itinerary, network, known, t)
            case ".gpx":
                body = gpx_of([stands.itinerary]).encode()
            case ".ics":
                body = as_ics(stands.itinerary, t, store.now())
            case other:
                raise InputError("pack_ending", got=other, expected=ENDINGS)
    with beside(file) as target:
        target.touch(mode=0o600)
        target.write_bytes(body)
    say(t("Written: {size} kB.", size=round(len(body) / 1000)))


@night_app.command("merge")
def night_merge(
    files: Annotated[
        list[Path], typer.Argument(help=N_("What phones gave back: JSON, or pictures of codes."))
    ],
) -> None:
    """Take in what comes back from phones; the same twice counts once."""
    t = texts()
    given = [(file.suffix.lower() == ".json", file.read_bytes()) for file in files]
    documents = [read(body) for plain, body in given if plain]
    documents += joined(text for plain, body in given if not plain for text in codes(body))
    with opened() as store:
        for document in documents:
            say(taken(t, merge(store, TERMINAL, document)))


@night_app.command("replan")
def night_replan(
    unit: UnitArgument,
    night: NightOption = "tonight",
    publish: Annotated[
        bool, typer.Option("--publish", help=N_("Hand the answer to the crew at once."))
    ] = False,
) -> None:
    """Plan the rest of a unit's night again, from the last stop done."""
    t = texts()
    with opened() as store:
        chosen = Night.parse(night, store.now())
        found = propose(store, TERMINAL, load_network(settings().home), chosen, unit)
        for name, stops in ((t("Added"), found.added), (t("Left out"), found.dropped)):
            if stops:
                answer(f"{name}: {t.list(stop_name(t, stop) for stop in stops)}")
        answer(cost(t, found.later, found.metres))
        if publish:
            version = accept(store, TERMINAL, found)
            say(t("Published as version {version}: the crew confirms it.", version=version))
