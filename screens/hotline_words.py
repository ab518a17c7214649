"""Hotline requests in words, for the page and the terminal."""

from __future__ import annotations

from data.calling_off import Effect
from data.hotline import Answer
from data.texts import Texts
from geo.night import Night
from routing.requests import HotlineRequest
from screens.names import zone_name


def waits(t: Texts, request: HotlineRequest) -> str:
    """The hours that somebody waits, as a clock shows them: 26:00 is 02:00."""
    night = Night(request.night)
    times = (night.at(night.parse_clock(each)) for each in (request.opens, request.closes))
    return "–".join(t.clock(time) for time in times)


def offer_words(t: Texts, answer: Answer) -> str:
    """`there at 22:40, home 15 min later; gives up Lucca 03`."""
    proposal, arrival = answer.proposal, answer.arrival
    if proposal is None or arrival is None:
        return t("no itinerary is published yet: it goes into the plan")
    parts = [t("there at {time}", time=t.clock(arrival))]
    if proposal.later >= 60:
        parts.append(t("home {minutes} later", minutes=t.minutes(proposal.later)))
    given_up = [(stop.zone and zone_name(stop.zone)) or stop.key for stop in proposal.dropped]
    parts.append(
        t("gives up {stops}", stops=tuple(given_up)) if given_up else t("gives up nothing")
    )
    return ", ".join(parts)


def effect_words(t: Texts, effect: Effect) -> str:
    """What calling off, or changing, meant for who had accepted."""
    match effect:
        case Effect.NONE:
            return t("Kept: nobody was on the way.")
        case Effect.PLAN:
            return t("Kept: it leaves the plan that is still to be made.")
        case Effect.CREW:
            return t(
                "Kept: a crew was to go there. Its page says that nobody waits; until it confirms, "
                "call it."
            )
        case Effect.THERE:
            return t("Kept: the crew is there already, or has been.")
