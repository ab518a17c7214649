"""Promises: what a crew has said it will do on a night, and which must be kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from geo.errors import InputError
from routing.problem import Kind
from routing.units import Base


@dataclass(frozen=True)
class Promise:
    """An appointment, accompaniment, hotline request or mediation visit of one night.

    Somebody is there from `opens` to `closes` (wall clock, `HH:MM`) and the crew's stay of
    `minutes` begins in between. The hours of a mediation visit are those of its day: 10:00
    is the morning before the night (`Night.parse_clock`). The place is a `zone` (its code) or
    `place`, a spot that the crew knows by name: one of the two. `unit`: who promised it, None
    for any. `mediator`: the crew must have one; `languages`: it must speak one of them.
    Raises InputError `promise_kind`, `promise_place`, `promise_minutes`.
    """

    key: str
    night: date
    kind: Kind
    opens: str
    closes: str
    minutes: int
    zone: str | None = None
    place: Base | None = None
    unit: str | None = None
    languages: frozenset[str] = frozenset()
    mediator: bool = False
    discreet: bool = False
    synthetic: bool = False

    def __post_init__(self) -> None:
        if self.kind is Kind.ZONE:
            raise InputError("promise_kind", promise=self.key, got=self.kind)
        if (self.zone is None) == (self.place is None):
            raise InputError("promise_place", promise=self.key)
        if not 1 <= self.minutes <= 240:
            raise InputError("promise_minutes", promise=self.key, got=self.minutes)
