"""The catalogues are complete, and every error of the program has its sentence."""

import ast
import re
from datetime import UTC, date, datetime

import numpy as np
import pytest

from data.messages import REASONS, SENTENCES
from data.texts import PLACE, ROOT, Texts, catalogue, msgids, untranslated
from geo import errors
from geo.errors import InputError, ProssimaError
from geo.night import Night
from geo.zones import PlaceType

ROOMS = ("geo", "routing", "layers", "data", "screens")
FILES = [ROOT / "app.py", ROOT / "cli.py", *(p for r in ROOMS for p in (ROOT / r).rglob("*.py"))]
ERRORS = {
    name
    for name, kind in vars(errors).items()
    if isinstance(kind, type) and issubclass(kind, ProssimaError)
}
WHERE = {"row", "index", "others"}
"""Fields that every error may carry: where in what was given."""


def raised():
    """(file, line, code, fields or None where they are unpacked) of every error made."""
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
                continue
            if node.func.id in ERRORS and node.args and isinstance(node.args[0], ast.Constant):
                names = [keyword.arg for keyword in node.keywords]
                fields = None if None in names else set(names)
                yield path.relative_to(ROOT), node.lineno, node.args[0].value, fields


def test_every_error_has_a_sentence_whose_places_are_its_fields():
    wrong = []
    for path, line, code, fields in raised():
        if code not in SENTENCES:
            wrong.append(f"{path}:{line} {code} has no sentence")
        elif fields is not None and (lost := set(PLACE.findall(SENTENCES[code])) - fields - WHERE):
            wrong.append(f"{path}:{line} {code} lacks {sorted(lost)}")
    assert not wrong, "\n".join(wrong)


def test_every_sentence_is_of_an_error_or_a_reason():
    text = "".join(
        path.read_text(encoding="utf-8") for path in FILES if path.parent.name != "messages"
    )
    unused = [code for code in SENTENCES if not re.search(rf"[\"']{code}[\"']", text)]
    assert not unused


def test_the_italian_catalogue_is_complete():
    kept = catalogue("it")
    missing = [str(msgid) for msgid in set(msgids()) if kept.get(_one(msgid)) is None]
    assert not missing, "run: python -m data.texts update\n" + "\n".join(missing)
    assert not list(untranslated(kept))


def test_translations_keep_the_places():
    wrong = []
    for message in catalogue("it"):
        ids = message.id if isinstance(message.id, tuple) else (message.id,)
        strings = message.string if isinstance(message.string, tuple) else (message.string,)
        for msgid, string in zip(ids, strings, strict=True):
            if set(PLACE.findall(msgid)) != set(PLACE.findall(string)):
                wrong.append((msgid, string))
    assert not wrong


def test_the_catalogue_holds_nothing_that_is_not_said():
    said = {_one(msgid) for msgid in msgids()}
    assert not [
        message.id for message in catalogue("it") if message.id and _one(message.id) not in said
    ]


def _one(msgid):
    return msgid[0] if isinstance(msgid, tuple) else msgid


def test_a_sentence_in_both_languages():
    error = InputError("zone_too_small", zone="048017-01", minimum=500)
    assert "500" in Texts("en").sentence(error)
    assert Texts("it").sentence(error) != Texts("en").sentence(error)
    assert "048017-01" in Texts("it").sentence(error)


def test_rows_and_others_are_said_of_any_error():
    error = InputError("zone_windows", zone="048017-01", row=7, others=1)
    assert Texts("it").sentence(error).startswith("Riga 7: ")
    assert "Un’altra riga" in Texts("it").sentence(error)


@pytest.mark.parametrize("language", ["it", "en"])
@pytest.mark.parametrize("code", [*SENTENCES])
def test_every_sentence_can_be_said(language, code):
    fields = dict.fromkeys(PLACE.findall(SENTENCES[code]), "?")
    assert Texts(language).code(code, **fields)


def test_numbers_times_and_lengths_in_the_languages_way():
    italian, english = Texts("it"), Texts("en")
    assert (italian.number(1234.56), english.number(1234.56)) == ("1.234,6", "1,234.6")
    assert [italian.minutes(s) for s in (0, 1440, 3600, 5040)] == [
        "0 min",
        "24 min",
        "1 h",
        "1 h 24 min",
    ]
    assert [italian.kilometres(m) for m in (347, 2430, 120_300)] == ["350 m", "2,4 km", "120 km"]
    assert italian.date(Night(date(2026, 5, 3)), "full") == "domenica 3 maggio 2026"
    assert english.date(date(2026, 5, 3)) == "May 3, 2026"
    assert italian.weekday(0) == "lun"
    assert italian.clock(datetime(2026, 5, 3, 21, 40, tzinfo=UTC)) == "23:40"
    assert italian.list(["a", "b", "c"]) == "a, b e c"


def test_fields_are_written_in_the_language():
    said = Texts("it")(
        "{a} {b} {c} {d}", a=1234, b=PlaceType.STAZIONE, c=date(2026, 5, 3), d=("x", "y")
    )
    assert said == "1.234 stazione 3 maggio 2026 x e y"


def test_plural_follows_the_count():
    english = Texts("en")
    assert english.plural("{count} zone", "{count} zones", 1) == "1 zone"
    assert english.plural("{count} zone", "{count} zones", 1200) == "1,200 zones"


def test_a_language_without_catalogue_is_refused():
    with pytest.raises(ValueError, match="fr"):
        Texts("fr")


def test_a_reason_is_said_inside_a_sentence():
    assert not [msgid for msgid in REASONS.values() if PLACE.search(msgid)]
    error = InputError("promise_impossible", visit="A-1", reason="language")
    assert Texts("en").sentence(error).endswith(SENTENCES["language"])


def test_fields_named_for_what_they_mean():
    error = InputError("presence_twice", zone="048017-01", weekday=np.int64(2), hour=23)
    assert "mercoledì" in Texts("it").sentence(error)
    error = InputError("night_past", night="2026-05-03", tonight="2026-05-09")
    assert "May 3, 2026" in Texts("en").sentence(error)
    error = InputError("place_off_network", metres=4230)
    assert "4.2 km" in Texts("en").sentence(error)
