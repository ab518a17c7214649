"""Contact records as they are kept: by outing, for a while, then as monthly totals.

An entry is one outing (organisation, unit, night). A file holds whole outings: the
records that it has of an outing take the place of those kept, so that the same file
twice adds nothing and a corrected one replaces. Once an outing has expired its entry
stays, closed and empty, so that its records are never counted twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from data.contact_frames import dates, digests, keys, months, names, with_entry
from data.models import (
    Base,
    ContactEntryRow,
    ContactRow,
    EffortMonthRow,
    EffortRow,
    MetaRow,
    RegionMonthRow,
    VisitRow,
    ZoneMonthRow,
)
from data.month_facts import add_facts
from data.tables import add_visits
from geo.contacts import ANY_OF, COLUMNS, COUNTS, ONE_OF, validate_contacts
from geo.effort import COLUMNS as EFFORT
from geo.effort import validate_effort
from geo.errors import InputError
from geo.night import Night

UNNAMED = "prossima"
"""Organisation of records that came with no file."""

SCRUB = "scrub"
"""Fact about the database: whether deleted records may still be found in its files."""

Months = type[ZoneMonthRow] | type[RegionMonthRow] | type[EffortMonthRow]

_CHUNK = 5_000
_PLAIN = [*ONE_OF, *(name for name in COUNTS if name != "persons")]


@dataclass(frozen=True, eq=False, repr=False)
class Records:
    """What an organisation's file brings: `contacts` (frame), `effort`, `visits`, each with
    the column `unit` (unit code or `""`) besides; all of them have `night` and `zone`."""

    organisation: str
    contacts: pd.DataFrame
    effort: pd.DataFrame
    visits: pd.DataFrame


@dataclass(frozen=True)
class Outings:
    """How the outings of a file stand to those kept, each a (unit, night).

    `new`; `replaced` (kept with other records); `same` (nothing to do); `expired` (older
    than the retention: counted into the totals at once); `closed` (expired and already
    counted: left out). `before`: records kept of those that are replaced.
    """

    new: frozenset[tuple[str, date]]
    replaced: frozenset[tuple[str, date]]
    same: frozenset[tuple[str, date]]
    expired: frozenset[tuple[str, date]]
    closed: frozenset[tuple[str, date]]
    before: int


def compare(session: Session, records: Records, cutoff: date) -> Outings:
    """How a file's outings stand to those kept; nights before `cutoff` have expired."""
    tables = (records.contacts, records.effort, records.visits)
    given = {key for table in tables for key in keys(table)}
    known = _entries(session, records.organisation)
    closed = {key for key in given if key in known and known[key].closed}
    expired = {key for key in given - closed if key[1] < cutoff and key not in known}
    open_ = given - closed - expired
    kept = {key: known[key].id for key in open_ & known.keys()}
    contacts, effort = _kept(session, kept.values())
    before = digests(contacts.merge(names(kept), on="entry"), COLUMNS)
    spent = digests(effort.merge(names(kept), on="entry"), EFFORT)
    after = digests(records.contacts, COLUMNS), digests(records.effort, EFFORT)
    same = {
        key
        for key in kept
        if before.get(key) == after[0].get(key) and spent.get(key) == after[1].get(key)
    }
    replaced = frozenset(kept) - same
    return Outings(
        frozenset(open_ - kept.keys()),
        replaced,
        frozenset(same),
        frozenset(expired),
        frozenset(closed),
        sum(before.get(key, (0, 0))[1] for key in replaced),
    )


