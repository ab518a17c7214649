"""A little Overpass and Nominatim server on the loopback, for one town."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, urlparse

STATUS = """Connected as: 2130706433
Current time: 2026-05-02T20:00:00Z
Announced endpoint: none
Rate limit: 2
2 slots available now.
Currently running queries (pid, space limit, time limit, start time):
"""


@dataclass
class Town:
    """What the server answers, and what it was asked."""

    nodes: Mapping[int, tuple[float, float]]
    ways: Sequence[tuple[Sequence[int], Mapping[str, str]]]
    tags: Mapping[int, Mapping[str, str]] = field(default_factory=dict)
    status: int = 200
    asked: list[tuple[str, Mapping[str, list[str]]]] = field(default_factory=list)
    base: str = ""

    def roads(self) -> object:
        """The answer of Overpass, in its JSON."""
        nodes = [
            {"type": "node", "id": key, "lon": lon, "lat": lat, "tags": {**self.tags.get(key, {})}}
            for key, (lon, lat) in self.nodes.items()
        ]
        ways = [
            {"type": "way", "id": 100 + row, "nodes": list(refs), "tags": dict(tags)}
            for row, (refs, tags) in enumerate(self.ways)
        ]
        return {"version": 0.6, "generator": "Overpass API", "elements": nodes + ways}

    def places(self, query: str) -> object:
        """The answer of Nominatim: the town's outline for "Borgo", nothing otherwise."""
        if query != "Borgo, Toscana":
            return []
        lons, lats = zip(*self.nodes.values(), strict=True)
        west, east = min(lons) - 0.01, max(lons) + 0.01
        south, north = min(lats) - 0.01, max(lats) + 0.01
        ring = [(west, south), (east, south), (east, north), (west, north), (west, south)]
        return [
            {
                "place_id": 1,
                "lat": str(lats[0]),
                "lon": str(lons[0]),
                "importance": 0.5,
                "display_name": query,
                "boundingbox": [str(south), str(north), str(west), str(east)],
                "geojson": {"type": "Polygon", "coordinates": [ring]},
            }
        ]


@contextmanager
def serving(town: Town) -> Iterator[Town]:
    """Serve the town on a free port of the loopback; `town.base` is its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            url = urlparse(self.path)
            query = parse_qs(url.query)
            town.asked.append((url.path, query))
            if url.path == "/api/status":
                self.answer(STATUS.encode(), "text/plain", 200)
            else:
                self.answer(json.dumps(town.places(query["q"][0])).encode())

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            town.asked.append((self.path, parse_qs(body)))
            if town.status == 200:
                self.answer(json.dumps(town.roads()).encode())
            else:
                self.answer(b"<html>runtime error</html>", "text/html", town.status)

        def answer(self, body: bytes, kind: str = "application/json", status: int = 200) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    town.base = f"http://127.0.0.1:{server.server_port}"
    try:
        yield town
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def loopback_only(monkeypatch) -> Iterator[list[str]]:
    """Refuse every connection that would leave the machine; the list names those tried."""
    refused: list[str] = []
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: object) -> None:
        if isinstance(address, tuple) and address[0] not in ("127.0.0.1", "::1", "localhost"):
            refused.append(str(address[0]))
            raise OSError("no connection leaves this machine")
        connect(self, address)

    with monkeypatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded)
        yield refused
