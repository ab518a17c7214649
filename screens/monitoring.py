"""Monitoring: how the phenomenon moves, beside the effort spent and with its uncertainty."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import folium
import streamlit as st
from markupsafe import Markup

from data.access import Action, Role, Viewer
from data.messages import N_
from data.monitoring import Monitored, last_month, monitored
from data.monitoring_words import (
    METHOD,
    area_months,
    areas,
    chance,
    change_words,
    counts,
    left_out_words,
    rate_words,
    sort_key,
    weather_words,
    why_words,
    zone_names,
)
from data.texts import Texts
from geo.emerging import Movement, ZoneMovement
from geo.monitoring import trend
from layers.marks import Mark
from layers.movements import movement_shades, resting
from layers.movements import movements as movements_layer
from layers.palette import Palette
from screens.html import figures, muted, notice, table
from screens.maps import show
from screens.monitoring_focus import focus_section
from screens.monitoring_pictures import (
    draw,
    level_chart,
    months_picture,
    movement_legend,
)
from screens.monitoring_region import displacement_section, region_section
from screens.monitoring_report import report_section
from screens.pictures import style
from screens.session import allowed, network, now, palette, store, texts
from screens.standing import province_picker

ROLES = frozenset({Role.COORDINATOR})
AREAS = {
    "region": N_("all zones"),
    "province": N_("provinces"),
    "district": N_("districts"),
    "municipality": N_("municipalities"),
}
QUIET = (Movement.STEADY, Movement.UNKNOWN)
"""Movements that the lists show on demand alone."""


def page() -> None:
    """The coordinator's page."""
    viewer = allowed(*ROLES, needs=Action.READ_CONTACTS)
    t, colours = texts(), palette()
    style()
    st.title(t("Monitoring"))
    st.html(
        muted(
            t(
                "How presence moves, zone by zone and month by month, beside the hours of looking. "
                "For coordinators alone: nothing of a zone is ever published. Fewer persons met "
                "are never a success."
            )
        )
    )
    with st.spinner(t("Comparing months")):
        found = _found(viewer)
    st.html(figures((t.word(one), str(count)) for one, count in counts(found).items()))
    if found.refused:
        st.html(notice(t.sentence(found.refused), "warning"))
    if found.left_out:
        st.html(muted(left_out_words(t, found.left_out)))
    _zones(t, found, colours)
    _areas(t, found, colours)
    focus_section(t, found, colours)
    region_section(t, viewer, found, colours)
    displacement_section(t, viewer)
    report_section(t, viewer)
    with st.expander(t("How these figures are made")):
        lines = [*(t(part) for part in METHOD.values()), weather_words(t, found)]
        paragraphs = Markup().join(Markup("<p>{}</p>").format(line) for line in lines)
        st.html(Markup('<div class="p-prose">{}</div>').format(paragraphs))


def _found(viewer: Viewer) -> Monitored:
    month = last_month(store())
    return _cached(viewer.role, viewer.organisation, store().revision(), month, now().date())


@st.cache_resource(max_entries=2, show_spinner=False)
def _cached(role, organisation, revision, month, today):  # type: ignore[no-untyped-def]
    """By role and reach, revision of the data, month and day, which is all that it depends on."""
    return monitored(store(), Viewer(role, organisation=organisation), network(), last=month)


def _zones(t: Texts, found: Monitored, colours: Palette) -> None:
    if not found.moves:
        return
    st.subheader(t("How zones move"), anchor=False)
    where, also = st.columns((4, 9), gap="medium", vertical_alignment="bottom")
    mine = [found.zones[zone] for zone in found.cube.zones]
    with where:
        province = province_picker(t, mine, "monitoring_province")
    every = also.toggle(t("Also zones without a movement, and unknown ones"), key="monitoring_all")
    here = [one for one in found.moves if province in (None, one.zone[:3])]
    shown = sorted((one for one in here if every or one.movement not in QUIET), key=sort_key)
    names = zone_names(found)
    left, right = st.columns((7, 6), gap="medium")
    with left:
        show(
            "monitoring",
            t("Map of the zones by how they move; the table says the same"),
            _layers(t, found, names, here, colours),
            colours,
            view=[found.zones[one.zone].geometry for one in here],
            height=520,
        )
        words = {kind.value: t.word(kind) for kind in Movement}
        st.html(movement_legend(t, words, colours))
    with right:
        if not shown:
            st.html(notice(t("No zone moves in a way that chance would not bring.")))
        st.html(_short(t, shown, names, colours))
    if not shown:
        return
    said = t(
        "Zones by month: persons an hour of looking; a question mark where nobody looked. The "
        "table below says the same."
    )
    st.html(
        months_picture(
            t,
            said,
            found.cube,
            [(one.zone, names[one.zone], one.movement.value) for one in shown],
            colours,
        )
    )
    with st.expander(t("Zones and months as tables")):
        st.html(_table(t, shown, names))
        st.html(_month_table(t, found, shown, names))


