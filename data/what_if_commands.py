"""The terminal's command for scenarios (`cli` adds it)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import typer
from rich import box
from rich.table import Table

from data.messages import N_
from data.named_places import place_named
from data.roads import load_network
from data.scenarios import Comparison, Outcome, compare, plan_together, records_of, units_of
from data.terminal import TERMINAL, answer, codes, opened, say, texts
from data.texts import Texts
from geo.errors import InputError
from geo.night import Night
from routing.plan import Plan
from routing.region import Processes
from routing.scenarios import Change, Effect, Kind, Scenario

what_if_app = typer.Typer(pretty_exceptions_enable=False)


@what_if_app.command("what-if")
def what_if(
    *,
    scenarios: Annotated[
        list[str],
        typer.Option(
            "--scenario",
            help=N_(
                "What would be otherwise, such as without=LU1, less=60, less=LU1:60, more=60, "
                "language=sq or base=LU1:Altopascio, joined by commas; give several to compare."
            ),
        ),
    ],
    first: Annotated[
        str, typer.Option("--from", help=N_("First night: tonight, tomorrow or a date."))
    ] = "tonight",
    count: Annotated[int, typer.Option("--nights", min=1, max=28, help=N_("How many nights."))] = 1,
    units: Annotated[
        str | None,
        typer.Option(help=N_("Units to plan for, joined by commas; without it all of them.")),
    ] = None,
    seconds: Annotated[
        float | None, typer.Option(help=N_("Seconds to search; without it those of the settings."))
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(min=1, help=N_("Processes on this machine; without it one for each core.")),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help=N_("Print everything as JSON."))] = False,
) -> None:
    """Plan the nights as they would be otherwise, beside the plan there is; nothing is kept."""
    t = texts()
    asked = [read_scenario(text) for text in scenarios]
    with opened() as store:
        begin = Night.parse(first, store.now())
        records = {} if units else records_of(store, TERMINAL, begin, count)
        found = compare(
            store,
            TERMINAL,
            load_network(store.settings().home),
            (begin, count),
            asked,
            workers=Processes() if workers is None else Processes(workers),
            units=units_of(*records.values()) if records else codes(units),
            record=plan_together(records) if records else None,
            seconds=seconds,
        )
        synthetic = store.synthetic()
    if synthetic:
        say(t("Synthetic data: an invented region, no real person, place or crew."))
    if as_json:
        typer.echo(json.dumps(_document(found, scenarios), ensure_ascii=False, indent=1))
    else:
        answer(_table(t, found, scenarios), *_zones(t, found, scenarios))
    errors = [one.error for one in found.outcomes if one.error]
    for error in errors:
        say(t.sentence(error))
    if errors:
        raise typer.Exit(1)


def read_scenario(text: str) -> Scenario:
    """A scenario from its parts `name=value`; raises InputError `scenario_unreadable`."""
    return tuple(_change(part.strip()) for part in text.split(","))


def _change(part: str) -> Change:
    name, _, value = part.partition("=")
    unit, colon, rest = value.partition(":")
    match name, value:
        case "without", str() if value:
            return Change(Kind.WITHOUT_UNIT, value)
        case "less" | "more", str() if (minutes := rest if colon else value).isdigit():
            by = int(minutes) if name == "more" else -int(minutes)
            return Change(Kind.HOURS, unit if colon else "", minutes=by)
        case "language", str() if value:
            return Change(Kind.WITHOUT_LANGUAGE, language=value)
        case "base", str() if colon and unit:
            return Change(Kind.BASE, unit, base=place_named(rest))
    raise InputError("scenario_unreadable", got=part)


def _table(t: Texts, found: Comparison, names: Sequence[str]) -> Table:
    """The plan of record, how things are, and a row for each scenario."""
    head = (
        t("Scenario"), t("Value"), t("Visits"), t("Zones visited"), t("Zones lost"),
        t("Zones gained"), t("On the road"), t("Promises lost"),
    )  # fmt: skip
    table = Table(*head, box=box.SIMPLE)
    if found.record is not None:
        value, *shown = _figures(t, found, found.record)
        # Nights that were weighed each alone have other points than together.
        table.add_row(t("plan of record"), "–" if found.prepared.count > 1 else value, *shown, "–")
    for name, one in zip([t("as it is"), *names], [found.now, *found.outcomes], strict=True):
        if one.plan is None:
            table.add_row(name, t("not planned"))
        else:
            table.add_row(name, *_figures(t, found, one.plan), ", ".join(one.lost) or "–")
    return table


def _figures(t: Texts, found: Comparison, plan: Plan) -> list[str]:
    became = found.became(plan)
    lost, gained = _of(became, Effect.LOST), _of(became, Effect.GAINED)
    return [
        t.number(plan.value, 0),
        str(sum(len(route.stops) for route in plan.routes)),
        str(len(became) - len(lost)),
        str(len(lost)),
        str(len(gained)),
        t.minutes(sum(route.driving for route in plan.routes)),
    ]


def _zones(t: Texts, found: Comparison, names: Sequence[str]) -> list[str]:
    """Which zones each scenario loses."""
    lines = []
    for name, one in zip(names, found.outcomes, strict=True):
        lost = _of(found.became(one.plan), Effect.LOST) if one.plan else []
        if lost:
            lines.append(t("{scenario} loses: {zones}.", scenario=name, zones=t.list(lost)))
    return lines


def _of(became: Mapping[str, Effect], wanted: Effect) -> list[str]:
    return [key for key, effect in became.items() if effect is wanted]


def _document(found: Comparison, names: Sequence[str]) -> dict[str, Any]:
    def said(one: Outcome) -> dict[str, Any]:
        return {
            "plan": one.plan.to_dict() if one.plan else None,
            "promises_lost": list(one.lost),
            "error": one.error.code if one.error else None,
            "zones": {key: effect.value for key, effect in found.became(one.plan).items()}
            if one.plan
            else None,
        }

    return {
        "kind": "prossima-what-if",
        "format": 1,
        "first": str(found.prepared.first),
        "nights": found.prepared.count,
        "record": found.record.to_dict() if found.record else None,
        "as_it_is": said(found.now),
        "scenarios": [
            {"scenario": name, **said(one)} for name, one in zip(names, found.outcomes, strict=True)
        ],
    }
