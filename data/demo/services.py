"""The invented services of the demo region: nine units and eight desks.

Bases and desks stand at municipal seats, places that anyone can name. No organisation,
crew or shift is that of a real service.
"""

from __future__ import annotations

from geo.desks import Desk
from geo.zones import Access
from routing.units import Base, Crew, Member, Pause, Role, Unit

SEATS = {
    "Arezzo": ("051002", 11.8796, 43.4633),
    "Borgo San Lorenzo": ("048004", 11.3861, 43.9556),
    "Cecina": ("049007", 10.5180, 43.3110),
    "Colle di Val d'Elsa": ("052012", 11.1270, 43.4222),
    "Firenze": ("048017", 11.2558, 43.7696),
    "Grosseto": ("053011", 11.1125, 42.7628),
    "Livorno": ("049009", 10.3100, 43.5510),
    "Lucca": ("046017", 10.5050, 43.8430),
    "Pisa": ("050026", 10.4010, 43.7160),
    "Pistoia": ("047014", 10.9167, 43.9333),
    "Prato": ("100005", 11.0966, 43.8808),
}
"""Municipal seats: ISTAT code, longitude, latitude (EPSG:4326)."""

UNKNOWN_LANGUAGE = "bg"
"""A language that some zones ask for and no crew speaks."""

_DAILY = frozenset(range(7))
_PAUSE = Pause("22:30", "00:15", 15)


def base(seat: str) -> Base:
    """The base at a municipal seat."""
    _, lon, lat = SEATS[seat]
    return Base(f"Base di {seat}", lon, lat)


def _crew(*members: tuple[Role, str]) -> Crew:
    return Crew(tuple(Member(role, frozenset(spoken.split())) for role, spoken in members))


def _unit(
    code: str,
    name: str,
    territory: tuple[str, ...],
    *,
    seat: str,
    shift: tuple[str, str],
    crew: Crew,
    mode: Access = Access.VAN,
    weekdays: frozenset[int] = _DAILY,
    pause: Pause | None = _PAUSE,
    driving_minutes: int | None = None,
    kilometres: float | None = None,
    unmarked: bool = True,
    kits: int | None = None,
) -> Unit:
    return Unit(
        code=code,
        name=name,
        organisation=f"Associazione dimostrativa {name.removeprefix('Unità ')}",
        territory=territory,
        mode=mode,
        start=base(seat),
        end=base(seat),
        shift_opens=shift[0],
        shift_closes=shift[1],
        crew=crew,
        weekdays=weekdays,
        pause=pause,
        driving_minutes=driving_minutes,
        kilometres=kilometres,
        unmarked=unmarked,
        kits=kits,
        synthetic=True,
    )


def units() -> tuple[Unit, ...]:
    """Nine units: seven vans, two on foot; every evening at least six of them go out."""
    coordinator, operator = Role.COORDINATOR, Role.OPERATOR
    mediator, driver, health = Role.MEDIATOR, Role.DRIVER, Role.HEALTH
    return (
        _unit(
            "LU1",
            "Unità Serchio",
            ("046", "045"),
            seat="Lucca",
            shift=("20:30", "01:30"),
            crew=_crew((coordinator, "it en"), (mediator, "it en ro"), (driver, "it")),
            kilometres=130,
        ),
        _unit(
            "PI1",
            "Unità Alabastro",
            ("050", "049"),
            seat="Pisa",
            shift=("21:00", "02:00"),
            crew=_crew((operator, "it es"), (mediator, "it es pt sq")),
            kilometres=120,
        ),
        _unit(
            "LI1",
            "Unità Scoglio",
            ("049",),
            seat="Cecina",
            shift=("20:00", "00:30"),
            crew=_crew((operator, "it fr ro"), (operator, "it en")),
            weekdays=frozenset({0, 2, 4, 5}),
            driving_minutes=150,
            unmarked=False,
        ),
        _unit(
            "PT1",
            "Unità Castagno",
            ("047", "046"),
            seat="Pistoia",
            shift=("20:30", "01:30"),
            crew=_crew((coordinator, "it en"), (mediator, "it sq ro")),
            driving_minutes=150,
        ),
        _unit(
            "PO1",
            "Unità Bisenzio",
            ("100", "048"),
            seat="Prato",
            shift=("21:00", "02:00"),
            crew=_crew((coordinator, "it en"), (mediator, "it en fr"), (health, "it es")),
            kilometres=120,
        ),
        _unit(
            "FI1",
            "Unità Mugello",
            ("048",),
            seat="Borgo San Lorenzo",
            shift=("20:30", "00:30"),
            crew=_crew((operator, "it en"), (mediator, "it en ro")),
            mode=Access.FOOT,
            weekdays=frozenset({1, 3, 4, 5, 6}),
        ),
        _unit(
            "AR1",
            "Unità Chiana",
            ("051", "052"),
            seat="Arezzo",
            shift=("20:30", "01:30"),
            crew=_crew((operator, "it en ro"), (operator, "it es"), (driver, "it")),
            kilometres=140,
            kits=40,
        ),
        _unit(
            "SI1",
            "Unità Elsa",
            ("052",),
            seat="Colle di Val d'Elsa",
            shift=("21:00", "00:45"),
            crew=_crew((coordinator, "it"), (mediator, "it sq es")),
            mode=Access.FOOT,
            weekdays=frozenset({0, 2, 4, 5, 6}),
            pause=None,
        ),
        _unit(
            "GR1",
            "Unità Ombrone",
            ("053", "052"),
            seat="Grosseto",
            shift=("20:30", "02:00"),
            crew=_crew((coordinator, "it ro"), (mediator, "it en fr")),
            kilometres=150,
        ),
    )


_DESKS = (
    ("Arezzo", "Tu,Th 10:00-13:00; PH off", "it en ro", False),
    ("Firenze", "Mo-Fr 09:30-13:00; We 15:00-18:00; PH off", "it en fr es ro", False),
    ("Grosseto", "We 15:00-18:30; PH off", "it en ro", True),
    ("Livorno", "Mo,Th 14:30-18:00; PH off", "it es fr", False),
    ("Lucca", "Mo,We,Fr 09:00-12:30; PH off", "it en ro sq", False),
    ("Pisa", "Tu 09:00-13:00; Fr 14:00-17:30; PH off", "it es pt en", False),
    ("Pistoia", "Sa[1,3] 10:00-12:30; PH off", "it sq ro", True),
    ("Prato", "Mo,Th 15:00-19:00; PH off", "it en zh", False),
)


def desks() -> tuple[Desk, ...]:
    """Eight desks at municipal seats, two of them itinerant."""
    return tuple(
        Desk(
            code=f"S{number}",
            name=f"Sportello di {seat}",
            municipality=SEATS[seat][0],
            lon=SEATS[seat][1],
            lat=SEATS[seat][2],
            opening_hours=hours,
            languages=frozenset(languages.split()),
            itinerant=itinerant,
            synthetic=True,
        )
        for number, (seat, hours, languages, itinerant) in enumerate(_DESKS, start=1)
    )
