"""Handovers: passages from the street to the services, counted by code and never by person.

A passage is one person brought into the hands of a desk, a health partner or a protection
programme. Counts of the three macro areas (*emersione → identificazione → prima
assistenza*) stand side by side as a funnel: nobody is followed from one to the next, so
that a step may be larger than the one above it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from geo.errors import InputError

MOST = 20
"""Most persons of one entry: more is a slip of the finger."""


class Receiver(StrEnum):
    """Into whose hands."""

    SPORTELLO = "sportello"
    SANITARIO = "sanitario"
    PROGRAMMA = "programma"


class Stage(StrEnum):
    """The three macro areas of the work, in order (`geo.contacts.MacroArea` is of the world)."""

    EMERSIONE = "emersione"
    IDENTIFICAZIONE = "identificazione"
    PRIMA_ASSISTENZA = "prima_assistenza"


STAGE: Mapping[Receiver, Stage] = {
    Receiver.SANITARIO: Stage.EMERSIONE,
    Receiver.SPORTELLO: Stage.IDENTIFICAZIONE,
    Receiver.PROGRAMMA: Stage.PRIMA_ASSISTENZA,
}
"""What a passage belongs to: a health partner helps whoever is met; identification begins with
the talks at a desk; a programme is first assistance."""


@dataclass(frozen=True)
class Handover:
    """Persons handed over in a month: `month` its first day, `municipality` an ISTAT code.

    Raises InputError `handover_count` (got, most).
    """

    month: date
    municipality: str
    receiver: Receiver
    persons: int = 1

    def __post_init__(self) -> None:
        if not 1 <= self.persons <= MOST:
            raise InputError("handover_count", got=self.persons, most=MOST)
        if self.month.day != 1:
            raise InputError("handover_month", got=self.month)


@dataclass(frozen=True)
class Step:
    """A step of the funnel: persons `met` or handed over, by who received them."""

    stage: Stage
    met: int
    received: Mapping[Receiver, int]

    @property
    def persons(self) -> int:
        """How wide the step is: those met, or those handed over to what it is about."""
        return self.met if self.stage is Stage.EMERSIONE else sum(self.received.values())


def funnel(met: int, received: Mapping[Receiver, int]) -> tuple[Step, ...]:
    """The three steps, from persons `met` on the street and persons handed over by receiver.

    >>> [step.persons for step in funnel(90, {Receiver.SPORTELLO: 12, Receiver.SANITARIO: 7})]
    [90, 12, 0]
    """
    return tuple(
        Step(
            stage,
            met if stage is Stage.EMERSIONE else 0,
            {who: received.get(who, 0) for who, where in STAGE.items() if where is stage},
        )
        for stage in Stage
    )
