"""What Streamlit itself says on a page, in the page's language.

Streamlit's controls speak English only: "Upload", "Choose an option", "No results". A
script in the page puts the words of the catalogue in their place, in texts and in the
labels that a screen reader says, now and whenever a control is drawn.
"""

from __future__ import annotations

import json
from pathlib import Path

from data.messages import N_
from data.texts import Texts

SCRIPT = (Path(__file__).parent / "speak.js").read_text(encoding="utf-8")

PHRASES = (
    N_("Add files"),
    N_("Choose an option"),
    N_("Choose date"),
    N_("Choose options"),
    N_("Clear all"),
    N_("Clear date"),
    N_("Clear entry"),
    N_("Clear time"),
    N_("Clear value"),
    N_("Connection error"),
    N_("Decrement"),
    N_("Dismiss"),
    N_("Drag and drop a file here"),
    N_("Drag and drop files here"),
    N_("Hide password"),
    N_("Increment"),
    N_("Link to heading"),
    N_("No options to select"),
    N_("No results"),
    N_("Number is above the allowed range."),
    N_("Number is below the allowed range."),
    N_("Page not found"),
    N_("Press Ctrl+Enter to apply"),
    N_("Press Enter to apply"),
    N_("Press Enter to submit form"),
    N_("Select all"),
    N_("Selected values"),
    N_("Show password"),
    N_("Skip to main content"),
    N_("Try again"),
    N_("Upload"),
    N_("file upload"),
)
"""Texts of Streamlit 1.67's controls, to the letter."""

OTHERWISE = {"Open": N_("Open the list")}
"""Those that the catalogue knows in another sense."""


def script(t: Texts) -> str:
    """JavaScript that makes the page speak `t`'s language from now on."""
    words = {phrase: t(phrase) for phrase in PHRASES}
    words |= {phrase: t(msgid) for phrase, msgid in OTHERWISE.items()}
    # "400MB per file • CSV, XLSX": a number, its unit, and the kinds of file.
    size = t("{number} {unit} at most", number="$1", unit="$2")
    given = {"language": t.language, "words": words, "size": size}
    return SCRIPT.replace("GIVEN", json.dumps(given, ensure_ascii=False).replace("<", "\\u003c"))
