"""Scenarios in words: `without Unità Serchio, every unit 60 min less`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from string import ascii_uppercase

from data.messages import N_
from data.texts import Texts
from geo.night import MINUTE
from routing.scenarios import Change, Effect, Kind, Scenario
from screens.names import language_name

EFFECTS = {
    Effect.LOST: N_("no longer visited"),
    Effect.FEWER: N_("visited less often"),
    Effect.SAME: N_("as before"),
    Effect.MORE: N_("visited more often"),
    Effect.GAINED: N_("visited only then"),
}


def letter(number: int) -> str:
    """What a scenario is called for short, in the order in which they were made."""
    return ascii_uppercase[number % 26]


def scenario_name(t: Texts, scenario: Scenario, units: Mapping[str, str]) -> str:
    """All its changes."""
    return t.list(change_name(t, change, units) for change in scenario)


def named(t: Texts, scenarios: Sequence[Scenario], units: Mapping[str, str]) -> list[str]:
    """`A: without Unità Serchio` and so on."""
    return [
        f"{letter(number)}: {scenario_name(t, one, units)}" for number, one in enumerate(scenarios)
    ]


def change_name(t: Texts, change: Change, units: Mapping[str, str]) -> str:
    """One change."""
    unit = units.get(change.unit, change.unit) or t("every unit")
    match change.kind:
        case Kind.WITHOUT_UNIT:
            return t("without {unit}", unit=unit)
        case Kind.HOURS if change.minutes < 0:
            return t("{unit} {time} less", unit=unit, time=t.minutes(-change.minutes * MINUTE))
        case Kind.HOURS:
            return t("{unit} {time} more", unit=unit, time=t.minutes(change.minutes * MINUTE))
        case Kind.WITHOUT_LANGUAGE:
            return t("no mediator with {language}", language=language_name(t, change.language))
    return t("{unit} from {place}", unit=unit, place=change.base.name if change.base else "–")
