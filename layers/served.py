"""What the program serves itself: every link that folium asks of a CDN has a local file.

A map in the browser asks for Leaflet and its plugins by link. `local` turns such a link
into a path of our own and raises for one that is not vendored, so that a new plugin
cannot make the browser call another host unnoticed. `python -m layers.vendor` fills
`assets/` from the pinned npm packages and writes its manifest.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from geo.errors import MissingError

ASSETS = Path(__file__).parent / "assets"
"""Public files: Leaflet, its plugins, their licences, and our own map scripts."""

PREFIX = "/assets"
"""The path the server mounts `ASSETS` on."""

VENDORED = {
    "https://cdn.jsdelivr.net/npm/leaflet@1.9.3/dist/leaflet.js": "leaflet/leaflet.js",
    "https://cdn.jsdelivr.net/npm/leaflet@1.9.3/dist/leaflet.css": "leaflet/leaflet.css",
    "https://cdn.jsdelivr.net/npm/leaflet.fullscreen@3.0.0/Control.FullScreen.min.js": (
        "leaflet.fullscreen/Control.FullScreen.js"
    ),
    "https://cdn.jsdelivr.net/npm/leaflet.fullscreen@3.0.0/Control.FullScreen.css": (
        "leaflet.fullscreen/Control.FullScreen.css"
    ),
}
"""CDN link as folium 0.20 writes it → file below `ASSETS`."""


def local(link: str) -> str:
    """The path of our own that stands for a script or style link.

    A path below `PREFIX` is returned as it is. Raises MissingError `asset_not_vendored`
    for any other link, and for a path whose file is not there.
    """
    name = link.removeprefix(f"{PREFIX}/") if link.startswith(f"{PREFIX}/") else VENDORED.get(link)
    if name is None or not (ASSETS / name).is_file():
        raise MissingError("asset_not_vendored", link=link)
    return f"{PREFIX}/{name}"


def all_local(links: Iterable[str]) -> list[str]:
    """`local` of each link, in order."""
    return [local(link) for link in links]
