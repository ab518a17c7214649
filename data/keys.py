"""The key of the encrypted embedded database: from the environment, or the system's keyring."""

from __future__ import annotations

import re
import secrets
from types import ModuleType

from data.settings import Settings
from geo.errors import InputError

KEYRING = "keyring"
"""Value of the setting that sends us to the system's keyring."""

SERVICE = "prossima"
RAW = re.compile(r"[0-9a-fA-F]{64}")
"""A key of 256 bits as it is; anything else is a passphrase that the key is derived from."""


def database_key(settings: Settings) -> str | None:
    """The key, None for a database that is not encrypted.

    Raises InputError `keyring_missing` (no such module or no keyring on this system) and
    `database_key_missing` (the keyring has none for this folder).
    """
    said = settings.database_key
    if said is None or settings.database_url:
        return None
    if said.get_secret_value() != KEYRING:
        return said.get_secret_value()
    kept = _ask("get_password", str(settings.home))
    if not kept:
        raise InputError("database_key_missing")
    return kept


def make_key(settings: Settings) -> None:
    """Put a new random key of 256 bits into the keyring, where there is none yet."""
    if not _ask("get_password", str(settings.home)):
        _ask("set_password", str(settings.home), secrets.token_hex(32))


def pragma(key: str, name: str = "key") -> str:
    """The statement that tells SQLCipher the key."""
    quoted = f"\"x'{key}'\"" if RAW.fullmatch(key) else "'" + key.replace("'", "''") + "'"
    return f"PRAGMA {name} = {quoted}"


def _ask(act: str, *given: str) -> str | None:
    keyring = _keyring()
    try:
        answer: str | None = getattr(keyring, act)(SERVICE, *given)
    except keyring.errors.KeyringError as error:
        raise InputError("keyring_missing") from error
    return answer


def _keyring() -> ModuleType:
    try:
        import keyring  # noqa: PLC0415 (an extra)
        import keyring.errors  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise InputError("keyring_missing") from error
    return keyring
