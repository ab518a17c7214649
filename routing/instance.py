"""A problem as arrays: what the compiled search kernel reads and never writes.

The kernel's unit of choice is the *option*: one way of making one visit. Options are
numbered 0 to n-1, visit by visit, walks last; the start of shift k is number n + k, its end
n + m + k, so that a route is one row of numbers from its start to its end with no special
cases.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from routing.kernel import inlined
from routing.problem import LATEST, UNREACHABLE, Problem, Shift
from routing.scale import Scale, nearest_options, scale_of
from routing.suitability import needs_of, suits
from routing.walks import Choice, longest_way, made_by, option_of, walking_range, walks_of

NEVER = 2**40
"""Later than any time; its negative is earlier than any."""

OPTION = np.dtype(
    [
        ("place", "i8"),  # row of the matrices
        ("opens", "i8"),  # seconds, as all times
        ("closes", "i8"),
        ("service", "i8"),
        ("visit", "i8"),  # which visit it is an option of
        ("night", "i8"),
        ("excludes", "i8"),  # bits of the nights too near for another visit
        ("materials", "i8"),
        ("also_first", "i8"),  # where in `also` the further visits of a walk begin
        ("also_count", "i8"),  # how many those are
        ("worth", "f8"),  # points of a first visit, the promise included
        ("promise", "f8"),  # the part of `worth` that makes a promise be kept
    ]
)
VISIT = np.dtype([("first_option", "i8"), ("most", "i8")])
SHIFT = np.dtype(
    [
        ("number", "i8"),  # its own
        ("mode", "i8"),  # which matrix
        ("locked", "i8"),  # stops of the route that stay as they are
        ("pause_opens", "i8"),
        ("pause_closes", "i8"),
        ("pause_length", "i8"),  # 0 without a break
        ("limited", "i8"),  # whether any of the limits is set
        ("driving_limit", "i8"),
        ("metres_limit", "i8"),
        ("materials_limit", "i8"),
    ]
)
"""Records rather than one array a field: what is read together lies together."""


class Roads(NamedTuple):
    """Travel by mode: seconds both ways round, so that either is read along a row."""

    seconds_to: NDArray[np.int32]  # (mode, destination, origin)
    seconds_from: NDArray[np.int32]  # (mode, origin, destination)
    metres_from: NDArray[np.int32]  # (mode, origin, destination)


class Reach(NamedTuple):
    """Visits v by the loosest of their options, and the ways to them, in 32 bits.

    Rows of `there` and `onward` belong to one place, so that a gap of a route is compared
    with all visits along two rows.
    """

    opens: NDArray[np.int32]  # (v,): the earliest of any option, as the next two
    closes: NDArray[np.int32]  # (v,): the latest
    service: NDArray[np.int32]  # (v,): the shortest
    there: NDArray[np.int32]  # (mode, place, v): seconds from the place to the visit
    onward: NDArray[np.int32]  # (mode, place, v): seconds from the visit to the place
    shortest: int  # service of any visit


class Instance(NamedTuple):
    """Options o (then the starts and the ends), visits v, shifts k, modes and places."""

    options: int
    shifts: int
    option: NDArray[np.void]  # (o,) OPTION
    also: NDArray[np.int64]  # visits that walks make besides their first
    visit: NDArray[np.void]  # (v,) VISIT, and one more that closes the last
    shift: NDArray[np.void]  # (k,) SHIFT
    allowed: NDArray[np.bool_]  # (o, k)
    affinity: NDArray[np.float64]  # (o, k): points for serving o by k, 0 as a rule
    nearest: NDArray[np.int64]  # (o, :): other options, nearest first
    roads: Roads
    reach: Reach
    diminishing: float
    repeats: bool  # whether any visit may be made more than once
    driving_price: float  # points a second on the road


@dataclass(frozen=True, eq=False)
class Compiled:
    """An instance with the names of its options and shifts."""

    problem: Problem
    instance: Instance
    choices: tuple[Choice, ...]
    shifts: tuple[Shift, ...]
    number: Mapping[Choice, int]
    members: NDArray[np.int64]  # (:, 2): a walk's option, and an option that it makes

    @property
    def single(self) -> int:
        """How many options are one visit's: those before the walks."""
        return len(self.choices) - len(np.unique(self.members[:, 0]))

    @property
    def mean_points(self) -> float:
        """Mean points of a visit's best option, promises apart: the scale of the search."""
        points = [
            max(o.value for o in visit.options) for visit in self.problem.visits if visit.options
        ]
        positive = [value for value in points if value > 0]
        return float(np.mean(positive)) if positive else 1.0


