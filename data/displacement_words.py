"""The displacement watch in words: what was done, and what its watch says."""

from __future__ import annotations

from collections.abc import Mapping
from math import isinf

from data.conflict_words import change_words
from data.displacement_watch import Cause, Watched
from data.texts import Texts
from geo.displacement import DAYS, Change


def cause_words(t: Texts, cause: Cause) -> str:
    """An ordinance or an action of a case, with its day."""
    day = t.date(cause.since, "short")
    if cause.action is None:
        return t("ordinance {code}, {day}", code=cause.code, day=day)
    return t("{action} (case {code}), {day}", action=t.word(cause.action), code=cause.code, day=day)


def verdict_words(t: Texts, one: Watched) -> str:
    """What the watch over a cause says, and with how much it is said."""
    seen = one.seen
    if seen.observed:
        found = [t("Moved next door.")]
    elif seen.here.fell:
        found = [t("Fell here; no clear rise next door.")]
    elif seen.here.rose:
        found = [t("Rose here.")]
    else:
        found = [t("No clear change.")]
    if seen.days < DAYS:
        found.append(t("{days} of {all} days so far.", days=seen.days, all=DAYS))
    if one.meanwhile:
        found.append(
            t.plural(
                "{count} other thing was done here in that time.",
                "{count} other things were done here in that time.",
                one.meanwhile,
            )
        )
    return " ".join(found)


def watch_head(t: Texts) -> tuple[str, str, str, str]:
    """The heads of `watch_row`."""
    return t("After"), t("Here"), t("Next door, the strongest rise"), t("What it says")


def watch_row(t: Texts, one: Watched, names: Mapping[str, str]) -> tuple[str, str, str, str]:
    """A cause with its change here and next door; `names`: of places by code."""

    def told(change: Change) -> str:
        return t(
            "{place}: {before} → {after}, {change}",
            place=names.get(change.place, "–"),
            before=change.before,
            after=change.after,
            change=change_words(t, change),
        )

    rise = one.seen.strongest
    here, there = told(one.seen.here), told(rise) if rise else "–"
    return cause_words(t, one.cause), here, there, verdict_words(t, one)


def watch_record(one: Watched) -> dict[str, object]:
    """A cause with its changes as JSON holds them: codes and numbers, no words. An end of an
    interval that nothing bounds is null."""

    def told(change: Change) -> dict[str, object]:
        bounds = {
            name: None if end is None or isinf(end) else round(end, 4)
            for name, end in (("ratio", change.ratio), ("low", change.low), ("high", change.high))
        }
        return {"place": change.place, "before": change.before, "after": change.after, **bounds}

    cause, seen = one.cause, one.seen
    return {
        "code": cause.code,
        "action": cause.action,
        "since": cause.since.isoformat(),
        "days": seen.days,
        "observed": seen.observed,
        "meanwhile": one.meanwhile,
        "here": told(seen.here),
        "next_door": [told(change) for change in seen.next_door],
    }
