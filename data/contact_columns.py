"""The allow-list: every column that a contact file may have, and the words that name it.

A header is known by its English or Italian name, or by what the organisation's saved
mapping says; groups before it (`visita/genere`) do not matter. A column that is not here
refuses the file, whatever it holds.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from data.identifiers import CERTAIN, Identifier, identify
from data.messages import N_
from geo.contacts import ANY_OF, ONE_OF, Material
from geo.errors import InputError

MATERIALS = "materials"

NAMES: Mapping[str, tuple[str, ...]] = {
    "night": ("notte", "data_uscita", "data_servizio"),
    "date": ("data", "giorno"),
    "moment": ("momento", "data_ora", "data_e_ora"),
    "time": ("ora", "orario", "hour"),
    "unit": ("unita", "equipe", "uds"),
    "zone": ("zona", "codice_zona"),
    "latitude": ("lat", "latitudine"),
    "longitude": ("lon", "lng", "long", "longitudine"),
    "position": ("posizione", "gps", "geopoint", "coordinate", "location"),
    "arrived": ("arrivo", "inizio_sosta"),
    "left": ("partenza", "fine_sosta"),
    "outing": ("uscita", "tipo_uscita"),
    "kind": ("tipo", "tipo_contatto"),
    "gender": ("genere", "sesso"),
    "macro_area": ("area", "macroarea", "area_provenienza", "provenienza"),
    "age_class": ("eta", "fascia_eta", "classe_eta"),
    "known": ("conosciuto", "nuovo_noto", "noto"),
    "place_type": ("luogo", "tipo_luogo"),
    "persons": ("persone", "numero_persone", "n_persone"),
    "requests": ("richieste", "richiesta"),
    "referrals": ("invii", "invio", "orientamenti"),
    "signals": ("segnali", "segnale", "indicatori"),
    MATERIALS: ("materiali", "materiale"),
}
"""Columns that are read, with their other names."""

SECRET = frozenset({"latitude", "longitude", "position"})
"""Columns that serve in memory, to find the zone, and are never written."""

OPTIONS: Mapping[str, type[StrEnum]] = {**ANY_OF, MATERIALS: Material}
"""Columns that come divided, one for each code: `richieste/salute_ist`."""

_METADATA = re.compile(
    r"start|end|today|deviceid|audit|formhub_uuid|meta_(?:rootuuid|instanceid|deprecatedid)"
    r"|_?_?version_?_?|_(?:id|uuid|submission_time|validation_status|status|submitted_by|index"
    r"|parent_table_name|parent_index|xform_id_string|geolocation|bamboo_dataset_id)"
    r"|_submission_+(?:id|uuid|submission_time|validation_status|status|submitted_by|version_*)"
    r"|_\w+_(?:latitude|longitude|altitude|precision)|\w+_(?:altitude|accuracy|precision)"
    r"|submissiondate|submitterid|submittername|attachments(?:present|expected)|reviewstate"
    r"|formversion|edits|key|parent_key|setof_\w+|instanceid"
)
"""What KoboToolbox and ODK write beside the answers: dropped without a look at it."""

_EMPTY_METADATA = re.compile(r"_(?:notes|tags|attachments)|_submission_+(?:notes|tags)")
"""What they keep for remarks: dropped too, but it must be empty."""

_TELLTALE: Mapping[Identifier, str] = {
    Identifier.PHONE: r"tel|cell|phone|fono|whatsapp|sim",
    Identifier.EMAIL: r"mail|pec\b",
    Identifier.PLATE: r"targa|plate",
    Identifier.FISCAL_CODE: r"fiscal|\bcf\b|tax",
    Identifier.DOCUMENT: r"document|passap|permesso|carta|patente|passport",
    Identifier.ADDRESS: r"indiriz|address|\bvia\b|civico|domicil|residenz",
    Identifier.SOCIAL: r"social|insta|faceb|tiktok|telegram|nick|handle|profilo",
    Identifier.DATE: r"nascita|birth|\bdob\b",
    Identifier.NAME: r"nome|name|cognome|nominativ|persona\b|donna\b|alias|sopran|user",
    Identifier.TEXT: r"note|comment|osserva|descri|remark|annot|testo|altro|diario|stori",
}


class Unknown(StrEnum):
    """What a header is that says nothing else."""

    COLUMN = N_("a column that is not in the list")


@dataclass(frozen=True)
class Target:
    """What a column holds: a field, and the code it is about where it is one of many."""

    field: str
    option: str | None = None

    def __str__(self) -> str:
        return f"{self.field}/{self.option}" if self.option else self.field


class Metadata(StrEnum):
    """Columns of the collecting program, not of the contact."""

    DROPPED = "dropped"
    EMPTY = "empty"


@dataclass(frozen=True)
class ContactMapping:
    """How one organisation's files are read.

    `columns`: its header -> column of `NAMES`, or `materials/<code>` and the like. `codes`:
    column -> its word -> our code. `day_first`: how 03/05/2026 is meant, None where it
    never says. Raises InputError `mapping_wrong` (`field`, `kind`) for what is no column
    or code, and for keys that look like an identifier: a mapping is kept.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    codes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    day_first: bool | None = None

    def __post_init__(self) -> None:
        for header, target in self.columns.items():
            _check_word(header, "columns")
            if _known(target) is None:
                raise InputError("mapping_wrong", field="columns", kind=Unknown.COLUMN)
        for name, words in self.codes.items():
            codes = {**ONE_OF, **ANY_OF}.get(name)
            for word, code in words.items():
                _check_word(word, "codes")
                if codes is None or code not in set(codes):
                    raise InputError("mapping_wrong", field="codes", kind=Unknown.COLUMN)
            if len(words) > 60:
                raise InputError("mapping_wrong", field="codes", kind=Identifier.TEXT)

    def to_dict(self) -> dict[str, Any]:
        """As it is kept."""
        return {
            "columns": dict(self.columns),
            "codes": {name: dict(words) for name, words in self.codes.items()},
            "day_first": self.day_first,
        }

    @classmethod
    def from_dict(cls, document: Mapping[str, Any]) -> ContactMapping:
        """The mapping that a document holds; InputError `mapping_wrong` if it holds none."""
        try:
            columns, codes = dict(document["columns"]), dict(document["codes"])
            codes = {str(name): dict(words) for name, words in codes.items()}
            first = document.get("day_first")
            if first in (None, True, False):
                return cls(columns, codes, first)
        except (KeyError, TypeError, AttributeError):
            pass
        except ValueError as error:
            if isinstance(error, InputError):
                raise
        raise InputError("mapping_wrong", field="document", kind=Identifier.TEXT)

    def code(self, name: str, word: str) -> str:
        """A word of a cell as our code would be written; the words of `codes` come first."""
        plain = normal(word)
        return {normal(w): code for w, code in self.codes.get(name, {}).items()}.get(plain, plain)


