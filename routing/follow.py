"""The best walk of a shift at given prices: what is ahead is followed from its start, compiled."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from routing.ahead import (
    DUE,
    NOWHERE,
    RESTED,
    Ahead,
    Candidates,
    Cells,
    candidates_of,
    look_ahead,
    rested,
)
from routing.instance import NEVER, Instance, end_of
from routing.kernel import inlined, kernel
from routing.routes import Pause, pause_of


@kernel
def best_walk(  # noqa: PLR0917
    instance: Instance,
    shift: int,
    drive: NDArray[np.int32],
    start: NDArray[np.int64],
    prices: NDArray[np.float64],
    tolls: NDArray[np.float64],
    step: int,
) -> tuple[float, NDArray[np.int64]]:
    """Points of the best walk of a shift, and its options in their order.

    `drive` (origin, destination): seconds that obey the triangle inequality. `start`:
    place, and departure due and rested. `prices`: points of each option. `tolls` as of
    `routing.ahead`. `step`: seconds, at most half of the shortest leg and service together.
    """
    candidates = candidates_of(instance, shift, drive, start[0], prices, tolls)
    if len(candidates.option) == 0:
        return 0.0, np.empty(0, dtype=np.int64)
    pause = pause_of(instance, shift)
    closes = instance.option[end_of(instance, shift)].closes
    ahead = look_ahead(candidates, pause, start, closes, step)
    return _follow(candidates, ahead, pause, start)


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
            if moment >= ahead.steps:
                continue
            points = ahead.there.best[coming, spot, moment] - candidates.way[spot]
            if points > best:
                best, where, how, when = points, spot, coming, moment
    return best, where, how, when


@kernel
def _follow(
    candidates: Candidates,
    ahead: Ahead,
    pause: Pause,
    start: NDArray[np.int64],
) -> tuple[float, NDArray[np.int64]]:
    """Points of the best walk, and its options in their order."""
    total, spot, state, moment = _first(candidates, ahead, pause, start)
    walk, stops = np.empty(ahead.steps, dtype=np.int64), 0
    goal, came = total + (candidates.way[spot] if spot != NOWHERE else 0.0), NOWHERE
    legs = candidates.drive // ahead.step
    while spot != NOWHERE:
        index, state, moment = _served(candidates, ahead, pause, spot, state, moment, goal, came)
        walk[stops] = candidates.option[index]
        stops += 1
        goal -= candidates.price[index]
        onward, state, moment = _next(
            candidates, ahead, pause, legs, spot, state, moment, goal, came
        )
        if onward != NOWHERE:
            goal += candidates.toll[spot, onward]
        came, spot = spot, onward
    return total, walk[:stops]


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
        state, moment = RESTED, rested(ahead, pause, time)


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
        moment = max(moment, ahead.soonest[state, spot])
        for onward in range(len(candidates.visit)):
            then = moment + legs[spot, onward]
            if onward in (spot, came) or then >= ahead.steps:
                continue
            wanted = goal + candidates.toll[spot, onward]
            if _reaches(ahead.there, state, onward, then, wanted, spot):
                return onward, state, then
        state, moment = RESTED, rested(ahead, pause, ahead.origin + moment * ahead.step)
    return NOWHERE, state, moment


@kernel
def most_ahead(
    candidates: Candidates, ahead: Ahead, pause: Pause, start: NDArray[np.int64]
) -> float:
    """Points that no walk of the shift exceeds."""
    return _first(candidates, ahead, pause, start)[0]
