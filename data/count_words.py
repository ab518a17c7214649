"""A count night in words: how the search goes, what it found and proved, what was seen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from data.messages import N_
from data.texts import Texts
from routing.count import CountNight
from routing.prepare_count import PreparedCount

PHASES: Mapping[str, str] = {
    "search": N_("Looking for a way through all zones: {passed} of {visits} passes."),
    "fewer": N_("Trying with fewer crews: {passed} of {visits} passes."),
    "earlier": N_("Trying to be home earlier: {passed} of {visits} passes."),
    "needed": N_(
        "The crews are too few; looking how many are needed: {passed} of {visits} passes."
    ),
    "bound": N_("Proving what no plan can do."),
}
"""What is being done (msgids)."""

WHY_NOT: Mapping[str, str] = {
    "one_pass": N_(
        "One pass of each zone says how many were seen, not how many it missed: with two or more "
        "passes the count says how sure it is."
    ),
    "few_zones": N_(
        "Too few zones with anyone were passed twice to say how many one pass misses (at least 20)."
    ),
    "turnover": N_(
        "The passes of the zones disagree more than one group of people explains: too many came "
        "and went. How many there were cannot be said, only how many at least."
    ),
}
"""Why there is no estimate (msgids)."""


def found_said(t: Texts, prepared: PreparedCount, found: CountNight) -> str:
    """What the plan does, in a sentence."""
    zones, night = len(prepared.zones), prepared.prepared.night
    if prepared.terms.passes == 1:
        return t(
            "{zones} zones are passed by {crews} crews; the last is home at {home}.",
            zones=zones,
            crews=found.crews,
            home=night.clock(found.last_return),
        )
    return t(
        "{zones} zones are passed {passes} times each by {crews} crews; the last is home at "
        "{home}.",
        zones=zones,
        passes=prepared.terms.passes,
        crews=found.crews,
        home=night.clock(found.last_return),
    )


def bound_said(t: Texts, prepared: PreparedCount, found: CountNight, *, earliest: bool) -> str:
    """What no plan can do, in a sentence."""
    night = prepared.prepared.night
    if found.stopped:
        return t("The search was stopped: a better plan may exist, nothing is proven.")
    if earliest:
        clock = night.clock(found.soonest_possible)
        return t("With these crews the last cannot be home before {clock}.", clock=clock)
    if found.crews == 1:
        return t("One crew is enough.")
    if found.fewest_proven:
        return t("With fewer than {crews} crews it can't be done.", crews=found.crews)
    if found.fewest_possible <= 1:
        return t("Whether fewer than {crews} crews could do it is not known.", crews=found.crews)
    return t(
        "With fewer than {least} crews it can't be done; whether {least} could is not known.",
        least=found.fewest_possible,
    )


def figures_said(t: Texts, summary: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The figures of a count (`data.count_entries.summary_of`) as names and values."""
    pairs = [
        (
            t("Zones passed"),
            t("{some} of {all}", some=int(summary["passed"]), all=int(summary["zones"])),
        ),
        (t("Persons seen, at least"), t.number(summary["at_least"], 0)),
        (t("On average of a pass"), t.number(summary["mean"], 1)),
    ]
    if (estimate := summary["estimate"]) is not None:
        persons, low, high, detected = estimate
        upper = t.number(high, 0) if high is not None else t("no upper end")
        pairs += [
            (t("Persons there, estimated"), t.number(persons, 0)),
            (t("95 % interval"), f"{t.number(low, 0)}–{upper}"),
            (t("One pass sees"), f"{t.number(100 * detected, 0)} %"),
        ]
    if summary["minors"]:
        pairs.append((t("Apparent minors, called for"), t.number(summary["minors"], 0)))
    return pairs
