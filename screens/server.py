"""What the web server adds to Streamlit: our own files, and headers that keep visits private.

The content policy lets the browser talk to this program alone, so that a forgotten link
in a library cannot reveal to another host who looks at which map.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect
from starlette.responses import PlainTextResponse
from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from layers.served import ASSETS, PREFIX
from screens.phone_routes import phone_routes

BASE_PREFIX = "/base"
"""Where the base map of the network in use is served: public shapes, no login needed."""

POLICY = "; ".join(
    (
        "default-src 'self'",
        # Leaflet layers come as scripts in the page; charts are compiled in the browser.
        "script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "worker-src 'self' blob:",
        "frame-src 'self'",
        "frame-ancestors 'self'",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
    )
)

HEADERS = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(), camera=(), microphone=(), payment=(), usb=()",
}
"""Sent with every answer. `geolocation=()`: no position of a phone is ever asked for."""


MOST_BYTES = 400 * 2**20
"""Largest body of a request; a file of contacts is smaller."""

TOO_LARGE = PlainTextResponse("", status_code=413)

MOST_WINDOWS = 200
"""Most windows open at the same time: each holds memory."""


ROOT = (
    b"<title>Streamlit</title>",
    b'<script>window.__streamlit={BACKEND_BASE_URL:location.origin+"/"}</script>'
    b"<title>Streamlit</title>",
)
"""At a page's address Streamlit would guess where its server is, and be told 404 until it comes
to the root. The program is served at the root: its own page, and no other, is told so."""


class Guard:
    """Adds `HEADERS` to every answer and says the page's language in `<html lang>`.

    Streamlit's page says English whatever it holds, and a screen reader believes it. What is
    too large or too much is turned away before Streamlit sees it. `secure`: browsers come by
    https, and cookies are for it alone.
    """

    def __init__(self, app: ASGIApp, language: str, *, secure: bool = False) -> None:
        self.app = app
        self.language = language.encode("ascii")
        self.secure = secure
        self.windows = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await self._window(scope, receive, send)
            return
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        length = Headers(scope=scope).get("content-length", "0")
        if not length.isascii() or not length.isdigit() or int(length) > MOST_BYTES:
            await TOO_LARGE(scope, receive, send)
            return
        body = _Counted(receive)
        if scope["method"] == "GET" and "text/html" in Headers(scope=scope).get("accept", ""):
            # A page is rewritten below, so it must come uncompressed.
            scope = {
                **scope,
                "headers": [h for h in scope["headers"] if h[0] != b"accept-encoding"],
            }
        answer = _Answer(send, self.language, scope["method"] == "GET", self.secure)
        try:
            await self.app(scope, body, answer)
        except ClientDisconnect:
            if not body.too_large:
                raise
        if body.too_large and not answer.begun:
            await TOO_LARGE(scope, receive, answer)

    async def _window(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self.windows >= MOST_WINDOWS:
            await send({"type": "websocket.close", "code": 1013})
            return
        self.windows += 1
        try:
            await self.app(scope, receive, send)
        finally:
            self.windows -= 1


class _Counted:
    """A request's body on its way in: who does not say how long it is gets no further with it."""

    def __init__(self, receive: Receive) -> None:
        self.receive, self.length = receive, 0

    @property
    def too_large(self) -> bool:
        """Whether more has come than may."""
        return self.length > MOST_BYTES

    async def __call__(self) -> Message:
        if self.too_large:
            return {"type": "http.disconnect"}
        message = await self.receive()
        self.length += len(message.get("body", b""))
        return {"type": "http.disconnect"} if self.too_large else message


class _Answer:
    """One answer on its way out; an HTML body is held back until it is whole."""

    def __init__(self, send: Send, language: bytes, rewritten: bool, secure: bool) -> None:
        self.send, self.language, self.rewritten = send, language, rewritten
        self.secure, self.begun = secure, False
        self.start: Message | None = None
        self.body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.begun = True
            headers = MutableHeaders(scope=message)
            headers.update(HEADERS)
            if headers.get("content-type", "").startswith("text/html"):
                headers["Cache-Control"] = "no-store"
            headers.setdefault("Cache-Control", "no-store")
            if self.secure:
                _only_https(headers, message)
            if self.rewritten and headers.get("content-type", "").startswith("text/html"):
                self.start = message
                return
        elif self.start is not None and message["type"] == "http.response.body":
            self.body += message.get("body", b"")
            if message.get("more_body"):
                return
            body = self.body.replace(b'<html lang="en"', b'<html lang="%b"' % self.language, 1)
            body = body.replace(*ROOT, 1)
            MutableHeaders(scope=self.start)["content-length"] = str(len(body))
            await self.send(self.start)
            message = {"type": "http.response.body", "body": body}
        await self.send(message)


def _only_https(headers: MutableHeaders, message: Message) -> None:
    headers["Strict-Transport-Security"] = "max-age=31536000"
    message["headers"] = [
        (name, value + b"; Secure" if name.lower() == b"set-cookie" else value)
        for name, value in message["headers"]
    ]


class _Public(StaticFiles):
    """Files that may be kept by the browser for a day."""

    def file_response(self, *args, **kwargs):  # type: ignore[no-untyped-def]
        response = super().file_response(*args, **kwargs)
        response.headers.setdefault("Cache-Control", "public, max-age=86400")
        return response


def routes(base: Path) -> Sequence[BaseRoute]:
    """Our public files (Leaflet and the map scripts, the base map kept in `base`), and what
    phones fetch by signed links."""
    return (
        *phone_routes(),
        Mount(PREFIX, _Public(directory=ASSETS)),
        Mount(BASE_PREFIX, _Public(directory=base, check_dir=False)),
    )


def middleware(language: str, *, secure: bool = False) -> Sequence[Middleware]:
    """`Guard`, around everything Streamlit answers."""
    return (Middleware(Guard, language=language, secure=secure),)
