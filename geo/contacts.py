"""Contacts: anonymous records of an outing, as counts and closed code lists.

A contact frame has one row per record and exactly these columns (`COLUMNS`):

| column | type | meaning |
|---|---|---|
| `night` | datetime64[s] | service date at midnight, without zone: a date, not a moment |
| `hour` | Int8 0–23, NA | wall-clock hour in Europe/Rome; NA not recorded |
| `zone` | str | zone code, `""` while no zone is known |
| `organisation` | str | key of the organisation that made the record |
| `outing`, `kind`, `gender`, `macro_area`, `age_class`, `known` | category | code lists |
| `place_type` | category, NA | code list; NA not recorded |
| `persons` | int16 1–100 | persons that the record counts |
| `materials_…` | int16 0–999 | pieces handed out, one column a code of `Material` |
| `requests_…`, `referrals_…`, `signals_…` | bool | chosen or not, one column a code |

There is no column for an identity, a coordinate or free text, and none can be added: a
frame with another column is refused. Apparent minors are never charted: `charted` leaves
them out, and everything that is mapped, estimated or detected starts from it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.errors import InputError
from geo.zones import CODE, PlaceType


class OutingKind(StrEnum):
    """What a crew went out for."""

    CONTATTO = "contatto"
    MAPPATURA = "mappatura"
    INDOOR = "indoor"
    MEDIAZIONE = "mediazione"


class ContactKind(StrEnum):
    """How persons were met."""

    OSSERVATA = "osservata"
    CONTATTATA = "contattata"
    GRUPPO = "gruppo"
    NON_AVVICINABILE = "non_avvicinabile"
    TELEFONICO_INDOOR = "telefonico_indoor"


class Gender(StrEnum):
    """Gender as the crew perceives it."""

    DONNA = "donna"
    UOMO = "uomo"
    TRANS = "trans"
    NR = "nr"


class MacroArea(StrEnum):
    """Part of the world, never a nationality."""

    AFRICA_OCC = "africa_occ"
    AFRICA_ALTRA = "africa_altra"
    EST_UE = "est_ue"
    EST_NON_UE = "est_non_ue"
    AMERICA_LATINA = "america_latina"
    ASIA = "asia"
    ITALIA = "italia"
    ALTRO = "altro"
    NR = "nr"


class AgeClass(StrEnum):
    """Age as the crew perceives it."""

    APPARENTE_MINORE = "apparente_minore"
    A18_25 = "18_25"
    A26_35 = "26_35"
    A36_50 = "36_50"
    OLTRE_50 = "oltre_50"
    NR = "nr"


class Known(StrEnum):
    """Whether the crew has met the person before."""

    NUOVO = "nuovo"
    GIA_NOTO = "gia_noto"
    NR = "nr"


class Material(StrEnum):
    """What a crew hands out, in pieces."""

    PROFILATTICI = "profilattici"
    LUBRIFICANTE = "lubrificante"
    OPUSCOLO = "opuscolo"
    BEVANDA = "bevanda"
    KIT_IGIENE = "kit_igiene"
    BIGLIETTO_NV = "biglietto_nv"


class Request(StrEnum):
    """What was asked for."""

    SALUTE_IST = "salute_ist"
    GRAVIDANZA_IVG = "gravidanza_ivg"
    DOCUMENTI_LEGALE = "documenti_legale"
    ALLOGGIO = "alloggio"
    USCITA_SFRUTTAMENTO = "uscita_sfruttamento"
    LAVORO_LINGUA = "lavoro_lingua"
    SOSTANZE = "sostanze"
    VIOLENZA = "violenza"
    ASCOLTO = "ascolto"


class Referral(StrEnum):
    """Where a person was referred or accompanied to."""

    CONSULTORIO = "consultorio"
    PRONTO_SOCCORSO = "pronto_soccorso"
    SERD = "serd"
    MEDICO = "medico"
    SPORTELLO = "sportello"
    NUMERO_VERDE = "numero_verde"
    SERVIZI_SOCIALI = "servizi_sociali"
    ACCOMPAGNAMENTO = "accompagnamento"


class Signal(StrEnum):
    """Prompts for a talk, never a score."""

    CONTROLLO_TERZI = "controllo_terzi"
    DEBITO = "debito"
    DOCUMENTI_TRATTENUTI = "documenti_trattenuti"
    PERCOSSE = "percosse"
    PAURA = "paura"
    TURNI_IMPOSTI = "turni_imposti"


ONE_OF: dict[str, type[StrEnum]] = {
    "outing": OutingKind,
    "kind": ContactKind,
    "gender": Gender,
    "macro_area": MacroArea,
    "age_class": AgeClass,
    "known": Known,
    "place_type": PlaceType,
}
"""Columns that hold one code of a list; only `place_type` may be empty."""

ANY_OF: dict[str, type[StrEnum]] = {
    "requests": Request,
    "referrals": Referral,
    "signals": Signal,
}
"""Lists of which any number of codes is chosen: a boolean column for each code."""

MOST_PERSONS = 100
MOST_MATERIALS = 999

COUNTS = {"persons": (1, MOST_PERSONS)} | {
    f"materials_{material}": (0, MOST_MATERIALS) for material in Material
}
"""Whole-number columns with their least and most."""

CHOICES = tuple(f"{field}_{code}" for field, codes in ANY_OF.items() for code in codes)
"""Boolean columns."""

COLUMNS = ("night", "hour", "zone", "organisation", *ONE_OF, *COUNTS, *CHOICES)

SEEN = frozenset({ContactKind.OSSERVATA})
CONTACTED = frozenset({ContactKind.CONTATTATA, ContactKind.GRUPPO})
UNAPPROACHABLE = frozenset({ContactKind.NON_AVVICINABILE})
OUTDOOR = SEEN | CONTACTED | UNAPPROACHABLE
"""Kinds that are met on the road; telephone and indoor contacts have no place there."""


def validate_contacts(frame: pd.DataFrame) -> pd.DataFrame:
    """The contact frame with exactly its columns and types, in the order that it came.

    Raises InputError: `contact_columns` (`missing` names; `unknown` numbers of columns
    from 1, because the header of another file may itself hold a value), `contact_value`
    (`column`, `row` from 0). No error repeats a value.
    """
    missing = [name for name in COLUMNS if name not in frame.columns]
    unknown = [number for number, name in enumerate(frame.columns, 1) if name not in COLUMNS]
    if missing or unknown or not frame.columns.is_unique:
        raise InputError("contact_columns", missing=missing, unknown=unknown)
    columns: dict[str, object] = {
        "night": _nights(frame["night"]),
        "hour": _hours(frame["hour"]),
        "zone": _texts(frame["zone"], rf"(?:{CODE.pattern})?"),
        # A key, not a name: letters, figures and a few marks.
        "organisation": _texts(frame["organisation"], r"[A-Za-z0-9][A-Za-z0-9_.-]{0,39}"),
    }
    columns |= {name: _codes(frame[name], codes) for name, codes in ONE_OF.items()}
    columns |= {name: _whole(frame[name], *span).astype("int16") for name, span in COUNTS.items()}
    columns |= {name: _whole(frame[name], 0, 1).astype(bool) for name in CHOICES}
    return pd.DataFrame(columns, columns=list(COLUMNS), index=pd.RangeIndex(len(frame)))


def charted(contacts: pd.DataFrame) -> pd.DataFrame:
    """The contacts that may stand on a map or in an estimate of presence.

    Those met outdoors, without apparent minors: for these the entry opens the call
    procedure and nothing is drawn.
    """
    outdoor = contacts["kind"].isin(OUTDOOR)
    return contacts[outdoor & (contacts["age_class"] != AgeClass.APPARENTE_MINORE)]


@dataclass(frozen=True, eq=False, repr=False)
class LocatedContacts:
    """Where k charted contacts were made; lives in memory alone and is never written.

    `lonlat` (k, 2) degrees in EPSG:4326; `night` (k,) datetime64[D]. Make it with
    `located`. It prints as its number of rows.
    """

    lonlat: NDArray[np.float64]
    night: NDArray[np.datetime64]

    def __post_init__(self) -> None:
        if self.lonlat.shape != (len(self.night), 2):
            raise InputError("contact_coordinates", contacts=len(self.night))

    def __len__(self) -> int:
        return len(self.night)

    def __repr__(self) -> str:
        return f"LocatedContacts({len(self)})"

    def __reduce__(self) -> str:
        # Neither a cache nor a session may write coordinates down.
        raise TypeError("located contacts are never written")


def located(contacts: pd.DataFrame, lonlat: NDArray[np.float64]) -> LocatedContacts:
    """The charted rows of a contact frame that have a coordinate.

    `lonlat`: (k, 2) degrees in EPSG:4326 beside the rows of `contacts`, NaN for none.
    Raises InputError `contact_coordinates` where the two are not of one length.
    """
    if np.shape(lonlat) != (len(contacts), 2):
        raise InputError("contact_coordinates", contacts=len(contacts))
    rows = contacts.reset_index(drop=True)
    kept = charted(rows).index.to_numpy()
    kept = kept[np.isfinite(lonlat[kept]).all(axis=1)]
    nights = rows["night"].to_numpy()[kept].astype("datetime64[D]")
    return LocatedContacts(np.asarray(lonlat, np.float64)[kept], nights)


def _refuse(column: object, wrong: NDArray[np.bool_]) -> None:
    if wrong.any():
        raise InputError("contact_value", column=column, row=int(wrong.argmax()))


def _nights(values: pd.Series) -> NDArray[np.datetime64]:
    moments = pd.to_datetime(values, errors="coerce", format="ISO8601", utc=True)
    wrong = moments.isna() | (moments != moments.dt.normalize())
    _refuse(values.name, wrong.to_numpy())
    return moments.dt.tz_localize(None).to_numpy().astype("datetime64[s]")


def _hours(values: pd.Series) -> pd.arrays.IntegerArray:
    present = values.notna().to_numpy()
    hours = pd.array(np.zeros(len(values)), dtype="Int8")
    hours[present] = _whole(values, 0, 23, present)[present].astype("int8")
    hours[~present] = pd.NA
    return hours


def _texts(values: pd.Series, pattern: str) -> pd.Series:
    texts = values.astype("str").reset_index(drop=True)
    _refuse(values.name, ~(values.notna().to_numpy() & texts.str.fullmatch(pattern).to_numpy(bool)))
    return texts


def _codes(values: pd.Series, codes: type[StrEnum]) -> pd.Categorical:
    allowed = [code.value for code in codes]
    numbers = pd.Index(allowed, dtype=object).get_indexer(values.astype(object))
    empty = values.isna().to_numpy() & (codes is PlaceType)
    _refuse(values.name, (numbers < 0) & ~empty)
    return pd.Categorical.from_codes(numbers, categories=allowed)


def _whole(
    values: pd.Series, least: int, most: int, counted: NDArray[np.bool_] | None = None
) -> NDArray[np.float64]:
    numbers = pd.to_numeric(values, errors="coerce").to_numpy(np.float64, na_value=np.nan)
    with np.errstate(invalid="ignore"):
        right = (numbers % 1 == 0) & (numbers >= least) & (numbers <= most)
    _refuse(values.name, ~right if counted is None else ~right & counted)
    return numbers
