"""Invented contact files: clean ones of every form, and identifiers that must not get in."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from random import Random

import pytest
from openpyxl import Workbook

from data.contact_columns import NAMES, ContactMapping
from data.contact_import import ContactFile
from data.contact_reading import Known, Reading, read_contacts
from geo.contacts import ANY_OF, ONE_OF, Material
from tests.data.samples import UNITS, ZONES

TODAY = date(2026, 11, 23)
ORGANISATION = "arcobaleno"

IDENTIFIERS = {
    "email": ("blessing.o@example.org",),
    "link": ("https://example.org/p/1", "www.example.com"),
    "social": ("@bella_99", "instagram bella99"),
    "fiscal_code": ("RSSMRA85T10A562S", "rssmra85t10a562s", "RSSMRAURTMLARSNL"),
    "bank": ("IT60X0542811101000000123456",),
    "plate": ("AB123CD", "EF 456 GH", "B 123 ABC"),
    "document": ("YA1234567", "CA12345AA", "I12345678"),
    "phone": ("+39 347 1234567", "3471234567", "0039 055 284567", "347-123.45.67"),
    "coordinate": ("43.77123, 11.25612", "43°46'N 11°15'E"),
    "date": ("12/03/1998", "1998-03-12"),
    "address": ("via dei Canarini 12", "Viale Europa 3"),
    "name": ("Blessing Osagie", "Maria", "ermira"),
    "text": ("ha chiesto di tornare lunedì con la sorella", "capelli rossi, 2 figli"),
}
"""Invented identifiers by `data.identifiers.Identifier`, some of each kind."""


def known(**changes: object) -> Known:
    """What the sample files are read against."""
    given: dict[str, object] = {
        "organisation": ORGANISATION,
        "zones": ZONES,
        "units": [unit.code for unit in UNITS],
        "mapping": ContactMapping(),
        "today": TODAY,
        "near_m": 300,
        "far_m": 20_000,
    }
    return Known(**(given | changes))  # type: ignore[arg-type]


def csv_file(rows: Sequence[Sequence[object]], divider: str = ";", encoding="utf-8") -> ContactFile:
    """Rows, the header first, as a CSV file."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=divider).writerows(rows)
    return ContactFile("contatti.csv", text.getvalue().encode(encoding))


