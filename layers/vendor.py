"""Fill `layers/assets` from pinned npm packages: `python -m layers.vendor`.

A developer's tool: it needs npm and a connection, the program needs neither. Each
package's licence is kept beside its files. A style sheet that would fetch anything from
another host is refused, and `manifest.json` records what was taken and its SHA-256.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import subprocess
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

from geo.errors import InputError, MissingError
from layers.served import ASSETS


@dataclass(frozen=True)
class Package:
    """One npm package: exact version, and the files taken (path inside → name here).

    They go to the folder named like the package, or to `folder`.
    """

    name: str
    version: str
    licence: str
    files: tuple[tuple[str, str], ...]
    folder: str = ""


_LEAFLET_IMAGES = ("layers.png", "layers-2x.png", "marker-icon.png", "marker-icon-2x.png")

PACKAGES = (
    Package(
        "leaflet",
        "1.9.4",
        "BSD-2-Clause",
        (
            ("dist/leaflet.js", "leaflet.js"),
            ("dist/leaflet.css", "leaflet.css"),
            *((f"dist/images/{name}", f"images/{name}") for name in _LEAFLET_IMAGES),
            ("dist/images/marker-shadow.png", "images/marker-shadow.png"),
            ("LICENSE", "LICENSE.txt"),
        ),
    ),
    Package(
        "leaflet.fullscreen",
        "3.0.2",
        "MIT",
        (
            ("Control.FullScreen.js", "Control.FullScreen.js"),
            ("Control.FullScreen.css", "Control.FullScreen.css"),
            ("icon-fullscreen.svg", "icon-fullscreen.svg"),
            ("LICENSE", "LICENSE.txt"),
        ),
    ),
    Package(
        "@fontsource-variable/inter",
        "5.3.0",
        "OFL-1.1",
        (
            ("files/inter-latin-wght-normal.woff2", "inter-latin.woff2"),
            ("LICENSE", "LICENSE.txt"),
        ),
        "inter",
    ),
    Package("lean-qr", "2.7.4", "MIT", (("index.js", "lean-qr.js"), ("LICENSE", "LICENSE.txt"))),
)

_REMOTE = re.compile(
    r"url\(\s*['\"]?\s*(?://|https?:)|@import\s+['\"]\s*(?://|https?:)", re.IGNORECASE
)
_SOURCE_MAP = re.compile(r"\n?(?://|/\*)[#@] sourceMappingURL=[^\n*]*(?:\*/)?\s*$")


def refuse_remote(name: str, css: str) -> None:
    """Raise InputError `asset_remote` if a style sheet would load from another host."""
    if _REMOTE.search(css):
        raise InputError("asset_remote", file=name)


def fetch(package: Package) -> dict[str, bytes]:
    """The files of a package by their name here, as npm's own client packs them."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(  # noqa: S603
            ["npm", "pack", "--silent", f"{package.name}@{package.version}"],  # noqa: S607
            cwd=folder,
            check=True,
            capture_output=True,
        )
        (archive,) = Path(folder).glob("*.tgz")
        content = io.BytesIO(archive.read_bytes())
    with tarfile.open(fileobj=content) as tar:
        taken = {}
        for inside, here in package.files:
            member = tar.extractfile(f"package/{inside}")
            if member is None:
                raise MissingError("asset_absent", package=package.name, file=inside)
            taken[here] = clean(here, member.read())
    return taken


def clean(name: str, content: bytes) -> bytes:
    """A file as we serve it: styles checked, pointers to absent source maps dropped."""
    if not name.endswith((".js", ".css")):
        return content
    text = _SOURCE_MAP.sub("\n", content.decode("utf-8"))
    if name.endswith(".css"):
        refuse_remote(name, text)
    return text.encode("utf-8")


def vendor(target: Path = ASSETS, packages: tuple[Package, ...] = PACKAGES) -> None:
    """Write the files of all packages below `target`, and `manifest.json` beside them."""
    manifest = []
    for package in packages:
        files, folder = fetch(package), package.folder or package.name
        for name, content in files.items():
            path = target / folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        manifest.append(
            {
                "name": package.name,
                "folder": folder,
                "version": package.version,
                "licence": package.licence,
                "files": {name: hashlib.sha256(files[name]).hexdigest() for name in sorted(files)},
            }
        )
    text = json.dumps(manifest, indent=2) + "\n"
    (target / "manifest.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    vendor()
