"""Listening desks (sportelli): where and when somebody listens, and in which languages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from geo.errors import InputError
from geo.opening import Opening, next_opening, parsed


@dataclass(frozen=True)
class Desk:
    """A listening desk, fixed or `itinerant`.

    `municipality`: ISTAT code; `lon`, `lat`: EPSG:4326; `address`: street and number, public;
    `opening_hours`: in OpenStreetMap's syntax (`Mo,We 09:00-13:00; PH off`); `languages`:
    ISO 639-1; `operator`, `mediator`: who is always there. Raises InputError `desk_empty`
    (field), `desk_crew` for an itinerant desk without operator and linguistic-cultural
    mediator, `opening_hours`.
    """

    code: str
    name: str
    municipality: str
    lon: float
    lat: float
    opening_hours: str
    languages: frozenset[str]
    itinerant: bool = False
    synthetic: bool = False
    address: str = ""
    operator: bool = True
    mediator: bool = True

    def __post_init__(self) -> None:
        for field in ("code", "name"):
            if not getattr(self, field).strip():
                raise InputError("desk_empty", field=field)
        if self.itinerant and not (self.operator and self.mediator):
            raise InputError("desk_crew", desk=self.code)
        parsed(self.opening_hours)

    def opening(self, moment: datetime) -> Opening | None:
        """When somebody is there: at an aware datetime, or the next time after it."""
        return next_opening(self.opening_hours, moment)


def next_desks(
    desks: Iterable[Desk], moment: datetime, languages: frozenset[str] = frozenset()
) -> tuple[tuple[Desk, Opening], ...]:
    """Desks that open again, the soonest first; with `languages`, those that speak one."""
    found = [
        (desk, opening)
        for desk in desks
        if (not languages or languages & desk.languages) and (opening := desk.opening(moment))
    ]
    return tuple(sorted(found, key=lambda pair: (pair[1].opens, pair[0].code)))


NextDesks = tuple[tuple[Desk, Opening, frozenset[str]], ...]
"""Desks, when each opens, and the languages it is named for, the soonest first."""


def next_by_language(
    desks: Iterable[Desk], moment: datetime, languages: frozenset[str]
) -> NextDesks:
    """For each language the desk that opens next, the soonest first, each desk once with the
    languages that it is the next for."""
    every = tuple(desks)
    found: dict[str, tuple[Desk, Opening, frozenset[str]]] = {}
    for language in sorted(languages):
        for desk, opening in next_desks(every, moment, frozenset({language}))[:1]:
            _, _, before = found.get(desk.code, (desk, opening, frozenset[str]()))
            found[desk.code] = (desk, opening, before | {language})
    return tuple(sorted(found.values(), key=lambda entry: (entry[1].opens, entry[0].code)))
