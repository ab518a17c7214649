"""Presence: how many persons a crew may expect in a zone, by weekday and hour.

A presence frame has one row per zone, weekday and hour:

| column | type | meaning |
|---|---|---|
| `zone` | str | zone code |
| `weekday` | int 0–6 | weekday of the service date, Monday 0: 01:00 is the evening before's |
| `hour` | int 0–23 | wall-clock hour in Europe/Rome |
| `expected` | float ≥ 0 | persons met by a visit that begins in that hour |
| `low`, `high` | float ≥ 0 | interval round `expected` |

An hour without a row is an hour in which nobody is expected. The interval says how well
the zone is known: it is wide where few visits were made. A frame that was estimated from
field work (`geo.presence_estimate`) also tells `expected` apart by `PARTS`: persons seen
only, contacted, and unapproachable; and how many hours of looking there and then it rests on
(`EFFORT`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.errors import InputError
from geo.night import HOUR, Night

COLUMNS = ("zone", "weekday", "hour", "expected", "low", "high")
PARTS = ("seen", "contacted", "unapproachable")
"""Columns that a frame may have beside `COLUMNS`, all or none; they add up to `expected`."""

EFFORT = "effort"
"""A column that a frame may have besides: hours looked in that zone, weekday and hour. Where it
is 0 nobody went: what is expected is borrowed from elsewhere, and unknown is not nobody."""

TERMS = ["expected", "low", "high"]


@dataclass(frozen=True)
class Expected:
    """Persons to expect, with the interval round them."""

    expected: float
    low: float
    high: float


def validate_presence(frame: pd.DataFrame) -> pd.DataFrame:
    """The presence frame with exactly its columns and types, ordered by zone, weekday, hour.

    `PARTS` are kept where the frame has them all, and `EFFORT` where it has it.

    Raises InputError: `presence_columns` (missing), `presence_value` (column, row: no
    number, negative or out of range), `presence_interval` (row: not low ≤ expected ≤
    high), `presence_twice` (zone, weekday, hour).
    """
    missing = [column for column in COLUMNS if column not in frame.columns]
    if missing:
        raise InputError("presence_columns", missing=missing)
    parts: tuple[str, ...] = PARTS if set(PARTS) <= set(frame.columns) else ()
    parts += (EFFORT,) if EFFORT in frame.columns else ()
    numbers = {name: _numbers(frame, name) for name in (*COLUMNS[1:], *parts)}
    for name, top in (("weekday", 6), ("hour", 23)):
        _refuse(name, (numbers[name] % 1 != 0) | (numbers[name] > top))
    disordered = ~(
        (numbers["low"] <= numbers["expected"]) & (numbers["expected"] <= numbers["high"])
    )
    if disordered.any():
        raise InputError("presence_interval", row=int(disordered.argmax()))
    whole = {"weekday": np.int64, "hour": np.int64}
    valid = pd.DataFrame(
        {"zone": frame["zone"].astype(str).to_numpy()}
        | {name: values.astype(whole.get(name, np.float64)) for name, values in numbers.items()}
    )
    keys = ["zone", "weekday", "hour"]
    twice = valid.duplicated(keys)
    if twice.any():
        raise InputError("presence_twice", **valid.loc[twice, keys].iloc[0].to_dict())
    return valid.sort_values(keys, ignore_index=True)


def _numbers(frame: pd.DataFrame, name: str) -> NDArray[np.float64]:
    values = pd.to_numeric(frame[name], errors="coerce").to_numpy(np.float64, na_value=np.nan)
    _refuse(name, ~(np.isfinite(values) & (values >= 0)))
    return values


def _refuse(column: str, wrong: NDArray[np.bool_]) -> None:
    if wrong.any():
        raise InputError("presence_value", column=column, row=int(wrong.argmax()))


def by_hour(frame: pd.DataFrame, weekday: int) -> dict[str, NDArray[np.float64]]:
    """Per zone with any presence on that weekday: (24, 3) expected, low, high by hour."""
    day = frame[frame["weekday"] == weekday]
    codes, zones = pd.factorize(day["zone"])
    table = np.zeros((len(zones), 24, 3))
    table[codes, day["hour"].to_numpy()] = day[TERMS].to_numpy()
    return dict(zip(zones, table, strict=True))


def mean_between(hours: NDArray[np.float64], night: Night, opens: int, closes: int) -> Expected:
    """What a visit begun at any moment of [opens, closes) meets, each moment alike.

    `hours`: (24, 3) as `by_hour` gives; `opens`, `closes`: seconds from the night's noon.
    Hours are those of the wall clock, so the night of a clock change counts 02 twice or never.
    """
    seconds = np.zeros(24)
    start = opens
    while start < closes:
        # Clock changes fall on whole hours, so an elapsed hour is one wall-clock hour.
        end = min(closes, (start // HOUR + 1) * HOUR)
        seconds[night.at(start).hour] += end - start
        start = end
    if not seconds.any():
        raise InputError("window_empty", opens=night.clock(opens), closes=night.clock(closes))
    return Expected(*(seconds @ hours / seconds.sum()).tolist())


def expected_between(
    frame: pd.DataFrame, zone: str, night: Night, opens: int, closes: int
) -> Expected:
    """`mean_between` for one zone of a presence frame; zeros for a zone without rows."""
    hours: Mapping[str, NDArray[np.float64]] = by_hour(frame[frame["zone"] == zone], night.weekday)
    return mean_between(hours.get(zone, np.zeros((24, 3))), night, opens, closes)
