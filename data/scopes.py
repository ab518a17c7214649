"""Which rows belong to an organisation, said once: for the store, and for PostgreSQL itself.

An organisation's own are its units, their outings and itineraries, the zones of the provinces
its units work in with their presence and visits, the contacts its units recorded, the promises
made to its units or (where no unit is named) to its zones, the plans it made and the
proposals that its files led to. What is not named here is not there for a coordinator of an
organisation: a new table is closed until it gets its condition.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, String, cast, event, false, func, literal, or_, select
from sqlalchemy.orm import ORMExecuteState, Session, UOWTransaction, object_mapper
from sqlalchemy.orm import with_loader_criteria as only

from data.models import (
    AuditRow,
    Base,
    ConflictPlaceRow,
    ContactEntryRow,
    ContactMappingRow,
    ContactRow,
    CrewEventRow,
    DeskRow,
    EffortMonthRow,
    EffortRow,
    HandoverRow,
    ItineraryRow,
    MetaRow,
    NightWeatherRow,
    OrdinanceRow,
    OutingRow,
    PlaceZoneMonthRow,
    PlannedVisitRow,
    PlanRow,
    PresenceRow,
    PromiseRow,
    SensitivePlaceRow,
    SettingRow,
    UnitRow,
    VisitRow,
    ZoneMonthRow,
    ZoneProposalRow,
    ZoneRow,
    ZoneTieRow,
)
from geo.errors import RefusedError

Conditions = dict[type[Base], ColumnElement[bool]]

OPEN: tuple[type[Base], ...] = (
    MetaRow,
    SettingRow,
    DeskRow,
    AuditRow,
    ConflictPlaceRow,
    SensitivePlaceRow,
    OrdinanceRow,
)
"""Tables that say the same to everyone; the audit takes its next entry in any session."""


def own(organisation: ColumnElement[str]) -> Conditions:
    """For each table the condition that a row belongs to an organisation."""
    zones, units, entries = ZoneRow.__table__, UnitRow.__table__, ContactEntryRow.__table__
    province = func.substr(zones.c.municipality, 1, 3)
    works_there = cast(units.c.territory, String).like('%"' + province + '"%')
    ours = units.c.organisation == organisation
    unit_codes = select(units.c.code).where(ours)
    zone = select(units.c.code).where(ours, works_there).correlate(zones).exists()
    zone_codes = select(zones.c.code).where(zone)
    entry_ids = select(entries.c.id).where(entries.c.unit.in_(unit_codes))
    return {
        ZoneRow: zone,
        UnitRow: UnitRow.organisation == organisation,
        PresenceRow: PresenceRow.zone.in_(zone_codes),
        VisitRow: VisitRow.zone.in_(zone_codes),
        ZoneMonthRow: ZoneMonthRow.zone.in_(zone_codes),
        PlaceZoneMonthRow: PlaceZoneMonthRow.zone.in_(zone_codes),
        ZoneTieRow: ZoneTieRow.zone.in_(zone_codes),
        PlannedVisitRow: PlannedVisitRow.unit.in_(unit_codes),
        EffortMonthRow: EffortMonthRow.zone.in_(zone_codes),
        ContactEntryRow: ContactEntryRow.unit.in_(unit_codes),
        ContactRow: ContactRow.entry.in_(entry_ids),
        EffortRow: EffortRow.entry.in_(entry_ids),
        OutingRow: OutingRow.unit.in_(unit_codes),
        CrewEventRow: CrewEventRow.unit.in_(unit_codes),
        ItineraryRow: ItineraryRow.unit.in_(unit_codes),
        PromiseRow: or_(
            PromiseRow.unit.in_(unit_codes),
            PromiseRow.unit.is_(None) & PromiseRow.zone.in_(zone_codes),
        ),
        PlanRow: PlanRow.organisation == organisation,
        HandoverRow: HandoverRow.organisation == organisation,
        ZoneProposalRow: ZoneProposalRow.organisation == organisation,
        # How a file is read says nothing of what was in it, nor the weather of a night; whoever
        # has no organisation sees neither.
        ContactMappingRow: organisation.is_not(None),
        NightWeatherRow: organisation.is_not(None),
    }


def confine(session: Session, organisation: str) -> None:
    """Let a session see and change nothing but an organisation's own rows.

    Every statement gets the condition of each table it names; a row that is written must be
    the organisation's own afterwards, or RefusedError `not_own` undoes the transaction.
    """
    session.info["confined"] = organisation
    conditions = own(literal(organisation))
    closed = [mapper.class_ for mapper in Base.registry.mappers]
    options = [
        only(table, conditions.get(table, false()), include_aliases=True)
        for table in closed
        if table not in OPEN
    ]

    @event.listens_for(session, "do_orm_execute")
    def _confined(state: ORMExecuteState) -> None:
        if not state.is_insert:
            state.statement = state.statement.options(*options)

    @event.listens_for(session, "after_flush")
    def _checked(session: Session, _context: UOWTransaction) -> None:
        for row in (*session.new, *session.dirty):
            if not isinstance(row, OPEN):
                _check(session, row, conditions)


def _check(session: Session, row: Any, conditions: Conditions) -> None:
    mapper = object_mapper(row)
    table = mapper.class_
    keys = zip(mapper.primary_key, mapper.primary_key_from_instance(row), strict=True)
    named = [column == value for column, value in keys]
    found = session.connection().execute(
        select(literal(1)).where(*named, conditions.get(table, false()))
    )
    if found.first() is None:
        raise RefusedError("not_own")
