"""Pictures of the quarterly report as SVG: the line of months, shares, and where zones move.

Places are whole units of a drawing of the whole region, a unit some 400 metres wide.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from math import ceil, isfinite

import pandas as pd
import shapely
from markupsafe import Markup

from data import svg
from data.monitoring import Monitored
from data.release_files import shapes
from data.release_pictures import PAPER
from data.texts import Texts
from geo.crs import project_geometry
from geo.emerging import Movement
from geo.zones import middle

MARKS = {
    Movement.UNKNOWN: ("#FFFFFF", "#596173", "?"),
    Movement.STEADY: ("#9AA3B0", "#1D2433", ""),
    Movement.OSCILLATING: ("#8A2BC2", "#FFFFFF", "~"),
    Movement.SILENT: ("#1D2433", "#FFFFFF", "0"),
    Movement.DIMINISHING: ("#27767B", "#FFFFFF", "−"),
    Movement.EMERGING: ("#B45309", "#FFFFFF", "+"),
}
"""Fill, ink and sign of each movement on paper, the last drawn on top."""

WIDE, HIGH, LEFT, FOOT, TOP = 720, 220, 44, 34, 14
_LINES = ("#173F63", "#C74B05", "#8A2BC2")
_DASHES = ("", "6 4", "2 4")


def level_picture(t: Texts, months: pd.DataFrame, *, title: str) -> Markup:
    """Persons an hour month by month with the interval as a band; a gap where nobody looked.

    `months`: rows of `geo.monitoring.by_area` of one area.
    """
    most = max((value for value in months["high"] if isfinite(value)), default=1.0)
    step, top = _scale(most)
    at = _at(len(months))
    parts = _axes(t, list(months["month"]), step, top)
    pieces: list[list[int]] = [[]]
    for index, value in enumerate(months["level"]):
        if isfinite(value):
            pieces[-1].append(index)
        elif pieces[-1]:
            pieces.append([])
    for piece in filter(None, pieces):
        upper = [(at(n), _y(months["high"].iloc[n], top)) for n in piece]
        lower = [(at(n), _y(months["low"].iloc[n], top)) for n in reversed(piece)]
        band = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in upper + lower) + "Z"
        parts.append(svg.path(band, "#B8D2E4", "none"))
        line = [(at(n), _y(months["level"].iloc[n], top)) for n in piece]
        parts += _line(line, _LINES[0], "")
    return svg.picture(WIDE, HIGH, title, parts)


def shares_picture(
    t: Texts, months: Sequence[date], series: dict[str, Sequence[float]], *, title: str, rule: float
) -> Markup:
    """Shares month by month, a dash pattern each, with their names; a rule to compare with."""
    at = _at(len(months))
    parts = _axes(t, months, 0.25, 1.0, percent=True)
    parts.append(
        Markup('<path d="M{} {:.1f}H{}" stroke="{}" stroke-dasharray="3 3" fill="none"/>').format(
            LEFT, _y(rule, 1.0), WIDE, PAPER.quiet
        )
    )
    for number, (name, values) in enumerate(series.items()):
        known = [(at(n), _y(v, 1.0)) for n, v in enumerate(values) if isfinite(v)]
        parts += _line(known, _LINES[number], _DASHES[number])
        y = HIGH + 14 + 16 * number
        sample = [(LEFT, y - 4), (LEFT + 30, y - 4)]
        parts += _line([(float(x), float(v)) for x, v in sample], _LINES[number], _DASHES[number])
        parts.append(svg.text((LEFT + 40, y), name, PAPER.ink, 12))
    return svg.picture(WIDE, HIGH + 8 + 16 * len(series), title, parts)


def movements_picture(t: Texts, found: Monitored, *, title: str, width: int = 460) -> Markup:
    """The zones of the region by how they move, over the municipalities."""
    outlines = {code: project_geometry(shape) for code, shape in shapes().items()}
    west, south, east, north = shapely.total_bounds(list(outlines.values()))
    scale = width / (east - west)

    def place(xy: tuple[float, float]) -> tuple[int, int]:
        return round((xy[0] - west) * scale), round((north - xy[1]) * scale)

    parts = []
    for shape in outlines.values():
        rings = [part.exterior for part in shapely.get_parts(shape)]
        d = "".join(
            "M" + "L".join(f"{x} {y}" for x, y in map(place, ring.coords)) + "Z" for ring in rings
        )
        parts.append(svg.path(d, PAPER.land, PAPER.line, 0.5))
    order = list(MARKS)
    for one in sorted(found.moves, key=lambda move: order.index(move.movement)):
        fill, ink, sign = MARKS[one.movement]
        point = project_geometry(shapely.Point(middle(found.zones[one.zone].geometry)))
        x, y = place((point.x, point.y))
        small = one.movement in (Movement.STEADY, Movement.UNKNOWN)
        parts.append(
            Markup('<circle cx="{}" cy="{}" r="{}" fill="{}" stroke="{}"/>').format(
                x, y, 3 if small else 7, fill, ink
            )
        )
        if sign and not small:
            parts.append(svg.text((x, y + 4), sign, ink, 11, weight=700, anchor="middle"))
    height = round((north - south) * scale) + 1
    for row, (movement, (fill, ink, sign)) in enumerate(MARKS.items()):
        y = 14 + 20 * row
        parts.append(
            Markup('<circle cx="{}" cy="{}" r="7" fill="{}" stroke="{}"/>').format(
                width + 14, y, fill, ink
            )
        )
        parts.append(svg.text((width + 14, y + 4), sign, ink, 11, weight=700, anchor="middle"))
        parts.append(svg.text((width + 28, y + 4), t.word(movement), PAPER.ink, 12))
    return svg.picture(width + 200, height, title, parts)


def _scale(most: float) -> tuple[float, float]:
    """A round step and the top of the axis that hold a value."""
    steps = (0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 25.0, 50.0, 100.0)
    step = next((one for one in steps if 5 * one >= most), most / 5)
    return step, step * max(1, ceil(most / step))


def _at(count: int):  # type: ignore[no-untyped-def]
    slot = (WIDE - LEFT) / max(1, count)
    return lambda index: LEFT + slot * (index + 0.5)


def _y(value: float, top: float) -> float:
    return HIGH - FOOT - (HIGH - FOOT - TOP) * value / top


def _axes(
    t: Texts, months: Sequence[date], step: float, top: float, *, percent: bool = False
) -> list[Markup]:
    at, every = _at(len(months)), max(1, ceil(len(months) / 12))
    parts = []
    for number in range(round(top / step) + 1):
        y = _y(number * step, top)
        label = f"{100 * number * step:.0f} %" if percent else t.number(number * step, 2)
        parts.append(svg.line((LEFT, y), (WIDE, y), PAPER.line, 0.6))
        parts.append(svg.text((LEFT - 6, y + 4), label, PAPER.quiet, 11, anchor="end"))
    for index, month in enumerate(months):
        if index % every == 0:
            said = t.month(month, short=True)
            parts.append(svg.text((at(index), HIGH - 12), said, PAPER.quiet, 11, anchor="middle"))
    return parts


def _line(points: Sequence[tuple[float, float]], colour: str, dash: str) -> list[Markup]:
    d = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points) if points else "M0 0"
    drawn = Markup(
        '<path d="{}" stroke="{}" stroke-width="2.2" stroke-dasharray="{}" fill="none"/>'
    )
    dots = [
        Markup('<circle cx="{:.1f}" cy="{:.1f}" r="2.6" fill="{}"/>').format(x, y, colour)
        for x, y in points
    ]
    return [drawn.format(d, colour, dash or "none"), *dots]