def workbook(*sheets: tuple[str, Sequence[Sequence[object]]]) -> ContactFile:
    """Named sheets of rows as an XLSX file."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets:
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    target = io.BytesIO()
    book.save(target)
    return ContactFile("contatti.xlsx", target.getvalue())


def table(text: str) -> ContactFile:
    """A CSV file written as lines with `;`."""
    return ContactFile("contatti.csv", text.encode())


def read(file: ContactFile, **changes: object) -> Reading:
    """Read a file against what is known."""
    return read_contacts(file.name, file.data, known(**changes))


def codes(reading: Reading) -> list[str]:
    """The codes of what was refused, in order."""
    return [error.code for error in reading.refusals.first]


FULL: dict[str, object] = {
    "notte": "2026-11-05", "ora": "25:30", "unita": "FI-1", "zona": "048017-01",
    "lat": "", "lon": "", "uscita": "contatto", "tipo": "contattata", "persone": "2",
    "genere": "donna", "macroarea": "africa_occ", "eta": "18_25", "noto": "nuovo",
    "luogo": "viale", "arrivo": "22:10", "partenza": "22:30", "richieste": "ascolto",
    "invii": "sportello", "segnali": "", "profilattici": "4", "materiali/bevanda": "1",
    "richieste/alloggio": "1", "segnali/paura": "no",
}  # fmt: skip
"""One row with every kind of column."""


def clean_file(seed: int) -> tuple[ContactFile, int]:
    """A file without fault in one of the many forms that are taken, and its rows."""
    rng = Random(seed)
    days = rng.choice(["night", "date", "moment", "slashed"])
    rows = [_record(rng, days) for _ in range(rng.randint(1, 30))]
    if days == "slashed":
        # One date must say which part of it is the day.
        rows[0]["night"] = "23/09/2026"
    optional = sorted(
        set(rows[0]) - {"night", "date", "moment", "time", "kind", "zone", "position"}
    )
    gone = set(rng.sample(optional, rng.randint(0, len(optional))))
    if {"arrived", "left"} & gone:
        gone |= {"arrived", "left"}
    if any(str(row["kind"]).strip().lower() == "gruppo" for row in rows):
        gone.discard("persons")
    names = [name for name in rows[0] if name not in gone]
    rng.shuffle(names)
    header = [_title(name, rng) for name in names]
    export = rng.random() < 0.3
    body = [[row[name] for name in names] for row in rows]
    if export:
        header += ["_id", "_uuid", "_submission_time", "__version__", "_notes"]
        body = [[*row, n, f"u-{rng.random()}", "2026-11-06T01:00:00", "v1", ""]
                for n, row in enumerate(body)]  # fmt: skip
    if rng.random() < 0.35:
        return workbook(("foglio", [header, *body])), len(rows)
    encoding = rng.choice(["utf-8", "utf-8-sig", "utf-16", "cp1252"])
    return csv_file([header, *body], rng.choice(";,\t"), encoding), len(rows)


def _record(rng: Random, days: str) -> dict[str, object]:
    night = TODAY - timedelta(rng.randint(1, 85))
    hour, minute = rng.choice([20, 21, 22, 23, 24, 25]), rng.randint(0, 59)
    record: dict[str, object] = {}
    if days == "moment":
        wall = night + timedelta(hour // 24)
        record["moment"] = f"{wall}T{hour % 24:02d}:{minute:02d}:00.000+01:00"
    elif days == "date":
        record["date"] = (night + timedelta(hour // 24)).isoformat()
        record["time"] = f"{hour % 24:02d}.{minute:02d}"
    else:
        record["night"] = night.isoformat() if days == "night" else night.strftime("%d/%m/%Y")
        record["time"] = f"{hour}:{minute:02d}"
    lon, lat = rng.choice(ZONES).stopping_place()
    position = f"{lat:.6f} {lon:.6f} 0 5"
    record["zone"] = rng.choice([zone.code for zone in ZONES])
    record["unit"] = rng.choice([unit.code for unit in UNITS])
    record["position"] = rng.choice(["", position])
    record["persons"] = rng.randint(1, 100)
    for name, options in ONE_OF.items():
        record[name] = _written(rng.choice(list(options)), rng)
    for name, options in ANY_OF.items():
        chosen = rng.sample(list(options), rng.randint(0, 3))
        record[name] = rng.choice([" ", ", ", ";"]).join(chosen)
        record[f"{name}/{next(iter(options))}"] = rng.choice(["1", "0", "sì", "no", "", "x"])
    for material in Material:
        record[material.value] = rng.choice(["", "0", rng.randint(1, 999)])
    record["arrived"], record["left"] = "21:05", rng.choice(["21:30", "24:10", "01:15"])
    return record


def _written(code: str, rng: Random) -> str:
    """A code as people write it."""
    return rng.choice([code, code.upper(), code.replace("_", " "), f" {code} ", code.capitalize()])


def _title(name: str, rng: Random) -> str:
    field, _, option = name.partition("/")
    title = rng.choice([field, *NAMES.get(field, ())])
    title = rng.choice([title, title.upper(), title.replace("_", " ")])
    return rng.choice(["", "visita/", "gruppo_1/"]) + title + (f"/{option}" if option else "")


class Search:
    """Looks for texts in everything that was written: files, logs, what was printed."""

    def __init__(self, folders: Sequence[Path], caplog: pytest.LogCaptureFixture) -> None:
        self.folders, self.caplog = folders, caplog

    def files(self) -> list[Path]:
        """All files there are."""
        return [path for folder in self.folders for path in folder.rglob("*") if path.is_file()]

    def hits(self, *needles: str) -> list[str]:
        """Where any of the texts stands, in UTF-8 or UTF-16."""
        found = []
        for path in self.files():
            data = path.read_bytes()
            for needle in needles:
                written = needle.encode(), needle.encode("utf-16-le")
                if any(each in data for each in written) or needle in path.name:
                    found.append(f"{path.name}: {needle}")
        return found + [needle for needle in needles if needle in self.caplog.text]
