"""What bad weather leaves of a night: fewer persons are met in the rain, whoever is there.

The effect is the rate of persons an hour of looking in bad weather over that in fair weather,
zone by zone put together as Mantel and Haenszel do (1959; for rates Rothman, Greenland & Lash
2008, ch. 15), so that zones where crews go in bad weather are compared with themselves. Its
interval is that of Greenland and Robins (1985, doi:10.2307/2530643), widened by how much
more than Poisson counts scatter.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

FAIR = frozenset({"clear", "cloudy"})
"""Codes of weather (`routing.progress.Weather`) in which a night is as usual."""

LEAST = 30
"""Persons met in bad weather, and in fair, under which the effect is not corrected for."""


@dataclass(frozen=True)
class WeatherEffect:
    """Persons in bad weather for each in fair weather, with its interval, and how many persons
    it rests on; `ratio` 1 where they are fewer than `LEAST`."""

    ratio: float = 1.0
    low: float = 1.0
    high: float = 1.0
    bad: int = 0
    fair: int = 0

    @property
    def known(self) -> bool:
        """Whether it rests on enough to be corrected for."""
        return min(self.bad, self.fair) >= LEAST


def weather_effect(looks: pd.DataFrame, scatter: float = 1.0) -> WeatherEffect:
    """The effect from looks with columns `zone`, `bad` (bool), `persons`, `hours` (> 0).

    `scatter`: times the scatter of Poisson.
    """
    sums = looks.groupby(["zone", "bad"])[["persons", "hours"]].sum().unstack("bad", fill_value=0)
    columns = sums.reindex(
        columns=[(name, bad) for name in ("persons", "hours") for bad in (True, False)],
        fill_value=0,
    )
    bad, fair, wet, dry = columns.to_numpy(np.float64).T
    effect = WeatherEffect(bad=int(bad.sum()), fair=int(fair.sum()))
    both = (wet > 0) & (dry > 0)
    bad, fair, wet, dry = bad[both], fair[both], wet[both], dry[both]
    hours = wet + dry
    upper, lower = (bad * dry / hours).sum(), (fair * wet / hours).sum()
    if not effect.known or upper <= 0 or lower <= 0:
        return WeatherEffect(bad=effect.bad, fair=effect.fair) if effect.known else effect
    spread = ((bad + fair) * wet * dry / hours**2).sum() / (upper * lower)
    wide = np.exp(1.96 * np.sqrt(spread * scatter))
    ratio = float(upper / lower)
    return WeatherEffect(ratio, ratio / wide, ratio * wide, effect.bad, effect.fair)


def factors(nights: pd.DataFrame, effect: WeatherEffect) -> pd.DataFrame:
    """What the weather leaves of each zone's month: columns `zone`, `month`, `factor`.

    `nights`: one row a visit, columns `zone`, `month`, `bad` (True, False, None where the
    weather is not known). Nights that nothing is known of count as the mean of the others.
    """
    if nights.empty or not effect.known:
        return pd.DataFrame({"zone": [], "month": [], "factor": []})
    said = nights["bad"].notna()
    usual = float(nights.loc[said, "bad"].astype(float).mean()) if said.any() else 0.0
    share = nights["bad"].astype(float).fillna(usual)
    table = nights.assign(share=share).groupby(["zone", "month"])["share"].mean()
    return (1 - table * (1 - effect.ratio)).rename("factor").reset_index()
