"""Hotline requests: somebody asks for a visit, without a name and without an exact place."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from geo.contacts import Request
from geo.errors import InputError
from geo.night import MINUTE, Night
from geo.windows import window_on
from routing.problem import Kind
from routing.promises import Promise
from routing.units import Base

STAY = 20
"""Minutes that a crew stays for a request."""


class Urgency(StrEnum):
    """How soon somebody should come."""

    NOW = "adesso"
    TONIGHT = "stanotte"
    WHEN_POSSIBLE = "quando_possibile"


class RequestOutcome(StrEnum):
    """How a request ended."""

    MET = "incontro"
    NOT_FOUND = "non_trovata"
    POSTPONED = "rinviata"
    OTHER_SERVICE = "altro_servizio"
    WITHDRAWN = "ritirata"
    REPLACED = "sostituita"


SAID = tuple(outcome for outcome in RequestOutcome if outcome is not RequestOutcome.REPLACED)
"""How people say that a request ended; one that was changed is replaced by the program."""

NOBODY_WAITS = frozenset(RequestOutcome) - {RequestOutcome.MET, RequestOutcome.NOT_FOUND}
"""Outcomes after which a crew that is still on its way goes there in vain."""


@dataclass(frozen=True)
class HotlineRequest:
    """What the hotline passes on: codes alone, no name, no number, no exact place.

    `municipality`: ISTAT code, the wide place; the crew meets at its seat. Somebody waits from
    `opens` to `closes` (wall clock of the night, `HH:MM`). `language`: ISO 639-1, None for any.
    Raises InputError `request_window` where the hours are none of that night.
    """

    key: str
    night: date
    municipality: str
    kind: Request
    urgency: Urgency
    opens: str
    closes: str
    language: str | None = None
    mediator: bool = False
    synthetic: bool = False

    def __post_init__(self) -> None:
        night = Night(self.night)
        try:
            window = window_on(night, self.opens, self.closes)
        except InputError as error:
            raise InputError("request_window", opens=self.opens, closes=self.closes) from error
        if window is None or window[1] - window[0] < STAY * MINUTE:
            raise InputError("request_window", opens=self.opens, closes=self.closes)

    def as_before(self, other: HotlineRequest) -> bool:
        """Whether a crew that has accepted one of them can go on with the other."""
        return replace(self, kind=other.kind, urgency=other.urgency) == other

    def promise(self, seat: Base, unit: str | None = None) -> Promise:
        """The promise that a unit makes of it, to be kept at the municipality's seat."""
        return Promise(
            key=self.key,
            night=self.night,
            kind=Kind.HOTLINE,
            opens=self.opens,
            closes=self.closes,
            minutes=STAY,
            place=seat,
            unit=unit,
            languages=frozenset({self.language} if self.language else ()),
            mediator=self.mediator,
            synthetic=self.synthetic,
        )
