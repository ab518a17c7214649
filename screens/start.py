"""Start: what Prossima does, for whom, and (in the demo) who one wants to be."""

from __future__ import annotations

from dataclasses import replace

import shapely
import streamlit as st
from markupsafe import Markup

from data.access import Role, Viewer
from data.settings import settings
from data.texts import Texts
from geo.errors import RefusedError
from geo.municipalities import municipalities
from layers.desks import desks
from layers.marks import Mark
from screens import signin
from screens.html import notice, table
from screens.maps import show
from screens.names import hours, municipality_name
from screens.session import KEY, palette, session, store, texts

HOME = {
    Role.COORDINATOR: "stanotte",
    Role.OPERATOR: "itinerario",
    Role.HOTLINE: "numero-verde",
    Role.MUNICIPALITY: "comune",
    Role.NETWORK: "rete",
}
"""The page each role begins with."""

ANYONE = Viewer(Role.MUNICIPALITY)
"""Who is not signed in sees the services that the role with the fewest rights sees."""


def page() -> None:
    """Choose a role. Each shows its own pages, and nothing of the others."""
    t = texts()
    st.title(t("Tonight, and what comes next"))
    st.html(
        Markup('<p class="p-lead">{}</p>').format(
            t(
                "Prossima plans the nights of the street units of Tuscany and shows where street "
                "and neighbourhood need mediating. Nothing in it may make a vulnerable person "
                "easier to find."
            )
        )
    )
    signin.say_refusal(t)
    doors, region = st.columns((5, 7), gap="medium")
    with doors:
        if signin.may_choose():
            for door in DOORS[settings().profile]:
                door(t)
        else:
            _closed(t)
    with region:
        _region(t)


def _card(title: str, text: str) -> st.delta_generator.DeltaGenerator:
    box = st.container(border=True)
    with box:
        st.subheader(title, anchor=False)
        st.html(Markup('<p class="p-muted">{}</p>').format(text))
        return st.container(horizontal=True, vertical_alignment="bottom", gap="small")


def _coordinator(t: Texts) -> None:
    with _card(
        t("Coordination"),
        t(
            "Choose tonight's units, plan their routes, see which zones stay behind and why, and "
            "publish the itineraries."
        ),
    ):
        if st.button(t("Enter as coordination"), type="primary", key="enter_coordinator"):
            _enter(Viewer(Role.COORDINATOR))


def _operator(t: Texts) -> None:
    units = {unit.code: unit.name for unit in store().units(Viewer(Role.COORDINATOR))}
    with _card(
        t("Street unit"),
        t("Read tonight's itinerary of your own unit on the phone, and nothing else."),
    ):
        unit = st.selectbox(
            t("Your unit"), list(units), format_func=units.__getitem__, key="own_unit"
        )
        if st.button(t("Enter as street unit"), key="enter_operator", disabled=unit is None):
            _enter(Viewer(Role.OPERATOR, unit=unit))


def _hotline(t: Texts) -> None:
    with _card(
        t("Hotline"),
        t("Pass on a request without a name, see when somebody comes and where places are free."),
    ):
        if st.button(t("Enter as hotline"), key="enter_hotline"):
            _enter(Viewer(Role.HOTLINE))


def _municipality(t: Texts) -> None:
    names = municipalities().set_index("istat")["name"].sort_values()
    with _card(
        t("Municipality"),
        t(
            "See the services near your territory and, with each monthly release, figures from "
            "which nobody can be found."
        ),
    ):
        istat = st.selectbox(
            t("Your municipality"), list(names.index), format_func=names.get, key="own_municipality"
        )
        if st.button(t("Enter as municipality"), key="enter_municipality"):
            _enter(Viewer(Role.MUNICIPALITY, municipality=istat))


def _network(t: Texts) -> None:
    with _card(t("Network administration"), t("Keep the road network up to date.")):
        if st.button(t("Enter as administration"), key="enter_network"):
            _enter(Viewer(Role.NETWORK))


def _region(t: Texts) -> None:
    """What everyone may know: the listening desks of the region and the hotlines."""
    colours, numbers = palette(), store().settings()
    every = store().desks(ANYONE)
    marks = [
        Mark(shapely.Point(desk.lon, desk.lat), desk.name, (desk.name, hours(t, desk)))
        for desk in every
    ]
    label = t("Map of the listening desks of Tuscany; the table below says the same")
    show("start", label, (desks(marks, colours),), colours, height=470)
    rows = [
        (t("Regional hotline"), numbers.hotline_regional, t("free and anonymous, at any hour")),
        (t("National hotline"), numbers.hotline_national, t("free and anonymous, at any hour")),
        *((desk.name, municipality_name(desk.municipality), hours(t, desk)) for desk in every),
    ]
    header = (t("Service"), t("Where"), t("Open"))
    st.html(table(t("Listening desks and hotlines"), header, rows, tall=True))


def _closed(t: Texts) -> None:
    """The way in where a role is not chosen but given."""
    if signin.closed():
        return
    if session().viewer is not None:
        with _card(t("You are signed in"), t("Your pages stand above.")):
            return
    if settings().oidc_metadata_url:
        with _card(t("Sign in"), t("With your identity provider; the network gives the roles.")):
            signin.door_of_provider(t)
        return
    st.html(
        notice(
            t(
                "There are real data here and no identity provider: who has the terminal of this "
                "computer makes a link that lets in once, with `prossima accounts link`."
            )
        )
    )


def _enter(viewer: Viewer) -> None:
    """Become someone else; nothing that the one before chose is kept."""
    if not signin.may_choose():  # asked again: a button can be pressed by hand
        raise RefusedError("page_refused")
    for key in set(st.session_state) - {KEY}:
        del st.session_state[key]
    session().sign_in(replace(viewer, account=signin.chooser()))
    session().going = HOME[viewer.role]
    st.rerun()


DOORS = {
    "network": (_coordinator, _operator, _hotline, _municipality, _network),
    "municipality": (_municipality, _network),
}
"""Which roles can be chosen in the demo, by the installation's profile."""
