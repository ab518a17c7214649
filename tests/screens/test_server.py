"""What every answer of the server carries, asked through Starlette itself."""

import asyncio

import pytest
from starlette.applications import Starlette
from starlette.responses import HTMLResponse, PlainTextResponse, StreamingResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from layers.served import ASSETS
from screens import server
from screens.server import HEADERS, POLICY, middleware, routes

PAGE = '<!doctype html><html lang="en"><head><title>Streamlit</title></head><body>è</body></html>'


async def parts():
    yield PAGE[:30]
    yield PAGE[30:]


def application(folder):
    return Starlette(
        routes=[
            Route("/", lambda request: HTMLResponse(PAGE)),
            Route("/parts", lambda request: StreamingResponse(parts(), media_type="text/html")),
            Route("/text", lambda request: PlainTextResponse('<html lang="en">')),
            Route("/coding", lambda r: PlainTextResponse(r.headers.get("accept-encoding", "-"))),
            *routes(folder),
        ],
        middleware=list(middleware("it")),
    )


@pytest.fixture
def ask(tmp_path):
    """Ask the application for a path: status, headers, body."""
    (tmp_path / "ground.json").write_text("{}", encoding="utf-8")
    (tmp_path.parent / "secret.txt").write_text("secret", encoding="utf-8")
    app = application(tmp_path)

    def call(path, method="GET", **headers):
        sent, asked = [], []

        async def receive():
            if asked:  # the client waits for its answer and says nothing more
                await asyncio.Event().wait()
            asked.append(path)
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message):
            sent.append(message)

        given = {"accept": "text/html", "accept-encoding": "gzip", **headers}
        scope = {
            "type": "http",
            "http_version": "1.1",
            "method": method,
            "path": path,
            "raw_path": path.encode(),
            "root_path": "",
            "query_string": b"",
            "scheme": "http",
            "server": ("127.0.0.1", 80),
            "headers": [(name.encode(), value.encode()) for name, value in given.items()],
        }
        asyncio.run(app(scope, receive, send))
        start, *rest = sent
        found = {name.decode(): value.decode() for name, value in start["headers"]}
        return start["status"], found, b"".join(message.get("body", b"") for message in rest)

    return call


@pytest.mark.parametrize("path", ["/", "/parts"])
def test_a_page_says_its_language_and_its_true_length(ask, path):
    status, headers, body = ask(path)
    assert status == 200
    told, rest = body.decode().split("<script>")[0], body.decode().split("</script>")[1]
    assert told + rest == PAGE.replace('lang="en"', 'lang="it"')
    assert "BACKEND_BASE_URL:location.origin" in body.decode()
    assert headers["content-length"] == str(len(body))


def test_other_texts_are_left_alone(ask):
    assert ask("/text")[2] == b'<html lang="en">'


def test_a_page_is_asked_for_uncompressed_and_other_files_are_not(ask):
    assert ask("/coding")[2] == b"-"
    assert ask("/coding", accept="*/*")[2] == b"gzip"


def test_asking_for_the_headers_of_a_page_leaves_them_as_they_are(ask):
    _, headers, _ = ask("/", method="HEAD")
    assert headers["content-length"] == str(len(PAGE.encode()))


@pytest.mark.parametrize("path", ["/", "/text", "/assets/leaflet/leaflet.js", "/absent"])
def test_every_answer_carries_the_headers(ask, path):
    _, headers, _ = ask(path)
    assert {name: headers[name.lower()] for name in HEADERS} == HEADERS


def test_the_policy_names_no_other_host():
    assert "default-src 'self'" in POLICY
    for word in POLICY.replace(";", " ").split():
        known = word.endswith("-src") or word in {"base-uri", "form-action", "frame-ancestors"}
        assert known or word.startswith("'") or word in {"data:", "blob:"}, word


def test_public_files_are_served_and_nothing_beside_them(ask):
    status, headers, body = ask("/assets/leaflet/leaflet.js", accept="*/*")
    assert (status, body) == (200, (ASSETS / "leaflet/leaflet.js").read_bytes())
    assert "max-age" in headers["cache-control"]
    assert ask("/base/ground.json")[0] == 200
    assert ask("/base/../secret.txt")[0] == 404
    assert ask("/assets/../served.py")[0] == 404


def test_a_body_that_does_not_say_how_long_it_is_gets_no_further_than_it_may(monkeypatch):
    monkeypatch.setattr(server, "MOST_BYTES", 1000)
    read = []

    async def taken(request):
        read.append(len(await request.body()))
        return PlainTextResponse("taken")

    app = Starlette(routes=[Route("/", taken, methods=["POST"])], middleware=[*middleware("it")])
    phone = TestClient(app)
    assert phone.post("/", content=iter([b"x" * 400, b"x" * 500])).text == "taken"
    assert phone.post("/", content=iter([b"x" * 400] * 5)).status_code == 413
    assert phone.post("/", content=b"x" * 1001).status_code == 413
    assert phone.post("/", headers={"content-length": b"\xb2"}, content=b"").status_code == 413
    assert read == [900]