def compiled(
    problem: Problem, affinity: NDArray[np.float64] | None = None, scale: Scale | None = None
) -> Compiled:
    """The arrays of a problem; `affinity` (options, shifts) are extra points of a pairing,
    `scale` that of the problem which this one is a part of.

    The affinity of a walk is that of all that it makes.
    """
    scale = scale or scale_of(problem)
    singles = tuple((v.key, index) for v in problem.visits for index in range(len(v.options)))
    choices: tuple[Choice, ...] = (*singles, *walks_of(problem))
    number = {choice: index for index, choice in enumerate(choices)}
    members = np.array(
        [
            (walk, number[made])
            for walk, choice in enumerate(choices[len(singles) :], start=len(singles))
            for made in made_by(choice)
        ],
        dtype=np.int64,
    ).reshape(-1, 2)
    modes = sorted({shift.mode for shift in problem.shifts})
    pairing = (len(choices), len(problem.shifts))
    points = np.zeros(pairing)
    if affinity is not None:
        points[: len(singles)] = affinity
        np.add.at(points, members[:, 0], affinity[members[:, 1]])
    records, roads = _option_records(problem, choices, points), _roads(problem, modes)
    instance = Instance(
        options=len(choices),
        shifts=len(problem.shifts),
        option=records,
        also=_also(problem, choices),
        visit=_visit_records(problem),
        shift=_shift_records(problem, modes),
        allowed=_allowed(problem, choices, records[: len(choices)], members),
        affinity=points,
        nearest=nearest_options(problem, records[: len(choices)], scale.other_night),
        roads=roads,
        reach=_reach(problem, records[: len(choices)], roads),
        diminishing=float(problem.diminishing),
        repeats=any(visit.most > 1 for visit in problem.visits) and problem.nights > 1,
        driving_price=scale.driving_price,
    )
    return Compiled(problem, instance, choices, problem.shifts, number, members)


def _option_records(
    problem: Problem, choices: tuple[Choice, ...], affinity: NDArray[np.float64]
) -> NDArray[np.void]:
    promise = _promise(problem) + float(affinity.max(axis=1, initial=0.0).sum())
    numbers = {visit.key: number for number, visit in enumerate(problem.visits)}
    rows: list[tuple[float, ...]] = []
    also = 0
    for choice in choices:
        option = option_of(problem, choice)
        visits = [problem.visit(key) for key, _ in made_by(choice)]
        promised = promise * sum(visit.required for visit in visits)
        rows.append(
            (
                visits[0].place,
                option.opens,
                option.closes,
                option.service,
                numbers[visits[0].key],
                option.night,
                _nights_near(option.night, visits[0].spacing),
                sum(visit.materials for visit in visits),
                also,
                len(visits) - 1,
                option.value + promised,
                promised,
            )
        )
        also += len(visits) - 1
    for ends in ([s.start for s in problem.shifts], [s.end for s in problem.shifts]):
        rows += [
            (place, shift.opens, shift.closes, 0, 0, shift.night, 0, 0, 0, 0, 0.0, 0.0)
            for place, shift in zip(ends, problem.shifts, strict=True)
        ]
    return np.array(rows, dtype=OPTION)


def _also(problem: Problem, choices: tuple[Choice, ...]) -> NDArray[np.int64]:
    """The visits that walks make besides their first, walk by walk."""
    numbers = {visit.key: number for number, visit in enumerate(problem.visits)}
    further = [numbers[key] for choice in choices for key, _ in made_by(choice)[1:]]
    return np.array(further or [0], dtype=np.int64)  # numba reads no empty array's type


def _visit_records(problem: Problem) -> NDArray[np.void]:
    first = np.cumsum([0] + [len(visit.options) for visit in problem.visits])
    most = [visit.most for visit in problem.visits] + [0]
    return np.array(list(zip(first, most, strict=True)), dtype=VISIT)


