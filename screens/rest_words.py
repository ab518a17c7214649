"""What planning the rest again changes, in words; for the page and the terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from data.texts import Texts
from geo.night import MINUTE
from routing.problem import Kind
from screens.names import zone_name


def cost(t: Texts, later: int, metres: int) -> str:
    """What a change costs, in a sentence."""
    if later >= MINUTE:
        home = t("Back {minutes} later", minutes=t.minutes(later))
    elif later <= -MINUTE:
        home = t("Back {minutes} earlier", minutes=t.minutes(-later))
    else:
        home = t("Back at the same time")
    if abs(metres) < 100:
        return t("{home}, as much road.", home=home)
    length = t.kilometres(abs(metres))
    if metres > 0:
        return t("{home}, {length} more on the road.", home=home, length=length)
    return t("{home}, {length} less on the road.", home=home, length=length)


def changed_stop(t: Texts, one: Mapping[str, Any]) -> str:
    """The name of a stop that is kept as a change."""
    where = one["place"] or zone_name(one["zone"] or one["key"])
    kind = Kind(one["kind"])
    return where if kind is Kind.ZONE else f"{where}, {t.word(kind)}"
