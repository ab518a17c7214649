"""What comes back from a phone that had no signal: read, its clock set right, merged once.

It comes as JSON: sent by the pack itself when there is signal, as a file, or cut into QR
codes whose pictures another person takes. The codes come in any order and may come twice.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
import zlib
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from data.access import Viewer
from data.running import Recorded, record
from data.store import Store
from geo.errors import InputError
from geo.night import Night
from routing.progress import CrewEvent, EventKind, clock_error

KIND = "prossima-night"
FORMAT = 1
MOST_BYTES = 1_000_000
MOST_EVENTS = 5_000

_PART = re.compile(r"PRSM1\.([A-Za-z0-9]{1,12})\.(\d{1,3})\.(\d{1,3})\.([A-Za-z0-9_-]+)")


def read(text: str | bytes) -> dict[str, Any]:
    """The document that a pack gave back; InputError `return_unreadable`, `return_too_large`."""
    if len(text) > MOST_BYTES:
        raise InputError("return_too_large", most=MOST_BYTES // 1000)
    try:
        document = json.loads(text)
        if document["kind"] != KIND or document["format"] != FORMAT:
            raise InputError("return_unreadable")
        if len(document["events"]) > MOST_EVENTS:
            raise InputError("return_too_large", most=MOST_BYTES // 1000)
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise InputError("return_unreadable") from error
    return dict(document)


def whose(document: Mapping[str, Any]) -> tuple[Night, str]:
    """The night and unit of a document."""
    try:
        return Night(date.fromisoformat(document["night"])), str(document["unit"])
    except (ValueError, KeyError, TypeError) as error:
        raise InputError("return_unreadable") from error


def merge(store: Store, viewer: Viewer, document: Mapping[str, Any]) -> Recorded:
    """Keep what a pack gives back, each event once; raises as `data.running.record`."""
    night, unit = whose(document)
    return record(store, viewer, night, unit, events(document, store.now()))


def events(document: Mapping[str, Any], received: datetime) -> list[CrewEvent]:
    """The events of a document, their times set right by what is known of the phone's clock."""
    try:
        source = str(document["source"])
        sent = _moment(document["sent"])
        opened = None
        if document.get("opened") is not None and document.get("built") is not None:
            opened = _moment(document["opened"]) - _moment(document["built"])
        wrong = clock_error(opened, sent - received)
        return [_event(source, one, wrong) for one in document["events"]]
    except (ValueError, KeyError, TypeError, OverflowError, AttributeError) as error:
        raise InputError("return_unreadable") from error


def joined(texts: Iterable[str]) -> list[dict[str, Any]]:
    """The documents that QR codes hold, in any order, each code once or more.

    Raises InputError `return_codes_missing` (have, count) where a document is not whole.
    """
    parts: dict[str, dict[int, str]] = {}
    counts: dict[str, int] = {}
    for text in texts:
        match = _PART.fullmatch(text.strip())
        if match is None:
            raise InputError("return_unreadable")
        name, number, count, body = match.groups()
        parts.setdefault(name, {})[int(number)] = body
        counts[name] = int(count)
    documents = []
    for name, found in parts.items():
        if set(found) != set(range(1, counts[name] + 1)):
            raise InputError("return_codes_missing", have=len(found), count=counts[name])
        documents.append(_inflated("".join(found[number] for number in sorted(found))))
    return documents


def _inflated(body: str) -> dict[str, Any]:
    """A document that was cut into codes: base64url, deflated or plain."""
    try:
        packed = base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))
        if packed[:1] == b"{":
            return read(packed)
        unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
        return read(unpacker.decompress(packed, MOST_BYTES + 1))
    except (binascii.Error, zlib.error) as error:
        raise InputError("return_unreadable") from error


def _event(source: str, given: Mapping[str, Any], wrong: timedelta) -> CrewEvent:
    at = given.get("at")
    stop = given.get("stop")
    return CrewEvent(
        id=str(given["id"]),
        kind=EventKind(given["kind"]),
        source=source,
        sequence=int(given["sequence"]),
        at=None if at is None else _moment(at) - wrong,
        stop=None if stop is None else str(stop),
        values=dict(given.get("values") or {}),
    )


def _moment(milliseconds: float) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
