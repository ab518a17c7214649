"""What an accepted proposal does to the zones: which change, which begin, which end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from geo.errors import ConflictError
from geo.zone_proposals import Proposal, ProposalKind, Stretch
from geo.zones import PlaceType, PresenceWindow, Zone


@dataclass(frozen=True)
class ZoneDetails:
    """What contacts alone do not tell of a new zone."""

    place_type: PlaceType
    windows: tuple[PresenceWindow, ...]
    service_minutes: int = 15
    revisit_days: int = 14


@dataclass(frozen=True)
class ZoneChange:
    """A change that happens whole or not at all.

    `saved`: zones as they are afterwards; those whose codes are in `new` did not exist.
    `archived`: codes that end; `absorbed` says which zone goes on in the place of one,
    `parted` of which zone a new one was a part.
    """

    saved: tuple[Zone, ...] = ()
    new: frozenset[str] = frozenset()
    archived: frozenset[str] = frozenset()
    absorbed: Mapping[str, str] = field(default_factory=dict)
    parted: Mapping[str, str] = field(default_factory=dict)

    @property
    def touched(self) -> frozenset[str]:
        """Every zone that the change concerns."""
        return frozenset(zone.code for zone in self.saved) | self.archived


def change_of(
    proposal: Proposal, zones: Mapping[str, Zone], details: ZoneDetails, *, synthetic: bool
) -> ZoneChange:
    """The change that a proposal asks for. `zones`: those in use, by code.

    `details` serve a new zone alone: a part that is split off is as its zone was. A zone
    that goes on keeps everything but its geometry. Raises ConflictError
    `proposal_outdated` (zone) when a zone of the proposal is no longer in use, and what
    `Zone` raises for details that cannot be.
    """
    if gone := [code for code in proposal.zones if code not in zones]:
        raise ConflictError("proposal_outdated", zone=gone[0])
    if proposal.kind is ProposalKind.SILENT:
        return ZoneChange(archived=frozenset(proposal.zones))
    if proposal.kind is ProposalKind.NEW:
        return ZoneChange(
            saved=tuple(_begun(stretch, details, synthetic) for stretch in proposal.stretches),
            new=frozenset(stretch.code for stretch in proposal.stretches),
        )
    first, *others = proposal.zones
    known = zones[first]
    new = frozenset(stretch.code for stretch in proposal.stretches) - {first}
    return ZoneChange(
        saved=tuple(
            replace(
                known,
                code=stretch.code,
                municipality=stretch.municipality,
                geometry=stretch.geometry,
            )
            for stretch in proposal.stretches
        ),
        new=new,
        archived=frozenset(others),
        absorbed=dict.fromkeys(others, first),
        parted=dict.fromkeys(sorted(new), first),
    )


def _begun(stretch: Stretch, details: ZoneDetails, synthetic: bool) -> Zone:
    return Zone(
        code=stretch.code,
        municipality=stretch.municipality,
        place_type=details.place_type,
        geometry=stretch.geometry,
        windows=details.windows,
        service_minutes=details.service_minutes,
        revisit_days=details.revisit_days,
        synthetic=synthetic,
    )
