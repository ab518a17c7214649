"""What each place and moment of a shift can still bring at given prices, compiled.

Backward in time, in whole steps (times are rounded down, so nothing is missed): points that
a walk may still make after it leaves a spot, and after it comes to one. Walks may make a
visit again but not A-B-A (2-cycle elimination: Christofides, Mingozzi & Toth 1981) and have no
limit on driving but pay a toll for it, so that no route brings more than the best walk.
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
    toll: NDArray[np.float64]  # (spot, spot) points of the way on and home instead of home
    way: NDArray[np.float64]  # (spot,) points of the way there and home


class Cells(NamedTuple):
    """(state, spot, step): points, the same where `spot` is not next, and that spot."""

    best: NDArray[np.float64]
    other: NDArray[np.float64]
    spot: NDArray[np.int32]


class Ahead(NamedTuple):
    """Points still to come after leaving (`onward`) and on coming to (`there`) a spot.

    The first of `steps` steps begins at `origin` and lasts `step` seconds, as all others. The
    toll of the way home is paid as one comes: what is left is never worth less than nothing.
    """

    onward: Cells
    there: Cells
    origin: int
    step: int
    steps: int
    soonest: NDArray[np.int64]  # (state, spot) step before which nobody leaves


@kernel
def candidates_of(  # noqa: PLR0917
    instance: Instance,
    shift: int,
    drive: NDArray[np.int32],
    begin: int,
    prices: NDArray[np.float64],
    tolls: NDArray[np.float64],
) -> Candidates:
    """Allowed options with a positive price (others never help a walk), seen from `begin`.

    `tolls` (origin, destination): points that each leg costs, in which no detour is cheaper;
    empty where driving is free.
    """
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
    toll, way = np.zeros((spots, spots)), np.zeros(spots)
    if len(tolls) > 0:
        # A route that has begun is on the road already: it pays for what it adds.
        direct = tolls[begin, end.place] if instance.shift[shift].locked > 0 else 0.0
        for spot in range(spots):
            home = tolls[place[spot], end.place]
            way[spot] = tolls[begin, place[spot]] + home - direct
            for other in range(spots):
                onward = tolls[place[spot], place[other]] + tolls[place[other], end.place]
                toll[spot, other] = max(0.0, onward - home)
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
        toll,
        way,
    )


@kernel
def look_ahead(
    candidates: Candidates, pause: Pause, start: NDArray[np.int64], closes: int, step: int
) -> Ahead:
    """All cells of a shift that is over at `closes`, the latest first.

    `start`: place, and departure due and rested. `step`: seconds, at most half of the shortest
    leg and service together.
    """
    origin = min(start[1], start[2])
    steps = max(1, (closes - origin) // step + 2)
    ahead = Ahead(
        _no_cells(len(candidates.visit), steps),
        _no_cells(len(candidates.visit), steps),
        origin,
        step,
        steps,
        _soonest(candidates, pause, start, step, steps),
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


@kernel
def _soonest(
    candidates: Candidates, pause: Pause, start: NDArray[np.int64], step: int, steps: int
) -> NDArray[np.int64]:
    """(state, spot): the step in which a walk leaves at the earliest."""
    origin = min(start[1], start[2])
    soonest = np.full((2, len(candidates.visit)), steps, dtype=np.int64)
    for spot in range(len(candidates.visit)):
        for index in range(candidates.first[spot], candidates.first[spot + 1]):
            begin = max(origin + candidates.away[spot], candidates.opens[index])
            for state in (RESTED, DUE):
                leave = begin + candidates.service[index]
                if state == RESTED:
                    leave = max(leave, min(start[2], pause.opens + pause.length))
                soonest[state, spot] = min(soonest[state, spot], (leave - origin) // step)
    return soonest


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
    if moment < ahead.soonest[state, spot]:  # nobody is so early: as who leaves next
        if moment + 1 < ahead.steps:
            cells = ahead.onward
            cells.best[state, spot, moment] = cells.best[state, spot, moment + 1]
            cells.other[state, spot, moment] = cells.other[state, spot, moment + 1]
            cells.spot[state, spot, moment] = cells.spot[state, spot, moment + 1]
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
        points -= candidates.toll[spot, onward]
        if points > best:
            best, other, following = points, best, onward
        elif points > other:
            other = points
    found = (best, other, following)
    _note(ahead, ahead.onward, pause, state, spot, moment, found)


@inlined
def rested(ahead: Ahead, pause: Pause, time: int) -> int:
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
        then = rested(ahead, pause, ahead.origin + moment * ahead.step)
        if then < ahead.steps:
            found = _merged(found, cells, RESTED, spot, then, 0.0)
    cells.best[state, spot, moment] = found[0]
    cells.other[state, spot, moment] = found[1]
    cells.spot[state, spot, moment] = found[2]
