"""What a refused text is called."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.contact_columns import ContactMapping, resolve
from data.identifiers import CERTAIN, Identifier, identify
from data.texts import Texts
from geo.contacts import ANY_OF, ONE_OF, Material
from tests.data.contact_samples import IDENTIFIERS

SAMPLES = [(kind, text) for kind, texts in IDENTIFIERS.items() for text in texts]


@pytest.mark.parametrize(("kind", "text"), SAMPLES)
def test_each_kind_is_called_by_its_name(kind, text):
    assert identify(text) is Identifier[kind.upper()]
    assert identify(f"  {text} ") is Identifier[kind.upper()]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Chiamare il 347 1234567", Identifier.PHONE),
        ("08031234567", Identifier.PHONE),
        ("069 20 12345", Identifier.PHONE),
        ("via Roma, 12", Identifier.ADDRESS),
        ("loc. Le Querce", Identifier.ADDRESS),
        ("8FPH8V3V+2X", Identifier.COORDINATE),
        ("rss mra 85t10 a562s", Identifier.FISCAL_CODE),
        ("4539578763621486", Identifier.BANK),
        ("LAG 123 AB", Identifier.PLATE),
        ("AA000 FB", Identifier.PLATE),
        ("wa.me/393471234567", Identifier.LINK),
    ],
)
def test_other_ways_of_writing(text, kind):
    assert identify(text) is kind


def test_every_kind_has_a_sample_and_an_italian_word():
    assert {kind.upper() for kind in IDENTIFIERS} == {kind.name for kind in Identifier}
    italian = Texts("it")
    assert all(italian.word(kind) != kind.value for kind in Identifier)


def test_no_code_of_a_list_looks_like_a_certain_identifier():
    lists = {**ONE_OF, **ANY_OF, "materials": Material}
    codes = [code.value for codes in lists.values() for code in codes]
    assert not [code for code in codes if identify(code) in CERTAIN]


@settings(max_examples=150, deadline=None)
@given(st.from_regex(r"(\+39 ?)?3[2-9]\d ?\d{3}[ .\-]?\d{4}", fullmatch=True))
def test_any_italian_mobile_is_a_telephone_number(text):
    assert identify(text) is Identifier.PHONE


@settings(max_examples=100, deadline=None)
@given(st.from_regex(r"[A-HJ-NPR-TV-Z]{2} ?\d{3} ?[A-HJ-NPR-TV-Z]{2}", fullmatch=True))
def test_any_plate_is_a_plate(text):
    assert identify(text) is Identifier.PLATE


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=60))
def test_any_text_at_all_is_called_something(text):
    assert identify(text) in Identifier
    resolve(text, ContactMapping())
