"""The sections of the coordination's quarterly report: words, pictures, tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from data import conflicts
from data.access import Action, Viewer, may
from data.conflict_words import place_names
from data.displacement_watch import watched
from data.displacement_words import watch_head, watch_row
from data.handovers import funnel_since
from data.messages import N_
from data.monitoring import Monitored, last_month
from data.monitoring_pictures import level_picture, movements_picture, shares_picture
from data.monitoring_words import (
    METHOD,
    area_months,
    change_words,
    counts,
    left_out_words,
    percent,
    rate_words,
    sort_key,
    weather_words,
    why_words,
    zone_names,
)
from data.store import Store
from data.texts import Texts
from geo.emerging import Movement
from geo.errors import RefusedError
from geo.focus import TOP
from geo.monitoring import interval
from geo.network import RoadNetwork
from geo.quarter import Quarter

WATCHES = 8
"""Ordinances and actions that the report tells of; what moved next door comes first."""

QUIET = (Movement.STEADY, Movement.UNKNOWN)
SYNTHETIC = N_("Synthetic data: an invented region, no real person, place or crew.")


def part(
    title: str,
    *,
    lines: Sequence[str] = (),
    picture: str | None = None,
    alt: str = "",
    width: str = "100%",
    header: Sequence[str] = (),
    rows: Sequence[Sequence[str]] = (),
    numeric: Sequence[int] | None = None,
    widths: Sequence[int] | None = None,
    note: str | None = None,
) -> dict[str, Any]:
    """A section of the document; without `numeric` all columns but the first are numbers."""
    return {
        "title": title,
        "lines": list(lines),
        "picture": picture,
        "alt": alt,
        "width": width,
        "header": list(header) if rows else [],
        "rows": [list(row) for row in rows],
        "numeric": list(range(1, len(header))) if numeric is None else list(numeric),
        "widths": list(widths) if widths else [1] * len(header),
        "note": note,
    }


def sums(found: Monitored, quarter: Quarter) -> tuple[int, float, float, int]:
    """Persons, hours, comparable hours and zones looked at in a quarter."""
    mine = np.array([month in quarter.months for month in found.cube.months], bool)
    weighed = found.cube.exposure * found.levels.zone[:, None]
    cube = found.cube
    return (
        int(cube.persons[:, mine].sum()),
        float(cube.hours[:, mine].sum()),
        float(weighed[:, mine].sum()),
        int(cube.looked[:, mine].any(1).sum()),
    )


def lead(t: Texts, found: Monitored, quarter: Quarter) -> list[str]:
    """What happened in a few plain sentences."""
    persons, hours, base, zones = sums(found, quarter)
    low, high = interval(np.array(persons), np.array(base), found.levels.scatter)
    lines = [
        t(
            "In this quarter crews looked for {hours} hours in {zones} of {every} zones and met "
            "persons {persons} times: {rate} for each hour of looking, as if all zones had been "
            "looked at alike.",
            hours=t.number(hours, 0),
            zones=zones,
            every=len(found.zones),
            persons=t.number(persons, 0),
            rate=rate_words(t, persons / base, float(low), float(high)),
        )
    ]
    before = sums(found, quarter + -1)
    if before[2] > 0:
        low, high = interval(np.array(before[0]), np.array(before[2]), found.levels.scatter)
        lines.append(
            t(
                "In the quarter before it was {rate}.",
                rate=rate_words(t, before[0] / before[2], float(low), float(high)),
            )
        )
    if found.refused:
        lines.append(t.sentence(found.refused))
        return lines
    said = counts(found)
    lines.append(
        t(
            "Zones emerging: {emerging}; diminishing: {diminishing}; oscillating: {oscillating}; "
            "fallen silent: {silent}; without a clear movement: {steady}. Of {unknown} zones too "
            "little is known to say anything: unknown is not empty.",
            **{movement.value: number for movement, number in said.items()},
        )
    )
    return lines


def figures(t: Texts, found: Monitored, quarter: Quarter) -> list[list[str]]:
    """The key figures of a quarter, each with its name."""
    persons, hours, base, zones = sums(found, quarter)
    mine = found.focus[found.focus["month"].isin(quarter.months)]
    return [
        [t("Hours of looking"), t.number(hours, 0)],
        [t("Persons met"), t.number(persons, 0)],
        [t("Persons an hour, comparable"), t.number(persons / base)],
        [t("Zones looked at"), t.number(zones, 0)],
        [t("Minutes in the top fifth of the zones"), percent(t, float(mine["top"].mean()))],
    ]


def months_part(t: Texts, found: Monitored, pictures: dict[str, bytes]) -> dict[str, Any]:
    """The line of the region, month by month."""
    months = area_months(found, "region")
    said = t("All zones: persons an hour of looking, month by month, with the interval of 95 %.")
    pictures["level.svg"] = level_picture(t, months, title=said).encode()
    return part(
        t("Month by month"),
        picture="level.svg",
        alt=said,
        header=[
            t("Month"),
            t("Persons an hour, comparable"),
            t("Persons"),
            t("Hours looked"),
            t("Zones"),
        ],
        rows=[
            [
                t.month(row.month),
                rate_words(t, row.level, row.low, row.high),
                t.number(row.persons, 0) if row.hours else t("unknown"),
                t.number(row.hours),
                t.number(row.zones, 0),
            ]
            for row in months.tail(12).itertuples()
        ],
        widths=[3, 4, 2, 2, 2],
        note=weather_words(t, found),
    )


def zones_part(t: Texts, found: Monitored, pictures: dict[str, bytes]) -> list[dict[str, Any]]:
    """The zones that move, on a map and as a table."""
    if not found.moves:
        return []
    names = zone_names(found)
    shown = sorted((one for one in found.moves if one.movement not in QUIET), key=sort_key)
    said = t("Map of the zones by how they move; the table says the same")
    pictures["zones.svg"] = movements_picture(t, found, title=said).encode()
    lines = [] if shown else [t("No zone moves in a way that chance would not bring.")]
    return [
        part(
            t("How zones move"),
            lines=lines,
            picture="zones.svg",
            alt=said,
            width="72%",
            header=[t("Zone"), t("Movement"), t("Lately, persons an hour"), t("Change"), t("Why")],
            rows=[
                [
                    names[one.zone],
                    t.word(one.movement),
                    rate_words(t, one.rate, one.low, one.high),
                    change_words(t, one),
                    why_words(t, one),
                ]
                for one in shown
            ],
            numeric=[2, 3],
            widths=[4, 3, 3, 3, 6],
            note=t(
                "Change: the last third of the months beside the first, beside the other zones, "
                "with the interval of 95 %."
            ),
        )
    ]


def focus_part(t: Texts, found: Monitored, pictures: dict[str, bytes]) -> dict[str, Any]:
    """Where crews look."""
    rows = found.focus
    names = (
        t("minutes in the top fifth of the zones"),
        t("zones that nobody looked at"),
        t("minutes in zones little known before"),
    )
    said = t("Shares by month: {names}. The table says the same.", names=t.list(names))
    series = dict(zip(names, (rows["top"], rows["unseen"], rows["exploring"]), strict=True))
    pictures["shares.svg"] = shares_picture(
        t, list(rows["month"]), series, title=said, rule=TOP
    ).encode()
    return part(
        t("Where crews look"),
        lines=[
            t(
                "What nobody looks at stays unknown, and the next plan follows what is known. If "
                "all zones were looked at alike, the top fifth would have a fifth of the minutes."
            )
        ],
        picture="shares.svg",
        alt=said,
        header=[t("Month"), *(name[:1].upper() + name[1:] for name in names)],
        rows=[
            [t.month(row.month), *(percent(t, v) for v in (row.top, row.unseen, row.exploring))]
            for row in rows.tail(6).itertuples()
        ],
    )


def known_part(t: Texts, found: Monitored, quarter: Quarter) -> dict[str, Any]:
    """New and known."""
    rows = found.known[found.known["month"].isin(quarter.months)]
    return part(
        t("New and known"),
        lines=[] if len(rows) else [t("No month that is over says who was known before.")],
        header=[t("Month"), t("New"), t("Known before"), t("Not said")],
        rows=[
            [t.month(row.month), *(t.number(n, 0) for n in (row.new, row.known, row.unsaid))]
            for row in rows.itertuples()
        ],
    )


def funnel_part(store: Store, viewer: Viewer, quarter: Quarter, t: Texts) -> dict[str, Any]:
    """The funnel of a quarter."""
    steps = funnel_since(store, viewer, quarter.months[0], quarter.end)
    return part(
        t("The funnel"),
        header=[t("Step"), t("Persons"), t("of them to")],
        rows=[
            [
                t.word(step.stage),
                t.number(step.persons, 0),
                t.list(f"{t.word(who)} {count}" for who, count in step.received.items()) or "–",
            ]
            for step in steps
        ],
        numeric=[1],
        widths=[2, 1, 3],
        note=t("Steps are counted side by side and never followed by person."),
    )


def displacement_part(
    store: Store, viewer: Viewer, network: RoadNetwork, t: Texts
) -> list[dict[str, Any]]:
    """What ordinances did here and next door; nothing where there is none."""
    if not may(viewer, Action.READ_CASES):
        return []
    moved = watched(store, viewer, network)
    if not moved:
        return []
    names = place_names(conflicts.places(store, viewer))
    return [
        part(
            t("Displacement watch"),
            header=watch_head(t),
            rows=[watch_row(t, one, names) for one in moved[:WATCHES]],
            numeric=[],
            widths=[3, 3, 3, 5],
            note=t("Reports of 90 days before and after, as they stand when this report is made."),
        )
    ]


def method_part(t: Texts, found: Monitored) -> dict[str, Any]:
    """How it is made."""
    lines = [*map(t, METHOD.values())]
    if found.left_out:
        lines.append(left_out_words(t, found.left_out))
    return part(t("How these figures are made"), lines=lines)


def frame(t: Texts, quarter: Quarter, *, synthetic: bool) -> dict[str, Any]:
    """What every report says of itself."""
    return {"language": t.language, "synthetic": t(SYNTHETIC) if synthetic else None}


def quarter_name(t: Texts, quarter: Quarter) -> str:
    """`luglio–settembre 2026`."""
    first, _, last = quarter.months
    return f"{t.month(first).split(' ')[0]}–{t.month(last)}"


def over(store: Store, quarter: Quarter) -> None:
    """Raise RefusedError `quarter_open` (quarter, day) for a quarter that is not over."""
    if not is_over(store, quarter):
        raise RefusedError("quarter_open", quarter=str(quarter), day=quarter.end)


def is_over(store: Store, quarter: Quarter) -> bool:
    """Whether all months of a quarter are over."""
    return quarter.months[-1] <= last_month(store)
