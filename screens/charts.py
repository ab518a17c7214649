"""The night as lanes of time, one a unit, and how full each unit's limits are.

Both are drawn in HTML from whole seconds since the night's noon and take the colours of
the map; a table with the same content stands beside them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from geo.night import HOUR, Night
from layers.palette import Sign
from screens.html import badge


@dataclass(frozen=True)
class Block:
    """Something a unit does from `begin` to `end`: `drive`, `visit` or `pause`."""

    kind: str
    begin: int
    end: int
    label: str
    number: int | None = None


@dataclass(frozen=True)
class Lane:
    """One unit's night: its shift, and what it does in it."""

    sign: Sign
    name: str
    opens: int
    closes: int
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Load:
    """How much of a limit is used, both in the same unit; `most` None is no limit."""

    name: str
    used: float
    most: float | None
    text: str


def timeline(night: Night, lanes: Sequence[Lane], description: str) -> Markup:
    """All lanes on one scale of whole hours; `description` is what a screen reader says."""
    if not lanes:
        return Markup()
    first = min(lane.opens for lane in lanes) // HOUR * HOUR
    last = -(-max(lane.closes for lane in lanes) // HOUR) * HOUR
    span = max(last - first, HOUR)

    def place(begin: int, end: int) -> Markup:
        left, width = 100 * (begin - first) / span, 100 * (end - begin) / span
        return Markup("left:{:.3f}%;width:{:.3f}%").format(left, max(width, 0.15))

    rows = Markup().join(
        Markup(
            '<div class="p-lane"><div class="p-lane-name">{} {}</div><div class="p-track">'
            '<span class="p-shift" style="{}"></span>{}</div></div>'
        ).format(
            badge(lane.sign),
            lane.name,
            place(lane.opens, lane.closes),
            Markup().join(
                _block(block, lane.sign, place(block.begin, block.end)) for block in lane.blocks
            ),
        )
        for lane in lanes
    )
    step = HOUR if span <= 8 * HOUR else 2 * HOUR
    hours = Markup().join(
        Markup('<span style="left:{:.3f}%">{}</span>').format(
            100 * (moment - first) / span, night.clock(moment)
        )
        for moment in range(first + step, last, step)
    )
    return Markup(
        '<div class="p-lanes" role="img" aria-label="{}">{}'
        '<div class="p-lane" aria-hidden="true"><div></div><div class="p-hours">{}</div></div>'
        "</div>"
    ).format(description, rows, hours)


def _block(block: Block, sign: Sign, where: Markup) -> Markup:
    if block.kind == "visit":
        look = Markup("{};background:{};color:{}").format(where, sign.colour, sign.ink)
    elif block.kind == "drive":
        look = Markup("{};background:{}").format(where, sign.colour)
    else:
        look = where
    text = "" if block.number is None else str(block.number)
    return Markup('<span class="p-{}" style="{}" title="{}">{}</span>').format(
        block.kind, look, block.label, text
    )


def loads(sign: Sign, items: Sequence[Load]) -> Markup:
    """Bars of used against allowed side by side, each with its figures in words."""
    bars = Markup().join(
        Markup(
            '<div><span>{}</span> {}<div class="p-load" aria-hidden="true">'
            '<span style="width:{:.1f}%;background:{}"></span></div></div>'
        ).format(item.name, item.text, 100 * min(1.0, item.used / (item.most or 1)), sign.colour)
        for item in items
        if item.most
    )
    return Markup('<div class="p-loads">{}</div>').format(bars)
