"""One zone laid out: how it stands, presence by the hour, what its need is made of, visits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import numpy as np
import pandas as pd
import streamlit as st
from markupsafe import Markup

from data.messages import N_
from data.texts import Texts
from geo.night import HOUR, Night
from geo.presence import EFFORT, PARTS, Expected, by_hour
from geo.zones import Zone
from layers.palette import Palette
from routing.coverage import Coverage
from routing.need import Need, NeedWeights
from routing.options import tonight, zone_options
from routing.prepare import NOBODY
from screens.html import muted, table
from screens.names import language_name, zone_name, zone_title
from screens.pictures import Hours, hours_table
from screens.standing import debt, last, pill, since

SHOWN_VISITS = 12

ALL = "all"
PART_WORDS = {
    ALL: N_("all persons"),
    "seen": N_("only seen"),
    "contacted": N_("spoken to"),
    "unapproachable": N_("not approachable"),
}
"""How the parts of presence are called where they are shown."""


@dataclass(frozen=True, eq=False)
class Known:
    """What is known of one zone. `presence`: its rows; `visits`: its nights, in order."""

    zone: Zone
    coverage: Coverage
    presence: pd.DataFrame
    visits: tuple[date, ...]

    def needs(self, night: Night, weights: NeedWeights) -> list[Need]:
        """The need of each part of the zone's windows on a night, each once."""
        before = [one for one in self.visits if one < night.date]
        hours = by_hour(self.presence, night.weekday).get(self.zone.code, NOBODY)
        options = zone_options(self.zone, night, hours, before[-1] if before else None, weights)
        return list({(need.opens, need.closes): need for _, need in options}.values())

    @property
    def told_apart(self) -> bool:
        """Whether persons seen, contacted and unapproachable are known apart."""
        return not self.presence.empty and set(PARTS) <= set(self.presence.columns)

    def hours(self, night: Night, part: str | None = None) -> Hours:
        """Presence by weekday and hour; the hours of the windows in the week of a night.

        `part`: of these persons alone (one of `PARTS`), for whom there is no interval.
        """
        rows = self.presence[["weekday", "hour", "expected", "low", "high"]]
        if part:
            rows = rows.assign(expected=self.presence[part], low=np.nan, high=np.nan)
        found = {
            (weekday, hour): Expected(*terms)
            for weekday, hour, *terms in rows.itertuples(index=False, name=None)
        }
        inside = set()
        for day in (night + step for step in range(7)):
            for opens, closes in tonight(self.zone, day):
                moments = range(opens // HOUR * HOUR, closes, HOUR)
                inside |= {(day.weekday, day.at(moment).hour) for moment in moments}
        return Hours(found, frozenset(inside), self.unlooked)

    @property
    def unlooked(self) -> frozenset[tuple[int, int]]:
        """Weekdays and hours of presence in which nobody looked here, where that is known."""
        if EFFORT not in self.presence.columns:
            return frozenset()
        rows = self.presence.loc[self.presence[EFFORT] <= 0, ["weekday", "hour"]]
        return frozenset(rows.itertuples(index=False, name=None))


def card(t: Texts, known: Known, colours: Palette) -> Markup:
    """Name, standing, and what a crew must know of the zone."""
    zone, one = known.zone, known.coverage
    facts = [
        (t("Code"), zone.code),
        (t("Last visit"), last(t, one)),
        (t("Coverage"), since(t, one)),
        (t("Hours"), windows_text(t, zone)),
        (t("Visit"), visit_text(t, zone)),
        (t("To know"), ", ".join(tags(t, zone)) or "–"),
    ]
    rows = Markup().join(Markup("<dt>{}</dt><dd>{}</dd>").format(*fact) for fact in facts)
    return Markup(
        '<section class="p-card"><h3>{} {}</h3><dl class="p-facts">{}</dl></section>'
    ).format(zone_title(t, zone), pill(t, one.standing), rows)


def windows_text(t: Texts, zone: Zone) -> str:
    """`lun, mar 21:00–01:00; ogni notte 22:00–23:00`."""
    parts = []
    for window in zone.windows:
        days = (
            t("every night")
            if len(window.weekdays) == 7
            else ", ".join(t.weekday(day) for day in sorted(window.weekdays))
        )
        parts.append(f"{days} {window.opens}–{window.closes}")
    return "; ".join(parts)


def visit_text(t: Texts, zone: Zone) -> str:
    """How long a visit is, and how often it is meant to be."""
    if zone.shortest_minutes and zone.shortest_minutes < zone.service_minutes:
        return t(
            "{minutes} min, at least {shortest}; every {days} days",
            minutes=zone.service_minutes,
            shortest=zone.shortest_minutes,
            days=zone.revisit_days,
        )
    return t(
        "{minutes} min; every {days} days", minutes=zone.service_minutes, days=zone.revisit_days
    )


def tags(t: Texts, zone: Zone) -> list[str]:
    """What the crew must bring."""
    found = [t.word(zone.access)]
    if zone.discreet:
        found.append(t("discreet"))
    if zone.languages:
        names = t.list(language_name(t, code) for code in sorted(zone.languages))
        found.append(t("one of: {languages}", languages=names))
    if zone.mediator:
        found.append(t("with mediator"))
    return found


def need(t: Texts, known: Known, night: Night, weights: NeedWeights) -> None:
    """Each term of the need, for each part of the night's windows."""
    st.subheader(t("What a visit is worth"), anchor=False)
    needs = known.needs(night, weights)
    if not needs:
        text = t("No hours on this weekday: nothing is worth a visit that night.")
        st.html(muted(text))
        return
    st.html(Markup().join(_terms(t, one, night, weights) for one in needs))
    if known.unlooked and not known.visits:
        st.html(
            muted(
                t(
                    "No crew has been here: whom to expect is borrowed from elsewhere in the "
                    "province. It is unknown, not nobody."
                )
            )
        )
    with st.expander(t("What the terms mean")):
        st.markdown(
            t(
                "**Expected contacts**: persons that a visit in these hours meets. "
                "**Exploration**: {share} of the way from there to the upper end of the interval, "
                "so that little-known zones are visited too. **Coverage debt**: days since the "
                "last visit over the target, between {least} and {most}. Each further visit within "
                "a week keeps {kept} of the value. Fewer persons seen never makes a visit count as "
                "success.",
                share=f"{t.number(100 * weights.exploration, 0)} %",
                least=weights.least,
                most=weights.most,
                kept=f"{t.number(100 * weights.diminishing, 0)} %",
            )
        )


def _terms(t: Texts, one: Need, night: Night, weights: NeedWeights) -> Markup:
    days = t("never visited") if one.days is None else f"{one.days} ÷ {one.target}"
    terms = [
        (t("expected contacts"), f"({t.number(one.expected, 2)}", "+"),
        (t("exploration"), f"{t.number(one.exploration, 2)})", "×"),
        (t("coverage debt ({days})", days=days), t.number(one.debt, 2), "×"),
        (t("points a contact"), t.number(weights.points, 0), "="),
        (t("points"), t.number(one.value, 0), ""),
    ]
    shown = Markup().join(
        Markup("<div><dt>{}</dt><dd>{}{}</dd></div>").format(
            name,
            value,
            Markup(' <span aria-hidden="true">{}</span>').format(sign) if sign else "",
        )
        for name, value, sign in terms
    )
    thin = Markup(" · {}").format(t("thinly observed")) if one.thin else ""
    return Markup('<p class="p-when">{}–{}{}</p><dl class="p-terms">{}</dl>').format(
        night.clock(one.opens), night.clock(one.closes), thin, shown
    )


def hours(t: Texts, known: Known, night: Night, colours: Palette) -> None:
    """The heat strip."""
    st.subheader(t("Presence by weekday and hour"), anchor=False)
    if known.presence.empty:
        text = t(
            "Nothing is known yet: import contacts on the page “Data” and estimate presence, or "
            "import presence with “prossima presence import FILE”."
        )
        st.html(muted(text))
        return
    if known.told_apart:
        part = _part(t)
    else:
        part = None
        st.html(
            muted(
                t(
                    "This presence does not tell apart who was only seen, spoken to or not "
                    "approachable: it comes from a file without them. “Estimate presence” on the "
                    "page “Data” does."
                )
            )
        )
    said = t("Persons expected at a visit that begins in that hour, with the interval")
    st.html(
        hours_table(
            t,
            f"{t('Persons expected at a visit')}: {t(PART_WORDS[part])}" if part else said,
            known.hours(night, part),
            night.weekday,
        )
    )
    st.html(
        muted(
            t(
                "Persons expected at a visit that begins in that hour, and the interval round "
                "them. Weekdays are those of the evening; ● is the night chosen. A dashed cell "
                "lies outside the hours of the zone."
            )
        )
    )


def _part(t: Texts) -> str | None:
    """Whom the strip shows: all, or one of `PARTS`."""
    chosen: str | None = st.segmented_control(
        t("Whom the strip shows"),
        [ALL, *PARTS],
        default=ALL,
        format_func=lambda part: t(PART_WORDS[part]),
        key="zone_part",
    )
    return None if chosen in (None, ALL) else chosen


def parts(t: Texts, known: Known, night: Night) -> None:
    """Of the persons expected on a night, how many are seen, contacted, unapproachable."""
    if not known.told_apart:
        return
    rows = known.presence[known.presence["weekday"] == night.weekday]
    rows = rows.assign(order=(rows["hour"] - 12) % 24).sort_values("order")
    lines = [
        (f"{hour:02d}:00", *(t.number(value, 1) for value in values))
        for hour, *values in rows[["hour", "expected", *PARTS]].itertuples(index=False, name=None)
    ]
    with st.expander(t("The night chosen, hour by hour: seen, contacted, unapproachable")):
        st.html(
            table(
                t("Persons expected on the night of {day}", day=t.date(night, "full")),
                (t("Hour"), *(t(PART_WORDS[part]) for part in (ALL, *PARTS))),
                lines,
                numeric=frozenset({1, 2, 3, 4}),
            )
        )
        st.html(
            muted(
                t(
                    "Seen: met without a talk. Contacted: spoken to, alone or in a group. "
                    "Unapproachable: a talk was not possible. Together they are all expected."
                )
            )
        )


def visits(t: Texts, known: Known, met: Mapping[date, int]) -> None:
    """The last visits, the newest first. `met`: persons counted by night, where any were."""
    st.subheader(t("Last visits"), anchor=False)
    nights = known.visits
    if not nights:
        st.html(muted(t("No crew has been here yet.")))
        return
    gaps = [None, *((b - a).days for a, b in pairwise(nights))]
    rows = [
        (
            t.date(night, "full"),
            "–" if gap is None else t.number(gap, 0),
            t.number(met[night], 0) if night in met else "–",
        )
        for night, gap in list(zip(nights, gaps, strict=True))[: -SHOWN_VISITS - 1 : -1]
    ]
    st.html(
        table(
            t("The last visits of crews in this zone"),
            (t("Night"), t("Days since the one before"), t("Persons counted")),
            rows,
            numeric=frozenset({1, 2}),
        )
    )


def facts(
    t: Texts, zones: Mapping[str, Zone], found: tuple[Coverage, ...], colours: Palette
) -> Markup:
    """All zones as a table, the most behind first: what the map shows."""
    return table(
        t("Zones, the most behind first"),
        (
            t("Zone"),
            t("Standing"),
            t("Days / target"),
            t("Debt"),
            t("Last visit"),
        ),
        [
            (
                Markup('{}<br><span class="p-muted">{}</span>').format(
                    zone_name(one.zone), t.word(zones[one.zone].place_type)
                ),
                pill(t, one.standing),
                f"{'–' if one.days is None else t.number(one.days, 0)} / {t.number(one.target, 0)}",
                debt(t, one),
                "–" if one.last is None else t.date(one.last, "short"),
            )
            for one in found
        ],
        numeric=frozenset({2, 3, 4}),
        tall=True,
    )
