"""The terminal's command for the week of the whole region (`cli` adds it)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich import box
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from data.exports import write_text
from data.messages import N_
from data.region_weeks import RegionWeek, keep_region, region_week
from data.roads import load_network
from data.terminal import TERMINAL, answer, opened, say, texts
from data.texts import Texts
from data.week_commands import week_document
from data.weeks import NIGHTS
from geo.errors import InputError, ProssimaError
from geo.municipalities import municipalities
from geo.night import Night
from routing.planner import Progress as Searched
from routing.region import Cluster, Done, Processes, Task, Workers, plan_all

region_app = typer.Typer(
    help=N_("The region as a whole."), no_args_is_help=True, pretty_exceptions_enable=False
)


@region_app.callback()
def region() -> None:
    """The region as a whole."""


@region_app.command("plan")
def plan(
    *,
    first: Annotated[
        str, typer.Option("--from", help=N_("First night: tonight, tomorrow or a date."))
    ] = "tonight",
    count: Annotated[int, typer.Option("--nights", min=1, max=28, help=N_("How many nights."))] = (
        NIGHTS
    ),
    provinces: Annotated[
        str | None,
        typer.Option(
            help=N_("Provinces to plan, as two letters joined by commas; without it all.")
        ),
    ] = None,
    seconds: Annotated[
        float | None,
        typer.Option(help=N_("Seconds to search for each part; without it those of the settings.")),
    ] = None,
    iterations: Annotated[
        int | None,
        typer.Option(help=N_("Steps of each search instead: the plans are then alike anywhere.")),
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(min=1, help=N_("Processes on this machine; without it one for each core.")),
    ] = None,
    cluster: Annotated[
        str | None,
        typer.Option(help=N_("Plan on a dask cluster instead: the address of its scheduler.")),
    ] = None,
    output: Annotated[
        Path | None, typer.Option(help=N_("Write the weeks to this file as JSON."))
    ] = None,
    keep: Annotated[
        bool, typer.Option("--keep", help=N_("Keep every night as a draft of its own."))
    ] = False,
) -> None:
    """Plan the week of all units of all provinces, part by part and several at once."""
    t = texts()
    if cluster is not None and workers is not None:
        raise typer.BadParameter(t("Choose one of --workers and --cluster."))
    with opened() as store:
        network = load_network(store.settings().home)
        begin = Night.parse(first, store.now())
        week = region_week(
            store, TERMINAL, network, begin, count=count, provinces=_provinces(provinces)
        )
        for promise in week.left:
            say(
                t(
                    "Promise {promise} is in no unit's province: nobody can keep it.",
                    promise=promise.key,
                )
            )
        tasks = week.tasks(store, seconds=seconds, iterations=iterations)
        done, lost = _planned(t, tasks, _workers(workers, cluster))
        # What is ready is kept before anything else is said: nothing of it is lost.
        if output is not None:
            write_text(output, json.dumps(_document(week, done), ensure_ascii=False, indent=1))
        kept = keep_region(store, TERMINAL, network, week, done.values()) if keep else ()
        synthetic = store.synthetic()
    if synthetic:
        say(t("Synthetic data: an invented region, no real person, place or crew."))
    answer(_table(t, week, tasks, done))
    if kept:
        count_kept = len(kept)
        say(
            t.plural("{count} night kept as a draft.", "{count} nights kept as drafts.", count_kept)
        )
    if lost is not None:
        say(t.sentence(lost))
        missing = [task.name for task in tasks if task.name not in done]
        again = ",".join(_letters(week.parts[name][0].provinces)[0] for name in missing)
        say(t("The rest is planned with --provinces {provinces}.", provinces=again))
        raise typer.Exit(1)


def _workers(count: int | None, cluster: str | None) -> Workers:
    if cluster is not None:
        return Cluster(cluster)
    return Processes(count) if count is not None else Processes()


def _planned(
    t: Texts, tasks: Sequence[Task], workers: Workers
) -> tuple[dict[str, Done], ProssimaError | None]:
    """What is ready, and why the rest is not: its workers were lost, or it was interrupted."""
    ready: dict[str, Done] = {}
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True, highlight=False), transient=True) as bar:
        whole = bar.add_task(t("Searching for routes"), total=len(tasks))

        def told(done: Done, _count: int, _of: int) -> None:
            ready[done.name] = done

        def look(under_way: Mapping[str, Searched]) -> None:
            share = sum(_share(tasks, name, one) for name, one in under_way.items())
            words = t(
                "{ready} of {all} parts planned, value {value}",
                ready=len(ready),
                all=len(tasks),
                value=sum(one.value for one in under_way.values())
                + sum(one.week.plan.value for one in ready.values() if one.week),
            )
            bar.update(whole, completed=len(ready) + share, description=words)

        try:
            plan_all(tasks, workers, told, look)
        except InputError as error:
            return ready, error
        except KeyboardInterrupt:
            return ready, InputError("planning_interrupted", count=len(tasks) - len(ready))
    return ready, None


def _share(tasks: Sequence[Task], name: str, progress: Searched) -> float:
    task = next(task for task in tasks if task.name == name)
    if task.seconds is not None:
        return min(1.0, progress.elapsed / task.seconds)
    return min(1.0, progress.iterations / (task.iterations or 1))


def _document(week: RegionWeek, done: Mapping[str, Done]) -> dict[str, Any]:
    """The weeks in plain values: of every part its provinces and what `prossima week` prints."""
    return {
        "kind": "prossima-region-week",
        "format": 1,
        "first": str(week.first),
        "nights": week.count,
        "parts": [
            {
                "provinces": list(part.provinces),
                "week": week_document(prepared, done[name].week.plan)  # type: ignore[union-attr]
                if name in done and done[name].week
                else None,
                "error": _code(done.get(name)),
            }
            for name, (part, prepared) in week.parts.items()
        ],
    }


def _code(one: Done | None) -> str | None:
    if one is None:
        return "not_planned"
    return one.error.code if one.error else None


def _table(t: Texts, week: RegionWeek, tasks: Sequence[Task], done: Mapping[str, Done]) -> Table:
    """A row a part: what it is made of and how its plan is."""
    head = (
        t("Provinces"), t("Units"), t("Zones"), t("Visits"), t("Zones visited"), t("Value"),
        t("Gap"),
    )  # fmt: skip
    table = Table(*head, box=box.SIMPLE)
    for task in tasks:
        part, prepared = week.parts[task.name]
        units = {outing.unit.code for night in part.nights for outing in night.outings}
        zones = {code for each in prepared.nights.values() for code in each.needs}
        one = done.get(task.name)
        row = [", ".join(_letters(part.provinces)), str(len(units)), str(len(zones))]
        if one is None or one.week is None:
            reason = t.sentence(one.error) if one is not None and one.error else t("not planned")
            row.append(reason)
        else:
            found = one.week.plan
            share = one.week.gap
            gap = "–" if share is None else f"{t.number(100 * share)} %"
            row += [
                str(sum(len(route.stops) for route in found.routes)),
                str(len(found.served & zones)),
                t.number(found.value, 0),
                gap,
            ]
        table.add_row(*row)
    return table


def _letters(provinces: Sequence[str]) -> list[str]:
    names = _names()
    return [names.get(code, code) for code in provinces]


def _provinces(text: str | None) -> list[str] | None:
    """ISTAT codes of provinces given by their letters."""
    if text is None:
        return None
    by_letters = {letters: code for code, letters in _names().items()}
    return [by_letters.get(one.strip().upper(), one.strip()) for one in text.split(",")]


def _names() -> dict[str, str]:
    frame = municipalities()
    return dict(zip(frame["province_istat"], frame["province"], strict=True))
