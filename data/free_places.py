"""Free places: what the programmes last said, one entry for each wide area and target."""

from __future__ import annotations

from sqlalchemy import select

from data.access import Action, Viewer
from data.models import FreePlacesRow
from data.records import free_places_row
from data.store import Store
from geo.free_places import Free, FreePlaces, Target, WideArea


def free_places(store: Store, viewer: Viewer) -> tuple[FreePlaces, ...]:
    """All entries, by area and target."""
    order = (FreePlacesRow.area, FreePlacesRow.target)
    with store.reading(viewer, Action.READ_FREE_PLACES) as session:
        return tuple(
            FreePlaces(
                WideArea(row.area),
                Target(row.target),
                Free(row.free),
                row.emergency,
                row.call,
                row.entered,
            )
            for row in session.scalars(select(FreePlacesRow).order_by(*order))
        )


def say(store: Store, viewer: Viewer, places: FreePlaces) -> None:
    """Keep an entry in place of the one of the same area and target."""
    with store.writing(viewer, Action.WRITE_FREE_PLACES) as session:
        session.merge(free_places_row(places))
