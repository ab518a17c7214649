"""What a crew speaks tonight."""

from __future__ import annotations

from data.access import Action, Viewer
from data.models import OutingRow, UnitRow
from data.records import outing_of, unit_of
from data.running import permitted
from data.store import Store
from geo.errors import MissingError
from geo.night import Night


def crew_languages(store: Store, viewer: Viewer, night: Night, unit: str) -> frozenset[str]:
    """Languages (ISO 639-1) of the crew that goes out; raises as `data.running.running`."""
    permitted(store, viewer, Action.RECORD_NIGHT, night, unit)
    with store.reading(viewer, Action.RECORD_NIGHT) as session:
        row = session.get(UnitRow, unit)
        if row is None:
            raise MissingError("itinerary_missing", night=night, unit=unit)
        usual = unit_of(row)
        changed = session.get(OutingRow, (night.date, unit))
        return (outing_of(changed, usual).unit if changed else usual).crew.languages
