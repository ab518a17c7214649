"""Mediation: where street and neighbourhood press on each other, and what is done about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import geopandas as gpd
import streamlit as st
from markupsafe import Markup

from data import conflicts, mediation
from data.access import Role, Viewer
from data.conflict_words import area_hours, area_near, area_reasons, place_names
from data.texts import Texts
from geo.conflict_areas import BANDS, Areas, ConflictArea, Sureness
from geo.conflicts import Band
from geo.mediation import due
from geo.night import Night
from geo.ordinances import Ordinance, in_force
from layers.conflicts import conflicts as areas_layer
from layers.conflicts import ordinances as orders_layer
from layers.marks import Mark
from layers.palette import Palette
from layers.shades import themed
from screens.choose import choose
from screens.html import figures, muted, notice, table
from screens.maps import show
from screens.mediation_cases import cases_section
from screens.mediation_orders import order_form
from screens.mediation_outings import outings_section
from screens.mediation_watch import watch_of, watch_section
from screens.pictures import style
from screens.session import allowed, network, now, palette, store, texts

ROLES = frozenset({Role.COORDINATOR})
MOST = 15
"""Areas that are listed beyond the sure ones."""


def page() -> None:
    """The coordinator's page."""
    viewer = allowed(*ROLES)
    t, colours = texts(), palette()
    style()
    st.title(t("Mediation"))
    st.html(
        muted(
            t(
                "Where reports and presence press on each other, and what is being done. For "
                "coordinators alone: a municipality never sees an area or any presence. "
                "Mediation never presses people to move, and less presence is no success."
            )
        )
    )
    tonight = Night.coming(now())
    with st.spinner(t("Estimating")):
        found, moved = _found(viewer, tonight.date), watch_of(viewer)
    places = conflicts.places(store(), viewer)
    names = place_names(places)
    kept = mediation.cases(store(), viewer)
    waiting = due([one.case for one in kept], tonight.date)
    _alerts(t, found, names)
    opened = sum(one.case.closed is None for one in kept)
    st.html(
        figures(
            (
                (t("Conflict areas"), str(len(found.sure))),
                (t("Open cases"), str(opened)),
                (t("Checks due"), str(len(waiting))),
                (t("Safety alerts"), str(len(found.alerts))),
            )
        )
    )
    if found.folded:
        st.html(
            muted(
                t(
                    "{count} reports repeat a complaint of the same day by the same type of "
                    "reporter: they count once.",
                    count=found.folded,
                )
            )
        )
    orders = conflicts.ordinances(store(), viewer)
    _areas(t, found, places, names, orders=in_force(orders, tonight), colours=colours)
    watch_section(t, moved, names)
    cases_section(t, viewer, kept, waiting, names=names, orders=orders, today=tonight.date)
    outings_section(t, viewer, tonight.date)
    _orders(t, viewer, orders, names, tonight)


def _found(viewer: Viewer, today: date) -> Areas:
    return _cached(viewer.role, viewer.organisation, store().revision(), today)


@st.cache_resource(max_entries=2, show_spinner=False)
def _cached(role, organisation, revision, today):  # type: ignore[no-untyped-def]
    """By role and reach, revision of the data and day, which is all that it depends on."""
    return conflicts.areas(store(), Viewer(role, organisation=organisation), network())


def _alerts(t: Texts, found: Areas, names: Mapping[str, str]) -> None:
    """Assaults, which are no pressure: they come first, whatever else is listed."""
    if not len(found.alerts):
        return
    st.html(
        notice(
            t(
                "Assault on persons is reported: a matter of safety, not of mediation. Warn the "
                "units and see that the people concerned know of the hotline."
            ),
            "warning",
        )
    )
    with st.expander(t("Safety alerts")):
        st.html(
            table(
                t("Reports of assault on persons, the latest first"),
                (t("Place"), t("Day"), t("Hours")),
                [
                    (
                        names.get(row.place, "–"),
                        t.date(row.day.date(), "short"),
                        t.word(Band(row.band)),
                    )
                    for row in found.alerts.head(20).itertuples()
                ],
            )
        )


