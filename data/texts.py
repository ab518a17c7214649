"""Words in the reader's language: gettext catalogues, and numbers, times and lengths.

A msgid is the plain English sentence, with `{named}` places. In the code a text is
marked by the call that shows it: `t("Plan tonight")`, `t.plural("{count} zone",
"{count} zones", count)`, or by `N_("…")` of `data.messages` where it is only named. The
Italian catalogue is `data/locales/it/prossima.po`; `python -m data.texts update` brings
it up to the code. No compile step: the `.po` is read as it is.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from numbers import Integral, Real
from pathlib import Path
from typing import Literal

from babel import Locale
from babel.dates import format_date, format_datetime, get_day_names
from babel.lists import format_list
from babel.messages import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from babel.numbers import format_decimal

from data.messages import N_, REASONS, SENTENCES, WORDS
from geo.errors import Phrase, ProssimaError
from geo.night import HOUR, MINUTE, ROME, Night

ROOT = Path(__file__).resolve().parent.parent
LOCALES = ROOT / "data" / "locales"
LANGUAGES = ("it", "en")
KEYWORDS: dict[str, tuple[int, ...] | None] = {"t": None, "_": None, "N_": None, "plural": (1, 2)}
PLACE = re.compile(r"\{(\w*)\}")
"""A named place in a msgid."""

ISO_DATE = re.compile(r"\d{4}-\d\d-\d\d")


class Texts:
    """All that is said in one language, `it` or `en`.

    `t(msgid, **fields)` translates and fills in the fields, each written in the
    language's own way: 1234.5 as 1.234,5, a Night or date as 3 maggio 2026, a tuple as
    "a, b e c", a word of a code list as its name.
    """

    def __init__(self, language: str) -> None:
        if language not in LANGUAGES:
            raise ValueError(f"no catalogue for {language!r}, only for {LANGUAGES}")
        self.language = language
        self.locale = Locale.parse(language)
        self._translations = translations(language)

    def __call__(self, msgid: str, **fields: object) -> str:
        return self._fill(self._translated(msgid), fields)

    def plural(self, one: str, many: str, count: int, **fields: object) -> str:
        """`one` or `many` by `count`, which also fills `{count}`."""
        chosen = self._translations.ngettext(one, many, count)
        return self._fill(chosen, {"count": count, **fields})

    def sentence(self, error: ProssimaError) -> str:
        """What went wrong, in words, and what to do about it.

        An error in a file that names its `row`, or how many `others` there are, has them
        said even where its own sentence does not.
        """
        said = self.code(error.code, **error.fields)
        if "row" in error.fields and "{row}" not in SENTENCES[error.code]:
            said = self(N_("Row {row}: {reason}"), row=error.fields["row"], reason=said)
        others = error.fields.get("others")
        if isinstance(others, int) and others > 0:
            more = self.plural("One more row is wrong.", "{count} more rows are wrong.", others)
            said = f"{said} {more}"
        return said

    def code(self, code: str, **fields: object) -> str:
        """The sentence of a code in `data.messages`; a `reason` may be a code of its own."""
        if fields.get("reason") in REASONS:
            fields["reason"] = self(REASONS[str(fields["reason"])])
        return self(SENTENCES[code], **fields)

    def word(self, value: StrEnum) -> str:
        """The name of a value of a code list."""
        return self._translated(WORDS.get((type(value).__name__, value.value), value.value))

    def number(self, value: float, digits: int = 1) -> str:
        """A number with at most `digits` decimals."""
        return str(format_decimal(round(value, digits), locale=self.locale))

    def minutes(self, seconds: float) -> str:
        """A length of time, whole minutes: `24 min`, `1 h 24 min`."""
        hours, minutes = divmod(round(seconds / MINUTE), HOUR // MINUTE)
        parts = [f"{hours} h"] * bool(hours) + [f"{minutes} min"] * bool(minutes or not hours)
        return " ".join(parts)

    def kilometres(self, metres: float) -> str:
        """A length: `350 m`, `2,4 km`, `120 km`."""
        if metres < 1000:
            return f"{round(metres, -1):.0f} m"
        return f"{self.number(metres / 1000, 1 if metres < 100_000 else 0)} km"

    def clock(self, moment: datetime) -> str:
        """Wall clock of an aware datetime in Tuscany, `23:40` in both languages."""
        return moment.astimezone(ROME).strftime("%H:%M")

    def month(self, first: date, *, short: bool = False) -> str:
        """A month by its first day: `marzo 2026`, or `mar 26` when `short`."""
        skeleton = "LLL yy" if short else "LLLL y"
        return str(format_date(first, format=skeleton, locale=self.locale))

    def moment(self, moment: datetime) -> str:
        """A day and the wall clock in Tuscany: `03/05/26, 23:40`."""
        return str(format_datetime(moment, "short", tzinfo=ROME, locale=self.locale))

    def date(self, day: date | Night, style: str = "long") -> str:
        """A day: `3 maggio 2026` (`full` adds the weekday, `short` is 03/05/26)."""
        day = day.date if isinstance(day, Night) else day
        return str(format_date(day, format=style, locale=self.locale))

    def weekday(self, number: int, style: Literal["abbreviated", "wide"] = "abbreviated") -> str:
        """Name of a weekday, Monday 0: `lun`, or `lunedì` when `wide`."""
        return str(get_day_names(style, locale=self.locale)[number])

    def list(self, parts: Iterable[object]) -> str:
        """`a, b e c`."""
        return str(format_list([self._shown(part) for part in parts], locale=self.locale))

    def _translated(self, msgid: str) -> str:
        return self._translations.gettext(msgid)

    def _fill(self, template: str, fields: dict[str, object]) -> str:
        shown = {name: self._named(name, value) for name, value in fields.items()}
        for name, value in fields.items():
            if isinstance(value, StrEnum) and "{" in shown[name]:
                shown[name] = shown[name].format(**shown)
        return template.format(**shown)

    def _named(self, name: str, value: object) -> str:
        """A field whose name says what its number or text means, or any other."""
        match name, value:
            case "metres", Real():
                return self.kilometres(float(value))
            case "weekday", Integral():
                return self.weekday(int(value), "wide")
            case "night" | "tonight", str() if ISO_DATE.fullmatch(value):
                return self.date(date.fromisoformat(value))
        return self._shown(value)

    def _shown(self, value: object) -> str:
        match value:
            case StrEnum():
                shown = self.word(value)
            case Phrase():
                shown = self.code(value.code, **value.fields)
            case Real() if not isinstance(value, bool):
                shown = self.number(float(value), 2)
            case datetime():
                shown = self.moment(value)
            case Night() | date():
                shown = self.date(value)
            case tuple() | list():
                shown = self.list(value)
            case set() | frozenset():
                shown = self.list(sorted(value, key=str))
            case _:
                shown = str(value)
        return str(shown)


@cache
def translations(language: str) -> NullTranslations:
    """The translations into a language, compiled in memory from its `.po`."""
    if language == "en":
        return NullTranslations()
    compiled = BytesIO()
    write_mo(compiled, catalogue(language))
    compiled.seek(0)
    return GNUTranslations(compiled)


def catalogue(language: str) -> Catalog:
    """The catalogue of a language as its `.po` says it; an empty one where there is none."""
    path = LOCALES / language / "prossima.po"
    if not path.exists():
        return Catalog(language)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def sources() -> list[Path]:
    """The files whose texts are shown to people."""
    rooms = ("layers", "screens", "data")
    return [ROOT / "app.py", ROOT / "cli.py", *(p for r in rooms for p in (ROOT / r).rglob("*.py"))]


def msgids() -> Iterator[str | tuple[str, ...]]:
    """Every text of the program: marked in the code, or listed in `data.messages`."""
    yield from SENTENCES.values()
    yield from WORDS.values()
    for path in sources():
        with path.open("rb") as file:
            for _line, found, _comments, _context in extract("python", file, KEYWORDS):
                yield found
    yield from _commands()


def _commands() -> Iterator[str]:
    """The help of the terminal's commands: their docstrings."""
    rooms = (ROOT / room for room in ("data", "screens"))
    for path in (ROOT / "cli.py", *(p for room in rooms for p in room.glob("*_commands.py"))):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and any(map(_is_command, node.decorator_list)):
                yield ast.get_docstring(node) or node.name


def _is_command(decorator: ast.expr) -> bool:
    called = decorator.func if isinstance(decorator, ast.Call) else decorator
    return isinstance(called, ast.Attribute) and called.attr == "command"


def update(language: str = "it") -> int:
    """Merge the program's texts into a catalogue; returns how many lack a translation.

    New texts come in empty, those no longer in the program go.
    """
    path = LOCALES / language / "prossima.po"
    template = Catalog(charset="utf-8")
    for msgid in sorted(set(msgids()), key=str):
        template.add(msgid)
    kept = catalogue(language)
    kept.update(template, no_fuzzy_matching=True)
    kept.obsolete.clear()
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, kept, width=100, omit_header=True, sort_output=True, ignore_obsolete=True)
    translations.cache_clear()
    return len(list(untranslated(kept)))


def untranslated(kept: Catalog) -> Iterator[str]:
    """Texts of a catalogue that have no translation, or not in every number."""
    for message in kept:
        strings = message.string if isinstance(message.string, tuple) else (message.string,)
        if message.id and not all(strings):
            yield str(message.id)


if __name__ == "__main__":
    if sys.argv[1:] != ["update"]:
        sys.exit("usage: python -m data.texts update")
    sys.exit(1 if update() else 0)
