"""The tables, a file a feature; import them from here."""

from data.models.access import AccountRow, AuditRow, DatabaseLoginRow
from data.models.conflicts import (
    ConflictPlaceRow,
    ConflictReportRow,
    MediationCaseRow,
    OrdinanceRow,
    SensitivePlaceRow,
)
from data.models.core import (
    Base,
    ContactEntryRow,
    ContactMappingRow,
    ContactRow,
    DeskRow,
    EffortMonthRow,
    EffortRow,
    ItineraryRow,
    MetaRow,
    Moment,
    OutingRow,
    PlanRow,
    PresenceRow,
    PromiseRow,
    RegionMonthRow,
    SettingRow,
    UnitRow,
    VisitRow,
    ZoneMonthRow,
    ZoneRow,
)
from data.models.counts import CountPassRow, CountRow, CountWeatherRow
from data.models.hotline import HotlineMonthRow, HotlineRequestRow
from data.models.monitoring import NightWeatherRow, PlannedVisitRow, ZoneTieRow
from data.models.proposals import ZoneProposalRow
from data.models.releases import PlaceMonthRow, PlaceZoneMonthRow, ReleaseRow
from data.models.running import CrewEventRow
from data.models.services import FreePlacesRow, HandoverRow

__all__ = [
    "AccountRow",
    "AuditRow",
    "Base",
    "ConflictPlaceRow",
    "ConflictReportRow",
    "ContactEntryRow",
    "ContactMappingRow",
    "ContactRow",
    "CountPassRow",
    "CountRow",
    "CountWeatherRow",
    "CrewEventRow",
    "DatabaseLoginRow",
    "DeskRow",
    "EffortMonthRow",
    "EffortRow",
    "FreePlacesRow",
    "HandoverRow",
    "HotlineMonthRow",
    "HotlineRequestRow",
    "ItineraryRow",
    "MediationCaseRow",
    "MetaRow",
    "Moment",
    "NightWeatherRow",
    "OrdinanceRow",
    "OutingRow",
    "PlaceMonthRow",
    "PlaceZoneMonthRow",
    "PlanRow",
    "PlannedVisitRow",
    "PresenceRow",
    "PromiseRow",
    "RegionMonthRow",
    "ReleaseRow",
    "SensitivePlaceRow",
    "SettingRow",
    "UnitRow",
    "VisitRow",
    "ZoneMonthRow",
    "ZoneProposalRow",
    "ZoneRow",
    "ZoneTieRow",
]
