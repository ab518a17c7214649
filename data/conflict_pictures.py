"""The reports of a municipality by theme and month as a picture (SVG)."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from data import svg
from data.conflict_figures import THEMES
from data.release_pictures import Colours
from data.release_words import table_name
from data.releases import Release, month_name
from data.texts import Texts
from geo.conflicts import Theme

CLASSES = (5, 10, 20, 40, 80)
"""Least reports of each class: fixed, so that months can be compared."""

SHOWN = tuple(theme for theme in Theme if theme is not Theme.ASSAULT)
"""Assault on persons is a safety alert and no figure."""


def themes_picture(
    t: Texts, releases: Sequence[Release], municipality: str, colours: Colours, *, title: str
) -> Markup:
    """A row a theme and a column a month; what is not shown is hatched, not empty."""
    left, slot, row, head = 190, 46, 34, 24
    parts = [svg.hatching("unsaid", colours.quiet, colours.land)]
    for line, theme in enumerate(SHOWN):
        y = head + line * row
        name = table_name(t, THEMES, (municipality, theme.value))
        parts.append(svg.text((0, y + 21), name, colours.ink, 13))
        for column, release in enumerate(releases):
            x = left + column * slot
            count = reported(release, municipality, theme)
            step = -1 if count is None else sum(count >= least for least in CLASSES) - 1
            fill = "url(#unsaid)" if count is None else colours.steps[step]
            parts.append(svg.box((x + 2, y + 2), (slot - 4, row - 4), fill, colours.line))
            if count is not None:
                ink = colours.inks[step]
                parts.append(
                    svg.text((x + slot / 2, y + 22), count, ink, 14, weight=700, anchor="middle")
                )
    for column, release in enumerate(releases):
        at = left + (column + 0.5) * slot, 14
        label = t.month(release.month, short=True)
        parts.append(svg.text(at, label, colours.quiet, 10, anchor="middle"))
    width, height = left + slot * len(releases), head + row * len(SHOWN)
    return svg.picture(width, height, title, parts)


def describe_themes(t: Texts, releases: Sequence[Release], municipality: str) -> str:
    """What the picture shows, in words for who cannot see it."""
    nothing = t("not shown")
    said = []
    for theme in SHOWN:
        counts = (
            f"{month_name(release.month)} {nothing if count is None else count}"
            for release in releases
            for count in [reported(release, municipality, theme)]
        )
        said.append(f"{table_name(t, THEMES, (municipality, theme.value))}: {', '.join(counts)}")
    return t("Reports by theme and month. {figures}.", figures="; ".join(said))


def reported(release: Release, municipality: str, theme: Theme) -> int | None:
    """The reports of a theme that a release shows; None where it does not."""
    table, cell = release.published.table(THEMES), release.published.cell_of(municipality)
    return None if table is None or cell is None else table.of(cell.key).get(theme.value)
