"""Opening hours in OpenStreetMap's syntax, holidays of Italy included.

Syntax: OpenStreetMap wiki, key `opening_hours` (specification); parsed by
opening-hours-rs, which knows the public holidays by country.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from itertools import islice

from opening_hours import OpeningHours, ParserError, State  # type: ignore[attr-defined]

from geo.errors import InputError
from geo.night import ROME

LOOK_AHEAD = 400
"""Changes looked at before a desk is said not to open again."""


@dataclass(frozen=True)
class Opening:
    """A time during which somebody is there; aware datetimes in Europe/Rome.

    `closes` is None where it never does (`24/7`).
    """

    opens: datetime
    closes: datetime | None


@cache
def parsed(text: str) -> OpeningHours:
    """The opening hours; raises InputError `opening_hours` (got, position: the sign, from 1).

    >>> parsed("Mo,We 09:00-13:00; PH off").normalize()
    OpeningHours("Mo,We 09:00-13:00; PH closed")
    """
    try:
        return OpeningHours(text, timezone=ROME, country="IT")
    except ParserError as error:
        said = str(error)
        column = said.partition("--> ")[2].partition("\n")[0].rpartition(":")[2]
        position = int(column) if column.isdigit() else 1
        raise InputError("opening_hours", got=text, position=position) from error


def next_opening(text: str, moment: datetime) -> Opening | None:
    """The opening under way at an aware datetime, or else the next; None where there is none."""
    if moment.tzinfo is None:
        raise InputError("datetime_naive")
    changes = parsed(text).intervals(moment.astimezone(ROME))
    for opens, closes, state, _comment in islice(changes, LOOK_AHEAD):
        if state == State.OPEN:
            return Opening(opens, closes)
    return None
