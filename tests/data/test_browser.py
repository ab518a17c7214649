"""The browser opens when the server answers, and only where there is a display."""

import http.server
import threading

import pytest

from data import browser


@pytest.fixture
def opened(monkeypatch):
    urls = []
    monkeypatch.setattr(browser.webbrowser, "open", lambda url: urls.append(url) or True)
    monkeypatch.setattr(browser, "WAIT", 0.01)
    return urls


def test_it_waits_for_the_server_and_opens_the_page(opened):
    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), type("Answer", (http.server.BaseHTTPRequestHandler,), {
            "do_GET": lambda self: (self.send_response(200), self.end_headers()),
            "log_message": lambda self, *words: None,
        })
    )  # fmt: skip
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}"
    assert browser.main(url)
    assert opened == [url]
    server.shutdown()


def test_it_gives_up_where_nobody_answers(opened, monkeypatch):
    monkeypatch.setattr(browser, "TRIES", 3)
    assert not browser.main("http://127.0.0.1:9")
    assert opened == []


@pytest.mark.parametrize(
    ("platform", "display", "shown"),
    [("linux", "", False), ("linux", ":0", True), ("darwin", "", True)],
)
def test_only_where_there_is_a_display(monkeypatch, platform, display, shown):
    monkeypatch.setattr(browser.sys, "platform", platform)
    monkeypatch.setenv("DISPLAY", display)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    started = []
    monkeypatch.setattr(browser.subprocess, "Popen", lambda *args, **named: started.append(args))
    browser.open_when_ready("http://localhost:1")
    assert bool(started) is shown
