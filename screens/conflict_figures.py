"""The published reports and mediation cases of one municipality: picture and tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import streamlit as st

from data.conflict_figures import CODES, CONFLICTS, THEMES
from data.conflict_pictures import describe_themes, themes_picture
from data.release_words import member_names, subject_name, table_name
from data.releases import Release
from data.texts import Texts
from geo.privacy import Cell, Published
from geo.release_tables import REGION
from layers.palette import Palette
from screens.html import muted, notice, table
from screens.municipality_figures import LATEST
from screens.release_figures import colours_of, drawn, shown


def section(
    t: Texts, releases: Sequence[Release], municipality: str, month: date, palette: Palette
) -> None:
    """A month's reports and cases, and the months by theme."""
    st.subheader(t("Reports and mediation in the territory"), anchor=False)
    themes = [one for one in releases if one.subject == THEMES]
    if not any(_shows(one.published, municipality) for one in themes):
        tables(t, releases, municipality, month)
        return
    left, right = st.columns((2, 3), gap="large")
    with left:
        latest, colours = themes[-LATEST:], colours_of(palette)
        said = describe_themes(t, latest, municipality)
        st.html(drawn(themes_picture(t, latest, municipality, colours, title=said), said))
        st.html(muted(t("Reports by theme and month; hatched is not shown: few, or none.")))
    with right:
        tables(t, releases, municipality, month)


def months(releases: Sequence[Release]) -> list[date]:
    """First days of the months that show anything, the latest first."""
    return sorted({one.month for one in releases}, reverse=True)


def tables(t: Texts, releases: Sequence[Release], municipality: str, month: date) -> None:
    """The tables of one month, or why there is none."""
    found = {one.subject: one.published for one in releases if one.month == month}
    if not found:
        said = t("Nothing is shown of reports and mediation cases: few, or none.")
        st.html(notice(f"{t.month(month)}: {said}"))
        return
    for subject in CONFLICTS:
        if subject in found:
            _table(t, found[subject], municipality, month)
        else:
            st.html(notice(t("{table}: few, or none.", table=subject_name(t, subject))))
    rules = next(iter(found.values())).rules
    st.html(
        muted(
            t(
                "Rounded to {step}; fewer than {least} are not shown, and Tuscany is the sum of "
                "what is shown. None of these figures comes from people met in the street.",
                step=rules.step,
                least=rules.category,
            )
        )
    )


def _table(t: Texts, one: Published, municipality: str, month: date) -> None:
    (part,) = one.tables
    cell = one.cell_of(municipality)
    own: Mapping[str, int | None] = {} if cell is None else part.of(cell.key)
    masked = sum(count is None for count in own.values())
    region = part.of(REGION)
    rows = [
        (
            table_name(t, part.subject, (code,)),
            shown(t, own[code], part.least, masked) if own else t("not shown"),
            t.number(total, 0) if (total := region[code]) else t("not shown"),
        )
        for code in CODES[part.subject]
    ]
    title = subject_name(t, part.subject)
    header = (title, t("Together") if _joined(cell) else t("Here"), t("Tuscany"))
    st.html(table(f"{title}, {t.month(month)}", header, rows, numeric=frozenset({1, 2})))
    if cell is not None and _joined(cell):
        st.html(muted(t("Together: {places}.", places=t.list(member_names(cell)))))


def _joined(cell: Cell | None) -> bool:
    return cell is not None and len(cell.members) > 1


def _shows(one: Published, municipality: str) -> bool:
    return one.cell_of(municipality) is not None
