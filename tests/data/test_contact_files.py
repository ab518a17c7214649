"""Files that must not be opened, and how the others become columns."""

import io
import zipfile
from datetime import date, datetime, time, timedelta

import pytest
from openpyxl import Workbook

from data import contact_files
from data.contact_files import letters, read_sheets
from geo.errors import InputError
from tests.data.contact_samples import csv_file, workbook

ROWS = [["a", "b"], ["1", "canarino"], ["2", "y"]]


def knows(_header: str) -> bool:
    return True


def sheets(file):
    return read_sheets(file.name, file.data, knows)


def refusal(name: str, data: bytes) -> InputError:
    with pytest.raises(InputError) as wrong:
        read_sheets(name, data, knows)
    return wrong.value


def repacked(change) -> bytes:
    """A good workbook whose parts (name -> bytes) were changed."""
    parts = {}
    with zipfile.ZipFile(io.BytesIO(workbook(("foglio", ROWS)).data)) as package:
        for name in package.namelist():
            parts[name] = package.read(name)
    change(parts)
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in parts.items():
            package.writestr(name, data)
    return target.getvalue()


SHEET = "xl/worksheets/sheet1.xml"


def test_a_table_is_columns_of_texts():
    for file in (csv_file(ROWS), workbook(("foglio", ROWS))):
        (sheet,) = sheets(file)
        first, second = sheet.columns
        assert (first.header, first.place, second.place) == ("a", "A", "B")
        assert [second.texts[code] for code in second.codes] == ["canarino", "y"]
        assert first.rows.tolist() == [2, 3]
        assert "canarino" not in repr(second)
        assert "canarino" not in repr(sheet)


def test_rows_are_counted_as_a_spreadsheet_shows_them():
    text = '\na;b\n1;"x\ny"\n;\n2;z\n'
    (sheet,) = read_sheets("a.csv", text.encode(), knows)
    assert sheet.columns[0].rows.tolist() == [3, 6]
    (sheet,) = sheets(workbook(("foglio", [[], *ROWS[:2], [], ROWS[2]])))
    assert sheet.columns[0].rows.tolist() == [3, 5]


def test_typed_cells_become_what_was_typed():
    book = Workbook()
    sheet = book.worksheets[0]
    cells = (
        date(2026, 5, 3), datetime(2026, 5, 3, 21, 30), time(21, 30),
        timedelta(hours=25, minutes=30), 3, 2.5, True, " x ",
    )  # fmt: skip
    sheet.append([f"c{number}" for number in range(len(cells))])
    sheet.append(cells)
    target = io.BytesIO()
    book.save(target)
    (read,) = read_sheets("a.xlsx", target.getvalue(), knows)
    assert [cells.texts[0] for cells in read.columns] == [
        "2026-05-03", "2026-05-03T21:30:00", "21:30:00", "25:30:00", "3", "2.5", "1", "x",
    ]  # fmt: skip


@pytest.mark.parametrize("kind", [".xlsm", ".xltm", ".xlsb", ".xls", ".XLSM"])
def test_a_workbook_that_may_carry_a_program_is_not_opened(kind):
    assert refusal(f"contatti{kind}", workbook(("foglio", ROWS)).data).code == "file_macros"


def _macro(parts):
    parts["xl/vbaProject.bin"] = b"program"


def _macro_sheet(parts):
    parts["xl/macrosheets/sheet1.xml"] = b"<x/>"


def _macro_type(parts):
    types = parts["[Content_Types].xml"].decode()
    parts["[Content_Types].xml"] = types.replace(
        "openxmlformats-officedocument.spreadsheetml.sheet.main", "ms-excel.sheet.macroEnabled.main"
    ).encode()


def _embedded(parts):
    parts["xl/embeddings/oleObject1.bin"] = b"program"


def _bomb(parts):
    parts[SHEET] = parts[SHEET].replace(b"</sheetData>", b" " * 60_000_000 + b"</sheetData>")


def _many(parts):
    parts.update({f"xl/media/{number}.txt": b"x" for number in range(600)})


def _far(parts):
    parts[SHEET] = parts[SHEET].replace(b'r="B3"', b'r="XFD1048576"')


def _far_in_quotes(parts):
    parts[SHEET] = parts[SHEET].replace(b'r="B3"', b"r = 'XFD1048576'")


def _wide(parts):
    parts[SHEET] = parts[SHEET].replace(b'r="B3"', b'r="XFD3000"')


