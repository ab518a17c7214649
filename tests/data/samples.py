"""Invented zones and units that the tests of the data room share."""

from __future__ import annotations

import shapely

from geo.crs import unproject_geometry
from geo.zones import Access, PlaceType, PresenceWindow, Zone
from routing.units import Base, Crew, Member, Pause, Role, Unit


def line(x: float = 690_000, y: float = 4_830_000, metres: float = 800) -> shapely.LineString:
    """A straight stretch of road given in EPSG:25832, as EPSG:4326."""
    return unproject_geometry(shapely.LineString([(x, y), (x + metres, y)]))


ZONES = (
    Zone(
        code="048017-01",
        municipality="048017",
        place_type=PlaceType.VIALE,
        geometry=line(),
        windows=(PresenceWindow("21:00", "01:00"),),
    ),
    Zone(
        code="048017-02",
        municipality="048017",
        place_type=PlaceType.PINETA,
        geometry=unproject_geometry(shapely.box(690_000, 4_831_000, 690_700, 4_831_300)),
        windows=(
            PresenceWindow("21:00", "25:30", frozenset({0, 1, 2, 3, 4})),
            PresenceWindow("22:30", "03:00", frozenset({5})),
        ),
        service_minutes=20,
        shortest_minutes=10,
        access=Access.FOOT,
        languages=frozenset({"en", "sq"}),
        mediator=True,
        discreet=True,
        revisit_days=7,
    ),
    Zone(
        code="052015-01",
        municipality="052015",
        place_type=PlaceType.PROVINCIALE,
        geometry=shapely.MultiLineString([line(690_000, 4_790_000), line(691_000, 4_790_050)]),
        windows=(PresenceWindow("20:00", "23:15", frozenset({6, 0})),),
        revisit_days=28,
    ),
)

FLORENCE = Base("Sede di Firenze", 11.2558, 43.7696)
UNITS = (
    Unit(
        code="FI-1",
        name="Strada Firenze",
        organisation="Cooperativa “Però”",
        territory=("048", "047"),
        mode=Access.VAN,
        start=FLORENCE,
        end=FLORENCE,
        shift_opens="20:30",
        shift_closes="01:30",
        crew=Crew((Member(Role.OPERATOR), Member(Role.MEDIATOR, frozenset({"it", "sq"})))),
    ),
    Unit(
        code="SI-1",
        name="A piedi; Siena",
        organisation="Associazione",
        territory=("052",),
        mode=Access.FOOT,
        start=Base("Sede", 11.3308, 43.3188),
        end=Base("Stazione", 11.3223, 43.3317),
        shift_opens="21:00",
        shift_closes="25:15",
        crew=Crew((Member(Role.COORDINATOR, frozenset({"it", "en"})), Member(Role.DRIVER))),
        weekdays=frozenset({0, 2, 4}),
        pause=Pause("22:30", "00:15", 15),
        driving_minutes=120,
        kilometres=45.5,
        unmarked=False,
        kits=40,
    ),
)
