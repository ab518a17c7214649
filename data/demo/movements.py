"""How some invented zones move, so that the monitoring has something true to find.

The year of field work (`data.demo.year`) is thinned in a few zones that are often visited:
some come up, some go down, some fall silent. Only what was met is thinned, never where
crews went. Beside it the weather of the year, and visits that plans would have had.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd

from geo.quarter import months_until
from geo.zones import Zone
from routing.progress import Weather

EMERGING, DIMINISHING, SILENT = "emerging", "diminishing", "silent"
STORIES = {EMERGING: 4, DIMINISHING: 4, SILENT: 2}
"""How many zones of each story."""

LEAST = 0.04
"""Share of those met that is left at the low end of a story."""

QUIET_MONTHS = 5
"""Months, this one too, in which nobody is met in a silent zone."""

SKIES = {
    Weather.CLEAR: 0.46, Weather.CLOUDY: 0.22, Weather.RAIN: 0.16, Weather.COLD: 0.06,
    Weather.WIND: 0.07, Weather.FOG: 0.03,
}  # fmt: skip
NOT_MADE = 0.3
"""Share of the visits planned to little-known zones that were not made."""


@dataclass(frozen=True, eq=False)
class DemoMonths:
    """What was invented for the monitoring: `stories` by zone; `weather`: columns `night`,
    `province`, `weather`; `planned`: `night`, `unit`, `zone`, `minutes`, `thin`."""

    stories: Mapping[str, str]
    weather: pd.DataFrame
    planned: pd.DataFrame


NOTHING = DemoMonths(
    {},
    pd.DataFrame(columns=["night", "province", "weather"]),
    pd.DataFrame(columns=["night", "unit", "zone", "minutes", "thin"]),
)


def stories_of(
    effort: pd.DataFrame, records: pd.DataFrame, rng: np.random.Generator
) -> dict[str, str]:
    """Zones with a story: of those looked at in most months, where enough were met to tell."""
    months = effort["night"].dt.to_period("M")
    often = effort.groupby("zone")["night"].nunique()
    seen = months.groupby(effort["zone"]).nunique()
    met = records.groupby("zone")["persons"].sum()
    able = [z for z in often.index if seen[z] >= seen.max() - 1 and met.get(z, 0) >= 60]
    able.sort(key=lambda zone: (-min(often[zone], 30) * met[zone], zone))
    wanted = sum(STORIES.values())
    chosen = rng.permutation(able[: 2 * wanted])[:wanted].tolist()
    names = [story for story, count in STORIES.items() for _ in range(count)]
    return dict(zip(chosen, names, strict=False))


def thinned(
    records: pd.DataFrame, stories: Mapping[str, str], today: date, rng: np.random.Generator
) -> pd.DataFrame:
    """The records (frame of `geo.contacts`) that the stories leave; no other changes."""
    first = records["night"].min()
    share = ((records["night"] - first) / (pd.Timestamp(today) - first)).to_numpy(float)
    story = records["zone"].map(stories)
    rising, falling = LEAST ** (1 - share), LEAST**share
    kept = np.select([story == EMERGING, story == DIMINISHING], [rising, falling], 1.0)
    quiet = records["night"] >= pd.Timestamp(months_until(today, QUIET_MONTHS)[0])
    kept = np.where((story == SILENT) & quiet, 0.0, kept)
    return records[rng.random(len(records)) < kept]


def months_of(
    effort: pd.DataFrame,
    zones: Sequence[Zone],
    stories: Mapping[str, str],
    days: tuple[date, date],
    rng: np.random.Generator,
) -> DemoMonths:
    """The weather from the first to the last of `days`, and the visits that were planned."""
    provinces = sorted({zone.province_code for zone in zones})
    nights = [days[0] + timedelta(n) for n in range((days[1] - days[0]).days)]
    kinds = rng.choice([one.value for one in SKIES], len(nights), p=list(SKIES.values()))
    rows = [
        # Mostly one sky over the region, here and there another.
        (night, province, kind if rng.random() < 0.8 else str(rng.choice(list(SKIES))))
        for night, kind in zip(nights, kinds, strict=True)
        for province in provinces
    ]
    weather = pd.DataFrame(rows, columns=["night", "province", "weather"])
    return DemoMonths(stories, weather, _planned(effort, zones, rng))


def _planned(effort: pd.DataFrame, zones: Sequence[Zone], rng: np.random.Generator) -> pd.DataFrame:
    """Every visit made as if it had been planned, and some that were not made."""
    minutes = {zone.code: zone.service_minutes for zone in zones}
    visits = effort[["night", "unit", "zone"]].drop_duplicates().reset_index(drop=True)
    hours = effort.groupby("zone")["hours"].sum()
    little = set(hours.index[hours <= hours.quantile(0.2)])
    thin = visits["zone"].isin(little)
    nights = visits["night"].dt.date
    made = pd.DataFrame(
        {
            "night": nights,
            "unit": visits["unit"],
            "zone": visits["zone"],
            "minutes": visits["zone"].map(minutes),
            "thin": thin,
        }
    )
    seldom = sorted(little | (set(minutes) - set(hours.index)))
    lost = made.sample(n=int(NOT_MADE * thin.sum()), random_state=rng)
    lost = lost.assign(zone=rng.choice(seldom, len(lost)), thin=True)
    lost = lost.assign(minutes=lost["zone"].map(minutes))
    return pd.concat([made, lost]).drop_duplicates(["night", "unit", "zone"], ignore_index=True)
