"""The report of a territory as a document: picture, trend, table, and how it was made."""

from __future__ import annotations

from collections.abc import Sequence

from data.conflict_figures import CODES
from data.count_files import count_nights
from data.pdf import pdf
from data.release_files import method, of_contacts
from data.release_pictures import PAPER, class_names, describe, map_picture, trend_picture
from data.release_words import (
    member_names,
    municipality_name,
    place_name,
    subject_name,
    table_name,
)
from data.releases import Release, month_name
from data.texts import Texts
from geo.errors import MissingError
from geo.month_facts import Figure
from geo.release_tables import REGION

HALF = 32
"""Digits of a seal that stand on one line."""


def as_pdf(every: Sequence[Release], t: Texts) -> bytes:
    """The releases as PDF/UA-1: of one municipality, or of the region where all are whole.
    Those of reports, cases and count nights stand as tables below those of contacts. Raises
    MissingError `release_none` where there is no month of contacts."""
    releases = of_contacts(every)
    if not releases:
        raise MissingError("release_none")
    last = releases[-1]
    one, place = last.published, last.published.place or None
    name = municipality_name(place) if place else t("Tuscany")
    month = t.month(last.month)
    cell = one.cell_of(place) if place else None
    figures = cell.figures if cell else ({} if place else one.totals)
    said = describe(t, releases, place)
    map_title = t("Contacts by place, {month}", month=month)
    data = {
        "title": t("Published figures: {place}", place=name),
        "language": t.language,
        "synthetic": t("Synthetic data: an invented region, no real person, place or crew.")
        if one.synthetic
        else None,
        "foot": t("Prossima · figures published by the rules of docs/privacy.md"),
        "lead": _lead(releases, t, name),
        "figures": [
            [
                t.word(f),
                t("under {least}", least=one.rules.least(f)) if count is None else str(count),
            ]
            for f, count in figures.items()
        ],
        "map-title": map_title,
        "map-alt": f"{map_title}. {said}",
        "legend-title": t("Contacts in the month"),
        "legend": [*map(list, zip(PAPER.steps, class_names(t), strict=True))],
        "legend-note": t("Hatched: not shown. Pale: of others, or nothing is published."),
        "trend-title": t("Month by month"),
        "trend-alt": said,
        "trend-note": t(
            "The stroke on a bar is the span that rounding leaves open; a pale bar is the "
            "figure of the district together; hatched months are not shown."
        ),
        "table-title": t("The figures"),
        "header": [t("Month"), t("Place"), *(t.word(figure) for figure in Figure)],
        "widths": [3, 6, 2, 2, 2, 2, 2],
        "rows": _rows(releases, t),
        "method-title": t("How these figures are made"),
        "told": [
            told
            for told in (*(_told(every, subject, t) for subject in CODES), _counted(every, t))
            if told
        ],
        "told-note": t("A dash is not shown: few, or none. Tuscany is the sum of what is shown."),
        "method": method(every, t),
        "seals-title": t("Where they stand in the ledger"),
        "seals-note": t(
            "Each release is a line of a ledger that only grows; its seal can be compared with "
            "the coordinators'."
        ),
        "seals-header": [t("Number"), t("Month"), t("Seal")],
        # In two halves, which find room below each other.
        "seals": [
            [str(r.number), month_name(r.month), f"{r.seal[:HALF]} {r.seal[HALF:]}"]
            for r in sorted(every, key=lambda one: one.number)
        ],
    }
    pictures = {
        "map.svg": map_picture(t, one, PAPER, around=place, title=map_title).encode(),
        "trend.svg": trend_picture(t, releases, place, PAPER, title=said).encode(),
    }
    return pdf("release", data, pictures)


def _lead(releases: Sequence[Release], t: Texts, name: str) -> str:
    first, last = releases[0].month, releases[-1].month
    said = t(
        "{place}, from {first} to {last}.", place=name, first=t.month(first), last=t.month(last)
    )
    cell = releases[-1].published.cell_of(releases[-1].published.place)
    if cell is not None and len(cell.members) > 1:
        together = t(
            "In the last month it is shown together with others of its district: {places}.",
            places=t.list(member_names(cell)),
        )
        return f"{said} {together}"
    return said


def _rows(releases: Sequence[Release], t: Texts) -> list[list[str]]:
    rows = []
    for release in reversed(releases):
        one = release.published
        for cell in one.cells:
            counts = [cell.figures.get(figure) for figure in Figure]
            rows.append([
                month_name(one.month),
                place_name(t, cell),
                *(
                    t("under {least}", least=one.rules.least(f)) if n is None else str(n)
                    for f, n in zip(Figure, counts, strict=True)
                ),
            ])  # fmt: skip
        if one.place in one.masked:
            name = municipality_name(one.place)
            rows.append([month_name(one.month), name, *[t("not shown")] * len(Figure)])
    return rows


def _told(every: Sequence[Release], subject: str, t: Texts) -> dict[str, object]:
    """The table of reports or cases: a row a month and place, the region last; empty if none."""
    rows = []
    for release in reversed([one for one in every if one.subject == subject]):
        one = release.published
        table = one.table(subject)
        if table is None:
            continue
        names = {cell.key: place_name(t, cell) for cell in one.cells}
        for place in (*names, REGION):
            counts = table.of(place)
            shown = (counts[code] for code in CODES[subject])
            said = ("–" if count is None else str(count) for count in shown)
            name = names.get(place, t("Tuscany"))
            rows.append([month_name(one.month), name, *said])
    if not rows:
        return {}
    words = (table_name(t, subject, (code,)) for code in CODES[subject])
    return {
        "title": subject_name(t, subject),
        "header": [t("Month"), t("Place"), *words],
        "widths": [3, 6, *[3] * len(CODES[subject])],
        "rows": rows,
    }


def _counted(every: Sequence[Release], t: Texts) -> dict[str, object]:
    """The table of count nights: a row a night and place, the region last; empty if none."""
    rows = []
    for release in reversed(count_nights(every)):
        one, month = release.published, month_name(release.month)
        rows += [
            [month, place_name(t, cell), str(cell.figures[Figure.CONTACTS] or "–")]
            for cell in one.cells
        ]
        if one.place in one.masked:
            rows.append([month, municipality_name(one.place), "–"])
        rows.append([month, t("Tuscany"), str(one.totals.get(Figure.CONTACTS) or "–")])
    if not rows:
        return {}
    return {
        "title": t("Count nights"),
        "header": [t("Month"), t("Place"), t("Persons seen")],
        "widths": [3, 12, 4],
        "rows": rows,
    }
