"""Frames of records by outing: which outings they are of, whether two say the same.

An outing is a unit on a night; its organisation is that of the whole frame.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

KEY = ["unit", "night"]


def keys(frame: pd.DataFrame) -> set[tuple[str, date]]:
    """The outings that a frame has rows of."""
    pairs = frame[KEY].drop_duplicates()
    return set(zip(pairs["unit"], dates(pairs), strict=True))


def names(entries: Mapping[tuple[str, date], int]) -> pd.DataFrame:
    """Which unit each entry is of."""
    pairs = [(number, unit) for (unit, _night), number in entries.items()]
    return pd.DataFrame(pairs, columns=["entry", "unit"]).astype({"entry": np.int64})


def digests(frame: pd.DataFrame, names: Iterable[str]) -> dict[tuple[str, date], tuple[int, int]]:
    """A number that stands for all rows of an outing in any order, and how many there are."""
    if frame.empty:
        return {}
    codes = pd.util.hash_pandas_object(frame[list(names)], index=False).to_numpy()
    rows = frame[KEY].assign(code=codes).groupby(KEY, sort=False)["code"].agg(["sum", "size"])
    numbers = zip(rows["sum"].tolist(), rows["size"].tolist(), strict=True)
    return {
        (unit, night.date()): each for (unit, night), each in zip(rows.index, numbers, strict=True)
    }


def with_entry(frame: pd.DataFrame, entries: Mapping[tuple[str, date], int]) -> pd.DataFrame:
    """The rows of a frame that belong to some entries, with the column `entry`."""
    names = [(unit, pd.Timestamp(night), number) for (unit, night), number in entries.items()]
    table = pd.DataFrame(names, columns=[*KEY, "entry"])
    table = table.astype({"unit": frame["unit"].dtype, "night": frame["night"].dtype})
    return frame.merge(table, on=KEY, how="inner")


def dates(frame: pd.DataFrame) -> NDArray[np.object_]:
    """(n,) nights of a frame as dates, each made once."""
    which, values = pd.factorize(frame["night"])
    return np.array([pd.Timestamp(value).date() for value in values], dtype=object)[which]


def months(frame: pd.DataFrame) -> NDArray[np.object_]:
    """(n,) the first day of each night's month."""
    return np.array([night.replace(day=1) for night in dates(frame)], dtype=object)
