"""The planning problem: a team orienteering problem with time windows, in integers.

Time is whole seconds from the night's local noon, distance whole metres, value whole
points. Values are validated at construction, so that a solver never meets a wrong one.
The same type states one night or a week: a shift and an option carry the index of
their night (0 for a single night).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

UNREACHABLE = 2**30
"""Seconds or metres between places that no road joins."""


class Kind(StrEnum):
    """Why a crew goes somewhere."""

    ZONE = "zone"
    APPOINTMENT = "appointment"
    ACCOMPANIMENT = "accompaniment"
    HOTLINE = "hotline"
    MEDIATION = "mediation"


@dataclass(frozen=True)
class Option:
    """One way of making a visit: service begins in [opens, closes] and lasts `service`.

    A zone with several presence windows, or with a visit that may be shortened for part
    of the value, has several options; at most one of them is used a night.
    """

    opens: int
    closes: int
    service: int
    value: int
    night: int = 0


@dataclass(frozen=True)
class Visit:
    """A place that a unit may (or, if `required`, must) go to.

    `place`: row in the travel matrices. `languages`: the crew speaks at least one, where
    any is given; `skills`: the crew has all (roles such as `mediatore`). `only`: the
    shifts' unit codes it is fixed to, None for any; `never`: those it is forbidden to.
    `most`: visits at most over the problem's nights, each further one worth `Problem.
    diminishing` of the one before; `spacing`: least nights between two of them.
    """

    key: str
    place: int
    options: tuple[Option, ...]
    kind: Kind = Kind.ZONE
    required: bool = False
    languages: frozenset[str] = frozenset()
    skills: frozenset[str] = frozenset()
    modes: frozenset[str] = frozenset({"van", "foot"})
    discreet: bool = False
    only: frozenset[str] | None = None
    never: frozenset[str] = frozenset()
    most: int = 1
    spacing: int = 1


@dataclass(frozen=True)
class Break:
    """A rest of `length` seconds that begins in [opens, closes], not while serving."""

    opens: int
    closes: int
    length: int


@dataclass(frozen=True)
class Shift:
    """One unit on one night: where it starts and ends, when, with whom, how far.

    `start`/`end`: rows in the travel matrices. `driving`: most seconds on the road,
    `metres`: most metres, None for no limit. `mode` names the travel matrix.
    `locked`: (visit key, option index) already done or promised in this order, first.
    """

    unit: str
    start: int
    end: int
    opens: int
    closes: int
    mode: str = "van"
    languages: frozenset[str] = frozenset()
    skills: frozenset[str] = frozenset()
    crew: int = 2
    pause: Break | None = None
    driving: int | None = None
    metres: int | None = None
    night: int = 0
    locked: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, eq=False)
class Travel:
    """Square int matrices between places: `seconds`, `metres`; UNREACHABLE where no way."""

    seconds: NDArray[np.int64]
    metres: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Problem:
    """A night or a week to plan. `travel` maps a shift's mode to its matrices."""

    visits: tuple[Visit, ...]
    shifts: tuple[Shift, ...]
    travel: Mapping[str, Travel]
    diminishing: float = 0.6
    nights: int = 1
    notes: Mapping[str, object] = field(default_factory=dict)
