"""The published reports and mediation cases of one municipality: picture, tables, files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import streamlit as st

from data.conflict_figures import CASES, PLACES, THEMES
from data.conflict_pictures import describe_themes, themes_picture
from data.release_files import SHAPELESS
from data.release_words import subject_name, table_name
from data.releases import Release
from data.texts import Texts
from geo.privacy import Published
from geo.release_tables import Counts, of_town
from layers.palette import Palette
from screens.html import muted, notice, table
from screens.municipality_figures import LATEST
from screens.release_figures import TYPES, colours_of, downloads, drawn, shown

KINDS = {ending: TYPES[ending] for ending in SHAPELESS}


def section(
    t: Texts,
    releases: Sequence[Release],
    municipality: str,
    month: date,
    *,
    names: Mapping[str, str],
    palette: Palette,
) -> None:
    """A month's reports and cases, the months by theme, and the files of all months.

    `names`: of neighbourhoods by code.
    """
    st.subheader(t("Reports and mediation in the territory"), anchor=False)
    own = [one for one in releases if has_any(one.published, municipality)]
    if not own:
        st.html(notice(_nothing(t)))
        return
    latest = releases[-LATEST:]
    said = describe_themes(t, latest, municipality)
    colours = colours_of(palette)
    st.html(drawn(themes_picture(t, latest, municipality, colours, title=said), said))
    st.html(muted(t("Reports by theme and month; hatched is not shown: few, or none.")))
    tables(t, next((one for one in own if one.month == month), None), municipality, month, names)
    downloads(t, own, f"conflicts_{municipality}", KINDS)


def tables(
    t: Texts,
    release: Release | None,
    municipality: str,
    month: date,
    names: Mapping[str, str],
) -> None:
    """The tables of one month, side by side, or why there is none."""
    if release is None:
        st.html(notice(f"{t.month(month)}: {_nothing(t)}"))
        return
    found = [
        part
        for subject in (THEMES, PLACES, CASES)
        if (whole := release.published.table(subject)) is not None
        and (part := of_town(whole, municipality)).rows
    ]
    for column, part in zip(st.columns(len(found), gap="medium"), found, strict=True):
        with column:
            _table(t, part, month, names)
    rules = release.published.rules
    st.html(
        muted(
            t(
                "Rounded to {step}; fewer than {least} are not shown. None of these figures comes "
                "from people met in the street.",
                step=rules.step,
                least=rules.category,
            )
        )
    )


def has_any(one: Published, municipality: str) -> bool:
    """Whether a release shows anything of a municipality's reports or cases."""
    return any(of_town(table, municipality).total for table in one.tables if table.by_town)


def _table(t: Texts, part: Counts, month: date, names: Mapping[str, str]) -> None:
    title = subject_name(t, part.subject)
    masked = sum(count is None for _key, count in part.rows)
    rows = [
        # Of two that are not shown one may be no small one.
        (
            names.get(key[-1]) or table_name(t, part.subject, key),
            t("not shown") if count is None and masked == 2 else shown(t, count, part.least),
        )
        for key, count in part.rows
    ]
    header = (title, t("Count"))
    st.html(table(f"{title}, {t.month(month)}", header, rows, numeric=frozenset({1})))


def _nothing(t: Texts) -> str:
    return t("Nothing is shown of reports and mediation cases: few, or none.")
