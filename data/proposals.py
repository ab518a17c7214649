"""Proposals about the zones, kept until a coordinator decides on them.

keep(store, viewer, findings.proposals)
waiting = still_open(store, viewer)                # today, or tomorrow
decide(store, viewer, waiting[0].number, details)  # None: refused

Kept of a proposal are the stretch of at least 500 m that would be the zone, what it rests on
in counts, and who decided; no place of a contact. It goes when contact records of the same
night go, and when a zone that it concerns goes out of use.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

import shapely
from sqlalchemy import select
from sqlalchemy.orm import Session

from data import zones as kept_zones
from data.access import Action, Role, Viewer
from data.models import ZoneProposalRow
from data.retention import cutoff_of
from data.store import Store
from data.tables import is_synthetic
from geo.errors import ConflictError
from geo.night import Night
from geo.zone_changes import ZoneChange, ZoneDetails, change_of
from geo.zone_proposals import Proposal, ProposalKind, Stretch


class ProposalState(StrEnum):
    """How far a proposal is."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REFUSED = "refused"


@dataclass(frozen=True)
class KeptProposal:
    """A proposal by its `number`, of the `night` on which the file was looked at.

    `decided` and `role`: when it was accepted or refused, and by which role.
    """

    number: int
    night: date
    proposal: Proposal
    state: ProposalState = ProposalState.OPEN
    decided: datetime | None = None
    role: Role | None = None


def keep(store: Store, viewer: Viewer, proposals: Iterable[Proposal]) -> None:
    """Keep new proposals, in place of the open ones that say the same of an older look.

    A new zone where one is proposed already keeps that one's code. What was refused is not
    proposed again on the same figures.
    """
    night, first = Night.of(store.now()).date, cutoff_of(store)
    with store.writing(viewer, Action.WRITE_CONTACTS) as session:
        known = [(row, proposal_of(row)) for row in _rows(session, first)]
        for proposal in proposals:
            same = [(row, old) for row, old in known if _same(old, proposal)]
            if any(row.state == ProposalState.REFUSED and _as(old, proposal) for row, old in same):
                continue
            waiting = [(row, old) for row, old in same if row.state == ProposalState.OPEN]
            for row, _old in waiting:
                session.delete(row)
            known = [one for one in known if one not in waiting]
            said = _with_code(proposal, waiting[0][1]) if waiting else proposal
            session.add(_row(said, night, viewer.organisation))


def decisions(store: Store, viewer: Viewer) -> tuple[KeptProposal, ...]:
    """The proposals that were accepted or refused, until they expire; the latest first."""
    first = cutoff_of(store)
    with store.reading(viewer, Action.READ_ZONES) as session:
        found = [_kept(row) for row in _rows(session, first)]
    done = [one for one in found if one.decided]
    return tuple(sorted(done, key=lambda one: (one.decided, one.number), reverse=True))


def still_open(store: Store, viewer: Viewer) -> tuple[KeptProposal, ...]:
    """The proposals that wait for a decision, by kind, then in the order they were made."""
    order, first = list(ProposalKind), cutoff_of(store)
    with store.reading(viewer, Action.READ_ZONES) as session:
        in_use = {zone.code for zone in kept_zones.in_use(session)}
        found = [_kept(row) for row in _rows(session, first, ProposalState.OPEN)]
    found = [one for one in found if in_use.issuperset(one.proposal.zones)]
    return tuple(sorted(found, key=lambda one: (order.index(one.proposal.kind), one.number)))


def decide(
    store: Store, viewer: Viewer, number: int, details: ZoneDetails | None = None
) -> ZoneChange:
    """Accept a proposal, with the `details` of a zone that begins; None refuses it.

    The zones change in the same transaction, and the other open proposals on them are let go:
    they spoke of what was. Raises ConflictError `proposal_decided` (it is not open any more),
    and as `geo.zone_changes.change_of` and `data.zones.change`: then nothing is changed.
    """
    now, first = store.now(), cutoff_of(store)
    with store.writing(viewer, Action.WRITE_ZONES) as session:
        row = session.get(ZoneProposalRow, number)
        if row is None or row.state != ProposalState.OPEN or row.night < first:
            raise ConflictError("proposal_decided")
        change = ZoneChange()
        if details:
            zones = {zone.code: zone for zone in kept_zones.in_use(session)}
            synthetic = is_synthetic(session)
            change = change_of(proposal_of(row), zones, details, synthetic=synthetic)
        row.state = ProposalState.ACCEPTED if details else ProposalState.REFUSED
        row.decided, row.role = now, viewer.role.value
        session.flush()
        kept_zones.change(session, change, Night.of(now).date)
        kept_zones.let_go(session, change.touched)
        return change


def codes(store: Store, viewer: Viewer) -> frozenset[str]:
    """The codes that open proposals would give, which no other may."""
    found = still_open(store, viewer)
    return frozenset(part.code for one in found for part in one.proposal.stretches)


def proposal_of(row: ZoneProposalRow) -> Proposal:
    """The proposal that a row holds."""
    stretches = tuple(
        Stretch(**one | {"geometry": shapely.from_wkb(one["geometry"])}) for one in row.stretches
    )
    return Proposal(ProposalKind(row.kind), tuple(row.zones), stretches, row.fields)


def _kept(row: ZoneProposalRow) -> KeptProposal:
    return KeptProposal(
        row.id,
        row.night,
        proposal_of(row),
        ProposalState(row.state),
        row.decided,
        Role(row.role) if row.role else None,
    )


def _row(proposal: Proposal, night: date, organisation: str | None) -> ZoneProposalRow:
    return ZoneProposalRow(
        night=night,
        kind=proposal.kind.value,
        zones=list(proposal.zones),
        stretches=[
            {
                "code": part.code,
                "municipality": part.municipality,
                "geometry": shapely.to_wkb(part.geometry, hex=True, byte_order=1),
                "contacts": int(part.contacts),
                "nights": int(part.nights),
            }
            for part in proposal.stretches
        ],
        fields={name: _plain(value) for name, value in proposal.fields.items()},
        state=ProposalState.OPEN.value,
        organisation=organisation,
    )


def _plain(value: Any) -> Any:
    """A figure as JSON writes it, also one of numpy."""
    return value.item() if hasattr(value, "item") else value


def _rows(
    session: Session, first: date, state: ProposalState | None = None
) -> list[ZoneProposalRow]:
    chosen = select(ZoneProposalRow).where(ZoneProposalRow.night >= first)
    if state:
        chosen = chosen.where(ZoneProposalRow.state == state.value)
    return list(session.scalars(chosen.order_by(ZoneProposalRow.id)))


def _same(old: Proposal, new: Proposal) -> bool:
    """Whether two proposals are about the same: the zones, or where there is none the place."""
    if old.kind is not new.kind or old.zones != new.zones:
        return False
    return bool(new.zones) or any(
        one.geometry.intersects(other.geometry) for one in old.stretches for other in new.stretches
    )


def _as(old: Proposal, new: Proposal) -> bool:
    """Whether two proposals rest on the same figures."""
    return all(_plain(new.fields.get(name)) == value for name, value in old.fields.items())


def _with_code(new: Proposal, old: Proposal) -> Proposal:
    """The new proposal, a zone that begins under the code that was proposed for it."""
    if new.kind is not ProposalKind.NEW:
        return new
    (part,), (before,) = new.stretches, old.stretches
    if part.municipality != before.municipality:
        return new
    return replace(new, stretches=(replace(part, code=before.code),))
