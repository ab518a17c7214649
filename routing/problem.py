"""The planning problem: a team orienteering problem with time windows, in integers.

Time is whole seconds from the night's local noon (before it they are negative), distance
whole metres, value whole points. Values are validated at construction, so that a solver
never meets a wrong one. The same type states one night or a week: a shift and an option
carry the index of their night (0 for a single night).
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from numbers import Integral

import numpy as np
from numpy.typing import NDArray

from geo.errors import InputError, MissingError

UNREACHABLE = 2**30
"""Seconds or metres between places that no road joins."""

EARLIEST = -43_200
"""No time of a night lies earlier: an outing by day begins on the morning before its noon."""

LATEST = 2 * 86_400
"""No time of a night lies later: two days of seconds, well past the next noon."""

MOST_NIGHTS = 62
"""The nights of one problem fit the bits of one machine word."""


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
    Raises InputError `not_whole`, `out_of_range` or `window_reversed`, naming the field.
    """

    opens: int
    closes: int
    service: int
    value: int
    night: int = 0

    def __post_init__(self) -> None:
        _window("option", self.opens, self.closes)
        _whole("option.service", self.service, 0, LATEST)
        _whole("option.value", self.value, 0, 10**9)
        _whole("option.night", self.night, 0, MOST_NIGHTS - 1)


@dataclass(frozen=True)
class Visit:
    """A place that a unit may (or, if `required`, must) go to.

    `place`: row in the travel matrices. `languages`: the crew speaks at least one, where
    any is given; `skills`: the crew has all (roles such as `mediatore`). `only`: the
    shifts' unit codes it is fixed to, None for any; `never`: those it is forbidden to.
    `discreet`: only a unit that can come unmarked. `materials`: kits handed out.
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
    materials: int = 0
    territory: str = ""

    def __post_init__(self) -> None:
        if not self.key:
            raise InputError("empty", field="visit.key")
        _whole("visit.place", self.place, 0)
        _whole("visit.most", self.most, 1)
        _whole("visit.spacing", self.spacing, 1)
        _whole("visit.materials", self.materials, 0)


@dataclass(frozen=True)
class Break:
    """A rest of `length` seconds that begins in [opens, closes], not while serving.

    It is taken where the unit stands: before it drives off or when it has arrived. A
    unit that is home by `closes` needs none.
    """

    opens: int
    closes: int
    length: int

    def __post_init__(self) -> None:
        _window("pause", self.opens, self.closes)
        _whole("pause.length", self.length, 1, LATEST)


@dataclass(frozen=True)
class Shift:
    """One unit on one night: where it starts and ends, when, with whom, how far.

    `start`/`end`: rows in the travel matrices. `driving`: most seconds on the road,
    `metres`: most metres, `materials`: kits on board, None for no limit. `mode` names
    the travel matrix. `crew`: persons; a crew of one serves nobody. `walking`: most seconds
    of a way on foot from a van that is parked, None when the crew stays with it. `kinds`: the
    kinds of visit that it makes, None for all.
    `locked`: (visit key, option index) already under way or promised in this order, first.
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
    discreet: bool = True
    materials: int | None = None
    walking: int | None = None
    kinds: frozenset[Kind] | None = None

    def __post_init__(self) -> None:
        if not self.unit:
            raise InputError("empty", field="shift.unit")
        _window("shift", self.opens, self.closes)
        _whole("shift.start", self.start, 0)
        _whole("shift.end", self.end, 0)
        _whole("shift.crew", self.crew, 0)
        _whole("shift.night", self.night, 0, MOST_NIGHTS - 1)
        for name in ("driving", "metres", "materials", "walking"):
            limit = getattr(self, name)
            if limit is not None:
                _whole(f"shift.{name}", limit, 0)

    @property
    def key(self) -> tuple[str, int]:
        """Unit and night: what a route answers to."""
        return (self.unit, self.night)


@dataclass(frozen=True, eq=False)
class Travel:
    """Square int matrices between places: `seconds`, `metres`; UNREACHABLE where no way.

    They need not be symmetric nor obey the triangle inequality.
    """

    seconds: NDArray[np.int64]
    metres: NDArray[np.int64]

    def __post_init__(self) -> None:
        for name in ("seconds", "metres"):
            object.__setattr__(self, name, _matrix(f"travel.{name}", getattr(self, name)))
        if self.seconds.shape != self.metres.shape:
            raise InputError(
                "matrix_shape",
                field="travel.metres",
                expected=self.seconds.shape,
                got=self.metres.shape,
            )

    @property
    def places(self) -> int:
        """How many places the matrices join."""
        return len(self.seconds)

    def joins(self, origin: int, destination: int) -> bool:
        """Whether a way leads from one place to the other."""
        return bool(self.seconds[origin, destination] < UNREACHABLE)


