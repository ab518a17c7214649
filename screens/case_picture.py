"""The year of mediation as a picture: cases from their opening on, what was done, what is due."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from markupsafe import Markup

from data import svg
from data.texts import Texts
from geo.mediation import MediationCase
from geo.ordinances import Ordinance
from layers.palette import Palette
from layers.shades import shades

WEEKS_BACK, WEEKS_AHEAD = 48, 4
LEFT, WIDTH, ROW, HEAD = 260, 1360, 34, 30
MOST = 14
"""Rows: open cases first, the newest of them above."""


def year_picture(
    t: Texts,
    cases: Sequence[MediationCase],
    orders: Sequence[Ordinance],
    *,
    names: Mapping[str, str],
    today: date,
    palette: Palette,
) -> Markup:
    """A row a case, then a row an ordinance. A bar lasts from opening to closing or today; a
    dot is an action, a diamond the next date. The tables say the same."""
    first, last = today - timedelta(weeks=WEEKS_BACK), today + timedelta(weeks=WEEKS_AHEAD)
    shown = sorted(cases, key=lambda one: (one.closed is not None, -one.opened.toordinal()))
    shown = [one for one in shown if (one.closed or today) >= first][:MOST]
    current = [one for one in orders if (one.end or today) >= first and one.start <= last]
    tones = shades(palette)

    def x(day: date) -> float:
        share = (min(max(day, first), last) - first) / (last - first)
        return LEFT + share * (WIDTH - LEFT - 12)

    parts = [svg.hatching("order", palette.ink, palette.card)]
    rows = len(shown) + len(current)
    parts += _months(t, first, last, today=today, x=x, foot=HEAD + rows * ROW, palette=palette)
    for number, case in enumerate(shown):
        y = HEAD + number * ROW + ROW / 2
        parts.append(svg.text((12, y - 2), case.key, palette.ink, 13, weight=650))
        parts.append(svg.text((12, y + 12), _short(names.get(case.place, "–")), palette.place, 11))
        parts.append(svg.text((LEFT - 8, y + 4), t.word(case.state), palette.ink, 12, anchor="end"))
        colour = tones.heat[2].colour if case.closed else tones.chosen
        begin, end = x(case.opened), x(case.closed or today)
        size = (max(3.0, end - begin), 10)
        parts.append(svg.box((begin, y - 5), size, colour, palette.line))
        parts += [_dot(x(act.day), y, palette) for act in case.actions if act.day >= first]
        if case.next_date is not None:
            parts.append(_diamond(x(case.next_date), y, palette, late=case.next_date <= today))
    for number, order in enumerate(current, start=len(shown)):
        y = HEAD + number * ROW + ROW / 2
        parts.append(svg.text((12, y - 2), order.code, palette.ink, 13, weight=650))
        where = _short(t.list(names.get(code, "–") for code in order.places))
        parts.append(svg.text((12, y + 12), where, palette.place, 11))
        parts.append(svg.text((LEFT - 8, y + 4), t("ordinance"), palette.ink, 12, anchor="end"))
        begin, end = x(order.start), x(order.end or last)
        parts.append(
            svg.box((begin, y - 5), (max(3.0, end - begin), 10), "url(#order)", palette.ink)
        )
    parts.append(svg.line((x(today), HEAD - 4), (x(today), HEAD + rows * ROW), palette.focus, 1.5))
    label = svg.text(
        (x(today), HEAD - 10), t("today"), palette.ink, 11, weight=650, anchor="middle"
    )
    return svg.picture(WIDTH, HEAD + rows * ROW + 4, t("The year of mediation"), [*parts, label])


def legend(t: Texts) -> str:
    """What the marks of the picture are."""
    return t(
        "Bar: from opening to closing or today. Dot: an action. Diamond: the next date, filled "
        "when it has come. Hatched: an ordinance in force."
    )


def _months(t, first, last, *, today, x, foot, palette) -> list[Markup]:  # type: ignore[no-untyped-def]
    found = []
    month = (first.replace(day=1) + timedelta(days=32)).replace(day=1)
    while month <= last:
        found.append(svg.line((x(month), HEAD), (x(month), foot), palette.line, 0.8))
        # A name that today's would run into is left out.
        if not -70 < x(month) - x(today) < 45:
            at = (x(month) + 3, HEAD - 10)
            found.append(svg.text(at, t.month(month, short=True), palette.place, 11))
        month = (month + timedelta(days=32)).replace(day=1)
    return found


def _dot(x: float, y: float, palette: Palette) -> Markup:
    return Markup(
        '<circle cx="{:.1f}" cy="{:.1f}" r="4.5" fill="{}" stroke="{}" stroke-width="1.5"/>'
    ).format(x, y, palette.card, palette.ink)


def _diamond(x: float, y: float, palette: Palette, *, late: bool) -> Markup:
    fill = palette.ink if late else palette.card
    return Markup(
        '<path d="M{:.1f} {:.1f}l7 7l-7 7l-7-7z" fill="{}" stroke="{}" stroke-width="1.5"/>'
    ).format(x, y - 7, fill, palette.ink)


def _short(name: str, most: int = 30) -> str:
    return name if len(name) <= most else name[: most - 1] + "…"
