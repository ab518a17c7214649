"""Municipality: its own territory, the services near it, and what is published of it.

Nothing of zones, routes or presence is read here: the page holds public geography, public
services, and of every release its own part (`geo.privacy.Published`).
"""

from __future__ import annotations

import geopandas as gpd
import streamlit as st
from markupsafe import Markup

from data import releases
from data.access import Role
from data.conflict_figures import CONFLICTS
from geo.crs import to_metric
from geo.municipalities import municipalities
from layers.desks import desks as desks_layer
from layers.marks import Mark
from layers.own import own
from layers.published import published
from screens import conflict_figures, count_figures, municipality_figures
from screens.html import notice, table
from screens.maps import show
from screens.names import hours
from screens.pictures import style
from screens.release_figures import legend
from screens.release_figures import marks as figure_marks
from screens.session import allowed, palette, store, texts

ROLES = frozenset({Role.MUNICIPALITY})
NEAREST = 4
"""How many desks are listed, the nearest first."""


def page() -> None:
    """The municipality of who is signed in."""
    viewer = allowed(*ROLES)
    t, colours = texts(), palette()
    style()
    frame = municipalities().set_index("istat")
    here = frame.loc[viewer.municipality]
    st.title(here["name"])
    st.html(
        Markup('<p class="p-lead">{}</p>').format(
            t(
                "Province of {province} · {people} inhabitants",
                province=here["province_name"],
                people=int(here["population"]),
            )
        )
    )
    released = releases.releases(store(), viewer)
    seen = None
    if released:
        seen = municipality_figures.chosen_month(t, released).published
        municipality_figures.headline(t, seen, str(viewer.municipality))
    else:
        st.html(
            notice(
                t(
                    "No month has been published yet. Figures come rounded, aggregated and only "
                    "where nobody can be found from them; zones, routes and presence never do."
                )
            )
        )
    near = _nearest(here.geometry, store().desks(viewer))
    left, right = st.columns((3, 2), gap="medium")
    with left:
        outline = Mark(here.geometry, here["name"])
        marks = [
            Mark(point, desk.name, (desk.name, hours(t, desk))) for desk, _kilometres, point in near
        ]
        drawn = () if seen is None else (published(figure_marks(t, seen.cells), colours),)
        show(
            "municipality",
            t("Map of {name} and the desks near it", name=here["name"]),
            (*drawn, own([outline], colours), desks_layer(marks, colours)),
            colours,
            view=[here.geometry],
            height=480,
        )
        if seen is not None:
            st.html(legend(t, colours))
    with right:
        st.subheader(t("Services near you"), anchor=False)
        numbers = store().settings()
        st.html(
            table(
                t("Hotlines, free and anonymous, at any hour"),
                (t("Hotline"), t("Number")),
                (
                    (t("Regional hotline"), numbers.hotline_regional),
                    (t("National hotline"), numbers.hotline_national),
                ),
            )
        )
        st.html(
            table(
                t("Listening desks, the nearest first"),
                (t("Desk"), t("Municipality"), t("Distance"), t("Open")),
                [
                    (
                        desk.name,
                        frame.loc[desk.municipality, "name"],
                        t.kilometres(metres),
                        hours(t, desk),
                    )
                    for desk, metres, _point in near
                ],
                numeric=frozenset({2}),
            )
        )
    if seen is None:
        count_figures.section(t, viewer, colours)
    else:
        _figures(t, released, seen, viewer, colours)


def _figures(t, released, seen, viewer, colours):  # type: ignore[no-untyped-def]
    """The figures below the map: over time, of conflicts, of the region, as files."""
    municipality_figures.over_time(t, released, viewer.municipality, colours)
    every = releases.releases(store(), viewer, *releases.EVERY)
    told = [one for one in every if one.subject in CONFLICTS]
    conflict_figures.section(t, told, viewer.municipality, seen.month, colours)
    municipality_figures.region(t, seen)
    count_figures.section(t, viewer, colours, files=False)
    municipality_figures.files(t, every)


def _nearest(territory, desks):  # type: ignore[no-untyped-def]
    """The nearest desks with their distance in metres (0 inside) and their point."""
    if not desks:
        return []
    points = gpd.GeoSeries.from_xy(
        [desk.lon for desk in desks], [desk.lat for desk in desks], crs="EPSG:4326"
    )
    here = to_metric(gpd.GeoSeries([territory], crs=points.crs)).iloc[0]
    metres = to_metric(points).distance(here)
    order = metres.sort_values(kind="stable").index[:NEAREST]
    return [(desks[index], float(metres[index]), points[index]) for index in order]
