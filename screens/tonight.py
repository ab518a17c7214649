"""Tonight: choose the night and the units, plan, read why zones stay behind, publish."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import streamlit as st

from data.access import Action, Role, Viewer
from data.exports import as_geojson, as_gpx, as_json, plan_document
from data.narrow import of_plan
from data.plan_words import progress_said
from data.planning import night_inputs, night_outings
from data.plans import PlanRecord, PlanState
from data.roads_cache import remembered_matrices
from data.texts import Texts
from geo.errors import ConflictError
from geo.night import Night, nights
from geo.zones import Zone
from routing.explain import explain
from routing.planner import Progress, plan_night
from routing.prepare import night_problem
from routing.refusals import told_in_words
from screens.board import board, preview
from screens.check_ins import missed_check_ins
from screens.html import figures, notice, state
from screens.kits import kits_on_board
from screens.monitoring_focus import narrow_notice
from screens.names import zone_name, zone_title
from screens.plans import Shown
from screens.session import (
    LEAVE,
    VISIT,
    Choices,
    allowed,
    network,
    now,
    palette,
    session,
    store,
    texts,
)

ROLES = frozenset({Role.COORDINATOR})
Place = st.delta_generator.DeltaGenerator
AHEAD = 14
"""Nights that can be chosen, from tonight on."""


def page() -> None:
    """The coordinator's page."""
    viewer = allowed(*ROLES, needs=Action.READ_PLANS)
    t = texts()
    st.title(t("Tonight"))
    missed_check_ins(viewer)
    zones = {zone.code: zone for zone in store().zones(viewer)}
    when, who = st.columns((5, 17), gap="medium", vertical_alignment="bottom")
    choices = _choose(t, viewer, when, who)
    with st.container(horizontal=True, key="act"):
        asked = st.button(
            t("Plan the night"),
            type="primary",
            key="plan",
            disabled=not choices.units,
        )
        with st.popover(_decisions_label(t, choices)):
            _decide(t, choices, viewer, zones)
        with st.popover(t("Kits on board"), disabled=not choices.units):
            kits_on_board(t, viewer, choices.night, choices.units)
    progress = st.empty()
    if asked:
        session().plan = _plan(t, viewer, choices, progress)
    record = session().plan
    if record is None or record.night != choices.night:
        record = session().plan = _latest(viewer, choices.night)
    if record is None:
        _invitation(t, zones, choices, viewer)
        return
    visited = store().last_visits(viewer, before=record.night)
    narrow_notice(t, of_plan(record.document, visited), visited)
    shown = Shown(record, zones, _promise_names(t, viewer, record.night), palette(), t)
    summary, hand_over = st.columns((6, 5), gap="medium", vertical_alignment="center")
    summary.html(figures(shown.figures()))
    with hand_over:
        _publish(t, viewer, shown)
    board(shown)


def _choose(t: Texts, viewer: Viewer, when: Place, who: Place) -> Choices:
    """The night and the units; a change of night brings that night's usual units."""
    tonight = Night.coming(now())
    known = session().choices
    if known is None or known.night < tonight:
        known = _usual(viewer, tonight)
    units = {unit.code: unit for unit in store().units(viewer)}
    night = when.selectbox(
        t("Night"),
        list(nights(tonight, AHEAD)),
        format_func=lambda night: _night_name(t, night, tonight),
        index=known.night - tonight,
        key="night",
    )
    if night != known.night:
        known = _usual(viewer, night)
    going = {one.unit.code: one for one in night_outings(store(), viewer, night)}
    on_duty = [code for code in units if code in going]

    def unit_name(code: str) -> str:
        name = units[code].name
        return t("{unit} (mediation)", unit=name) if going[code].mediates else name

    chosen = who.pills(
        t("Units that go out"),
        on_duty,
        selection_mode="multi",
        wrap=True,
        default=[code for code in known.units if code in on_duty],
        format_func=unit_name,
        key=f"units-{night}",
    )
    choices = replace(known, night=night, units=tuple(chosen)).without_strangers()
    session().choices = choices
    return choices


def _usual(viewer: Viewer, night: Night) -> Choices:
    return Choices(night, tuple(each.unit.code for each in night_outings(store(), viewer, night)))


def _night_name(t: Texts, night: Night, tonight: Night) -> str:
    day = t.date(night, "full")
    return t("tonight, {day}", day=day) if night == tonight else day


def _decisions_label(t: Texts, choices: Choices) -> str:
    count = len(choices.forced | choices.excluded)
    return (
        t.plural("{count} decision on zones", "{count} decisions on zones", count)
        if count
        else t("Decide on single zones")
    )


def _decide(t: Texts, choices: Choices, viewer: Viewer, zones: dict[str, Zone]) -> None:
    """Lock a zone (for a unit, or for whichever) or leave it out; each can be taken back."""
    units = {unit.code: unit for unit in store().units(viewer)}
    territory = {p for code in choices.units for p in units[code].territory}
    own = [code for code, zone in zones.items() if zone.province_code in territory]

    def said(decision: str) -> str:
        if decision == LEAVE:
            return t("leave out")
        return (
            t("visit in any case")
            if decision == VISIT
            else t("visit with {unit}", unit=units[decision].name)
        )

    zone = st.selectbox(
        t("Zone"), own, format_func=lambda code: zone_title(t, zones[code]), key="decided_zone"
    )
    decision = st.selectbox(
        t("Decision"), [VISIT, LEAVE, *choices.units], format_func=said, key="decision"
    )
    if st.button(t("Add"), key="decide", disabled=zone is None) and zone is not None:
        session().choices = choices.deciding(zone, decision)
        st.rerun()
    for code in sorted(choices.forced | choices.excluded):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{zone_name(code)}**: {said(choices.decision(code) or VISIT)}")
            if st.button(t("Take back"), key=f"back-{code}", type="tertiary"):
                session().choices = choices.deciding(code, None)
                st.rerun()
    if choices.forced or choices.excluded:
        st.caption(t("Decisions count from the next planning on."))