@dataclass(frozen=True, eq=False)
class Problem:
    """A night or a week to plan. `travel` maps a shift's mode to its matrices.

    Raises InputError `twice` (a visit key, or a unit twice on one night), `unknown` (a
    place, mode, night or locked visit that does not exist) or `out_of_range`.
    """

    visits: tuple[Visit, ...]
    shifts: tuple[Shift, ...]
    travel: Mapping[str, Travel]
    diminishing: float = 0.6
    nights: int = 1
    notes: Mapping[str, object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        _whole("problem.nights", self.nights, 1, MOST_NIGHTS)
        if not 0.0 <= self.diminishing <= 1.0:
            raise InputError(
                "out_of_range", field="problem.diminishing", got=self.diminishing, least=0, most=1
            )
        sizes = {travel.places for travel in self.travel.values()}
        if len(sizes) > 1:
            raise InputError("matrix_shape", field="problem.travel", expected="one size", got=sizes)
        _distinct("problem.visits", [visit.key for visit in self.visits])
        _distinct("problem.shifts", [shift.key for shift in self.shifts])
        for visit in self.visits:
            self._refuse_unknown_place(f"visit {visit.key}", visit.place)
            for option in visit.options:
                _whole(f"visit {visit.key} option.night", option.night, 0, self.nights - 1)
        for shift in self.shifts:
            self._refuse_unknown_shift(shift)

    @property
    def places(self) -> int:
        """Places of the travel matrices (0 without any)."""
        return next((travel.places for travel in self.travel.values()), 0)

    @cached_property
    def visit_by_key(self) -> dict[str, Visit]:
        return {visit.key: visit for visit in self.visits}

    @cached_property
    def shift_by_key(self) -> dict[tuple[str, int], Shift]:
        return {shift.key: shift for shift in self.shifts}

    def visit(self, key: str) -> Visit:
        """The visit with that key; raises MissingError `visit`."""
        if key not in self.visit_by_key:
            raise MissingError("visit_missing", visit=key)
        return self.visit_by_key[key]

    def diminished(self, value: int, rank: int) -> int:
        """Points of a zone's visit that is its `rank`-th best of the week (0 the best)."""
        return round(value * self.diminishing**rank)

    def _refuse_unknown_place(self, name: str, place: int) -> None:
        if place >= self.places:
            raise InputError("unknown", field=f"{name} place", got=place)

    def _refuse_unknown_shift(self, shift: Shift) -> None:
        name = f"shift {shift.unit}"
        if shift.mode not in self.travel:
            raise InputError("unknown", field=f"{name} mode", got=shift.mode)
        _whole(f"{name} night", shift.night, 0, self.nights - 1)
        self._refuse_unknown_place(name, shift.start)
        self._refuse_unknown_place(name, shift.end)
        for key, index in shift.locked:
            visit = self.visit_by_key.get(key)
            if visit is None or not 0 <= index < len(visit.options):
                raise InputError("unknown", field=f"{name} locked", got=key)
            if visit.options[index].night != shift.night:
                raise InputError("unknown", field=f"{name} locked night", got=key)


def part_of(problem: Problem, keys: Container[str]) -> Problem:
    """The problem of the visits of these keys, with no other places than theirs."""
    visits = [visit for visit in problem.visits if visit.key in keys]
    ends = [place for shift in problem.shifts for place in (shift.start, shift.end)]
    places = sorted({*ends, *(visit.place for visit in visits)})
    row = {place: number for number, place in enumerate(places)}
    kept = np.ix_(places, places)
    return replace(
        problem,
        visits=tuple(replace(visit, place=row[visit.place]) for visit in visits),
        shifts=tuple(
            replace(shift, start=row[shift.start], end=row[shift.end]) for shift in problem.shifts
        ),
        travel={
            mode: Travel(travel.seconds[kept], travel.metres[kept])
            for mode, travel in problem.travel.items()
        },
    )


def _whole(name: str, value: object, least: int, most: int = UNREACHABLE) -> None:
    """Refuse what is no whole number, NaN included, and what is out of range."""
    if not isinstance(value, Integral) or isinstance(value, bool):
        raise InputError("not_whole", field=name, got=str(value))
    if not least <= int(value) <= most:
        raise InputError("out_of_range", field=name, got=int(value), least=least, most=most)


def _window(name: str, opens: int, closes: int) -> None:
    _whole(f"{name}.opens", opens, EARLIEST, LATEST)
    _whole(f"{name}.closes", closes, EARLIEST, LATEST)
    if closes < opens:
        raise InputError("window_reversed", field=name, opens=opens, closes=closes)


def _matrix(name: str, given: object) -> NDArray[np.int64]:
    """A read-only square int64 matrix; refuses NaN, fractions and negative entries."""
    array = np.asarray(given)
    if array.ndim != 2 or array.shape[0] != array.shape[1]:
        raise InputError("matrix_shape", field=name, expected="square", got=array.shape)
    if array.dtype.kind == "f" and array.size and np.isnan(array).any():
        raise InputError("not_whole", field=name, got="nan")
    if array.dtype.kind not in "iu" and array.size:
        raise InputError("not_whole", field=name, got=str(array.dtype))
    whole: NDArray[np.int64] = np.minimum(array.astype(np.int64), UNREACHABLE)
    if array.size and whole.min() < 0:
        raise InputError(
            "out_of_range", field=name, got=int(whole.min()), least=0, most=UNREACHABLE
        )
    whole.setflags(write=False)
    return whole


def _distinct(name: str, keys: list[str] | list[tuple[str, int]]) -> None:
    seen: set[object] = set()
    for key in keys:
        if key in seen:
            raise InputError("twice", field=name, got=str(key))
        seen.add(key)
