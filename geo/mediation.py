"""Mediation cases: ascolto → verifica → incontro → accordo → controllo, step by step.

A case belongs to a place, never to a person. What is done in it and who sat at the table
are codes; its outcome may be that people were displaced, and harm that was observed is
kept beside it. Less presence is never an outcome.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from geo.conflicts import Theme
from geo.errors import InputError


class CaseState(StrEnum):
    """Where a case stands, in this order; `CLOSED` after the check."""

    LISTENING = "ascolto"
    CHECKING = "verifica"
    MEETING = "incontro"
    AGREEMENT = "accordo"
    FOLLOW_UP = "controllo"
    CLOSED = "chiuso"


class MediationAction(StrEnum):
    """What is done in a case (code list of the field)."""

    LISTEN_RESIDENTS = "ascolto_residenti"
    TALK_PEOPLE = "colloquio_persone"
    LEAFLET = "opuscolo"
    CLEANING = "pulizia"
    LIGHTING = "illuminazione"
    TABLE = "tavolo"
    MEETING = "incontro"


class Participant(StrEnum):
    """Who takes part, by kind."""

    RESIDENTS = "residenti"
    TRADERS = "esercenti"
    SCHOOL = "scuola"
    COMMITTEE = "comitato"
    MUNICIPALITY = "comune"
    PEOPLE = "persone"
    MEDIATOR = "mediatore"
    UNIT = "unita"


class Outcome(StrEnum):
    """How a case ended (code list of the field)."""

    AGREEMENT = "accordo"
    PARTIAL = "parziale"
    NONE = "nessuno"
    DISPLACED = "spostamento_osservato"


class Harm(StrEnum):
    """Harm to the people in the street that was observed meanwhile."""

    NONE = "nessuno"
    WORSE_PLACE = "luogo_meno_sicuro"
    VIOLENCE = "violenza"
    LOST_CONTACT = "contatto_perso"
    FINES = "sanzioni"
    UNKNOWN = "nr"


@dataclass(frozen=True)
class CaseAction:
    """One thing that was done, on a day, with whom."""

    day: date
    kind: MediationAction
    with_whom: tuple[Participant, ...] = ()


@dataclass(frozen=True)
class MediationCase:
    """One case. `place` as in `geo.neighbourhoods`; `next_date`: when something is due.

    Raises InputError `case_outcome` for a closed case without an outcome, or an open one
    with one, `case_themes` without a theme, and `case_assault`: that is no case to mediate.
    """

    key: str
    place: str
    themes: tuple[Theme, ...]
    opened: date
    state: CaseState = CaseState.LISTENING
    actions: tuple[CaseAction, ...] = ()
    next_date: date | None = None
    outcome: Outcome | None = None
    harm: Harm = Harm.UNKNOWN
    closed: date | None = None
    synthetic: bool = False

    def __post_init__(self) -> None:
        if not self.themes:
            raise InputError("case_themes", case=self.key)
        if Theme.ASSAULT in self.themes:
            raise InputError("case_assault", case=self.key)
        ended = self.state is CaseState.CLOSED
        if ended != (self.outcome is not None) or ended != (self.closed is not None):
            raise InputError("case_outcome", case=self.key)

    @property
    def municipality(self) -> str:
        """ISTAT code."""
        return self.place[:6]


def acted(case: MediationCase, action: CaseAction, today: date) -> MediationCase:
    """The case with one more action, in the order of days.

    Raises InputError `case_closed`, `case_day` for a day before it was opened or ahead.
    """
    _open(case)
    if not case.opened <= action.day <= today:
        raise InputError("case_day", case=case.key, opened=case.opened)
    actions = sorted((*case.actions, action), key=lambda one: one.day)
    return replace(case, actions=tuple(actions))


def advanced(case: MediationCase, next_date: date | None) -> MediationCase:
    """The case one step on. Raises InputError `case_closed`; `case_step` after the check,
    where only closing follows, and `case_unheard` before anybody was listened to."""
    _open(case)
    if case.state is CaseState.FOLLOW_UP:
        raise InputError("case_step", case=case.key)
    if not case.actions:
        raise InputError("case_unheard", case=case.key)
    order = list(CaseState)
    return replace(case, state=order[order.index(case.state) + 1], next_date=next_date)


def ended(case: MediationCase, outcome: Outcome, harm: Harm, today: date) -> MediationCase:
    """The case closed. An agreement is only known after the check: InputError
    `case_unchecked`; any other outcome may end a case at any step. `case_closed`."""
    _open(case)
    if outcome is Outcome.AGREEMENT and case.state is not CaseState.FOLLOW_UP:
        raise InputError("case_unchecked", case=case.key)
    return replace(
        case, state=CaseState.CLOSED, outcome=outcome, harm=harm, closed=today, next_date=None
    )


def due(cases: Iterable[MediationCase], today: date) -> tuple[MediationCase, ...]:
    """Open cases whose next date has come, the longest due first."""
    found = [one for one in cases if one.next_date is not None and one.next_date <= today]
    return tuple(sorted(found, key=lambda one: (one.next_date, one.key)))


def _open(case: MediationCase) -> None:
    if case.state is CaseState.CLOSED:
        raise InputError("case_closed", case=case.key)
