"""Every walk from a parked van, counted out by compiled code: there may be millions."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from routing.kernel import kernel
from routing.problem import LATEST

LONGEST = 4
"""Visits of a walk at most."""

NEAREST = 5
"""Visits that a walk may go on to from each: the nearest."""


class Afoot(NamedTuple):
    """Visits w that are walked to, and their options one after the other."""

    place: NDArray[np.int64]  # (w,)
    parks: NDArray[np.bool_]  # (w,): whether a van can park there
    near: NDArray[np.int64]  # (w, NEAREST): the nearest others in range, -1 for none
    first: NDArray[np.int64]  # (w + 1,): where the options of each begin
    opens: NDArray[np.int64]  # by option, as the next two
    closes: NDArray[np.int64]
    service: NDArray[np.int64]
    seconds: NDArray[np.int64]  # (place, place): ways on foot


class Walks(NamedTuple):
    """Walks: the options made in their order (-1 after the last), and the whole as one."""

    made: NDArray[np.int64]  # (walk, LONGEST)
    opens: NDArray[np.int64]
    closes: NDArray[np.int64]
    service: NDArray[np.int64]


def shortest_walks(afoot: Afoot, most: int) -> Walks:
    """At least the `most` shortest walks; all where there are no more.

    Two visits are the fewest of a walk: what the `most` shortest of those take is enough for
    as many walks, so that nothing longer is looked at.
    """
    pairs = _all_walks(afoot, 2, LATEST).service
    enough = int(np.partition(pairs, most - 1)[most - 1]) if len(pairs) >= most else LATEST
    return _all_walks(afoot, LONGEST, enough)


def _all_walks(afoot: Afoot, longest: int, seconds: int) -> Walks:
    """All walks of so many visits and so many seconds at most."""
    count = _walk(afoot, longest, seconds, _room(0))
    found = _room(count)
    _walk(afoot, longest, seconds, found)
    return found


def _room(count: int) -> Walks:
    one = [np.empty(count, dtype=np.int64) for _ in range(3)]
    return Walks(np.full((count, LONGEST), -1, dtype=np.int64), *one)


@kernel
def _walk(afoot: Afoot, longest: int, seconds: int, found: Walks) -> int:
    """Go every walk; those that there is room for are written down. How many there are."""
    count = 0
    begun = np.empty((1 + LONGEST * NEAREST, LONGEST), dtype=np.int64)
    length = np.empty(len(begun), dtype=np.int64)
    walk = np.empty(LONGEST, dtype=np.int64)
    for start in range(len(afoot.place) - 1, -1, -1):
        begun[0, 0] = start
        length[0] = 1
        waiting = int(afoot.parks[start])
        while waiting > 0:
            waiting -= 1
            visits = length[waiting]
            walk[:] = begun[waiting]
            if visits > 1:
                count = _with_options(afoot, walk[:visits], seconds, found, count)
            if visits == longest:
                continue
            for further in afoot.near[walk[visits - 1]]:
                walk[visits] = further
                if further < 0 or _quickest(afoot, walk[: visits + 1]) > seconds:
                    continue
                if (walk[:visits] == further).any():
                    continue
                begun[waiting] = walk
                length[waiting] = visits + 1
                waiting += 1
    return count


@kernel
def _quickest(afoot: Afoot, walk: NDArray[np.int64]) -> int:
    """Seconds that a walk takes at least, without the way back."""
    passed = 0
    for number in range(len(walk)):
        visit = walk[number]
        passed += afoot.service[afoot.first[visit] : afoot.first[visit + 1]].min()
        if number > 0:
            passed += afoot.seconds[afoot.place[walk[number - 1]], afoot.place[visit]]
    return passed


@kernel
def _with_options(
    afoot: Afoot, walk: NDArray[np.int64], seconds: int, found: Walks, count: int
) -> int:
    """Every choice of options along one walk for which some begin suits all."""
    option = afoot.first[walk]
    while True:
        opens, closes, passed = afoot.opens[option[0]], afoot.closes[option[0]], 0
        for number in range(len(walk)):
            opens = max(opens, afoot.opens[option[number]] - passed)
            closes = min(closes, afoot.closes[option[number]] - passed)
            then = walk[(number + 1) % len(walk)]  # after the last, back to the van
            way = afoot.seconds[afoot.place[walk[number]], afoot.place[then]]
            passed += afoot.service[option[number]] + way
        if opens <= closes and passed <= seconds:
            if count < len(found.service):
                found.made[count, : len(walk)] = option
                found.opens[count] = opens
                found.closes[count] = closes
                found.service[count] = passed
            count += 1
        last = len(walk) - 1  # the next choice: the last visit's options change first
        option[last] += 1
        while last > 0 and option[last] == afoot.first[walk[last] + 1]:
            option[last] = afoot.first[walk[last]]
            last -= 1
            option[last] += 1
        if option[0] == afoot.first[walk[0] + 1]:
            return count
