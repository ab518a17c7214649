"""What crews do a night's work with: how far they walk, what they hand out."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from geo.errors import InputError
from geo.night import MINUTE
from routing.need import Need


@dataclass(frozen=True)
class Means:
    """Limits that hold for every crew; defaults are those of the settings table.

    `walking`: seconds of the longest leg of a crew on foot, `van_walk` of one from its parked
    van (0: the crew stays with it). `kits`: what a crew hands out for each contact expected.
    Raises InputError `means` naming the field.
    """

    walking: int = 45 * MINUTE
    van_walk: int = 8 * MINUTE
    kits: float = 1.0

    def __post_init__(self) -> None:
        for name in ("walking", "van_walk", "kits"):
            value = getattr(self, name)
            if not 0 <= value < math.inf:  # NaN included
                raise InputError("means", field=name, got=value)

    def kits_for(self, needs: Iterable[Need]) -> int:
        """Kits that a visit uses up: for the most persons that one of its windows expects."""
        return self.kits_for_persons(max((need.expected for need in needs), default=0.0))

    def kits_for_persons(self, expected: float) -> int:
        """Kits that so many persons take."""
        return math.ceil(self.kits * expected)