def _areas(
    t: Texts,
    found: Areas,
    places: gpd.GeoDataFrame,
    names: Mapping[str, str],
    *,
    orders: Sequence[Ordinance],
    colours: Palette,
) -> None:
    st.subheader(t("Conflict areas"), anchor=False)
    every = st.toggle(t("Also what is too little to say, or may be chance"), key="areas_all")
    rest = [area for area in found.areas if area.sureness is not Sureness.SURE]
    shown = [*found.sure, *(rest[:MOST] if every else [])]
    shapes = places.set_index("code").geometry
    marks = [
        (
            Mark(
                area.geometry,
                names[area.code],
                (names[area.code], area_near(t, area), area_hours(t, area)),
            ),
            area.sureness is Sureness.SURE,
        )
        for area in shown
    ]
    zones = [
        Mark(
            shapes[code],
            t("ordinance in force {hours}", hours=f"{one.opens}–{one.closes}"),
            (names[code], f"{one.opens}–{one.closes}"),
        )
        for one in orders
        for code in one.places
    ]
    left, right = st.columns((6, 5), gap="medium")
    with left:
        show(
            "mediation",
            t("Map of the conflict areas and ordinances; the tables say the same"),
            (areas_layer(marks, colours), orders_layer(zones, colours)),
            colours,
            view=[mark.geometry for mark, _sure in marks] or [m.geometry for m in zones],
            height=520,
        )
    with right:
        if not shown:
            st.html(notice(t("No conflict area: the reports are no more than chance would bring.")))
            return
        _one(t, shown, names)
    st.html(
        table(
            t("Conflict areas, the surest and most pressing first"),
            (
                t("Area"),
                t("How sure"),
                t("Conflict priority"),
                t("What about"),
                t("When"),
                t("Why"),
            ),
            [
                (
                    names[area.code],
                    t.word(area.sureness),
                    t.number(area.priority),
                    area_near(t, area),
                    area_hours(t, area),
                    " ".join(area_reasons(t, area)),
                )
                for area in shown
            ],
            numeric=frozenset({2}),
            stacked=True,
        )
    )
    st.html(
        muted(
            t(
                "The conflict priority weighs reports by intensity and age, presence in the same "
                "hours, and sensitive places. It is never added to the priority of contacts."
            )
        )
    )


def _one(t: Texts, shown: Sequence[ConflictArea], names: Mapping[str, str]) -> None:
    chosen = choose(t("Area"), shown, lambda area: names[area.code], "area_chosen")
    st.html(
        Markup('<p class="p-lead">{}</p>').format(
            f"{area_near(t, chosen)} · {area_hours(t, chosen)}"
        )
    )
    st.html(when_strip(t, chosen))
    rows = Markup().join(Markup("<li>{}</li>").format(line) for line in area_reasons(t, chosen))
    st.html(Markup("<ul>{}</ul>").format(rows))


def when_strip(t: Texts, area: ConflictArea) -> Markup:
    """Weekdays down, bands of hours across; a cell is its share of the pressure in percent."""
    tones = themed()
    most = float(area.strip.max())
    head = Markup().join(
        Markup('<th scope="col">{}</th>').format(t.word(band).split(",")[0]) for band in BANDS
    )

    def cell(value: float) -> Markup:
        shade = tones.of(value, most)
        return Markup('<td style="background:{};color:{}">{}</td>').format(
            shade.colour, shade.ink, t.number(100 * value, 0) if value else "–"
        )

    rows = Markup().join(
        Markup('<tr><th scope="row">{}</th>{}</tr>').format(
            t.weekday(day), Markup().join(cell(float(value)) for value in area.strip[day])
        )
        for day in range(7)
    )
    caption = t("When: share of the pressure, in percent")
    return Markup(
        '<div class="p-scroll p-plain" tabindex="0" role="region" aria-label="{0}">'
        '<table class="p-heat"><caption>{0}</caption><thead><tr><td></td>{1}</tr></thead>'
        "<tbody>{2}</tbody></table></div>"
    ).format(caption, head, rows)


def _orders(
    t: Texts,
    viewer: Viewer,
    orders: Sequence[Ordinance],
    names: Mapping[str, str],
    tonight: Night,
) -> None:
    st.subheader(t("Ordinances"), anchor=False)
    st.html(
        muted(
            t(
                "While an ordinance is in force the zones under it are discreet, and the crew "
                "reads its hours on the itinerary."
            )
        )
    )
    if orders:
        st.html(
            table(
                t("Ordinances by code"),
                (t("Ordinance"), t("Places"), t("Hours"), t("From"), t("To"), t("Tonight")),
                [
                    (
                        one.code,
                        t.list(names.get(code, "–") for code in one.places),
                        f"{one.opens}–{one.closes}",
                        t.date(one.start, "short"),
                        t.date(one.end, "short") if one.end else "–",
                        t("in force") if one.on(tonight) else "–",
                    )
                    for one in orders
                ],
                stacked=True,
            )
        )
    order_form(t, viewer, names, tonight.date)
