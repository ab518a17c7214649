"""Signing in: what an identity provider says of a person, and the two ways without one.

- With a provider (`PROSSIMA_OIDC_METADATA_URL`): `Seats.account` looks up who its token is about
  and refuses what has expired, stood idle, was signed out, or is nobody here.
- Demo: whoever opens the program chooses a role, where all is invented (or nothing is there
  yet) and only this computer reaches it.
- This computer alone, with real data: a link that lets in once, made by who has the terminal
  and therefore the files (`new_key`); then a role is chosen as in the demo.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import json
import secrets
import threading
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

from data.accounts import Account, known
from data.settings import Settings
from data.sheets import beside
from data.store import Store
from geo.errors import InputError, RefusedError

KEY_MINUTES = 10
"""How long a link lets in."""

SECRETS = "signin.toml"
"""File in the home folder that tells Streamlit about the provider."""


class Door(StrEnum):
    """How one enters this installation."""

    PROVIDER = "provider"
    DEMO = "demo"
    LINK = "link"


def door(settings: Settings, store: Store, address: str | None, host: str | None) -> Door:
    """Which door this installation has.

    `address`: what the server listens on; `host`: what the browser called it, if it said so.
    Raises RefusedError `open_without_signin` where other computers reach an installation that
    has no provider.
    """
    if settings.oidc_metadata_url:
        return Door.PROVIDER
    if not is_loopback(address) or not (host is None or is_loopback(host)):
        raise RefusedError("open_without_signin")
    # The municipalities' database never has a zone: empty says nothing there.
    demo = store.synthetic() or (settings.profile == "network" and store.empty())
    return Door.DEMO if demo else Door.LINK


def is_loopback(address: str | None) -> bool:
    """Whether an address, or a browser's `Host` with its port, is this computer itself."""
    if not address:
        return False
    name = address.rsplit(":", 1)[0] if address.count(":") == 1 else address
    if name == "localhost":
        return True
    try:
        return ipaddress.ip_address(name.strip("[]").split("]")[0]).is_loopback
    except ValueError:
        return False


class Seats:
    """Who has been active when, in this process: an account and its sign-in (`iat`)."""

    def __init__(self, idle: timedelta) -> None:
        self._idle = idle
        self._seen: dict[tuple[int, int], datetime] = {}
        self._gone: set[tuple[int, int]] = set()
        self._lock = threading.Lock()

    def account(
        self,
        store: Store,
        claims: Mapping[str, Any],
        settings: Settings,
        now: datetime,
        *,
        active: bool = True,
    ) -> Account:
        """The account that a provider's token is about, checked on every run.

        `active`: a person did something; False only looks. Raises RefusedError
        `signin_unknown` (issuer, subject), `signin_closed`, `signin_expired`, `signin_idle`,
        `signin_void` (signed out everywhere, or the role was changed since), `signin_foreign` (a
        token for another program, or one that lacks what it must say).
        """
        issuer, subject, issued = _claimed(claims, settings, now)
        account = known(store, issuer, subject)
        if account is None:
            raise RefusedError("signin_unknown", issuer=issuer, subject=subject)
        if account.closed:
            raise RefusedError("signin_closed")
        if account.signed_out and datetime.fromtimestamp(issued, UTC) <= account.signed_out:
            raise RefusedError("signin_void")
        seat = (account.id or 0, issued)
        with self._lock:
            # After a restart nobody knows who was active: the sign-in itself counts.
            last = self._seen.get(seat, datetime.fromtimestamp(issued, UTC))
            if seat in self._gone:
                raise RefusedError("signin_void")
            if now - last > self._idle:
                self._gone.add(seat)
                raise RefusedError("signin_idle", minutes=int(self._idle.total_seconds() // 60))
            if active:
                self._seen[seat] = now
        return account

    def leave(self, account: Account, claims: Mapping[str, Any]) -> None:
        """End a sign-in here: a copy of its cookie lets nobody in any more."""
        with self._lock:
            self._gone.add((account.id or 0, int(claims.get("iat", 0))))


def _claimed(claims: Mapping[str, Any], settings: Settings, now: datetime) -> tuple[str, str, int]:
    issuer, subject = claims.get("iss"), claims.get("sub")
    audience, issued, expires = claims.get("aud"), claims.get("iat"), claims.get("exp")
    meant = audience if isinstance(audience, list) else [audience]
    if not (isinstance(issuer, str) and isinstance(subject, str)):
        raise RefusedError("signin_foreign")
    if not (isinstance(issued, int | float) and isinstance(expires, int | float)):
        raise RefusedError("signin_foreign")
    if settings.oidc_client_id not in meant or issued > now.timestamp() + 120:
        raise RefusedError("signin_foreign")
    if now.timestamp() >= expires:
        raise RefusedError("signin_expired")
    return issuer, subject, int(issued)


# A link that lets in once


def new_key(home: Path, now: datetime) -> str:
    """A new key of which only its hash is kept; the one before is void."""
    key = secrets.token_urlsafe(32)
    ends = now + timedelta(minutes=KEY_MINUTES)
    kept = {"hash": hashlib.sha256(key.encode()).hexdigest(), "ends": ends.isoformat()}
    with beside(_key_file(home)) as target:
        target.touch(mode=0o600)
        target.write_text(json.dumps(kept), encoding="utf-8")
    return key


def use_key(home: Path, key: str, now: datetime) -> None:
    """Let in once. Raises RefusedError `link_void` for another key, a used or an old one."""
    taken = _key_file(home).with_suffix(f".{secrets.token_hex(4)}")
    given = hashlib.sha256(key.encode(errors="surrogatepass")).hexdigest()
    try:
        kept = json.loads(_key_file(home).read_text(encoding="utf-8"))
        if not hmac.compare_digest(kept["hash"], given):  # and whose link it is may still come
            raise RefusedError("link_void")
        _key_file(home).rename(taken)  # whoever comes second finds nothing
    except FileNotFoundError as error:
        raise RefusedError("link_void") from error
    taken.unlink()
    if now >= datetime.fromisoformat(kept["ends"]):
        raise RefusedError("link_void")


def _key_file(home: Path) -> Path:
    return home / "entry-key"


# What Streamlit must know of the provider


def write_secrets(settings: Settings, port: int) -> Path | None:
    """Write down the provider for Streamlit, readable by the owner alone; None without one.

    The secret that signs cookies is made once and kept. Raises InputError `oidc_half` when the
    client or its secret is missing.
    """
    if not settings.oidc_metadata_url:
        return None
    if not settings.oidc_client_id or settings.oidc_client_secret is None:
        raise InputError("oidc_half")
    path = settings.home / SECRETS
    base = (settings.public_url or f"http://localhost:{port}").rstrip("/")
    said = {
        "redirect_uri": f"{base}/oauth2callback",
        "cookie_secret": _cookie_secret(settings.home),
        "client_id": settings.oidc_client_id,
        "client_secret": settings.oidc_client_secret.get_secret_value(),
        "server_metadata_url": settings.oidc_metadata_url,
    }
    lines = [f"{name} = {json.dumps(value)}" for name, value in said.items()]
    with beside(path) as target:
        target.touch(mode=0o600)
        target.write_text("\n".join(["[auth]", *lines, ""]), encoding="utf-8")
    return path


def _cookie_secret(home: Path) -> str:
    path = home / "cookie-secret"
    if not path.exists():
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        with beside(path) as target:
            target.touch(mode=0o600)
            target.write_text(secrets.token_hex(32), encoding="ascii")
    return path.read_text(encoding="ascii").strip()
