"""Effort: the hours that crews spent looking, zone by zone, whether they met anybody or not.

No visit is not no presence: a count of persons says something only beside the time spent.
An effort frame has one row per visit and wall-clock hour (`COLUMNS`):

| column | type | meaning |
|---|---|---|
| `night` | datetime64[s] | service date at midnight, without zone |
| `zone` | str | zone code |
| `hour` | int8 0–23 | wall-clock hour in Europe/Rome; 01 belongs to the evening before |
| `hours` | float64 > 0 | crew-hours spent in the zone in that hour |
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from geo.errors import InputError
from geo.night import HOUR, Night

COLUMNS = ("night", "zone", "hour", "hours")


def validate_effort(frame: pd.DataFrame) -> pd.DataFrame:
    """The effort frame with exactly its columns and types.

    Raises InputError `effort_columns` (missing), `effort_value` (column, row from 0).
    """
    missing = [name for name in COLUMNS if name not in frame.columns]
    if missing:
        raise InputError("effort_columns", missing=missing)
    night = pd.to_datetime(frame["night"], errors="coerce")
    hour, hours = (
        pd.to_numeric(frame[name], errors="coerce").to_numpy(np.float64, na_value=np.nan)
        for name in ("hour", "hours")
    )
    for name, right in (
        ("night", (night.notna() & (night == night.dt.normalize())).to_numpy()),
        ("hour", (hour % 1 == 0) & (hour >= 0) & (hour <= 23)),
        ("hours", np.isfinite(hours) & (hours > 0)),
    ):
        if not right.all():
            raise InputError("effort_value", column=name, row=int(np.argmin(right)))
    return pd.DataFrame(
        {
            "night": night.to_numpy().astype("datetime64[s]"),
            "zone": frame["zone"].astype("str").to_numpy(),
            "hour": hour.astype(np.int8),
            "hours": hours,
        }
    )


def effort_of_visits(visits: pd.DataFrame) -> pd.DataFrame:
    """The effort frame of visits with columns `night`, `zone`, `opens`, `closes`.

    `opens`, `closes`: whole seconds from the night's local noon; a visit over several
    wall-clock hours gives a row for each. Raises InputError `effort_visit` (row from 0)
    for a visit that does not last, or does not lie in its night.
    """
    opens, closes = visits["opens"].to_numpy(np.int64), visits["closes"].to_numpy(np.int64)
    nights = pd.to_datetime(visits["night"]).reset_index(drop=True)
    wrong = (closes <= opens) | (opens < 0) | (closes > 25 * HOUR)
    if wrong.any():
        raise InputError("effort_visit", row=int(wrong.argmax()))
    pieces = (closes - 1) // HOUR - opens // HOUR + 1
    row = np.repeat(np.arange(len(visits)), pieces)
    elapsed = (
        opens[row] // HOUR + np.arange(len(row)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    )
    spent = np.minimum(closes[row], (elapsed + 1) * HOUR) - np.maximum(opens[row], elapsed * HOUR)
    return validate_effort(
        pd.DataFrame(
            {
                "night": nights.to_numpy()[row],
                "zone": visits["zone"].to_numpy()[row],
                "hour": _wall_clock(nights.iloc[row], elapsed),
                "hours": spent / HOUR,
            }
        )
    )


def _wall_clock(nights: pd.Series, elapsed: np.ndarray) -> np.ndarray:
    """Wall-clock hour of an elapsed hour of each night; clock changes fall on whole hours."""
    codes, dates = pd.factorize(nights)
    table = np.array(
        [[Night(each.date()).at(HOUR * hour).hour for hour in range(25)] for each in dates]
    ).reshape(-1, 25)
    return table[codes, elapsed]
