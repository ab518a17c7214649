"""Which edges of a road network are the two directions of one road."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int32]


def twins(start: Ints, end: Ints, geometry: NDArray[np.int64], coords: NDArray[np.float64]) -> Ints:
    """(m,) the edge whose line is the reverse, -1 for none; arguments as of `RoadNetwork`.

    The sum of a line's coordinates in whole units of 1e-7 degrees is exact whatever the
    direction, so that with the end nodes and the number of points it names the line.
    """
    first, last = geometry[:-1], geometry[1:] - 1
    units = np.rint(coords * 1e7).astype(np.int64)
    sums = np.add.reduceat(units, first, axis=0)
    lows, highs = np.minimum(start, end), np.maximum(start, end)
    # A ring leaves and enters one node: its second point tells the two directions apart.
    second, before = units[first + 1], units[last - 1]
    turned = (second[:, 0] > before[:, 0]) | (
        (second[:, 0] == before[:, 0]) & (second[:, 1] > before[:, 1])
    )
    backward = np.where(start == end, turned, start > end)
    line = (lows, highs, last - first, sums[:, 0], sums[:, 1])
    order = np.lexsort((backward, *line[::-1]))
    columns = np.column_stack([*line])[order]
    opens = np.concatenate([[True], (columns[1:] != columns[:-1]).any(axis=1)])
    group = np.cumsum(opens) - 1
    sizes = np.bincount(group)
    forwards = np.bincount(group, weights=~backward[order]).astype(np.int64)
    place = np.arange(len(order)) - np.flatnonzero(opens)[group]
    # Inside a group the forward edges stand first: the i-th forward pairs the i-th backward.
    partner = np.where(place < forwards[group], place + forwards[group], place - forwards[group])
    paired = np.where(
        place < forwards[group],
        place < sizes[group] - forwards[group],
        place - forwards[group] < forwards[group],
    )
    twin = np.full(len(start), -1, dtype=np.int32)
    at = np.flatnonzero(opens)[group] + np.where(paired, partner, 0)
    twin[order[paired]] = order[at[paired]]
    return twin
