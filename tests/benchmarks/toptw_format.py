"""The KU Leuven format of the team orienteering problem with time windows.

First line; a line to skip; then one row a vertex `i x y d S f a list O C`: d service
time, S profit, O and C the window for the START of service. Vertex 0 is start and end.
Travel time is the Euclidean distance rounded DOWN to one decimal (Solomon) or two
(Cordeau's pr files); all numbers here are those tenths or hundredths.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from routing.problem import Option, Problem, Shift, Travel, Visit


def read_toptw(path: Path, vehicles: int) -> Problem:
    """The instance for a number of vehicles; visits are keyed by vertex number."""
    rows = [line.split() for line in path.read_text().splitlines()[2:]]
    vertices = [[float(cell) for cell in row] for row in rows if len(row) >= 7]
    scale = 100 if path.stem.startswith("pr") else 10

    def whole(number: float) -> int:
        return round(number * scale)

    xy = np.array([vertex[1:3] for vertex in vertices])
    distance = np.sqrt(((xy[:, None] - xy[None, :]) ** 2).sum(axis=-1))
    seconds = np.floor(distance * scale + 1e-9).astype(np.int64)
    visits = tuple(
        Visit(
            str(int(vertex[0])),
            place,
            (Option(whole(vertex[-2]), whole(vertex[-1]), whole(vertex[3]), round(vertex[4])),),
        )
        for place, vertex in enumerate(vertices)
        if place > 0
    )
    opens, closes = whole(vertices[0][-2]), whole(vertices[0][-1])
    shifts = tuple(Shift(f"vehicle {k}", 0, 0, opens, closes) for k in range(1, vehicles + 1))
    return Problem(visits, shifts, {"van": Travel(seconds, seconds)})