def _layers(
    t: Texts,
    found: Monitored,
    names: Mapping[str, str],
    here: Sequence[ZoneMovement],
    colours: Palette,
) -> tuple[folium.GeoJson, ...]:
    """Small dots for what does not move or is unknown, under the signs of what does."""
    quiet = [one for one in here if one.movement in QUIET]
    moving = [one for one in here if one.movement not in QUIET]
    drawn = [
        [(_mark(t, found, names, one), one.movement) for one in each] for each in (quiet, moving)
    ]
    return resting(drawn[0], colours), movements_layer(drawn[1], colours)


def _mark(t: Texts, found: Monitored, names: Mapping[str, str], one: ZoneMovement) -> Mark:
    lines = (
        names[one.zone],
        t.word(one.movement),
        why_words(t, one),
        t(
            "Lately, persons an hour: {rate}",
            rate=rate_words(t, one.rate, one.low, one.high),
        ),
    )
    return Mark(found.zones[one.zone].geometry, f"{names[one.zone]}: {t.word(one.movement)}", lines)


def _short(
    t: Texts, shown: Sequence[ZoneMovement], names: Mapping[str, str], colours: Palette
) -> Markup:
    shades = movement_shades(colours)
    return table(
        t("Zones that move, the surest of each kind first"),
        (t("Zone"), t("Movement"), t("Change"), t("Why")),
        [
            (
                names[one.zone],
                Markup('<span class="p-standing" style="background:{};color:{}">{}</span>').format(
                    shades[one.movement].colour, shades[one.movement].ink, t.word(one.movement)
                ),
                change_words(t, one),
                why_words(t, one),
            )
            for one in shown
        ],
        tall=True,
        stacked=True,
    )


def _table(t: Texts, shown: Sequence[ZoneMovement], names: Mapping[str, str]) -> Markup:
    return table(
        t("How zones move"),
        (
            t("Zone"),
            t("Movement"),
            t("Lately, persons an hour"),
            t("Last third beside the first"),
            t("Kendall’s tau"),
            t("False discoveries"),
            t("Months looked at"),
            t("Hours looked"),
            t("Persons"),
        ),
        [
            (
                names[one.zone],
                t.word(one.movement),
                rate_words(t, one.rate, one.low, one.high),
                change_words(t, one),
                t.number(one.tau, 2),
                t.number(one.q, 3),
                t.number(one.months, 0),
                t.number(one.hours),
                t.number(one.persons, 0),
            )
            for one in shown
        ],
        numeric=frozenset(range(2, 9)),
        tall=True,
    )


def _month_table(
    t: Texts, found: Monitored, shown: Sequence[ZoneMovement], names: Mapping[str, str]
) -> Markup:
    cube = found.cube
    rows = []
    for one in shown:
        row = cube.zones.index(one.zone)
        rates = [
            t.number(persons / exposure) if exposure > 0 else t("unknown")
            for persons, exposure in zip(cube.persons[row], cube.exposure[row], strict=True)
        ]
        rows.append((names[one.zone], *rates))
    return table(
        t("Persons an hour of looking, by zone and month"),
        (t("Zone"), *(t.month(month, short=True) for month in cube.months)),
        rows,
        numeric=frozenset(range(1, len(cube.months) + 1)),
        tall=True,
    )


def _areas(t: Texts, found: Monitored, colours: Palette) -> None:
    st.subheader(t("Month by month"), anchor=False)
    left, right = st.columns((5, 8), gap="medium", vertical_alignment="bottom")
    with left:
        kind = st.segmented_control(
            t("By"), list(AREAS), format_func=lambda one: t(AREAS[one]), default="region",
            required=True, key="monitoring_by",
        )  # fmt: skip
    chosen = ""
    if kind != "region":
        with right:
            names = sorted(set(areas(found, kind).values()))
            chosen = st.selectbox(t("Area"), names, key=f"monitoring_area_{kind}")
    every = area_months(found, kind)
    months = every[every["area"] == chosen].reset_index(drop=True)
    tau, p = trend(months["level"].to_numpy())
    place = chosen or t("All zones")
    said = t("{place}: persons an hour of looking, month by month, with the interval.", place=place)
    draw(level_chart(t, months, colours), colours, said)
    st.html(
        muted(
            t(
                "As if in every month the same zones had been looked at; the band is the interval "
                "of 95 %. Mann–Kendall: tau {tau}, p {p}. A gap is a month in which nobody looked.",
                tau=tau,
                p=chance(t, p),
            )
        )
    )
    with st.expander(t("The months as a table")):
        st.html(
            table(
                t("{place}, month by month", place=place),
                (
                    t("Month"),
                    t("Persons an hour, comparable"),
                    t("as counted"),
                    t("Persons"),
                    t("Hours looked"),
                    t("Zones looked at"),
                ),
                [
                    (
                        t.month(row.month),
                        rate_words(t, row.level, row.low, row.high),
                        rate_words(t, None, 0, 0) if row.hours == 0 else t.number(row.rate),
                        t.number(row.persons, 0) if row.hours else t("unknown"),
                        t.number(row.hours),
                        t.number(row.zones, 0),
                    )
                    for row in months.itertuples()
                ],
                numeric=frozenset(range(1, 6)),
                tall=True,
            )
        )
