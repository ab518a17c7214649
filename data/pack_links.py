"""Signed links to a crew's pack: whoever holds one may read that night and add to it.

The link names unit and night and carries a signature; the secret is made once for an
installation and readable by its owner alone. A link with another letter opens nothing, and
the pack is given out until the itinerary expires.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from contextlib import suppress
from datetime import date
from pathlib import Path

from itsdangerous import BadSignature, URLSafeSerializer

from geo.errors import MissingError
from geo.night import Night

SECRET = "links.key"  # noqa: S105 (the name of a file)
SALT = "prossima.pack"


def signed(home: Path, night: Night, unit: str) -> str:
    """The token of a unit's night."""
    return str(_signer(home).dumps([night.date.isoformat(), unit]))


def opened(home: Path, token: str) -> tuple[Night, str]:
    """The night and unit that a token is for; MissingError `link_unknown` for any other text."""
    try:
        night, unit = _signer(home).loads(token)
        return Night(date.fromisoformat(night)), str(unit)
    except (BadSignature, ValueError, TypeError) as error:
        raise MissingError("link_unknown") from error


def renew(home: Path) -> None:
    """Void every link that was ever given out: a phone is lost, a link went to the wrong one."""
    (home / SECRET).unlink(missing_ok=True)


def _signer(home: Path) -> URLSafeSerializer:
    digest = {"digest_method": hashlib.sha256}
    return URLSafeSerializer(_secret(home), salt=SALT, signer_kwargs=digest)


def _secret(home: Path) -> bytes:
    """The installation's secret, made on first use; two who make it at once get the same."""
    path = home / SECRET
    if not path.exists():
        home.mkdir(parents=True, exist_ok=True)
        beside = home / f".{SECRET}.{secrets.token_hex(8)}"
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_hex(32).encode())
        with suppress(FileExistsError):
            os.link(beside, path)
        beside.unlink()
    return path.read_bytes()
