"""Which shifts are alike: whatever one of them drives, any other could, for the same points."""

from __future__ import annotations

from dataclasses import replace

from routing.instance import Compiled


def kinds_of(compiled: Compiled) -> tuple[int, ...]:
    """For each shift the first of those that are like it, itself where none is before it.

    Alike are shifts of the same bases, hours, break and limits that may serve the same
    options for the same points; what crews speak and know counts only by what they may serve.
    """
    first: dict[object, int] = {}
    return tuple(
        first.setdefault(_likeness(compiled, shift), shift) for shift in range(len(compiled.shifts))
    )


def _likeness(compiled: Compiled, shift: int) -> object:
    """What two shifts must share to be alike."""
    instance = compiled.instance
    unnamed = replace(compiled.shifts[shift], unit="any", languages=frozenset(), skills=frozenset())
    serves = instance.allowed[:, shift].tobytes(), instance.affinity[:, shift].tobytes()
    return unnamed, *serves
