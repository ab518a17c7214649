"""What each place and moment of a shift can still bring at given prices, compiled.

Backward in time, in whole steps (times are rounded down, so nothing is missed): points that
a walk may still make after it leaves a spot, and after it comes to one. Walks may make a
visit again but not A-B-A (2-cycle elimination: Christofides, Mingozzi & Toth 1981) and know
no limit on driving, so that no route brings more than the best walk.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from routing.instance import NEVER, Instance, end_of
from routing.kernel import inlined, kernel
from routing.routes import Pause, pause_of

NOWHERE = -1
NOTHING = -1e18
DUE, RESTED = 0, 1


class Candidates(NamedTuple):
    """The options that a walk may take, sorted by `spot`: a visit that has any."""

    option: NDArray[np.int64]
    opens: NDArray[np.int64]
    closes: NDArray[np.int64]
    service: NDArray[np.int64]
    price: NDArray[np.float64]
    first: NDArray[np.int64]  # (spot + 1,) where the options of a spot begin
    visit: NDArray[np.int64]  # (spot,) number of the visit
    drive: NDArray[np.int64]  # (spot, spot) seconds
    away: NDArray[np.int64]  # (spot,) seconds from the start
    home: NDArray[np.int64]  # (spot,) seconds to the end
    home_by: NDArray[np.int64]  # (state, spot) latest departure that is home in time


class Cells(NamedTuple):
    """(state, spot, step): points, the same where `spot` is not next, and that spot."""

    best: NDArray[np.float64]
    other: NDArray[np.float64]
    spot: NDArray[np.int32]


class Ahead(NamedTuple):
    """Points still to come after leaving (`onward`) and on coming to (`there`) a spot.

    The first of `steps` steps begins at `origin` and lasts `step` seconds, as all others.
    """

    onward: Cells
    there: Cells
    origin: int
    step: int
    steps: int


@kernel
def best_walk(  # noqa: PLR0917
    instance: Instance,
    shift: int,
    drive: NDArray[np.int32],
    start: NDArray[np.int64],
    prices: NDArray[np.float64],
    step: int,
    made: NDArray[np.float64],
    weight: float,
) -> float:
    """Points of the best walk of a shift; adds `weight` to `made` of its options.

    `drive` (origin, destination): seconds that obey the triangle inequality. `start`:
    place, and departure due and rested. `prices`: points of each option. `step`: seconds,
    at most half of the shortest leg and service together.
    """
    candidates = candidates_of(instance, shift, drive, start[0], prices)
    if len(candidates.option) == 0:
        return 0.0
    pause = pause_of(instance, shift)
    closes = instance.option[end_of(instance, shift)].closes
    ahead = look_ahead(candidates, pause, min(start[1], start[2]), closes, step)
    return _follow(candidates, ahead, pause, start, made, weight)


@kernel
def candidates_of(
    instance: Instance,
    shift: int,
    drive: NDArray[np.int32],
    begin: int,
    prices: NDArray[np.float64],
) -> Candidates:
    """Allowed options with a positive price (others never help a walk), seen from `begin`."""
    option = np.flatnonzero(instance.allowed[:, shift] & (prices > 0.0))
    option = option[
        np.argsort(instance.option["visit"][option], kind="mergesort")
    ]  # walks are last
    count = len(option)
    table = np.empty((3, count), dtype=np.int64)
    first = np.zeros(count + 1, dtype=np.int64)
    visit = np.empty(count, dtype=np.int64)
    place = np.empty(count, dtype=np.int64)
    spots = 0
    for index in range(count):
        record = instance.option[option[index]]
        if spots == 0 or visit[spots - 1] != record.visit:
            visit[spots] = record.visit
            place[spots] = record.place
            spots += 1
        first[spots] = index + 1
        table[0, index] = record.opens
        table[1, index] = record.closes
        table[2, index] = record.service
    end = instance.option[end_of(instance, shift)]
    pause = pause_of(instance, shift)
    between = np.empty((spots, spots), dtype=np.int64)
    ends = np.empty((2, spots), dtype=np.int64)
    by = np.empty((2, spots), dtype=np.int64)
    for spot in range(spots):
        ends[0, spot] = drive[begin, place[spot]]
        ends[1, spot] = drive[place[spot], end.place]
        by[RESTED, spot] = end.closes - ends[1, spot]
        by[DUE, spot] = -NEVER
        if pause.length > 0:
            rest_first = min(pause.closes, by[RESTED, spot] - pause.length)
            by[DUE, spot] = min(end.closes, pause.closes) - ends[1, spot]
            if rest_first >= pause.opens:
                by[DUE, spot] = max(by[DUE, spot], rest_first)
        for other in range(spots):
            between[spot, other] = drive[place[spot], place[other]]
    return Candidates(
        option,
        table[0],
        table[1],
        table[2],
        prices[option],
        first[: spots + 1],
        visit[:spots],
        between,
        ends[0],
        ends[1],
        by,
    )


@kernel
def look_ahead(candidates: Candidates, pause: Pause, origin: int, closes: int, step: int) -> Ahead:
    """All cells of a shift that is over at `closes`, the latest first.

    `step`: seconds, at most half of the shortest leg and service together.
    """
    steps = max(1, (closes - origin) // step + 2)
    ahead = Ahead(
        _no_cells(len(candidates.visit), steps),
        _no_cells(len(candidates.visit), steps),
        origin,
        step,
        steps,
    )
    legs = candidates.drive // step
    spots = len(candidates.visit)
    for moment in range(steps - 1, -1, -1):
        # A leg or a service lasts a step at least, so one of two passes over `there` is enough.
        for state in (RESTED, DUE):
            for spot in range(spots):
                _come(candidates, ahead, pause, state, spot, moment)
        for state in (RESTED, DUE):
            for spot in range(spots):
                _leave(candidates, ahead, pause, legs, state, spot, moment)
        for state in (RESTED, DUE):
            for spot in range(spots):
                _come(candidates, ahead, pause, state, spot, moment)
    return ahead


@inlined
def _no_cells(spots: int, steps: int) -> Cells:
    shape = (2, spots, steps)
    return Cells(
        np.full(shape, NOTHING), np.full(shape, NOTHING), np.full(shape, NOWHERE, dtype=np.int32)
    )


@kernel
def _come(  # noqa: PLR0917
    candidates: Candidates, ahead: Ahead, pause: Pause, state: int, spot: int, moment: int
) -> None:
    """Coming to a spot: the best of its options and of what follows, or the break first."""
    time = ahead.origin + moment * ahead.step
    found = (NOTHING, NOTHING, NOWHERE)
    for index in range(candidates.first[spot], candidates.first[spot + 1]):
        if time > candidates.closes[index]:
            continue
        leave = max(time, candidates.opens[index]) + candidates.service[index]
        if leave <= candidates.home_by[state, spot]:
            then = (leave - ahead.origin) // ahead.step
            found = _merged(found, ahead.onward, state, spot, then, candidates.price[index])
    _note(ahead, ahead.there, pause, state, spot, moment, found)


@kernel
def _leave(  # noqa: PLR0917
    candidates: Candidates,
    ahead: Ahead,
    pause: Pause,
    legs: NDArray[np.int64],
    state: int,
    spot: int,
    moment: int,
) -> None:
    """Leaving a spot: home, on to another, or the break first."""
    time = ahead.origin + moment * ahead.step
    if time > candidates.home_by[state, spot]:
        return
    there = ahead.there
    best, other, following = 0.0, 0.0, NOWHERE
    for onward in range(len(candidates.visit)):
        then = moment + legs[spot, onward]
        if onward == spot or then >= ahead.steps:
            continue
        points = there.best[state, onward, then]
        if points <= other:
            continue
        if there.spot[state, onward, then] == spot:
            points = there.other[state, onward, then]
        if points > best:
            best, other, following = points, best, onward
        elif points > other:
            other = points
    found = (best, other, following)
    _note(ahead, ahead.onward, pause, state, spot, moment, found)


@inlined
def _rested(ahead: Ahead, pause: Pause, time: int) -> int:
    """The step at which a break that begins now is over; past all steps where it is too late."""
    rest = max(time, pause.opens)
    if rest > pause.closes:
        return ahead.steps
    return (rest + pause.length - ahead.origin) // ahead.step


@inlined
def _merged(  # noqa: PLR0917
    found: tuple[float, float, int], cells: Cells, state: int, spot: int, moment: int, price: float
) -> tuple[float, float, int]:
    """The best and the best that goes on elsewhere, with the ways of one more cell."""
    best, other, following = found
    points = price + cells.best[state, spot, moment]
    elsewhere = price + cells.other[state, spot, moment]
    if cells.spot[state, spot, moment] == following:
        best, other = max(best, points), max(other, elsewhere)
    elif points > best:
        other = max(best, elsewhere)
        best, following = points, cells.spot[state, spot, moment]
    else:
        other = max(other, points)
    return best, other, following


@inlined
def _note(  # noqa: PLR0917
    ahead: Ahead,
    cells: Cells,
    pause: Pause,
    state: int,
    spot: int,
    moment: int,
    found: tuple[float, float, int],
) -> None:
    """Write a cell down: what was found, or the break first where it is due and that is better."""
    if state == DUE:
        then = _rested(ahead, pause, ahead.origin + moment * ahead.step)
        if then < ahead.steps:
            found = _merged(found, cells, RESTED, spot, then, 0.0)
    cells.best[state, spot, moment] = found[0]
    cells.other[state, spot, moment] = found[1]
    cells.spot[state, spot, moment] = found[2]


@kernel
def _first(
    candidates: Candidates, ahead: Ahead, pause: Pause, start: NDArray[np.int64]
) -> tuple[float, int, int, int]:
    """The best first spot: points, spot (NOWHERE to stay), state and step of coming there."""
    best, where, how, when = 0.0, NOWHERE, RESTED, 0
    for spot in range(len(candidates.visit)):
        for state in range(3):  # the third: the break first, then the leg
            if state == DUE:
                leave = start[1]
            elif state == RESTED:
                leave = start[2]
            else:
                leave = max(start[1], pause.opens) + pause.length
                if start[1] >= NEVER or max(start[1], pause.opens) > pause.closes:
                    continue
            if leave >= NEVER:
                continue
            moment = (leave + candidates.away[spot] - ahead.origin) // ahead.step
            coming = min(state, RESTED)
            if moment < ahead.steps and ahead.there.best[coming, spot, moment] > best:
                best, where = ahead.there.best[coming, spot, moment], spot
                how, when = coming, moment
    return best, where, how, when


@kernel
def _follow(  # noqa: PLR0917
    candidates: Candidates,
    ahead: Ahead,
    pause: Pause,
    start: NDArray[np.int64],
    made: NDArray[np.float64],
    weight: float,
) -> float:
    """Points of the best walk; adds `weight` to `made` of its options."""
    total, spot, state, moment = _first(candidates, ahead, pause, start)
    goal, came = total, NOWHERE
    legs = candidates.drive // ahead.step
    while spot != NOWHERE:
        index, state, moment = _served(candidates, ahead, pause, spot, state, moment, goal, came)
        made[candidates.option[index]] += weight
        goal -= candidates.price[index]
        came, (spot, state, moment) = (
            spot,
            _next(candidates, ahead, pause, legs, spot, state, moment, goal, came),
        )
    return total


@inlined
def _reaches(  # noqa: PLR0917
    cells: Cells, state: int, spot: int, moment: int, goal: float, came: int
) -> bool:
    """Whether a cell holds the points wanted without going back to where one came from."""
    if came != NOWHERE and cells.spot[state, spot, moment] == came:
        return cells.other[state, spot, moment] >= goal - 1e-6
    return cells.best[state, spot, moment] >= goal - 1e-6


@kernel
def _served(  # noqa: PLR0917
    candidates: Candidates,
    ahead: Ahead,
    pause: Pause,
    spot: int,
    state: int,
    moment: int,
    goal: float,
    came: int,
) -> tuple[int, int, int]:
    """The option that a walk takes on coming to a spot; state and step of leaving."""
    while True:
        time = ahead.origin + moment * ahead.step
        for index in range(candidates.first[spot], candidates.first[spot + 1]):
            leave = max(time, candidates.opens[index]) + candidates.service[index]
            if time > candidates.closes[index] or leave > candidates.home_by[state, spot]:
                continue
            then = (leave - ahead.origin) // ahead.step
            if _reaches(ahead.onward, state, spot, then, goal - candidates.price[index], came):
                return index, state, then
        # None does: it rests first.
        state, moment = RESTED, _rested(ahead, pause, time)


@kernel
def _next(  # noqa: PLR0917
    candidates: Candidates,
    ahead: Ahead,
    pause: Pause,
    legs: NDArray[np.int64],
    spot: int,
    state: int,
    moment: int,
    goal: float,
    came: int,
) -> tuple[int, int, int]:
    """Where a walk goes on to from a spot; state and step of coming there."""
    while goal > 1e-6:
        for onward in range(len(candidates.visit)):
            then = moment + legs[spot, onward]
            if onward in (spot, came) or then >= ahead.steps:
                continue
            if _reaches(ahead.there, state, onward, then, goal, spot):
                return onward, state, then
        state, moment = RESTED, _rested(ahead, pause, ahead.origin + moment * ahead.step)
    return NOWHERE, state, moment


@kernel
def most_ahead(
    candidates: Candidates, ahead: Ahead, pause: Pause, start: NDArray[np.int64]
) -> float:
    """Points that no walk of the shift exceeds."""
    return _first(candidates, ahead, pause, start)[0]
