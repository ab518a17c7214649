"""Names for codes: what a person reads instead of `048017-03`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from data.texts import Texts
from geo.desks import Desk
from geo.municipalities import municipalities
from geo.zones import Zone
from routing.itinerary import ItineraryStop
from routing.problem import Kind


@cache
def _municipality_names() -> Mapping[str, str]:
    frame = municipalities()
    return dict(zip(frame["istat"], frame["name"], strict=True))


def municipality_name(istat: str) -> str:
    """The name of a municipality, its code where it is none of Tuscany's."""
    return _municipality_names().get(istat, istat)


def zone_name(code: str) -> str:
    """`Prato 03`: municipality and number; says no more than the code does."""
    istat, _, number = code.partition("-")
    return f"{municipality_name(istat)} {number}".strip()


def stop_name(t: Texts, stop: ItineraryStop) -> str:
    """Where a stop is, and what for where it is no usual visit."""
    where = stop.place or zone_name(stop.zone or stop.key)
    return where if stop.kind is Kind.ZONE else f"{where}, {t.word(stop.kind)}"


def zone_title(t: Texts, zone: Zone) -> str:
    """Name and kind of a zone: `Prato 03 · industrial area`."""
    return f"{zone_name(zone.code)} · {t.word(zone.place_type)}"


def language_name(t: Texts, code: str) -> str:
    """A language by its name: `ro` is `rumeno`."""
    return str(t.locale.languages.get(code, code))


DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
"""Weekdays as OpenStreetMap's opening hours write them."""


def hours(t: Texts, desk: Desk) -> str:
    """A desk's opening hours in words: `Mo,We 09:00-13:00; PH off` is `lun, mer 09:00–13:00`."""
    rules = [rule.strip() for rule in desk.opening_hours.split(";")]
    said = "; ".join(rule for rule in rules if not rule.startswith("PH"))
    # "Sa[1,3]" is the first and the third Saturday of the month.
    for day, which in re.findall(r"\b([A-Z][a-z])\[([1-5,]+)\]", said):
        times = t.list(
            f"{number}º" if t.language == "it" else number for number in which.split(",")
        )
        every = t("{times} {day} of the month", times=times, day=day)
        said = said.replace(f"{day}[{which}]", every)
    for number, day in enumerate(DAYS):
        said = re.sub(rf"\b{day}\b", t.weekday(number), said)
    closed = t(", closed on holidays") if "PH off" in rules else ""
    return said.replace("-", "–").replace(",", ", ") + closed


@dataclass(frozen=True)
class Named:
    """Names for the codes in the fields of a sentence. `units` and `promises` by key."""

    units: Mapping[str, str]
    promises: Mapping[str, str]

    def visit(self, key: str) -> str:
        """The name of a zone or promise."""
        return self.promises.get(key) or zone_name(key)

    def fields(self, fields: Mapping[str, object]) -> dict[str, object]:
        """The fields of a reason with names in place of codes."""
        return {name: self._named(value) for name, value in fields.items()}

    def _named(self, value: object) -> object:
        if isinstance(value, list | tuple):
            return tuple(self._named(part) for part in value)
        if not isinstance(value, str):
            return value
        known = self.units.get(value) or self.promises.get(value)
        return known or (zone_name(value) if "-" in value and value[:6].isdigit() else value)
