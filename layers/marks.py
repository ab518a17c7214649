"""What a layer of a night draws: a place or line, what it says, and whose it is."""

from __future__ import annotations

from dataclasses import dataclass

import shapely

from layers.palette import Sign


@dataclass(frozen=True)
class Mark:
    """One thing on the map. `geometry` in EPSG:4326.

    `tip` is read on hover and by a screen reader, `lines` in a popup (the first is its
    title); both are plain text. `sign`: the unit it belongs to. `number`: the stop's place
    in the route, from 1.
    """

    geometry: shapely.Geometry
    tip: str
    lines: tuple[str, ...] = ()
    sign: Sign | None = None
    number: int | None = None

    @property
    def described(self) -> dict[str, object]:
        """The properties that the browser shows as text."""
        return {"tip": self.tip, "lines": list(self.lines)}
