"""Pieces of a page as accessible HTML. Whatever is filled in is escaped, always."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from markupsafe import Markup

from layers.palette import Sign


def table(
    caption: str,
    header: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    numeric: frozenset[int] = frozenset(),
    tall: bool = False,
    stacked: bool = False,
) -> Markup:
    """A table with its caption and headers; the first cell of a row names it.

    `numeric`: columns (from 0) that are set flush right. A wide table scrolls in its box,
    a `tall` one downwards too; on a phone the cells of a `stacked` one stand below each other,
    each beside its header.
    """
    head = Markup().join(
        Markup('<th scope="col"{}>{}</th>').format(_number(index in numeric), cell)
        for index, cell in enumerate(header)
    )
    labels = header if stacked else ()
    body = Markup().join(_row(row, numeric, labels) for row in rows)
    return Markup(
        '<div class="p-scroll{3}" tabindex="0" role="region" aria-label="{0}">'
        '<table class="p-table{4}"><caption>{0}</caption><thead><tr>{1}</tr></thead>'
        "<tbody>{2}</tbody></table></div>"
    ).format(caption, head, body, " p-tall" if tall else "", " p-stacked" if stacked else "")


def _row(row: Sequence[object], numeric: frozenset[int], labels: Sequence[str]) -> Markup:
    first, *rest = row
    said = Markup(' data-label="{}"')
    cells = Markup().join(
        Markup("<td{}{}>{}</td>").format(
            _number(index in numeric), said.format(labels[index]) if labels else "", cell
        )
        for index, cell in enumerate(rest, start=1)
    )
    return Markup('<tr><th scope="row">{}</th>{}</tr>').format(first, cells)


def _number(yes: bool) -> Markup:
    return Markup(' class="p-number"') if yes else Markup()


def badge(sign: Sign, number: int | None = None) -> Markup:
    """A unit's letter, with the number of a stop, in the unit's colour as on the map."""
    text = sign.letter if number is None else f"{sign.letter}{number}"
    return Markup('<span class="p-badge" style="background:{};color:{}">{}</span>').format(
        sign.colour, sign.ink, text
    )


def figures(pairs: Iterable[tuple[str, str]]) -> Markup:
    """A line of figures: (name, value)."""
    items = Markup().join(
        Markup("<div><dt>{}</dt><dd>{}</dd></div>").format(name, value) for name, value in pairs
    )
    return Markup('<dl class="p-figures">{}</dl>').format(items)


def notice(text: str, kind: str = "info") -> Markup:
    """A quiet strip that says something about the whole page."""
    return Markup('<p class="p-notice p-{}">{}</p>').format(kind, text)


def muted(text: str) -> Markup:
    """A quiet paragraph; Streamlit's own captions are too pale to be read by everyone."""
    return Markup('<p class="p-muted">{}</p>').format(text)


def state(text: str, kind: str) -> Markup:
    """A short line with a dot: `open` or `good`."""
    return Markup('<p class="p-state p-{}">{}</p>').format(kind, text)
