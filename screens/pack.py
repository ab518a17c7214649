"""The offline pack: one HTML file with a crew's night, which works without signal.

Everything is in it: Leaflet, the roads, the route, the stops, the form that counts. Its
content policy lets nothing in from outside and names each script and style by its hash. What
is entered stays on the phone until it is given back: sent to this program, as a file, or as
QR codes.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

import shapely
from markupsafe import Markup

from data.running import RunningNight
from data.settings import Settings
from data.texts import Texts
from geo.contacts import (
    AgeClass,
    ContactKind,
    Gender,
    Known,
    MacroArea,
    Material,
    Referral,
    Request,
)
from geo.desks import NextDesks
from geo.handovers import Receiver
from geo.network import RoadNetwork
from layers.served import ASSETS
from routing.itinerary import Itinerary
from routing.progress import CREW_REASONS, StopState, Weather
from screens.desk_words import desk_items
from screens.names import stop_name
from screens.numbers import numbers
from screens.pack_map import Ground, ground, picture
from screens.plans import leg_text, spots, stop_tags

PHONE = Path(__file__).parent / "phone"
FORMAT = 1


@dataclass(frozen=True)
class Parts:
    """What goes into the file beside its words: our own scripts and styles, and the data."""

    scripts: tuple[str, ...]
    styles: tuple[str, ...]
    data: str

    @property
    def policy(self) -> str:
        """Nothing but these scripts and styles; answers go to where the pack came from."""
        return "; ".join(
            (
                "default-src 'none'",
                f"script-src {_hashes(self.scripts)}",
                f"style-src {_hashes(self.styles)}",
                "img-src data: blob:",
                "connect-src 'self'",
                "base-uri 'none'",
                "form-action 'none'",
            )
        )

    @property
    def style_elements(self) -> Markup:
        return _joined(Markup("<style>{}</style>").format(_ours(one)) for one in self.styles)

    @property
    def script_elements(self) -> Markup:
        """The data first, for the scripts read it."""
        data = Markup('<script type="application/json" id="night">{}</script>')
        scripts = (Markup("<script>{}</script>").format(_ours(one)) for one in self.scripts)
        return data.format(_ours(self.data)) + _joined(scripts)


def _joined(parts: Iterable[Markup]) -> Markup:
    return Markup().join(parts)


def _ours(text: str) -> Markup:
    """A script, style or data of our own making, as it stands."""
    return Markup(text)  # noqa: S704 (no value ends its element: see `pack` and `_asset`)


@dataclass(frozen=True)
class Pack:
    """A pack: its HTML, and the content policy that stands in it."""

    html: str
    policy: str


def pack(
    stands: RunningNight,
    network: RoadNetwork,
    settings: Settings,
    t: Texts,
    built: datetime,
    *,
    desks: NextDesks = (),
) -> Pack:
    """A crew's night as a file for its phone. `built`: the server's clock, aware; `desks`: those
    that open next in the languages that the crew refers in."""
    itinerary = stands.itinerary
    around = ground(itinerary, network)
    said = {
        "format": FORMAT,
        "night": itinerary.night.date.isoformat(),
        "unit": itinerary.unit,
        "version": stands.version,
        "built": _milliseconds(built),
        "expires": _milliseconds(itinerary.expires_at),
        "closes": _milliseconds(itinerary.night.end),
        "seen": itinerary.counting is not None,
        "stops": [_stop(t, itinerary, number) for number in range(len(itinerary.stops))],
        # What was said when it was made, wherever it was said.
        "states": {
            each.stop.key: each.state.value
            for each in stands.progress.stops
            if each.state is not StopState.AHEAD
        },
        "sign": {
            "every": settings.check_in_minutes * 60_000,
            "departs": _milliseconds(itinerary.departure),
            "heard": stands.heard and _milliseconds(stands.heard),
        },
        "way": [_line(leg.line) for leg in itinerary.legs if len(leg.line) > 1],
        "roads": {kind: [_line(line.coords) for line in ls] for kind, ls in around.lines.items()},
        "lists": _lists(t),
        "words": _words(t),
    }
    # No value can end the element that holds it.
    data = json.dumps(said, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    parts = Parts(
        (_asset("leaflet/leaflet.js"), _qr(), _phone("pack.js")),
        (_leaflet_css(), _phone("pack.css")),
        data,
    )
    services = Markup('<section><h2>{}</h2><ul class="calls">{}</ul></section>{}').format(
        t("Call"), _calls(t, settings), _desks(t, desks)
    )
    return Pack(_html(t, itinerary, around, services, parts), parts.policy)


def _html(t: Texts, itinerary: Itinerary, around: Ground, services: Markup, parts: Parts) -> str:
    title = f"{itinerary.unit_name}, {t.date(itinerary.night)}"
    head = Markup(
        '<!doctype html><html lang="{}"><head><meta charset="utf-8"><meta http-equiv='
        '"Content-Security-Policy" content="{}"><meta name="viewport" content="width=device-width,'
        ' initial-scale=1"><meta name="referrer" content="no-referrer"><meta name="color-scheme" '
        'content="dark light"><title>{}</title>{}</head>'
    ).format(t.language, parts.policy, title, parts.style_elements)
    body = Markup(
        '<body><header><h1>{title}</h1><p class="quiet">{expires}</p>{synthetic}</header><main>'
        '<p id="expired" role="alert" hidden>{gone}</p>'
        '<section id="next" hidden aria-live="polite"></section>'
        '<section id="sign" hidden></section>'
        '<section id="acts" hidden></section><section id="count" hidden></section>'
        '<section id="route"><h2>{whole}</h2><ol class="stops">{stops}</ol><h2>{map}</h2>'
        '<div id="map" hidden></div><div id="picture">{picture}</div></section>'
        '{services}<section id="back" hidden></section></main>'
        "{scripts}</body></html>"
    ).format(
        title=title,
        expires=t("Valid until {time}", time=t.clock(itinerary.expires_at)),
        synthetic=Markup('<p class="synthetic">{}</p>').format(
            t("Synthetic data: an invented region, no real person, place or crew.")
        )
        if itinerary.synthetic
        else "",
        gone=t(
            "This pack has expired: its route is no longer shown. What was entered is still "
            "here and can be given back below."
        ),
        whole=t("The whole night"),
        stops=_list(t, itinerary),
        map=t("Map"),
        picture=picture(itinerary, around, t("Map of the route; the list says the same")),
        services=services,
        scripts=parts.script_elements,
    )
    return str(head + body)


def _calls(t: Texts, settings: Settings) -> Markup:
    return _joined(
        Markup('<li><a href="tel:{}">{}: {}</a></li>').format(number.replace(" ", ""), name, number)
        for name, number in numbers(t, settings)
    )


def _desks(t: Texts, desks: NextDesks) -> Markup:
    """Days by their date: nobody knows when a pack is read."""
    return (
        Markup('<section><h2>{}</h2><ul class="stops">{}</ul></section>').format(
            t("The desk that opens next"), desk_items(t, desks)
        )
        if desks
        else Markup()
    )


def _list(t: Texts, itinerary: Itinerary) -> Markup:
    return Markup().join(
        Markup(
            '<li data-stop="{}"><time>{}</time> <b>{}</b> <span class="state"></span>'
            "<small>{}</small></li>"
        ).format(
            stop.key,
            t.clock(stop.begin),
            stop_name(t, stop),
            " · ".join([leg_text(t, stop.leg), *stop_tags(t, stop)]),
        )
        for stop in itinerary.stops
    ) + Markup("<li><time>{}</time> <b>{}</b> <small>{}</small></li>").format(
        t.clock(itinerary.home), itinerary.end, leg_text(t, itinerary.way_home)
    )


def _stop(t: Texts, itinerary: Itinerary, number: int) -> dict[str, Any]:
    stop, spot = itinerary.stops[number], spots(itinerary)[number]
    return {
        "key": stop.key,
        "name": stop_name(t, stop),
        "when": t(
            "arrival {arrival}, visit {begin}–{departure}",
            arrival=t.clock(stop.arrival),
            begin=t.clock(stop.begin),
            departure=t.clock(stop.departure),
        ),
        "leg": leg_text(t, stop.leg),
        "tags": stop_tags(t, stop),
        "at": [round(spot.y, 5), round(spot.x, 5)],
    }


def _lists(t: Texts) -> dict[str, list[list[str]]]:
    """The code lists of the form: pairs of code and word."""
    codes: dict[str, Iterable[StrEnum]] = {
        "kind": ContactKind,
        "gender": Gender,
        "macro_area": MacroArea,
        "age_class": AgeClass,
        "known": Known,
        "materials": Material,
        "requests": Request,
        "referrals": Referral,
        "receivers": Receiver,
        "reasons": CREW_REASONS,
        "weather": Weather,
    }
    return {
        name: [[one.value, t.word(one)] for one in kind if one.value != "nr"]
        for name, kind in codes.items()
    }


def _words(t: Texts) -> dict[str, str]:
    return {
        "next": t("Next stop, {number} of {count}", number="{number}", count="{count}"),
        "here": t("You are at stop {number} of {count}", number="{number}", count="{count}"),
        "home": t("The way home"),
        "arrived": t("Arrived"),
        "left": t("We leave"),
        "skip": t("Skip"),
        "undo": t("Undo the last"),
        "again": t("Same as the last"),
        "contacts": t("Contacts"),
        "persons_seen": t("Persons seen"),
        "passing": t(
            "Seen in passing: nobody is approached, nothing is asked. On each pass everybody "
            "counts anew."
        ),
        "unknown": t.word(Gender.NR),
        "once": t("A person is counted once a night at most, by whichever crew meets them first."),
        "counted": t("Counted here: {count}", count="{count}"),
        "gender": t("Perceived gender"),
        "macro_area": t("Part of the world"),
        "age_class": t("Perceived age"),
        "known": t("Known"),
        "materials": t("Handed out"),
        "requests": t("Asked for"),
        "referrals": t("Referred to"),
        "persons": t("Persons"),
        "minor": t(
            "Apparent minor: call before anything else. Stay together, ask nothing more, promise "
            "nothing. First the coordination; 112 where there is danger. The entry is counted "
            "and never drawn on a map."
        ),
        "handed": t("Handed over to a service"),
        "handed_once": t(
            "One tap, one person. The tap is kept seven nights as all taps are, and then "
            "only a number, by month and municipality."
        ),
        "handed_last": t("Counted: {receiver}.", receiver="{receiver}"),
        "take_back": t("Take back"),
        "well": t("All is well"),
        "sign": t(
            "Check-in by {time}: it counts when this phone sends it. Without signal, call as soon "
            "as you can.", time="{time}",
        ),
        "late": t("The coordination has been waiting for a sign of yours since {time}.",
                  time="{time}"),
        "done": t("done"),
        "skipped": t("skipped"),
        "back": t("Give back what was entered"),
        "waiting": t("Entries on this phone: {count}; not yet given back: {open}",
                     count="{count}", open="{open}"),
        "send": t("Send now"),
        "sent": t("Received: {kept} new, {known} known before.", kept="{kept}", known="{known}"),
        "refused": t(
            "Not taken: {count}. They stay on this phone; tell the coordination.", count="{count}"
        ),
        "unsent": t("No signal: nothing was sent, nothing is lost."),
        "file": t("Save as a file"),
        "codes": t("Show as QR codes"),
        "code": t("Code {number} of {count}", number="{number}", count="{count}"),
        "full": t(
            "The phone's storage is full or closed: entries are kept only while this page is "
            "open. Give them back now."
        ),
        "zoom_in": t("Zoom in"),
        "zoom_out": t("Zoom out"),
        "map": t("Map of the route; the list says the same"),
    }  # fmt: skip


def _line(points: Any) -> list[list[float]]:
    """(latitude, longitude) pairs as Leaflet has them, thinned to about 20 m."""
    line = shapely.simplify(shapely.LineString(points), 2e-4)
    return [[round(lat, 4), round(lon, 4)] for lon, lat in line.coords]


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def _hashes(parts: Iterable[str]) -> str:
    digests = (hashlib.sha256(part.encode()).digest() for part in parts)
    return " ".join(f"'sha256-{base64.b64encode(each).decode()}'" for each in digests)


@cache
def _asset(name: str) -> str:
    # "</" in a script would end it.
    return (ASSETS / name).read_text(encoding="utf-8").replace("</", "<\\/").strip()


@cache
def _qr() -> str:
    """The maker of QR codes, given a place for what it exports."""
    return f"var leanQr=(function(exports){{{_asset('lean-qr/lean-qr.js')};return exports}})({{}})"


@cache
def _leaflet_css() -> str:
    """Leaflet's style without the pictures, which the pack does not use."""
    css = (ASSETS / "leaflet/leaflet.css").read_text(encoding="utf-8")
    return re.sub(r"background-image:\s*url\([^)]*\);?|behavior:[^;]*;", "", css).strip()


@cache
def _phone(name: str) -> str:
    return (PHONE / name).read_text(encoding="utf-8").strip()
