"""Contact files into the store: a dry run first, then all or nothing.

    dry_run(store, viewer, file, "arcobaleno")          # what would be taken, what not
    import_contacts(store, viewer, file, "arcobaleno")  # the same, kept
    contacts_located(store, viewer, file, "arcobaleno") # coordinates, for new zones; in memory

A file is read from memory; of a refused one nothing is kept anywhere, not even its name.
"""

from __future__ import annotations

import re
import traceback
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from data.access import Action, Viewer
from data.contact_columns import ContactMapping
from data.contact_files import MOST_BYTES
from data.contact_frames import dates
from data.contact_reading import Known, Reading, read_contacts
from data.contacts import Outings, Records, compare, fold, kept_elsewhere, save
from data.contacts import read_contacts as kept_contacts
from data.contacts import read_effort as kept_effort
from data.identifiers import CERTAIN, identify
from data.models import ContactEntryRow, ContactMappingRow
from data.releases import frozen_months
from data.retention import cutoff_of, scrub_if_due
from data.road_cells import road_cells
from data.store import Store
from data.tables import keep_apart
from geo.contacts import LocatedContacts
from geo.errors import InputError, MissingError
from geo.night import Night

ORGANISATION = re.compile(r"[a-z0-9][a-z0-9_.-]{1,39}")
"""Key of an organisation: a short word, not its name."""


