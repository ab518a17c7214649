"""The names of what is published: places, figures, tables and their categories."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from math import isinf

from data.attack import Attack, Line
from data.conflict_figures import CASES, THEMES
from data.districts import districts
from data.messages import N_
from data.releases import COUNT, SUBJECT
from data.texts import Texts
from geo.conflicts import Theme
from geo.contacts import ANY_OF, ONE_OF, Material
from geo.handovers import Receiver
from geo.mediation import CaseState
from geo.month_facts import FUNNEL, Figure
from geo.municipalities import municipalities
from geo.privacy import ESTIMATE, Cell, Kind
from geo.release_rules import Rule

SUBJECTS: Mapping[str, str] = {
    "kind": N_("Kind of contact"),
    "gender": N_("Gender as perceived"),
    "macro_area": N_("Part of the world"),
    "age_class": N_("Age as perceived"),
    "known": N_("Known before"),
    "requests": N_("Requests"),
    "referrals": N_("Referrals"),
    "materials": N_("Materials"),
    FUNNEL: N_("From contact to first assistance"),
    "outing": N_("Kind of outing"),
    "place_type": N_("Kind of place"),
    "signals": N_("Signals"),
    THEMES: N_("Reports by theme"),
    CASES: N_("Mediation cases by state"),
    ESTIMATE: N_("Persons there, estimated"),
}
"""Titles (msgids) of the tables of the region."""

LEDGER: Mapping[str, str] = {
    SUBJECT: N_("Contacts"),
    THEMES: SUBJECTS[THEMES],
    CASES: SUBJECTS[CASES],
    COUNT: N_("Count night"),
}
"""What a line of the ledger is of (msgids)."""

RULES: Mapping[Rule, str] = {
    Rule.FEW_CONTACTS: N_("too few contacts"),
    Rule.FEW_PERSONS: N_("too few persons on any one night"),
    Rule.FEW_ZONES: N_("too few zones"),
    Rule.ONE_ZONE: N_("most contacts in one zone"),
}
"""Why a cell is masked (msgids); for the coordinator alone."""

COUNT_RULES: Mapping[Rule, str] = {
    **RULES,
    Rule.FEW_CONTACTS: N_("too few persons seen"),
    Rule.FEW_PERSONS: N_("too few persons seen on the night"),
    Rule.ONE_ZONE: N_("most persons seen in one zone"),
}
"""The same of a count night."""

ENDS: Mapping[str, str] = {
    "low": N_("at least, with 95 %"),
    "middle": N_("estimate"),
    "high": N_("at most, with 95 %"),
}
"""Categories of the estimate (msgids)."""

ATTACKS: Mapping[Attack, str] = {
    Attack.INTERVALS: N_("Working out hidden figures by subtracting (linear program)"),
    Attack.REPEATS: N_("Another answer to the same question"),
    Attack.SINGLING_OUT: N_("Cells that break a rule"),
    Attack.CANARIES: N_("Precise places in any form"),
    Attack.STRANGERS: N_("References to other hosts"),
    Attack.METADATA: N_("Meta data that the format does not need"),
    Attack.FORMULAS: N_("Cells that a spreadsheet would compute"),
    Attack.NOISE: N_("Noise weaker than its epsilon says"),
}
"""The lines of the attack report (msgids)."""

_CODES: Mapping[str, type[StrEnum]] = {**ONE_OF, **ANY_OF, "materials": Material}
_BY_PLACE: Mapping[str, type[StrEnum]] = {THEMES: Theme, CASES: CaseState}


def place_name(t: Texts, cell: Cell) -> str:
    """A municipality's name, or which municipalities of a district stand together."""
    names = _names()
    if cell.members == (cell.key,):
        return names[cell.key]
    seat = names[districts().seats[cell.key]]
    if len(cell.members) == len(districts().members(cell.key)):
        return t("District of {seat}", seat=seat)
    return t("District of {seat}, without those shown alone", seat=seat)


def member_names(cell: Cell) -> list[str]:
    """The names of the municipalities that a cell stands for."""
    return sorted(_names()[code] for code in cell.members)


def municipality_name(code: str) -> str:
    """The name of a municipality."""
    return _names()[code]


def figure_name(t: Texts, kind: Kind, figure: Figure) -> str:
    """A figure in words; on a count night persons are seen and nobody is contacted."""
    return t("persons seen on a count night") if kind is Kind.NIGHT else t.word(figure)


def table_name(t: Texts, subject: str, key: tuple[str, ...]) -> str:
    """A category of a table in words, without its subject."""
    if subject == FUNNEL:
        return t("met on the street") if key == ("met",) else t.word(Receiver(key[-1]))
    if subject == ESTIMATE:
        return t(ENDS[key[-1]])
    if subject in _BY_PLACE:
        return t.word(_BY_PLACE[subject](key[-1]))
    if subject in _CODES and len(key) == 1:
        return t.word(_CODES[subject](key[0]))
    return " · ".join(key)


def measured(t: Texts, line: Line) -> str:
    """What an attack measured, in words; nothing where the number found says all."""
    if line.number is None or isinf(line.number):
        return ""
    if line.attack is Attack.NOISE:
        return t("epsilon {number}", number=line.number)
    return t("the narrowest is {number} wide", number=line.number)


def subject_name(t: Texts, subject: str) -> str:
    """The title of a table."""
    return t(SUBJECTS[subject]) if subject in SUBJECTS else subject


@cache
def _names() -> dict[str, str]:
    frame = municipalities()
    return dict(zip(frame["istat"], frame["name"], strict=True))