def _plan(t: Texts, viewer: Viewer, choices: Choices, place: Place) -> PlanRecord:
    """Load what is known, compute, keep: the three calls of this page."""
    settings = store().settings()
    with place.status(t("Measuring the ways between zones"), expanded=False) as status:
        inputs = night_inputs(
            store(),
            viewer,
            choices.night,
            choices.units,
            forced=choices.forced,
            excluded=choices.excluded,
            assigned=choices.assigned,
        )
        prepared = night_problem(
            inputs,
            network(),
            now=now(),
            weights=settings.need_weights,
            means=settings.means,
            measure=remembered_matrices(settings.home),
        )
        with told_in_words(prepared, zone_name):
            plan = plan_night(
                prepared.problem,
                seconds=settings.planner_seconds,
                seed=settings.planner_seed,
                progress=_listener(t, status.update),
            )
        status.update(label=t("Writing the itineraries"))
        reasons = explain(prepared.problem, plan)
        document = plan_document(
            prepared, plan, [*prepared.unplanned, *reasons.left_out], network()
        )
        record = _save(viewer, PlanRecord(choices.night, document))
    place.empty()
    return record


def _listener(t: Texts, update: Callable[..., object]) -> Callable[[Progress], None]:
    """Shows how the search goes; leaving the page ends it."""

    def tell(progress: Progress) -> None:
        update(label=progress_said(t, progress))

    return tell


def _save(viewer: Viewer, record: PlanRecord) -> PlanRecord:
    """Keep a draft: in place of this session's own draft, else as a new one."""
    before = session().plan
    if before and before.night == record.night and before.state is PlanState.DRAFT:
        try:
            return store().save_plan(viewer, replace(record, id=before.id, version=before.version))
        except ConflictError:
            pass  # someone else changed that draft: theirs stays, ours is new
    return store().save_plan(viewer, record)


def _latest(viewer: Viewer, night: Night) -> PlanRecord | None:
    return next(iter(store().plans(viewer, night)), None)


def _promise_names(t: Texts, viewer: Viewer, night: Night) -> dict[str, str]:
    return {
        promise.key: f"{t.word(promise.kind)}, "
        + (promise.place.name if promise.place else zone_name(promise.zone or ""))
        for promise in store().promises(viewer, night)
    }


def _invitation(t: Texts, zones: dict[str, Zone], choices: Choices, viewer: Viewer) -> None:
    """Before there is a plan: where the zones of the chosen units lie."""
    if not zones:
        st.html(
            notice(t("There is no zone yet: import your own with “prossima zones import FILE”."))
        )
        return
    if not choices.units:
        st.html(notice(t("No unit is chosen: at least one goes out.")))
        return
    units = [unit for unit in store().units(viewer) if unit.code in choices.units]
    preview(t, units, zones, palette())


def _publish(t: Texts, viewer: Viewer, shown: Shown) -> None:
    """Hand the itineraries to the crews, or say that they have them; files to take along."""
    record = shown.record
    published = store().published(viewer, record.night)
    units = set(shown.itineraries)
    current = {unit for unit, plan in published.items() if plan == record.id}
    replacing = bool(units & set(published) - current)
    done = bool(units) and units <= current
    if done:
        said, kind = t("Published: each crew reads its own itinerary."), "good"
    elif replacing:
        said, kind = t("The crews still read an earlier plan of this night."), "open"
    else:
        said, kind = t("A draft: no crew sees it yet."), "open"
    with st.container(
        horizontal=True, horizontal_alignment="right", vertical_alignment="center", key="hand_over"
    ):
        st.html(state(said, kind), width="content")
        with st.popover(t("Save as a file")):
            _files(t, record)
        if units and not done:
            label = t("Publish and replace") if replacing else t("Publish the itineraries")
            if st.button(label, type="primary", key="publish"):
                session().plan = store().publish(viewer, record, replacing=replacing)
                st.rerun()


def _files(t: Texts, record: PlanRecord) -> None:
    """The plan in the forms that other programs read; written when asked for."""
    for name, write, kind in (
        ("JSON", as_json, "application/json"),
        ("GeoJSON", as_geojson, "application/geo+json"),
        ("GPX", as_gpx, "application/gpx+xml"),
    ):
        st.download_button(
            name,
            data=partial(_encoded, write, record.document),
            file_name=f"prossima.{name.lower()}",
            mime=kind,
            key=f"save-{name}",
            on_click="ignore",
            width="stretch",
        )
    st.caption(t("For the coordination only: zones stand in it precisely."))


def _encoded(write: Callable[[Mapping[str, Any]], str], document: Mapping[str, Any]) -> bytes:
    return write(document).encode()
