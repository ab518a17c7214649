"""Before the first scenario: the plan of record, and scenarios that one tap puts together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from functools import partial
from math import cos, hypot, radians

import streamlit as st

from data.access import Viewer
from data.named_places import named_places
from data.plans import PlanRecord
from data.release_words import municipality_name
from data.texts import Texts
from geo.night import Night
from geo.zones import Zone
from layers.routes import routes
from layers.stops import bases
from routing.scenarios import Change, Kind, Scenario
from routing.units import Base, Unit
from screens.html import figures, muted, table
from screens.maps import show
from screens.names import language_name
from screens.plans import Shown
from screens.scenario_choice import MOST, mediators
from screens.scenario_words import scenario_name
from screens.session import palette, session, store

LESS = -60
"""Minutes by which the ready-made shorter shift ends earlier."""

HEIGHT = 380

THERE = 0.03
"""Degrees within which a unit is at a place already (3 km)."""


def ready(t: Texts, units: Sequence[Unit], base: Change | None) -> None:
    """A button for each ready-made scenario that is not there yet. `base`: a new base that
    could be tried (`new_base`)."""
    trials, names = session().trials, {unit.code: unit.name for unit in units}
    offers: list[tuple[str, str, tuple[Scenario, ...]]] = []
    if 1 < len(units) <= MOST:
        each = tuple((Change(Kind.WITHOUT_UNIT, unit.code),) for unit in units)
        offers.append(("each", t("Each unit missing in turn"), each))
    single = [("hour", Change(Kind.HOURS, minutes=LESS))]
    single += [
        (f"language-{code}", Change(Kind.WITHOUT_LANGUAGE, language=code))
        for code in sorted(mediators(units))
    ]
    single += [("base", base)] if base else []
    for key, change in single:
        name = scenario_name(t, (change,), names)
        offers.append((key, f"{name[:1].upper()}{name[1:]}", ((change,),)))
    left = [one for one in offers if not {*one[2]} <= {*trials.scenarios}]
    if not left or len(trials.scenarios) >= MOST:
        return
    st.html(muted(t("Ready-made, one tap each:")))
    with st.container(horizontal=True, gap="small", key="scenario_ready"):
        for key, label, scenarios in left:
            new = tuple(one for one in scenarios if one not in trials.scenarios)
            full = len(trials.scenarios) + len(new) > MOST
            if st.button(label, key=f"scenario_ready-{key}", disabled=full):
                trials.scenarios = (*trials.scenarios, *new)
                st.rerun()


def new_base(
    units: Sequence[Unit], zones: Sequence[Zone], served: Collection[str]
) -> Change | None:
    """A base where most zones are that nobody visits, for the unit that is nearest to it and
    works there; None where no place of that name is known."""
    left = Counter(zone.municipality for zone in zones if zone.code not in served)
    places = named_places()
    for municipality, _count in sorted(left.items(), key=lambda pair: (-pair[1], pair[0])):
        place = places.get(municipality_name(municipality))
        provinces = {z.province_code for z in zones if z.municipality == municipality}
        near = [one for one in units if provinces & {*one.territory}]
        if place is None or not near:
            continue
        base = place[1]
        unit = min(near, key=partial(_order, base))
        if _order(base, unit)[0] > THERE:
            return Change(Kind.BASE, unit.code, base=base)
    return None


def _order(base: Base, unit: Unit) -> tuple[float, str]:
    """Units by how far their base is from another, in degrees of latitude: enough for an order."""
    east = (unit.start.lon - base.lon) * cos(radians(base.lat))
    return hypot(east, unit.start.lat - base.lat), unit.code


def zones_of(records: Mapping[int, PlanRecord]) -> frozenset[str]:
    """Codes of the zones that the plans of record visit."""
    return frozenset(
        code
        for record in records.values()
        for code in record.plan.served & {*record.document["zones"]}
    )


def of_record(
    t: Texts,
    viewer: Viewer,
    first: Night,
    records: Mapping[int, PlanRecord],
    units: Sequence[Unit],
) -> None:
    """The plan that scenarios will stand beside: its figures, its routes, who drives them."""
    if not records:
        _going(t, units)
        return
    st.subheader(t("The plan of record"), anchor=False)
    routes_of = [
        (first + number, one) for number, record in records.items() for one in record.plan.routes
    ]
    st.html(
        figures(
            [
                (t("Zones visited"), t.number(len(zones_of(records)), 0)),
                (t("Visits"), t.number(sum(len(one.stops) for _night, one in routes_of), 0)),
                (t("On the road"), t.minutes(sum(one.driving for _night, one in routes_of))),
            ]
        )
    )
    names = {
        unit["code"]: unit["name"]
        for record in records.values()
        for unit in record.document["units"]
    }
    rows = [
        (
            f"{t.date(night, 'short')[:5]} {names[one.unit]}"
            if len(records) > 1
            else names[one.unit],
            night.clock(one.departure),
            night.clock(one.home),
            t.number(len(one.stops), 0),
        )
        for night, one in routes_of
    ]
    header = (t("Unit"), t("Leaves"), t("Home"), t("Visits"))
    listed = table(
        t("Routes of the plan of record"), header, rows, numeric=frozenset({3}), tall=True
    )
    if len(records) > 1:
        st.html(listed)
        return
    zones = {zone.code: zone for zone in store().zones(viewer)}
    shown = Shown(next(iter(records.values())), zones, {}, palette(), t)
    left, right = st.columns((6, 5), gap="medium")
    with left:
        show(
            "record",
            t("Map of the plan of record; the table says who goes where"),
            [routes(shown.route_marks(), palette()), bases(shown.base_marks(), palette())],
            palette(),
            view=[mark.geometry for mark in shown.route_marks()],
            height=HEIGHT,
        )
    right.html(listed)


def _going(t: Texts, units: Sequence[Unit]) -> None:
    """Who would go out, where there is no plan yet."""
    spoken = mediators(units)
    rows = [
        (
            unit.name,
            unit.start.name,
            f"{unit.shift_opens}–{unit.shift_closes}",
            t.list(
                language_name(t, code)
                for code, with_whom in spoken.items()
                if unit.name in with_whom
            )
            or "–",
        )
        for unit in units
    ]
    header = (t("Unit"), t("Starts at"), t("Shift"), t("Mediation in"))
    st.html(table(t("Units that scenarios change"), header, rows, tall=True))
