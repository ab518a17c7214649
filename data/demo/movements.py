"""How some invented zones move, so that the monitoring has something true to find.

Over three years a few zones come up, go down or fall silent. The last of them is the year of
field work (`data.demo.year`), of which less is met in these zones, never less looked; the
two before are known as totals of zones and months alone. Beside them the weather of the
year, and visits that plans would have had.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.demo.year import SEASON
from geo.presence import EFFORT, PARTS, TERMS
from geo.quarter import months_until
from geo.zones import Zone
from routing.progress import Weather

EMERGING, DIMINISHING, SILENT = "emerging", "diminishing", "silent"
STORIES = {EMERGING: 4, DIMINISHING: 4, SILENT: 2}
"""How many zones of each story."""

BUSIEST = 8
"""Zones where most are met, which have no story."""

EARLIER = 24
"""Months before the year of field work that are known as totals."""

LEAST = 0.04
"""Share of those met that is left at the low end of a story."""

QUIET_MONTHS = 5
"""Months, this one too, in which nobody is met in a silent zone."""

SKIES = {
    Weather.CLEAR: 0.46, Weather.CLOUDY: 0.22, Weather.RAIN: 0.16, Weather.COLD: 0.06,
    Weather.WIND: 0.07, Weather.FOG: 0.03,
}  # fmt: skip
NOW = 0.08
"""Share of its presence that is left today in a zone that has gone down or fallen silent."""

CROWD = 6.0
"""How little a month scatters beyond chance (the shape of a Gamma of mean 1)."""

NOT_MADE = 0.3
"""Share of the visits planned to little-known zones that were not made."""


@dataclass(frozen=True, eq=False)
class DemoMonths:
    """What was invented for the monitoring: `stories` by zone; `weather`: columns `night`,
    `province`, `weather`; `planned`: `night`, `unit`, `zone`, `minutes`, `thin`; `earlier`:
    `zone`, `month` (first day), `hours`, `persons`."""

    stories: Mapping[str, str]
    weather: pd.DataFrame
    planned: pd.DataFrame
    earlier: pd.DataFrame


NOTHING = DemoMonths(
    {},
    pd.DataFrame(columns=["night", "province", "weather"]),
    pd.DataFrame(columns=["night", "unit", "zone", "minutes", "thin"]),
    pd.DataFrame(columns=["zone", "month", "hours", "persons"]),
)


def stories_of(
    effort: pd.DataFrame, records: pd.DataFrame, rng: np.random.Generator
) -> dict[str, str]:
    """Zones with a story: of those looked at in most months, where enough were met to tell."""
    months = effort["night"].dt.to_period("M")
    often = effort.groupby("zone")["night"].nunique()
    seen = months.groupby(effort["zone"]).nunique()
    met = records["persons"].astype(int).groupby(records["zone"]).sum()
    able = [z for z in often.index if seen[z] >= seen.max() - 1 and met.get(z, 0) >= 60]
    able.sort(key=lambda zone: (-min(often[zone], 30) * met[zone], zone))
    wanted = sum(STORIES.values())
    # Not the busiest: the region as a whole stays what it was.
    chosen = rng.permutation(able[BUSIEST : BUSIEST + wanted + 6])[:wanted].tolist()
    names = [story for story, count in STORIES.items() for _ in range(count)]
    return dict(zip(chosen, names, strict=False))


def thinned(
    records: pd.DataFrame, stories: Mapping[str, str], today: date, rng: np.random.Generator
) -> pd.DataFrame:
    """The records (frame of `geo.contacts`) that the stories leave; no other changes."""
    story = records["zone"].map(stories)
    kept = _left(story, (pd.Timestamp(today) - records["night"]).dt.days.to_numpy(float))
    quiet = records["night"] >= pd.Timestamp(months_until(today, QUIET_MONTHS)[0])
    kept = np.where((story == SILENT) & quiet, 0.0, kept)
    return records[rng.random(len(records)) < kept].reset_index(drop=True)


def _left(story: pd.Series, days: NDArray[np.float64]) -> NDArray[np.float64]:
    """The share of those met that a story leaves so many days ago."""
    ago = np.clip(days / (30.4 * EARLIER + 365), 0, 1)
    left = np.select([story == EMERGING, story == DIMINISHING], [LEAST**ago, LEAST ** (1 - ago)], 1)
    return np.asarray(left, float)


def _earlier(
    effort: pd.DataFrame,
    records: pd.DataFrame,
    stories: Mapping[str, str],
    today: date,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Totals of the months before the first record: as many hours a month as in the year, and as
    many met an hour, but for the stories, the season and chance."""
    first = effort["night"].min().date()
    months = months_until(first.replace(day=1) - timedelta(days=1), EARLIER)
    usual = effort.groupby("zone")["hours"].sum() / 12
    met = (
        records["persons"].astype(int).groupby(records["zone"]).sum().reindex(usual.index).fillna(0)
    )
    rate = (met / (12 * usual)).to_numpy()
    frames = []
    for month in months:
        hours = usual.to_numpy() * rng.gamma(4, 1 / 4, len(usual))
        story = usual.index.to_series().map(stories)
        left = _left(story, np.full(len(usual), float((today - month).days)))
        season = 1 + SEASON * np.cos((month.month - 7) / 12 * 2 * np.pi)
        mean = hours * rate * season * left * rng.gamma(CROWD, 1 / CROWD, len(usual))
        frames.append(
            pd.DataFrame(
                {
                    "zone": usual.index,
                    "month": month,
                    "hours": np.round(hours, 2),
                    "persons": rng.poisson(mean),
                }
            )
        )
    found = pd.concat(frames, ignore_index=True)
    # A month of a few minutes is a month in which nobody went.
    return found[found["hours"] >= 0.1].reset_index(drop=True)


def presence_now(presence: pd.DataFrame, stories: Mapping[str, str]) -> pd.DataFrame:
    """The presence frame as the stories leave it at their end: low where a zone has gone down."""
    low = presence["zone"].map(stories).isin((DIMINISHING, SILENT))
    terms = [name for name in (*TERMS, *PARTS) if name in presence.columns]
    return presence.assign(
        **{name: presence[name].where(~low, presence[name] * NOW) for name in terms}
    )


def looked_at(presence: pd.DataFrame, effort: pd.DataFrame, since: date) -> pd.DataFrame:
    """The presence frame with the hours looked behind each weekday and hour from `since` on."""
    late = effort[effort["night"] >= pd.Timestamp(since)]
    keys = [late["zone"], late["night"].dt.day_of_week.rename("weekday"), late["hour"].astype(int)]
    spent = late.groupby(keys)["hours"].sum()
    cells = pd.MultiIndex.from_frame(presence[["zone", "weekday", "hour"]])
    return presence.assign(**{EFFORT: spent.reindex(cells).fillna(0.0).to_numpy()})


def months_of(
    effort: pd.DataFrame,
    records: pd.DataFrame,
    zones: Sequence[Zone],
    stories: Mapping[str, str],
    *,
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
    earlier = _earlier(effort, records, stories, days[1], rng)
    return DemoMonths(stories, weather, _planned(effort, zones, rng), earlier)


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
