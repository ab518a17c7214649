"""A crew's night on paper: the map, the stops, the numbers, and a table to count in."""

from __future__ import annotations

from data.pdf import pdf
from data.settings import Settings
from data.texts import Texts
from geo.contacts import ContactKind
from geo.network import RoadNetwork
from routing.itinerary import Itinerary
from screens.names import stop_name
from screens.numbers import numbers
from screens.pack_map import ground, picture
from screens.plans import leg_text, stop_tags


def paper(itinerary: Itinerary, network: RoadNetwork, settings: Settings, t: Texts) -> bytes:
    """The itinerary as a tagged PDF (PDF/UA-1)."""
    alt = t("Map of the route; the list says the same")
    kinds = [kind for kind in ContactKind if kind is not ContactKind.TELEFONICO_INDOOR]
    data = {
        "title": f"{itinerary.unit_name}, {t.date(itinerary.night, 'full')}",
        "language": t.language,
        "foot": t("For the crew alone. Destroy it after the shift."),
        "lead": t(
            "{count} stops, {minutes} on the road, {length}. Start {start} at {time}, back at "
            "{home}.",
            count=len(itinerary.stops),
            minutes=t.minutes(itinerary.driving_minutes * 60),
            length=t.kilometres(itinerary.kilometres * 1000),
            start=itinerary.start,
            time=t.clock(itinerary.departure),
            home=t.clock(itinerary.home),
        ),
        "map_alt": alt,
        "stops_title": t("The whole night"),
        "stops_header": ["", t("Hours"), t("Place"), t("The way there")],
        "stops": _rows(t, itinerary),
        "call_title": t("Call"),
        "calls": [f"{name}: {number}" for name, number in numbers(t, settings)],
        "tally_title": t("Contacts"),
        "tally_note": t(
            "Strokes only, no name and no note. "
            "A person is counted once a night at most, by whichever crew meets them first."
        ),
        "tally_header": ["", *(t.word(kind) for kind in kinds)],
        "tally_rows": [
            [str(number), *("" for _ in kinds)] for number in range(1, len(itinerary.stops) + 1)
        ],
    }
    if itinerary.synthetic:
        data["synthetic"] = t("Synthetic data: an invented region, no real person, place or crew.")
    drawing = picture(itinerary, ground(itinerary, network), alt)
    return pdf("itinerary", data, {"map.svg": drawing.encode()})


def _rows(t: Texts, itinerary: Itinerary) -> list[list[str]]:
    rows = []
    for number, stop in enumerate(itinerary.stops, start=1):
        hours = f"{t.clock(stop.begin)}–{t.clock(stop.departure)}"
        way = " · ".join([leg_text(t, stop.leg), *stop_tags(t, stop)])
        rows.append([str(number), hours, stop_name(t, stop), way])
    rows.append(["", t.clock(itinerary.home), itinerary.end, leg_text(t, itinerary.way_home)])
    return rows
