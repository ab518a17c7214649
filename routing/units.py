"""Street units, their crews tonight, and the outing that a crew makes on one night."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from geo.contacts import OutingKind
from geo.errors import InputError
from geo.night import Night
from geo.windows import moment
from geo.zones import Access


class Role(StrEnum):
    """What a crew member does tonight."""

    COORDINATOR = "coordinatore"
    OPERATOR = "operatore"
    MEDIATOR = "mediatore"
    HEALTH = "sanitario"
    DRIVER = "autista"


@dataclass(frozen=True)
class Member:
    """One person of a crew: a role and languages (ISO 639-1), never a name."""

    role: Role
    languages: frozenset[str] = frozenset({"it"})


@dataclass(frozen=True)
class Crew:
    """Who goes out together tonight; at least two (a crew of one is infeasible)."""

    members: tuple[Member, ...]

    @property
    def size(self) -> int:
        return len(self.members)

    @property
    def languages(self) -> frozenset[str]:
        return frozenset().union(*(member.languages for member in self.members))

    @property
    def roles(self) -> frozenset[Role]:
        return frozenset(member.role for member in self.members)


@dataclass(frozen=True)
class Base:
    """Where a unit starts or ends: a name that the crew knows, and a place (EPSG:4326)."""

    name: str
    lon: float
    lat: float


@dataclass(frozen=True)
class Pause:
    """A break of `minutes` that must begin between two wall-clock times."""

    opens: str
    closes: str
    minutes: int


@dataclass(frozen=True)
class Unit:
    """A van or walking team with its usual shift (wall clock, `HH:MM`).

    `territory`: ISTAT province codes it works in. Limits are per night; None is no limit.
    `unmarked`: it can come without signs; otherwise discreet visits are made by others.
    `kits`: those on board when it sets out, None where they are not counted.
    """

    code: str
    name: str
    organisation: str
    territory: tuple[str, ...]
    mode: Access
    start: Base
    end: Base
    shift_opens: str
    shift_closes: str
    crew: Crew
    weekdays: frozenset[int] = frozenset(range(7))
    pause: Pause | None = None
    driving_minutes: int | None = None
    kilometres: float | None = None
    unmarked: bool = True
    kits: int | None = None
    synthetic: bool = False

    def __post_init__(self) -> None:
        if not self.code:
            raise InputError("unit_code")
        if self.driving_minutes is not None and self.driving_minutes <= 0:
            raise InputError("unit_driving", unit=self.code, got=self.driving_minutes)
        if self.kilometres is not None and self.kilometres <= 0:
            raise InputError("unit_kilometres", unit=self.code, got=self.kilometres)
        if self.kits is not None and self.kits < 0:
            raise InputError("unit_kits", unit=self.code, got=self.kits)


@dataclass(frozen=True)
class Outing:
    """One unit's service on one night, with the shift in whole seconds from noon.

    A mediation outing (`kind`) is made by day or in the early evening: it begins before the
    night's noon when it begins in the morning, makes mediation visits alone, and its crew
    has a mediator. Raises InputError `shift_ends_before_start`, `outing_mediator`,
    `outing_crew` for one person alone.
    """

    night: Night
    unit: Unit
    opens: int
    closes: int
    kind: OutingKind = OutingKind.CONTATTO

    def __post_init__(self) -> None:
        if self.mediates:
            if Role.MEDIATOR not in self.unit.crew.roles:
                raise InputError("outing_mediator", unit=self.unit.name, night=self.night)
            if self.unit.crew.size < 2:
                raise InputError("outing_crew", unit=self.unit.name)
        if self.closes <= self.opens:
            raise InputError(
                "shift_ends_before_start",
                unit=self.unit.code,
                opens=self.night.clock(self.opens),
                closes=self.night.clock(self.closes),
            )

    @property
    def mediates(self) -> bool:
        """Whether it is a mediation outing."""
        return self.kind is OutingKind.MEDIAZIONE


def mediation_outing(unit: Unit, night: Night, opens: str, closes: str) -> Outing:
    """A mediation outing of a unit, its crew being that of the day; hours by the wall clock.

    Raises as `Outing`, and as `Night.parse_clock`.
    """
    first, last = (moment(night, clock, by_day=True) for clock in (opens, closes))
    return Outing(night, unit, first, last, OutingKind.MEDIAZIONE)


def outing(unit: Unit, night: Night) -> Outing:
    """The unit's usual shift laid on a night."""
    return Outing(night, unit, moment(night, unit.shift_opens), moment(night, unit.shift_closes))
