"""What a phone gives back: its clock set right, whole or refused, in codes of any order."""

import base64
import io
import json
import random
import zlib
from datetime import UTC, datetime, timedelta

import pytest
import segno
from PIL import Image

from data.return_pictures import codes
from data.returns import events, joined, read, whose
from geo.errors import InputError
from tests.nights import NIGHT

RECEIVED = datetime(2026, 5, 15, 22, 0, tzinfo=UTC)


def milliseconds(moment):
    return moment.timestamp() * 1000


def document(phone_ahead=timedelta(0), *, opened=True, count=3, waited=timedelta(0)):
    """A pack opened at 18:00, entries every ten minutes from 19:00, given back at 22:00."""
    built = RECEIVED - timedelta(hours=4)
    said = [built + timedelta(hours=1, minutes=10 * number) for number in range(count)]
    return {
        "kind": "prossima-night", "format": 1, "night": NIGHT.date.isoformat(), "unit": "LU1",
        "source": "phone-a", "built": milliseconds(built),
        "opened": milliseconds(built + phone_ahead) if opened else None,
        "sent": milliseconds(RECEIVED - waited + phone_ahead),
        "events": [
            {"id": f"phone-a-{n}", "kind": "tally", "stop": "x", "sequence": n,
             "at": milliseconds(at + phone_ahead), "values": {}}
            for n, at in enumerate(said)
        ],
    }  # fmt: skip


@pytest.mark.parametrize("hours", [-5, -1, 0, 2, 9])
def test_a_clock_wrong_by_hours_is_set_right(hours):
    right = [event.at for event in events(document(), RECEIVED)]
    wrong = events(document(timedelta(hours=hours)), RECEIVED)
    assert [event.at for event in wrong] == right
    assert [event.sequence for event in wrong] == [0, 1, 2]


def test_a_file_that_waited_for_hours_does_not_shift_a_right_clock():
    right = [event.at for event in events(document(), RECEIVED)]
    waited = events(document(waited=timedelta(hours=3)), RECEIVED)
    assert [event.at for event in waited] == right


def test_without_knowing_when_it_was_opened_a_fast_clock_is_still_found():
    found = events(document(timedelta(hours=3), opened=False), RECEIVED)
    assert [event.at for event in found] == [event.at for event in events(document(), RECEIVED)]


def cut(text, name="abc", size=300):
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    packed = packer.compress(text.encode()) + packer.flush()
    body = base64.urlsafe_b64encode(packed).decode().rstrip("=")
    parts = [body[start : start + size] for start in range(0, len(body), size)]
    return [f"PRSM1.{name}.{n}.{len(parts)}.{part}" for n, part in enumerate(parts, 1)]


def test_codes_are_read_from_pictures_in_any_order():
    given = document(count=40)
    parts = cut(json.dumps(given))
    assert len(parts) > 1
    pictures = []
    for part in [*parts, parts[0]]:
        drawn = io.BytesIO()
        segno.make(part, error="l").save(drawn, kind="png", scale=4)
        turned = Image.open(drawn).convert("RGB").rotate(7, expand=True, fillcolor="white")
        tilted = io.BytesIO()
        turned.save(tilted, "jpeg", quality=60)
        pictures.append(tilted.getvalue())
    random.Random(3).shuffle(pictures)
    texts = [text for picture in pictures for text in codes(picture)]
    assert joined(texts) == [given]
    with pytest.raises(InputError) as missing:
        joined(parts[1:])
    assert missing.value.code == "return_codes_missing"
    assert missing.value.fields == {"have": len(parts) - 1, "count": len(parts)}


@pytest.mark.parametrize(
    "text",
    ["", "null", "[1]", "{}", '{"kind": "other", "format": 1, "events": []}', "[" * 100_000],
)
def test_other_files_are_refused(text):
    with pytest.raises(InputError) as refused:
        read(text)
    assert refused.value.code == "return_unreadable"


@pytest.mark.parametrize(
    "change",
    [{"sent": None}, {"sent": 1e300}, {"events": [1]}, {"events": [{"id": "a", "kind": "x"}]}],
)
def test_a_broken_document_is_refused_whole(change):
    with pytest.raises(InputError) as refused:
        events(document() | change, RECEIVED)
    assert refused.value.code == "return_unreadable"
    with pytest.raises(InputError):
        whose({"night": "no", "unit": "LU1"})


def test_what_is_too_large_is_not_read():
    bomb = zlib.compress(b" " * 50_000_000, 9)[2:-4]
    text = base64.urlsafe_b64encode(bomb).decode().rstrip("=")
    with pytest.raises(InputError) as refused:
        joined([f"PRSM1.a.1.1.{text}"])
    assert refused.value.code in {"return_too_large", "return_unreadable"}
    with pytest.raises(InputError) as plain:
        read(" " * 1_000_001)
    assert plain.value.code == "return_too_large"


def test_a_picture_without_a_code_is_a_sentence():
    blank = io.BytesIO()
    Image.new("L", (300, 300), 255).save(blank, "png")
    for picture, code in ((blank.getvalue(), "picture_without_code"), (b"x", "picture_unreadable")):
        with pytest.raises(InputError) as refused:
            codes(picture)
        assert refused.value.code == code
