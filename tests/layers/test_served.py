"""Everything a map asks for is a file of our own, and no file asks anybody else."""

import hashlib
import json
import re

import folium
import folium.plugins
import pytest

from geo.errors import InputError, MissingError
from layers.base import QuietMap
from layers.served import ASSETS, VENDORED, all_local, local
from layers.vendor import PACKAGES, clean, refuse_remote


def test_a_known_link_becomes_a_path_of_ours():
    link = "https://cdn.jsdelivr.net/npm/leaflet@1.9.3/dist/leaflet.js"
    assert local(link) == "/assets/leaflet/leaflet.js"
    assert local("/assets/leaflet/leaflet.js") == "/assets/leaflet/leaflet.js"


@pytest.mark.parametrize(
    "link",
    [
        "https://code.jquery.com/jquery-3.7.1.min.js",
        "//cdn.example.org/leaflet.js",
        "/assets/leaflet/absent.js",
        "/elsewhere/leaflet/leaflet.js",
    ],
)
def test_an_unknown_link_is_refused(link):
    with pytest.raises(MissingError) as caught:
        local(link)
    assert caught.value.code == "asset_not_vendored"


def test_every_vendored_file_is_there():
    assert [link for link, name in VENDORED.items() if not (ASSETS / name).is_file()] == []


def test_our_map_asks_for_less_than_folium_and_only_for_ours():
    ours = [link for _, link in QuietMap.default_js + QuietMap.default_css]
    assert len(all_local(ours)) == len(ours) < len(folium.Map.default_js + folium.Map.default_css)


def test_the_installed_folium_still_asks_for_what_is_vendored():
    asked = {link for _, link in folium.Map.default_js + folium.Map.default_css}
    full = folium.plugins.Fullscreen
    asked |= {link for _, link in full.default_js + full.default_css}
    assert set(VENDORED) <= asked


def test_the_manifest_tells_the_truth():
    manifest = json.loads((ASSETS / "manifest.json").read_text(encoding="utf-8"))
    assert [(e["name"], e["version"], e["licence"]) for e in manifest] == [
        (p.name, p.version, p.licence) for p in PACKAGES
    ]
    for entry in manifest:
        assert "LICENSE.txt" in entry["files"]
        for name, digest in entry["files"].items():
            content = (ASSETS / entry["folder"] / name).read_bytes()
            assert hashlib.sha256(content).hexdigest() == digest, name


def test_nothing_served_is_missing_from_the_manifest_but_our_own():
    manifest = json.loads((ASSETS / "manifest.json").read_text(encoding="utf-8"))
    listed = {f"{entry['folder']}/{name}" for entry in manifest for name in entry["files"]}
    there = {p.relative_to(ASSETS).as_posix() for p in ASSETS.rglob("*") if p.is_file()}
    assert there - listed == {
        "manifest.json",
        "prossima/map.js",
        "prossima/map.css",
        "prossima/mark.svg",
    }


@pytest.mark.parametrize("path", sorted(ASSETS.rglob("*.css")), ids=lambda p: p.name)
def test_no_style_sheet_fetches_from_elsewhere_or_from_nowhere(path):
    text = path.read_text(encoding="utf-8")
    refuse_remote(path.name, text)
    for link in re.findall(r"url\(\s*['\"]?([^'\")]+)", text):
        assert link.startswith(("#", "data:")) or (path.parent / link).is_file(), link


@pytest.mark.parametrize(
    "css",
    [
        "a{background:url(//cdn.example.org/x.png)}",
        "a{background:url( 'https://cdn.example.org/x.png')}",
        '@import "http://cdn.example.org/x.css";',
        "@import url(https://cdn.example.org/x.css);",
        "@font-face{src:URL(HTTPS://cdn.example.org/x.woff)}",
    ],
)
def test_a_style_sheet_with_a_remote_link_is_refused(css):
    with pytest.raises(InputError) as caught:
        clean("x.css", css.encode())
    assert caught.value.code == "asset_remote"


def test_pointers_to_source_maps_are_dropped():
    assert clean("x.js", b"run();\n//# sourceMappingURL=x.js.map\n") == b"run();\n"
    assert clean("x.png", b"\x89PNG") == b"\x89PNG"
