"""How far is far: the measures that a problem's ways give, and who is near whom."""

from __future__ import annotations

from functools import reduce
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from routing.kernel import inlined, kernel
from routing.problem import LATEST, Problem

NEAREST_OPTIONS = 100
"""Neighbours kept for each option: enough for most ruins, which take what they find there."""

DRIVING_WEIGHT = 1e-4
"""A mean leg of driving costs this share of a mean visit: it only breaks ties."""


EIGHTHS = 8
NUMBER_BITS = 32


class Scale(NamedTuple):
    """What is the same for every part of a problem: measures taken from all of its ways."""

    driving_price: float  # points a second of driving
    other_night: float  # seconds that another night is away


def scale_of(problem: Problem) -> Scale:
    """The measures that a problem's ways give."""
    return Scale(_driving_price(problem), _other_night(problem))


def _driving_price(problem: Problem) -> float:
    """Points a second of driving costs: a tie-break that outweighs no visit of usual points."""
    points = [option.value for visit in problem.visits for option in visit.options if option.value]
    counts = np.zeros(LATEST + 2, dtype=np.int64)
    for travel in problem.travel.values():
        counts += _counted(travel.seconds, LATEST + 1)
    counts[[0, LATEST + 1]] = 0  # no way, and ways that no night has time for
    if not points or not counts.any():
        return DRIVING_WEIGHT / 60.0
    return DRIVING_WEIGHT * float(np.mean(points)) / _median(counts)


def _other_night(problem: Problem) -> float:
    """Seconds that another night counts as: strings of both are ruined together."""
    if problem.nights == 1 or not problem.places:
        return 0.0
    return _median(_counted(_both_ways(problem), 2 * LATEST)) / 4.0  # about a neighbour's way


def _both_ways(problem: Problem) -> NDArray[np.int32]:
    """(place, place): seconds there and back by the quickest mode, two nights at most."""
    seconds = reduce(np.minimum, [travel.seconds for travel in problem.travel.values()])
    one_way = np.minimum(seconds, 2 * LATEST).astype(np.int32)
    return np.minimum(one_way + one_way.T, 2 * LATEST)


def _counted(whole: NDArray[np.integer], most: int) -> NDArray[np.int64]:
    """How often each whole number occurs, those over `most` as it: quicker than sorting."""
    return np.bincount(np.minimum(whole, most).ravel(), minlength=most + 1)


def _median(counts: NDArray[np.int64]) -> float:
    """The median of numbers that occur so often."""
    until = np.cumsum(counts)
    middle = [(until[-1] - 1) // 2, until[-1] // 2]
    return float(np.searchsorted(until, middle, side="right").mean())


def nearest_options(
    problem: Problem, options: NDArray[np.void], other_night: float
) -> NDArray[np.int64]:
    """For each option the others, nearest first: by the road, then by the night."""
    if not len(options) or not problem.travel:
        return np.zeros((len(options), 0), dtype=np.int64)
    kept = min(NEAREST_OPTIONS, len(options) - 1)
    place, night = options["place"].copy(), options["night"].copy()
    return _nearest(_both_ways(problem), place, night, other_night, kept)


@kernel
def _nearest(
    between: NDArray[np.int32],
    place: NDArray[np.int64],
    night: NDArray[np.int64],
    other_night: float,
    kept: int,
) -> NDArray[np.int64]:
    """The `kept` nearest others of each, in order; of equals the first comes first."""
    count = len(place)
    close = np.empty((count, kept), dtype=np.int64)
    away = np.empty(max(1, kept), dtype=np.int64)  # the nearest so far, as a heap
    # One number says how far (medians of whole seconds have eighths) and, of equals, who.
    farther = round(EIGHTHS * other_night)
    for option in range(count):
        found = 0
        for other in range(count):
            if other == option:
                continue
            distance = EIGHTHS * between[place[option], place[other]]
            if night[other] != night[option]:
                distance += farther
            key = (distance << NUMBER_BITS) + other
            if found < kept:
                away[found] = key
                found += 1
                if found == kept:
                    away[:] = np.sort(away)[::-1]
            elif key < away[0]:
                _put_in_place_of_farthest(away, key)
        close[option] = np.sort(away)[:kept] & ((1 << NUMBER_BITS) - 1)
    return close


@inlined
def _put_in_place_of_farthest(heap: NDArray[np.int64], key: int) -> None:
    """The farthest of a heap goes, the key finds its place."""
    here = 0
    while 2 * here + 1 < len(heap):
        child = 2 * here + 1
        if child + 1 < len(heap) and heap[child + 1] > heap[child]:
            child += 1
        if heap[child] <= key:
            break
        heap[here] = heap[child]
        here = child
    heap[here] = key
