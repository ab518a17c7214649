"""What a phone fetches by its signed link, and gives back there: the signature is the permission.

Streamlit's sign-in does not cover routes of our own. A link with a letter changed gives 404,
one of a night that is over 410, one that is asked for again and again 429; nothing of what is
asked for stands in the log.
"""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from collections.abc import Callable

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from data.access import Role, Viewer
from data.agenda import as_ics
from data.crews import referral_desks
from data.exports import gpx_of
from data.pack_links import opened
from data.returns import MOST_BYTES, merge, read, whose
from data.running import RunningNight, running
from data.settings import settings
from data.texts import Texts
from geo.errors import ConflictError, MissingError, ProssimaError, RefusedError
from screens.pack import pack
from screens.paper import paper
from screens.session import network, now, store

PREFIX = "/giro"
PRIVATE = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}


class Pace:
    """How often each may come: so many times in a minute."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._minute = 0
        self._counts: Counter[object] = Counter()
        self._lock = threading.Lock()

    def allows(self, who: object) -> bool:
        """Whether one more is within it; counts it."""
        with self._lock:
            minute = int(time.monotonic() // 60)
            if minute != self._minute:
                self._minute, self._counts = minute, Counter()
            self._counts[who] += 1
            return self._counts[who] <= self.most


MADE = Pace(30)
"""A pack or a PDF takes the processor: whoever holds a link cannot take it all."""

MERGED = Pace(600)
"""A phone gives back at most a few times a minute."""


LATER = {**PRIVATE, "Retry-After": "60"}


def phone_routes() -> tuple[BaseRoute, ...]:
    """The pack at `/giro/TOKEN`, and its night for other programs beside it."""
    return (
        Route(f"{PREFIX}/{{token}}", _pack, methods=["GET"]),
        Route(f"{PREFIX}/{{token}}", _given_back, methods=["POST"]),
        Route(f"{PREFIX}/{{token}}/giro.pdf", _paper, methods=["GET"]),
        Route(f"{PREFIX}/{{token}}/giro.gpx", _gpx, methods=["GET"]),
        Route(f"{PREFIX}/{{token}}/giro.ics", _ics, methods=["GET"]),
    )


def _pack(request: Request) -> Response:
    def html(stands: RunningNight, t: Texts) -> Response:
        night, own = stands.itinerary.night, stands.itinerary.unit
        _, desks = referral_desks(store(), Viewer(Role.OPERATOR, unit=own), night, own)
        made = pack(stands, network(), store().settings(), t, now(), desks=desks)
        return Response(made.html, media_type="text/html", headers=PRIVATE)

    return _answer(request, html)


def _paper(request: Request) -> Response:
    def made(stands: RunningNight, t: Texts) -> Response:
        body = paper(stands.itinerary, network(), store().settings(), t)
        return Response(body, media_type="application/pdf", headers=PRIVATE)

    return _answer(request, made)


def _gpx(request: Request) -> Response:
    def made(stands: RunningNight, _t: Texts) -> Response:
        body = gpx_of([stands.itinerary])
        return Response(body, media_type="application/gpx+xml", headers=PRIVATE)

    return _answer(request, made)


def _ics(request: Request) -> Response:
    def made(stands: RunningNight, t: Texts) -> Response:
        body = as_ics(stands.itinerary, t, now())
        return Response(body, media_type="text/calendar", headers=PRIVATE)

    return _answer(request, made)


async def _given_back(request: Request) -> Response:
    """What the pack sends when there is signal: merged once, answered by identifier."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BYTES:
            return JSONResponse({"error": "return_too_large"}, 413, headers=PRIVATE)
    return await run_in_threadpool(_merged, request.path_params["token"], body)


def _merged(token: str, body: bytes) -> Response:
    try:
        night, unit = opened(settings().home, token)
        if not MERGED.allows((night, unit)):
            return JSONResponse({"error": "too_often"}, 429, headers=LATER)
        document = read(body)
        if whose(document) != (night, unit):
            raise MissingError("link_unknown")
        done = merge(store(), Viewer(Role.OPERATOR, unit=unit), document)
    except ProssimaError as error:
        return JSONResponse({"error": error.code}, _status(error), headers=PRIVATE)
    refused = [event for event, _ in done.refused]
    answer = {"kept": done.kept, "known": done.known, "refused": refused}
    return JSONResponse(json.loads(json.dumps(answer)), headers=PRIVATE)


def _answer(request: Request, make: Callable[[RunningNight, Texts], Response]) -> Response:
    t = Texts(settings().language)
    try:
        night, unit = opened(settings().home, request.path_params["token"])
        if not MADE.allows((night, unit)):
            return PlainTextResponse(
                t("This link was opened too often: wait a minute."), 429, headers=LATER
            )
        stands = running(store(), Viewer(Role.OPERATOR, unit=unit), night, unit)
        if stands.expired:
            raise RefusedError("itinerary_expired")
        return make(stands, t)
    except ProssimaError as error:
        return PlainTextResponse(t.sentence(error), _status(error), headers=PRIVATE)


def _status(error: ProssimaError) -> int:
    if isinstance(error, MissingError):
        return 404
    if isinstance(error, RefusedError):
        return 410
    return 409 if isinstance(error, ConflictError) else 400
