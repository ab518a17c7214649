"""Pictures of published figures as SVG, for pages and documents alike: maps and a trend.

Coordinates are those of the drawing, in whole or tenth units, and say nothing that the
public outline of a municipality does not. Every picture says what it shows as its title;
the same stands in a table beside it. A month that is not shown is hatched, not empty.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import shapely
from markupsafe import Markup

from data import svg
from data.districts import districts
from data.release_files import shape_of, shapes
from data.release_words import municipality_name, place_name
from data.releases import Release, month_name
from data.texts import Texts
from geo.crs import project_geometry
from geo.month_facts import Figure
from geo.privacy import Cell, Kind, Published

CLASSES = (10, 25, 50, 100, 200)
"""Least contacts of each class: fixed, so that months and places can be compared."""


@dataclass(frozen=True)
class Colours:
    """CSS colours: `steps` from the least class to the most with what is written on each
    (`inks`), `land` without a figure, `line`, `ink` for text, `quiet` for axes, `span` for
    what rounding leaves open."""

    steps: tuple[str, ...]
    inks: tuple[str, ...]
    land: str
    line: str
    ink: str
    quiet: str
    span: str


WIDEST = 110
"""Units that a bar and the space beside it take at most: few months are no bigger ones."""

PAPER = Colours(
    steps=("#DFE8EF", "#B8D2E4", "#85B2D2", "#33709F", "#173F63"),
    inks=("#1D2433", "#1D2433", "#1D2433", "#FFFFFF", "#FFFFFF"),
    land="#F7F4EE",
    line="#B9AE9B",
    ink="#1D2433",
    quiet="#596173",
    span="#C74B05",
)
"""For documents."""


def step_of(count: int) -> int:
    """The class of a shown count, from 0."""
    return max(0, sum(count >= least for least in CLASSES) - 1)


def class_names(t: Texts) -> list[str]:
    """The classes in words: `10–24`, …, `200 or more`."""
    pairs = pairwise(CLASSES)
    return [*(f"{a}–{b - 1}" for a, b in pairs), t("{count} or more", count=CLASSES[-1])]


def map_picture(
    t: Texts,
    one: Published,
    colours: Colours,
    *,
    around: str | None = None,
    title: str,
    width: int = 480,
) -> Markup:
    """The cells of a release over the municipalities of the region, or of one province.

    `around`: ISTAT code of a municipality; only its province is drawn, and its own border
    is marked.
    """
    drawn = {c: s for c, s in shapes().items() if around is None or c[:3] == around[:3]}
    frame = _Frame(drawn.values(), width)
    parts = [
        svg.path(frame.path(shape), colours.land, colours.line, 0.5) for shape in drawn.values()
    ]
    parts.append(svg.hatching("masked", colours.quiet, colours.land))
    parts += [
        svg.path(frame.path(drawn[code]), "url(#masked)", colours.line, 0.5)
        for code in one.masked
        if code in drawn
    ]
    for cell in one.cells:
        count = cell.figures.get(Figure.CONTACTS)
        if count is None or cell.members[0] not in drawn:
            continue
        said = f"{place_name(t, cell)}: {count}"
        fill = colours.steps[step_of(count)]
        parts.append(svg.path(frame.path(shape_of(cell)), fill, colours.line, 0.8, said))
    if around is not None:
        parts.append(svg.path(frame.path(drawn[around]), "none", colours.ink, 2.0))
    return svg.picture(width, frame.height, title, parts)


def months_picture(
    t: Texts, releases: Sequence[Release], municipality: str, colours: Colours, *, title: str
) -> Markup:
    """One small map a month, side by side: the district of a municipality and its cell."""
    district = districts().members(districts().of[municipality])
    tile, gap, head = 104, 14, 34
    frame = _Frame([shapes()[code] for code in district], tile, most=tile)
    columns = min(6, len(releases)) or 1
    high = frame.height + head + gap
    parts = [svg.hatching("unseen", colours.quiet, colours.land)]
    ground = Markup().join(
        svg.path(frame.path(shapes()[c]), colours.land, colours.line, 0.5) for c in district
    )
    own = frame.path(shapes()[municipality])
    for index, release in enumerate(releases):
        x, y = index % columns * (tile + gap), index // columns * high
        cell = release.published.cell_of(municipality)
        count = None if cell is None else cell.figures.get(Figure.CONTACTS)
        said = t("not shown") if count is None else count
        if cell is None or count is None:
            shown = svg.path(own, "url(#unseen)", colours.quiet)
        else:
            fill = colours.steps[step_of(count)]
            shown = svg.path(frame.path(shape_of(cell)), fill, colours.ink, 1.2)
        parts.append(
            Markup('<g transform="translate({} {})">{}{}<g transform="translate(0 {})">{}</g></g>')
            .format(
                x,
                y,
                svg.text((0, 12), t.month(release.month, short=True), colours.quiet, 11),
                svg.text((0, 29), said, colours.ink, 11 if count is None else 15, weight=700),
                head,
                ground + shown,
            )
        )  # fmt: skip
    rows = -(-len(releases) // columns)
    return svg.picture(columns * (tile + gap) - gap, rows * high, title, parts)


def trend_picture(
    t: Texts,
    releases: Sequence[Release],
    municipality: str | None,
    colours: Colours,
    *,
    title: str,
    width: int = 720,
) -> Markup:
    """A bar a month with the span that rounding leaves open; months not shown are hatched.

    For a municipality its own cell (outlined where it stands for its district too), for
    None the total of the region.
    """
    height, left, below, top = 230, 40, 30, 12
    bars = [_bar(release.published, municipality) for release in releases]
    most = max((count or 0 for count, _cell in bars), default=0)
    grid = next(g for g in (5, 10, 25, 50, 100, 250, 500, 1000, 10**6) if 4 * g >= most)
    highest = grid * max(1, -(-(most + 3) // grid))
    scale = (height - below - top) / highest
    slot = min(WIDEST, (width - left) / max(1, len(bars)))
    base = height - below
    parts = [svg.hatching("gap", colours.quiet, colours.land)]
    for value in range(0, highest + 1, grid):
        y = base - value * scale
        parts.append(svg.line((left, y), (width, y), colours.line, 0.6))
        parts.append(svg.text((left - 6, y + 4), value, colours.quiet, 11, anchor="end"))
    for index, (release, (count, cell)) in enumerate(zip(releases, bars, strict=True)):
        x, wide = left + index * slot + slot * 0.18, slot * 0.64
        middle = x + wide / 2
        if count is None:
            parts.append(svg.box((x, base - 14), (wide, 14), "url(#gap)", colours.quiet))
        else:
            step = release.published.rules.step
            joined = municipality is not None and cell is not None and len(cell.members) > 1
            fill = colours.steps[1] if joined else colours.steps[3]
            tall = count * scale
            parts.append(svg.box((x, base - tall), (wide, tall), fill, colours.ink))
            low, high = (base - n * scale for n in (count - step // 2, count + (step - 1) // 2))
            if municipality is not None and step > 1:
                parts.append(svg.line((middle, low), (middle, high), colours.span, 2.5))
            said = svg.text((middle, high - 5), count, colours.ink, 11, weight=650, anchor="middle")
            parts.append(said)
        if slot > 34 or index % 3 == 0:
            label = t.month(release.month, short=True)
            below_bar = (middle, height - 10)
            parts.append(svg.text(below_bar, label, colours.quiet, 11, anchor="middle"))
    return svg.picture(width, height, title, parts)


def _bar(one: Published, municipality: str | None) -> tuple[int | None, Cell | None]:
    if municipality is None:
        return one.totals.get(Figure.CONTACTS, 0), None
    cell = one.cell_of(municipality)
    return (None if cell is None else cell.figures.get(Figure.CONTACTS)), cell


def describe(t: Texts, releases: Sequence[Release], municipality: str | None) -> str:
    """What the trend shows, in words for who cannot see it."""
    nothing = t("not shown")
    said = [
        f"{month_name(release.month)}: {nothing if count is None else count}"
        for release in releases
        for count, _cell in [_bar(release.published, municipality)]
    ]
    place = t("Tuscany") if municipality is None else municipality_name(municipality)
    if all(release.published.kind is Kind.NIGHT for release in releases):
        return t(
            "Persons seen on count nights, {place}: {figures}.",
            place=place,
            figures="; ".join(said),
        )
    return t("Contacts by month, {place}: {figures}.", place=place, figures="; ".join(said))


class _Frame:
    """Puts geometries (EPSG:4326) on a drawing so many units wide."""

    def __init__(self, geometries, width: int, most: int | None = None) -> None:  # type: ignore[no-untyped-def]
        west, south, east, north = shapely.total_bounds([project_geometry(g) for g in geometries])
        self._scale = width / (east - west)
        if most is not None:
            self._scale = min(self._scale, most / (north - south))
        self._west, self._north = west, north
        self.height = int((north - south) * self._scale) + 1

    def path(self, geometry: shapely.Geometry) -> str:
        """The outline as SVG path data, in tenths of a unit."""
        pieces = []
        for part in shapely.get_parts(project_geometry(geometry)):
            for ring in (part.exterior, *part.interiors):
                xy = shapely.get_coordinates(ring)
                x = np.round((xy[:, 0] - self._west) * self._scale, 1)
                y = np.round((self._north - xy[:, 1]) * self._scale, 1)
                points = [f"{a:g} {b:g}" for a, b in zip(x, y, strict=True)]
                kept = [
                    p for p, before in zip(points, [None, *points], strict=False) if p != before
                ]
                if len(kept) > 3:
                    pieces.append(f"M{'L'.join(kept)}Z")
        return "".join(pieces)
