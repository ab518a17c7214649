"""The pool: the newest good routes that the search has driven, each once, for the choice.

Two routes of a shift with the same options count as one, whatever their order: a route
is known by the exclusive or of random words (Zobrist 1970) in an open-addressed table.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from routing.instance import Compiled
from routing.kernel import bare
from routing.routes import Routes

POOLED_ROUTES = 40_000
MOST_CELLS = 20_000_000
PROBES = 8


class Pool(NamedTuple):
    """Rows are routes: their options (start and end left out), length and shift."""

    stops: NDArray[np.int32]
    length: NDArray[np.int64]
    shift: NDArray[np.int64]
    met: NDArray[np.int64]  # one entry: how many routes were added; rows are used in turn
    table: NDArray[np.uint64]
    slot: NDArray[np.int64]  # where in the table each row is known
    option_word: NDArray[np.uint64]
    shift_word: NDArray[np.uint64]


def empty_pool(compiled: Compiled) -> Pool:
    """A pool with room for `POOLED_ROUTES`, or for fewer where they would take much memory."""
    width = max(1, len(compiled.problem.visits))
    rows = max(1, min(POOLED_ROUTES, MOST_CELLS // width))
    words = np.random.default_rng(4711)
    return Pool(
        stops=np.zeros((rows, width), dtype=np.int32),
        length=np.zeros(rows, dtype=np.int64),
        shift=np.zeros(rows, dtype=np.int64),
        met=np.zeros(1, dtype=np.int64),
        table=np.zeros(4 * rows + 7, dtype=np.uint64),
        slot=np.zeros(rows, dtype=np.int64),
        option_word=words.integers(1, 2**63, compiled.instance.options, dtype=np.uint64),
        shift_word=words.integers(1, 2**63, compiled.instance.shifts, dtype=np.uint64),
    )


def words_of(
    pool: Pool, shifts: NDArray[np.int64], stops: NDArray[np.signedinteger]
) -> NDArray[np.uint64]:
    """(r,): the word by which a route is known, whatever its order; `stops` (r, :), -1 for none."""
    words = np.append(pool.option_word, np.uint64(0))[stops]  # the last for none
    known: NDArray[np.uint64] = np.bitwise_xor.reduce(words, axis=1) ^ pool.shift_word[shifts]
    return known


@bare
def pool_route(pool: Pool, routes: Routes, shift: int) -> None:
    """Add the shift's route unless it is empty or known; the oldest makes room for it."""
    length = routes.route[shift].length
    if length == 0:
        return
    word = pool.shift_word[shift]
    for position in range(1, length + 1):
        word ^= pool.option_word[routes.position[shift, position].option]
    slot = np.int64(word % np.uint64(len(pool.table)))
    for _ in range(PROBES):
        if pool.table[slot] == word:
            return
        if pool.table[slot] == 0:
            row = pool.met[0] % len(pool.length)
            if pool.met[0] >= len(pool.length):
                pool.table[pool.slot[row]] = 0  # a route behind it may be added once more
            pool.table[slot] = word
            pool.slot[row] = slot
            for position in range(length):
                pool.stops[row, position] = routes.position[shift, position + 1].option
            pool.length[row] = length
            pool.shift[row] = shift
            pool.met[0] += 1
            return
        slot = (slot + 1) % len(pool.table)


def newest_rows(pool: Pool, count: int) -> NDArray[np.int64]:
    """The rows of the newest routes, so many at most, the newest first."""
    rows, met = len(pool.length), int(pool.met[0])
    return np.arange(met - 1, met - 1 - min(count, rows, met), -1) % rows
