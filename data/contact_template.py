"""The workbook that a crew fills in: every allowed column, with drop-downs of its codes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from io import BytesIO

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from data.contact_columns import MATERIALS, NAMES, OPTIONS
from data.texts import Texts
from geo.contacts import MOST_MATERIALS, MOST_PERSONS, ONE_OF

ROWS = 2000
"""Rows with drop-downs; more can be filled in."""

COLUMNS = (
    "night",
    "time",
    "unit",
    "zone",
    "outing",
    "kind",
    "persons",
    "gender",
    "macro_area",
    "age_class",
    "known",
    "place_type",
    "arrived",
    "left",
)
NEEDED = frozenset({"night", "zone", "kind"})
CHOSEN = "x"
"""What stands under a code that was chosen."""

_HEAD = PatternFill("solid", start_color="1F4E79")
_HEAD_NEEDED = PatternFill("solid", start_color="8A2D3B")


def template(zones: Iterable[str], units: Iterable[str], t: Texts) -> bytes:
    """An XLSX workbook in the language of `t`, for these zone and unit codes.

    It has no column for anything that may not be written down. Its meta data name nobody.
    """
    book = Workbook()
    book.properties.creator = "Prossima"
    book.remove(book.worksheets[0])
    sheet = book.create_sheet(t("Contacts"))
    codes = book.create_sheet(t("Codes"))
    lists = _write_codes(codes, {"zone": [*zones], "unit": [*units]}, t)
    names = [
        *COLUMNS,
        *(f"{field}/{code}" for field, options in OPTIONS.items() for code in options),
    ]
    for number, name in enumerate(names, start=1):
        field, _, option = name.partition("/")
        title = NAMES[field][0] if t.language == "it" else field
        head = sheet.cell(1, number, f"{title}/{option}" if option else title)
        head.font = Font(bold=True, color="FFFFFF")
        head.fill = _HEAD_NEEDED if name in NEEDED else _HEAD
        head.alignment = Alignment(text_rotation=60 if option else 0, vertical="bottom")
        letter = get_column_letter(number)
        sheet.column_dimensions[letter].width = 6 if option else 15
        cells = f"{letter}2:{letter}{ROWS + 1}"
        rule = _rule(field, option, lists, t)
        if rule:
            sheet.add_data_validation(rule)
            rule.add(cells)
        if form := {"night": "yyyy-mm-dd"}.get(field, "@" if field in _CLOCKS else ""):
            for row in range(2, ROWS + 2):
                sheet.cell(row, number).number_format = form
    sheet.freeze_panes = "A2"
    _write_instructions(book.create_sheet(t("Instructions")), t)
    target = BytesIO()
    book.save(target)
    return target.getvalue()


_CLOCKS = frozenset({"time", "arrived", "left"})


def _rule(field: str, option: str, lists: dict[str, str], t: Texts) -> DataValidation | None:
    """What may be typed into a column; the import checks it again."""
    if field in lists:
        rule = DataValidation("list", formula1=lists[field], allow_blank=True)
    elif option and field != MATERIALS:
        rule = DataValidation("list", formula1=f'"{CHOSEN}"', allow_blank=True)
    elif field == "persons" or option:
        low, high = (0, MOST_MATERIALS) if option else (1, MOST_PERSONS)
        rule = DataValidation("whole", operator="between", formula1=str(low), formula2=str(high))
    elif field == "night":
        first = (date(2020, 1, 1) - date(1899, 12, 30)).days
        rule = DataValidation("date", operator="greaterThan", formula1=str(first))
    else:
        return None
    rule.showErrorMessage = True
    rule.error = t("Choose from the list, or write a number or a date as the instructions say.")
    return rule


def _write_codes(sheet: Worksheet, known: dict[str, list[str]], t: Texts) -> dict[str, str]:
    """Every code list with its words, two columns each; the ranges of the codes by field."""
    ranges = {}
    lists: dict[str, list[tuple[str, str]]] = {
        name: [(code, "") for code in codes] for name, codes in known.items() if codes
    }
    for name, codes in {**ONE_OF, **OPTIONS}.items():
        lists[name] = [(code.value, _word(code, t)) for code in codes]
    for number, (name, pairs) in enumerate(lists.items()):
        code, word = get_column_letter(2 * number + 1), get_column_letter(2 * number + 2)
        sheet[f"{code}1"] = NAMES[name][0] if t.language == "it" else name
        sheet[f"{code}1"].font = Font(bold=True)
        sheet.column_dimensions[code].width = sheet.column_dimensions[word].width = 20
        for row, (value, meaning) in enumerate(pairs, start=2):
            sheet[f"{code}{row}"], sheet[f"{word}{row}"] = value, meaning
        if name not in OPTIONS:
            title = sheet.title.replace("'", "''")
            ranges[name] = f"'{title}'!${code}$2:${code}${len(pairs) + 1}"
    return ranges


def _word(code: StrEnum, t: Texts) -> str:
    word = t.word(code)
    return "" if word == code.value else word


def _write_instructions(sheet: Worksheet, t: Texts) -> None:
    sheet.column_dimensions["A"].width = 110
    for row, line in enumerate(
        (
            t(
                "One row for each person or group that was met. The night is the date of the "
                "evening."
            ),
            t("After midnight write 25:30, or 01:30: both belong to the evening before."),
            t("Choose the codes from the lists; for requests, referrals and signals put an x."),
            t("Count one person at most once a night, also across crews."),
            t(
                "Where nobody was met, leave the kind and the persons empty and write only when "
                "the crew arrived and left."
            ),
            t(
                "Write no name, telephone number, number plate, address, social network name or "
                "remark: such a file is refused as a whole."
            ),
            t("Apparent minors: follow the call procedure first."),
        ),
        start=1,
    ):
        sheet.cell(row, 1, line).alignment = Alignment(wrap_text=True)
