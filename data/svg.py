"""Small pieces of SVG pictures; whatever is filled in is escaped."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

Point = tuple[float, float]


def picture(width: float, height: float, title: str, parts: Sequence[Markup]) -> Markup:
    """A picture of so many units with its title for who cannot see it."""
    return Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {0:g} {1:g}" role="img" '
        'aria-label="{2}" style="width:100%;max-width:{0:g}px;height:auto" '
        'font-family="Inter, sans-serif"><title>{2}</title>{3}</svg>'
    ).format(width, height, title, Markup().join(parts))


def path(d: str, fill: str, edge: str, width: float = 1, title: str | None = None) -> Markup:
    """An area by its path data, with what it is called."""
    said = Markup() if title is None else Markup("<title>{}</title>").format(title)
    return Markup(
        '<path d="{}" fill="{}" stroke="{}" stroke-width="{}" fill-rule="evenodd" '
        'stroke-linejoin="round">{}</path>'
    ).format(d, fill, edge, width, said)


def hatching(name: str, line: str, land: str) -> Markup:
    """A pattern that areas are filled with by `url(#name)`."""
    return Markup(
        '<defs><pattern id="{0}" width="6" height="6" patternUnits="userSpaceOnUse" '
        'patternTransform="rotate(45)"><rect width="6" height="6" fill="{2}"/>'
        '<path d="M0 0V6" stroke="{1}" stroke-width="1" opacity="0.45"/></pattern></defs>'
    ).format(name, line, land)


def text(
    at: Point, said: object, colour: str, size: int, *, weight: int = 400, anchor: str = "start"
) -> Markup:
    """A line of text; `at` is its foot, on the side that `anchor` says."""
    return Markup(
        '<text x="{:.1f}" y="{:.1f}" fill="{}" font-size="{}" font-weight="{}" text-anchor="{}">'
        "{}</text>"
    ).format(*at, colour, size, weight, anchor, said)


def line(begin: Point, end: Point, colour: str, width: float) -> Markup:
    """A straight stroke."""
    return Markup(
        '<path d="M{:.1f} {:.1f}L{:.1f} {:.1f}" stroke="{}" stroke-width="{}" fill="none"/>'
    ).format(*begin, *end, colour, width)


def box(corner: Point, size: Point, fill: str, edge: str) -> Markup:
    """A rectangle by its upper left corner."""
    return Markup(
        '<path d="M{:.1f} {:.1f}h{:.1f}v{:.1f}h{:.1f}z" fill="{}" stroke="{}" stroke-width="0.8"/>'
    ).format(*corner, *size, -size[0], fill, edge)
