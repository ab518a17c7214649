"""Districts: fixed, public groups of neighbouring municipalities of one province.

They are made once, from population and borders alone, so that they say nothing of what
is met anywhere; a municipality that cannot be shown alone is shown with its district.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.crs import to_metric
from geo.errors import InputError

LEAST_PEOPLE = 80_000
"""Inhabitants that a district has at least, where its province allows it."""

COLUMNS = ("district", "istat", "municipality")


@dataclass(frozen=True)
class Districts:
    """Which district each municipality belongs to, and back: codes `PI-03`, ISTAT codes.

    `seats`: by district the ISTAT code of its most populous municipality, which names it.
    """

    of: Mapping[str, str]
    seats: Mapping[str, str]

    def members(self, district: str) -> tuple[str, ...]:
        """The ISTAT codes of a district."""
        return tuple(sorted(code for code, name in self.of.items() if name == district))

    @property
    def fingerprint(self) -> str:
        """A digest that changes with any municipality's district."""
        text = "\n".join(f"{code} {self.of[code]}" for code in sorted(self.of))
        return hashlib.sha256(text.encode()).hexdigest()


def make_districts(municipalities: gpd.GeoDataFrame, least: int = LEAST_PEOPLE) -> pd.DataFrame:
    """The table of districts (`COLUMNS`), a municipality a row.

    `municipalities` as `geo.municipalities.municipalities`; `least` inhabitants. The
    least populous group below it joins the group of its province with which it shares the
    most border for that group's people, or the nearest one if none (islands), until none
    is left below.
    """
    frame = municipalities.sort_values("istat").reset_index(drop=True)
    shapes = to_metric(frame).geometry.to_numpy()
    parts = [
        _grouped(frame.loc[rows, "population"].to_numpy(), shapes[rows], least)
        for rows in (frame.index[frame["province"] == p] for p in sorted(set(frame["province"])))
    ]
    order = [frame.index[frame["province"] == p] for p in sorted(set(frame["province"]))]
    rows = []
    for indices, groups in zip(order, parts, strict=True):
        # The most populous district of a province is its first.
        people = frame.loc[indices, "population"].groupby(groups).sum()
        numbers = {group: n for n, group in enumerate(people.sort_values().index[::-1], 1)}
        rows += [
            (
                f"{frame.at[index, 'province']}-{numbers[group]:02d}",
                frame.at[index, "istat"],
                frame.at[index, "name"],
            )
            for index, group in zip(indices, groups, strict=True)
        ]
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    return table.sort_values(["district", "istat"], ignore_index=True)


def read_districts(table: pd.DataFrame, municipalities: gpd.GeoDataFrame) -> Districts:
    """The districts of a table (`COLUMNS`, text). Raises InputError `districts_wrong`
    (`municipality`) unless it names each municipality once, in a district of its province."""
    provinces = municipalities.set_index("istat")["province"]
    people = municipalities.set_index("istat")["population"]
    missing = set(provinces.index) ^ set(table["istat"])
    twice = set(table.loc[table["istat"].duplicated(), "istat"])
    if missing or twice:
        raise InputError("districts_wrong", municipality=min(missing | twice))
    strays = table[table["district"].str[:2].to_numpy() != provinces[table["istat"]].to_numpy()]
    if len(strays):
        raise InputError("districts_wrong", municipality=strays["istat"].iloc[0])
    of = dict(zip(table["istat"], table["district"], strict=True))
    seats: dict[str, str] = {}
    for code in people.sort_values(kind="stable").index:
        seats[of[code]] = code
    return Districts(MappingProxyType(of), MappingProxyType(seats))


def _grouped(people: np.ndarray, shapes: np.ndarray, least: int) -> np.ndarray:
    """(n,) the group of each place of one province, a number."""
    groups = np.arange(len(people))
    border = _borders(shapes)
    apart = np.array([shapely.distance(shape, shapes) for shape in shapes])
    while True:
        names = np.unique(groups)
        sizes = {name: int(people[groups == name].sum()) for name in names}
        small = [name for name in names if sizes[name] < least]
        if not small or len(names) == 1:
            return groups
        name = min(small, key=lambda each: (sizes[each], each))
        inside = groups == name
        others = [other for other in names if other != name]
        shared = {other: border[np.ix_(inside, groups == other)].sum() for other in others}
        near = {other: apart[np.ix_(inside, groups == other)].min() for other in others}
        # Long borders make compact districts, few people even ones.
        best = max(others, key=lambda other: (shared[other] / sizes[other], -near[other], -other))
        groups[inside] = best


def _borders(shapes: np.ndarray) -> np.ndarray:
    """(n, n) metres of border that each two share."""
    border = np.zeros((len(shapes), len(shapes)))
    for i, shape in enumerate(shapes):
        for j in range(i + 1, len(shapes)):
            if shapely.intersects(shape, shapes[j]):
                border[i, j] = border[j, i] = shapely.length(shapely.intersection(shape, shapes[j]))
    return border
