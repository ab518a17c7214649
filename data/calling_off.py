"""A promised stop that is called off while its crew is out.

Whoever was to be met waits no more. The crew's page shows the stop as called off at once, the
crew goes on to the next one and confirms that it has seen it; nothing else of its night
changes until it plans the rest again. A pack on a phone without signal cannot know: until the
crew has confirmed, the coordination is told to call it.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from data.models import CrewEventRow, ItineraryRow, PromiseRow
from data.replanning import named
from data.running import event_row, events_of
from geo.night import Night
from routing.itinerary import Itinerary
from routing.progress import (
    OFFICE,
    CrewEvent,
    EventKind,
    Progress,
    SkipReason,
    StopState,
    progress,
)


class Effect(StrEnum):
    """What calling off means for those who had accepted.

    `NONE`: nobody was going there. `PLAN`: it leaves the plan that is still to be made. `CREW`:
    a crew was going there, and its page says so. `THERE`: the crew is there or has been.
    """

    NONE = "none"
    PLAN = "plan"
    CREW = "crew"
    THERE = "there"


def call_off(session: Session, now: datetime, night: Night, unit: str, key: str) -> Effect:
    """Take a promise back from its unit, in the transaction at hand."""
    row = session.get(ItineraryRow, (night.date, unit), with_for_update=True)
    itinerary = Itinerary.from_dict(row.document) if row else None
    said = events_of(session, night, unit)
    stands = progress(itinerary, said) if itinerary else None
    stop = stands.stop(key) if stands else None
    if stop and stop.state in (StopState.HERE, StopState.DONE):
        return Effect.THERE
    session.execute(delete(PromiseRow).where(PromiseRow.key == key))
    if row is None or stands is None or stop is None:
        return Effect.PLAN
    if stop.state is StopState.SKIPPED:
        return Effect.NONE
    row.changes = _changes(row, stands, named([stop.stop])[0])
    row.version += 1
    values = {"reason": SkipReason.CALLED_OFF.value, "version": row.version}
    number = sum(event.source == OFFICE for event in said)
    event = CrewEvent(_event(key), EventKind.SKIPPED, OFFICE, number, now, key, values)
    session.add(event_row(event, night, unit, now))
    return Effect.CREW


def told(session: Session, key: str) -> bool | None:
    """Whether the crew has confirmed that a stop was called off; None where none was on its way."""
    row = session.scalar(select(CrewEventRow).where(CrewEventRow.id == _event(key)))
    if row is None:
        return None
    said = events_of(session, Night(row.night), row.unit)
    confirmed = (e.values["version"] for e in said if e.kind is EventKind.CONFIRMED)
    return max(confirmed, default=0) >= row.document["version"]


def _event(key: str) -> str:
    """The one event that calls a promise off."""
    return f"{OFFICE}-{key}"


def _changes(row: ItineraryRow, stands: Progress, gone: dict[str, object]) -> dict[str, object]:
    """What the crew is told: this, and what it has not confirmed yet."""
    known = row.changes or {}
    changes: dict[str, object] = {
        "planned": known.get("planned", len(row.document["stops"])),
        "dropped": [], "added": [], "promised": [], "called_off": [], "later": 0, "metres": 0,
    }  # fmt: skip
    if stands.confirmed < row.version:
        changes |= known
    new = [one for one in known.get("promised", ()) if one["key"] != gone["key"]]
    kept = changes.get("called_off")
    before = kept if isinstance(kept, list) else []
    return {
        **changes,
        "promised": new if changes["promised"] else [],
        "called_off": [*before, gone],
    }
