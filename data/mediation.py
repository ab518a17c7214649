"""Mediation cases in the store, their visits in the plan, and what is told of them.

A case is changed step by step (`geo.mediation`); two people who change one at the same
time are told so. A visit is a promise that needs a mediator, planned like any other.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import pandas as pd
from sqlalchemy import select
from sqlalchemy.orm import Session

from data.access import Action, Viewer
from data.conflict_rows import case_document, case_of, case_row
from data.conflict_words import place_names
from data.conflicts import places
from data.models import MediationCaseRow
from data.planning import night_outings
from data.store import Store
from data.tables import keep_apart
from geo.errors import ConflictError, InfeasibleError, InputError, MissingError
from geo.mediation import MediationCase
from geo.night import Night
from geo.windows import window_on
from routing.problem import Kind
from routing.promises import Promise
from routing.units import Base, Role


@dataclass(frozen=True)
class Kept:
    """A case with the `version` that a change of it must name."""

    case: MediationCase
    version: int


def cases(store: Store, viewer: Viewer) -> tuple[Kept, ...]:
    """All cases, the newest first."""
    with store.reading(viewer, Action.READ_CASES) as session:
        found = [Kept(case_of(row), row.version) for row in _rows(session)]
    return tuple(sorted(found, key=lambda kept: (kept.case.opened, kept.case.key), reverse=True))


def case(store: Store, viewer: Viewer, key: str) -> Kept:
    """One case; MissingError `case_missing`."""
    with store.reading(viewer, Action.READ_CASES) as session:
        row = session.get(MediationCaseRow, key)
        if row is None:
            raise MissingError("case_missing", case=key)
        return Kept(case_of(row), row.version)


def add_case(store: Store, viewer: Viewer, new: MediationCase) -> None:
    """Open a case. ConflictError `case_taken`; InputError `report_place`."""
    if new.place not in set(places(store, viewer)["code"]):
        raise InputError("report_place")
    with store.writing(viewer, Action.WRITE_CASES) as session:
        keep_apart(session, {new.synthetic})
        if session.get(MediationCaseRow, new.key) is not None:
            raise ConflictError("case_taken", case=new.key)
        session.add(case_row(new))


def change(
    store: Store, viewer: Viewer, kept: Kept, act: Callable[[MediationCase], MediationCase]
) -> Kept:
    """The case as `act` makes it (`acted`, `advanced`, `ended` of `geo.mediation`), kept.

    ConflictError `case_changed` when it is no longer what was read; MissingError `case_missing`.
    """
    changed = act(kept.case)
    with store.writing(viewer, Action.WRITE_CASES) as session:
        row = session.get(MediationCaseRow, kept.case.key)
        if row is None:
            raise MissingError("case_missing", case=kept.case.key)
        if row.version != kept.version:
            raise ConflictError("case_changed", case=kept.case.key)
        row.version += 1
        row.document = case_document(changed)
    return Kept(changed, kept.version + 1)


def states(store: Store, viewer: Viewer) -> pd.DataFrame:
    """Cases by `municipality` and `state`: `count`."""
    rows = [(kept.case.municipality, kept.case.state.value) for kept in cases(store, viewer)]
    frame = pd.DataFrame(rows, columns=["municipality", "state"])
    return frame.groupby(["municipality", "state"]).size().rename("count").reset_index()


def monthly(store: Store, viewer: Viewer) -> pd.DataFrame:
    """Cases by `month` (first day) and `municipality`: how many were `opened` and `closed`."""
    found = [kept.case for kept in cases(store, viewer)]
    rows = [(c.opened.replace(day=1), c.municipality, 1, 0) for c in found]
    rows += [(c.closed.replace(day=1), c.municipality, 0, 1) for c in found if c.closed]
    frame = pd.DataFrame(rows, columns=["month", "municipality", "opened", "closed"])
    return frame.groupby(["month", "municipality"]).sum().reset_index()


def plan_visit(
    store: Store,
    viewer: Viewer,
    kept: Kept,
    day: date,
    *,
    opens: str,
    closes: str,
    minutes: int | None = None,
    unit: str | None = None,
) -> Promise:
    """A mediation visit of a case on a day: a promise of its night, kept in the store.

    It begins between `opens` and `closes` of that day (wall clock; 10:00 is its morning), at
    the middle of the neighbourhood. InfeasibleError `mediation_none` where no unit on duty, nor
    on a mediation outing, has a mediator on shift then; `promise_too_late`.
    """
    night = Night(day)
    window = window_on(night, opens, closes, by_day=True)
    outings = [
        one
        for one in night_outings(store, viewer, night)
        if Role.MEDIATOR in one.unit.crew.roles
        and window is not None
        and one.opens < window[1]
        and window[0] < one.closes
        and unit in (None, one.unit.code)
    ]
    if not outings or window is None:
        raise InfeasibleError("mediation_none", night=night, opens=opens, closes=closes)
    key = f"M-{kept.case.key}-{night.date:%m%d}"
    if window[1] < night.seconds(store.now()):
        raise InfeasibleError("promise_too_late", promise=key, closes=closes)
    frame = places(store, viewer)
    middle = frame.set_index("code").geometry[kept.case.place].representative_point()
    promise = Promise(
        key=key,
        night=night.date,
        kind=Kind.MEDIATION,
        opens=opens,
        closes=closes,
        minutes=minutes or store.settings().mediation_minutes,
        place=Base(place_names(frame)[kept.case.place], middle.x, middle.y),
        unit=unit,
        mediator=True,
        synthetic=kept.case.synthetic,
    )
    store.save_promise(viewer, promise)
    return promise


def _rows(session: Session) -> list[MediationCaseRow]:
    return list(session.scalars(select(MediationCaseRow).order_by(MediationCaseRow.key)))
