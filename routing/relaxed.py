"""Relaxed walks and relaxed visits: the two halves of a proven upper bound, compiled.

A relaxed walk may make a visit again and again, but not A-B-A (2-cycle elimination:
Christofides, Mingozzi & Toth 1981), leaves each stop a little early (times are rounded
down to steps) and knows no limit on driving. So the best walk is worth at least as much
as the best route.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from routing.instance import NEVER, Instance, end_of
from routing.kernel import Record, inlined, kernel
from routing.routes import Labels, Pause, Window, pause_of, serve

NOTHING = -1e18
DUE, RESTED = 0, 1
START = -1
"""The predecessor of a first stop."""


class Candidates(NamedTuple):
    """The options that a walk may take, side by side."""

    option: NDArray[np.int64]
    visit: NDArray[np.int64]
    opens: NDArray[np.int64]
    closes: NDArray[np.int64]
    service: NDArray[np.int64]
    price: NDArray[np.float64]
    drive: NDArray[np.int64]  # (origin, destination) seconds
    home_due: NDArray[np.int64]  # latest departure that is home in time, break still to come
    home_rested: NDArray[np.int64]


LABEL = np.dtype(
    [
        ("points", "f8"),
        ("before", "i8"),  # number of the label that it goes on from
        ("came", "i8"),  # visit of that label
    ]
)


class Ladder(NamedTuple):
    """Labels by step of time, break state and candidate: two each, from different visits."""

    label: NDArray[np.void]  # (step, state, candidate, 2) LABEL
    origin: int
    step: int


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
    """Points of the best relaxed walk of a shift; adds `weight` to `made` of its options.

    `drive` (origin, destination): seconds that obey the triangle inequality. `start`:
    place, and departure due and rested. `prices`: points of each option. `step`: seconds,
    at most the shortest leg and service together.
    """
    pause = pause_of(instance, shift)
    candidates = _candidates(instance, shift, drive, prices, pause)
    count = len(candidates.option)
    origin = min(start[1], start[2])
    steps = max(1, (instance.option[end_of(instance, shift)].closes - origin) // step + 2)
    ladder = Ladder(_no_labels(steps, count), origin, step)
    for index in range(count):
        seconds = drive[start[0], instance.option[candidates.option[index]].place]
        leave = Labels(start[1], start[2])
        _go_on(ladder, candidates, index, leave, seconds, pause, 0.0, START, START)
    best, label = _climb(ladder, candidates, pause)
    while label != START:
        made[candidates.option[(label // 2) % count]] += weight
        label = ladder.label.reshape(-1)[label].before
    return best


@kernel
def _no_labels(steps: int, count: int) -> NDArray[np.void]:
    labels = np.empty((steps, 2, count, 2), dtype=LABEL)
    for index in range(labels.size):
        label = labels.reshape(-1)[index]
        label.points, label.before, label.came = NOTHING, START, START - 1
    return labels


@kernel
def _candidates(
    instance: Instance,
    shift: int,
    drive: NDArray[np.int32],
    prices: NDArray[np.float64],
    pause: Pause,
) -> Candidates:
    """Allowed options with a positive price; others never help a walk."""
    option = np.flatnonzero(instance.allowed[:, shift] & (prices > 0.0))
    count = len(option)
    table = np.empty((6, count), dtype=np.int64)
    between = np.empty((count, count), dtype=np.int64)
    end = instance.option[end_of(instance, shift)]
    for index in range(count):
        record = instance.option[option[index]]
        to_home = drive[record.place, end.place]
        rested = end.closes - to_home
        due = -NEVER
        if pause.length > 0:
            rest_first = min(pause.closes, rested - pause.length)
            due = min(end.closes, pause.closes) - to_home
            if rest_first >= pause.opens:
                due = max(due, rest_first)
        table[0, index] = record.visit
        table[1, index] = record.opens
        table[2, index] = record.closes
        table[3, index] = record.service
        table[4, index] = due
        table[5, index] = rested
        for other in range(count):
            between[index, other] = drive[record.place, instance.option[option[other]].place]
    return Candidates(
        option, table[0], table[1], table[2], table[3], prices[option], between, table[4], table[5]
    )


@kernel
def _climb(ladder: Ladder, candidates: Candidates, pause: Pause) -> tuple[float, int]:
    """Extend all labels in the order of time; points and number of the best."""
    count = len(candidates.option)
    best, best_label = 0.0, START
    # Dominance: the two best labels met so far of each candidate, from different visits.
    most = _no_labels(1, count)[0]
    for step in range(ladder.label.shape[0]):
        time = ladder.origin + step * ladder.step
        for state in range(2):
            leave = Labels(NEVER, time) if state == RESTED else Labels(time, NEVER)
            for index in range(count):
                for rank in range(2):
                    label = ladder.label[step, state, index, rank]
                    points, came = label.points, label.came
                    if points == NOTHING:
                        break
                    if not _enters(most[state, index, 0], most[state, index, 1], points, came):
                        continue
                    number = ((step * 2 + state) * count + index) * 2 + rank
                    if points > best:
                        best, best_label = points, number
                    here = candidates.visit[index]
                    for then in range(count):
                        seconds = candidates.drive[index, then]
                        if time + seconds > candidates.closes[then]:
                            continue
                        if candidates.visit[then] not in (here, came):
                            _go_on(
                                ladder,
                                candidates,
                                then,
                                leave,
                                seconds,
                                pause,
                                points,
                                number,
                                here,
                            )
    return best, best_label


@inlined
def _go_on(  # noqa: PLR0917
    ladder: Ladder,
    candidates: Candidates,
    index: int,
    leave: Labels,
    seconds: int,
    pause: Pause,
    points: float,
    number: int,
    came: int,
) -> None:
    """Serve one more candidate, `seconds` on; keep what can still be home in time."""
    window = Window(candidates.opens[index], candidates.closes[index], candidates.service[index])
    then = serve(leave, seconds, window, pause)
    gain = points + candidates.price[index]
    if then.due <= candidates.home_due[index]:
        _keep(ladder, then.due, DUE, index, gain, number, came)
    if then.rested <= candidates.home_rested[index]:
        _keep(ladder, then.rested, RESTED, index, gain, number, came)


@inlined
def _keep(  # noqa: PLR0917
    ladder: Ladder, time: int, state: int, index: int, gain: float, number: int, came: int
) -> None:
    """Keep the two best labels of a cell that come from different visits."""
    step = (time - ladder.origin) // ladder.step
    first = ladder.label[step, state, index, 0]
    second = ladder.label[step, state, index, 1]
    if gain > first.points:
        if first.came != came:
            second.points, second.before, second.came = first.points, first.before, first.came
        first.points, first.before, first.came = gain, number, came
    elif gain > second.points and first.came != came:
        second.points, second.before, second.came = gain, number, came


@inlined
def _enters(first: Record, second: Record, points: float, came: int) -> bool:
    """Whether a label is worth extending: no earlier ones are at least as good.

    One earlier label from the same visit, or two from different ones, dominate it.
    """
    if points > first.points:
        if first.came != came:
            second.points, second.came = first.points, first.came
        first.points, first.came = points, came
        return True
    if first.came != came and points > second.points:
        second.points, second.came = points, came
        return True
    return False


@kernel
def best_repetitions(
    instance: Instance,
    ranked: NDArray[np.float64],
    prices: NDArray[np.float64],
    nights: int,
    made: NDArray[np.float64],
) -> float:
    """Points of all visits made as often as pays at these prices; notes the options used.

    `ranked` (option, rank): points of an option as the rank-th best of its visit. Spacing
    is not looked at, so this too is an upper bound. A dynamic programme over the nights;
    its state is the set of ranks in use.
    """
    total = 0.0
    for visit in range(len(instance.visit) - 1):
        first = instance.visit[visit].first_option
        last = instance.visit[visit + 1].first_option
        ranks = min(instance.visit[visit].most, nights)
        states = 1 << ranks
        value = np.full((nights + 1, states), NOTHING)
        option_used = np.full((nights + 1, states), -1, dtype=np.int64)
        state_before = np.zeros((nights + 1, states), dtype=np.int64)
        value[0, 0] = 0.0
        for night in range(nights):
            for state in range(states):
                if value[night, state] > value[night + 1, state]:
                    value[night + 1, state] = value[night, state]
                    option_used[night + 1, state] = -1
                    state_before[night + 1, state] = state
                for option in range(first, last):
                    if instance.option[option].night != night or value[night, state] == NOTHING:
                        continue
                    for rank in range(ranks):
                        then = state | (1 << rank)
                        gain = value[night, state] + ranked[option, rank] - prices[option]
                        if then != state and gain > value[night + 1, then]:
                            value[night + 1, then] = gain
                            option_used[night + 1, then] = option
                            state_before[night + 1, then] = state
        state = int(np.argmax(value[nights]))
        total += value[nights, state]
        for night in range(nights, 0, -1):
            if option_used[night, state] >= 0:
                made[option_used[night, state]] += 1.0
            state = state_before[night, state]
    return total
