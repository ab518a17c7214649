"""The terminal's commands for the monitoring and its quarterly report (`cli` adds them)."""

from __future__ import annotations

import json
from math import isfinite
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from data import imports
from data.messages import N_
from data.monitoring import MONTHS, Monitored, monitored
from data.monitoring_public import public_report
from data.monitoring_report import internal_report, last_quarter
from data.monitoring_words import (
    area_months,
    change_words,
    counts,
    percent,
    rate_words,
    sort_key,
    weather_words,
    why_words,
    zone_names,
)
from data.releases import parse_month
from data.roads import load_network
from data.settings import settings
from data.sheets import beside
from data.terminal import TERMINAL, answer, listing, opened, say, texts
from data.texts import Texts
from data.weather import import_weather
from geo.emerging import Movement, ZoneMovement
from geo.quarter import Quarter

QUIET = (Movement.STEADY, Movement.UNKNOWN)

monitoring_app = typer.Typer(add_completion=False)


@monitoring_app.command()
def monitor(
    *,
    months: Annotated[
        int, typer.Option("--months", min=1, max=120, help=N_("Months to look back at."))
    ] = MONTHS,
    until: Annotated[
        str | None,
        typer.Option("--until", help=N_("Last month, such as 2026-03; it must be over.")),
    ] = None,
    every: Annotated[
        bool, typer.Option("--all", help=N_("Also zones without a movement, and unknown ones."))
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help=N_("Print it all as JSON."))] = False,
) -> None:
    """Say how zones move beside the effort spent, and where crews look."""
    t = texts()
    with opened() as store:
        last = parse_month(until) if until else None
        network = load_network(settings().home)
        found = monitored(store, TERMINAL, network, last=last, count=months)
        synthetic = store.synthetic()
    if synthetic:
        say(t("Synthetic data: an invented region, no real person, place or crew."))
    if as_json:
        text = json.dumps(document(found, synthetic=synthetic), ensure_ascii=False, indent=1)
        typer.echo(text)
        return
    if found.refused:
        say(t.sentence(found.refused))
    said = "; ".join(f"{t.word(one)} {count}" for one, count in counts(found).items())
    answer(_zones(t, found, every=every), said, _months(t, found), weather_words(t, found))


@monitoring_app.command()
def report(
    out: Annotated[Path, typer.Option("--out", help=N_("PDF to write."))],
    quarter: Annotated[
        str | None,
        typer.Option(help=N_("Quarter such as 2026-Q3; without it the last that is over.")),
    ] = None,
    public: Annotated[
        bool, typer.Option("--public", help=N_("Of published months alone: it may be handed on."))
    ] = False,
) -> None:
    """Write the report of a quarter as PDF; without --public it names zones."""
    t = texts()
    with opened() as store:
        chosen = Quarter.parse(quarter) if quarter else last_quarter(store)
        if public:
            made = public_report(store, TERMINAL, chosen, t)
        else:
            made = internal_report(store, TERMINAL, load_network(settings().home), chosen, t)
    with beside(out) as target:
        target.touch(mode=0o600)
        target.write_bytes(made)
    if not public:
        say(t("For the coordination alone: this report names zones."))
    typer.echo(out.name)


@monitoring_app.command()
def weather(
    file: Annotated[
        Path, typer.Argument(help=N_("CSV with the columns night, province, weather."))
    ],
) -> None:
    """Read the weather of nights by province, beside what crews say when they close."""
    t = texts()
    lines = imports.read_weather(file)
    with opened() as store:
        count = import_weather(store, TERMINAL, lines)
    say(t.plural("{count} night read.", "{count} nights read.", count))


def document(found: Monitored, *, synthetic: bool) -> dict[str, Any]:
    """The monitoring in plain values; what is not known is null."""
    cube = found.cube
    return {
        "kind": "prossima-monitoring",
        "format": 1,
        "synthetic": synthetic,
        "months": [month.isoformat() for month in cube.months],
        "refused": found.refused.code if found.refused else None,
        "weather": {
            "ratio": found.weather.ratio,
            "low": found.weather.low,
            "high": found.weather.high,
            "corrected": found.weather.known,
        },
        "left_out": found.left_out,
        "scatter": found.levels.scatter,
        "zones": [_zone(found, one) for one in found.moves],
        "region": [
            {
                "month": row.month.isoformat(),
                "persons": int(row.persons),
                "hours": float(row.hours),
                **{name: _number(getattr(row, name)) for name in ("rate", "level", "low", "high")},
            }
            for row in area_months(found, "region").itertuples()
        ],
        "focus": [
            {
                "month": row.month.isoformat(),
                **{name: _number(getattr(row, name)) for name in ("top", "unseen", "exploring")},
            }
            for row in found.focus.itertuples()
        ],
    }


def _zone(found: Monitored, one: ZoneMovement) -> dict[str, Any]:
    row = found.cube.zones.index(one.zone)
    persons, hours = found.cube.persons[row], found.cube.hours[row]
    return {
        "zone": one.zone,
        "together": list(found.cube.together.get(one.zone, (one.zone,))),
        "movement": one.movement.value,
        "pattern": one.pattern.value,
        "side": one.side.value if one.side else None,
        "lack": one.lack.value if one.lack else None,
        "tau": one.tau,
        "q": one.q,
        "change": None if one.change is None else _number(one.change),
        "rate": one.rate,
        "low": _number(one.low),
        "high": _number(one.high),
        "persons": [int(n) if spent else None for n, spent in zip(persons, hours, strict=True)],
        "hours": [round(float(spent), 3) for spent in hours],
    }


def _number(value: float) -> float | None:
    return float(value) if isfinite(value) else None


def _zones(t: Texts, found: Monitored, *, every: bool) -> Table:
    table = listing(t("Zone"), t("Movement"), t("Lately, persons an hour"), t("Change"), t("Why"))
    names = zone_names(found)
    for one in sorted(found.moves, key=sort_key):
        if every or one.movement not in QUIET:
            rate = rate_words(t, one.rate, one.low, one.high)
            words = (t.word(one.movement), rate, change_words(t, one), why_words(t, one))
            table.add_row(f"{names[one.zone]} ({one.zone})", *words)
    return table


def _months(t: Texts, found: Monitored) -> Table:
    table = listing(
        t("Month"),
        t("Persons an hour, comparable"),
        t("Hours looked"),
        t("Minutes in the top fifth of the zones"),
    )
    months = area_months(found, "region")
    for row, focus in zip(months.itertuples(), found.focus.itertuples(), strict=True):
        rate = rate_words(t, row.level, row.low, row.high)
        table.add_row(t.month(row.month), rate, t.number(row.hours), percent(t, focus.top))
    return table
