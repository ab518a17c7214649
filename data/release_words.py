"""The names of what is published: places, figures, tables and their categories."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from functools import cache

from data.districts import districts
from data.messages import N_
from data.texts import Texts
from geo.contacts import ANY_OF, ONE_OF, Material
from geo.municipalities import municipalities
from geo.privacy import Cell

SUBJECTS: Mapping[str, str] = {
    "kind": N_("Kind of contact"),
    "gender": N_("Gender as perceived"),
    "macro_area": N_("Part of the world"),
    "age_class": N_("Age as perceived"),
    "known": N_("Known before"),
    "requests": N_("Requests"),
    "referrals": N_("Referrals"),
    "materials": N_("Materials"),
    "identified": N_("Identification"),
    "outing": N_("Kind of outing"),
    "place_type": N_("Kind of place"),
    "signals": N_("Signals"),
}
"""Titles (msgids) of the tables of the region."""

IDENTIFIED = N_("with a sign of exploitation, or who asked for a way out")

_CODES: Mapping[str, type[StrEnum]] = {**ONE_OF, **ANY_OF, "materials": Material}


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


def table_name(t: Texts, subject: str, key: tuple[str, ...]) -> str:
    """A category of a table in words, without its subject."""
    if subject == "identified":
        return t(IDENTIFIED)
    if subject in _CODES and len(key) == 1:
        return t.word(_CODES[subject](key[0]))
    return " · ".join(key)


def subject_name(t: Texts, subject: str) -> str:
    """The title of a table."""
    return t(SUBJECTS[subject]) if subject in SUBJECTS else subject


@cache
def _names() -> dict[str, str]:
    frame = municipalities()
    return dict(zip(frame["istat"], frame["name"], strict=True))
