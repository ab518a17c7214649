"""A mediation outing of the demo region: one day of the week ahead, with a visit promised."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import geopandas as gpd
import numpy as np
import shapely

from data.demo.conflicts import DemoConflicts
from geo.crs import project
from geo.neighbourhoods import divided
from geo.night import Night, nights
from routing.problem import Kind
from routing.promises import Promise
from routing.units import Base, Crew, Member, Role, Unit, mediation_outing

CREW = Crew((Member(Role.MEDIATOR, frozenset({"it", "ro"})), Member(Role.OPERATOR)))


def with_mediation_day(
    conflicts: DemoConflicts, municipalities: gpd.GeoDataFrame, teams: Sequence[Unit], today: date
) -> DemoConflicts:
    """The conflicts with a mediation outing of a unit that is off duty that night, and a visit
    of the open case that is nearest to its base."""
    named = municipalities.set_index("istat")["name"]
    middles = divided(municipalities).set_index("code").geometry.representative_point()
    free = [
        (_apart(middles[case.place], unit), case, unit, night)
        for case in conflicts.cases
        for night in nights(Night(today) + 1, 7)
        for unit in teams
        if not case.closed and night.weekday not in unit.weekdays
    ]
    if not free:
        return conflicts
    _metres, case, unit, night = min(free, key=lambda one: (one[0], one[1].key, one[3]))
    visit = Promise(
        key=f"M-{case.key}-{night.date:%m%d}",
        night=night.date,
        kind=Kind.MEDIATION,
        opens="10:00",
        closes="13:00",
        minutes=60,
        place=Base(str(named[case.municipality]), middles[case.place].x, middles[case.place].y),
        unit=unit.code,
        mediator=True,
        synthetic=True,
    )
    day = mediation_outing(replace(unit, crew=CREW), night, "09:00", "19:00")
    return replace(conflicts, outings=(day,), visits=(visit,))


def _apart(middle: shapely.Point, unit: Unit) -> float:
    """Metres as the crow flies from a unit's base."""
    ends = project(np.array([[middle.x, middle.y], [unit.start.lon, unit.start.lat]]))
    return float(np.hypot(*(ends[0] - ends[1])))
