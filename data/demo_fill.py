"""An invented region into the tables: its records of the last weeks, the rest as totals."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pandas as pd
from sqlalchemy import insert
from sqlalchemy.orm import Session

from data.conflict_rows import case_row, ordinance_row, report_rows
from data.contacts import add_months, dates, insert_contacts, insert_effort, with_entry
from data.count_entries import CountState
from data.models import (
    ConflictReportRow,
    ContactEntryRow,
    CountPassRow,
    CountRow,
    CountWeatherRow,
    EffortMonthRow,
    HandoverRow,
    NightWeatherRow,
    PlaceZoneMonthRow,
    PlannedVisitRow,
    PresenceRow,
    SensitivePlaceRow,
    VisitRow,
)
from data.records import desk_row, free_places_row, outing_row, promise_row, unit_row, zone_row
from data.tables import add_visits, insert_frame
from geo.conflicts import frame_of
from geo.count_weather import WeatherRule
from geo.night import Night

if TYPE_CHECKING:
    from data.demo import DemoRegion


def keep(session: Session, region: DemoRegion, cutoff: date) -> None:
    """Keep all of a region in empty tables; outings of nights before `cutoff` are counted into
    the monthly totals at once, as those of a file would be."""
    session.add_all(map(zone_row, region.zones))
    session.add_all(map(unit_row, region.units))
    session.add_all(map(desk_row, region.desks))
    session.flush()
    session.add_all(map(promise_row, region.promises))
    insert_frame(session, PresenceRow, region.presence)
    insert_frame(session, VisitRow, region.visits.drop_duplicates())
    _keep_outings(session, region, cutoff)
    _keep_conflicts(session, region)
    insert_frame(session, NightWeatherRow, region.months.weather)
    insert_frame(session, PlannedVisitRow, region.months.planned)
    earlier = region.months.earlier
    insert_frame(session, EffortMonthRow, earlier[["zone", "month", "hours"]])
    totals = earlier[["zone", "month", "persons"]].rename(columns={"persons": "contacts"})
    insert_frame(session, PlaceZoneMonthRow, totals[totals["contacts"] > 0])
    _keep_counts(session, region, WeatherRule())
    session.add_all(free_places_row(places) for places in region.free_places)
    session.add_all(
        HandoverRow(
            month=one.month,
            municipality=one.municipality,
            receiver=one.receiver.value,
            organisation="",
            persons=one.persons,
        )
        for one in region.handovers
    )


def _keep_counts(session: Session, region: DemoRegion, rule: WeatherRule) -> None:
    """Count nights, what their forecasts came to, and what crews entered."""
    for one in region.counts:
        terms, night = one.terms, Night(one.night)
        held = bool(one.weather)
        row = CountRow(
            night=one.night, first=one.night, reserve=one.reserve,
            state=(CountState.HELD if held else CountState.PLANNED).value,
            opens=terms.opens, closes=terms.closes, minutes=terms.minutes,
            passes=terms.passes, spacing=terms.spacing,
            owners=dict(one.owners), bound={},
        )  # fmt: skip
        session.add(row)
        session.flush()
        entered = night.at(terms.window(night)[0]) - timedelta(hours=5)
        session.add_all(
            CountWeatherRow(
                count=row.id, night=one.night, entered=entered,
                rain=forecast.rain, wind=forecast.wind, fog=forecast.fog,
                verdict=rule.gate(forecast).value, most_rain=rule.rain, most_wind=rule.wind,
            )
            for forecast in one.weather
        )  # fmt: skip
        session.add_all(
            CountPassRow(
                count=row.id, zone=each.zone, number=each.number, unit=each.unit,
                organisation=each.organisation, planned=each.planned,
                groups=[[g.persons, g.gender, g.macro_area, g.age_class] for g in each.groups],
            )
            for each in one.passings
        )  # fmt: skip


def _keep_conflicts(session: Session, region: DemoRegion) -> None:
    invented = region.conflicts
    if invented.reports:
        session.execute(insert(ConflictReportRow), report_rows(frame_of(invented.reports)))
    insert_frame(session, SensitivePlaceRow, invented.sensitive)
    session.add_all(map(ordinance_row, invented.ordinances))
    session.add_all(map(case_row, invented.cases))
    session.add_all(map(outing_row, invented.outings))
    session.add_all(map(promise_row, invented.visits))


def _keep_outings(session: Session, region: DemoRegion, cutoff: date) -> None:
    """One entry for each unit and night that went out."""
    keys = ["unit", "night"]
    organisation = dict(
        region.records[["unit", "organisation"]].drop_duplicates().itertuples(index=False)
    )
    out = pd.concat([region.records[keys], region.effort[keys]]).drop_duplicates()
    out = out[out["unit"].isin(organisation.keys())].sort_values(keys)
    rows = [
        ContactEntryRow(
            organisation=organisation[unit], unit=unit, night=night, closed=night < cutoff
        )
        for unit, night in zip(out["unit"], dates(out), strict=True)
    ]
    session.add_all(rows)
    session.flush()
    kept = {(row.unit, row.night): row.id for row in rows if not row.closed}
    gone = {(row.unit, row.night): row.id for row in rows if row.closed}
    insert_contacts(session, with_entry(region.records, kept))
    insert_effort(session, with_entry(region.effort, kept))
    old = with_entry(region.effort, gone)
    add_months(session, with_entry(region.records, gone), old)
    add_visits(session, zip(old["zone"], dates(old), strict=True))