def kept_elsewhere(session: Session, records: Records) -> InputError | None:
    """What is wrong where an outing is kept already under another organisation's key: the same
    persons would count twice. InputError `contact_outing_elsewhere` (unit, night, organisation).

    Records without a unit are of no outing that could be told from another's.
    """
    tables = (records.contacts, records.effort, records.visits)
    given = {key for table in tables for key in keys(table) if key[0]}
    if not given:
        return None
    nights = {night for _, night in given}
    others = select(ContactEntryRow).where(
        ContactEntryRow.organisation != records.organisation,
        ContactEntryRow.unit.in_({unit for unit, _ in given}),
        ContactEntryRow.night.between(min(nights), max(nights)),
    )
    ordered = others.order_by(ContactEntryRow.night, ContactEntryRow.unit)
    for row in session.scalars(ordered):
        if (row.unit, row.night) in given:
            said = {"unit": row.unit, "night": Night(row.night)}
            return InputError("contact_outing_elsewhere", organisation=row.organisation, **said)
    return None


def save(session: Session, records: Records, outings: Outings) -> None:
    """Keep what a file brings, as `compare` has sorted it in this transaction."""
    known = _entries(session, records.organisation)
    gone = [known[key].id for key in outings.replaced]
    before = _visits_of(session, gone)
    for table in (ContactRow, EffortRow):
        _delete(session, table, gone)
    if gone:
        mark_for_scrub(session)
    fresh = sorted(outings.new | outings.expired)
    rows = [
        ContactEntryRow(
            organisation=records.organisation, unit=unit, night=night,
            closed=(unit, night) in outings.expired,
        )
        for unit, night in fresh
    ]  # fmt: skip
    session.add_all(rows)
    session.flush()
    ids = {(row.unit, row.night): row.id for row in rows}
    ids |= {key: known[key].id for key in outings.replaced}
    open_ = {key: ids[key] for key in outings.new | outings.replaced}
    insert_contacts(session, with_entry(records.contacts, open_))
    insert_effort(session, with_entry(records.effort, open_))
    old = {key: ids[key] for key in outings.expired}
    add_months(session, with_entry(records.contacts, old), with_entry(records.effort, old))
    drop_visits(session, before)
    seen = with_entry(records.visits, {**open_, **old})
    add_visits(session, zip(seen["zone"], dates(seen), strict=True))


def insert_contacts(session: Session, frame: pd.DataFrame) -> None:
    """Add the records of a contact frame (with `entry`)."""
    _insert(session, ContactRow, frame, contact_rows)


def insert_effort(session: Session, frame: pd.DataFrame) -> None:
    """Add the rows of an effort frame (with `entry`)."""
    _insert(session, EffortRow, frame, _effort_rows)


def fold(session: Session, cutoff: date) -> int:
    """Turn the records of nights before `cutoff` into monthly totals; how many there were."""
    contacts, effort = read_with_entry(session, before=cutoff)
    add_months(session, contacts, effort)
    for row in session.scalars(select(ContactEntryRow).where(ContactEntryRow.night < cutoff)):
        row.closed = True
    for table in (ContactRow, EffortRow):
        session.execute(delete(table).where(table.night < cutoff))
    if len(contacts) + len(effort):
        mark_for_scrub(session)
    return len(contacts)


def mark_for_scrub(session: Session) -> None:
    """Say that records were deleted whose bytes may still stand in the files."""
    session.merge(MetaRow(name=SCRUB, value="due"))


def read_contacts(session: Session, *chosen: Any) -> pd.DataFrame:
    """The contact frame of the records kept, oldest first; `chosen`: SQL conditions."""
    return _contacts(session, *chosen).drop(columns="entry")


def read_effort(session: Session, *chosen: Any) -> pd.DataFrame:
    """The effort frame of what is kept; `chosen`: SQL conditions."""
    return _effort(session, *chosen).drop(columns="entry")


