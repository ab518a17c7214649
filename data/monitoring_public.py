"""The quarterly report that may leave: published months of the region and nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from data import releases
from data.access import Action, Viewer, scope
from data.monitoring_parts import frame, over, part, quarter_name
from data.pdf import pdf
from data.release_pictures import PAPER, describe, trend_picture
from data.release_words import SUBJECTS, table_name
from data.releases import Release
from data.store import Store
from data.texts import Texts
from geo.errors import MissingError
from geo.month_facts import Figure
from geo.quarter import Quarter

SHOWN = ("gender", "macro_area", "age_class")
"""Attributes that are told."""


def public_report(store: Store, viewer: Viewer, quarter: Quarter, t: Texts) -> bytes:
    """The report of a quarter's published months as PDF/UA-1: figures of the region alone.

    Raises RefusedError `quarter_open` (quarter, day), MissingError `quarter_unpublished`.
    """
    scope(viewer, Action.READ_RELEASES)
    over(store, quarter)
    every = [one for one in releases.releases(store, viewer) if one.month <= quarter.months[-1]]
    told = [one for one in every if one.month in quarter.months]
    if not told:
        raise MissingError("quarter_unpublished", quarter=quarter_name(t, quarter))
    shown = every[-12:]
    said = describe(t, shown, None)
    trend = {"trend.svg": trend_picture(t, shown, None, PAPER, title=said).encode()}
    sums = {f: sum(one.published.totals.get(f, 0) for one in told) for f in Figure}
    missing = [t.month(m) for m in quarter.months if m not in {one.month for one in told}]
    lead = [
        t(
            "The figures of the region as they are published, from {first} to {last}: rounded, "
            "small ones masked, of no place.",
            first=t.month(told[0].month),
            last=t.month(told[-1].month),
        )
    ]
    if missing:
        lead.append(t("Not published: {months}.", months=t.list(missing)))
    parts = [
        part(t("Contacts month by month"), picture="trend.svg", alt=said),
        part(
            t("The figures"),
            header=[t("Month"), *(t.word(f) for f in Figure), t("Contacts for each outing")],
            rows=[_published_row(t, one) for one in told],
            widths=[3, *[2] * (len(Figure) + 1)],
        ),
        *_attribute_parts(t, told),
        part(
            t("How these figures are made"),
            lines=[
                t(
                    "Nothing stands here but what releases have published: months frozen once and "
                    "for good, counts rounded to {step}, small ones masked, attributes of the "
                    "whole region alone. Contacts are set beside outings, because a count says "
                    "something only beside the effort.",
                    step=told[0].published.rules.step,
                ),
                t("Fewer contacts are never a success."),
            ],
        ),
    ]
    synthetic = any(one.published.synthetic for one in told)
    data = frame(t, quarter, synthetic=synthetic) | {
        "title": t("The quarter in figures: {quarter}", quarter=quarter_name(t, quarter)),
        "audience": t(
            "May be handed on: it holds published figures of the region and nothing else."
        ),
        "foot": t("Prossima · figures published by the rules of docs/privacy.md"),
        "lead": lead,
        "figures": [[t.word(f), t.number(sums[f], 0)] for f in Figure if sums[f]],
        "parts": parts,
    }
    return pdf("monitoring", data, trend)


def _published_row(t: Texts, one: Release) -> list[str]:
    totals: Mapping[Figure, int] = one.published.totals
    outings = totals.get(Figure.OUTINGS, 0)
    rate = t.number(totals.get(Figure.CONTACTS, 0) / outings) if outings else "–"
    return [t.month(one.month), *(t.number(totals.get(f, 0), 0) for f in Figure), rate]


def _attribute_parts(t: Texts, told: Sequence[Release]) -> list[dict[str, Any]]:
    """Tables by attribute of the region, of months that have them."""
    parts = []
    for subject in SHOWN:
        tables = [(one.month, one.published.table(subject)) for one in told]
        rows = [(month, dict(table.rows)) for month, table in tables if table]
        codes = sorted({key for _, row in rows for key in row})
        if not rows:
            continue
        parts.append(
            part(
                t(SUBJECTS[subject]),
                header=[t("Category"), *(t.month(month) for month, _ in rows)],
                rows=[
                    [
                        table_name(t, subject, key),
                        *(
                            t("masked") if row.get(key) is None else t.number(row[key] or 0, 0)
                            for _, row in rows
                        ),
                    ]
                    for key in codes
                ],
                widths=[3, *[2] * len(rows)],
            )
        )
    return parts
