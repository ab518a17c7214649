"""Mediation outings: who goes out to mediate on a day, from when until when.

An outing of a unit takes the place of its usual shift on that date. It begins in the
morning or the afternoon, has a mediator on board, and makes mediation visits alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import select

from data.access import Action, Viewer
from data.models import ItineraryRow, OutingRow, PromiseRow, UnitRow
from data.records import outing_of, outing_row, promise_of, unit_of
from data.store import Store
from data.tables import require_units
from geo.contacts import OutingKind
from geo.errors import ConflictError, InfeasibleError, MissingError
from geo.night import Night
from routing.problem import Kind
from routing.promises import Promise
from routing.units import Crew, Member, Outing, Role, Unit


@dataclass(frozen=True)
class Day:
    """A day on which somebody mediates: its `outings`, and the `visits` promised for it."""

    night: Night
    outings: tuple[Outing, ...]
    visits: tuple[Promise, ...]


def crew_of(mediators: int, operators: int, languages: Iterable[str]) -> Crew:
    """A crew of so many; the mediators speak the languages, the operators Italian."""
    spoken = frozenset(languages) | {"it"}
    return Crew(
        (
            *(Member(Role.MEDIATOR, spoken) for _ in range(mediators)),
            *(Member(Role.OPERATOR) for _ in range(operators)),
        )
    )


def days(store: Store, viewer: Viewer, since: Night) -> tuple[Day, ...]:
    """The days from a night on with a mediation outing or visit, in order."""
    with store.reading(viewer, Action.READ_PROMISES) as session:
        visits = [
            promise_of(row)
            for row in session.scalars(
                select(PromiseRow)
                .where(PromiseRow.night >= since.date, PromiseRow.kind == Kind.MEDIATION.value)
                .order_by(PromiseRow.night, PromiseRow.opens, PromiseRow.key)
            )
        ]
    with store.reading(viewer, Action.READ_UNITS) as session:
        rows = session.execute(
            select(OutingRow, UnitRow)
            .join(UnitRow)
            .where(OutingRow.night >= since.date, OutingRow.kind == OutingKind.MEDIAZIONE.value)
            .order_by(OutingRow.night, OutingRow.opens, OutingRow.unit)
        )
        outings = [outing_of(row, unit_of(unit)) for row, unit in rows]
    dates = sorted({one.night.date for one in outings} | {one.night for one in visits})
    return tuple(
        Day(
            Night(day),
            tuple(one for one in outings if one.night.date == day),
            tuple(one for one in visits if one.night == day),
        )
        for day in dates
    )


def unit_with(store: Store, viewer: Viewer, code: str, crew: Crew) -> Unit:
    """A unit with the crew of a day; MissingError `unit_unknown`."""
    for unit in store.units(viewer):
        if unit.code == code:
            return replace(unit, crew=crew)
    raise MissingError("unit_unknown", unit=code)


def set_out(store: Store, viewer: Viewer, outing: Outing) -> None:
    """Keep a mediation outing, in place of the unit's shift of that date.

    Raises InfeasibleError `outing_over`, ConflictError `outing_published` once its crew reads
    an itinerary of that night.
    """
    night, unit = outing.night, outing.unit
    if outing.closes <= night.seconds(store.now()):
        raise InfeasibleError("outing_over")
    with store.writing(viewer, Action.WRITE_UNITS) as session:
        require_units(session, {unit.code})
        if session.get(ItineraryRow, (night.date, unit.code)) is not None:
            raise ConflictError("outing_published", unit=unit.name, night=night)
        session.merge(outing_row(outing))


def call_off(store: Store, viewer: Viewer, unit: str, day: date) -> None:
    """Take a mediation outing back: the unit has its usual shift again. MissingError
    `outing_missing`; ConflictError `outing_published`."""
    with store.writing(viewer, Action.WRITE_UNITS) as session:
        row = session.get(OutingRow, (day, unit))
        if row is None or row.kind != OutingKind.MEDIAZIONE:
            raise MissingError("outing_missing", unit=unit, night=Night(day))
        if session.get(ItineraryRow, (day, unit)) is not None:
            raise ConflictError("outing_published", unit=unit, night=Night(day))
        session.delete(row)
