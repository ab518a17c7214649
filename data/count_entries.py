"""What crews enter of a count night: kept by zone and pass, settled, and in the end summed up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from data.contacts import mark_for_scrub
from data.models import CountPassRow, CountRow, UnitRow
from geo.contacts import AgeClass, ContactKind, Gender, MacroArea
from geo.count import CountResult, Group, Passing, results, settle
from geo.errors import InputError, MissingError, RefusedError
from geo.night import Night
from routing.itinerary import Itinerary
from routing.passes import CountTerms, number_of, zone_of
from routing.progress import Progress, StopState, Tally

SEEN_FIELDS = frozenset({"kind", "gender", "macro_area", "age_class", "persons"})
"""What can be said of persons who are only seen."""


class CountState(StrEnum):
    """Where a count is: to be decided on, to be held, or without a night that will do."""

    PLANNED = "planned"
    HELD = "held"
    CANCELLED = "cancelled"


def row_of(session: Session, number: int) -> CountRow:
    """The row of a count; MissingError `count_missing`."""
    row = session.get(CountRow, number)
    if row is None:
        raise MissingError("count_missing")
    return row


def terms_of(row: CountRow) -> CountTerms:
    """How a count goes."""
    return CountTerms(row.opens, row.closes, row.minutes, row.passes, row.spacing)


def result_of(session: Session, row: CountRow) -> CountResult:
    """The figures of a count as far as it has been entered (`geo.count.results`).

    Raises RefusedError `count_expired` where only the `summary` is left.
    """
    if row.summary is not None:
        raise RefusedError("count_expired", night=Night(row.night))
    return results(settle(passings(session, row.id)), row.owners, row.passes)


def passings(session: Session, number: int) -> tuple[Passing, ...]:
    """All entries of a count as they are kept."""
    rows = session.scalars(select(CountPassRow).where(CountPassRow.count == number))
    return tuple(
        Passing(
            row.zone,
            row.number,
            row.unit,
            row.organisation,
            row.planned,
            tuple(
                Group(persons, Gender(gender), MacroArea(area), AgeClass(age))
                for persons, gender, area, age in row.groups
            ),
        )
        for row in rows
    )


def keep_passes(
    session: Session, itinerary: Itinerary, stands: Progress, said: Iterable[str]
) -> None:
    """Bring what a unit has entered of a count night up to what is said now.

    `said`: keys of the stops that its events name, with those of no route of its own.
    """
    row = session.scalar(select(CountRow).where(CountRow.night == itinerary.night.date))
    if row is None:
        raise MissingError("count_missing")
    organisation = session.get_one(UnitRow, itinerary.unit).organisation
    planned = {stop.key for stop in itinerary.stops}
    tallied: dict[str, list[Tally]] = {}
    for tally in stands.tallies:
        tallied.setdefault(tally.stop, []).append(tally)
    made = {
        each.stop.key for each in stands.stops if each.state in (StopState.HERE, StopState.DONE)
    }
    keys = made | set(tallied)
    own = CountPassRow.count == row.id, CountPassRow.unit == itinerary.unit
    kept = {
        (one.zone, one.number): one for one in session.scalars(select(CountPassRow).where(*own))
    }
    for key in sorted(keys):
        zone, number = zone_of(key), number_of(key)
        groups = [_group(tally.values) for tally in tallied.get(key, ())]
        old = kept.pop((zone, number), None)
        if old is None:
            session.add(
                CountPassRow(
                    count=row.id,
                    zone=zone,
                    number=number,
                    unit=itinerary.unit,
                    organisation=organisation,
                    planned=key in planned,
                    groups=groups,
                )
            )
        else:
            old.planned, old.groups = key in planned, groups
    gone = {(zone_of(key), number_of(key)) for key in said} - {
        (zone_of(key), number_of(key)) for key in keys
    }
    for place, old in kept.items():
        # What another version of the route had stays as it was entered, no longer planned.
        if place in gone:
            session.delete(old)
            mark_for_scrub(session)
        else:
            old.planned = False
    session.flush()


def refuse_more_than_seen(values: Mapping[str, Any]) -> None:
    """On a count night nobody is approached: InputError `count_seen_only` for all else."""
    if (
        set(values) - SEEN_FIELDS
        or values.get("kind", ContactKind.OSSERVATA) != ContactKind.OSSERVATA
    ):
        raise InputError("count_seen_only")


def expire(session: Session, cutoff: date) -> int:
    """Put the figures of counts before a service date in place of their entries; how many."""
    old = select(CountRow).where(CountRow.night < cutoff, CountRow.summary.is_(None))
    rows = session.scalars(old).all()
    for row in rows:
        found = result_of(session, row)
        row.summary = summary_of(found)
        row.owners = {}
        session.execute(delete(CountPassRow).where(CountPassRow.count == row.id))
    if rows:
        mark_for_scrub(session)
    return len(rows)


def summary_of(found: CountResult) -> dict[str, Any]:
    """The figures of a whole count, of no zone."""
    estimate = found.estimate
    return {
        "zones": len(found.zones),
        "passed": found.passed,
        "at_least": found.at_least,
        "mean": round(found.mean, 1),
        "minors": found.minors,
        "why_not": found.why_not,
        "estimate": estimate and [estimate.persons, estimate.low, estimate.high, estimate.detected],
    }


def _group(values: Mapping[str, Any]) -> list[Any]:
    return [
        int(values.get("persons", 1)),
        *(str(values.get(name, "nr")) for name in ("gender", "macro_area", "age_class")),
    ]
