"""Which nights have records, unit by unit and week by week: what has not come in is seen.

A table with shaded cells, read as any table; each cell carries its figure.
"""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from datetime import date, timedelta

import streamlit as st
from markupsafe import Markup

from data import contact_import
from data.access import Viewer
from data.texts import Texts
from geo.night import Night
from layers.shades import themed
from routing.coverage import weeks_before
from screens.html import muted
from screens.session import now, store, texts

WEEKS = 9
"""As many as stand side by side without scrolling at desktop width."""


def section(t: Texts, viewer: Viewer) -> None:
    """The units' nights on record; nothing where there is none."""
    kept = contact_import.recorded(store(), viewer)
    if not kept:
        return
    names = {unit.code: unit.name for unit in store().units(viewer)}
    mondays = weeks_before(Night.of(now()), WEEKS)
    st.subheader(t("Nights on record"), anchor=False)
    st.html(
        _table(
            [
                (names.get(unit) or unit or organisation, nights)
                for (organisation, unit), nights in kept.items()
            ],
            mondays,
        )
    )
    st.html(
        muted(
            t(
                "Nights of which something was entered, by unit and week of its Monday. A dash "
                "is a week without records: the unit stayed at home, or its file has not come."
            )
        )
    )


def _table(rows: Sequence[tuple[str, AbstractSet[date]]], mondays: Sequence[date]) -> Markup:
    t, colours = texts(), themed()
    head = Markup().join(
        Markup('<th scope="col">{}</th>').format(t.date(monday, "short")[:5]) for monday in mondays
    )
    body = Markup()
    for name, nights in rows:
        body += Markup('<tr><th scope="row" class="p-unit">{}</th>').format(name)
        for monday in mondays:
            count = sum(monday <= night < monday + timedelta(days=7) for night in nights)
            shade = colours.of(count, 7)
            body += Markup('<td style="background:{};color:{}">{}</td>').format(
                shade.colour, shade.ink, count or "–"
            )
        body += Markup("</tr>")
    return Markup(
        '<div class="p-scroll p-plain" tabindex="0" role="region" aria-label="{0}">'
        '<table class="p-heat p-narrow"><caption>{0}</caption><thead><tr><td></td>{1}</tr></thead>'
        "<tbody>{2}</tbody></table></div>"
    ).format(t("Nights with records by unit and week"), head, body)
