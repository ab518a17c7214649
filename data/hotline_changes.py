"""A hotline request changed or withdrawn by those who answer the telephone, or by who coordinates.

    effect = withdraw(store, viewer, key)             # what it meant for who had accepted
    request, effect = change(store, viewer, request)  # the same key, other words

Whoever answers the telephone may change what a colleague entered: shifts change, the caller
does not. Each is one transaction, in the audit as `requests.change`.
"""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select

from data.access import Action, Viewer
from data.calling_off import Effect, call_off
from data.hotline import free_key, refuse_past, request_as_row, request_row, standing
from data.models import HotlineRequestRow
from data.store import Store
from geo.errors import ConflictError
from geo.night import Night
from routing.requests import HotlineRequest, RequestOutcome


def withdraw(store: Store, viewer: Viewer, key: str) -> Effect:
    """Nobody waits any more: the request ends, and who had accepted it is told.

    Raises MissingError `request_missing`, ConflictError `request_over`.
    """
    with store.writing(viewer, Action.CHANGE_REQUESTS) as session:
        row = request_row(session, key)
        if row.outcome:
            raise ConflictError("request_over", request=key)
        row.outcome = RequestOutcome.WITHDRAWN.value
        if row.unit is None:
            return Effect.NONE
        return call_off(session, store.now(), Night(row.night), row.unit, key)


def change(store: Store, viewer: Viewer, request: HotlineRequest) -> tuple[HotlineRequest, Effect]:
    """Put `request` in the place of the one with its key; as it is kept, and what it meant.

    While nobody has accepted it, or where a crew can go on with it, it keeps its name. Where
    the place, the hours, the language, the mediator or the night of one that was accepted
    change, that one ends (`REPLACED`), its crew is told, and the new one is open to be
    accepted again. Raises as `withdraw` and `data.hotline.enter`, ConflictError
    `request_there` where the crew is there already.
    """
    refuse_past(request, store.now())
    with store.writing(viewer, Action.CHANGE_REQUESTS) as session:
        row = request_row(session, request.key)
        if row.outcome:
            raise ConflictError("request_over", request=request.key)
        before = standing(row).request
        if before.night == request.night and (row.unit is None or request.as_before(before)):
            for name, value in _columns(request).items():
                setattr(row, name, value)
            return request, Effect.NONE
        effect = Effect.NONE
        if row.unit is not None:
            effect = call_off(session, store.now(), Night(row.night), row.unit, row.key)
        if effect is Effect.THERE:
            raise ConflictError("request_there")
        row.outcome = RequestOutcome.REPLACED.value
        taken = set(session.scalars(select(HotlineRequestRow.key)))
        new = replace(request, key=free_key(Night(request.night), taken))
        session.add(request_as_row(new, store.now()))
        return new, effect


def _columns(request: HotlineRequest) -> dict[str, object]:
    """What may change of a row that stays."""
    return {
        "municipality": request.municipality,
        "kind": request.kind.value,
        "urgency": request.urgency.value,
        "opens": request.opens,
        "closes": request.closes,
        "language": request.language,
        "mediator": request.mediator,
    }
