"""The picture of count nights: a bar each, with what rounding or the passes leave open."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from data import svg
from data.count_files import estimated
from data.release_pictures import Colours
from data.releases import Release
from data.texts import Texts
from geo.month_facts import Figure
from geo.privacy import Published

ROW, HEAD, LABEL = 46, 22, 118
"""Units of a row, of the axis above, of the names on the left."""


def nights_picture(
    t: Texts,
    nights: Sequence[Release],
    municipality: str | None,
    colours: Colours,
    *,
    title: str,
    width: int = 560,
) -> Markup:
    """A bar a count night: persons seen in a municipality's cell, or in all places shown.

    The stroke is what rounding leaves open, or for the region the interval of how many there
    were, with the estimate as a dot; a night that is not shown is hatched.
    """
    rows = [(one.month, *_bar(one.published, municipality)) for one in nights]
    most = max((max(count or 0, *span) for _month, count, span, _dot in rows), default=0)
    grid = next(g for g in (5, 10, 25, 50, 100, 250, 500, 1000, 2500, 10**6) if 5 * g >= most)
    highest = grid * max(1, -(-(most + 1) // grid))
    scale = (width - LABEL - 36) / highest
    height = HEAD + ROW * len(rows)
    parts = [svg.hatching("unseen-night", colours.quiet, colours.land)]
    for value in range(0, highest + 1, grid):
        x = LABEL + value * scale
        parts.append(svg.line((x, HEAD - 4), (x, height), colours.line, 0.6))
        parts.append(svg.text((x, 12), value, colours.quiet, 11, anchor="middle"))
    for index, (month, count, span, dot) in enumerate(rows):
        top = HEAD + index * ROW + 12
        middle = top + 11
        parts.append(svg.text((0, middle + 4), t.month(month), colours.ink, 12))
        if count is None:
            parts.append(svg.box((LABEL, top), (64, 22), "url(#unseen-night)", colours.quiet))
            parts.append(svg.text((LABEL + 74, middle + 4), t("not shown"), colours.ink, 12))
            continue
        parts.append(svg.box((LABEL, top), (count * scale, 22), colours.steps[2], colours.ink))
        parts.append(svg.text((LABEL + 6, middle + 4), count, colours.inks[2], 13, weight=700))
        begin, end = (LABEL + value * scale for value in span)
        parts.append(svg.line((begin, middle), (end, middle), colours.span, 2.5))
        if dot is not None:
            parts.append(
                svg.box(
                    (LABEL + dot * scale - 3.5, middle - 3.5), (7, 7), colours.span, colours.ink
                )
            )
    return svg.picture(width, height, title, parts)


def describe_nights(t: Texts, nights: Sequence[Release], municipality: str | None) -> str:
    """What the picture shows, in words for who cannot see it."""
    said = []
    for one in nights:
        count, (low, high), dot = _bar(one.published, municipality)
        words = t("not shown") if count is None else t("{count} persons seen", count=count)
        if dot is not None:
            words += ", " + t("estimated {count} ({low}–{high})", count=dot, low=low, high=high)
        said.append(f"{t.month(one.month)}: {words}")
    return t("Count nights: {nights}.", nights="; ".join(said))


def _bar(
    one: Published, municipality: str | None
) -> tuple[int | None, tuple[int, int], int | None]:
    """The count, the span of its stroke, and the estimate."""
    if municipality is None:
        count = one.totals.get(Figure.CONTACTS) or None
        told = estimated(one)
        if told is None or count is None:
            return count, (count or 0, count or 0), None
        low, middle, high = told
        return count, (low, high), middle
    cell = one.cell_of(municipality)
    count = None if cell is None else cell.figures.get(Figure.CONTACTS)
    if count is None:
        return None, (0, 0), None
    step = one.rules.step
    return count, (count - step // 2, count + (step - 1) // 2), None
