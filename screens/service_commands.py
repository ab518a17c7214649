"""The terminal's commands for the services of the network (`cli` adds them): persons handed
over, free places, and which desk opens next."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer

from data import free_places, handovers
from data.desk_commands import desks_app
from data.messages import N_
from data.releases import parse_month
from data.terminal import TERMINAL, answer, group, listing, opened, say, texts
from geo.desks import next_desks
from geo.free_places import Free, FreePlaces, Target, WideArea
from geo.handovers import Handover, Receiver
from screens.desk_words import opening_words
from screens.names import language_name, municipality_name

handovers_app = group(N_("Persons handed over to a service: a number by month and municipality."))
places_app = group(N_("Free places of the protection programmes: how many, never where."))


@handovers_app.command("count")
def handovers_count(
    month: Annotated[str, typer.Argument(help=N_("A month such as 2026-03."))],
    municipality: Annotated[str, typer.Argument(help=N_("ISTAT code of the municipality."))],
    receiver: Annotated[Receiver, typer.Argument(help=N_("Into whose hands."))],
    persons: Annotated[int, typer.Option("--persons", help=N_("How many persons."))] = 1,
    back: Annotated[
        bool, typer.Option("--back", help=N_("Take them back: they were counted by mistake."))
    ] = False,
) -> None:
    """Count persons handed over in a month, or take them back."""
    t, given = texts(), Handover(parse_month(month), municipality, receiver, persons)
    with opened() as store:
        handovers.count(store, TERMINAL, given, back=back)
    say(t("Taken back.") if back else t("Counted."))


@handovers_app.command("list")
def handovers_list(
    since: Annotated[
        str | None, typer.Option("--since", help=N_("First month, such as 2026-03."))
    ] = None,
) -> None:
    """The funnel, and the persons handed over by month, municipality and receiver."""
    t, first = texts(), parse_month(since) if since else date.min
    with opened() as store:
        steps = handovers.funnel_since(store, TERMINAL, first)
        frame = handovers.monthly(store, TERMINAL, first)
    for step in steps:
        answer(f"{t.word(step.stage).capitalize()}: {t.number(step.persons, 0)}")
    table = listing(t("Month"), t("Municipality"), t("Persons"), t("Count"))
    for month, municipality, receiver, persons in frame.itertuples(index=False):
        where, who = municipality_name(municipality), t.word(Receiver(receiver))
        table.add_row(t.month(month), where, who, str(persons))
    answer(table if len(frame) else t("Nothing has been counted yet."))


@places_app.command("list")
def places_list() -> None:
    """What the programmes last said, when, and whom to call."""
    t = texts()
    table = listing(
        t("Wide area"), t("For whom"), t("Free"), t("In an emergency"), t("Said"), t("Call")
    )
    with opened() as store:
        said, moment = free_places.free_places(store, TERMINAL), store.now()
    for one in said:
        when = t.moment(one.entered)
        if one.stale(moment):
            when = t("{when}: too old, call first", when=when)
        emergency = t("yes") if one.emergency else t("no")
        names = (t.word(one.area), t.word(one.target))
        table.add_row(*names, one.free.value, emergency, when, one.call)
    answer(table if said else t("No programme has said anything yet."))


@places_app.command("say")
def places_say(
    area: Annotated[WideArea, typer.Argument(help=N_("Wide area."))],
    target: Annotated[Target, typer.Argument(help=N_("For whom."))],
    free: Annotated[Free, typer.Argument(help=N_("How many are free."))],
    call: Annotated[str, typer.Option("--call", help=N_("Telephone number to call."))],
    emergency: Annotated[
        bool, typer.Option("--emergency", help=N_("Also at night, at once."))
    ] = False,
) -> None:
    """Keep what a programme says, in place of what it said before."""
    with opened() as store:
        places = FreePlaces(area, target, free, emergency, call.strip(), store.now())
        free_places.say(store, TERMINAL, places)
    say(texts()("Kept."))


@desks_app.command("next")
def desks_next(
    language: Annotated[
        str | None, typer.Option("--language", help=N_("Only desks that speak it (ISO 639-1)."))
    ] = None,
) -> None:
    """The desks in the order in which they open next, their hours and languages."""
    t = texts()
    table = listing(t("Desk"), t("Next open"), t("Where"), t("Opening hours"), t("Languages"))
    with opened() as store:
        moment, wanted = store.now(), frozenset({language} if language else ())
        coming = next_desks(store.desks(TERMINAL), moment, wanted)
    for desk, opening in coming:
        where = ", ".join(filter(None, (desk.address, municipality_name(desk.municipality))))
        spoken = t.list(language_name(t, code) for code in sorted(desk.languages))
        table.add_row(
            desk.name, opening_words(t, opening, moment), where, desk.opening_hours, spoken
        )
    answer(table if coming else t("No desk opens again."))
