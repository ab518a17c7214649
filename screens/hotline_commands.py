"""The terminal's commands for hotline requests (`cli` adds them)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from typing import Annotated, Any

import typer

from data import hotline, hotline_changes
from data.calling_off import Effect
from data.hotline import Answer, Standing
from data.messages import N_
from data.roads import load_network
from data.settings import settings
from data.store import Store
from data.terminal import TERMINAL, answer, group, listing, opened, option, say, texts
from data.texts import Texts
from geo.contacts import Request
from geo.errors import MissingError
from geo.night import Night
from routing.requests import HotlineRequest, RequestOutcome, Urgency
from screens.hotline_words import effect_words, offer_words, waits
from screens.names import municipality_name, stop_name

hotline_app = group(
    N_("Hotline requests: entered, offered to the units, accepted, changed, withdrawn, closed.")
)
KeyArgument = Annotated[str, typer.Argument(help=N_("Name of the request, such as NV-0515-1."))]
JsonOption = Annotated[bool, option(N_("Answer in JSON."), "--json")]


@hotline_app.command("add")
def hotline_add(
    *,
    municipality: Annotated[str, typer.Argument(help=N_("ISTAT code of the municipality."))],
    kind: Annotated[Request, typer.Argument(help=N_("What is asked for."))],
    opens: Annotated[str, option(N_("Somebody waits from HH:MM …"), "--from")],
    closes: Annotated[str, option(N_("… until HH:MM."), "--to")],
    night: Annotated[str, option(N_("Night: today, tomorrow or an ISO date."))] = "tonight",
    urgency: Annotated[Urgency, option(N_("How soon."))] = Urgency.TONIGHT,
    language: Annotated[str | None, option(N_("Language asked for (ISO 639-1)."))] = None,
    mediator: Annotated[bool, option(N_("With a mediator."), "--mediator")] = False,
) -> None:
    """Enter a request; its name is the answer."""
    with opened() as store:
        chosen = Night.parse(night, store.now())
        request = HotlineRequest(
            key=hotline.new_key(store, TERMINAL, chosen),
            night=chosen.date,
            municipality=municipality,
            kind=kind,
            urgency=urgency,
            opens=opens,
            closes=closes,
            language=language,
            mediator=mediator,
            synthetic=store.synthetic(),
        )
        hotline.enter(store, TERMINAL, request)
    answer(request.key)


@hotline_app.command("list")
def hotline_list(
    since: Annotated[str, option(N_("First night: today, tomorrow or an ISO date."))] = "tonight",
    as_json: JsonOption = False,
) -> None:
    """The requests of a night and those after it, and how each stands."""
    t = texts()
    with opened() as store:
        found = hotline.requests(store, TERMINAL, Night.parse(since, store.now()))
    if as_json:
        _json(_standing(one) for one in found)
        return
    table = listing(
        t("Request"), t("Municipality"), t("What is asked for"), t("Night"), t("Waits"), t("Stands")
    )
    for one in found:
        request = one.request
        place, kind = municipality_name(request.municipality), t.word(request.kind)
        day = t.date(Night(request.night), "short")
        table.add_row(request.key, place, kind, day, waits(t, request), _stands(t, one))
    answer(table if found else t("There is no request."))


@hotline_app.command("offer")
def hotline_offer(key: KeyArgument, as_json: JsonOption = False) -> None:
    """Which units could come, when each would be there, and what it would give up."""
    t = texts()
    with opened() as store:
        found = _asked(store, key)
    if as_json:
        _json(_offer(t, one) for one in found)
        return
    table = listing(t("Unit"), t("Name"), t("Answer"))
    for one in found:
        said = t.sentence(one.error) if one.error else offer_words(t, one)
        table.add_row(one.unit, one.name, said)
    answer(table if found else t("No unit goes out that night."))


@hotline_app.command("accept")
def hotline_accept(
    key: KeyArgument, unit: Annotated[str, typer.Argument(help=N_("Code of the unit that goes."))]
) -> None:
    """Have a unit go there: it is asked once more, and its crew confirms."""
    t = texts()
    with opened() as store:
        request = _request(store, key).request
        roads = load_network(settings().home)
        found = hotline.answer(store, TERMINAL, roads, request, units=[unit])
        hotline.accept(store, TERMINAL, request, found[0])
    say(t("Accepted by {unit}: {answer}.", unit=found[0].name, answer=offer_words(t, found[0])))


@hotline_app.command("change")
def hotline_change(
    *,
    key: KeyArgument,
    municipality: Annotated[str | None, option(N_("ISTAT code of the municipality."))] = None,
    kind: Annotated[Request | None, option(N_("What is asked for."))] = None,
    urgency: Annotated[Urgency | None, option(N_("How soon."))] = None,
    opens: Annotated[str | None, option(N_("Somebody waits from HH:MM …"), "--from")] = None,
    closes: Annotated[str | None, option(N_("… until HH:MM."), "--to")] = None,
    language: Annotated[str | None, option(N_("Language asked for (ISO 639-1)."))] = None,
    mediator: Annotated[bool | None, option(N_("With a mediator or without."))] = None,
) -> None:
    """Change what is given; the name of the request as it is then is the answer."""
    given = {
        "municipality": municipality, "kind": kind, "urgency": urgency, "opens": opens,
        "closes": closes, "language": language, "mediator": mediator,
    }  # fmt: skip
    said: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    with opened() as store:
        wanted = replace(_request(store, key).request, **said)
        kept, effect = hotline_changes.change(store, TERMINAL, wanted)
    answer(kept.key)
    say(effect_words(texts(), effect))


@hotline_app.command("withdraw")
def hotline_withdraw(key: KeyArgument) -> None:
    """Nobody waits any more: who had accepted it is told."""
    with opened() as store:
        effect: Effect = hotline_changes.withdraw(store, TERMINAL, key)
    say(effect_words(texts(), effect))


@hotline_app.command("close")
def hotline_close(
    key: KeyArgument,
    outcome: Annotated[RequestOutcome, typer.Argument(help=N_("How it ended."))],
) -> None:
    """Say how a request ended."""
    with opened() as store:
        hotline.close(store, TERMINAL, key, outcome)
    say(texts()("Closed."))


def _request(store: Store, key: str) -> Standing:
    every = hotline.requests(store, TERMINAL, Night.of(store.now()))
    found = [one for one in every if one.request.key == key]
    if not found:
        raise MissingError("request_missing", request=key)
    return found[0]


def _asked(store: Store, key: str) -> tuple[Answer, ...]:
    request = _request(store, key).request
    return hotline.answer(store, TERMINAL, load_network(settings().home), request)


def _stands(t: Texts, one: Standing) -> str:
    if one.outcome:
        return t.word(one.outcome)
    if one.unit is None:
        return t("Nobody has accepted it yet.")
    there = t("There at {time}.", time=t.clock(one.arrival)) if one.arrival else ""
    return f"{t('Accepted by {unit}.', unit=one.unit)} {there}".strip()


def _standing(one: Standing) -> dict[str, Any]:
    request = one.request
    return {
        "request": request.key, "night": request.night.isoformat(),
        "municipality": request.municipality, "kind": request.kind.value,
        "urgency": request.urgency.value, "from": request.opens, "to": request.closes,
        "language": request.language, "mediator": request.mediator,
        "synthetic": request.synthetic, "unit": one.unit,
        "arrival": one.arrival and one.arrival.isoformat(),
        "outcome": one.outcome and one.outcome.value, "crew_told": one.told,
    }  # fmt: skip


def _offer(t: Texts, one: Answer) -> dict[str, Any]:
    plan = one.proposal
    return {
        "unit": one.unit, "name": one.name, "arrival": one.arrival and one.arrival.isoformat(),
        "later_seconds": plan and plan.later, "more_metres": plan and plan.metres,
        "gives_up": plan and [stop_name(t, stop) for stop in plan.dropped],
        "refused": one.error and one.error.code,
    }  # fmt: skip


def _json(rows: Iterable[dict[str, Any]]) -> None:
    typer.echo(json.dumps(list(rows), ensure_ascii=False, indent=1))
