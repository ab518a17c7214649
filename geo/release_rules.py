"""The rules of the way out, as pure functions over facts of a place and month.

A municipality-month is shown if all rules hold for it. Else it joins its district: the
cell is what those members of a fixed, public district that are not shown alone come to
together. If that breaks a rule too, the cell is masked. So each municipality lies in one
cell, and there is no second zoning to subtract from the first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from geo.errors import InputError
from geo.month_facts import Figure, PlaceFacts, combined


class Rule(StrEnum):
    """What a cell can fail by."""

    FEW_CONTACTS = "few_contacts"
    FEW_PERSONS = "few_persons"
    FEW_ZONES = "few_zones"
    ONE_ZONE = "one_zone"


@dataclass(frozen=True)
class Rules:
    """The numbers of the rules; the settings can only make them stricter.

    `contacts`: least persons met in a cell and month; `persons`: least of the largest
    number met there on one night (which is a number of different people); `zones`: least
    zones; `top_percent`: most of the contacts that one zone may have; `step`: what counts
    are rounded to; `category`: least of any other count of persons; `outings`: least
    number of outings that is shown.
    """

    contacts: int = 10
    persons: int = 5
    zones: int = 3
    top_percent: int = 50
    step: int = 5
    category: int = 10
    outings: int = 5

    def least(self, figure: Figure) -> int:
        """The smallest true value of a figure that is shown."""
        if figure is Figure.CONTACTS:
            return self.contacts
        return self.outings if figure is Figure.OUTINGS else self.category

    def to_dict(self) -> dict[str, int]:
        """The numbers by name."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


@dataclass(frozen=True)
class Threshold:
    """The rule for counts that are no persons met: cells under `least` are masked, others
    rounded to `step`. Never less than 3 (Sistan code of conduct, art. 5)."""

    least: int = 10
    step: int = 5

    def __post_init__(self) -> None:
        if self.least < 3 or self.step < 1:
            raise InputError("threshold_weak", least=self.least, step=self.step)


REPORTS = Threshold(least=5, step=5)
"""For conflict reports and mediation cases, which count complaints and tables, not people met."""


@dataclass(frozen=True)
class Placed:
    """Where a municipality-month went: its cell's `key` (ISTAT code or district), the
    `members` that the cell stands for, the exact facts, and the rules `broken` (none: shown)."""

    key: str
    members: tuple[str, ...]
    facts: PlaceFacts = field(repr=False)
    broken: tuple[Rule, ...]


def rounded(count: int, step: int) -> int:
    """The multiple of `step` nearest to a count; the higher one from half-way on."""
    return (2 * count + step) // (2 * step) * step


def broken(facts: PlaceFacts, rules: Rules) -> tuple[Rule, ...]:
    """The rules that a place and month breaks."""
    contacts = facts.figures[Figure.CONTACTS]
    checks = {
        Rule.FEW_CONTACTS: contacts < rules.contacts,
        Rule.FEW_PERSONS: facts.most_on_a_night < rules.persons,
        Rule.FEW_ZONES: len(facts.zones) < rules.zones,
        Rule.ONE_ZONE: 100 * facts.top > rules.top_percent * contacts,
    }
    return tuple(rule for rule, fails in checks.items() if fails)


def zoning(
    facts: Mapping[str, PlaceFacts], districts: Mapping[str, str], rules: Rules
) -> tuple[Placed, ...]:
    """Each municipality of `districts` in exactly one cell, by key; none is left out.

    `facts` by ISTAT code, of one month (a municipality without facts met nobody);
    `districts`: district code by ISTAT code. Raises InputError `district_unknown`.
    """
    strangers = facts.keys() - districts.keys()
    if strangers:
        raise InputError("district_unknown", municipality=min(strangers))
    placed, joining = [], dict[str, list[str]]()
    for code in sorted(districts):
        if code in facts and not (broken(facts[code], rules)):
            placed.append(Placed(code, (code,), facts[code], ()))
        else:
            joining.setdefault(districts[code], []).append(code)
    for district, members in sorted(joining.items()):
        together = combined(facts[code] for code in members if code in facts)
        placed.append(Placed(district, tuple(members), together, broken(together, rules)))
    return tuple(placed)
