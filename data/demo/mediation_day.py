"""A mediation outing of the demo region: one day of the week ahead, with a visit promised."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import geopandas as gpd

from data.demo.conflicts import DemoConflicts
from geo.neighbourhoods import divided
from geo.night import Night, nights
from routing.problem import Kind
from routing.promises import Promise
from routing.units import Base, Crew, Member, Role, Unit, mediation_outing

CREW = Crew((Member(Role.MEDIATOR, frozenset({"it", "ro"})), Member(Role.OPERATOR)))


def with_mediation_day(
    conflicts: DemoConflicts, municipalities: gpd.GeoDataFrame, teams: Sequence[Unit], today: date
) -> DemoConflicts:
    """The conflicts with an outing of a unit that is off duty that night, near an open case."""
    named = municipalities.set_index("istat")["name"]
    shapes = divided(municipalities).set_index("code").geometry
    for case in conflicts.cases:
        for night in nights(Night(today) + 1, 7):
            for unit in teams:
                near = case.municipality[:3] in unit.territory
                if case.closed or not near or night.weekday in unit.weekdays:
                    continue
                middle = shapes[case.place].representative_point()
                visit = Promise(
                    key=f"M-{case.key}-{night.date:%m%d}",
                    night=night.date,
                    kind=Kind.MEDIATION,
                    opens="10:00",
                    closes="13:00",
                    minutes=60,
                    place=Base(str(named[case.municipality]), middle.x, middle.y),
                    mediator=True,
                    synthetic=True,
                )
                day = mediation_outing(replace(unit, crew=CREW), night, "09:30", "19:00")
                return replace(conflicts, outings=(day,), visits=(visit,))
    return conflicts
