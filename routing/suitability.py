"""Whether a shift's unit and crew suit a visit at all, whatever the time."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import replace

from routing.problem import Shift, Visit

Unfit = Callable[[Visit, Shift], bool]

UNFIT: dict[str, Unfit] = {
    "crew_alone": lambda visit, shift: shift.crew < 2,
    "purpose": lambda visit, shift: shift.kinds is not None and visit.kind not in shift.kinds,
    "mode": lambda visit, shift: shift.mode not in visit.modes,
    "language": lambda visit, shift: (
        bool(visit.languages) and not visit.languages & shift.languages
    ),
    "skill": lambda visit, shift: not visit.skills <= shift.skills,
    "discreet": lambda visit, shift: visit.discreet and not shift.discreet,
    "materials": lambda visit, shift: (
        shift.materials is not None and visit.materials > shift.materials
    ),
    "forbidden": lambda visit, shift: shift.unit in visit.never,
    "fixed_elsewhere": lambda visit, shift: visit.only is not None and shift.unit not in visit.only,
}
"""Reasons against a pairing, the most basic first."""


def needs_of(visit: Visit) -> Hashable:
    """All that the reasons look at: visits that share it suit the same shifts."""
    who = (visit.kind, visit.languages, visit.skills, visit.only, visit.never)
    return (*who, visit.modes, visit.discreet, visit.materials)


def misfits(visit: Visit, shift: Shift) -> tuple[str, ...]:
    """Every reason why the shift may not serve the visit; empty when it may."""
    return tuple(reason for reason, unfit in UNFIT.items() if unfit(visit, shift))


def suits(visit: Visit, shift: Shift) -> bool:
    """Whether the shift may serve the visit, as far as unit and crew are concerned."""
    return not any(unfit(visit, shift) for unfit in UNFIT.values())


def copy_of(unit: str, number: int) -> str:
    """The code of a unit like another, of which there are more than one."""
    return f"{unit} +{number}"


def open_to_copies(visit: Visit, units: Iterable[str], count: int) -> Visit:
    """The visit, open and closed to `count` copies of units just as to the units themselves."""

    def with_copies(codes: frozenset[str]) -> frozenset[str]:
        like = codes & set(units)
        return codes | {copy_of(unit, number + 1) for unit in like for number in range(count)}

    only = None if visit.only is None else with_copies(visit.only)
    return replace(visit, only=only, never=with_copies(visit.never))
