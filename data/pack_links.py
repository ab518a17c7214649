"""Signed links to a crew's pack: whoever holds one may read that night and add to it.

The link names unit and night and carries a signature; the secret is made once for an
installation and readable by its owner alone. A link with another letter opens nothing, and
the pack is given out until the itinerary expires. `void` ends the links of one unit's night,
`renew` all.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from contextlib import suppress
from datetime import date
from pathlib import Path

from itsdangerous import BadSignature, URLSafeSerializer

from data.sheets import beside
from geo.errors import MissingError
from geo.night import Night

SECRET = "links.key"  # noqa: S105 (the name of a file)
SALT = "prossima.pack"

VOIDED = "links.json"
"""How often the links of a unit's night were voided, by night and unit."""

KEPT = 60
"""Nights after which nobody asks any more: the itinerary has expired long ago."""


def signed(home: Path, night: Night, unit: str) -> str:
    """The token of a unit's night."""
    turn = _turns(home).get(_name(night, unit), 0)
    return str(_signer(home).dumps([night.date.isoformat(), unit, turn]))


def opened(home: Path, token: str) -> tuple[Night, str]:
    """The night and unit that a token is for; MissingError `link_unknown` for any other text."""
    try:
        day, unit, *rest = _signer(home).loads(token)
        night = Night(date.fromisoformat(day))
        # A link of an earlier version carries no turn: it is of the first.
        valid = (rest or [0]) == [_turns(home).get(_name(night, unit), 0)]
    except (BadSignature, OSError, ValueError, TypeError) as error:
        raise MissingError("link_unknown") from error
    if not valid:
        raise MissingError("link_unknown")
    return night, str(unit)


def void(home: Path, night: Night, unit: str) -> None:
    """Void the links of one unit's night that were given out; new ones open."""
    turns = {
        name: turn
        for name, turn in _turns(home).items()
        if night - Night(date.fromisoformat(name[:10])) <= KEPT
    }
    turns[_name(night, unit)] = turns.get(_name(night, unit), 0) + 1
    with beside(home / VOIDED) as target:
        target.touch(mode=0o600)
        target.write_text(json.dumps(turns, indent=1), encoding="utf-8")


def renew(home: Path) -> None:
    """Void every link that was ever given out: a phone is lost, a link went to the wrong one."""
    (home / SECRET).unlink(missing_ok=True)


def _name(night: Night, unit: str) -> str:
    return f"{night.date.isoformat()} {unit}"


def _turns(home: Path) -> dict[str, int]:
    """What was voided; ValueError for a file that cannot be read, which opens nothing."""
    path = home / VOIDED
    return dict(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else {}


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