def read_with_entry(
    session: Session, since: date | None = None, before: date | None = None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Contacts and effort of the nights from `since` to `before`, each with the column
    `entry` (the outing it came with, 0 for none)."""
    first, last = since or date.min, before or date.max
    contacts = _contacts(session, ContactRow.night >= first, ContactRow.night < last)
    return contacts, _effort(session, EffortRow.night >= first, EffortRow.night < last)


def add_months(session: Session, contacts: pd.DataFrame, effort: pd.DataFrame) -> None:
    """Add records and effort (with `entry`) to the monthly totals and facts."""
    if contacts.empty and effort.empty:
        return
    add_facts(session, contacts, effort)
    contacts = contacts.assign(month=months(contacts))
    placed = contacts[contacts["zone"] != ""]
    by_zone = placed.groupby(["zone", "month", "kind"], observed=True)["persons"]
    _add(session, ZoneMonthRow, by_zone.agg(["size", "sum"]), ["records", "persons"])
    _add(session, RegionMonthRow, by_code(contacts), ["records", "persons"])
    effort = effort.assign(month=months(effort))
    spent = effort.groupby(["zone", "month"])[["hours"]].sum()
    _add(session, EffortMonthRow, spent, ["hours"])


def contact_rows(frame: pd.DataFrame) -> pd.DataFrame:
    """A contact frame (with `entry`) as rows of the table."""
    rows = frame[["entry", *_PLAIN]].astype(object)
    rows["night"], rows["count"] = dates(frame), frame["persons"].astype(object)
    rows["hour"], rows["zone"] = frame["hour"].astype(object), frame["zone"].astype(object)
    for name, codes in ANY_OF.items():
        chosen = frame[[f"{name}_{code}" for code in codes]].to_numpy(dtype=bool)
        masks, which = np.unique(chosen, axis=0, return_inverse=True)
        words = [" ".join(np.array([*codes], dtype=object)[mask]) for mask in masks]
        rows[name] = np.array([*words, ""], dtype=object)[which.ravel()]
    rows.loc[rows["zone"] == "", "zone"] = None
    return rows.where(rows.notna(), None)


def _effort_rows(frame: pd.DataFrame) -> pd.DataFrame:
    rows = frame[["entry", "zone", "hour", "hours"]].astype(object)
    return rows.assign(night=dates(frame))


def _contacts(session: Session, *chosen: Any) -> pd.DataFrame:
    """The contact frame of the records kept, and the column `entry` (0 for none)."""
    names = ["entry", "night", "hour", "zone", "count", *_PLAIN, *ANY_OF]
    columns = [getattr(ContactRow, name) for name in names]
    asked = select(ContactEntryRow.organisation, *columns).outerjoin_from(
        ContactRow, ContactEntryRow, ContactEntryRow.id == ContactRow.entry
    )
    found = session.execute(asked.where(*chosen).order_by(ContactRow.night, ContactRow.id))
    rows = pd.DataFrame(found.all(), columns=["organisation", *names])
    frame = rows[["night", "hour", *_PLAIN]].copy()
    frame["zone"] = rows["zone"].fillna("")
    frame["organisation"] = rows["organisation"].fillna(UNNAMED)
    frame["persons"] = rows["count"]
    for name, codes in ANY_OF.items():
        which, words = pd.factorize(rows[name])
        sets = [set(str(text).split()) for text in words]
        for code in codes:
            table = np.array([code in found for found in sets] + [False], dtype=bool)
            frame[f"{name}_{code}"] = table[which]
    valid = validate_contacts(frame)
    return valid.assign(entry=rows["entry"].fillna(0).astype(np.int64))


def _effort(session: Session, *chosen: Any) -> pd.DataFrame:
    columns = [getattr(EffortRow, name) for name in (*EFFORT, "entry")]
    found = session.execute(select(*columns).where(*chosen).order_by(EffortRow.id)).all()
    rows = pd.DataFrame(found, columns=[*EFFORT, "entry"])
    return validate_effort(rows).assign(entry=rows["entry"].astype(np.int64))


def _entries(session: Session, organisation: str) -> dict[tuple[str, date], ContactEntryRow]:
    chosen = select(ContactEntryRow).where(ContactEntryRow.organisation == organisation)
    return {(row.unit, row.night): row for row in session.scalars(chosen)}


def _kept(session: Session, entries: Iterable[int]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Contacts and effort of some entries."""
    ids = sorted(entries)
    parts: list[Sequence[int]] = list(_chunks(ids)) or [[]]
    contacts = [_contacts(session, ContactRow.entry.in_(part)) for part in parts]
    effort = [_effort(session, EffortRow.entry.in_(part)) for part in parts]
    return pd.concat(contacts, ignore_index=True), pd.concat(effort, ignore_index=True)


def _delete(session: Session, table: type[ContactRow | EffortRow], entries: list[int]) -> None:
    for part in _chunks(entries):
        session.execute(delete(table).where(table.entry.in_(part)))


def _insert(session: Session, table: type[Base], frame: pd.DataFrame, rows: Any) -> None:
    # Not by the mapped class, which would keep an account of every row.
    bare = insert(Base.metadata.tables[table.__tablename__])
    for start in range(0, len(frame), _CHUNK):
        part = rows(frame.iloc[start : start + _CHUNK])
        session.execute(bare, part.to_dict("records"))


def _visits_of(session: Session, entries: list[int]) -> set[tuple[str, date]]:
    """Zones and nights for which these entries have records or effort."""
    found: set[tuple[str, date]] = set()
    for table in (ContactRow, EffortRow):
        for part in _chunks(entries):
            asked = select(table.zone, table.night).where(table.entry.in_(part)).distinct()
            found |= {(zone, night) for zone, night in session.execute(asked) if zone}
    return found


def drop_visits(session: Session, candidates: set[tuple[str, date]]) -> None:
    """Forget visits that rested on records which a corrected file no longer has."""
    nights = sorted({night for _zone, night in candidates})
    still: set[tuple[str, date]] = set()
    for table in (ContactRow, EffortRow):
        for part in _chunks(nights):
            asked = select(table.zone, table.night).where(table.night.in_(part)).distinct()
            still |= {(zone, night) for zone, night in session.execute(asked) if zone}
    for key in candidates - still:
        session.execute(delete(VisitRow).where(VisitRow.zone == key[0], VisitRow.night == key[1]))


def by_code(contacts: pd.DataFrame) -> pd.DataFrame:
    """Records and persons by month (a column), list and code; pieces for materials."""
    parts = []
    for name in ONE_OF:
        table = contacts.groupby(["month", name], observed=True)["persons"].agg(["size", "sum"])
        parts.append(table.reset_index().rename(columns={name: "code"}).assign(field=name))
    lists: dict[str, Iterable[str]] = {**ANY_OF, "materials": _materials()}
    for field, codes in lists.items():
        for code in codes:
            column = contacts[f"{field}_{code}"]
            counted = "persons" if field in ANY_OF else f"{field}_{code}"
            table = contacts[column > 0].groupby("month")[counted].agg(["size", "sum"])
            parts.append(table.reset_index().assign(field=field, code=str(code)))
    rows = pd.concat([part.astype({"code": str}) for part in parts], ignore_index=True)
    return rows.set_index(["month", "field", "code"])


def _materials() -> list[str]:
    return [name.removeprefix("materials_") for name in COUNTS if name != "persons"]


def _add(session: Session, table: Months, totals: pd.DataFrame, names: list[str]) -> None:
    """Add to the rows of a table of totals, whose key is the index; new ones begin."""
    if totals.empty:
        return
    months = set(totals.index.get_level_values("month"))
    keys = list(totals.index.names)
    chosen = select(table).where(table.month.in_(months))
    kept = {tuple(getattr(row, key) for key in keys): row for row in session.scalars(chosen)}
    for key, values in zip(totals.index, totals.to_numpy(), strict=True):
        row = kept.get(key)
        if row is None:
            row = table(**dict(zip(keys, key, strict=True)), **dict.fromkeys(names, 0))
            session.add(row)
        for name, value in zip(names, values.tolist(), strict=True):
            setattr(row, name, getattr(row, name) + value)


def _chunks(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """Not more at once than a statement takes parameters."""
    return (values[start : start + _CHUNK] for start in range(0, len(values), _CHUNK))
