"""A PDF is tagged, says its title and language, and hides nothing."""

import re

import pytest

from data import pdf as maker
from data.pdf import DOCUMENTS, pdf
from geo.errors import InputError

TEMPLATE = b"""#import "house.typ": *
#show: house.with(title: data.title, language: "it", foot: data.foot)
#data.text
#image("picture.svg", alt: data.text)
#house-table(data.header, data.rows, numeric: (1,))
"""
DATA = {
    "title": "Esito", "foot": "piè", "text": "#panic() perché «no»",
    "header": ["Dove", "Quanti"], "rows": [["=1+1", "10"]],
}  # fmt: skip
PICTURE = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h9v9z"/></svg>'


@pytest.fixture
def template(monkeypatch):
    """A document of this test's own beside the house style."""
    real = maker._template
    monkeypatch.setattr(maker, "_template", lambda n: TEMPLATE if n == "probe" else real(n))


@pytest.fixture
def made(template):
    return pdf("probe", DATA, {"picture.svg": PICTURE})


def test_it_is_tagged_for_screen_readers(made):
    assert made.startswith(b"%PDF-1.7")
    assert b"/StructTreeRoot" in made
    assert b"<pdfuaid:part>1</pdfuaid:part>" in made
    assert b"<rdf:li>it</rdf:li>" in made
    assert b"Esito" in made


def test_no_date_and_no_author(made):
    assert not re.search(rb"CreationDate|ModDate|CreateDate|/Author|dc:creator", made)


def test_equal_arguments_give_equal_bytes(template, made):
    assert pdf("probe", DATA, {"picture.svg": PICTURE}) == made


def test_only_the_packaged_typeface_takes_part(made):
    fonts = set(re.findall(rb"/BaseFont/[A-Z]{6}\+(\w+)", made))
    assert fonts
    assert {name for name in fonts if not name.startswith(b"Inter")} == set()
    assert {path.name for path in DOCUMENTS.glob("*.ttf")} == {
        "Inter-Bold.ttf",
        "Inter-Regular.ttf",
    }


def test_what_cannot_be_set_says_which_document(template):
    with pytest.raises(InputError) as caught:
        pdf("probe", DATA)
    assert caught.value.code == "document_broken"
    assert caught.value.fields["document"] == "probe"
