"""What a crew speaks tonight, and the desks that it can name in those languages."""

from __future__ import annotations

from data.access import Action, Viewer
from data.models import OutingRow, UnitRow
from data.records import outing_of, unit_of
from data.running import permitted
from data.store import Store
from geo.desks import NextDesks, next_by_language
from geo.errors import MissingError
from geo.night import Night

ITALIAN = frozenset({"it"})
"""What every desk speaks: asked for only where a crew speaks nothing else."""


def referral_desks(
    store: Store, viewer: Viewer, night: Night, unit: str
) -> tuple[frozenset[str], NextDesks]:
    """The languages that a crew refers in, and the desks that open next in each of them."""
    every = crew_languages(store, viewer, night, unit)
    wanted = every - ITALIAN or every
    return wanted, next_by_language(store.desks(viewer), store.now(), wanted)


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