@dataclass(frozen=True, repr=False)
class ContactFile:
    """A file as it was given: its name (only its ending counts) and its bytes."""

    name: str
    data: bytes = field(repr=False)

    @classmethod
    def open(cls, path: Path) -> ContactFile:
        """Read a file; MissingError `file_missing`, InputError `file_too_large`."""
        if not path.is_file():
            raise MissingError("file_missing", file=f"*{path.suffix.lower()}")
        if path.stat().st_size > MOST_BYTES:
            raise InputError("file_too_large", most=MOST_BYTES // 2**20)
        return cls(path.name, path.read_bytes())


@dataclass(frozen=True)
class Report:
    """What a file would bring, or brought; it holds no value of a record.

    `rows` of the file; `records` and `persons` that are taken or kept already, in `zones`
    zones, from night `first` to `last`. `unplaced`: row numbers (the first hundred) and
    `left_out` the number of records near no zone, which are not taken. `crow`: records whose
    zone is the nearest as the crow flies, because no road of the network passes there.
    `new`, `replaced`, `same`, `expired`, `closed`: numbers of outings, as
    `data.contacts.Outings`; `before`: records that the replaced ones had, `after` those they
    would have. `known`: whether there were records of this organisation. `frozen`: months
    already published, which what the file brings does not change. `refusals`: the first
    errors, `wrong` how many there are; with any, nothing is taken.
    """

    organisation: str
    rows: int = 0
    records: int = 0
    persons: int = 0
    zones: int = 0
    first: date | None = None
    last: date | None = None
    unplaced: tuple[int, ...] = ()
    left_out: int = 0
    crow: int = 0
    new: int = 0
    replaced: int = 0
    same: int = 0
    expired: int = 0
    closed: int = 0
    before: int = 0
    after: int = 0
    known: bool = False
    frozen: tuple[date, ...] = ()
    refusals: tuple[InputError, ...] = ()
    wrong: int = 0

    @property
    def accepted(self) -> bool:
        """Whether the file can be imported."""
        return not self.wrong


def dry_run(store: Store, viewer: Viewer, file: ContactFile, organisation: str) -> Report:
    """What importing a file would do; nothing is written.

    Does not raise for what is wrong in the file: it stands in the report's `refusals`.
    """
    try:
        reading = _read(store, viewer, file, organisation)
    except InputError as error:
        return Report(organisation, refusals=(InputError(error.code, **error.fields),), wrong=1)
    if reading.refusals.count:
        return _report(organisation, reading, None, None, known=False)
    records = _records(organisation, reading)
    with store.reading(viewer, Action.READ_CONTACTS) as session:
        outings = compare(session, records, cutoff_of(store))
        known, frozen = _knows(session, organisation), frozen_months(session)
        if twice := kept_elsewhere(session, records):
            return Report(organisation, reading.rows, refusals=(twice,), wrong=1)
        return _report(organisation, reading, records, outings, known=known, frozen=frozen)


def import_contacts(
    store: Store,
    viewer: Viewer,
    file: ContactFile,
    organisation: str,
    *,
    leave_out: bool = False,
    synthetic: bool = False,
) -> Report:
    """Keep what a file brings, in one transaction. Coordinates are dropped before.

    Raises the first refusal with how many `others` there are; InputError
    `contact_outing_elsewhere` (unit, night, organisation), `contact_unplaced` (count, metres)
    where records lie near no zone and `leave_out` is
    not said; `synthetic_mixed` where an invented file would mix with real records.
    """
    reading = _accepted(_read(store, viewer, file, organisation))
    left_out = int(reading.unplaced.sum())
    if left_out and not leave_out:
        metres = store.settings().contact_zone_metres
        raise InputError("contact_unplaced", count=left_out, metres=metres)
    records = _records(organisation, reading)
    with store.writing(viewer, Action.WRITE_CONTACTS) as session:
        keep_apart(session, {synthetic})
        known, frozen = _knows(session, organisation), frozen_months(session)
        cutoff = cutoff_of(store)
        if twice := kept_elsewhere(session, records):
            raise twice
        fold(session, cutoff)
        outings = compare(session, records, cutoff)
        save(session, records, outings)
    scrub_if_due(store)
    return _report(organisation, reading, records, outings, known=known, frozen=frozen)


def contacts_located(
    store: Store, viewer: Viewer, file: ContactFile, organisation: str
) -> LocatedContacts:
    """The coordinates of a file's records, to look for zones in; they live in memory alone.

    Raises as `import_contacts` for a file with anything wrong.
    """
    reading = _accepted(_read(store, viewer, file, organisation))
    return reading.located()


def mapping(store: Store, viewer: Viewer, organisation: str) -> ContactMapping:
    """The saved mapping of an organisation; an empty one where there is none."""
    with store.reading(viewer, Action.READ_CONTACTS) as session:
        row = session.get(ContactMappingRow, _key(organisation))
        return ContactMapping.from_dict(row.document) if row else ContactMapping()


def save_mapping(store: Store, viewer: Viewer, organisation: str, chosen: ContactMapping) -> None:
    """Keep how an organisation's files are read, in place of what was known."""
    row = ContactMappingRow(organisation=_key(organisation), document=chosen.to_dict())
    with store.writing(viewer, Action.WRITE_CONTACTS) as session:
        session.merge(row)


def organisations(store: Store, viewer: Viewer) -> tuple[str, ...]:
    """Keys of all organisations with a mapping or records."""
    with store.reading(viewer, Action.READ_CONTACTS) as session:
        asked = (ContactMappingRow.organisation, ContactEntryRow.organisation)
        return tuple(sorted({key for each in asked for key in session.scalars(select(each))}))


def recorded(store: Store, viewer: Viewer) -> Mapping[tuple[str, str], frozenset[date]]:
    """Nights with records that are still kept, by (organisation, unit), in that order."""
    first, nights = cutoff_of(store), defaultdict(set)
    with store.reading(viewer, Action.READ_CONTACTS) as session:
        for row in session.scalars(select(ContactEntryRow).where(ContactEntryRow.night >= first)):
            nights[row.organisation, row.unit].add(row.night)
    return {key: frozenset(nights[key]) for key in sorted(nights)}


def contact_frame(store: Store, viewer: Viewer) -> pd.DataFrame:
    """The contact frame (`geo.contacts`) of all records kept, oldest first."""
    with store.reading(viewer, Action.READ_CONTACTS) as session:
        return kept_contacts(session)


def effort_frame(store: Store, viewer: Viewer) -> pd.DataFrame:
    """The effort frame (`geo.effort`) of all that is kept."""
    with store.reading(viewer, Action.READ_CONTACTS) as session:
        return kept_effort(session)


def _read(store: Store, viewer: Viewer, file: ContactFile, organisation: str) -> Reading:
    """The file against what is known now; what cannot be opened raises, without a cause."""
    chosen = store.settings()
    known = Known(
        organisation=_key(organisation),
        zones=store.zones(viewer),
        units=tuple(unit.code for unit in store.units(viewer)),
        mapping=mapping(store, viewer, organisation),
        today=Night.of(store.now()).date,
        near_m=chosen.contact_zone_metres,
        far_m=chosen.contact_far_metres,
        former=tuple(zone.code for zone, _since in store.archived_zones(viewer)),
        cells=lambda: road_cells(chosen.home),
    )
    try:
        return read_contacts(file.name, file.data, known)
    except InputError as error:
        refused = InputError(error.code, **error.fields)
    except Exception as error:
        at = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{type(error).__name__}, {Path(at.filename).name}:{at.lineno}"
        refused = InputError("contact_mistake", where=where)
    # Raised anew: the readers' own exceptions may quote what they could not read.
    raise refused


def _accepted(reading: Reading) -> Reading:
    """The reading, or its first refusal with how many others there are."""
    if reading.refusals.count:
        first = reading.refusals.first[0]
        raise InputError(first.code, **first.fields, others=reading.refusals.count - 1)
    return reading


def _records(organisation: str, reading: Reading) -> Records:
    """What is kept of a reading: no coordinate, and no record that lies near no zone."""
    contacts = reading.contacts.assign(unit=reading.unit)[~reading.unplaced]
    return Records(organisation, contacts.reset_index(drop=True), reading.effort, reading.visits)


def _report(
    organisation: str,
    reading: Reading,
    records: Records | None,
    outings: Outings | None,
    *,
    known: bool,
    frozen: frozenset[date] = frozenset(),
) -> Report:
    if records is None or outings is None:
        first = reading.refusals.first
        return Report(organisation, reading.rows, refusals=first, wrong=reading.refusals.count)
    pairs = pd.Series([*zip(records.contacts["unit"], dates(records.contacts), strict=True)])
    contacts = records.contacts[~pairs.isin(outings.closed).to_numpy(bool)]
    nights = contacts["night"]
    changed = {night for _unit, night in outings.new | outings.replaced | outings.expired}
    return Report(
        organisation=organisation,
        rows=reading.rows,
        records=len(contacts),
        persons=int(contacts["persons"].sum()),
        zones=contacts.loc[contacts["zone"] != "", "zone"].nunique(),
        first=nights.min().date() if len(nights) else None,
        last=nights.max().date() if len(nights) else None,
        unplaced=tuple(reading.row[reading.unplaced][:100].tolist()),
        left_out=int(np.count_nonzero(reading.unplaced)),
        crow=reading.crow,
        new=len(outings.new),
        replaced=len(outings.replaced),
        same=len(outings.same),
        expired=len(outings.expired),
        closed=len(outings.closed),
        before=outings.before,
        after=int(pairs.isin(outings.replaced).sum()),
        known=known,
        frozen=tuple(sorted(frozen & {night.replace(day=1) for night in changed})),
    )


def _knows(session: Session, organisation: str) -> bool:
    chosen = select(ContactEntryRow).where(ContactEntryRow.organisation == organisation)
    return bool(session.scalar(select(exists(chosen))))


def _key(organisation: str) -> str:
    if not ORGANISATION.fullmatch(organisation) or identify(organisation) in CERTAIN:
        raise InputError("contact_organisation")
    return organisation
