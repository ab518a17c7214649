"""Reports, ordinances and mediation cases as rows of their tables, and back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import select
from sqlalchemy.orm import Session

from data.models import MediationCaseRow, OrdinanceRow
from geo.conflicts import Theme
from geo.mediation import (
    CaseAction,
    CaseState,
    Harm,
    MediationAction,
    MediationCase,
    Outcome,
    Participant,
)
from geo.ordinances import Ordinance


def report_rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """A report frame as rows of its table."""
    rows = frame.assign(municipality=frame["place"].str[:6], day=frame["day"].dt.date)
    found: list[dict[str, Any]] = rows.to_dict("records")
    return found


def ordinance_row(ordinance: Ordinance) -> OrdinanceRow:
    """An ordinance as its row."""
    return OrdinanceRow(
        code=ordinance.code,
        municipality=ordinance.municipality,
        document={
            "places": [*ordinance.places],
            "opens": ordinance.opens,
            "closes": ordinance.closes,
            "start": ordinance.start.isoformat(),
            "end": ordinance.end.isoformat() if ordinance.end else None,
            "weekdays": sorted(ordinance.weekdays),
            "synthetic": ordinance.synthetic,
        },
    )


def ordinances_in(session: Session) -> tuple[Ordinance, ...]:
    """All ordinances by code."""
    rows: Iterable[OrdinanceRow] = session.scalars(select(OrdinanceRow).order_by(OrdinanceRow.code))
    return tuple(
        Ordinance(
            code=row.code,
            municipality=row.municipality,
            places=tuple(row.document["places"]),
            opens=row.document["opens"],
            closes=row.document["closes"],
            start=date.fromisoformat(row.document["start"]),
            end=date.fromisoformat(row.document["end"]) if row.document["end"] else None,
            weekdays=frozenset(row.document["weekdays"]),
            synthetic=row.document["synthetic"],
        )
        for row in rows
    )


def case_row(one: MediationCase) -> MediationCaseRow:
    """A case as its row, in its first version."""
    return MediationCaseRow(
        key=one.key, municipality=one.municipality, version=1, document=case_document(one)
    )


def case_document(one: MediationCase) -> dict[str, Any]:
    """A case as plain values."""
    return {
        "place": one.place,
        "themes": [*one.themes],
        "opened": one.opened.isoformat(),
        "state": one.state.value,
        "actions": [[act.day.isoformat(), act.kind.value, [*act.with_whom]] for act in one.actions],
        "next_date": one.next_date and one.next_date.isoformat(),
        "outcome": one.outcome and one.outcome.value,
        "harm": one.harm.value,
        "closed": one.closed and one.closed.isoformat(),
        "synthetic": one.synthetic,
    }


def case_of(row: MediationCaseRow) -> MediationCase:
    """The case of a row."""
    said = row.document
    return MediationCase(
        key=row.key,
        place=said["place"],
        themes=tuple(map(Theme, said["themes"])),
        opened=date.fromisoformat(said["opened"]),
        state=CaseState(said["state"]),
        actions=tuple(
            CaseAction(date.fromisoformat(day), MediationAction(kind), tuple(map(Participant, who)))
            for day, kind, who in said["actions"]
        ),
        next_date=date.fromisoformat(said["next_date"]) if said["next_date"] else None,
        outcome=Outcome(said["outcome"]) if said["outcome"] else None,
        harm=Harm(said["harm"]),
        closed=date.fromisoformat(said["closed"]) if said["closed"] else None,
        synthetic=said["synthetic"],
    )
