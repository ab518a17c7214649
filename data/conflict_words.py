"""Conflict areas in words and numbers: where, when, what about, how sure, and why."""

from __future__ import annotations

from collections.abc import Mapping

import geopandas as gpd

from data.messages import N_
from data.texts import Texts
from geo.conflict_areas import ConflictArea, Sureness
from geo.displacement import Change
from geo.municipalities import municipalities
from geo.sensitive import Sensitive

NEAR = {
    Sensitive.SCHOOL: N_("by a school"),
    Sensitive.HEALTH: N_("by a health service"),
    Sensitive.WORSHIP: N_("by a place of worship"),
    Sensitive.STATION: N_("by a station"),
}

LEAST_SHARE = 0.2
"""Share of the pressure from which a theme is named."""


def place_names(places: gpd.GeoDataFrame) -> Mapping[str, str]:
    """Names of places by code: municipality and neighbourhood, or the number of its cell."""
    towns = municipalities().set_index("istat")["name"]
    rows = zip(places["code"], places["municipality"], places["name"], strict=True)
    return {
        code: f"{towns[town]} · {name}" if name else str(towns[town]) for code, town, name in rows
    }


def area_themes(t: Texts, area: ConflictArea) -> str:
    """What the area is about, the largest share first."""
    named = [theme for theme, share in area.themes if share >= LEAST_SHARE]
    return t.list(t.word(theme) for theme in named or [area.themes[0][0]])


def area_near(t: Texts, area: ConflictArea) -> str:
    """What the area is about, and which kinds of sensitive place lie in it."""
    about = area_themes(t, area)
    near = [t(NEAR[kind]) for kind in Sensitive if area.sensitive.get(kind)]
    return t("{themes}, {near}", themes=about, near=t.list(near)) if near else about


def area_hours(t: Texts, area: ConflictArea) -> str:
    """When the area is in conflict."""
    if not area.bands:
        return t("hours not known")
    hours = t.list(t.word(band) for band in area.bands)
    if not area.weekdays:
        return hours
    if len(area.weekdays) == 7:
        return t("every day: {hours}", hours=hours)
    days = t.list(t.weekday(day, "wide") for day in area.weekdays)
    return t("{days}: {hours}", days=days, hours=hours)


def area_reasons(t: Texts, area: ConflictArea) -> list[str]:
    """Why it is listed, a sentence each."""
    found = []
    if area.sureness is Sureness.SURE:
        times = area.pressure / area.expected if area.expected > 0 else None
        if times is not None:
            found.append(
                t(
                    "Reports press {times} times as strongly as chance would bring here.",
                    times=t.number(times),
                )
            )
        found.append(t("Such an alarm by chance, anywhere: {q} %.", q=t.number(100 * area.q)))
    elif area.sureness is Sureness.TOO_FEW:
        found.append(t("Too few independent reports to say anything."))
    elif area.sureness is Sureness.NO_PRESENCE:
        found.append(t("No hours of presence nearby: likely the work of another service."))
    else:
        found.append(t("No more reports than chance would bring."))
    found.append(
        t(
            "{reports} reports, {episodes} told apart, the last on {day}.",
            reports=area.reports,
            episodes=area.episodes,
            day=t.date(area.last, "short"),
        )
    )
    if area.presence > 0:
        found.append(
            t(
                "{share} % of the pressure falls in hours with presence nearby.",
                share=t.number(100 * area.overlap, 0),
            )
        )
    if area.sensitive:
        counted = (f"{t.word(kind)} {count}" for kind, count in area.sensitive.items())
        found.append(t("Sensitive places in the area: {places}.", places=t.list(counted)))
    return found


def coarsened_words(t: Texts, count: int) -> str:
    """What became of the addresses of a file."""
    return t.plural(
        "{count} address gave its neighbourhood and was let go: it is kept nowhere.",
        "{count} addresses gave their neighbourhood and were let go: they are kept nowhere.",
        count,
    )


def brought_along(t: Texts, count: int | None) -> str | None:
    """What came with the roads besides them (`data.sensitive_places.bring_along`)."""
    if count is None:
        return None
    if not count:
        return t("The file names no school, health service, place of worship or station.")
    return t.plural("{count} sensitive place kept.", "{count} sensitive places kept.", count)


def change_words(t: Texts, change: Change) -> str:
    """A change round an order: counts, ratio and interval."""
    if change.ratio is None:
        return "–"
    shown = [t.number(x) if x < 1000 else "∞" for x in (change.ratio, change.low, change.high)]
    return t("× {ratio} (from {low} to {high})", ratio=shown[0], low=shown[1], high=shown[2])
