"""Streamlit's own words are translated, and are those that Streamlit uses."""

import re
from pathlib import Path

import pytest
import streamlit

from data.texts import Texts
from screens.streamlit_words import OTHERWISE, PHRASES, script

BUNDLE = Path(streamlit.__file__).parent / "static" / "static" / "js"


def test_each_is_translated_and_none_is_left_out():
    italian = script(Texts("it"))
    for phrase in (*PHRASES, *OTHERWISE):
        assert re.search(rf'"{re.escape(phrase)}": "(?!{re.escape(phrase)}")', italian), phrase


def test_an_english_page_is_left_as_it_is():
    assert '"language": "en"' in script(Texts("en"))


@pytest.fixture(scope="module")
def bundle():
    return "".join(path.read_text(encoding="utf-8") for path in BUNDLE.glob("*.js"))


BUILT = {"Press Ctrl+Enter to apply", "Press Enter to apply", "Press Enter to submit form"}
"""Put together from pieces by Streamlit."""


@pytest.mark.parametrize("phrase", sorted({*PHRASES, *OTHERWISE} - BUILT))
def test_streamlit_says_it_so(bundle, phrase):
    assert f"`{phrase}`" in bundle or f'"{phrase}"' in bundle, "Streamlit changed its words"
