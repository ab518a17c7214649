"""The best routes of a shift at given prices of its options, compiled: ng-routes.

Labels are driven forward in time; one that cannot end above what is asked for
(`routing.ahead`) goes no further. A label remembers of the visits that it has made only those
near to where it is (Baldacci, Mingozzi & Roberti 2011), so the best walk is worth at least as
much as the best route, and seldom more.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from routing.ahead import (
    DUE,
    NOWHERE,
    RESTED,
    Ahead,
    Candidates,
    candidates_of,
    look_ahead,
)
from routing.follow import most_ahead
from routing.instance import NEVER, Instance, end_of
from routing.kernel import inlined, kernel
from routing.routes import Labels, Pause, Window, pause_of, serve

WORD = 64

LABEL = np.dtype(
    [
        ("points", "f8"),
        ("time", "i8"),  # of the earliest departure
        ("driven", "i8"),  # seconds on the road
        ("state", "i8"),  # break still to come, or taken
        ("stop", "i8"),  # candidate served last
        ("spot", "i8"),  # where that is
        ("before", "i8"),  # label that it goes on from
        ("next", "i8"),  # next label of the same step of time
        ("also", "i8"),  # next label of the same spot
    ]
)


class Paper(NamedTuple):
    """What labels and walks are written on; one a thread."""

    label: NDArray[np.void]
    made: NDArray[np.uint64]  # (label, word): visits that it may not make now
    walk: NDArray[np.int64]  # (walk, stop): options, the last first
    length: NDArray[np.int64]
    points: NDArray[np.float64]  # (walk,)


class Wanted(NamedTuple):
    """What a label must be good for: worth more than `worth`, home within `limit` of driving."""

    worth: float
    limit: int
    near: NDArray[np.uint64]  # (visit, word): bits of the visits remembered there


def empty_paper(labels: int, visits: int, stops: int = 80) -> Paper:
    """Paper for so many labels."""
    return Paper(
        label=np.zeros(labels, dtype=LABEL),
        made=np.zeros((labels, -(-visits // WORD)), dtype=np.uint64),
        walk=np.zeros((max(1, visits), stops), dtype=np.int64),
        length=np.zeros(max(1, visits), dtype=np.int64),
        points=np.zeros(max(1, visits)),
    )


@kernel
def best_routes(  # noqa: PLR0917
    instance: Instance,
    shift: int,
    drive: NDArray[np.int32],
    start: NDArray[np.int64],
    prices: NDArray[np.float64],
    tolls: NDArray[np.float64],
    near: NDArray[np.uint64],
    limit: int,
    step: int,
    worth: float,
    paper: Paper,
) -> tuple[float, int]:
    """What no route exceeds (`worth` at least), and how many walks worth more are on the paper.

    Where the paper is full the first is what no walk exceeds. `limit`: seconds on the road, the
    way home included; NEVER for none. Arguments else as of `routing.ahead`.
    """
    pause = pause_of(instance, shift)
    candidates = candidates_of(instance, shift, drive, start[0], prices, tolls)
    if len(candidates.option) == 0:
        return worth, 0
    closes = instance.option[end_of(instance, shift)].closes
    ahead = look_ahead(candidates, pause, start, closes, step)
    most = most_ahead(candidates, ahead, pause, start)
    if most <= worth:
        return worth, 0
    wanted = Wanted(worth, limit, near)
    head = np.full(ahead.steps, NOWHERE, dtype=np.int64)
    done = np.full(len(candidates.visit), NOWHERE, dtype=np.int64)
    best = np.full(len(candidates.visit), NOWHERE, dtype=np.int64)
    used = 0
    for index in range(len(candidates.option)):
        if used + 2 > len(paper.label):
            return most, 0
        leave = Labels(start[1], start[2])
        used = _go_on(candidates, ahead, paper, wanted, head, leave, pause, index, NOWHERE, used)
    highest = worth
    for moment in range(ahead.steps):
        number = head[moment]
        while number != NOWHERE:
            label = paper.label[number]
            following, spot = label.next, label.spot
            if not _dominated(paper, done[spot], number):
                label.also, done[spot] = done[spot], number
                highest = max(highest, label.points)
                if best[spot] == NOWHERE or paper.label[best[spot]].points < label.points:
                    best[spot] = number
                used = _extend(candidates, ahead, paper, wanted, head, pause, number, used)
                if used < 0:
                    return most, _write(candidates, paper, best, worth)
            number = following
    return highest, _write(candidates, paper, best, worth)


@kernel
def _extend(  # noqa: PLR0917
    candidates: Candidates,
    ahead: Ahead,
    paper: Paper,
    wanted: Wanted,
    head: NDArray[np.int64],
    pause: Pause,
    number: int,
    used: int,
) -> int:
    """Go on from a label to every candidate; how many labels there are then, -1 for too many."""
    label = paper.label[number]
    leave = Labels(NEVER, label.time) if label.state == RESTED else Labels(label.time, NEVER)
    for spot in range(len(candidates.visit)):
        if _bit(paper.made, number, candidates.visit[spot]):
            continue
        arrival = label.time + candidates.drive[label.spot, spot]
        for index in range(candidates.first[spot], candidates.first[spot + 1]):
            if arrival > candidates.closes[index]:
                continue
            if used + 2 > len(paper.label):
                return -1
            used = _go_on(candidates, ahead, paper, wanted, head, leave, pause, index, number, used)
    return used


@inlined
def _go_on(  # noqa: PLR0917
    candidates: Candidates,
    ahead: Ahead,
    paper: Paper,
    wanted: Wanted,
    head: NDArray[np.int64],
    leave: Labels,
    pause: Pause,
    index: int,
    before: int,
    used: int,
) -> int:
    """Labels of a candidate served next, where they may still end as is wanted."""
    spot = _spot_of(candidates, index)
    visit = candidates.visit[spot]
    points = candidates.price[index] - candidates.way[spot]
    seconds, driven = candidates.away[spot], 0
    if before != NOWHERE:
        origin = paper.label[before].spot
        seconds = candidates.drive[origin, spot]
        points = paper.label[before].points + candidates.price[index]
        points -= candidates.toll[origin, spot]
        driven = paper.label[before].driven
    driven += seconds * (wanted.limit < NEVER)  # what has no limit tells no labels apart
    window = Window(candidates.opens[index], candidates.closes[index], candidates.service[index])
    then = serve(leave, seconds, window, pause)
    for state in range(2):
        time = then.due if state == DUE else then.rested
        if time > candidates.home_by[state, spot] or driven + candidates.home[spot] > wanted.limit:
            continue
        moment = (time - ahead.origin) // ahead.step
        more, onward = (
            ahead.onward.best[state, spot, moment],
            ahead.onward.spot[state, spot, moment],
        )
        if onward != NOWHERE and before != NOWHERE:  # noqa: PLR1714 (compiled)
            made = candidates.visit[onward]
            if _bit(paper.made, before, made) and _bit(wanted.near, visit, made):
                more = ahead.onward.other[state, spot, moment]
        if points + more <= wanted.worth:
            continue
        label = paper.label[used]
        label.points, label.time, label.driven, label.state = points, time, driven, state
        label.stop, label.spot, label.before = index, spot, before
        label.next, head[moment] = head[moment], used
        for word in range(paper.made.shape[1]):
            kept = np.uint64(0) if before == NOWHERE else paper.made[before, word]
            paper.made[used, word] = kept & wanted.near[visit, word]
        paper.made[used, visit // WORD] |= np.uint64(1) << np.uint64(visit % WORD)
        used += 1
    return used


@inlined
def _spot_of(candidates: Candidates, index: int) -> int:
    return int(np.searchsorted(candidates.first, index, side="right")) - 1


@inlined
def _bit(bits: NDArray[np.uint64], row: int, number: int) -> bool:
    return (bits[row, number // WORD] >> np.uint64(number % WORD)) & np.uint64(1) != 0


@kernel
def _dominated(paper: Paper, other: int, number: int) -> bool:
    """Whether a label met before at the same spot can do all that this one can."""
    label = paper.label[number]
    while other != NOWHERE:
        rival = paper.label[other]
        if (
            rival.points >= label.points
            and rival.time <= label.time
            and rival.driven <= label.driven
            and rival.state >= label.state
        ):
            within = True
            for word in range(paper.made.shape[1]):
                if paper.made[other, word] & ~paper.made[number, word]:
                    within = False
            if within:
                return True
        other = rival.also
    return False


@kernel
def _write(candidates: Candidates, paper: Paper, best: NDArray[np.int64], worth: float) -> int:
    """The best walk to each last spot that is worth more; how many there are."""
    walks = 0
    for spot in range(len(best)):
        number, stops = best[spot], 0
        if number == NOWHERE or paper.label[number].points <= worth:
            continue
        while number != NOWHERE and stops < paper.walk.shape[1]:
            paper.walk[walks, stops] = candidates.option[paper.label[number].stop]
            number = paper.label[number].before
            stops += 1
        paper.length[walks] = stops
        paper.points[walks] = paper.label[best[spot]].points
        walks += 1
    return walks
