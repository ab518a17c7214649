"""Conflict reports: what residents, traders, schools, committees and bodies complain about.

A report says what, how strongly, when and roughly where: a neighbourhood, a census area or
an H3 cell (`geo.neighbourhoods`), never an address or a point. It is codes and numbers
only: who reports, and whoever is complained about, cannot be written down. A report frame
has one row per report (`COLUMNS`):

| column | type | meaning |
|---|---|---|
| `place` | str | code of a place of `geo.neighbourhoods` |
| `day` | datetime64[s] | service date: what happened at 01:00 is the evening before's |
| `band` | str | `Band`: the hours that it happens in |
| `theme` | str | `Theme` |
| `intensity` | int 1–5 | how strongly, as said |
| `channel`, `reporter` | str | `Channel`, `Reporter`: how it came, and from what kind of person |
| `repeated` | bool | whether the same has been reported before |
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import numpy as np
import pandas as pd

from geo.errors import InputError

COLUMNS = ("place", "day", "band", "theme", "intensity", "channel", "reporter", "repeated")


class Theme(StrEnum):
    """What a report is about (code list of the field)."""

    NOISE = "rumore"
    LITTER = "rifiuti"
    TRAFFIC = "traffico_clienti"
    ACTS = "atti_visibili"
    FEAR = "paura"
    ASSAULT = "aggressione_a_persone"


class Channel(StrEnum):
    """How a report came (code list of the field)."""

    COMPLAINT = "esposto"
    MEETING = "riunione"
    PHONE = "telefono"
    POLICE = "pm"


class Reporter(StrEnum):
    """What kind of person or body reports (code list of the field)."""

    RESIDENT = "residente"
    TRADER = "esercente"
    SCHOOL = "scuola"
    COMMITTEE = "comitato"
    BODY = "ente"


class Band(StrEnum):
    """Hours of the day: wall clock in Europe/Rome."""

    MORNING = "mattina"
    AFTERNOON = "pomeriggio"
    EVENING = "sera"
    NIGHT = "notte"
    SMALL_HOURS = "notte_fonda"
    UNKNOWN = "nr"


HOURS = {
    Band.MORNING: (6, 12),
    Band.AFTERNOON: (12, 18),
    Band.EVENING: (18, 22),
    Band.NIGHT: (22, 26),
    Band.SMALL_HOURS: (26, 30),
}
"""First hour and the hour that a band ends at; 24 and more are after midnight."""


def band_of(hour: int) -> Band:
    """The band of a wall-clock hour 0–23."""
    late = hour + 24 if hour < 6 else hour
    return next(band for band, (opens, closes) in HOURS.items() if opens <= late < closes)


@dataclass(frozen=True)
class ConflictReport:
    """One report. Raises InputError `report_intensity`."""

    place: str
    day: date
    band: Band
    theme: Theme
    intensity: int
    channel: Channel
    reporter: Reporter
    repeated: bool = False
    synthetic: bool = False

    def __post_init__(self) -> None:
        if not 1 <= self.intensity <= 5:
            raise InputError("report_intensity", got=self.intensity)


CODES: dict[str, type[StrEnum]] = {
    "band": Band, "theme": Theme, "channel": Channel, "reporter": Reporter,
}  # fmt: skip


def validate_reports(frame: pd.DataFrame) -> pd.DataFrame:
    """The report frame with exactly its columns and types.

    Raises InputError `reports_columns` (missing), `reports_value` (column, row from 0).
    """
    missing = [name for name in COLUMNS if name not in frame.columns]
    if missing:
        raise InputError("reports_columns", missing=missing)
    day = pd.to_datetime(frame["day"], errors="coerce")
    intensity = pd.to_numeric(frame["intensity"], errors="coerce").to_numpy(np.float64)
    checks = {name: frame[name].isin(list(codes)).to_numpy() for name, codes in CODES.items()}
    checks["day"] = (day.notna() & (day == day.dt.normalize())).to_numpy()
    checks["intensity"] = np.isin(intensity, [1, 2, 3, 4, 5])
    for name, right in checks.items():
        if not right.all():
            raise InputError("reports_value", column=name, row=int(np.argmin(right)))
    return pd.DataFrame(
        {
            "place": frame["place"].astype("str").to_numpy(),
            "day": day.to_numpy().astype("datetime64[s]"),
            **{name: frame[name].astype("str").to_numpy() for name in ("band", "theme")},
            "intensity": intensity.astype(np.int8),
            **{name: frame[name].astype("str").to_numpy() for name in ("channel", "reporter")},
            "repeated": frame["repeated"].to_numpy(dtype=bool),
        }
    )


def frame_of(reports: list[ConflictReport] | tuple[ConflictReport, ...]) -> pd.DataFrame:
    """The report frame of some reports."""
    rows = [[getattr(one, name) for name in COLUMNS] for one in reports]
    return validate_reports(pd.DataFrame(rows, columns=list(COLUMNS)))


def episodes(reports: pd.DataFrame) -> pd.DataFrame:
    """The reports with each complaint counted once: columns of the frame and `times`.

    The same theme in the same place on the same day by one type of reporter is one
    episode, however often it was sent (`times`); its intensity is the highest, its band
    the most frequent that is known.
    """
    keys = ["place", "day", "theme", "reporter"]
    # Known bands first, the most frequent of them at the top of each episode.
    known = (reports["band"] != Band.UNKNOWN.value).astype(int)
    often = reports.groupby([*keys, "band"], sort=False)["theme"].transform("size")
    ordered = reports.assign(known=known, often=often)
    ordered = ordered.sort_values(["known", "often", "band"], ascending=[False, False, True])
    grouped = ordered.groupby(keys, sort=True)
    found = grouped.agg(
        band=("band", "first"),
        intensity=("intensity", "max"),
        channel=("channel", "first"),
        repeated=("repeated", "max"),
        times=("known", "size"),
    ).reset_index()
    return found[[*COLUMNS, "times"]]


def alerts(reports: pd.DataFrame) -> pd.DataFrame:
    """The reports of assault on persons: safety alerts for the coordinator, not pressure."""
    return reports[reports["theme"] == Theme.ASSAULT.value].sort_values("day", ascending=False)
