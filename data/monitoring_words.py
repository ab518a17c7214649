"""How the monitoring speaks of zones, months and areas: for page, terminal and paper alike."""

from __future__ import annotations

from collections.abc import Mapping
from math import isinf, isnan

import pandas as pd

from data.districts import districts
from data.messages import N_
from data.monitoring import Monitored
from data.release_words import municipality_name
from data.texts import Texts
from geo.emerging import LATELY, Lack, Movement, Pattern, ZoneMovement
from geo.monitoring import by_area
from geo.municipalities import municipalities

ORDER = tuple(Movement)
"""Movements in the order in which they are listed."""

NOWHERE = N_("Tuscany")


def zone_names(found: Monitored) -> dict[str, str]:
    """What each row of the cube is called: `Prato 03`, or all that are counted together."""
    return {
        zone: " + ".join(_zone_name(code) for code in found.cube.together.get(zone, (zone,)))
        for zone in found.cube.zones
    }


def _zone_name(code: str) -> str:
    istat, _, number = code.partition("-")
    return f"{municipality_name(istat)} {number}".strip()


def areas(found: Monitored, kind: str) -> dict[str, str]:
    """The name of each zone's area; `kind`: `region`, `province`, `district`, `municipality`."""
    names = dict(
        municipalities()[["province_istat", "province_name"]].itertuples(index=False, name=None)
    )
    of = districts()
    chosen = {
        "region": lambda code: "",
        "province": lambda code: names.get(code[:3], code[:3]),
        "district": lambda code: _district_name(of.of.get(code[:6], code[:6])),
        "municipality": lambda code: municipality_name(code[:6]),
    }[kind]
    return {zone: chosen(zone) for zone in found.cube.zones}


def _district_name(district: str) -> str:
    members = districts().members(district)
    return ", ".join(municipality_name(code) for code in members) if members else district


def area_months(found: Monitored, kind: str) -> pd.DataFrame:
    """The months of each area (`geo.monitoring.AREA`), by name."""
    return by_area(found.cube, found.levels, areas(found, kind))


def sort_key(one: ZoneMovement) -> tuple[int, float, str]:
    """By movement, the surest first."""
    return ORDER.index(one.movement), one.q, one.zone


def counts(found: Monitored) -> dict[Movement, int]:
    """How many zones move how, those that no row stands for as unknown."""
    said = [one.movement for one in found.moves]
    return {movement: said.count(movement) for movement in Movement}


def rate_words(t: Texts, rate: float | None, low: float, high: float) -> str:
    """`4,2 (3,1–5,6)`; unknown where nobody looked."""
    if rate is None or isnan(rate):
        return t("unknown")
    return f"{t.number(rate)} ({t.number(low)}–{t.number(high)})"


def change_words(t: Texts, one: ZoneMovement) -> str:
    """`×2,1 (1,4–3,2)`: the last third of the months beside the first."""
    if one.change is None:
        return "–"
    if isinf(one.change):
        return t("from nobody to somebody")
    high = "∞" if isinf(one.change_high) else t.number(one.change_high)
    return f"×{t.number(one.change)} ({t.number(one.change_low)}–{high})"


def why_words(t: Texts, one: ZoneMovement) -> str:
    """Why this is said of a zone, in a sentence or two."""
    if one.lack is Lack.FEW_MONTHS:
        return t.plural(
            "Looked at in {count} month only.", "Looked at in {count} months only.", one.months
        )
    if one.lack:
        said = t.word(one.lack)
        return said[:1].upper() + said[1:] + "."
    if one.movement is Movement.SILENT:
        return t(
            "Nobody was met in the last {count} months, although crews looked: it used to be "
            "otherwise.",
            count=LATELY,
        )
    parts = []
    if one.movement in (Movement.EMERGING, Movement.DIMINISHING) and one.q <= 0.05:
        word = t("rises") if one.tau > 0 else t("falls")
        parts.append(
            t(
                "Beside the other zones it {word} (Kendall’s tau {tau}, false discoveries {q}).",
                word=word,
                tau=one.tau,
                q=chance(t, one.q),
            )
        )
    if one.pattern is not Pattern.NONE and one.side:
        side, pattern = t.word(one.side), t.word(one.pattern)
        parts.append(t("With its neighbours: {side}, {pattern}.", side=side, pattern=pattern))
    return " ".join(parts) or t("Nothing that chance would not bring.")


def percent(t: Texts, share: float) -> str:
    """`49 %`, a dash where it is not known."""
    return "–" if isnan(share) else f"{t.number(100 * share, 0)} %"


def weather_words(t: Texts, found: Monitored) -> str:
    """What bad weather leaves, and whether it is corrected for."""
    effect = found.weather
    if not effect.known:
        return t(
            "Weather: too little is known to correct for it (persons met in bad weather: {bad}, "
            "in fair: {fair}).",
            bad=effect.bad,
            fair=effect.fair,
        )
    return t(
        "Weather: on nights of rain, cold, wind or fog {share} of the persons of a fair night are "
        "met for each hour of looking ({low} to {high}); the hours are corrected by it.",
        share=percent(t, effect.ratio),
        low=percent(t, effect.low),
        high=percent(t, effect.high),
    )


def left_out_words(t: Texts, count: int) -> str:
    """Persons who stand beside no hour of looking."""
    return t.plural(
        "{count} person was met in a month without any hour of looking in that zone: "
        "left out, because it cannot be compared.",
        "{count} persons were met in months without any hour of looking in their zone: "
        "left out, because they cannot be compared.",
        count,
    )


METHOD: Mapping[str, str] = {
    "effort": N_(
        "Persons met are set beside the hours that crews spent looking. Where nobody looked "
        "nothing is known: that is shown as unknown, never as zero. Intervals cover 95 % and are "
        "widened by how much more than chance the counts scatter."
    ),
    "movement": N_(
        "Each zone and month is compared with its neighbours within three kilometres along the "
        "roads, in the same month and the one before (space–time Gi* of Getis and Ord); whether a "
        "zone rises or falls is asked of the Mann–Kendall test on its own months, beside the other "
        "zones of the same month. The share of false discoveries is held to 5 % "
        "(Benjamini–Hochberg for trends and silence, Benjamini–Yekutieli for the comparison with "
        "neighbours)."
    ),
    "limits": N_(
        "At least ten months with hours of looking are needed. Zones that were split or merged are "
        "counted together. A season, or a rise that all zones share, is seen in the region’s line "
        "and not in a zone. Fewer persons met are never a success."
    ),
}
"""The method in plain words (msgids)."""


def chance(t: Texts, p: float) -> str:
    """A probability to three digits."""
    return f"< {t.number(0.001, 3)}" if p < 0.001 else t.number(p, 3)