def _shift_records(problem: Problem, modes: list[str]) -> NDArray[np.void]:
    def row(number: int, shift: Shift) -> tuple[int, ...]:
        limits = (shift.driving, shift.metres, shift.materials)
        pause = shift.pause
        return (
            number,
            modes.index(shift.mode),
            len(shift.locked),
            *((pause.opens, pause.closes, pause.length) if pause else (0, 0, 0)),
            any(limit is not None for limit in limits),
            *(NEVER if limit is None else limit for limit in limits),
        )

    return np.array([row(*pair) for pair in enumerate(problem.shifts)], dtype=SHIFT)


def _allowed(
    problem: Problem,
    choices: tuple[Choice, ...],
    options: NDArray[np.void],
    members: NDArray[np.int64],
) -> NDArray[np.bool_]:
    """(o, k): visits that need the same are judged once; a walk is allowed as all it makes."""
    shifts = problem.shifts
    like = {needs_of(visit): visit for visit in problem.visits}
    group = {needs: number for number, needs in enumerate(like)}
    fits = [suits(visit, shift) for visit in like.values() for shift in shifts]
    rows = _integers(group[needs_of(visit)] for visit in problem.visits)
    table = np.array(fits, dtype=np.bool_).reshape(len(like), len(shifts))
    allowed: NDArray[np.bool_] = table[rows[options["visit"]]]
    allowed &= options["night"][:, None] == _integers(s.night for s in shifts)[None, :]
    walks, first = np.unique(members[:, 0], return_index=True)
    if len(walks):
        ways = _integers(longest_way(problem, made_by(choices[walk])) for walk in walks)
        ranges = _integers(walking_range(shift) for shift in shifts)
        every = np.logical_and.reduceat(allowed[members[:, 1]], first, axis=0)
        allowed[walks] = every & (ways[:, None] <= ranges[None, :])
    return allowed


def _roads(problem: Problem, modes: list[str]) -> Roads:
    # int32 halves the memory that the insertion loop runs through.
    shape = (len(modes), problem.places, problem.places)
    seconds = np.array([problem.travel[mode].seconds for mode in modes], np.int32).reshape(shape)
    metres = np.array([problem.travel[mode].metres for mode in modes], np.int32).reshape(shape)
    return Roads(np.ascontiguousarray(seconds.transpose(0, 2, 1)), seconds, metres)


def _reach(problem: Problem, options: NDArray[np.void], roads: Roads) -> Reach:
    """The loosest window and the ways of every visit; walks begin at their first visit."""
    count, visit = len(problem.visits), options["visit"]
    opens, closes = np.full(count, LATEST), np.full(count, -1)
    service = np.full(count, LATEST)
    np.minimum.at(opens, visit, options["opens"])
    np.maximum.at(closes, visit, options["closes"])
    np.minimum.at(service, visit, options["service"])
    place = _integers(each.place for each in problem.visits)
    there, onward = (np.take(way, place, 2) for way in (roads.seconds_from, roads.seconds_to))
    for way in (there, onward):  # two ways and a service must not overflow
        np.minimum(way, UNREACHABLE // 2, out=way)
    return Reach(
        opens=opens.astype(np.int32),
        closes=closes.astype(np.int32),
        service=service.astype(np.int32),
        there=there,
        onward=onward,
        shortest=int(service.min(initial=LATEST)),
    )


def _promise(problem: Problem) -> float:
    """More points than everything else together: a promise goes before any value."""
    return 1.0 + sum(v.most * max((o.value for o in v.options), default=0) for v in problem.visits)


def _nights_near(night: int, spacing: int) -> int:
    """Bits of the nights on which a visit excludes another visit on `night`."""
    near = range(max(0, night - spacing + 1), min(62, night + spacing))
    return sum(1 << other for other in near)


def _integers(values: object) -> NDArray[np.int64]:
    return np.fromiter(values, dtype=np.int64)  # type: ignore[call-overload]


@inlined
def start_of(instance: Instance, shift: int) -> int:
    """The number that stands for the start of a shift's route."""
    return instance.options + shift


@inlined
def end_of(instance: Instance, shift: int) -> int:
    """The number that stands for the end of a shift's route."""
    return instance.options + instance.shifts + shift
