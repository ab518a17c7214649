"""Free places: what the programmes last said, one entry for each wide area and target."""

from __future__ import annotations

from sqlalchemy import select

from data.access import Action, Viewer
from data.models import FreePlacesRow
from data.store import Store
from geo.free_places import Free, FreePlaces, Target, WideArea


def free_places(store: Store, viewer: Viewer) -> tuple[FreePlaces, ...]:
    """All entries, by area and target."""
    order = (FreePlacesRow.area, FreePlacesRow.target)
    with store.reading(viewer, Action.READ_PLACES) as session:
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
    row = FreePlacesRow(
        area=places.area.value,
        target=places.target.value,
        free=places.free.value,
        emergency=places.emergency,
        call=places.call,
        entered=places.entered,
    )
    with store.writing(viewer, Action.WRITE_PLACES) as session:
        session.merge(row)
