"""Opens the program in the browser once it answers: `python -m data.browser`.

A process of its own, for the server takes the place of the command that started it.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.request
import webbrowser
from urllib.parse import urljoin

URL = "PROSSIMA_OPEN"
"""Variable that holds the address: it may let in, and arguments are seen by all on a machine."""

TRIES = 240
WAIT = 0.5


def has_display() -> bool:
    """Whether a browser would have a screen to open on."""
    shown = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    return sys.platform != "linux" or bool(shown)


def open_when_ready(url: str) -> None:
    """Leave a process behind that opens `url` when it answers, where there is a display."""
    if has_display():
        subprocess.Popen(
            [sys.executable, "-m", "data.browser"],
            env={**os.environ, URL: url},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )


def main(url: str) -> bool:
    """Wait for the server, at most two minutes; whether a browser was opened."""
    for _ in range(TRIES):
        try:
            urllib.request.urlopen(urljoin(url, "/_stcore/health"), timeout=1).close()  # noqa: S310
        except OSError:
            time.sleep(WAIT)
        else:
            return webbrowser.open(url)
    return False


if __name__ == "__main__":
    main(os.environ[URL])
