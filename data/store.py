"""What is kept: zones, presence, units, outings, visits, plans, and what crews may read.

Every call says who asks (`data.access.Viewer`) and is refused unless the table of
actions allows it. A write is one transaction: it happens whole or not at all.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pandas as pd
from sqlalchemy import delete, func, select

from data import demo_fill
from data import plans as kept_plans
from data import zones as kept_zones
from data.access import Action, Role, Scope, Viewer, scope
from data.database import connect
from data.models import (
    ContactRow,
    DeskRow,
    ItineraryRow,
    OutingRow,
    PresenceRow,
    PromiseRow,
    SettingRow,
    UnitRow,
    VisitRow,
    ZoneRow,
)
from data.plans import PlanRecord
from data.records import (
    desk_of,
    desk_row,
    outing_of,
    outing_row,
    promise_of,
    promise_row,
    unit_of,
    unit_row,
    zone_row,
)
from data.settings import Settings, kept_names, unsaid
from data.tables import (
    add_visits,
    clear,
    columns,
    insert_frame,
    is_empty,
    is_synthetic,
    keep_apart,
    meta,
    require_units,
    require_zones,
    upsert,
)
from data.transactions import Clock, Transactions
from geo.desks import Desk
from geo.errors import InputError, MissingError, RefusedError
from geo.night import Night
from geo.presence import COLUMNS, EFFORT, PARTS, validate_presence
from geo.zone_changes import ZoneChange
from geo.zones import Zone
from routing.itinerary import Itinerary
from routing.promises import Promise
from routing.units import Outing, Unit

if TYPE_CHECKING:
    from data.demo import DemoRegion

CONTACTS = ("night", "zone", "kind", "count")
"""Columns of a contact frame: night (date), zone code, kind (code list), persons."""


EVERYTHING = Viewer(Role.COORDINATOR)
"""Whose rows are looked at when the whole is asked whether there are any."""


def _now() -> datetime:
    return datetime.now(UTC)


class Store(Transactions):
    """An open database. Safe to share between threads; `open` makes and migrates it."""

    @classmethod
    def open(cls, settings: Settings, clock: Clock = _now) -> Store:
        """Open the settings' database, at this program's version. Errors as `connect`."""
        return cls(connect(settings), settings, clock)

    def close(self) -> None:
        """Give back all connections."""
        self._engine.dispose()

    # Facts about the whole, which say nothing of what is kept

    def revision(self) -> int:
        """A number that every write makes larger: part of every cache key."""
        with self.reading() as session:
            return int(meta(session, "revision").value)

    def synthetic(self) -> bool:
        """Whether everything in this database is invented."""
        with self.reading() as session:
            return is_synthetic(session)

    def empty(self) -> bool:
        """Whether there is neither a zone nor a unit."""
        with self.reading(EVERYTHING) as session:
            return is_empty(session)

    def settings(self) -> Settings:
        """The settings in force: environment, else database, else default."""
        with self.reading() as session:
            kept = unsaid({s.name: s.value for s in session.scalars(select(SettingRow))})
        # Checked once and not at each look: pages look at them with every tap.
        before = self._in_force
        if before is None or before[0] != kept:
            before = self._in_force = (kept, self._settings.with_kept(kept))
        return before[1]

    def save_setting(self, viewer: Viewer, name: str, value: str) -> None:
        """Change a setting for everyone; InputError `setting_wrong` or `setting_unknown`."""
        if name not in kept_names():
            raise InputError("setting_unknown", setting=name)
        self._settings.with_kept({name: value})
        with self.writing(viewer, Action.WRITE_SETTINGS) as session:
            session.merge(SettingRow(name=name, value=value))

    # Zones, presence and visits

    def zones(self, viewer: Viewer) -> tuple[Zone, ...]:
        """All zones that are in use, by code."""
        with self.reading(viewer, Action.READ_ZONES) as session:
            return kept_zones.in_use(session)

    def archived_zones(self, viewer: Viewer) -> tuple[tuple[Zone, date], ...]:
        """The zones that are no longer in use and since when, the latest first."""
        with self.reading(viewer, Action.READ_ZONES) as session:
            return kept_zones.archived(session)

    def change_zones(self, viewer: Viewer, change: ZoneChange) -> None:
        """Change, begin and archive zones in one act. Errors as `data.zones.change`."""
        with self.writing(viewer, Action.WRITE_ZONES) as session:
            kept_zones.change(session, change, Night.of(self._clock()).date)

    def save_zones(self, viewer: Viewer, zones: Iterable[Zone], *, replace: bool = False) -> None:
        """Add zones and change those with the same code, which are in use from then on;
        `replace` removes all others."""
        zones = tuple(zones)
        with self.writing(viewer, Action.WRITE_ZONES) as session:
            keep_apart(session, {zone.synthetic for zone in zones})
            upsert(session, ZoneRow, [zone_row(zone) for zone in zones], replace)

    def presence(self, viewer: Viewer) -> pd.DataFrame:
        """The presence frame (`geo.presence`), by zone, weekday and hour; with `PARTS` and
        `EFFORT` where they are known."""
        names = [*COLUMNS, *PARTS, EFFORT]
        with self.reading(viewer, Action.READ_ZONES) as session:
            rows = session.execute(select(*columns(PresenceRow, names))).all()
        frame = pd.DataFrame(rows, columns=names)
        optional = (list(PARTS), [EFFORT])
        untold = [one for one in optional if frame.empty or frame[one].isna().any(axis=None)]
        return validate_presence(frame.drop(columns=[name for one in untold for name in one]))

    def save_presence(self, viewer: Viewer, frame: pd.DataFrame) -> None:
        """Keep this presence in place of what was known; its zones must be there."""
        frame = validate_presence(frame)
        with self.writing(viewer, Action.WRITE_ZONES) as session:
            require_zones(session, frame["zone"])
            session.execute(delete(PresenceRow))
            insert_frame(session, PresenceRow, frame)

    def contacts(self, viewer: Viewer) -> pd.DataFrame:
        """Contact records, columns `CONTACTS`, oldest first."""
        with self.reading(viewer, Action.READ_CONTACTS) as session:
            order = (ContactRow.night, ContactRow.id)
            rows = session.execute(select(*columns(ContactRow, CONTACTS)).order_by(*order))
            return pd.DataFrame(rows.all(), columns=list(CONTACTS))

    def save_contacts(self, viewer: Viewer, frame: pd.DataFrame) -> None:
        """Add contact records; a night with contacts in a zone counts as a visit there."""
        frame = frame[list(CONTACTS)]
        with self.writing(viewer, Action.WRITE_CONTACTS) as session:
            require_zones(session, frame["zone"])
            insert_frame(session, ContactRow, frame)
            add_visits(session, zip(frame["zone"], frame["night"], strict=True))

    def save_visits(self, viewer: Viewer, visits: Iterable[tuple[str, date]]) -> None:
        """Add nights (service dates) on which a crew was in a zone, by zone code."""
        visits = list(visits)
        with self.writing(viewer, Action.WRITE_CONTACTS) as session:
            require_zones(session, [zone for zone, _night in visits])
            add_visits(session, visits)

    def visits(self, viewer: Viewer, since: date | None = None) -> pd.DataFrame:
        """Visits from a service date on: columns `zone`, `night`, in that order."""
        with self.reading(viewer, Action.READ_ZONES) as session:
            return kept_zones.visits(session, since)

    def last_visits(self, viewer: Viewer, before: Night | None = None) -> dict[str, date]:
        """The last night on which a crew was in each zone, of those before a night.

        Zones never visited are absent.
        """
        last = select(VisitRow.zone, func.max(VisitRow.night)).group_by(VisitRow.zone)
        if before:
            last = last.where(VisitRow.night < before.date)
        with self.reading(viewer, Action.READ_ZONES) as session:
            return dict(session.execute(last.order_by(VisitRow.zone)).all())

    # Units and outings

    def units(self, viewer: Viewer) -> tuple[Unit, ...]:
        """All units by code."""
        with self.reading(viewer, Action.READ_UNITS) as session:
            return tuple(map(unit_of, session.scalars(select(UnitRow).order_by(UnitRow.code))))

    def save_units(self, viewer: Viewer, units: Iterable[Unit], *, replace: bool = False) -> None:
        """Add units and change those with the same code; `replace` removes all others."""
        units = tuple(units)
        with self.writing(viewer, Action.WRITE_UNITS) as session:
            keep_apart(session, {unit.synthetic for unit in units})
            upsert(session, UnitRow, [unit_row(unit) for unit in units], replace)

    def outings(self, viewer: Viewer, night: Night) -> tuple[Outing, ...]:
        """The outings of a night that differ from a unit's usual shift and crew."""
        chosen = select(OutingRow, UnitRow).join(UnitRow).where(OutingRow.night == night.date)
        with self.reading(viewer, Action.READ_UNITS) as session:
            rows = session.execute(chosen.order_by(OutingRow.unit))
            return tuple(outing_of(row, unit_of(unit)) for row, unit in rows)

    def save_outing(self, viewer: Viewer, outing: Outing) -> None:
        """Keep a shift and crew for one night, in place of the unit's usual one."""
        with self.writing(viewer, Action.WRITE_UNITS) as session:
            require_units(session, {outing.unit.code})
            session.merge(outing_row(outing))

    # Promises and desks

    def promises(self, viewer: Viewer, night: Night) -> tuple[Promise, ...]:
        """What has been promised for a night."""
        chosen = select(PromiseRow).where(PromiseRow.night == night.date).order_by(PromiseRow.key)
        with self.reading(viewer, Action.READ_PROMISES) as session:
            return tuple(map(promise_of, session.scalars(chosen)))

    def save_promise(self, viewer: Viewer, promise: Promise) -> None:
        """Add a promise, or change the one with the same key."""
        with self.writing(viewer, Action.WRITE_PROMISES) as session:
            require_zones(session, filter(None, [promise.zone]))
            require_units(session, filter(None, [promise.unit]))
            session.merge(promise_row(promise))

    def remove_promise(self, viewer: Viewer, key: str) -> None:
        """Take a promise back; MissingError `promise_missing`."""
        with self.writing(viewer, Action.WRITE_PROMISES) as session:
            row = session.get(PromiseRow, key)
            if row is None:
                raise MissingError("promise_missing", promise=key)
            session.delete(row)

    def desks(self, viewer: Viewer) -> tuple[Desk, ...]:
        """All listening desks by code."""
        with self.reading(viewer, Action.READ_DESKS) as session:
            return tuple(map(desk_of, session.scalars(select(DeskRow).order_by(DeskRow.code))))

    def save_desks(self, viewer: Viewer, desks: Iterable[Desk]) -> None:
        """Add desks and change those with the same code."""
        with self.writing(viewer, Action.WRITE_DESKS) as session:
            for desk in desks:
                session.merge(desk_row(desk))

    # Plans and what crews may read of them

    def plans(self, viewer: Viewer, night: Night) -> tuple[PlanRecord, ...]:
        """All plans of a night, the newest first."""
        with self.reading(viewer, Action.READ_PLANS) as session:
            return tuple(map(kept_plans.record_of, kept_plans.of_night(session, night)))

    def save_plan(self, viewer: Viewer, record: PlanRecord) -> PlanRecord:
        """Keep a draft, new or changed; returns it with its new id and version.

        Raises ConflictError `plan_changed` (someone else changed it since it was read)
        or `plan_published` (a published plan stays as it is: save a copy).
        """
        with self.writing(viewer, Action.WRITE_PLANS) as session:
            if record.synthetic != is_synthetic(session):
                raise InputError("synthetic_mixed")
            row = kept_plans.save(session, record, self._clock(), viewer.organisation)
            return kept_plans.record_of(row)

    def publish(
        self,
        viewer: Viewer,
        record: PlanRecord,
        units: Iterable[str] | None = None,
        *,
        replacing: bool = False,
    ) -> PlanRecord:
        """Hand a saved plan's itineraries to the crews of `units` (all of them for None).

        Raises ConflictError `plan_changed` as above, and `unit_published` when the crew
        already reads the itinerary of another plan and `replacing` is not said.
        """
        chosen = frozenset(record.itineraries if units is None else units)
        with self.writing(viewer, Action.PUBLISH_PLANS) as session:
            row = kept_plans.publish(session, record, chosen, self._clock(), replacing)
            return kept_plans.record_of(row)

    def published(self, viewer: Viewer, night: Night) -> dict[str, int]:
        """Which plan (id) each unit's crew reads on a night, by unit code."""
        chosen = select(ItineraryRow.unit, ItineraryRow.plan).where(
            ItineraryRow.night == night.date
        )
        with self.reading(viewer, Action.READ_PLANS) as session:
            return dict(session.execute(chosen.order_by(ItineraryRow.unit)).all())

    def published_itinerary(self, viewer: Viewer, night: Night, unit: str) -> Itinerary:
        """What the crew of `unit` drives by on `night`.

        An operator reads that of the own unit, tonight, until it expires: RefusedError
        `itinerary_foreign`, `itinerary_not_tonight`, `itinerary_expired`. MissingError
        `itinerary_missing` when none is published.
        """
        now = self._clock()
        own = scope(viewer, Action.READ_ITINERARY) is Scope.OWN_UNIT_TONIGHT
        if own and unit != viewer.unit:
            raise RefusedError("itinerary_foreign")
        if own and night not in (Night.of(now), Night.coming(now)):
            raise RefusedError("itinerary_not_tonight", night=night)
        with self.reading(viewer, Action.READ_ITINERARY) as session:
            row = session.get(ItineraryRow, (night.date, unit))
        if row is None:
            raise MissingError("itinerary_missing", night=night, unit=unit)
        if own and now >= row.expires:
            raise RefusedError("itinerary_expired")
        return Itinerary.from_dict(row.document)

    def fill(self, viewer: Viewer, region: DemoRegion) -> None:
        """Keep an invented region in place of all there was.

        Raises RefusedError `demo_over_real` on a database that holds anything real.
        """
        with self.writing(viewer, Action.FILL) as session:
            if not (is_empty(session) or is_synthetic(session)):
                raise RefusedError("demo_over_real")
            clear(session)
            meta(session, "synthetic").value = "yes"
            cutoff = region.today - timedelta(days=self._settings.contact_days)
            demo_fill.keep(session, region, cutoff)