def _check_word(word: object, where: str) -> None:
    if not isinstance(word, str) or not 0 < len(word.strip()) <= 60:
        raise InputError("mapping_wrong", field=where, kind=Identifier.TEXT)
    if (kind := identify(word)) in CERTAIN:
        raise InputError("mapping_wrong", field=where, kind=kind)


def normal(text: str) -> str:
    """Lower case without accents, parts joined by `_`: `Già noto` is `gia_noto`."""
    plain = unicodedata.normalize("NFKD", text.strip().lower())
    plain = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return re.sub(r"[\s'’\-./:]+", "_", plain).strip("_*?") if not plain.startswith("_") else plain


def resolve(header: str, mapping: ContactMapping) -> Target | Metadata | None:
    """What a column is by its header; None where it is not in the list."""
    plain = normal(header)
    for theirs, target in mapping.columns.items():
        if normal(theirs) == plain:
            return _known(target)
    joined = re.sub(r"[\s'’\-./:]+", "_", plain)
    if _EMPTY_METADATA.fullmatch(joined):
        return Metadata.EMPTY
    parts = re.split(r"[/:.\-]", header)
    for start in range(len(parts)):
        if found := _known("_".join(map(normal, parts[start:]))):
            return found
    return Metadata.DROPPED if _METADATA.fullmatch(joined) else None


def kind_of_header(header: str) -> Identifier | Unknown:
    """What an unknown column is likely to hold, told from its header alone."""
    if (kind := identify(header)) in CERTAIN:
        return kind
    words = header.strip().lower().replace("_", " ")
    for kind, pattern in _TELLTALE.items():
        if re.search(rf"\b(?:{pattern})|{pattern}", words):
            return kind
    return Unknown.COLUMN


def _names() -> dict[str, Target]:
    known: dict[str, Target] = {}
    for name, others in NAMES.items():
        for each in (name, *others):
            known[each] = Target(name)
            for option in OPTIONS.get(name, ()):
                known[f"{each}_{option}"] = Target(name, option.value)
    known |= {code.value: Target(MATERIALS, code.value) for code in Material}
    del known[MATERIALS]  # how many pieces, must be said of each
    for name in NAMES[MATERIALS]:
        del known[name]
    return known


_KNOWN = _names()


def _known(name: object) -> Target | None:
    return _KNOWN.get(normal(str(name)))