def _beyond(parts):
    parts[SHEET] = parts[SHEET].replace(b'r="B3"', b'r="ZZZZZZZ99999999999999999999"')


def _cut(parts):
    parts[SHEET] = parts[SHEET][:-40]


def _gone(parts):
    del parts["xl/workbook.xml"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (_macro, "file_macros"),
        (_macro_sheet, "file_macros"),
        (_macro_type, "file_macros"),
        (_embedded, "file_macros"),
        (_bomb, "file_bomb"),
        (_many, "file_bomb"),
        (_far, "file_too_long"),
        (_far_in_quotes, "file_too_long"),
        (_wide, "file_too_long"),
        (_beyond, "file_too_long"),
        (_gone, "file_empty"),
    ],
)
def test_a_workbook_that_is_dangerous_or_broken_is_refused(change, code):
    assert refusal("contatti.xlsx", repacked(change)).code == code


def test_an_entity_is_not_expanded():
    def expand(parts):
        head = b'<!DOCTYPE x [<!ENTITY a "espanso"><!ENTITY b "&a;&a;&a;&a;">]>'
        begins = parts[SHEET].index(b"<worksheet")
        parts[SHEET] = parts[SHEET][:begins] + head + parts[SHEET][begins:]
        parts[SHEET] = parts[SHEET].replace(b">canarino<", b">&b;<")

    try:
        read = read_sheets("a.xlsx", repacked(expand), knows)
    except InputError as error:
        assert error.code == "file_broken"
    else:
        assert not [t for s in read for c in s.columns for t in c.texts if "espanso" in t]


def test_a_zip_bomb_of_many_layers_is_no_workbook():
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("a.txt", b"0" * 10_000_000)
    outer = io.BytesIO()
    with zipfile.ZipFile(outer, "w", zipfile.ZIP_DEFLATED) as package:
        for number in range(20):
            package.writestr(f"{number}.zip", inner.getvalue())
    assert refusal("a.xlsx", outer.getvalue()).code == "file_broken"
    assert refusal("a.zip", outer.getvalue()).code == "file_zip_part"


def test_a_workbook_with_a_password_is_refused():
    assert refusal("a.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600).code == "file_locked"


@pytest.mark.parametrize("length", [0, 10, 100, 1000, 3000])
def test_a_workbook_cut_off_is_refused(length):
    data = workbook(("foglio", ROWS)).data[:length]
    assert refusal("a.xlsx", data).code in {"file_broken", "file_empty"}


def test_files_too_large_or_too_long_are_refused(monkeypatch):
    monkeypatch.setattr(contact_files, "MOST_ROWS", 1)
    assert refusal("a.csv", csv_file(ROWS).data).code == "file_too_long"
    assert refusal("a.xlsx", workbook(("foglio", ROWS)).data).code == "file_too_long"
    monkeypatch.setattr(contact_files, "MOST_BYTES", 5)
    assert refusal("a.csv", csv_file(ROWS).data).code == "file_too_large"


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("Maria Rossi.pdf", b"%PDF", "file_kind"),
        ("Maria Rossi.csv", b"", "file_empty"),
        ("Maria Rossi.csv", b"\n \n", "file_empty"),
        ("Maria Rossi.csv", b"a;b\n", "file_empty"),
        ("Maria Rossi.csv", b"a;b\n1\n", "csv_cells"),
        ("Maria Rossi.csv", b'a;b\n1;"x\n', "csv_quotes"),
        ("Maria Rossi.csv", b"a;b\n1;\x00\n", "encoding_unreadable"),
        ("Maria Rossi.csv", b"a;b\n1;\x8a\x8d\n", "encoding_unreadable"),
        ("Maria Rossi.xlsx", b"a;b\n1;2\n", "file_broken"),
    ],
)
def test_other_broken_files_are_refused_without_their_name(name, data, code):
    error = refusal(name, data)
    assert error.code == code
    assert "Maria" not in str(error)


@pytest.mark.parametrize("divider", list(";,\t"))
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_any_divider_and_encoding_is_read(divider, encoding):
    rows = [["città", "b"], ["però; così, via", "2"]]
    (sheet,) = sheets(csv_file(rows, divider, encoding))
    assert sheet.columns[0].header == "città"
    assert sheet.columns[0].texts == ("però; così, via",)


def test_letters_are_those_of_a_spreadsheet():
    assert [letters(number) for number in (1, 26, 27, 52, 703)] == ["A", "Z", "AA", "AZ", "AAA"]
