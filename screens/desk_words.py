"""Desks in words: when one opens, and the list of those that a crew can name."""

from __future__ import annotations

from datetime import datetime

from markupsafe import Markup

from data.texts import Texts
from geo.desks import NextDesks
from geo.night import ROME
from geo.opening import Opening
from screens.names import language_name, municipality_name


def opening_words(t: Texts, opening: Opening, moment: datetime | None) -> str:
    """`open until 13:00`, `today 15:00–18:00` or `lun 12 gen, 09:00–13:00`; the last where it
    is not known when it is read (`moment` None)."""
    if opening.closes is None:
        return t("always open")
    if moment and opening.opens <= moment:
        return t("open until {time}", time=t.clock(opening.closes))
    times = f"{t.clock(opening.opens)}–{t.clock(opening.closes)}"
    if moment is None:
        return f"{t.date(opening.opens.date(), 'full')}, {times}"
    days = (opening.opens.date() - moment.astimezone(ROME).date()).days
    if days == 0:
        return t("today {times}", times=times)
    if days == 1:
        return t("tomorrow {times}", times=times)
    return f"{t.date(opening.opens.date(), 'full')}, {times}"


def desk_items(t: Texts, found: NextDesks, moment: datetime | None = None) -> Markup:
    """A list of name, time, place and languages; days by their date where there is no `moment`
    that they are read at."""
    items = (
        Markup("<li><div><strong>{}</strong><small>{} · {}</small></div></li>").format(
            f"{desk.name}: {opening_words(t, opening, moment)}",
            ", ".join(filter(None, (desk.address, municipality_name(desk.municipality)))),
            t.list(language_name(t, code) for code in sorted(languages)),
        )
        for desk, opening, languages in found
    )
    return Markup().join(items)
