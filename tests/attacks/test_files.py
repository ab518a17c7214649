"""Whatever file a release is given out in, it holds the same figures, no place and no maker."""

import base64
import io
import struct
import zipfile
import zlib

import numpy as np
import pytest
from openpyxl import Workbook

from data import releases
from data.artefacts import Meta, layers_of, search
from data.attack import attack
from data.release_files import WRITERS, file_name
from data.release_reading import FIGURES, published_in
from data.release_report import as_pdf
from data.settings import load
from data.texts import Texts
from geo.canaries import Trace, canaries, geohash
from geo.errors import InputError
from geo.month_facts import Figure
from tests.data.released import (
    APRIL,
    COORDINATOR,
    MARCH,
    PISA,
    ZONES,
    Clock,
    filled,
)

LON, LAT = 10.812345678, 43.518765432
WANTED = canaries(np.array([[LON, LAT]]))
PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """All kinds of file of two releases, whole and Pisa's part, in both languages."""
    store = filled(load(home=tmp_path_factory.mktemp("files")), Clock())
    for month in (MARCH, APRIL):
        releases.publish(store, COORDINATOR, month)
    made = {}
    for viewer in (COORDINATOR, PISA):
        found = releases.releases(store, viewer)
        for language in ("it", "en"):
            for ending, write in {**WRITERS, "pdf": as_pdf}.items():
                made[f"{language}-{file_name(found, ending)}"] = write(found, Texts(language))
    store.close()
    return made


def test_every_file_says_the_same_figures(files):
    for name, data in files.items():
        found = {one.month: one for one in published_in(name, data)}
        if name.endswith(".pdf"):
            assert found == {}
            continue
        march = found[MARCH]
        pisa = "050026" in name
        assert {cell.key for cell in march.cells} == ({"050026"} if pisa else {"050026", "PI-03"})
        assert march.cell_of("050026").figures[Figure.CONTACTS] == 25
        assert march.cell_of("050026").figures[Figure.REFERRALS] is None
        assert march.place == ("050026" if pisa else "")
        if name.endswith((".json", ".csv", ".xlsx")):
            assert march.totals[Figure.CONTACTS] == 40
    assert {f".{name.rpartition('.')[2]}" for name in files} == {*FIGURES, ".pdf"}


def test_no_attack_on_the_files_finds_anything(files):
    spots = np.vstack([zone.geometry.coords for zone in ZONES])
    found = [one for name, data in files.items() for one in published_in(name, data)]
    lines = attack(found, files, canaries(spots), draws=1_000)
    assert {line.attack: line.found for line in lines if line.found} == {}
    assert all(line.checked for line in lines[:-1])


def test_a_name_says_months_and_territory_and_no_more(files):
    names = {name.partition("-")[2].rpartition(".")[0] for name in files}
    assert names == {f"prossima-{place}-2026-03_2026-04" for place in ("toscana", "050026")}


def wrapped(text, how):
    """A text inside something that must be opened to read it."""
    data = text.encode()
    match how:
        case "base64":
            return b'{"d":"' + base64.b64encode(b"x" + data) + b'"}'
        case "urlsafe":
            return base64.urlsafe_b64encode(data)
        case "hex":
            return b"\\x" + data.hex().encode()
        case "percent":
            return "".join(f"%{byte:02X}" for byte in data).encode()
        case "utf-16":
            return text.encode("utf-16")
        case "gzip":
            packed = zlib.compressobj(wbits=31)
            return packed.compress(data) + packed.flush()
        case "zip":
            made = io.BytesIO()
            with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
                archive.writestr("inner.xml", data)
            return made.getvalue()
        case "pdf":
            return b"%PDF-1.7\n1 0 obj stream\n" + zlib.compress(data) + b"\nendstream"
        case "png":
            chunk = b"zTXt" + b"k\0\0" + zlib.compress(data)
            return PNG + struct.pack(">I", len(chunk) - 4) + chunk + b"crc!"
    return data


@pytest.mark.parametrize(
    "how",
    ["plain", "base64", "urlsafe", "hex", "percent", "utf-16", "gzip", "zip", "pdf", "png"],
)
def test_a_planted_canary_is_found_in_every_wrapping(how):
    data = wrapped(f"at [{LON:.5f}, {LAT:.5f}] here", how)
    assert Trace.DEGREES in search("page.html", data, WANTED).traces
    assert not search("page.html", wrapped("at [10.81, 43.52] here", how), WANTED).traces


def test_a_planted_canary_is_found_in_a_name_and_in_numbers_inside_base64():
    name = f"tile-{geohash(LON, LAT, 6)}.png"
    assert search(name, b"", WANTED).traces == {Trace.GEOHASH}
    packed = base64.b64encode(struct.pack("<2d", LON, LAT))
    assert Trace.BINARY in search("payload.json", b'"' + packed + b'"', WANTED).traces
    assert sum(1 for _layer in layers_of(packed)) > 1


def test_meta_data_formulas_and_strangers_are_found():
    book = Workbook()
    book.properties.creator = "Mario"
    book.active.append(["=1+1", "@x", "ok"])
    made = io.BytesIO()
    book.save(made)
    found = search("a.xlsx", made.getvalue(), WANTED)
    assert found.meta == {Meta.AUTHOR, Meta.TIME}
    assert found.formulas == 2
    assert search("a.csv", b"x;+39;-1;\tz;@a;=b;fine", WANTED).formulas == 5
    pdf = b"%PDF-1.7 << /Author (x) /CreationDate (D:20260101) >>"
    assert search("a.pdf", pdf, WANTED).meta == {Meta.AUTHOR, Meta.TIME}
    text = PNG + struct.pack(">I", 1) + b"tEXtk" + b"crc!"
    assert search("a.png", text, WANTED).meta == {Meta.PNG_CHUNK}
    page = b"<img src='https://tiles.example/1.png'><a href='http://localhost:8501/x'>"
    assert search("a.html", page, WANTED).strangers == 1
    assert search("a.html", page[40:], WANTED).clean


@pytest.mark.parametrize("ending", ["json", "csv", "xlsx", "geojson", "gpkg"])
@pytest.mark.parametrize("data", [b"", b"{}", b"a;b\n1;2", b"PK\3\4broken"])
def test_a_file_that_is_no_release_is_refused(ending, data):
    with pytest.raises(InputError, match="release_file"):
        published_in(f"x.{ending}", data)
