"""What kind of identifier a text is: only to name what a contact file is refused for.

The allow-list of columns and codes is what refuses (`data.contact_columns`); nothing
gets in because it was not recognised here. That is on purpose: no program finds every
name in free text, so no free text is taken at all.
"""

from __future__ import annotations

import re
from enum import StrEnum

import phonenumbers
from stdnum import iban, luhn
from stdnum.it import codicefiscale
from stdnum.ro import cnp

from data.messages import N_


class Identifier(StrEnum):
    """Kinds of things that stand in no contact record."""

    EMAIL = N_("an e-mail address")
    LINK = N_("a web address")
    SOCIAL = N_("a social network name")
    FISCAL_CODE = N_("a fiscal code")
    BANK = N_("a bank account or card number")
    PLATE = N_("a number plate")
    DOCUMENT = N_("a document number")
    PHONE = N_("a telephone number")
    COORDINATE = N_("a coordinate")
    DATE = N_("a date")
    ADDRESS = N_("an address")
    NAME = N_("a name, or words that may be one")
    TEXT = N_("free text")


CERTAIN = frozenset(Identifier) - {Identifier.NAME, Identifier.TEXT, Identifier.DATE}
"""Kinds whose form gives them away; the others are told from ordinary words by guessing."""

REGIONS = ("IT", "RO", "AL", "NG", "BG", "BR", "UA")
"""Countries whose way of writing telephone numbers is tried."""

_EMAIL = re.compile(r"[^\s@]+\s?@\s?[^\s@]+\.[a-z]{2,}", re.IGNORECASE)
_LINK = re.compile(r"https?://|\bwww\.|\b[\w-]+\.(?:com|it|net|org|me|ro|al|ng)\b", re.IGNORECASE)
_SOCIAL = re.compile(
    r"(?:^|\s)@\w|\b(?:ig|insta(?:gram)?|fb|facebook|tik\s?tok|telegram|snapchat|onlyfans"
    r"|whats\s?app|messenger)\b",
    re.IGNORECASE,
)
_COORDINATE = re.compile(
    r"-?\d{1,3}[.,]\d{4,}|\d{1,3}\s*°.*|POINT\s*Z?\s*\(.*|[23456789CFGHJMPQRVWX]{4,8}\+\w{2,}",
    re.IGNORECASE,
)
_DEGREES = re.compile(r"-?\d{1,3}[.,]\d{2,}")
_DATE = re.compile(r"\d{1,4}[/.\-]\d{1,2}[/.\-]\d{1,4}(?:[T ].*)?")
_PLATE = re.compile(
    r"[A-Z]{2} ?\d{3} ?[A-Z]{2}"  # Italy since 1994, Albania, France
    r"|[A-Z]{2} ?\d{5,6}"  # Italian motorcycles, and cars before 1994
    r"|[A-Z]{1,2} ?\d{2,3} ?[A-Z]{3}"  # Romania
    r"|[A-Z]{1,2} ?\d{4} ?[A-Z]{2}"  # Bulgaria, Ukraine
    r"|[A-Z]{3} ?\d{2,4} ?[A-Z]{0,2}"  # Nigeria, Poland, Hungary
)
_DOCUMENT = re.compile(r"(?=(?:.*\d){5})(?=.*[A-Z])(?!.*[A-Z]{5})[A-Z0-9]{6,20}")
_ADDRESS = re.compile(
    r"\b(?:via|v\.le|viale|vicolo|p\.?zza|p\.za|piazza|piazzale|piazzetta|corso|c\.so|largo|strada"
    r"|s\.?[pr]\.? ?\d+|lungarno|borgo|contrada|localit[aà]|loc|fraz(?:ione)?|km|civico|street"
    r"|road|strasse|rruga|strada|hotel|albergo|appartamento|interno|scala)\b\.?\s+\S",
    re.IGNORECASE,
)
_WORDS = re.compile(r"[^\W\d_]+(?:[ .'’\-][^\W\d_]*){0,4}")


def identify(text: str) -> Identifier:
    """The kind of identifier that a text most looks like; TEXT when like none.

    >>> identify("+39 347 123 4567").name, identify("Maria").name
    ('PHONE', 'NAME')
    """
    text = text.strip()
    packed = re.sub(r"[\s.\-/]", "", text).upper()
    for kind, found in (
        # First, for some plates hold what names a social network: AA 000 FB.
        (Identifier.PLATE, _PLATE.fullmatch(text.upper().replace("-", " "))),
        (Identifier.EMAIL, _EMAIL.search(text)),
        (Identifier.LINK, _LINK.search(text)),
        (Identifier.SOCIAL, _SOCIAL.search(text)),
        (Identifier.FISCAL_CODE, _is_fiscal_code(packed)),
        (Identifier.COORDINATE, _is_coordinate(text)),
        (Identifier.DATE, _DATE.fullmatch(text)),
        (Identifier.BANK, iban.is_valid(packed) or _is_card(packed)),
        (Identifier.ADDRESS, _ADDRESS.search(text)),
        (Identifier.DOCUMENT, _DOCUMENT.fullmatch(packed) or cnp.is_valid(packed)),
        (Identifier.PHONE, _is_phone(text, packed)),
        (Identifier.NAME, _WORDS.fullmatch(text)),
    ):
        if found:
            return kind
    return Identifier.TEXT


def _is_fiscal_code(packed: str) -> bool:
    """A fiscal code, also one with a slip of the pen: its form is enough."""
    form = r"[A-Z]{6}[\dLMNP-V]{2}[A-Z][\dLMNP-V]{2}[A-Z][\dLMNP-V]{3}[A-Z]"
    return codicefiscale.is_valid(packed) or bool(re.search(form, packed))


def _is_coordinate(text: str) -> bool:
    parts = re.split(r"[;\s]+|,\s+", text)
    pair = len(parts) in (2, 3, 4) and all(map(_DEGREES.fullmatch, parts[:2]))
    return pair or bool(_COORDINATE.fullmatch(text))


def _is_card(packed: str) -> bool:
    return bool(re.fullmatch(r"\d{15,16}", packed)) and luhn.is_valid(packed)


def _is_phone(text: str, packed: str) -> bool:
    digits = re.sub(r"\D", "", text)
    if re.fullmatch(r"\(?\+?[\d()]{7,17}", packed) and len(digits) >= 7:
        return True
    return len(digits) >= 6 and any(
        phonenumbers.PhoneNumberMatcher(text, region).has_next() for region in REGIONS
    )
